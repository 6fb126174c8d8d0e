"""SHA-256 against the standard library, and its constants against the standard."""

from __future__ import annotations

import hashlib

import pytest

from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.octets import octet_bits
from mpctls.zkp.circuit.sha256 import INITIAL_STATE, ROUND_CONSTANTS, digest, digest_of_blocks, limbs
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused


def test_constants_of_the_standard() -> None:
    assert (INITIAL_STATE[0], INITIAL_STATE[7]) == (0x6A09E667, 0x5BE0CD19)
    assert (ROUND_CONSTANTS[0], ROUND_CONSTANTS[63]) == (0x428A2F98, 0xC67178F2)


def test_constants_fold_to_the_digest() -> None:
    builder = Builder()
    message = bytes(range(70))
    words = digest(builder, [octet_bits(builder, octet) for octet in message])
    assert b"".join(word.constant.to_bytes(4, "big") for word in words) == hashlib.sha256(message).digest()
    assert builder.constraint_count == 0


def test_blocks_are_hashed_as_they_are() -> None:
    """The padding is the caller's: here that of the empty message (FIPS 180-4, 5.1.1)."""
    builder = Builder()
    block = [octet_bits(builder, octet) for octet in b"\x80" + bytes(63)]
    words = digest_of_blocks(builder, block)
    assert b"".join(word.constant.to_bytes(4, "big") for word in words) == hashlib.sha256().digest()
    for count in (0, 63, 65):
        with pytest.raises(ValueError, match="not blocks"):
            digest_of_blocks(builder, [*block, block[-1]][:count])


def test_a_constant_block_costs_nothing_and_limbs_are_big_endian() -> None:
    context = bytes(64)
    built = gadget(
        3,
        lambda builder, x: limbs(
            builder, digest(builder, [octet_bits(builder, octet) for octet in (*context, *x)])
        ),
    )
    assert built.circuit.constraint_count < 30_000
    expected = hashlib.sha256(context + b"abc").digest()
    assert built(*b"abc") == [int.from_bytes(expected[:16], "big"), int.from_bytes(expected[16:], "big")]
    with refused("zero-knowledge/unsatisfied"):
        built(0x61, 0x62, 0x163)


@pytest.mark.slow
@pytest.mark.parametrize("length", [1, 55, 56, 64, 119])
def test_lengths_around_the_blocks(length: int) -> None:
    built = gadget(length, lambda builder, x: digest(builder, [octet_bits(builder, octet) for octet in x]))
    message = bytes(index * 37 & 255 for index in range(length))
    assert b"".join(word.to_bytes(4, "big") for word in built(*message)) == hashlib.sha256(message).digest()
