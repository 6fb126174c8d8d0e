"""Silent transfers: the relation holds across batches; false trees are caught or gain one guess."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex, memory_pair
from mpctls.reference.mpc.kernels.aes import expand_key
from mpctls.reference.mpc.kernels.binary_field import multiply
from mpctls.reference.mpc.kernels.correlated_tree import weights
from mpctls.reference.mpc.kernels.local_code import add_encoded_bits
from mpctls.reference.mpc.oblivious_transfer import messages
from mpctls.reference.mpc.oblivious_transfer.silent import SilentReceiver, SilentSender
from mpctls.reference.mpc.oblivious_transfer.silent_parameters import PARAMETERS, SilentParameters

from .parties import DIRECTION, SESSION, TIMEOUT, CheatingDuplex, flipped, flipping, refusal_of, run_both

INCONSISTENT = "engine/inconsistent-oblivious-transfer"
TINY = SilentParameters(log2_block=2, blocks=128, log2_secret=6)  # gains 64 a batch; hides nothing


def silent_pair(
    *, ends: tuple[Duplex, Duplex] | None = None, seed: bytes = b"", parameters: SilentParameters = TINY
) -> tuple[SilentSender, SilentReceiver]:
    here, there = ends or memory_pair(TIMEOUT)
    return run_both(
        lambda: SilentSender.setup(
            here, SeededRandomness(b"s" + seed), SESSION, DIRECTION, False, 4, parameters
        ),
        lambda: SilentReceiver.setup(there, SeededRandomness(b"r" + seed), SESSION, DIRECTION, 4, parameters),
    )


def extend_and_check(
    sender: SilentSender, receiver: SilentReceiver, count: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    keys, (bits, macs) = run_both(lambda: sender.extend(count), lambda: receiver.extend(count))
    assert keys.shape == macs.shape == (count, 2)
    assert bits.shape == (count,)
    np.testing.assert_array_equal(keys, macs ^ (bits[:, None] * sender.delta))
    return bits, keys


@settings(max_examples=6, deadline=None)
@given(counts=st.lists(st.integers(0, 3 * TINY.gained), max_size=5))
def test_relation_holds_for_any_division_and_no_key_is_given_twice(counts: list[int]) -> None:
    sender, receiver = silent_pair()
    results = [extend_and_check(sender, receiver, count) for count in counts]
    assert sender.extended == receiver.extended == sum(counts)
    keys = [key.tobytes() for _, keys in results for key in keys]
    assert len(set(keys)) == sum(counts)


@pytest.mark.parametrize("parameters", PARAMETERS.values(), ids=PARAMETERS.keys())
def test_batch_of_the_parameters_in_use_is_right_and_costs_less_than_a_bit_a_transfer(
    parameters: SilentParameters,
) -> None:
    here, there = memory_pair(TIMEOUT)
    sender, receiver = silent_pair(ends=(here, there), parameters=parameters)
    extend_and_check(sender, receiver, 1)
    before = here.octets_sent + there.octets_sent
    bits, _ = extend_and_check(sender, receiver, parameters.gained)
    octets = here.octets_sent + there.octets_sent - before
    assert 8 * octets < parameters.gained
    assert abs(bits.mean() - 0.5) < 0.005


def test_draws_of_both_parties_change_what_comes_out() -> None:
    first, second = silent_pair(), silent_pair(seed=b"other")
    assert not np.array_equal(extend_and_check(*first, 64)[0], extend_and_check(*second, 64)[0])


def test_choices_are_the_codeword_of_the_batch_and_one_in_each_block_of_noise() -> None:
    """Each batch has a code of its own: with one for all, their secrets could be attacked together."""
    sender, receiver = silent_pair()
    extend_and_check(sender, receiver, TINY.gained)
    for batch in (1, 2):
        secret = receiver._reserve_bits[: TINY.secret].copy()
        given, _ = extend_and_check(sender, receiver, TINY.gained)
        choices = np.concatenate([receiver._reserve_bits, given])
        assert (noise_under(receiver, batch, secret, choices).sum(axis=1) == 1).all()
        assert not (noise_under(receiver, 0, secret, choices).sum(axis=1) == 1).all()


def noise_under(
    receiver: SilentReceiver, batch: int, secret: NDArray[np.uint8], choices: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """What is left of the choices, a row for each block, when the codeword in one batch's code is taken away."""
    assert receiver._context is not None
    left = choices.copy()
    blocks, rows = np.zeros((TINY.secret, 2), np.uint64), np.zeros((TINY.length, 2), np.uint64)
    add_encoded_bits(receiver._context.code_keys, batch, blocks, secret, rows, left)
    return left.reshape(TINY.blocks, -1)


