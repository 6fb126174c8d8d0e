"""Points of P-256: known answers, the sign of y, and encodings that must not pass (catalogue D12)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.tls import p256
from tests.unit.tls.scripted_server import POINT

SCALARS = st.one_of(
    st.integers(min_value=1, max_value=p256.ORDER - 1),
    st.sampled_from([1, 2, 3, p256.ORDER // 2, p256.ORDER - 3, p256.ORDER - 2, p256.ORDER - 1]),
)


def test_product_with_both_coordinates() -> None:
    """RFC 5903, section 8.1: the shared point of the 256-bit group is given in full."""
    scalar = 0xC88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433
    point = p256.Point(
        x=0xD12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63,
        y=0x56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB,
    )
    product = p256.Point(
        x=0xD6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE,
        y=0x522BDE0AF0D8585B8DEF9C183B5AE38F50235206A8674ECB5D98EDB20EB153A2,
    )
    assert p256.multiply_full(scalar, point) == product
    assert p256.multiply_x(scalar, point) == product.x


@given(SCALARS, SCALARS)
def test_product_is_the_multiple_of_the_generator(scalar: int, logarithm: int) -> None:
    product = p256.multiply_full(scalar, p256.public_point(logarithm))
    assert product == p256.public_point(scalar * logarithm % p256.ORDER)


@pytest.mark.parametrize("logarithm", [1, p256.ORDER - 1])
@pytest.mark.parametrize("scalar", [1, p256.ORDER - 1])
def test_product_that_is_the_point_or_its_negative(scalar: int, logarithm: int) -> None:
    """One candidate for the product is then the negative of the point, which cannot be added to it."""
    product = p256.multiply_full(scalar, p256.public_point(logarithm))
    assert product == p256.public_point(scalar * logarithm % p256.ORDER)


@given(SCALARS, SCALARS)
def test_sum_is_the_multiple_of_the_generator(first: int, second: int) -> None:
    total = (first + second) % p256.ORDER
    if total == 0:
        with pytest.raises(Refused) as refusal:
            p256.add_points(p256.public_point(first), p256.public_point(second))
        assert refusal.value.reason == "key-exchange/point-at-infinity"
    else:
        added = p256.add_points(p256.public_point(first), p256.public_point(second))
        assert added == p256.public_point(total)


def test_doubling_and_infinity() -> None:
    generator, negative = p256.public_point(1), p256.public_point(p256.ORDER - 1)
    assert p256.add_points(generator, generator) == p256.public_point(2)
    with pytest.raises(Refused) as refusal:
        p256.add_points(generator, negative)
    assert refusal.value.reason == "key-exchange/point-at-infinity"


@given(SCALARS)
def test_points_survive_encoding(scalar: int) -> None:
    point = p256.public_point(scalar)
    assert p256.decode_point(point.encode()) == point


def test_generator() -> None:
    assert p256.public_point(1).encode() == POINT


TWIST_X = next(
    x
    for x in range(1, 100)
    if pow(x**3 - 3 * x + p256._B, (p256.PRIME - 1) // 2, p256.PRIME) == p256.PRIME - 1
)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00", id="infinity"),
        pytest.param(b"\x02" + POINT[1:33], id="compressed"),
        pytest.param(b"\x06" + POINT[1:], id="hybrid"),
        pytest.param(b"\x05" + POINT[1:], id="unknown form"),
        pytest.param(POINT[:-1], id="short"),
        pytest.param(POINT + b"\x00", id="long"),
        pytest.param(POINT[:-1] + b"\xf4", id="off the curve"),
        pytest.param(b"\x04" + bytes(64), id="zero"),
        pytest.param(b"\x04" + TWIST_X.to_bytes(32, "big") + (7).to_bytes(32, "big"), id="x of the twist"),
        pytest.param(
            b"\x04"
            + p256.PRIME.to_bytes(32, "big")
            + pow(p256._B, (p256.PRIME + 1) // 4, p256.PRIME).to_bytes(32, "big"),
            id="x not reduced",
        ),
    ],
)
def test_octets_that_are_no_point_are_refused(octets: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        p256.decode_point(octets)
    assert refusal.value.reason == "key-exchange/invalid-point"


@pytest.mark.parametrize("scalar", [0, p256.ORDER, -1, p256.ORDER + 1])
def test_scalars_out_of_range_raise(scalar: int) -> None:
    with pytest.raises(ValueError, match="a scalar lies in"):
        p256.public_point(scalar)
    with pytest.raises(ValueError, match="a scalar lies in"):
        p256.multiply_full(scalar, p256.public_point(1))


def test_random_scalars_differ_and_lie_in_range() -> None:
    randomness = SeededRandomness(b"scalars")
    scalars = {p256.random_scalar(randomness) for _ in range(20)}
    assert len(scalars) == 20
    assert all(0 < scalar < p256.ORDER for scalar in scalars)


def test_coordinates_stay_out_of_repr() -> None:
    assert repr(p256.public_point(5)) == "Point()"
