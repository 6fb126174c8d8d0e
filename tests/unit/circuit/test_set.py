"""Sets: small ones, trees, and neighbours in sorted trees."""

from __future__ import annotations

import pytest

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.circuit.set import is_between_neighbours, is_in_tree, is_member
from mpctls.zkp.poseidon import KIND_SET_LEAF, KIND_SET_NODE, header, poseidon
from tests.unit.circuit.building import Gadget, gadget
from tests.unit.foundation.refusals import refused

DEPTH = 2
LEAVES = [0, 1000, SCALAR_MODULUS // 2, SCALAR_MODULUS - 1]


def _levels() -> list[list[int]]:
    levels = [[poseidon([header(KIND_SET_LEAF), leaf]) for leaf in LEAVES]]
    while len(levels[-1]) > 1:
        pairs = zip(levels[-1][::2], levels[-1][1::2], strict=True)
        levels.append([poseidon([header(KIND_SET_NODE), *pair]) for pair in pairs])
    return levels


LEVELS = _levels()
ROOT = LEVELS[-1][0]


def _path(index: int) -> list[int]:
    return [index >> level & 1 for level in range(DEPTH)]


def _siblings(index: int) -> list[int]:
    return [LEVELS[level][index >> level ^ 1] for level in range(DEPTH)]


@pytest.fixture(scope="module")
def in_tree() -> Gadget:
    return gadget(
        1 + 2 * DEPTH,
        lambda builder, x: [is_in_tree(builder, x[0], ROOT, x[1 : 1 + DEPTH], x[1 + DEPTH :])],
    )


@pytest.fixture(scope="module")
def between() -> Gadget:
    def build(builder: Builder, x: tuple[Expression, ...]) -> list[Expression]:
        parts = [x[start : start + DEPTH] for start in range(3, len(x), DEPTH)]
        result = is_between_neighbours(
            builder,
            x[0],
            ROOT,
            neighbours=(x[1], x[2]),
            paths=(parts[0], parts[1]),
            siblings=(parts[2], parts[3]),
        )
        return [result]

    return gadget(3 + 4 * DEPTH, build)


def _enclosed(value: int, low: int, high: int) -> tuple[int, ...]:
    return (value, LEAVES[low], LEAVES[high], *_path(low), *_path(high), *_siblings(low), *_siblings(high))


@pytest.mark.parametrize("value", [0, 5, 6, 7, SCALAR_MODULUS - 5])
def test_small_sets(value: int) -> None:
    built = gadget(1, lambda builder, x: [is_member(builder, x[0], (5, 7, -5))])
    assert built(value) == [value in (5, 7, SCALAR_MODULUS - 5)]


@pytest.mark.parametrize("index", range(4))
def test_every_leaf_leads_to_the_root(in_tree: Gadget, index: int) -> None:
    assert in_tree(LEAVES[index], *_path(index), *_siblings(index)) == [1]


def test_no_other_value_place_or_inner_node_does(in_tree: Gadget) -> None:
    assert in_tree(LEAVES[1] + 1, *_path(1), *_siblings(1)) == [0]
    assert in_tree(LEAVES[1], *_path(2), *_siblings(1)) == [0]
    assert in_tree(LEVELS[0][0], *_path(0), *_siblings(0)) == [0]


def test_a_path_of_other_numbers_than_bits_is_refused(in_tree: Gadget) -> None:
    with refused("zero-knowledge/unsatisfied"):
        in_tree(LEAVES[1], 2, 0, *_siblings(1))


@pytest.mark.parametrize(("value", "low"), [(1, 0), (999, 0), (1001, 1), (SCALAR_MODULUS - 2, 2)])
def test_what_stands_between_neighbours_is_not_in_the_tree(between: Gadget, value: int, low: int) -> None:
    assert between(*_enclosed(value, low, low + 1)) == [1]


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (1000, 0, 1),
        (1000, 1, 2),
        (0, 0, 1),
        (SCALAR_MODULUS - 1, 2, 3),
        (1000, 0, 2),
        (1000, 0, 3),
        (5, 1, 0),
        (5, 1, 2),
    ],
)
def test_members_and_neighbours_that_are_none_prove_nothing(
    between: Gadget, value: int, low: int, high: int
) -> None:
    assert between(*_enclosed(value, low, high)) == [0]
