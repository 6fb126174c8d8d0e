"""Random and chosen transfers out of correlated ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.kernels.aes import expand_key
from mpctls.reference.mpc.kernels.circular_hash import counter_tweaks, hash_labels
from mpctls.reference.mpc.oblivious_transfer import messages
from mpctls.reference.mpc.oblivious_transfer.random_transfer import (
    random_receiver,
    random_sender,
    receive_choice_corrections,
    send_choice_corrections,
)

from .parties import DIRECTION, correlated_pair, run_both

ROUND_KEYS = expand_key(bytes(range(16)))
COUNT = 200


def test_receiver_gets_the_message_of_its_choice_only() -> None:
    sender, receiver = correlated_pair(8)
    keys, (bits, macs) = run_both(lambda: sender.extend(COUNT), lambda: receiver.extend(COUNT))
    pair = np.stack(random_sender(ROUND_KEYS, keys, sender.delta, first=0, direction=DIRECTION))
    chosen = random_receiver(ROUND_KEYS, macs, first=0, direction=DIRECTION)
    index = np.arange(COUNT)
    np.testing.assert_array_equal(pair[bits, index], chosen)
    assert len({row.tobytes() for row in pair.reshape(-1, 2)}) == 2 * COUNT


def test_equal_keys_hash_differently_at_another_number_direction_and_in_garbling() -> None:
    """A receiver influences its macs; equal ones must not give equal messages."""
    macs = np.ones((2, 2), np.uint64)
    messages_here = random_receiver(ROUND_KEYS, macs, first=7, direction=DIRECTION)
    assert (messages_here[0] != messages_here[1]).any()
    there = random_receiver(ROUND_KEYS, macs, first=7, direction=b"notary to prover")
    garbling = hash_labels(ROUND_KEYS, macs, counter_tweaks(first=7, count=2, domain=0))
    assert len({row.tobytes() for row in np.concatenate([messages_here, there, garbling])}) == 6
    later = random_receiver(ROUND_KEYS, macs[:1], first=8, direction=DIRECTION)
    np.testing.assert_array_equal(later[0], messages_here[1])


@settings(max_examples=20, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=40))
def test_corrections_turn_random_choices_into_chosen_ones(pairs: list[tuple[int, int]]) -> None:
    chosen, drawn = np.array(pairs, np.uint8).reshape(-1, 2).T
    here, there = memory_pair()
    send_choice_corrections(there, chosen, drawn)
    np.testing.assert_array_equal(receive_choice_corrections(here, len(pairs)) ^ drawn, chosen)


@pytest.mark.parametrize("bit", [3, 7])
def test_set_filling_bits_are_refused(bit: int) -> None:
    here, there = memory_pair()
    there.send(messages.CHOICE_DERANDOMISATION, bytes([1 << bit]))
    with pytest.raises(Refused, match="engine/not-canonical"):
        receive_choice_corrections(here, 3)