@pytest.mark.parametrize("bit", [0, 128, 128 * (2 * TINY.blocks - 1) + 5])
@pytest.mark.parametrize("batch", [0, 2])
def test_false_correction_of_a_tree_is_caught(bit: int, batch: int) -> None:
    here, there = memory_pair(TIMEOUT)
    sender, receiver = silent_pair(
        ends=(CheatingDuplex(here, flipping(messages.TREE_CORRECTIONS, batch, bit)), there)
    )
    extend_and_check(sender, receiver, batch * TINY.gained)
    refusal_of(lambda: receiver.extend(64), there, lambda: sender.extend(64), INCONSISTENT)
    assert receiver.extended == batch * TINY.gained


@pytest.mark.parametrize("bit", [0, 255])
def test_false_answer_of_the_sender_is_caught(bit: int) -> None:
    here, there = memory_pair(TIMEOUT)
    sender, receiver = silent_pair(ends=(CheatingDuplex(here, flipping(messages.TREE_CHECK, 0, bit)), there))
    refusal_of(lambda: receiver.extend(1), there, lambda: sender.extend(1), INCONSISTENT)


@pytest.mark.parametrize("bit", [0, 128, 255])
def test_receiver_with_false_noise_in_its_challenge_gets_no_answer_it_can_use(bit: int) -> None:
    """The combination then differs by a multiple of delta, of which the sender shows a hash only."""
    here, there = memory_pair(TIMEOUT)
    cheater = CheatingDuplex(there, flipping(messages.TREE_CHALLENGE, 0, bit))
    sender, receiver = silent_pair(ends=(here, cheater))
    refusal_of(lambda: receiver.extend(1), there, lambda: sender.extend(1), INCONSISTENT)


class Guessing:
    """A sender's context that answers as if its false correction of the last level fell on one pair of leaves."""

    def __init__(self, sender: SilentSender, link: Recording, pair: int) -> None:
        assert sender._context is not None
        self._context = sender._context
        self.tree_keys, self.code_keys = self._context.tree_keys, self._context.code_keys
        self._link, self._pair = link, pair

    def digest(self, batch: int, total: NDArray[np.uint64]) -> bytes:
        leaves = np.array([2 * self._pair, 2 * self._pair + 1], np.uint64)
        both = np.bitwise_xor.reduce(weights(expand_key(self._link.challenge), leaves), axis=0)
        return self._context.digest(batch, total ^ multiply(both, np.array([1, 0], np.uint64)))


class Recording(CheatingDuplex):
    """A link that keeps the challenge it received."""

    challenge = b""

    def receive(self, kind: int, length: int) -> bytes:
        payload = super().receive(kind, length)
        if kind == messages.TREE_CHALLENGE:
            self.challenge = payload[:16]
        return payload


