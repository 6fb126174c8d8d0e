"""Whether a predicate is well formed: order of fields, types, units, places, limits (predicates page, section 2)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from mpctls.reference.foundation.errors import Refused

from .conditions import (
    All,
    Between,
    Compare,
    Contains,
    EndsWith,
    Equal,
    In,
    InTree,
    Matches,
    Not,
    NotInTree,
    Predicate,
    Pseudonym,
    StartsWith,
)
from .expression import (
    Age,
    Average,
    ConstantNumber,
    Day,
    DayMember,
    Difference,
    FieldNumber,
    FieldTerm,
    Length,
    Number,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Sum,
    TruthTerm,
)
from .nodes import require_size
from .number_bounds import require_bounded
from .pattern import parse_pattern
from .types import BooleanType, DateType, DecimalType, FieldType, IntegerType, OctetsType, TextType
from .walking import Part, children, fields_in_order, pseudonyms, walk

MAXIMUM_OUTPUTS: Final = 8


class Unit(Enum):
    """What a Number counts."""

    NUMBER = "number"
    DAY = "day"


def check(predicate: Predicate) -> None:
    """Refuse a predicate that is not well formed.

    In this order: as `check_form`, `predicate/too-large` (nodes, depth, outputs), then `predicate/type-error` (places,
    then types in a walk from left to right), then in another walk `predicate/invalid-pattern`,
    `predicate/automaton-too-large` and `predicate/too-large` (integers of comparisons).
    """
    check_form(predicate)
    for count, (_, depth) in enumerate(walk(predicate.condition), 1):
        require_size(count, depth)
    if len(pseudonyms(predicate.condition)) > MAXIMUM_OUTPUTS:
        raise Refused("predicate/too-large", f"more than {MAXIMUM_OUTPUTS} pseudonyms")
    _check_places(predicate)
    types = tuple(each.type for each in predicate.fields)
    for part, _ in walk(predicate.condition):
        _check_part(part, types)
    for part, _ in walk(predicate.condition):
        match part:
            case Matches(pattern=pattern):
                parse_pattern(pattern)
            case Compare(left=left, right=right):
                require_bounded(types, left, right)
            case Between(value=value, low=low, high=high):
                require_bounded(types, value, low)
                require_bounded(types, value, high)
            case _:
                pass


def check_form(predicate: Predicate) -> None:
    """Refuse with `encoding/not-canonical` another version, and fields not unique, not all used or in another order."""
    if predicate.version != 1:
        raise Refused("encoding/not-canonical", f"predicate version {predicate.version}")
    _check_fields(predicate)


def unit_of(number: Number, types: tuple[FieldType, ...]) -> Unit:
    """What `number` counts; refuses with `predicate/type-error` fields and terms that do not fit."""
    match number:
        case ConstantNumber():
            return Unit.NUMBER
        case Day():
            return Unit.DAY
        case FieldNumber(field=index):
            if isinstance(types[index], DateType):
                return Unit.DAY
            _require(types[index], (IntegerType, DecimalType), "a number")
            return Unit.NUMBER
        case Sum(terms=terms) | Average(terms=terms):
            if any(unit_of(term, types) is not Unit.NUMBER for term in terms):
                raise Refused("predicate/type-error", "a day in a sum or an average")
            return Unit.NUMBER
        case Difference(left=left, right=right):
            if unit_of(left, types) is not unit_of(right, types):
                raise Refused("predicate/type-error", "the difference of a number and a day")
            return Unit.NUMBER
        case Length(field=index):
            _require(types[index], (TextType, OctetsType), "the length")
            return Unit.NUMBER
        case Age(field=index):
            _require(types[index], (DateType,), "the age")
            return Unit.NUMBER


def _check_fields(predicate: Predicate) -> None:
    if len(set(predicate.fields)) != len(predicate.fields):
        raise Refused("encoding/not-canonical", "a field is listed twice")
    if fields_in_order(predicate.condition) != tuple(range(len(predicate.fields))):
        raise Refused(
            "encoding/not-canonical", "the fields are not those of the condition in order of first use"
        )


def _check_places(predicate: Predicate) -> None:
    """Trees and pseudonyms stand where they must hold."""
    for part, _ in walk(predicate.condition):
        if isinstance(part, Not) and any(
            isinstance(below, InTree | NotInTree | Pseudonym) for below, _ in walk(part)
        ):
            raise Refused("predicate/type-error", "a tree or a pseudonym under a negation")
    whole = predicate.condition
    direct = whole.conditions if isinstance(whole, All) else (whole,)
    allowed = sum(isinstance(part, Pseudonym) for part in direct)
    if allowed != len(pseudonyms(whole)):
        raise Refused("predicate/type-error", "a pseudonym inside a condition that may fail")


def _require(field_type: FieldType, suitable: tuple[type[FieldType], ...], what: str) -> None:
    if not isinstance(field_type, suitable):
        raise Refused("predicate/type-error", f"{what} of a field of type {field_type}")


def _check_part(part: Part, types: tuple[FieldType, ...]) -> None:
    match part:
        case Compare() | Between():
            units = {unit_of(number, types) for number in children(part)}  # type: ignore[arg-type]
            if len(units) > 1:
                raise Refused("predicate/type-error", "a number compared with a day")
        case Equal():
            _check_equal(part, types)
        case In():
            _check_members(part, types[part.field])
        case InTree() | NotInTree() | Pseudonym():
            pass  # of any type
        case StartsWith() | EndsWith() | Contains():
            _require(types[part.field], (TextType, OctetsType), "a part")
        case Matches():
            _require(types[part.field], (TextType,), "a pattern")
        case _:
            pass  # numbers are checked by the condition they stand in, connectives have no rule of their own


def _check_equal(part: Equal, types: tuple[FieldType, ...]) -> None:
    left = types[part.left]
    _require(left, (TextType, OctetsType, BooleanType), "equality")
    match part.right:
        case FieldTerm(field=index):
            if type(types[index]) is not type(left):
                raise Refused("predicate/type-error", f"{left} equal to {types[index]}")
        case OctetsTerm():
            _require(left, (TextType, OctetsType), "equality with octets")
        case TruthTerm():
            _require(left, (BooleanType,), "equality with a truth value")


def _check_members(part: In, field_type: FieldType) -> None:
    expected: type[NumberMember | DayMember | OctetsMember]
    match field_type:
        case IntegerType() | DecimalType():
            expected = NumberMember
        case DateType():
            expected = DayMember
        case TextType() | OctetsType():
            expected = OctetsMember
        case BooleanType():
            raise Refused("predicate/type-error", "a set of truth values")
    if not all(isinstance(member, expected) for member in part.members):
        raise Refused("predicate/type-error", f"a member that {field_type} does not suit")
