"""Sums of scalar multiples: over points of known discrete logarithms, honest and hostile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zksnake.ecc import EllipticCurve

from mpctls.zkp.bn254 import multi_scalar
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.fixed_bases import FixedBases
from mpctls.zkp.bn254.groups_kernels import base_sum, quadratic_sum
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.bn254.multi_scalar import multiply_sum, window_count, window_width

from .oracle import EDGES, GROUPS, finite, scalars, small_multiples

_R = SCALAR_MODULUS

both = pytest.mark.parametrize("group", GROUPS, ids=["G1", "G2"])


def _known(group: Any, logarithms: list[int], values: list[int]) -> Words:
    total: Words = group.multiply(
        group.generator, sum(k * s for k, s in zip(logarithms, values, strict=True)) % _R
    )
    return total


HOSTILE: dict[str, tuple[Callable[[int], list[int]], Callable[[int], list[int]]]] = {
    "in sequence": (lambda n: list(range(1, n + 1)), lambda n: [pow(7, k, _R) for k in range(n)]),
    "one base": (lambda n: [1] * n, lambda n: [pow(7, k, _R) for k in range(n)]),
    "one scalar": (lambda n: list(range(1, n + 1)), lambda n: [_R - 12345] * n),
    "one of each": (lambda n: [3] * n, lambda n: [5] * n),
    "opposite bases": (
        lambda n: [(-1) ** k * (k // 2 + 1) for k in range(n)],
        lambda n: [77 + k // 2 for k in range(n)],
    ),
    "opposite in one bucket": (lambda n: [(-1) ** k for k in range(n)], lambda n: [9] * n),
    "infinite bases": (lambda n: [0] * n, lambda n: [pow(7, k, _R) for k in range(n)]),
    "some infinite": (lambda n: [k % 3 for k in range(n)], lambda n: [pow(7, k, _R) for k in range(n)]),
    "zero scalars": (lambda n: list(range(n)), lambda n: [0] * n),
    "extreme scalars": (lambda n: list(range(n)), lambda n: [EDGES[k % len(EDGES)] for k in range(n)]),
    "half windows": (
        lambda n: list(range(n)),
        lambda n: [int("8" * 63, 16) % _R >> (k % 8) for k in range(n)],
    ),
}


@both
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_sums(group: Any, case: str) -> None:
    make_logarithms, make_values = HOSTILE[case]
    count = 300 if group is G1 else 90
    logarithms, values = make_logarithms(count), make_values(count)
    table = small_multiples(group, count + 1)
    both_signs = np.concatenate([table, group.negate(table)])
    points = both_signs[[k if k >= 0 else count + 1 - k for k in logarithms]]
    expected = _known(group, logarithms, values)
    assert np.array_equal(multiply_sum(points, scalars(values)), expected)
    assert np.array_equal(FixedBases(points, width=6).commit(scalars(values)), expected)


@pytest.mark.parametrize("width", range(2, 17))
def test_every_width_of_digits_with_its_portable_twin(width: int) -> None:
    values = [*EDGES, 2 ** (width - 1), 2**width - 1, 2 ** (2 * width - 1), 0x1234_5678_9ABC_DEF0**3 % _R]
    points = small_multiples(G1, len(values) + 1)[1:]
    flat, elements = G1.flat(points), scalars(values)
    windows, split = window_count(width), window_count(width) // 3
    expected = _known(G1, list(range(1, len(values) + 1)), values)
    low = G1.sum_windows(flat, elements, width=width, first=0, last=split)
    high = G1.sum_windows(flat, elements, width=width, first=split, last=windows)
    assert np.array_equal(G1.add(low, high), expected)
    if width <= 6:  # the twin fills its buckets one by one
        for first, last, compiled in ((0, split, low), (split, windows, high)):
            assert np.array_equal(_portable(G1, flat, elements, width, first, last), compiled)


def _portable(
    group: Any, flat: Words, elements: Words, width: int, first: int, last: int, rows: int = 0
) -> Words:
    kernel = base_sum if group is G1 else quadratic_sum
    out = np.empty(group.words, np.uint64)
    nothing = np.empty(0, np.int32), np.empty(0, np.int64)
    kernel.portable(flat, *nothing, elements, width, first, last, rows, out)
    return out.reshape(group.rows, 4)


@both
def test_the_portable_twin_over_a_table(group: Any) -> None:
    values = [5, _R - 1, 0, 2**200 + 17]
    bases = FixedBases(small_multiples(group, 5)[1:], width=4)
    plain = _portable(group, group.flat(bases.table), scalars(values), 4, 0, window_count(4), 4)
    assert np.array_equal(plain, bases.commit(scalars(values)))


@both
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_small_sum(group: Any, data: st.DataObject) -> None:
    terms = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, 7), st.booleans(), st.one_of(st.sampled_from(EDGES), st.integers(0, _R - 1))
            ),
            max_size=40,
        )
    )
    table = small_multiples(group, 8)
    points = [group.negate(table[k]) if sign else table[k] for k, sign, _ in terms]
    logarithms = [-k if sign else k for k, sign, _ in terms]
    values = [value for _, _, value in terms]
    stacked = np.stack(points) if points else group.infinity(0)
    assert np.array_equal(multiply_sum(stacked, SCALAR.encode(values)), _known(group, logarithms, values))


def test_a_sum_over_thousands_on_all_cores() -> None:
    count = 3000
    logarithms = SCALAR.random(count)
    points = G1.multiply_many(G1.generator, logarithms)
    values = SCALAR.random(count)
    expected = G1.multiply_element(G1.generator, SCALAR.inner_product(logarithms, values)[None])
    assert np.array_equal(multiply_sum(points, values), expected)
    bases = FixedBases(points)
    sequences = [values, values[:100], values, values[:0], values[::-1]]
    sums = bases.commit_many(sequences)
    for sequence, total in zip(sequences, sums, strict=True):
        assert np.array_equal(total, multiply_sum(points[: len(sequence)], np.ascontiguousarray(sequence)))
    stored = FixedBases.of_table(bases.table, width=bases.width)
    assert np.array_equal(stored.commit(values), expected)


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_sums_of_many_points_on_lanes_and_point_by_point(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many that lanes are chosen if scalars are long: both ways to the same point."""
    make_logarithms, make_values = HOSTILE[case]
    logarithms, values = [k % 300 for k in make_logarithms(1100)], make_values(1100)
    points = small_multiples(G1, 300)[logarithms]
    expected = _known(G1, logarithms, values)
    assert np.array_equal(multiply_sum(points, scalars(values)), expected)
    monkeypatch.setattr(multi_scalar, "chosen_sums", lambda: None)
    assert np.array_equal(multiply_sum(points, scalars(values)), expected)


