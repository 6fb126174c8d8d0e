"""Points of G1 and G2: arithmetic in every case, octets, and what is refused."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254 import groups_kernels
from mpctls.zkp.bn254 import groups_portable as portable
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2, group_of
from mpctls.zkp.bn254.groups import BATCH
from mpctls.zkp.bn254.tower import Quadratic

from .oracle import EDGES, GROUPS, multiples, py_ecc, scalars, small_multiples

both = pytest.mark.parametrize("group", GROUPS, ids=["G1", "G2"])


@both
def test_the_generator_is_py_eccs_and_has_order_r(group: Any) -> None:
    assert np.array_equal(group.generator, multiples(group, [1])[0])
    assert np.array_equal(group.multiply(group.generator, SCALAR_MODULUS - 1), group.negate(group.generator))


@both
def test_addition_in_every_case(group: Any) -> None:
    points = small_multiples(group, 6)  # 0 … 5
    opposite = group.negate(points)
    cases = [(a, b) for a in range(6) for b in range(6)]
    left = np.stack([points[a] for a, _ in cases])
    right = np.stack([points[b] for _, b in cases])
    expected = multiples(group, [a + b for a, b in cases])
    assert np.array_equal(group.add(left, right), expected)
    expected = multiples(group, [(a - b) % SCALAR_MODULUS for a, b in cases])
    assert np.array_equal(group.add(left, np.stack([opposite[b] for _, b in cases])), expected)


def test_one_exceptional_pair_spoils_no_other_in_its_batch() -> None:
    points = small_multiples(G1, BATCH + 40)
    left, right = points[1:-1].copy(), points[2:].copy()
    regular = G1.add(left, right)
    for place, partner in ((0, left[0]), (17, G1.negate(left[17])), (BATCH - 1, G1.infinity(1)[0])):
        right[place] = partner
    left[BATCH + 3] = 0
    right[BATCH + 3] = 0
    sums = G1.add(left, right)
    touched = [0, 17, BATCH - 1, BATCH + 3]
    assert np.array_equal(np.delete(sums, touched, 0), np.delete(regular, touched, 0))
    assert np.array_equal(sums[touched], np.stack([points[2], points[0], points[BATCH], points[0]]))


@both
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8])
def test_sums(group: Any, count: int) -> None:
    points = small_multiples(group, 9)[1 : count + 1]
    assert np.array_equal(group.sum(points), multiples(group, [count * (count + 1) // 2])[0])


@both
@settings(max_examples=15, deadline=None)
@given(
    logarithm=st.integers(1, 40), scalar=st.one_of(st.sampled_from(EDGES), st.integers(0, SCALAR_MODULUS - 1))
)
def test_multiplication(group: Any, logarithm: int, scalar: int) -> None:
    point = group.multiply(group.generator, logarithm)
    assert np.array_equal(
        group.multiply(point, scalar), multiples(group, [logarithm * scalar % SCALAR_MODULUS])[0]
    )


@pytest.mark.parametrize(("group", "count"), [(G1, 5), (G1, 70), (G2, 66)])
def test_many_multiplications_one_by_one_and_in_step(group: Any, count: int) -> None:
    values = (EDGES * 11)[:count]
    points = small_multiples(group, count)
    products = group.multiply_many(points, scalars(values))
    logarithms = [k * value % SCALAR_MODULUS for k, value in enumerate(values)]
    few = [0, 1, 2, 4, count - 3, count - 1]
    assert np.array_equal(products[few], multiples(group, [logarithms[k] for k in few]))
    assert np.array_equal(group.sum(products), group.multiply(group.generator, sum(logarithms)))


@both
def test_octets_and_integers_there_and_back(group: Any) -> None:
    points = small_multiples(group, 5)
    assert np.array_equal(group.from_octets(group.to_octets(points)), points)
    assert np.array_equal(group.from_montgomery_octets(group.to_montgomery_octets(points)), points)
    assert np.array_equal(group.encode(group.decode(points)), points)
    assert group.decode(points)[0] is None
    assert group_of(points) is group


def test_octets_are_big_endian_x_before_y() -> None:
    assert G1.to_octets(G1.generator) == (1).to_bytes(32, "big") + (2).to_bytes(32, "big")
    x, y = py_ecc.normalize(py_ecc.G2)
    octets = b"".join(int(value).to_bytes(32, "big") for value in (*x.coeffs, *y.coeffs))
    assert G2.to_octets(G2.generator) == octets


@both
@pytest.mark.parametrize("reader", ["from_octets", "from_montgomery_octets"])
def test_a_coordinate_not_below_the_modulus_is_refused(group: Any, reader: str) -> None:
    order: Literal["big", "little"] = "big" if reader == "from_octets" else "little"
    good = getattr(group, f"to_{reader.removeprefix('from_')}")(group.generator)
    first = int.from_bytes(good[:32], order)
    for octets in (
        (first + BASE_MODULUS).to_bytes(32, order) + good[32:],
        good[:-32] + b"\xff" * 32,
        good[:-1],
    ):
        with pytest.raises(Refused) as refusal:
            getattr(group, reader)(octets)
        assert refusal.value.reason == "zero-knowledge/point-not-canonical"


@both
def test_a_point_off_the_curve_is_refused_by_its_place(group: Any) -> None:
    points = small_multiples(group, 4)
    group.check(points)
    points[2, 0, 0] ^= np.uint64(1)
    with pytest.raises(Refused) as refusal:
        group.check(points)
    assert refusal.value.reason == "zero-knowledge/point-not-on-curve"
    assert refusal.value.detail == "point 2"
    zero_x = group.infinity(1)
    zero_x[0, -1] = group.generator[-1]
    with pytest.raises(Refused, match="point-not-on-curve"):
        group.check(zero_x)


def _on_twist(start: int) -> portable.Point:
    """Return a point of the twist's whole group, almost surely not of order r: x = start and on.

    The root follows Adj and Rodríguez-Henríquez, "Square root computation over even extension fields" (2014).
    """
    while True:
        value = py_ecc.FQ2([start, 0]) ** 3 + py_ecc.b2
        power = value ** ((BASE_MODULUS - 3) // 4)
        ratio, root = power * power * value, power * value
        if ratio == py_ecc.FQ2([BASE_MODULUS - 1, 0]):
            root = root * py_ecc.FQ2([0, 1])
        else:
            root = root * (py_ecc.FQ2.one() + ratio) ** ((BASE_MODULUS - 1) // 2)
        if root * root == value:
            coefficients = [int(coefficient) for coefficient in root.coeffs]
            return portable.coordinate(Quadratic, [start, 0]), portable.coordinate(Quadratic, coefficients)
        start += 1


def _words(points: list[portable.Point]) -> Any:
    flat = np.empty(len(points) * 16, np.uint64)
    portable.write_points(Quadratic, flat, points)
    return flat.reshape(-1, 4, 4)


def test_points_of_the_twist_outside_the_subgroup_are_refused_as_by_the_order() -> None:
    cofactor = 2 * BASE_MODULUS - SCALAR_MODULUS
    for start in (1, 5, 9):
        point = _on_twist(start)
        cleared = portable.multiply(point, cofactor)
        small = portable.multiply(point, SCALAR_MODULUS)  # of an order that divides the cofactor
        mixed = portable.add(cleared, small)
        assert portable.multiply(cleared, SCALAR_MODULUS) is None
        assert portable.multiply(mixed, SCALAR_MODULUS) is not None
        G2.check(_words([cleared]))
        for outside in (point, small, mixed):
            with pytest.raises(Refused) as refusal:
                G2.check(_words([cleared, None, outside]))
            assert refusal.value.reason == "zero-knowledge/point-not-in-subgroup"
            assert refusal.value.detail == "point 2"
        with pytest.raises(
            Refused, match="point-not-in-subgroup: point 69"
        ):  # so many are multiplied in step
            G2.check(_words([cleared] * 69 + [mixed]))


@both
def test_portable_twins_agree(group: Any) -> None:
    points = group.flat(np.concatenate([small_multiples(group, 6), group.negate(small_multiples(group, 3))]))
    entries = np.array([2, 3, 4, 4, 0, 6, 17, 9, 5, 2], np.int32)
    ends = np.array([0, 2, 4, 4, 7, 10])
    kernel = groups_kernels.base_sum if group is G1 else groups_kernels.quadratic_sum
    compiled, plain = np.empty(5 * group.words, np.uint64), np.empty(5 * group.words, np.uint64)
    kernel(points, entries, ends, scalars([]), 0, 0, 0, 0, compiled)
    kernel.portable(points, entries, ends, scalars([]), 0, 0, 0, 0, plain)
    assert np.array_equal(compiled, plain)
    expected = multiples(group, [0, 4, 0, 5, SCALAR_MODULUS - 5])  # 1-1, 2+2, nothing, 0+3+2, -4-2+1
    assert np.array_equal(compiled, group.flat(expected))
