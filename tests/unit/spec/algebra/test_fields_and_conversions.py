"""The fields' constants, GCM's bit order, and conversions of shares held against the values they share."""

from __future__ import annotations

import math

import galois
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.algebra.fields import (
    BINARY_MODULUS,
    PRIMITIVE_ELEMENT_OF_BINARY_FIELD,
    PRIMITIVE_ELEMENT_OF_PRIME_FIELD,
    Field,
    binary_field,
    block_to_element,
    element_to_block,
    prime_field,
)
from mpctls.spec.algebra.p256 import FIELD_PRIME, GENERATOR, ORDER, Point, add, multiply
from mpctls.spec.algebra.point_addition import (
    EqualCoordinatesError,
    PointAdditionRandomness,
    share_sum_coordinate,
)
from mpctls.spec.algebra.share_conversion import (
    ConversionError,
    additive_to_multiplicative,
    multiplicative_to_additive,
)
from mpctls.spec.randomness import Randomness

# Prime factors of the group orders: of p - 1, and of 2^128 - 1 (Fermat numbers F0 … F6).
FACTORS_OF_PRIME_GROUP = [
    (2, 1), (3, 1), (5, 2), (17, 1), (257, 1), (641, 1), (1531, 1), (65537, 1), (490463, 1), (6700417, 1),
    (835945042244614951780389953367877943453916927241, 1),
]  # fmt: skip
FACTORS_OF_BINARY_GROUP = [3, 5, 17, 257, 641, 65537, 274177, 6700417, 67280421310721]


def test_the_primitive_element_of_the_prime_field() -> None:
    order = FIELD_PRIME - 1
    assert math.prod(prime**power for prime, power in FACTORS_OF_PRIME_GROUP) == order
    assert all(galois.is_prime(prime) for prime, _ in FACTORS_OF_PRIME_GROUP)
    for prime, _ in FACTORS_OF_PRIME_GROUP:
        assert pow(PRIMITIVE_ELEMENT_OF_PRIME_FIELD, order // prime, FIELD_PRIME) != 1


def test_the_modulus_and_the_primitive_element_of_the_binary_field() -> None:
    assert galois.Poly.Int(BINARY_MODULUS).is_irreducible()
    order = 2**128 - 1
    assert math.prod(FACTORS_OF_BINARY_GROUP) == order
    generator = binary_field()(PRIMITIVE_ELEMENT_OF_BINARY_FIELD)
    assert all(generator ** (order // prime) != 1 for prime in FACTORS_OF_BINARY_GROUP)


def test_products_of_blocks_in_gcm_bit_order() -> None:
    """NIST GCM specification (McGrew and Viega), test case 2: X_1 · H with H = AES_0(0)."""
    hash_key = block_to_element(bytes.fromhex("66e94bd4ef8a2c3b884cfa59ca342b2e"))
    block = block_to_element(bytes.fromhex("0388dace60b6a392f328c2b971b2fe78"))
    assert element_to_block(block * hash_key).hex() == "5e2ec746917062882c85b0685353deb7"


@given(st.binary(min_size=16, max_size=16))
def test_blocks_and_elements_are_one_to_one(block: bytes) -> None:
    assert element_to_block(block_to_element(block)) == block


def test_the_unit_is_the_leftmost_bit() -> None:
    assert block_to_element(b"\x80" + bytes(15)) == 1
    with pytest.raises(ValueError, match="16 octets"):
        block_to_element(bytes(15))


fields = st.sampled_from([prime_field, binary_field])
small_or_large = st.integers(0, 2**128 - 1)


@given(fields, small_or_large, small_or_large, st.integers(1, 2**128 - 1), small_or_large)
@settings(max_examples=25)
def test_conversions_keep_the_shared_value(
    build: Field, left: int, right: int, factor: int, mask: int
) -> None:
    field = build()
    value = field(left) + field(right)
    if value == 0:
        return
    product = additive_to_multiplicative(
        field=field,
        sender_share=field(left),
        receiver_share=field(right),
        sender_factor=field(factor),
        sender_mask=field(mask),
    )
    assert product.sender * product.receiver == value
    total = multiplicative_to_additive(
        sender_share=product.sender, receiver_share=product.receiver, sender_mask=field(mask)
    )
    assert total.sender + total.receiver == value


def test_conversion_refuses_zero() -> None:
    field = prime_field()
    with pytest.raises(ConversionError, match="shared value"):
        additive_to_multiplicative(
            field=field,
            sender_share=-field(5),
            receiver_share=field(5),
            sender_factor=field(7),
            sender_mask=field(3),
        )
    with pytest.raises(ConversionError, match="factor"):
        additive_to_multiplicative(
            field=field,
            sender_share=field(5),
            receiver_share=field(5),
            sender_factor=field(0),
            sender_mask=field(3),
        )


def _point(scalar: int, base: Point = GENERATOR) -> Point:
    point = multiply(scalar, base)
    assert isinstance(point, Point)
    return point


@given(st.integers(1, ORDER - 1), st.integers(1, ORDER - 1), st.integers(1, ORDER - 1), st.binary(max_size=8))
@settings(max_examples=10)
def test_shares_of_the_sum_are_the_ecdh_secret(prover: int, notary: int, server: int, seed: bytes) -> None:
    """The secret that `cryptography` computes for the server from the sum of the two public shares."""
    if prover == notary or (prover + notary) % ORDER == 0:
        return
    server_point = _point(server)
    combined = add(_point(prover), _point(notary))
    assert isinstance(combined, Point)
    client_key = ec.EllipticCurvePublicNumbers(combined.x, combined.y, ec.SECP256R1()).public_key()
    secret = ec.derive_private_key(server, ec.SECP256R1()).exchange(ec.ECDH(), client_key)
    shares = share_sum_coordinate(
        sender_point=_point(prover, server_point),
        receiver_point=_point(notary, server_point),
        sender_randomness=PointAdditionRandomness.draw(Randomness(seed)),
    )
    assert (shares.sender + shares.receiver) % FIELD_PRIME == int.from_bytes(secret, "big")


@pytest.mark.parametrize("other", [GENERATOR, Point(x=GENERATOR.x, y=FIELD_PRIME - GENERATOR.y)])
def test_equal_and_opposite_points_are_refused(other: Point) -> None:
    with pytest.raises(EqualCoordinatesError):
        share_sum_coordinate(
            sender_point=GENERATOR,
            receiver_point=other,
            sender_randomness=PointAdditionRandomness.draw(Randomness(b"")),
        )
