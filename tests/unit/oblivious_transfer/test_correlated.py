"""Correlated transfers: the relation holds; each way of cheating is caught or gains one guess."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.oblivious_transfer import correlated, messages
from mpctls.reference.mpc.oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender

from .parties import (
    DIRECTION,
    SESSION,
    TIMEOUT,
    CheatingDuplex,
    correlated_pair,
    flipped,
    flipping,
    refusal_of,
    run_both,
)

INCONSISTENT = "engine/inconsistent-oblivious-transfer"


def extend_and_check(
    sender: CorrelatedSender, receiver: CorrelatedReceiver, count: int
) -> tuple[bytes, bytes]:
    """Extend both and check the relation; return the bits and the keys."""
    keys, (bits, macs) = run_both(lambda: sender.extend(count), lambda: receiver.extend(count))
    assert keys.shape == macs.shape == (count, 2)
    assert bits.shape == (count,)
    np.testing.assert_array_equal(keys, macs ^ (bits[:, None] * sender.delta))
    return bits.tobytes(), keys.tobytes()


@pytest.mark.parametrize("log2_leaves", [1, 2, 4, 8])
def test_relation_holds_over_several_extensions(log2_leaves: int) -> None:
    sender, receiver = correlated_pair(log2_leaves)
    results = [extend_and_check(sender, receiver, count) for count in (300, 300, 0, 1, 128)]
    assert sender.extended == receiver.extended == 729
    bits, keys = results[0]
    assert (bits, keys) != results[1]
    assert 80 < bits.count(1) < 220
    assert len({keys[start : start + 16] for start in range(0, len(keys), 16)}) == 300


@settings(max_examples=8, deadline=None)
@given(count=st.integers(0, 1200))
def test_relation_holds_across_batches_and_tiles(count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlated, "_BATCH_BLOCKS", 4)
        patch.setattr(correlated, "_TILE_BLOCKS", 2 << 4)
        extend_and_check(*correlated_pair(4), count)


def test_low_bit_of_delta_is_one_when_asked_and_random_otherwise() -> None:
    asked = [correlated_pair(8, seed=bytes([seed]))[0].delta for seed in range(3)]
    assert all(delta[0] & np.uint64(1) for delta in asked)
    free = [correlated_pair(8, seed=bytes([seed]), low_bit_one=False)[0].delta for seed in range(6)]
    assert {int(delta[0]) & 1 for delta in free} == {0, 1}


def test_representation_shows_no_secret() -> None:
    sender, receiver = correlated_pair(8)
    for word in sender.delta:
        for party in (sender, receiver):
            assert str(int(word)) not in repr(party)
            assert f"{int(word):x}" not in repr(party)


@pytest.mark.parametrize(("log2_leaves", "count"), [(2, 300), (4, 300), (8, 300), (8, 10_000)])
def test_receiver_with_other_choices_for_one_tree_is_caught(log2_leaves: int, count: int) -> None:
    here, there = memory_pair(TIMEOUT)
    cheater = CheatingDuplex(there, flipping(messages.CHOICE_CORRECTION, 2, 200))
    sender, receiver = correlated_pair(log2_leaves, ends=(here, cheater), seed=b"caught")
    assert place(sender, 3, log2_leaves) != 0
    refusal_of(lambda: sender.extend(count), here, lambda: receiver.extend(count), INCONSISTENT)
    assert sender.extended == 0


def test_receiver_that_guesses_a_place_gains_the_guess_and_nothing_else() -> None:
    """A tree whose place is zero does not feel the change: the leak that the extension's proof allows."""
    here, there = memory_pair(TIMEOUT)
    tree = 0
    cheater = CheatingDuplex(
        there,
        lambda kind, number, payload: (
            flipped(payload, 5) if kind == messages.CHOICE_CORRECTION and number == tree - 1 else payload
        ),
    )
    sender, receiver = correlated_pair(2, ends=(here, cheater))
    tree = next(number for number in range(1, 64) if place(sender, number, 2) == 0)
    extend_and_check(sender, receiver, 10)


def place(sender: CorrelatedSender, tree: int, log2_leaves: int) -> int:
    delta = int(sender.delta[0]) | int(sender.delta[1]) << 64
    return delta >> (tree * log2_leaves) & ((1 << log2_leaves) - 1)


@pytest.mark.parametrize("bit", [0, 127])
@pytest.mark.parametrize("column", [0, 1, 128])
def test_false_answer_to_the_challenge_is_caught(bit: int, column: int) -> None:
    here, there = memory_pair(TIMEOUT)
    cheater = CheatingDuplex(there, flipping(messages.CONSISTENCY_RESPONSE, 1, 128 * column + bit))
    sender, receiver = correlated_pair(8, ends=(here, cheater))
    extend_and_check(sender, receiver, 100)
    refusal_of(lambda: sender.extend(100), here, lambda: receiver.extend(100), INCONSISTENT)


