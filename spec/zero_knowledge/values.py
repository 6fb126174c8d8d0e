"""Hashes of typed values, trees of them, and pseudonyms: what is the same for "007" and "7" nowhere else.

The value hash is over what a field says and not over its octets. A tree's leaves ascend between 0 and r - 1,
so that two neighbours prove that nothing lies between them. A pseudonym is the value hash under a scope and
nothing secret: whoever can list the possible values inverts it. `docs/protocol/predicates.md`, section 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from ..contexts import Context
from ..identifiers import Direction
from .field_encoding import HeaderKind, elements_of, header
from .field_types import (
    BooleanType,
    BytesType,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
    Value,
)
from .poseidon import poseidon
from .scalar_field import ORDER

SMALLEST_LEAF: Final = 0
LARGEST_LEAF: Final = ORDER - 1


def value_hash(type_: FieldType, value: Value) -> int:
    """Return the hash of a field's value. Integers and decimals of one scale have one tag."""
    octets = value if isinstance(value, bytes) else b""
    number = 0 if isinstance(value, bytes) else value
    match type_:
        case IntegerType():
            parts = [1, 0, number % ORDER]
        case DecimalType(scale=scale):
            parts = [1, scale, number % ORDER]
        case DateType():
            parts = [2, 0, number]
        case BooleanType():
            parts = [3, 0, number]
        case TextType():
            parts = [4, len(octets), *elements_of(octets)]
        case BytesType():
            parts = [5, len(octets), *elements_of(octets)]
    return poseidon([_header(HeaderKind.VALUE), *parts])


def tree_leaves(depth: int, values: Iterable[int]) -> list[int]:
    """Return the leaves of a tree: 0, the value hashes in ascending order, and r - 1 up to 2^depth.

    Raises ValueError when there is no place for an r - 1, or a value hash is repeated or one of the two
    bounds.
    """
    members = sorted(values)
    inner = [SMALLEST_LEAF, *members]
    filling = (1 << depth) - len(inner)
    if filling < 1:
        raise ValueError(f"{len(members)} members do not fit into a tree of depth {depth}")
    if len(set(members) | {SMALLEST_LEAF, LARGEST_LEAF}) != len(members) + 2:
        raise ValueError("a member is repeated, 0 or r - 1")
    return inner + [LARGEST_LEAF] * filling


def value_tree_root(depth: int, values: Iterable[int]) -> int:
    """Return the root of the tree of value hashes. Raises ValueError as `tree_leaves`."""
    level = [poseidon([_header(HeaderKind.SET_LEAF), leaf]) for leaf in tree_leaves(depth, values)]
    while len(level) > 1:
        level = [
            poseidon([_header(HeaderKind.SET_NODE), left, right])
            for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0]


def pseudonym(scope: str, hashed: int) -> int:
    """Return the enumerable pseudonym of a value hash for a scope, such as the Verifier's domain."""
    digest = hashlib.sha512(Context.PSEUDONYM_SCOPE.octets + scope.encode()).digest()
    return poseidon([_header(HeaderKind.NULLIFIER), int.from_bytes(digest, "little") % ORDER, 0, hashed])


def _header(kind: HeaderKind) -> int:
    return header(kind, Direction.SENT, 0)
