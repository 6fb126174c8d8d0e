"""Both fields as vectors: laws, canonical encoding, and the gadget that makes elements of random bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.share_conversion.fields import GHASH_FIELD, P256_FIELD, P256_MODULUS, Field, V

both_fields = pytest.mark.parametrize("field", [P256_FIELD, GHASH_FIELD], ids=["prime", "binary"])
seeds = st.binary(max_size=4)


@both_fields
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_inverses_and_distribution(field: Field[V], seed: bytes) -> None:
    a, b, c = (field.random_units(SeededRandomness(seed + bytes([n])), 3) for n in range(3))
    assert not field.has_zero(a)
    assert field.encode(field.multiply(field.multiply(a, b), field.invert(b))) == field.encode(a)
    left = field.multiply(a, field.add(b, c))
    right = field.add(field.multiply(a, b), field.multiply(a, c))
    assert field.encode(left) == field.encode(right)
    assert field.encode(field.subtract(field.add(a, b), b)) == field.encode(a)
    zero = field.subtract(a, a)
    assert field.has_zero(zero)
    assert field.encode(field.invert(zero)) == field.encode(zero)


@both_fields
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_gadget_is_linear(field: Field[V], seed: bytes) -> None:
    """The sum of bit * weight * a over the gadget is a times the element that the bits make."""
    octets = SeededRandomness(seed).octets(2 * field.gadget_length)
    bits = np.frombuffer(octets, np.uint8) & np.uint8(1)
    a = field.random_units(SeededRandomness(seed), 2)
    combined = field.combine(field.select(bits, field.repeat(a)))
    assert field.encode(combined) == field.encode(field.multiply(a, field.from_bits(bits)))


def test_bits_make_the_integer_they_write() -> None:
    bits = np.zeros(P256_FIELD.gadget_length, np.uint8)
    bits[[0, 5, 383]] = 1
    assert P256_FIELD.from_bits(bits) == ((1 + 32 + 2**383) % P256_MODULUS,)
    assert GHASH_FIELD.from_bits(bits[:128]).tolist() == [[33, 0]]


@pytest.mark.parametrize("element", [P256_MODULUS, 2**256 - 1])
def test_elements_not_below_the_modulus_are_refused(element: int) -> None:
    with pytest.raises(Refused, match="engine/not-canonical"):
        P256_FIELD.decode(bytes(32) + element.to_bytes(32, "little"))
    assert P256_FIELD.decode((P256_MODULUS - 1).to_bytes(32, "little")) == (P256_MODULUS - 1,)


def test_messages_hash_to_elements_that_depend_on_session_and_number() -> None:
    messages = np.ones((2, 2), np.uint64)
    here = P256_FIELD.from_messages(messages, b"session", 3)
    assert len({*here, *P256_FIELD.from_messages(messages, b"another", 3)}) == 4
    assert P256_FIELD.from_messages(messages, b"session", 4)[0] == here[1]
    assert sum(
        element > P256_MODULUS // 2
        for element in P256_FIELD.from_messages(np.ones((64, 2), np.uint64), b"", 0)
    ) in range(16, 49)
