"""Sorted trees of value hashes: their roots, and paths that show what is in them and what is not (section 4)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..poseidon import KIND_SET_LEAF, KIND_SET_NODE, header
from .conditions import MAXIMUM_TREE_DEPTH
from .poseidon_arrays import poseidon_many
from .types import STRING, FieldType, OctetsType, Value, parse
from .values import value_hashes

LARGEST_LEAF: Final = SCALAR_MODULUS - 1
_LEAF_HEADER: Final = header(KIND_SET_LEAF)
_NODE_HEADER: Final = header(KIND_SET_NODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePath:
    """The way from a leaf to the root: the leaf's index and the sibling at each level, from the leaves up."""

    index: int
    leaf: int
    siblings: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """A tree of depth d: 0, the members' value hashes in increasing order, then r - 1 in all places left.

    `levels[h]` holds the first nodes of height h as elements, `filling[h]` the node of every other place of it.
    """

    depth: int
    leaves: tuple[int, ...]
    levels: tuple[Words, ...]
    filling: tuple[int, ...]

    @property
    def root(self) -> bytes:
        """The root as the language writes it: 32 octets, little-endian."""
        return self._node(self.depth, 0).to_bytes(32, "little")

    def path(self, index: int) -> TreePath:
        """The path of the leaf with this index."""
        siblings = tuple(self._node(height, (index >> height) ^ 1) for height in range(self.depth))
        return TreePath(index=index, leaf=self._leaf(index), siblings=siblings)

    def find(self, value: int) -> int | None:
        """The index of the leaf that has this value hash, if it is a member's."""
        index = bisect_left(self.leaves, value)
        return index if 0 < index < len(self.leaves) and self.leaves[index] == value else None

    def neighbours(self, value: int) -> tuple[int, int] | None:
        """The indices of the two leaves between which a value hash that is no member's stands."""
        index = bisect_left(self.leaves, value)
        if index == 0 or self._leaf(index) == value:
            return None
        return index - 1, index

    def _leaf(self, index: int) -> int:
        return self.leaves[index] if index < len(self.leaves) else LARGEST_LEAF

    def _node(self, height: int, index: int) -> int:
        level = self.levels[height]
        return SCALAR.decode(level[index])[0] if index < len(level) else self.filling[height]


def build_tree(hashes: Iterable[int], depth: int | None = None) -> Tree:
    """The tree over value hashes of members, of the least depth that holds them unless told.

    Refuses with `predicate/too-large` members that need a depth above 32, or do not fit the depth given, and with
    `predicate/malformed` hashes that no leaf can have.
    """
    members = sorted(set(hashes))
    if members and not 0 < members[0] <= members[-1] < LARGEST_LEAF:
        raise Refused("predicate/malformed", "a value hash is 0, r - 1 or no scalar")
    least = max(1, (len(members) + 1).bit_length())
    chosen = least if depth is None else depth
    if not least <= chosen <= MAXIMUM_TREE_DEPTH:
        raise Refused("predicate/too-large", f"{len(members)} members in a tree of depth {chosen}")
    leaves = (0, *members)
    level = _hash_columns([_LEAF_HEADER], [SCALAR.encode(leaves)])
    (filling,) = SCALAR.decode(_hash_columns([_LEAF_HEADER], [SCALAR.encode([LARGEST_LEAF])]))
    levels, fillings = [level], [filling]
    for _ in range(chosen):
        if len(level) % 2:
            level = np.concatenate([level, SCALAR.encode([filling])])
        level = _hash_columns([_NODE_HEADER], [level[0::2], level[1::2]])
        pair = SCALAR.encode([filling])
        (filling,) = SCALAR.decode(_hash_columns([_NODE_HEADER], [pair, pair]))
        levels.append(level)
        fillings.append(filling)
    return Tree(depth=chosen, leaves=leaves, levels=tuple(levels), filling=tuple(fillings))


def tree_of_values(field_type: FieldType, values: Sequence[Value], depth: int | None = None) -> Tree:
    """The tree over values of one type."""
    return build_tree(value_hashes(field_type, values), depth)


def read_members(field_type: FieldType, lines: Iterable[str]) -> list[Value]:
    """The values that lines of text write, one a line, by the lexical rule of the type; octets in hexadecimal.

    Refuses with `predicate/malformed`, naming the line.
    """
    return [_member(field_type, line, number) for number, line in enumerate(lines, 1)]


def _member(field_type: FieldType, line: str, number: int) -> Value:
    if isinstance(field_type, OctetsType):
        try:
            return bytes.fromhex(line)
        except ValueError:
            raise Refused("predicate/malformed", f"line {number} is not hexadecimal") from None
    try:
        return parse(field_type, STRING, line.encode("utf-8"))
    except (Refused, UnicodeEncodeError) as refusal:
        detail = refusal.detail if isinstance(refusal, Refused) else "not UTF-8"
        raise Refused("predicate/malformed", f"line {number}: {detail}") from None


def _hash_columns(constants: Sequence[int], columns: Sequence[Words]) -> Words:
    count = len(columns[0])
    fixed = [np.repeat(SCALAR.encode([constant]), count, axis=0) for constant in constants]
    return poseidon_many(np.stack([*fixed, *columns]))
