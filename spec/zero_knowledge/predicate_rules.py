"""Which predicates make sense: types, units, places of conditions, and the sizes that a circuit can hold.

A number has a unit, *number* or *day*, and only equal units meet. Conditions that give something out or need
a path in a tree stand where no `not` is above them: their negation would have to prove that there is no such
path. `docs/protocol/predicates.md`, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import lcm
from typing import Final

from ..reasons import Reason, Rejection
from .field_types import (
    DAY_COUNT,
    LARGEST_DIGIT_COUNT,
    LARGEST_FIELD_LENGTH,
    BooleanType,
    BytesType,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
)
from .patterns import read_pattern
from .predicate import (
    All,
    AnyOf,
    Between,
    Compare,
    ConditionNode,
    Contains,
    DayMember,
    EndsWith,
    Equal,
    FieldTerm,
    In,
    InTree,
    Matches,
    Member,
    Not,
    NotInTree,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Predicate,
    Pseudonym,
    StartsWith,
    TruthTerm,
    require_size,
)
from .predicate_terms import (
    Age,
    Average,
    ConstantNumber,
    DayNumber,
    Difference,
    FieldNumber,
    Length,
    NumberNode,
    Sum,
)

INTEGER_LIMIT: Final = 2**252
"""No integer in a compiled condition may reach this: it must be below r whatever its sign."""

LARGEST_AGE: Final = 9998


class Unit(Enum):
    """What a number counts."""

    NUMBER = "number"
    DAY = "day"


def require_sound(predicate: Predicate) -> None:
    """Require that a predicate is one that can be evaluated and compiled.

    Run by whoever is about to do either. Rejects, in this order, with predicate/too-large (octets, nodes,
    depth), predicate/type-error; then, for each condition from left to right, with
    predicate/invalid-pattern, predicate/automaton-too-large, predicate/too-large.
    """
    require_size(predicate)
    types = [field.type for field in predicate.fields]
    _require_places(predicate.condition)
    _require_types(predicate.condition, types)
    _require_compilable(predicate.condition, types)


def _error(what: str) -> Rejection:
    return Rejection(Reason.PREDICATE_TYPE_ERROR, what)


# --- Places -------------------------------------------------------------------------------------------------


def _require_places(condition: ConditionNode) -> None:
    outermost = condition.conditions if isinstance(condition, All) else (condition,)
    for each in outermost:
        if not isinstance(each, Pseudonym):
            _require_place(each, negated=False)


def _require_place(condition: ConditionNode, *, negated: bool) -> None:
    match condition:
        case Pseudonym():
            raise _error("a pseudonym stands alone or directly in an outermost all")
        case InTree() | NotInTree() if negated:
            raise _error("a tree stands below a not")
        case All(conditions=conditions) | AnyOf(conditions=conditions):
            for each in conditions:
                _require_place(each, negated=negated)
        case Not(condition=negative):
            _require_place(negative, negated=True)
        case _:
            return


# --- Types and units ----------------------------------------------------------------------------------------


def _require_types(condition: ConditionNode, types: Sequence[FieldType]) -> None:
    match condition:
        case Compare(left=left, right=right):
            _require_one_unit((left, right), types)
        case Between(value=value, low=low, high=high):
            _require_one_unit((value, low, high), types)
        case Equal(left=field, right=FieldTerm(field=other)):
            if type(types[field]) is not type(types[other]):
                raise _error("two fields of different types are compared")
            _require_type(types[field], TextType, BytesType, BooleanType)
        case Equal(left=field, right=OctetsTerm()):
            _require_type(types[field], TextType, BytesType)
        case Equal(left=field, right=TruthTerm()):
            _require_type(types[field], BooleanType)
        case In(field=field, members=members):
            for member in members:
                _require_member(types[field], member)
        case StartsWith(field=field) | EndsWith(field=field) | Contains(field=field):
            _require_type(types[field], TextType, BytesType)
        case Matches(field=field):
            _require_type(types[field], TextType)
        case All(conditions=conditions) | AnyOf(conditions=conditions):
            for each in conditions:
                _require_types(each, types)
        case Not(condition=negative):
            _require_types(negative, types)
        case InTree() | NotInTree() | Pseudonym():
            return


def _require_type(given: FieldType, *wanted: type[FieldType]) -> None:
    if not isinstance(given, wanted):
        raise _error(f"a field of {type(given).__name__}")


def _require_member(type_: FieldType, member: Member) -> None:
    match member:
        case NumberMember():
            _require_type(type_, IntegerType, DecimalType)
        case DayMember():
            _require_type(type_, DateType)
        case OctetsMember():
            _require_type(type_, TextType, BytesType)


def _require_one_unit(numbers: Sequence[NumberNode], types: Sequence[FieldType]) -> Unit:
    units = [_unit(number, types) for number in numbers]
    if len(set(units)) != 1:
        raise _error("numbers and days are mixed")
    return units[0]


def _unit(number: NumberNode, types: Sequence[FieldType]) -> Unit:
    match number:
        case ConstantNumber():
            return Unit.NUMBER
        case DayNumber():
            return Unit.DAY
        case FieldNumber(field=field):
            _require_type(types[field], IntegerType, DecimalType, DateType)
            return Unit.DAY if isinstance(types[field], DateType) else Unit.NUMBER
        case Sum(terms=terms) | Average(terms=terms):
            if _require_one_unit(terms, types) is Unit.DAY:
                raise _error("days are added up")
            return Unit.NUMBER
        case Difference(left=left, right=right):
            _require_one_unit((left, right), types)
            return Unit.NUMBER
        case Length(field=field):
            _require_type(types[field], TextType, BytesType)
            return Unit.NUMBER
        case Age(field=field):
            _require_type(types[field], DateType)
            return Unit.NUMBER


# --- Patterns and bounds ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A number as an integer over a denominator: the denominator, and what the integer does not exceed."""

    denominator: int
    magnitude: int

    def over(self, denominator: int) -> Bound:
        """The same number over a multiple of the denominator."""
        factor = denominator // self.denominator
        return Bound(denominator=denominator, magnitude=self.magnitude * factor)


