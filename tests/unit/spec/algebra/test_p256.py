"""P-256: a published key exchange, the group law, and every encoding that is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.algebra.p256 import (
    FIELD_PRIME,
    GENERATOR,
    INFINITY,
    ORDER,
    Point,
    PointEncodingError,
    add,
    decode_point,
    encode_point,
    multiply,
)

scalars = st.integers(1, ORDER - 1)


def test_the_key_exchange_of_rfc_5903() -> None:
    """RFC 5903, section 8.1: 256-bit random ECP group."""
    initiator = 0xC88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433
    responder = 0xC6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53
    public = multiply(initiator, GENERATOR)
    assert isinstance(public, Point)
    assert public.x == 0xDAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180
    assert public.y == 0x5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3
    shared = multiply(responder, public)
    assert isinstance(shared, Point)
    assert shared.x == 0xD6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE


@given(scalars, scalars)
@settings(max_examples=10)
def test_the_group_law_is_that_of_an_independent_implementation(left: int, right: int) -> None:
    total = add(multiply(left, GENERATOR), multiply(right, GENERATOR))
    if (left + right) % ORDER == 0:
        assert total is INFINITY
        return
    numbers = ec.derive_private_key((left + right) % ORDER, ec.SECP256R1()).public_key().public_numbers()
    assert total == Point(x=numbers.x, y=numbers.y)


def test_the_order_annihilates_and_opposites_cancel() -> None:
    assert multiply(ORDER, GENERATOR) is INFINITY
    assert multiply(0, GENERATOR) is INFINITY
    assert add(GENERATOR, Point(x=GENERATOR.x, y=FIELD_PRIME - GENERATOR.y)) is INFINITY
    assert add(INFINITY, GENERATOR) == GENERATOR == add(GENERATOR, INFINITY)


@given(scalars)
@settings(max_examples=10)
def test_an_encoded_point_decodes_to_itself(scalar: int) -> None:
    point = multiply(scalar, GENERATOR)
    assert isinstance(point, Point)
    assert decode_point(encode_point(point)) == point


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (encode_point(GENERATOR)[:-1], "65 octets"),
        (encode_point(GENERATOR) + b"\0", "65 octets"),
        (b"\0", "65 octets"),
        (b"\x03" + encode_point(GENERATOR)[1:33], "65 octets"),
        (b"\x06" + encode_point(GENERATOR)[1:], "0x04"),
        (b"\x04" + bytes(64), "curve"),
        (b"\x04" + (GENERATOR.x + 1).to_bytes(32, "big") + GENERATOR.y.to_bytes(32, "big"), "curve"),
        (b"\x04" + FIELD_PRIME.to_bytes(32, "big") + bytes(32), "prime"),
        (b"\x04" + bytes(32) + b"\xff" * 32, "prime"),
    ],
)
def test_other_encodings_are_refused(octets: bytes, words: str) -> None:
    with pytest.raises(PointEncodingError, match=words):
        decode_point(octets)
