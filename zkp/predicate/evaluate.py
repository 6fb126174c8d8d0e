"""The meaning of a predicate on plaintext, exactly (predicates page, section 2)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import LexicalClass

from .automata import automaton_of
from .conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
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
from .dates import age_on
from .expression import (
    Age,
    Average,
    Constant,
    ConstantNumber,
    Day,
    DayMember,
    Difference,
    FieldNumber,
    FieldTerm,
    Length,
    Member,
    Number,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Operator,
    Sum,
    TruthTerm,
)
from .pseudonym import pseudonym
from .trees import Tree
from .types import DecimalType, FieldType, TextType, Value, parse
from .values import value_hash
from .walking import pseudonyms

Trees = Mapping[bytes, Tree]
"""Trees by root."""

RELATIONS: Final[Mapping[Operator, Callable[[Fraction, Fraction], bool]]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The octets of a field and what kind of token they are."""

    kind: LexicalClass
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Whether the condition holds, and the outputs that a proof of it would show."""

    holds: bool
    outputs: tuple[int, ...]


def evaluate(predicate: Predicate, tokens: Sequence[Token], trees: Trees | None = None) -> Evaluation:
    """Evaluate a well-formed predicate on a token for each of its fields.

    Refuses with `predicate/type-does-not-match-token`, `predicate/field-too-long` or `predicate/malformed-field` a
    token that its type does not admit, wherever it stands, and with `predicate/unknown-tree` a tree that is not given.
    The detail never holds a value.
    """
    if len(tokens) != len(predicate.fields):
        raise ValueError("one token for each field")
    types = tuple(each.type for each in predicate.fields)
    values = []
    for index, (field_type, token) in enumerate(zip(types, tokens, strict=True)):
        try:
            values.append(parse(field_type, token.kind, token.octets))
        except Refused as refusal:
            raise Refused(refusal.reason, f"field {index}: {refusal.detail}") from None
    scene = _Scene(types=types, values=tuple(values), trees={} if trees is None else trees)
    outputs = tuple(
        pseudonym(scene.hash_of(part.field), part.scope) for part in pseudonyms(predicate.condition)
    )
    return Evaluation(holds=scene.holds(predicate.condition), outputs=outputs)


def tree_of_root(trees: Trees, root: bytes) -> Tree:
    """The tree with this root; refuses with `predicate/unknown-tree`."""
    tree = trees.get(root)
    if tree is None:
        raise Refused("predicate/unknown-tree", f"no tree with the root {root.hex()} was given")
    return tree


def constant_fraction(constant: Constant) -> Fraction:
    """The number that a constant is."""
    return Fraction(constant.signed, 10**constant.scale)


def character_count(octets: bytes) -> int:
    """The octets that begin a character: those that are no continuation of UTF-8."""
    return sum(not 0x80 <= octet <= 0xBF for octet in octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """The values of all fields, with what conditions on them mean."""

    types: tuple[FieldType, ...]
    values: tuple[Value, ...] = field(repr=False)
    trees: Trees

    def hash_of(self, index: int) -> int:
        return value_hash(self.types[index], self.values[index])

    def holds(self, condition: Condition) -> bool:
        match condition:
            case Compare(operator=relation, left=left, right=right):
                return RELATIONS[relation](self.number(left), self.number(right))
            case Between(value=value, low=low, high=high):
                return self.number(low) <= self.number(value) <= self.number(high)
            case Equal(left=index, right=term):
                match term:
                    case FieldTerm(field=other):
                        return self.values[index] == self.values[other]
                    case OctetsTerm(octets=octets):
                        return self.values[index] == octets
                    case TruthTerm(truth=truth):
                        return self.values[index] is truth
            case In(field=index, members=members):
                return any(self._is(index, member) for member in members)
            case InTree(field=index, root=root, depth=depth):
                tree = tree_of_root(self.trees, root)
                return tree.depth == depth and tree.find(self.hash_of(index)) is not None
            case NotInTree(field=index, root=root, depth=depth):
                tree = tree_of_root(self.trees, root)
                return tree.depth == depth and tree.neighbours(self.hash_of(index)) is not None
            case StartsWith(field=index, octets=octets):
                return self._octets(index).startswith(octets)
            case EndsWith(field=index, octets=octets):
                return self._octets(index).endswith(octets)
            case Contains(field=index, octets=octets):
                return octets in self._octets(index)
            case Matches(field=index, pattern=pattern):
                return automaton_of(pattern).accepts(self._octets(index))
            case All(conditions=conditions):
                return all(self.holds(each) for each in conditions)
            case AnyOf(conditions=conditions):
                return any(self.holds(each) for each in conditions)
            case Not(condition=inner):
                return not self.holds(inner)
            case Pseudonym():
                return True

    def number(self, number: Number) -> Fraction:
        match number:
            case ConstantNumber(constant=constant):
                return constant_fraction(constant)
            case Day(day=day):
                return Fraction(day)
            case FieldNumber(field=index):
                return self._field_number(index)
            case Sum(terms=terms):
                return sum(map(self.number, terms), Fraction(0))
            case Difference(left=left, right=right):
                return self.number(left) - self.number(right)
            case Average(terms=terms):
                return sum(map(self.number, terms), Fraction(0)) / len(terms)
            case Length(field=index):
                octets = self._octets(index)
                is_text = isinstance(self.types[index], TextType)
                return Fraction(character_count(octets) if is_text else len(octets))
            case Age(field=index, day=day):
                return Fraction(age_on(self._integer(index), day))

    def _field_number(self, index: int) -> Fraction:
        field_type = self.types[index]
        scale = field_type.scale if isinstance(field_type, DecimalType) else 0
        return Fraction(self._integer(index), 10**scale)

    def _is(self, index: int, member: Member) -> bool:
        match member:
            case NumberMember(constant=constant):
                return self._field_number(index) == constant_fraction(constant)
            case DayMember(day=day):
                return self._integer(index) == day
            case OctetsMember(octets=octets):
                return self._octets(index) == octets

    def _integer(self, index: int) -> int:
        value = self.values[index]
        if not isinstance(value, int):
            raise TypeError("a predicate that is not well formed")
        return value

    def _octets(self, index: int) -> bytes:
        value = self.values[index]
        if not isinstance(value, bytes):
            raise TypeError("a predicate that is not well formed")
        return value
