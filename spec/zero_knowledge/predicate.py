"""Predicates as values: what is claimed about which fields, in one canonical form.

A predicate lists its fields in the order in which a walk of its condition from left to right meets them, and
its octets are as it is written: nothing is folded, reordered or flattened. Types and units are the business
of `predicate_rules.py`. `docs/protocol/predicates.md`, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Annotated, Final, TypeAlias

from ..contexts import Context
from ..digests import sha256
from ..encoding import (
    U8,
    U16,
    U32,
    Choice,
    IdentifierEnum,
    Limit,
    Octets32,
    Structure,
    decode_bounded,
    encode_as,
)
from ..reasons import Reason, Rejection
from ..source import NodeLimits
from .field_types import DAY_COUNT, LARGEST_FIELD_LENGTH
from .predicate_terms import (
    Average,
    Constant,
    ConstantNumber,
    DayNumber,
    Difference,
    Field,
    FieldIndex,
    Number,
    NumberNode,
    Sum,
    require_form,
)
from .scalar_field import decode_scalar

PREDICATE_VERSION: Final = 1
LARGEST_PREDICATE_LENGTH: Final = 16384
LARGEST_NODE_COUNT: Final = 256
LARGEST_PSEUDONYM_COUNT: Final = 8
LARGEST_DEPTH: Final = 16

FieldOctets = Annotated[bytes, Limit(LARGEST_FIELD_LENGTH)]
PartOctets = Annotated[bytes, Limit(LARGEST_FIELD_LENGTH, minimum=1)]


class Operator(IdentifierEnum):
    """How two numbers are compared."""

    EQUAL = 0
    UNEQUAL = 1
    BELOW = 2
    AT_MOST = 3
    ABOVE = 4
    AT_LEAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Structure):
    """0: two numbers, or two days, stand in this order."""

    operator: Operator
    left: Number
    right: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(Structure):
    """1: low ≤ value ≤ high."""

    value: Number
    low: Number
    high: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTerm(Structure):
    """0: what another field says."""

    field: FieldIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class OctetsTerm(Structure):
    """1: these octets."""

    octets: FieldOctets


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTerm(Structure):
    """2: true or false."""

    truth: bool


Term = Annotated[FieldTerm | OctetsTerm | TruthTerm, Choice()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal(Structure):
    """2: a field says the same as a term: octet for octet, or the same truth."""

    left: FieldIndex
    right: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMember(Structure):
    """0: a number of a set."""

    constant: Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMember(Structure):
    """1: a day of a set. Rejects with encoding/not-canonical."""

    day: U32

    def __post_init__(self) -> None:
        require_form(self.day < DAY_COUNT, "a day is after the year 9999")


@dataclass(frozen=True, slots=True, kw_only=True)
class OctetsMember(Structure):
    """2: octets of a set."""

    octets: FieldOctets


Member = Annotated[NumberMember | DayMember | OctetsMember, Choice()]


@dataclass(frozen=True, slots=True, kw_only=True)
class In(Structure):
    """3: a field is one of these. Rejects with encoding/not-canonical when they do not ascend as octets."""

    field: FieldIndex
    members: Annotated[tuple[Member, ...], Limit(64, minimum=1)]

    def __post_init__(self) -> None:
        encoded = [encode_as(Member, member) for member in self.members]
        ascending = all(one < other for one, other in pairwise(encoded))
        require_form(bool(encoded) and ascending, "members do not ascend strictly")


@dataclass(frozen=True, slots=True, kw_only=True)
class InTree(Structure):
    """4: a field is one of the members of a tree. Rejects with encoding/not-canonical."""

    field: FieldIndex
    depth: U8
    root: Octets32

    def __post_init__(self) -> None:
        _require_tree(self.depth, self.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInTree(Structure):
    """5: a field is none of the members of a tree. Rejects with encoding/not-canonical."""

    field: FieldIndex
    depth: U8
    root: Octets32

    def __post_init__(self) -> None:
        _require_tree(self.depth, self.root)


def _require_tree(depth: int, root: bytes) -> None:
    require_form(1 <= depth <= 32, "a tree has a depth of 1 to 32")
    decode_scalar(root)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartsWith(Structure):
    """6: a field begins with these octets."""

    field: FieldIndex
    octets: PartOctets


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsWith(Structure):
    """7: a field ends with these octets."""

    field: FieldIndex
    octets: PartOctets


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(Structure):
    """8: these octets stand somewhere in a field, one behind the other."""

    field: FieldIndex
    octets: PartOctets


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches(Structure):
    """9: a pattern describes the whole of a text."""

    field: FieldIndex
    pattern: Annotated[str, Limit(256)]


@dataclass(frozen=True, slots=True, kw_only=True)
class All(Structure):
    """10: every condition holds."""

    conditions: Annotated[tuple[Condition, ...], Limit(64, minimum=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Structure):
    """11: at least one condition holds."""

    conditions: Annotated[tuple[Condition, ...], Limit(64, minimum=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Structure):
    """12: a condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonym(Structure):
    """13: holds always, and gives out a pseudonym of a field for one scope."""

    field: FieldIndex
    scope: Annotated[str, Limit(255, minimum=1)]


