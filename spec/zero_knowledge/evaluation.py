"""What a predicate means: true or false of fields in plain, in exact numbers.

The Prover evaluates before it proves, and refuses to prove what is false. A proof shows the Verifier that the
same evaluation of octets that it does not see gives true. `docs/protocol/predicates.md`, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..reasons import Reason, Rejection
from ..structure.view import Kind
from .field_types import (
    BytesType,
    DecimalType,
    FieldType,
    Value,
    calendar_day,
    read_value,
)
from .patterns import matches
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
    Operator,
    Predicate,
    Pseudonym,
    StartsWith,
    TruthTerm,
)
from .predicate_rules import require_sound
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
from .scalar_field import decode_scalar
from .values import pseudonym, value_hash, value_tree_root


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInPlain:
    """A field's token as the Prover has it."""

    kind: Kind
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Whether the condition holds, and the pseudonyms that a proof of it gives out."""

    holds: bool
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """Types and values of all fields, and the trees that the Prover knows, as value hashes by their root."""

    types: tuple[FieldType, ...]
    values: tuple[Value, ...]
    trees: Mapping[int, frozenset[int]]

    def octets(self, index: int) -> bytes:
        value = self.values[index]
        return value if isinstance(value, bytes) else b""

    def number(self, index: int) -> Fraction:
        """A number or a day by its value."""
        value, type_ = self.values[index], self.types[index]
        scale = type_.scale if isinstance(type_, DecimalType) else 0
        return Fraction(value if isinstance(value, int) else 0, 10**scale)

    def hashed(self, index: int) -> int:
        return value_hash(self.types[index], self.values[index])


def evaluate(
    predicate: Predicate, tokens: Sequence[FieldInPlain], trees: Sequence[tuple[int, Sequence[int]]] = ()
) -> Evaluation:
    """Return what a predicate says of its fields, given in its order.

    Run by the Prover. `trees` are those that the condition names, each as its depth and the value hashes of
    its members. Rejects with the reasons of `require_sound`; for each field in order with
    predicate/type-does-not-match-token, predicate/field-too-long, predicate/malformed-field, wherever the
    field stands; with predicate/unknown-tree when the truth depends on a tree that is not given.
    """
    require_sound(predicate)
    types = tuple(field_.type for field_ in predicate.fields)
    values = tuple(
        read_value(type_, token.kind, token.octets) for type_, token in zip(types, tokens, strict=True)
    )
    known = {value_tree_root(depth, members): frozenset(members) for depth, members in trees}
    fields = _Fields(types=types, values=values, trees=known)
    return Evaluation(
        holds=_holds(predicate.condition, fields),
        outputs=tuple(pseudonym(each.scope, fields.hashed(each.field)) for each in predicate.pseudonyms),
    )


def require_true(
    predicate: Predicate, tokens: Sequence[FieldInPlain], trees: Sequence[tuple[int, Sequence[int]]] = ()
) -> tuple[int, ...]:
    """Return the outputs of a proof, having required that there is something to prove.

    Run by the Prover, which tells nobody. Rejects with predicate/false, and as `evaluate`.
    """
    evaluation = evaluate(predicate, tokens, trees)
    if not evaluation.holds:
        raise Rejection(Reason.PREDICATE_FALSE)
    return evaluation.outputs


def _holds(condition: ConditionNode, fields: _Fields) -> bool:
    match condition:
        case Compare(operator=operator, left=left, right=right):
            return _stands(operator, _number(left, fields), _number(right, fields))
        case Between(value=value, low=low, high=high):
            return _number(low, fields) <= _number(value, fields) <= _number(high, fields)
        case Equal(left=index, right=term):
            return fields.values[index] == _said(term, fields)
        case In(field=index, members=members):
            return any(_is_member(index, member, fields) for member in members)
        case InTree(field=index, root=root):
            return fields.hashed(index) in _tree(root, fields)
        case NotInTree(field=index, root=root):
            return fields.hashed(index) not in _tree(root, fields)
        case StartsWith(field=index, octets=octets):
            return fields.octets(index).startswith(octets)
        case EndsWith(field=index, octets=octets):
            return fields.octets(index).endswith(octets)
        case Contains(field=index, octets=octets):
            return octets in fields.octets(index)
        case Matches(field=index, pattern=pattern):
            return matches(pattern, fields.octets(index).decode("utf-8"))
        case All(conditions=conditions):
            return all(_holds(each, fields) for each in conditions)
        case AnyOf(conditions=conditions):
            return any(_holds(each, fields) for each in conditions)
        case Not(condition=negative):
            return not _holds(negative, fields)
        case Pseudonym():
            return True


def _said(term: FieldTerm | OctetsTerm | TruthTerm, fields: _Fields) -> Value:
    match term:
        case FieldTerm(field=index):
            return fields.values[index]
        case OctetsTerm(octets=octets):
            return octets
        case TruthTerm(truth=truth):
            return int(truth)


def _stands(operator: Operator, left: Fraction, right: Fraction) -> bool:
    match operator:
        case Operator.EQUAL:
            return left == right
        case Operator.UNEQUAL:
            return left != right
        case Operator.BELOW:
            return left < right
        case Operator.AT_MOST:
            return left <= right
        case Operator.ABOVE:
            return left > right
        case Operator.AT_LEAST:
            return left >= right


def _number(number: NumberNode, fields: _Fields) -> Fraction:
    match number:
        case ConstantNumber(constant=constant):
            return Fraction(constant.numerator, 10**constant.scale)
        case DayNumber(day=day):
            return Fraction(day)
        case FieldNumber(field=index):
            return fields.number(index)
        case Sum(terms=terms):
            return sum((_number(term, fields) for term in terms), Fraction())
        case Difference(left=left, right=right):
            return _number(left, fields) - _number(right, fields)
        case Average(terms=terms):
            return sum((_number(term, fields) for term in terms), Fraction()) / len(terms)
        case Length(field=index):
            return Fraction(_length(fields.types[index], fields.octets(index)))
        case Age(field=index, day=day):
            return Fraction(age(int(fields.number(index)), day))


def _length(type_: FieldType, octets: bytes) -> int:
    """Characters of a text: octets that do not continue one. Octets of bytes."""
    if isinstance(type_, BytesType):
        return len(octets)
    return sum(not 0x80 <= octet <= 0xBF for octet in octets)


def age(birth: int, day: int) -> int:
    """Return how many years old somebody born on one day is on another.

    Whoever is born on 29 February is a year older on 1 March of a common year. A later birth gives a negative
    age.
    """
    born, today = calendar_day(birth), calendar_day(day)
    had_no_birthday_yet = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - had_no_birthday_yet


def _is_member(index: int, member: Member, fields: _Fields) -> bool:
    match member:
        case NumberMember(constant=constant):
            return fields.number(index) == Fraction(constant.numerator, 10**constant.scale)
        case DayMember(day=day):
            return fields.number(index) == day
        case OctetsMember(octets=octets):
            return fields.octets(index) == octets


def _tree(root: bytes, fields: _Fields) -> frozenset[int]:
    members = fields.trees.get(decode_scalar(root))
    if members is None:
        raise Rejection(Reason.PREDICATE_UNKNOWN_TREE, f"no tree with the root {root.hex()} is given")
    return members
