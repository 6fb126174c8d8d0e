"""Attacks on the engine's session that begin before it or beside it."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SystemRandomness
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import ProtectedRecord
from mpctls.reference.mpc.engine.setup import GARBLING_TREES, NOTARY_TO_PROVER, PROOF_TREES, PROVER_TO_NOTARY
from mpctls.reference.mpc.oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from mpctls.reference.mpc.zero_knowledge.bits import bits_of
from mpctls.reference.mpc.zero_knowledge.correlations import NotaryReserve, ProverReserve
from mpctls.spec.tls.record_protection import WriteKey, unprotect

from ..oblivious_transfer.parties import SESSION, TIMEOUT, correlated_pair, run_both
from ..spec.mpc_tls.test_attacks_connection import under_two_keys
from .parties import prepared
from .test_cheating_prover import StubbornProver


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


def test_a_record_that_is_right_under_two_keys_says_what_the_handshakes_key_says() -> None:
    """Attack catalogue, E13: the proof is about the session's key wires; a second key has no place in it."""
    session = prepared(StubbornProver).fork()
    session.handshake()
    server = session.server
    keys = [
        WriteKey(key=key, implicit_nonce=server.server_vector)
        for key in (server.server_key, b"another key of P")
    ]
    record = under_two_keys(keys[0], keys[1], b"a nonce.")
    readings = [unprotect(key, sequence_number=1, record=record.protected()) for key in keys]
    assert readings[0] != readings[1]
    session.received.append(
        ProtectedRecord(
            content_type=record.content_type,
            explicit_nonce=record.explicit_nonce,
            ciphertext=record.ciphertext,
            tag=record.tag,
        )
    )
    session.finalise()

    def claim(engine: ProverEngine | NotaryEngine, reading: bytes) -> None:
        engine.proof.assert_equal(engine.plaintext.received(0, len(reading)), bits_of(reading))
        engine.proof.flush()

    session.both(lambda: claim(session.prover, readings[0]), lambda: claim(session.notary, readings[0]))
    with pytest.raises(Refused, match="mpc-tls/proof-invalid"):
        session.both(lambda: claim(session.prover, readings[1]), lambda: claim(session.notary, readings[1]))
