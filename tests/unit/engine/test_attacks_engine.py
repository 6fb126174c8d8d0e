"""Attacks on the engine's session that begin before it or beside it."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag

from mpctls.reference.foundation.randomness import SystemRandomness
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.engine.setup import GARBLING_TREES, NOTARY_TO_PROVER, PROOF_TREES, PROVER_TO_NOTARY
from mpctls.reference.mpc.oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from mpctls.reference.mpc.zero_knowledge.correlations import NotaryReserve, ProverReserve

from ..oblivious_transfer.parties import SESSION, TIMEOUT, correlated_pair, run_both
from .parties import prepared


def test_a_lie_about_the_master_secrets_mode_gives_keys_the_server_does_not_have() -> None:
    """Attack catalogue, D10, and protocol review, item 12: both compute the extended secret, the server the plain."""
    session = prepared().fork()
    session.server.extended = (
        True  # What the parties are told; the server's keys are those of the plain mode.
    )
    session.client_finished()
    assert session.prover.verify_data["client-finished"] != session.server.client_verify_data
    assert session.delivered == []
    with pytest.raises(InvalidTag):
        session.server.accept(0, session.sent[0])


def secret_difference(direction: bytes, trees: int) -> bytes:
    """The difference that one session's sender draws, as the engine sets it up."""
    here, there = memory_pair(TIMEOUT)
    sender, _ = run_both(
        lambda: CorrelatedSender.setup(
            here, SystemRandomness(), SESSION, direction, direction == PROVER_TO_NOTARY, trees
        ),
        lambda: CorrelatedReceiver.setup(there, SystemRandomness(), SESSION, direction, trees),
    )
    return sender.delta.tobytes()


def test_secret_differences_are_drawn_anew_and_are_not_zero() -> None:
    """Attack catalogue, F9: the difference of another session would forge, and zero would bind nothing."""
    found = [
        secret_difference(direction, trees)
        for direction, trees in ((PROVER_TO_NOTARY, GARBLING_TREES), (NOTARY_TO_PROVER, PROOF_TREES))
        for _ in range(2)
    ]
    assert len(set(found)) == 4
    assert bytes(16) not in found


def test_garbling_and_proof_have_differences_of_their_own() -> None:
    session = prepared()
    garbling, proof = session.prover.garbler._delta, session.notary.proof.delta
    assert not np.array_equal(garbling, proof)


def test_no_authenticated_bit_is_given_out_twice() -> None:
    """Attack catalogue, F9: a correlation that masks two values shows their sum."""
    sender, receiver = correlated_pair(8)
    keys, bits = NotaryReserve(sender), ProverReserve(receiver)
    run_both(lambda: keys.reserve(300), lambda: bits.reserve(300))
    taken = [keys.take(100) for _ in range(3)]
    macs = [bits.take(100)[1] for _ in range(3)]
    for parts in (taken, macs):
        assert len(np.unique(np.concatenate(parts), axis=0)) == 300
