"""The quotient: constraints on lanes and row by row, values on cosets, and parts from what cosets fold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.compiled import processor_features
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.fused_lanes import FusedLanes
from mpctls.zkp.bn254.lanes import Lanes
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.bn254.madd_lanes import EmulatedMaddLanes
from mpctls.zkp.plonk import constraints, quotient
from tests.unit.bn254.numbers import edges

SIZE_LOG2 = 3
SIZE = 1 << SIZE_LOG2
NUMBERS = st.one_of(st.sampled_from((0, 1, SCALAR_MODULUS - 1)), st.integers(0, SCALAR_MODULUS - 1))


def runs_here(lanes: type[Lanes]) -> bool:
    return processor_features().issuperset(lanes.features) and bool(processor_features())


def values(columns: int, rows: int, *, stride: int) -> Words:
    """Edges of the field, in another order for each stride."""
    numbers = edges(SCALAR_MODULUS)
    chosen = [numbers[stride * place % len(numbers)] for place in range(columns * rows)]
    return SCALAR.encode(chosen).reshape(columns, rows, 4)


@pytest.mark.parametrize("lanes", [EmulatedMaddLanes, FusedLanes], ids=lambda lanes: str(lanes.__name__))
def test_constraints_on_lanes_are_those_row_by_row(lanes: type[Lanes]) -> None:
    if not runs_here(lanes):
        pytest.skip(f"this processor lacks {lanes.features}")
    rows = 1024
    wires, selectors, sigmas, names = (
        values(columns, rows, stride=stride) for columns, stride in ((3, 1), (5, 3), (3, 7), (3, 11))
    )
    permutation = values(1, rows + 1, stride=13)[0]
    publics, first_row = values(1, rows, stride=17)[0], values(1, rows, stride=19)[0]
    numbers = edges(SCALAR_MODULUS)
    combination = constraints.Combination(lanes)
    for start in (0, 5):
        factors = SCALAR.encode(numbers[start : start + 5])
        expected, out = np.empty_like(publics), np.empty_like(publics)
        constraints._combine.portable(
            wires,
            permutation,
            publics,
            selectors,
            sigmas,
            names,
            first_row,
            factors,
            np.uint64(0),
            np.uint64(rows),
            expected,
        )
        points = constraints.Points(selectors=selectors, sigmas=sigmas, names=names, first_row=first_row)
        combination.combine(wires, permutation, publics, points, factors, out)
        assert np.array_equal(out, expected)


def test_values_on_the_cosets() -> None:
    coefficients = edges(SCALAR_MODULUS)[: SIZE + 3]
    there = quotient.on_cosets(SIZE_LOG2, [SCALAR.encode(coefficients)])
    root = pow(5, (SCALAR_MODULUS - 1) // (4 * SIZE), SCALAR_MODULUS)
    points = [5 * pow(root, coset + 4 * row, SCALAR_MODULUS) for coset in range(4) for row in range(SIZE)]
    assert SCALAR.decode(there) == [
        sum(c * pow(x, power, SCALAR_MODULUS) for power, c in enumerate(coefficients)) % SCALAR_MODULUS
        for x in points
    ]


@given(st.lists(NUMBERS, min_size=4 * SIZE, max_size=4 * SIZE))
def test_parts_come_back_from_what_the_cosets_fold(coefficients: list[int]) -> None:
    root = pow(5, (SCALAR_MODULUS - 1) // (4 * SIZE), SCALAR_MODULUS)
    folded = []
    for coset in range(4):
        power = pow(5 * pow(root, coset, SCALAR_MODULUS), SIZE, SCALAR_MODULUS)
        folded.append(
            SCALAR.encode(
                [
                    sum(coefficients[SIZE * k + row] * pow(power, k, SCALAR_MODULUS) for k in range(4))
                    for row in range(SIZE)
                ]
            )
        )
    parts = quotient._unfolded(SIZE_LOG2, folded)
    assert [number for part in parts for number in SCALAR.decode(part)] == coefficients
