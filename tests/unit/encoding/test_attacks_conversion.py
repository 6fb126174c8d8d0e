"""Attacks on the conversion (attack catalogue, I14; protocol review, items 15 to 18), each with what it would gain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mpctls.reference.encoding_commitment import commitment_value, opened_value
from mpctls.reference.foundation.artifacts import EncodingCommitment
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.field_encoding import SCALAR_ORDER, authenticator, elements, scalar_octets
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block
from mpctls.reference.mpc.conversion.differences import differences
from mpctls.reference.mpc.conversion.messages import DIFFERENCES, RELEASE, Entry, Released
from mpctls.reference.mpc.conversion.notary import NotaryConversion
from mpctls.reference.mpc.zero_knowledge.batch import Proof
from mpctls.reference.mpc.zero_knowledge.bits import (
    Blocks,
    bits_of,
    blocks_from_octets,
    blocks_to_octets,
    select,
)
from tests.unit.encoding.parties import BLINDER, Conversation
from tests.unit.foundation.refusals import refused

OCTETS = b'{"balance":2718}'
FAILED = "data-submission/conversion-check-failed"


def inverse(value: int) -> int:
    return pow(value, -1, SCALAR_ORDER)


def leaf(octets: bytes, value: bytes, released: Released) -> EncodingCommitment:
    return EncodingCommitment(
        direction=Direction.SENT,
        ranges=RangeSet.of([(0, len(octets))]),
        lexical_class=LexicalClass.ANY,
        commitment=value,
        offset=scalar_octets(released.offset),
        factor=scalar_octets(released.factor),
    )


# ── A Prover that opens to other octets ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shift", [1, SCALAR_ORDER - 1, 2**200])
def test_another_authenticator_opens_to_nothing(shift: int) -> None:
    """Item 15: m + δ is the authenticator of x + δ/Δ, once Δ is known; the value has fixed x before."""
    both = Conversation(octets=OCTETS)
    (message,) = both.convert((0, 16))
    forged = (message + shift) % SCALAR_ORDER
    value = commitment_value(Direction.SENT, OCTETS, message=forged, blinder=BLINDER)
    (released,) = both.release()
    moved = (elements(OCTETS)[0] + shift * inverse(released.factor)) % SCALAR_ORDER
    assert authenticator(released.offset, released.factor, (moved,)) == forged
    signed = leaf(OCTETS, value, released)
    assert opened_value(signed, OCTETS, scalar_octets(BLINDER)) != value
    # What the attack is after does not even fit into the octets of the leaf, but for one time in 2^126.
    assert moved >= 2 ** (8 * 16)
    other = (moved % 2**128).to_bytes(16, "little")
    assert opened_value(signed, other, scalar_octets(BLINDER)) != value


def test_octets_that_are_fixed_with_a_wrong_authenticator_do_not_open() -> None:
    """The Prover may commit to any octets; only for those it was converted with does it hold the authenticator."""
    both = Conversation(octets=OCTETS)
    (message,) = both.convert((0, 16))
    claimed = OCTETS.replace(b"2718", b"9718")
    value = commitment_value(Direction.SENT, claimed, message=message, blinder=BLINDER)
    (released,) = both.release()
    signed = leaf(claimed, value, released)
    for octets in (claimed, OCTETS):
        assert opened_value(signed, octets, scalar_octets(BLINDER)) != value


def test_the_length_is_committed_to() -> None:
    """A zero octet more changes no element, and the value nevertheless."""
    both = Conversation(octets=OCTETS)
    (message,) = both.convert((0, 16))
    (released,) = both.release()
    value = commitment_value(Direction.SENT, OCTETS, message=message, blinder=BLINDER)
    longer = leaf(OCTETS + b"\0", value, released)
    assert elements(OCTETS) == elements(OCTETS + b"\0")
    assert opened_value(longer, OCTETS + b"\0", scalar_octets(BLINDER)) != value
    other_way = replace(leaf(OCTETS, value, released), direction=Direction.RECEIVED)
    assert opened_value(other_way, OCTETS, scalar_octets(BLINDER)) != value


def test_one_blinder_for_two_commitments_shows_equal_octets_and_none_other() -> None:
    """Item 20, C8: with the blinder of the leaf unknown, no octet string is confirmed."""
    both = Conversation(octets=b"1718" + b"1718")
    messages = both.convert((0, 4), (4, 8))
    released = both.release()
    values = both.commit(messages)
    assert len(set(values)) == 2
    signed = leaf(b"1718", values[0], released[0])
    guesses = (opened_value(signed, b"%04d" % number, scalar_octets(BLINDER + 1)) for number in (1718, 1719))
    assert values[0] not in guesses


# ── A Prover that wants to know the factor before it commits ───────────────────────────────────────────────────────


def factor_from(both: Conversation, bit: int, other: int) -> int:
    """What two differences for one bit of the transcript, at places `bit` and `other`, would give of the factor."""
    first, second = (payload for kind, payload in both.ends.sent if kind == DIFFERENCES)
    left = int.from_bytes(first[32 * bit : 32 * bit + 32], "little")
    right = int.from_bytes(second[32 * other : 32 * other + 32], "little")
    return (left - right) * inverse(2**other - 2**bit) % SCALAR_ORDER


class OneTweak(NotaryConversion):
    """A faulty Notary: hashes labels alone, and has one factor for the session."""

    def _convert(self, entry: Entry) -> Released:
        keys, found = self._proof.keys(entry.wires), bytearray()
        factor, offset = 5**90, 0
        for number, key in enumerate(keys):
            zero = self._hash(key)
            offset += zero
            difference = self._hash(key ^ self._proof.delta) - zero - 2**number * factor
            found += scalar_octets(difference % SCALAR_ORDER)
        self._duplex.send(DIFFERENCES, bytes(found))
        return Released(offset=offset % SCALAR_ORDER, factor=factor)

    @staticmethod
    def _hash(block: Blocks) -> int:
        return int.from_bytes(hashlib.sha512(blocks_to_octets(block)).digest(), "little")


@pytest.mark.parametrize("bit", [8, 13, 40])
def test_one_bit_in_two_commitments_tells_no_factor(bit: int) -> None:
    """Item 16: under one tweak d − d' is (2^i' − 2^i)·Δ whatever the bit is; ours have tweaks of their own."""
    faulty = Conversation(octets=OCTETS, notary_type=OneTweak)
    faulty.convert((0, 8), (1, 8))
    assert factor_from(faulty, bit, bit - 8) == 5**90 % SCALAR_ORDER
    sound = Conversation(octets=OCTETS)
    sound.convert((0, 8), (1, 8))
    guess = factor_from(sound, bit, bit - 8)
    released = sound.release()
    assert guess not in {each.factor for each in released}


class OneFactor(NotaryConversion):
    """A faulty Notary: one factor for the whole session."""

    def _draw_factor(self, entry: Entry) -> int:
        return 5**90


def test_the_same_octets_at_the_same_place_have_other_differences() -> None:
    """Tweaks name the commitment: also with one factor nothing cancels."""
    both = Conversation(octets=OCTETS, notary_type=OneFactor)
    both.convert((0, 8), (0, 8))
    first, second = (payload for kind, payload in both.ends.sent if kind == DIFFERENCES)
    assert not {first[at : at + 32] for at in range(0, len(first), 32)} & {
        second[at : at + 32] for at in range(0, len(second), 32)
    }


def test_no_tweak_serves_twice() -> None:
    both = Conversation(octets=OCTETS)
    entry = Entry(index=3, wires=both.notary_wires[:8])
    for entries in ([entry, entry], [entry, replace(entry, index=2)]):
        with refused("engine/repeated-tweak"):
            both.notary.convert(entries)
        with refused("engine/repeated-tweak"):
            both.prover.convert(entries)
    assert both.ends.sent == []
    both.convert((0, 1))
    with refused("engine/out-of-order"):
        both.notary.convert([entry])
    with refused("engine/out-of-order"):
        both.prover.convert([entry])


# ── A Notary that wants to know octets ─────────────────────────────────────────────────────────────────────────────


class GuessingNotary(NotaryConversion):
    """Converts and releases under a difference of its own, so that all fits if the octets are what it guesses."""

    guess = b""
    other: Blocks = blocks_from_octets(bytes(range(16)))[0]

    def _convert(self, entry: Entry) -> Released:
        factor = self._draw_factor(entry)
        guessed = bits_of(self.guess)[: len(entry.wires)]
        macs = self._proof.keys(entry.wires) ^ select(guessed, self._proof.delta)
        octets, offset = differences(
            self._session_id, entry.index, macs ^ select(guessed, self.other), self.other, factor
        )
        self._duplex.send(DIFFERENCES, octets)
        return Released(offset=offset, factor=factor)

    def _released_difference(self) -> Blocks:
        other: Blocks = self.other
        return other


@pytest.mark.parametrize("guess", [OCTETS, OCTETS.replace(b"2718", b"2719")], ids=["right", "wrong"])
@pytest.mark.parametrize("checked", [True, False])
def test_a_false_difference_tests_no_guess(guess: bytes, checked: bool) -> None:
    """Item 17: all differences fit a right guess. Without the reserved transfers that is an oracle for octets."""
    both = Conversation(octets=OCTETS, notary_type=type("", (GuessingNotary,), {"guess": guess}))
    if not checked:
        bits, macs, keys = both.reserved
        bits[:], macs[:] = 0, keys
    both.convert((0, 16))
    both.release()
    if not checked and guess == OCTETS:
        both.prover.check_release()
    else:
        with refused(FAILED):
            both.prover.check_release()


Change = Callable[[bytes], bytes]


def flipped(place: int) -> Change:
    def change(payload: bytes) -> bytes:
        octets = bytearray(payload)
        octets[place] ^= 1
        return bytes(octets)

    return change


def factor_of(scalar: int) -> Change:
    """Release another factor of the first entry."""
    return lambda payload: payload[:2064] + scalar.to_bytes(32, "little") + payload[2096:]


def played(kind: int, change: Change) -> Conversation:
    """Two conversions and their release, in which the first message of a kind is changed."""
    both = Conversation(octets=OCTETS)
    changed: list[int] = []

    def once(sent: int, payload: bytes) -> bytes:
        if sent != kind or changed:
            return payload
        changed.append(sent)
        return change(payload)

    both.ends.change = once
    both.convert((0, 4), (2, 16))
    both.release()
    return both


# Bit 0 of the first octet is 1, bit 2 is 0: the Prover uses one of these differences, and checks both.
@pytest.mark.parametrize("bit", [0, 2, 31])
def test_one_false_difference_is_found_whatever_the_bit(bit: int) -> None:
    assert (OCTETS[0] & 1, OCTETS[0] >> 2 & 1) == (1, 0)
    both = played(DIFFERENCES, flipped(32 * bit))
    with refused(FAILED):
        both.prover.check_release()


@pytest.mark.parametrize(
    "change",
    [
        flipped(0),
        flipped(15),
        flipped(16),
        flipped(2063),
        flipped(2064),
        flipped(2096 + 7),
        factor_of(0),
        factor_of(SCALAR_ORDER),
        factor_of(2**256 - 1),
    ],
)
def test_whatever_is_released_falsely_is_found(change: Change) -> None:
    with refused(FAILED):
        played(RELEASE, change).prover.check_release()


def test_the_same_factor_in_another_form_is_found() -> None:
    both = Conversation(octets=OCTETS)
    both.convert((0, 4))
    (released,) = both.notary.release([bytes(32)])
    both.prover.receive_release()
    prover: Any = both.prover
    prover._released = factor_of(released.factor + SCALAR_ORDER)(prover._released)
    with refused(FAILED):
        both.prover.check_release()


def test_a_refusal_does_not_say_what_was_false() -> None:
    details = set()
    for kind, place in ((DIFFERENCES, 0), (RELEASE, 0), (RELEASE, 16), (RELEASE, 2064)):
        with pytest.raises(Refused) as caught:
            played(kind, flipped(place)).prover.check_release()
        details.add(caught.value.detail)
    assert len(details) == 1


@pytest.mark.parametrize("scalar", [SCALAR_ORDER, 2**256 - 1])
def test_a_difference_that_is_no_scalar_is_refused_before_anything_depends_on_it(scalar: int) -> None:
    both = Conversation(octets=OCTETS)
    both.ends.change = lambda kind, payload: payload[:-32] + scalar.to_bytes(32, "little")
    with refused("engine/not-canonical"):
        both.convert((0, 4))


@pytest.mark.parametrize("change", [lambda payload: payload[:-1], lambda payload: payload + b"\0"])
def test_messages_have_one_length(change: Change) -> None:
    for kind in (DIFFERENCES, RELEASE):
        with refused("engine/unexpected-message"):
            played(kind, change)


# ── Order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_release_follows_all_commitments_once() -> None:
    both = Conversation(octets=OCTETS)
    for values in ((), (bytes(32),)):
        with refused("engine/out-of-order"):
            both.notary.release(values)
    for step in (both.prover.receive_release, both.prover.check_release):
        with refused("engine/out-of-order"):
            step()
    both.convert((0, 4), (4, 8))
    for count in (0, 1, 3):
        with refused("engine/out-of-order"):
            both.notary.release([bytes(32)] * count)
    assert all(kind == DIFFERENCES for kind, _ in both.ends.sent)
    with refused("engine/out-of-order"):
        both.prover.check_release()
    both.release()
    with refused("engine/out-of-order"):
        both.notary.release((bytes(32),) * 2)
    with refused("engine/out-of-order"):
        both.prover.receive_release()
    with refused("engine/out-of-order"):
        both.notary.convert([Entry(index=9, wires=both.notary_wires)])
    assert [kind for kind, _ in both.ends.sent].count(RELEASE) == 1


def test_nothing_is_converted_before_the_proof_has_concluded() -> None:
    both = Conversation(octets=OCTETS, conclude=False)
    entry = Entry(index=0, wires=both.notary_wires)
    for convert in (both.notary.convert, both.prover.convert):
        with refused("engine/out-of-order"):
            convert([entry])
    # A proof that a refusal has ended is not concluded.
    both.notary_proof.end()
    with refused("engine/out-of-order"):
        both.notary.convert([entry])
    with refused("engine/proof-ended"):
        both.notary_proof.conclude()


def test_a_proof_with_an_open_batch_does_not_conclude() -> None:
    both = Conversation(octets=OCTETS, conclude=False)
    both.notary_proof.assert_equal(both.notary_wires[:1], np.ones(1, np.uint8))
    with refused("engine/batch-open"):
        both.notary_proof.conclude()
    assert not both.notary_proof.concluded


def test_nothing_is_converted_where_there_is_nothing() -> None:
    both = Conversation(octets=OCTETS)
    for convert in (both.notary.convert, both.prover.convert):
        with refused("engine/out-of-order"):
            convert([])


STEPS: dict[str, Callable[[Proof], object]] = {
    "random bits": lambda proof: proof.random_bits(8),
    "exclusive or": lambda proof: proof.exclusive_or(np.array([2]), np.array([3])),
    "gates": lambda proof: proof.apply(aes_encrypt_block(), np.zeros((1, 1536), np.int64)),
    "assertion": lambda proof: proof.assert_equal(np.array([2]), np.ones(1, np.uint8)),
}


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_proved_under_a_released_difference(step: str) -> None:
    """Whoever knows Δ proves anything; the Notary accepts no further step, honest or not."""
    both = Conversation(octets=OCTETS)
    both.convert((0, 4))
    both.release()
    for proof in (both.notary_proof, both.prover_proof):
        with refused("engine/proof-ended"):
            STEPS[step](proof)


def test_an_opening_after_the_release_is_not_relied_on() -> None:
    both = Conversation(octets=OCTETS)
    both.convert((0, 4))
    both.release()
    with refused("engine/proof-ended"):
        both.prover_proof.open(both.prover_wires[:8])
    with refused("engine/proof-ended"):
        both.notary_proof.open(both.notary_wires[:8])
