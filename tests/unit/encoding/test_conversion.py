"""The conversion of authenticated bits: what both parties hold afterwards, and the formulas written out once more."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.encoding_commitment import commitment_value, opened_value
from mpctls.reference.foundation.artifacts import EncodingCommitment
from mpctls.reference.foundation.field_encoding import (
    SCALAR_ORDER,
    authenticator,
    elements,
    scalar_octets,
)
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.mpc.conversion.differences import (
    differences,
    field_digests,
    sum_of_digests,
    sum_of_selected,
)
from mpctls.reference.mpc.conversion.messages import DIFFERENCES, RELEASE
from mpctls.reference.mpc.zero_knowledge.bits import blocks_from_octets, blocks_to_octets
from mpctls.zkp.poseidon import poseidon
from tests.unit.encoding.parties import BLINDER, Conversation
from tests.unit.foundation.refusals import refused
from tests.unit.zero_knowledge.dealer import SESSION_ID

OCTETS = bytes(number * 37 % 256 for number in range(500))


def hashed(session_id: bytes, index: int, element: int, bit: int, block: bytes) -> int:
    """H_F of formats page section 5.1, literally."""
    tweak = index.to_bytes(4, "little") + element.to_bytes(2, "little") + bytes([bit])
    message = b"mpctls/1/field-encoding\0" + session_id + tweak + block
    return int.from_bytes(hashlib.sha512(message).digest(), "little") % SCALAR_ORDER


@pytest.mark.parametrize("count", [1, 8, 248, 249, 496, 600])
def test_labels_are_hashed_under_their_own_tweaks(count: int) -> None:
    session_id, index = bytes(range(32)), 0x01020304
    octets = hashlib.shake_256(b"labels").digest(16 * count)
    digests = field_digests(session_id, index, blocks_from_octets(octets))
    expected = [
        hashed(session_id, index, number // 248 + 1, number % 248, octets[16 * number : 16 * number + 16])
        for number in range(count)
    ]
    assert [int.from_bytes(each, "little") % SCALAR_ORDER for each in digests] == expected
    assert sum_of_digests(digests) == sum(expected) % SCALAR_ORDER


def test_differences_are_those_of_the_page() -> None:
    octets = hashlib.shake_256(b"keys").digest(16 * 300)
    delta = hashlib.sha256(b"delta").digest()[:16]
    keys, factor = blocks_from_octets(octets), 3**150
    found, offset = differences(SESSION_ID, 9, keys, blocks_from_octets(delta)[0], factor)
    expected_offset = 0
    for number in range(300):
        element, bit = number // 248 + 1, number % 248
        key = octets[16 * number : 16 * number + 16]
        other = bytes(a ^ b for a, b in zip(key, delta, strict=True))
        zero = hashed(SESSION_ID, 9, element, bit, key)
        expected_offset += zero
        difference = hashed(SESSION_ID, 9, element, bit, other) - zero - 2**bit * pow(factor, element)
        assert int.from_bytes(found[32 * number : 32 * number + 32], "little") == difference % SCALAR_ORDER
    assert offset == expected_offset % SCALAR_ORDER


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2**256 - 1)), min_size=1, max_size=40))
def test_selected_differences_are_summed(chosen: list[tuple[bool, int]]) -> None:
    bits = np.array([bit for bit, _ in chosen], np.uint8)
    octets = b"".join(value.to_bytes(32, "little") for _, value in chosen)
    expected = sum(value for bit, value in chosen if bit) % SCALAR_ORDER
    assert sum_of_selected(bits, octets) == expected


@pytest.mark.parametrize("length", [1, 31, 32, 62, 403, 404])
def test_the_prover_holds_an_authenticator_of_its_octets(length: int) -> None:
    both = Conversation(octets=OCTETS)
    (message,) = both.convert((3, 3 + length), first=5)
    (released,) = both.release()
    assert message == authenticator(released.offset, released.factor, elements(OCTETS[3 : 3 + length]))
    assert both.prover.check_release() == (released,)


@settings(max_examples=15, deadline=None)
@given(
    st.binary(min_size=1, max_size=70),
    st.lists(st.tuples(st.integers(0, 69), st.integers(1, 40)), min_size=1, max_size=4),
    st.binary(min_size=1, max_size=8),
)
def test_overlapping_entries_have_scalars_of_their_own(
    octets: bytes, spans: list[tuple[int, int]], seed: bytes
) -> None:
    ranges = [(start % len(octets), min(start % len(octets) + count, len(octets))) for start, count in spans]
    both = Conversation(octets=octets, seed=seed)
    messages = both.convert(*ranges)
    released = both.release()
    assert both.prover.check_release() == released
    for (start, end), message, each in zip(ranges, messages, released, strict=True):
        assert message == authenticator(each.offset, each.factor, elements(octets[start:end]))
    assert len({each.factor for each in released}) == len({each.offset for each in released}) == len(ranges)


def test_what_is_sent_has_one_form() -> None:
    both = Conversation(octets=OCTETS)
    both.convert((0, 2), (1, 4))
    released = both.release()
    bits, macs, keys = both.reserved
    delta = blocks_to_octets(macs[np.flatnonzero(bits)[0]] ^ keys[np.flatnonzero(bits)[0]])
    factors = b"".join(scalar_octets(each.factor) for each in released)
    assert [(kind, len(payload)) for kind, payload in both.ends.sent[:2]] == [
        (DIFFERENCES, 32 * 16),
        (DIFFERENCES, 32 * 24),
    ]
    assert both.ends.sent[2:] == [(RELEASE, delta + blocks_to_octets(keys) + factors)]


def test_the_prover_sends_nothing_at_all() -> None:
    both = Conversation(octets=OCTETS)
    before = both.ends.prover.octets_sent
    both.convert((0, 40))
    both.release()
    both.prover.check_release()
    assert both.ends.prover.octets_sent == before


def test_after_the_release_the_notary_has_forgotten() -> None:
    both = Conversation(octets=OCTETS)
    both.convert((0, 1))
    both.release()
    assert not both.notary_proof.delta.any()
    assert not len(both.notary_proof._keys)
    assert not both.notary_proof._correlation.delta.any()
    with pytest.raises(IndexError):
        both.notary_proof.keys(both.notary_wires)
    for proof in (both.notary_proof, both.prover_proof):
        with refused("engine/proof-ended"):
            proof.random_bits(1)


def leaf(octets: bytes, offset: int, factor: int, value: bytes = bytes(32)) -> EncodingCommitment:
    return EncodingCommitment(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of([(0, len(octets))]),
        lexical_class=LexicalClass.ANY,
        commitment=value,
        offset=scalar_octets(offset),
        factor=scalar_octets(factor),
    )


@pytest.mark.parametrize("length", [1, 31, 32, 403])
def test_values_are_one_permutation_up_to_403_octets(length: int) -> None:
    octets = OCTETS[:length]
    message = authenticator(11, 13, elements(octets))
    expected = poseidon([1 + 2**8 + 2**16 + 2**32 * length, message, BLINDER, *elements(octets)])
    value = commitment_value(Direction.RECEIVED, octets, message=message, blinder=BLINDER)
    assert value == scalar_octets(expected)
    assert opened_value(leaf(octets, 11, 13), octets, scalar_octets(BLINDER)) == value


@pytest.mark.parametrize(("length", "links"), [(404, 1), (434, 1), (435, 2), (500, 2)])
def test_values_of_longer_octets_are_chained(length: int, links: int) -> None:
    octets = OCTETS[:length]
    head = 1 + 2**8 + 2**32 * length
    encoded = [*elements(octets), *[0] * 14]
    state = BLINDER
    for link in range(1, links + 1):
        state = poseidon([head + 2**64 * link, state, *encoded[14 * (link - 1) : 14 * link]])
    expected = poseidon([head + 2**64 * (links + 1), state, 12345])
    value = commitment_value(Direction.SENT, octets, message=12345, blinder=BLINDER)
    assert value == scalar_octets(expected)


@pytest.mark.parametrize("length", [0, 65_536])
def test_values_are_of_1_to_65535_octets(length: int) -> None:
    with refused("data-submission/encoding-too-long"):
        commitment_value(Direction.SENT, bytes(length), message=1, blinder=2)