ConditionNode: TypeAlias = (
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
Condition = Annotated[ConditionNode, Choice()]
Node: TypeAlias = ConditionNode | NumberNode
NODE_TYPES: Final = (*ConditionNode.__args__, *NumberNode.__args__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate(Structure):
    """A condition on committed fields.

    Rejects with encoding/not-canonical when the version is another, or the fields are repeated, unused or not
    in the order of their first use.
    """

    version: U16
    fields: Annotated[tuple[Field, ...], Limit(16, minimum=1)]
    condition: Condition

    def __post_init__(self) -> None:
        require_form(self.version == PREDICATE_VERSION, f"predicate version {self.version}")
        require_form(len(set(self.fields)) == len(self.fields), "a field is listed twice")
        used = list(dict.fromkeys(used_fields(self.condition)))
        require_form(used == list(range(len(self.fields))), "fields are not listed in the order of their use")

    def digest(self) -> bytes:
        """Return the digest that stands for the predicate in a statement."""
        return sha256(Context.PREDICATE.octets + self.encode())

    @property
    def pseudonyms(self) -> tuple[Pseudonym, ...]:
        """The pseudonyms that a proof gives out, in order."""
        return tuple(node for node, _ in walk(self.condition) if isinstance(node, Pseudonym))


def decode_predicate(octets: bytes) -> Predicate:
    """Return the predicate whose canonical octets these are.

    Rejects with predicate/too-large (octets; then where the first node too many or too deep begins), as
    `Structure.decode`, and with predicate/too-large (pseudonyms). Neither types nor places are checked here.
    """
    if len(octets) > LARGEST_PREDICATE_LENGTH:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, f"{len(octets)} octets")
    limits = NodeLimits(kinds=frozenset(NODE_TYPES), count=LARGEST_NODE_COUNT, depth=LARGEST_DEPTH)
    predicate = decode_bounded(Predicate, octets, limits=limits, otherwise=Reason.PREDICATE_TOO_LARGE)
    require_size(predicate)
    return predicate


def require_size(predicate: Predicate) -> None:
    """Require that nodes, depth, octets and pseudonyms are within the limits. Rejects with predicate/too-large."""
    depths = [depth for _, depth in walk(predicate.condition)]
    if len(depths) > LARGEST_NODE_COUNT or max(depths) > LARGEST_DEPTH:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, f"{len(depths)} nodes, {max(depths)} deep")
    if len(predicate.encode()) > LARGEST_PREDICATE_LENGTH:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, "canonical octets")
    if len(predicate.pseudonyms) > LARGEST_PSEUDONYM_COUNT:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, f"{len(predicate.pseudonyms)} pseudonyms")


def walk(node: Node, depth: int = 1) -> Iterator[tuple[Node, int]]:
    """Return conditions and numbers with their depths, from left to right, each before what it holds."""
    yield node, depth
    for child in children(node):
        yield from walk(child, depth + 1)


def children(node: Node) -> tuple[Node, ...]:
    """Return the conditions and numbers directly in a node."""
    return tuple(
        part
        for each in fields(node)
        for part in _as_parts(getattr(node, each.name))
        if isinstance(part, NODE_TYPES)
    )


def _as_parts(value: object) -> Sequence[object]:
    return value if isinstance(value, tuple) else (value,)


def used_fields(node: Node) -> Iterator[int]:
    """Return the indices of fields in the order in which a walk from left to right meets them."""
    match node:
        case Equal(left=left, right=right):
            yield left
            if isinstance(right, FieldTerm):
                yield right.field
        case All() | AnyOf() | Not() | Compare() | Between() | Sum() | Difference() | Average():
            for child in children(node):
                yield from used_fields(child)
        case ConstantNumber() | DayNumber():
            return
        case _:
            yield node.field
