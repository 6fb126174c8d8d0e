"""Conditions, and predicates made of them, in the order of their canonical form (predicates page, section 2)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from mpctls.reference.foundation.encoding import U8, U16, Fixed, Octets, Struct, Text, Vector
from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from .expression import FIELD, MEMBER, NUMBER, OPERATOR, TERM, Field, Member, Number, Operator, Term
from .nodes import Node
from .types import MAXIMUM_FIELD_OCTETS

PREDICATE_VERSION: Final = 1
MAXIMUM_FIELDS: Final = 16
MAXIMUM_MEMBERS: Final = 64
MAXIMUM_BRANCHES: Final = 64
MAXIMUM_TREE_DEPTH: Final = 32
MAXIMUM_SCOPE_OCTETS: Final = 255
MAXIMUM_PATTERN_OCTETS: Final = 256

CONDITION: Final[Node[Condition]] = Node()
_PART: Final = Octets(MAXIMUM_FIELD_OCTETS, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """Two numbers of one unit stand in a relation."""

    operator: Operator = dataclasses.field(metadata=OPERATOR.wire)
    left: Number = dataclasses.field(metadata=NUMBER.wire)
    right: Number = dataclasses.field(metadata=NUMBER.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """low <= value <= high."""

    value: Number = dataclasses.field(metadata=NUMBER.wire)
    low: Number = dataclasses.field(metadata=NUMBER.wire)
    high: Number = dataclasses.field(metadata=NUMBER.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """A field that is no number has the same octets, or truth value, as a term."""

    left: int = dataclasses.field(metadata=U8.wire)
    right: Term = dataclasses.field(metadata=TERM.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """A field's value is one of a few."""

    field: int = dataclasses.field(metadata=U8.wire)
    members: tuple[Member, ...] = dataclasses.field(metadata=Vector(MEMBER, MAXIMUM_MEMBERS, 1).wire)

    def __post_init__(self) -> None:
        encoded = [MEMBER.encode(member) for member in self.members]
        if any(first >= second for first, second in pairwise(encoded)):
            raise Refused("encoding/not-canonical", "the members of a set do not increase")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTree:
    field: int = dataclasses.field(metadata=U8.wire)
    depth: int = dataclasses.field(metadata=U8.wire)
    root: bytes = dataclasses.field(metadata=Fixed(32).wire)

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= MAXIMUM_TREE_DEPTH:
            raise Refused("encoding/not-canonical", f"a tree of depth {self.depth}")
        if int.from_bytes(self.root, "little") >= SCALAR_MODULUS:
            raise Refused("encoding/not-canonical", "the root of a tree is not below the order of BN254")


@dataclass(frozen=True, slots=True, kw_only=True)
class InTree(_OfTree):
    """A field's value is among the members of the tree with this root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInTree(_OfTree):
    """A field's value is not among the members of the tree with this root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPart:
    field: int = dataclasses.field(metadata=U8.wire)
    octets: bytes = dataclasses.field(metadata=_PART.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartsWith(_OfPart):
    """A field begins with these octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsWith(_OfPart):
    """A field ends with these octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(_OfPart):
    """These octets stand somewhere in a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """A pattern describes the whole of a text field."""

    field: int = dataclasses.field(metadata=U8.wire)
    pattern: str = dataclasses.field(metadata=Text(MAXIMUM_PATTERN_OCTETS).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...] = dataclasses.field(
        metadata=Vector(CONDITION, MAXIMUM_BRANCHES, 2).wire
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...] = dataclasses.field(
        metadata=Vector(CONDITION, MAXIMUM_BRANCHES, 2).wire
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The condition does not hold."""

    condition: Condition = dataclasses.field(metadata=CONDITION.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonym:
    """Holds always; makes the enumerable pseudonym of a field's value in a scope an output."""

    field: int = dataclasses.field(metadata=U8.wire)
    scope: str = dataclasses.field(metadata=Text(MAXIMUM_SCOPE_OCTETS).wire)

    def __post_init__(self) -> None:
        if not self.scope:
            raise Refused("encoding/not-canonical", "an empty scope")


Condition: TypeAlias = (
    Compare
    | Between
    | Equal
    | In
    | InTree
    | NotInTree
    | StartsWith
    | EndsWith
    | Contains
    | Matches
    | All
    | AnyOf
    | Not
    | Pseudonym
)
CONDITION.bind(
    (
        Compare,
        Between,
        Equal,
        In,
        InTree,
        NotInTree,
        StartsWith,
        EndsWith,
        Contains,
        Matches,
        All,
        AnyOf,
        Not,
        Pseudonym,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A condition on fields; `checking.check` says whether it is well formed.

    `fields` stand in the order in which a walk of the condition from left to right meets them first.
    """

    version: int = dataclasses.field(default=PREDICATE_VERSION, metadata=U16.wire)
    fields: tuple[Field, ...] = dataclasses.field(metadata=Vector(FIELD, MAXIMUM_FIELDS, 1).wire)
    condition: Condition = dataclasses.field(metadata=CONDITION.wire)


PREDICATE: Final[Struct[Predicate]] = Struct(Predicate)
