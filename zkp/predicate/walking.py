"""Walks over the tree of a predicate, from left to right."""

from __future__ import annotations

from collections.abc import Iterator

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
    Pseudonym,
    StartsWith,
)
from .expression import (
    Age,
    Average,
    ConstantNumber,
    Day,
    Difference,
    FieldNumber,
    FieldTerm,
    Length,
    Number,
    Sum,
)

Part = Condition | Number


def children(part: Part) -> tuple[Part, ...]:
    """The conditions and numbers directly in `part`, in order."""
    match part:
        case Compare():
            return (part.left, part.right)
        case Between():
            return (part.value, part.low, part.high)
        case All() | AnyOf():
            return part.conditions
        case Not():
            return (part.condition,)
        case Sum() | Average():
            return part.terms
        case Difference():
            return (part.left, part.right)
        case _:
            return ()


def own_fields(part: Part) -> tuple[int, ...]:
    """The fields that `part` itself names, in order, without those of its children."""
    match part:
        case Equal(left=left, right=FieldTerm(field=right)):
            return (left, right)
        case Equal(left=left):
            return (left,)
        case (
            In()
            | InTree()
            | NotInTree()
            | StartsWith()
            | EndsWith()
            | Contains()
            | Matches()
            | Pseudonym()
            | FieldNumber()
            | Length()
            | Age()
        ):
            return (part.field,)
        case Compare() | Between() | All() | AnyOf() | Not() | Sum() | Average() | Difference():
            return ()
        case ConstantNumber() | Day():
            return ()


def walk(part: Part) -> Iterator[tuple[Part, int]]:
    """Every condition and number with its depth (that of `part` is 1), each before its children."""
    pending: list[tuple[Part, int]] = [(part, 1)]
    while pending:
        current, depth = pending.pop()
        yield current, depth
        pending.extend((child, depth + 1) for child in reversed(children(current)))


def fields_in_order(part: Part) -> tuple[int, ...]:
    """The fields in the order in which a walk from left to right meets each first."""
    seen: dict[int, None] = {}
    for current, _ in walk(part):
        for number in own_fields(current):
            seen.setdefault(number)
    return tuple(seen)


def pseudonyms(condition: Condition) -> tuple[Pseudonym, ...]:
    """The pseudonyms of a condition, in order: each is one public output."""
    return tuple(part for part, _ in walk(condition) if isinstance(part, Pseudonym))
