"""The conversion with every key drawn, its checks, and what a repeated tweak or a false release would do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Reason
from mpctls.spec.zero_knowledge.conversion import (
    RESERVED_COUNT,
    AuthenticatedBits,
    Leaf,
    Release,
    bits_of,
    check_conversion,
    check_correlation,
    convert,
    differences,
    hash_to_field,
    offset_of,
)
from mpctls.spec.zero_knowledge.field_encoding import elements_of, message_of
from mpctls.spec.zero_knowledge.scalar_field import ORDER

from ..session.stages import rejects

CORRELATION = bytes(range(100, 116))
LEAF = Leaf(session_id=bytes(range(32)), index=4)


def xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """Both parties' halves of some authenticated bits."""

    keys: tuple[bytes, ...]
    held: AuthenticatedBits


def authenticate(bits: tuple[int, ...], seed: bytes = b"keys") -> Authenticated:
    source = Randomness(seed)
    keys = tuple(source.octets(f"key {position}", 16) for position in range(len(bits)))
    macs = tuple(xor(key, CORRELATION) if bit else key for key, bit in zip(keys, bits, strict=True))
    return Authenticated(keys=keys, held=AuthenticatedBits(bits=bits, macs=macs))


def test_bits_are_lowest_first() -> None:
    assert bits_of(b"\x05\x80") == (1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_a_hash_to_the_field_is_that_of_its_definition() -> None:
    label = bytes(16)
    preimage = b"mpctls/1/field-encoding\0" + LEAF.session_id + b"\x04\0\0\0" + b"\x02\0" + b"\x03" + label
    digest = hashlib.sha512(preimage).digest()
    assert hash_to_field(LEAF, 251, label) == int.from_bytes(digest, "little") % ORDER


@settings(max_examples=15)
@given(st.binary(min_size=1, max_size=40), st.integers(1, ORDER - 1))
def test_both_parties_end_with_one_polynomial(octets: bytes, factor: int) -> None:
    both = authenticate(bits_of(octets))
    sent = differences(LEAF, both.keys, CORRELATION, factor)
    message = convert(LEAF, both.held, sent)
    offset = offset_of(LEAF, both.keys)
    assert message == message_of(offset, factor, elements_of(octets))
    checked = check_conversion(
        LEAF, both.held, octets, sent, message=message, correlation=CORRELATION, factor=factor
    )
    assert checked == offset


OCTETS = b"balance"
BOTH = authenticate(bits_of(OCTETS))
SENT = differences(LEAF, BOTH.keys, CORRELATION, 12345)
MESSAGE = convert(LEAF, BOTH.held, SENT)


@pytest.mark.parametrize("position", range(8))
def test_one_false_difference_is_found_whatever_its_bit_is(position: int) -> None:
    false = (*SENT[:position], (SENT[position] + 1) % ORDER, *SENT[position + 1 :])
    message = convert(LEAF, BOTH.held, false)
    assert (message == MESSAGE) == (not BOTH.held.bits[position])
    with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
        check_conversion(
            LEAF, BOTH.held, OCTETS, false, message=message, correlation=CORRELATION, factor=12345
        )


@pytest.mark.parametrize(
    ("message", "factor", "leaf"),
    [
        (MESSAGE + 1, 12345, LEAF),
        (MESSAGE, 12346, LEAF),
        (MESSAGE, 0, LEAF),
        (MESSAGE, 12345, replace(LEAF, index=5)),
        (MESSAGE, 12345, replace(LEAF, session_id=bytes(32))),
    ],
)
def test_a_conversion_of_something_else_is_refused(message: int, factor: int, leaf: Leaf) -> None:
    with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
        check_conversion(
            leaf, BOTH.held, OCTETS, SENT, message=message, correlation=CORRELATION, factor=factor
        )


def test_a_factor_of_zero_is_refused_though_everything_fits() -> None:
    """Under Δ_j = 0 the message is the offset, whatever the octets are."""
    sent = differences(LEAF, BOTH.keys, CORRELATION, 0)
    message = convert(LEAF, BOTH.held, sent)
    assert message == offset_of(LEAF, BOTH.keys)
    with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
        check_conversion(LEAF, BOTH.held, OCTETS, sent, message=message, correlation=CORRELATION, factor=0)


RESERVED = authenticate(tuple(bits_of(bytes(range(16)))), b"reserved")
RELEASE = Release(correlation=CORRELATION, reserved_keys=RESERVED.keys)


def test_a_false_correlation_is_found_by_the_reserved_transfers_before_any_bit_is_asked() -> None:
    assert len(RESERVED.keys) == RESERVED_COUNT
    check_correlation(RESERVED.held, RELEASE)
    false = xor(CORRELATION, b"\x01" + bytes(15))
    guesses = {
        "false correlation": replace(RELEASE, correlation=false),
        "keys that fit a guess of the choices": Release(
            correlation=false,
            reserved_keys=tuple(
                xor(mac, false) if position == 0 else mac for position, mac in enumerate(RESERVED.held.macs)
            ),
        ),
        "a key less": replace(RELEASE, reserved_keys=RESERVED.keys[:-1]),
    }
    for guess in guesses.values():
        with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
            check_correlation(RESERVED.held, guess)
    few = authenticate((1, 0))
    with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
        check_correlation(few.held, Release(correlation=CORRELATION, reserved_keys=few.keys))


def test_a_repeated_tweak_would_give_the_factor_away_and_ours_does_not_repeat() -> None:
    """One bit at two positions of commitments under one tweak: d - d' = (2^i' - 2^i) · Δ_j, for every bit."""
    factor = 987654321
    key = BOTH.keys[0]

    def difference(leaf: Leaf, position: int, *, step: int) -> int:
        label = xor(key, CORRELATION)
        hashed = hash_to_field(leaf, position, label) - hash_to_field(leaf, position, key)
        return (hashed - (factor << step)) % ORDER

    repeated = difference(LEAF, 0, step=0) - difference(LEAF, 0, step=3)
    assert repeated % ORDER == (2**3 - 1) * factor
    ours = differences(LEAF, (key, key, key, key), CORRELATION, factor)
    other = differences(replace(LEAF, index=5), (key,), CORRELATION, factor)
    steps = [(2**high - 2**low) * factor % ORDER for high in range(4) for low in range(4)]
    assert all((ours[3] - each) % ORDER not in steps for each in (ours[0], other[0]))


def test_labels_and_bits_do_not_show() -> None:
    for held in (BOTH.held, RELEASE):
        assert repr(BOTH.keys[0]) not in repr(held)
        assert "bits" not in repr(held)
