"""The labelled source: fixed octets, no label twice, children apart from their parents."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.randomness import Randomness, RandomnessError


def test_octets_are_the_documented_expansion() -> None:
    preimage = b"mpctls/spec/randomness/v1\0" + b"\x04\0\0\0seed" + b"\x05\0\0\0label"
    assert Randomness(b"seed").octets("label", 40) == hashlib.shake_256(preimage).digest(40)


def test_an_integer_is_the_little_endian_reduction_of_its_octets() -> None:
    octets = Randomness(b"seed").octets("label", 18)
    assert Randomness(b"seed").below("label", 1000) == int.from_bytes(octets, "little") % 1000


def test_a_child_is_determined_by_seed_and_label_and_differs_from_its_parent() -> None:
    parent = Randomness(b"seed")
    child = parent.child("label")
    assert child.octets("x", 16) == Randomness(b"seed").child("label").octets("x", 16)
    assert Randomness(b"seed").child("label").octets("x", 16) != parent.octets("x", 16)
    with pytest.raises(RandomnessError):
        parent.child("label")


@given(st.binary(max_size=40), st.integers(1, 1 << 300))
def test_an_integer_is_below_its_bound(seed: bytes, bound: int) -> None:
    assert 0 <= Randomness(seed).below("x", bound) < bound


def test_a_label_is_drawn_once() -> None:
    source = Randomness(b"")
    source.octets("nonce", 12)
    with pytest.raises(RandomnessError, match="nonce"):
        source.octets("nonce", 12)
    with pytest.raises(RandomnessError, match="nonce"):
        source.below("nonce", 7)


def test_meaningless_draws_are_refused() -> None:
    with pytest.raises(RandomnessError):
        Randomness(b"").below("zero", 0)
    with pytest.raises(RandomnessError):
        Randomness(b"").octets("negative", -1)
