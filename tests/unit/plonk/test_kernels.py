"""The prover's kernels against plain integers and against their portable twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.plonk import assignment, constraints, permutation, polynomials
from mpctls.zkp.plonk.keys import AddedWires

EDGES = (0, 1, 2, SCALAR_MODULUS - 1, SCALAR_MODULUS // 2)
NUMBERS = st.one_of(st.sampled_from(EDGES), st.integers(0, SCALAR_MODULUS - 1))
COEFFICIENTS = st.lists(NUMBERS, min_size=1, max_size=9)


def elements(*shape: int, seed: str) -> Words:
    """Elements that repeat from run to run, the first few of them at the edges of the field."""
    count = int(np.prod(shape))
    words = SCALAR.random(count, SeededRandomness(seed.encode()))
    words[: min(count, len(EDGES))] = SCALAR.encode(EDGES[:count])
    return words.reshape(*shape, 4)


def value(coefficients: list[int], point: int) -> int:
    return sum(each * pow(point, power, SCALAR_MODULUS) for power, each in enumerate(coefficients))


@given(COEFFICIENTS, COEFFICIENTS, NUMBERS, NUMBERS)
def test_a_weighted_sum_is_the_sum_of_multiples(
    first: list[int], second: list[int], factor: int, other: int
) -> None:
    total = polynomials.weighted_sum(
        [(SCALAR.encode(first), factor), (SCALAR.encode(second), -other)], length=10
    )
    padded = [[*each, *[0] * (10 - len(each))] for each in (first, second)]
    assert SCALAR.decode(total) == [
        (factor * x - other * y) % SCALAR_MODULUS for x, y in zip(*padded, strict=True)
    ]


@given(COEFFICIENTS, NUMBERS, NUMBERS)
def test_a_polynomial_is_its_quotient_times_the_divisor_plus_its_value(
    coefficients: list[int], point: int, elsewhere: int
) -> None:
    divided = SCALAR.decode(polynomials.divided_by_linear(SCALAR.encode(coefficients), point))
    assert len(divided) == len(coefficients) - 1
    assert (
        polynomials.evaluated(SCALAR.encode(coefficients), point)
        == value(coefficients, point) % SCALAR_MODULUS
    )
    product = value(divided, elsewhere) * (elsewhere - point) + value(coefficients, point)
    assert (product - value(coefficients, elsewhere)) % SCALAR_MODULUS == 0


@given(st.lists(NUMBERS, min_size=4, max_size=4), st.lists(NUMBERS, min_size=1, max_size=3), NUMBERS)
def test_blinding_adds_a_multiple_of_what_vanishes_on_the_rows(
    coefficients: list[int], blinders: list[int], point: int
) -> None:
    blinded = SCALAR.decode(polynomials.blinded(SCALAR.encode(coefficients), SCALAR.encode(blinders)))
    difference = value(blinded, point) - value(coefficients, point)
    assert (difference - value(blinders, point) * (pow(point, 4, SCALAR_MODULUS) - 1)) % SCALAR_MODULUS == 0


@given(st.lists(st.integers(0, 4), min_size=12, max_size=12))
def test_positions_of_a_wire_form_one_cycle(wires: list[int]) -> None:
    columns = np.array(wires, np.int32).reshape(3, 4)
    previous = permutation.previous_positions(columns)
    flat = columns.ravel()
    for start in range(12):
        position, cycle = int(previous[start]), {start}
        while position != start:
            assert flat[position] == flat[start]
            cycle.add(position)
            position = int(previous[position])
        assert cycle == set(np.flatnonzero(flat == flat[start]).tolist())


def test_the_position_before_is_counted_row_by_row() -> None:
    # Wire 7 stands in (0, 0), (2, 0), (1, 1): visited in this order of (column, row).
    columns = np.array([[7, 1], [2, 7], [7, 3]], np.int32)
    previous = permutation.previous_positions(columns)
    assert [int(previous[position]) for position in (0, 4, 3)] == [3, 0, 4]
    assert [int(previous[position]) for position in (1, 2, 5)] == [1, 2, 5]


def products_of(columns: Words, wires: list[int]) -> Words:
    root = pow(5, (SCALAR_MODULUS - 1) // 4, SCALAR_MODULUS)
    sigmas = permutation.sigma_values(np.array(wires, np.int32).reshape(3, 4), root, (2, 3))
    powers = SCALAR.powers(SCALAR.encode([root]), 4)
    return permutation.accumulated_products(columns, sigmas, powers, beta=19, gamma=23, shifts=(2, 3))


def test_equal_positions_close_the_product_and_unequal_ones_do_not() -> None:
    wires = [0, 1, 2, 1, 1, 3, 0, 2, 3, 0, 1, 0]
    values = [0, 41, SCALAR_MODULUS - 1, 5]
    columns = SCALAR.encode([values[wire] for wire in wires]).reshape(3, 4, 4)
    assert SCALAR.decode(products_of(columns, wires)[0]) == [1]
    columns[1, 0] = SCALAR.encode([42])[0]
    with pytest.raises(Refused) as refusal:
        products_of(columns, wires)
    assert refusal.value.reason == "zero-knowledge/unsatisfied"


def test_an_added_wire_reads_only_wires_before_it() -> None:
    factors = SCALAR.one(2)
    indices = np.array([1, 3], np.int32)
    added = AddedWires(first=3, left=indices, right=indices, left_factors=factors, right_factors=factors)
    wires = SCALAR.decode(assignment.wire_values(added, SCALAR.encode([1, 20, 30])))
    assert wires == [0, 20, 30, 40, 80]
    with pytest.raises(Refused) as refusal:
        AddedWires(first=3, left=indices, right=indices + 1, left_factors=factors, right_factors=factors)
    assert refusal.value.reason == "zero-knowledge/malformed-key"
    with pytest.raises(Refused) as refusal:
        assignment.wire_values(added, SCALAR.encode([1, 20]))
    assert refusal.value.reason == "zero-knowledge/witness-count"


def calls() -> dict[str, tuple[Kernel[Any], list[Any]]]:
    """Each kernel with arguments; the last argument is where it writes."""
    size, rows = 8, 32
    wires = elements(6, seed="wires")
    indices = np.array([0, 2, 3], np.int32), np.array([1, 1, 4], np.int32)
    return {
        "add multiple": (
            polynomials._add_multiple,
            [elements(7, seed="a"), elements(1, seed="b") * 0 + SCALAR.encode([77]), elements(9, seed="c")],
        ),
        "divide": (
            polynomials._divide,
            [elements(9, seed="d"), SCALAR.encode([12345]), SCALAR.zero(8)],
        ),
        "accumulate": (
            permutation._accumulate,
            [
                elements(3, size, seed="e"),
                elements(3, size, seed="f"),
                elements(size, seed="g"),
                SCALAR.encode([17, 1 << 200, 2, 3]),
                SCALAR.zero(size + 1),
            ],
        ),
        "combine": (
            constraints._combine,
            [
                elements(3, rows, seed="h"),
                elements(rows + 1, seed="i"),
                elements(rows, seed="j"),
                elements(5, rows, seed="k"),
                elements(3, rows, seed="l"),
                elements(3, rows, seed="m"),
                elements(rows, seed="n"),
                elements(5, seed="o"),
                np.uint64(3),
                np.uint64(rows),
                SCALAR.zero(rows),
            ],
        ),
        "extend": (
            assignment._extend,
            [*indices, elements(3, seed="q"), elements(3, seed="r"), np.uint64(3), wires],
        ),
    }


@pytest.mark.parametrize("name", calls())
def test_a_kernel_and_its_portable_twin_agree(name: str) -> None:
    kernel, arguments = calls()[name]
    *inputs, first = arguments
    second = first.copy()
    kernel(*inputs, first)
    kernel.portable(*inputs, second)
    assert np.array_equal(first, second)
    assert first.any()
