"""The quotient: constraints on lanes and row by row, values on cosets, and parts from what cosets fold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.lanes import Lanes
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.plonk import constraints, quotient
from tests.unit.bn254.numbers import edges
from tests.unit.bn254.representations import REPRESENTATIONS

SIZE_LOG2 = 3
SIZE = 1 << SIZE_LOG2
NUMBERS = st.one_of(st.sampled_from((0, 1, SCALAR_MODULUS - 1)), st.integers(0, SCALAR_MODULUS - 1))


def values(columns: int, rows: int, *, stride: int) -> Words:
    """Edges of the field, in another order for each stride."""
    numbers = edges(SCALAR_MODULUS)
    chosen = [numbers[stride * place % len(numbers)] for place in range(columns * rows)]
    return SCALAR.encode(chosen).reshape(columns, rows, 4)


@pytest.mark.parametrize("lanes", REPRESENTATIONS, ids=lambda lanes: str(lanes.__name__))
def test_constraints_on_lanes_are_those_row_by_row(lanes: type[Lanes]) -> None:
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
        (constants,) = combination.encoded(factors[None])
        for first, last in ((0, 8), (8, rows)):
            combination.combine(wires, permutation, publics, points, constants, first, last, out)
        assert np.array_equal(out, expected)


def shift(coset: int) -> int:
    return pow(5, 1 + coset * ((SCALAR_MODULUS - 1) // (3 * SIZE)), SCALAR_MODULUS)


def value(coefficients: list[int], x: int) -> int:
    return (
        sum(each * pow(x, power, SCALAR_MODULUS) for power, each in enumerate(coefficients)) % SCALAR_MODULUS
    )


def test_values_on_the_cosets() -> None:
    coefficients = edges(SCALAR_MODULUS)[: SIZE + 3]
    there = quotient.on_cosets(SIZE_LOG2, [SCALAR.encode(coefficients)])
    root = pow(5, (SCALAR_MODULUS - 1) // SIZE, SCALAR_MODULUS)
    points = [shift(coset) * pow(root, row, SCALAR_MODULUS) for coset in range(3) for row in range(SIZE)]
    assert SCALAR.decode(there) == [value(coefficients, x) for x in points]


@given(st.lists(NUMBERS, min_size=3 * SIZE + 6, max_size=3 * SIZE + 6))
def test_parts_come_back_from_what_the_cosets_fold(coefficients: list[int]) -> None:
    folded = []
    for coset in range(3):
        power = pow(shift(coset), SIZE, SCALAR_MODULUS)
        folded.append(SCALAR.encode([value(coefficients[row::SIZE], power) for row in range(SIZE)]))
    parts = quotient._unfolded(SIZE_LOG2, folded, SCALAR.encode(coefficients[3 * SIZE :]))
    assert [number for part in parts for number in SCALAR.decode(part)] == coefficients[: 3 * SIZE]


@given(st.lists(NUMBERS, min_size=7 * SIZE + 9, max_size=7 * SIZE + 9), NUMBERS, NUMBERS)
def test_the_highest_coefficients_are_those_of_the_products(
    numbers: list[int], alpha: int, beta: int
) -> None:
    root = pow(5, (SCALAR_MODULUS - 1) // SIZE, SCALAR_MODULUS)
    gamma, shifts = 77, (1, 2, 3)
    drawn = iter(numbers)
    wires = [[next(drawn) for _ in range(SIZE + 2)] for _ in range(3)]
    sigmas = [[next(drawn) for _ in range(SIZE)] for _ in range(3)]
    z = [next(drawn) for _ in range(SIZE + 3)]
    moved, kept = list(z), [each * pow(root, power, SCALAR_MODULUS) for power, each in enumerate(z)]
    for wire, sigma, start in zip(wires, sigmas, shifts, strict=True):
        moved = multiplied(moved, plus(wire, [gamma, beta * start]))
        kept = multiplied(kept, plus(plus(wire, [gamma]), [beta * each for each in sigma]))
    expected = [alpha * (x - y) % SCALAR_MODULUS for x, y in zip(moved, kept, strict=True)][4 * SIZE :]
    highest = quotient._highest(
        [SCALAR.encode(wire) for wire in wires],
        SCALAR.encode(z),
        np.stack([SCALAR.encode(sigma) for sigma in sigmas]),
        root=root,
        alpha=alpha,
        beta=beta,
    )
    assert SCALAR.decode(highest) == expected
    assert len(expected) == 6


def plus(left: list[int], right: list[int]) -> list[int]:
    return [x + y for x, y in zip(left, [*right, *[0] * (len(left) - len(right))], strict=True)]


def multiplied(left: list[int], right: list[int]) -> list[int]:
    total = [0] * (len(left) + len(right) - 1)
    for place, x in enumerate(left):
        for other, y in enumerate(right):
            total[place + other] = (total[place + other] + x * y) % SCALAR_MODULUS
    return total