def test_against_arkworks_through_zksnake() -> None:
    curve = EllipticCurve("BN254")
    values = [pow(11, k, _R) for k in range(1, 41)]
    logarithms = [pow(3, k, _R) for k in range(1, 41)]
    points = curve.batch_mul(curve.G1(), logarithms)
    expected = curve.multiexp(points, values)
    words = G1.encode([(int(point.x), int(point.y)) for point in points])
    assert finite(G1, multiply_sum(words, scalars(values))) == (int(expected.x), int(expected.y))


def test_shapes_that_do_not_fit_are_programming_errors() -> None:
    points = small_multiples(G1, 3)
    with pytest.raises(ValueError, match="one scalar"):
        multiply_sum(points, scalars([1, 2]))
    with pytest.raises(ValueError, match="points are"):
        multiply_sum(points[:, 0], scalars([1, 2, 3]))
    with pytest.raises(ValueError, match="m <= 3"):
        FixedBases(points, width=4).commit(scalars([1, 2, 3, 4]))
    with pytest.raises(ValueError, match="one row of points for each window"):
        FixedBases.of_table(FixedBases(points, width=4).table, width=5)


def test_widths_grow_with_the_number_of_points() -> None:
    widths = [window_width(1 << size) for size in range(17)]
    assert widths == sorted(widths)
    assert (G2.rows, widths[0] >= 2, widths[-1] <= 16) == (4, True, True)