def _require_compilable(condition: ConditionNode, types: Sequence[FieldType]) -> None:
    match condition:
        case Matches(pattern=pattern):
            read_pattern(pattern)
        case Compare(left=left, right=right):
            _total((left, right), types)
        case Between(value=value, low=low, high=high):
            _total((value, low), types)
            _total((value, high), types)
        case All(conditions=conditions) | AnyOf(conditions=conditions):
            for each in conditions:
                _require_compilable(each, types)
        case Not(condition=negative):
            _require_compilable(negative, types)
        case _:
            return


def _total(terms: Sequence[NumberNode], types: Sequence[FieldType]) -> Bound:
    """The bound of a sum or a difference, over the least common denominator."""
    bounds = [_bound(term, types) for term in terms]
    denominator = lcm(*(bound.denominator for bound in bounds))
    magnitude = sum(bound.over(denominator).magnitude for bound in bounds)
    return _checked(Bound(denominator=denominator, magnitude=magnitude))


def _checked(bound: Bound) -> Bound:
    if bound.magnitude >= INTEGER_LIMIT:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, "an integer of the condition may reach 2^252")
    return bound


def _bound(number: NumberNode, types: Sequence[FieldType]) -> Bound:
    match number:
        case ConstantNumber(constant=constant):
            return Bound(denominator=10**constant.scale, magnitude=abs(constant.numerator))
        case DayNumber(day=day):
            return Bound(denominator=1, magnitude=day)
        case FieldNumber(field=field):
            return _bound_of_field(types[field])
        case Sum(terms=terms):
            return _total(terms, types)
        case Average(terms=terms):
            total = _total(terms, types)
            return Bound(denominator=total.denominator * len(terms), magnitude=total.magnitude)
        case Difference(left=left, right=right):
            return _total((left, right), types)
        case Length():
            return Bound(denominator=1, magnitude=LARGEST_FIELD_LENGTH)
        case Age():
            return Bound(denominator=1, magnitude=LARGEST_AGE)


def _bound_of_field(type_: FieldType) -> Bound:
    if isinstance(type_, DateType):
        return Bound(denominator=1, magnitude=DAY_COUNT - 1)
    scale = type_.scale if isinstance(type_, DecimalType) else 0
    # 38 digits with those of the fraction, which may be shorter than the scale: up to 10^(38 + scale).
    return Bound(denominator=10**scale, magnitude=10 ** (LARGEST_DIGIT_COUNT + scale))