def test_sender_that_guesses_a_place_is_caught_exactly_when_wrong() -> None:
    """One bit of noise for the risk of being caught: the leakage that the paper's assumption includes."""
    outcomes = set()
    for seed in range(6):
        here, there = memory_pair(TIMEOUT)
        last_level = 128 * (TINY.log2_block - 1)
        link = Recording(here, flipping(messages.TREE_CORRECTIONS, 1, last_level))
        sender, receiver = silent_pair(ends=(link, there), seed=bytes([seed]))
        extend_and_check(sender, receiver, TINY.gained)
        side = int(receiver._reserve_bits[TINY.secret])  # of tree 0 at its first level
        guess = 0
        sender._context = Guessing(sender, link, guess)  # type: ignore[assignment]
        right = 1 - side == guess
        outcomes.add(right)
        if right:
            run_both(lambda s=sender: s.extend(1), lambda r=receiver: r.extend(1))  # type: ignore[misc]
        else:
            refusal_of(
                lambda r=receiver: r.extend(1),  # type: ignore[misc]
                there,
                lambda s=sender: s.extend(1),  # type: ignore[misc]
                INCONSISTENT,
            )
    assert outcomes == {True, False}


def test_receiver_that_cheats_in_the_extension_before_the_first_batch_is_caught() -> None:
    here, there = memory_pair(TIMEOUT)
    cheater = CheatingDuplex(there, flipping(messages.CONSISTENCY_RESPONSE, 0, 3))
    sender, receiver = silent_pair(ends=(here, cheater))
    refusal_of(lambda: sender.extend(1), here, lambda: receiver.extend(1), INCONSISTENT)


@pytest.mark.parametrize("kind", [messages.TREE_CORRECTIONS, messages.TREE_CHECK])
def test_messages_of_another_length_are_refused_by_the_receiver(kind: int) -> None:
    here, there = memory_pair(TIMEOUT)
    longer = CheatingDuplex(here, lambda sent, _number, payload: payload + b"\0" if sent == kind else payload)
    sender, receiver = silent_pair(ends=(longer, there))
    refusal_of(lambda: receiver.extend(1), there, lambda: sender.extend(1), "engine/unexpected-message")


@pytest.mark.parametrize("kind", [messages.SILENT_SEED, messages.TREE_CHALLENGE])
def test_messages_of_another_length_are_refused_by_the_sender(kind: int) -> None:
    here, there = memory_pair(TIMEOUT)
    longer = CheatingDuplex(
        there, lambda sent, _number, payload: payload + b"\0" if sent == kind else payload
    )
    sender, receiver = silent_pair(ends=(here, longer))
    refusal_of(lambda: sender.extend(1), here, lambda: receiver.extend(1), "engine/unexpected-message")


def test_seed_changed_on_the_way_is_caught() -> None:
    here, there = memory_pair(TIMEOUT)
    changed = CheatingDuplex(
        there, lambda kind, _number, payload: flipped(payload, 9) if kind == messages.SILENT_SEED else payload
    )
    sender, receiver = silent_pair(ends=(here, changed))
    refusal_of(lambda: receiver.extend(1), there, lambda: sender.extend(1), INCONSISTENT)


@pytest.mark.parametrize("used", [0, 10])
def test_nothing_is_given_or_made_after_the_state_is_erased(used: int) -> None:
    sender, receiver = silent_pair()
    extend_and_check(sender, receiver, used)
    kept: list[NDArray[Any]] = [sender._reserve, receiver._reserve, receiver._reserve_bits]
    kept += [*sender._pool._parts, *receiver._macs._parts, *receiver._bits._parts]
    assert not used or all(each.any() for each in kept)
    sender.erase()
    receiver.erase()
    assert not any(each.any() for each in kept)
    assert len(sender._pool) == len(receiver._macs) == len(receiver._bits) == 0
    for end in (sender, receiver):
        assert not end._base._trees._leaves.any()
        with pytest.raises(Refused, match="engine/out-of-order"):
            end.extend(1)
    sender.erase_difference()
    assert not sender.delta.any()


def test_negative_number_of_transfers_is_rejected() -> None:
    sender, receiver = silent_pair()
    for end in (sender, receiver):
        with pytest.raises(ValueError, match="negative"):
            end.extend(-1)