def test_cheating_in_a_later_batch_gives_out_nothing_of_the_earlier_ones() -> None:
    here, there = memory_pair(TIMEOUT)
    cheater = CheatingDuplex(there, flipping(messages.CONSISTENCY_RESPONSE, 1, 3))
    sender, receiver = correlated_pair(8, ends=(here, cheater))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlated, "_BATCH_BLOCKS", 2)
        refusal_of(lambda: sender.extend(256), here, lambda: receiver.extend(256), INCONSISTENT)


@pytest.mark.parametrize(
    ("kind", "bit"),
    [
        (messages.PUNCTURED_CHECK, 0),  # a sum of tokens
        (messages.PUNCTURED_CHECK, 8 * (16 * 32)),  # the digest
    ],
)
def test_planter_with_a_false_check_is_caught(kind: int, bit: int) -> None:
    refused_setup(flipping(kind, 0, bit))


def test_planter_with_false_sums_on_both_sides_of_a_level_is_caught() -> None:
    refused_setup(
        lambda kind, _number, payload: (
            flipped(flipped(payload, 0), 128) if kind == messages.PUNCTURED_LEVEL_SUMS else payload
        )
    )


@pytest.mark.parametrize("other", [{"session": bytes(32)}, {"direction": b"notary to prover"}])
def test_setup_for_another_session_or_direction_is_refused(other: dict[str, bytes]) -> None:
    refused_setup(lambda _kind, _number, payload: payload, **other)


def refused_setup(
    change: Callable[[int, int, bytes], bytes], *, session: bytes = SESSION, direction: bytes = DIRECTION
) -> None:
    here, there = memory_pair(TIMEOUT)
    refusal_of(
        lambda: CorrelatedSender.setup(here, SeededRandomness(b"s"), SESSION, DIRECTION, True, 8),
        here,
        lambda: CorrelatedReceiver.setup(
            CheatingDuplex(there, change), SeededRandomness(b"r"), session, direction, 8
        ),
        INCONSISTENT,
    )


def test_planter_that_guesses_a_side_is_caught_exactly_when_wrong() -> None:
    """Only a place with the other bit uses a false sum: one bit of delta for the risk of being caught."""
    outcomes = set()
    for seed in range(6):
        here, there = memory_pair(TIMEOUT)
        cheater = CheatingDuplex(there, flipping(messages.PUNCTURED_LEVEL_SUMS, 0, 0))
        bit = (
            SeededRandomness(bytes([seed])).octets(16)[0] >> 6 & 1
        )  # 1: level 2 of tree 0 uses the sum of side 0
        sender = partial(
            CorrelatedSender.setup, here, SeededRandomness(bytes([seed])), SESSION, DIRECTION, False, 8
        )
        receiver = partial(CorrelatedReceiver.setup, cheater, SeededRandomness(b"r"), SESSION, DIRECTION, 8)
        outcomes.add(bit)
        if bit == 1:
            refusal_of(sender, here, receiver, INCONSISTENT)
        else:
            extend_and_check(*run_both(sender, receiver), 10)
    assert outcomes == {0, 1}


def test_messages_of_another_length_are_refused() -> None:
    here, there = memory_pair(TIMEOUT)
    cheater = CheatingDuplex(
        there,
        lambda kind, _number, payload: payload + bytes(16) if kind == messages.CHOICE_CORRECTION else payload,
    )
    sender, receiver = correlated_pair(8, ends=(here, cheater))
    refusal_of(lambda: sender.extend(5), here, lambda: receiver.extend(5), "engine/unexpected-message")


def test_parameters_out_of_range_are_rejected() -> None:
    sender, _ = correlated_pair(8)
    with pytest.raises(ValueError, match="negative"):
        sender.extend(-1)
    end, _ = memory_pair()
    with pytest.raises(ValueError, match="leaves"):
        CorrelatedReceiver.setup(end, SeededRandomness(b""), SESSION, DIRECTION, 3)


def test_peer_that_goes_away_is_a_refusal() -> None:
    here, there = memory_pair(TIMEOUT)
    sender, _ = correlated_pair(8, ends=(here, there))
    here, _ = memory_pair(0.01)
    sender._duplex = here
    with pytest.raises(Refused, match="link/timeout"):
        sender.extend(1)


def test_nothing_is_made_after_the_state_is_erased() -> None:
    """Protocol review, item 18: what is left after a release makes no further transfers."""
    sender, receiver = correlated_pair(4)
    extend_and_check(sender, receiver, 10)
    sender.erase()
    receiver.erase()
    for end in (sender, receiver):
        assert not end._trees._leaves.any()
        with pytest.raises(Refused, match="engine/out-of-order"):
            end.extend(1)
    sender.erase_difference()
    assert not sender.delta.any()
