"""Membership: in a small set of constants, in a tree of hashes, between neighbours of a sorted tree."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..poseidon import KIND_SET_LEAF, KIND_SET_NODE, header
from .bits import recompose
from .builder import Builder, Value
from .comparison import increasing_canonical, is_equal, is_zero
from .expressions import Expression
from .poseidon import poseidon
from .selection import conjunction, select


def is_member(builder: Builder, value: Value, members: Collection[int]) -> Expression:
    """1 if value is one of the constants `members`, else 0: the product of the differences is zero or not."""
    expression = builder.expression(value)
    product: Value = 1
    for member in sorted({member % builder.modulus for member in members}):
        product = builder.multiply(product, expression - member)
    return is_zero(builder, product)


def tree_root(
    builder: Builder, value: Value, path: Sequence[Expression], siblings: Sequence[Expression]
) -> Expression:
    """The root of a binary tree with `value` at the leaf that `path` names.

    Leaf node = Poseidon(hdr kind 3, value), inner node = Poseidon(hdr kind 4, left, right). `path` holds the bits of
    the leaf's index, least significant first; level by level 1 says that the sibling stands on the left. Forces the
    path to be bits, and the result to be that root.
    """
    with builder.scope("tree"):
        node = poseidon(builder, [header(KIND_SET_LEAF), value])
        for bit, sibling in zip(path, siblings, strict=True):
            builder.assert_boolean(bit)
            left = builder.wire(select(builder, bit, sibling, node))
            node = poseidon(builder, [header(KIND_SET_NODE), left, node + sibling - left])
        return node


def is_in_tree(
    builder: Builder, value: Value, root: int, path: Sequence[Expression], siblings: Sequence[Expression]
) -> Expression:
    """1 if `path` and `siblings` lead from `value` to `root`, else 0.

    A 1 proves membership (as Poseidon is collision-resistant); a 0 proves nothing.
    """
    return is_equal(builder, tree_root(builder, value, path, siblings), root)


def is_between_neighbours(
    builder: Builder,
    value: Value,
    root: int,
    *,
    neighbours: tuple[Value, Value],
    paths: tuple[Sequence[Expression], Sequence[Expression]],
    siblings: tuple[Sequence[Expression], Sequence[Expression]],
) -> Expression:
    """1 if the two neighbours stand side by side in the tree of `root` and value is strictly between them, else 0.

    In a tree with sorted leaves a 1 proves that no leaf is `value`; a 0 proves nothing. Order is that of the canonical
    integers below the modulus.
    """
    low, high = neighbours
    index_low, index_high = (recompose(builder, path) for path in paths)
    return conjunction(
        builder,
        [
            is_in_tree(builder, low, root, paths[0], siblings[0]),
            is_in_tree(builder, high, root, paths[1], siblings[1]),
            is_equal(builder, index_low + 1, index_high),
            increasing_canonical(builder, [low, value, high]),
        ],
    )
