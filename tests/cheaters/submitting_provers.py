"""Provers that commit to something else than the session carried; the engines run over a pair in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from mpctls.reference.attestation.commit_config import hash_commitment
from mpctls.reference.attestation.commitment_proofs import draw_blinders, prove_commitments
from mpctls.reference.channel.messages import CommitRequest, HashRequest
from mpctls.reference.foundation.artifacts import HashCommitment
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.zero_knowledge.batch import Gates
from mpctls.reference.mpc.zero_knowledge.bits import octets_of
from tests.cheaters.dataflow import last_ands
from tests.cheaters.match import Match, play, prepared
from tests.cheaters.table import Outcome
from tests.unit.engine.test_cheating_prover import StubbornProof, StubbornProver


def submit(match: Match, config: Sequence[CommitRequest], claimed: Transcript) -> None:
    """Commit as the two roles do, to the octets that the Prover claims."""
    count = len(config)
    own, others = match.both(
        lambda: draw_blinders(match.prover.proof, count), lambda: draw_blinders(match.notary.proof, count)
    )
    commitments: list[HashCommitment] = [
        hash_commitment(request, claimed, octets_of(match.prover.proof.bits(wires)))
        for request, wires in zip(config, own, strict=True)
    ]
    match.both(
        lambda: prove_commitments(match.prover.proof, match.prover.plaintext, commitments, own),
        lambda: prove_commitments(match.notary.proof, match.notary.plaintext, commitments, others),
    )


def requested(start: int, end: int, lexical_class: LexicalClass = LexicalClass.ANY) -> CommitRequest:
    """Asks for a commitment to received octets."""
    return CommitRequest(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of([(start, end)]),
        kind=HashRequest(algorithm=HashAlgorithm.SHA256.value),
        lexical_class=lexical_class,
    )


def transcript(match: Match) -> Transcript:
    """What the session carried."""
    return Transcript(sent=b"".join(match.requests), received=match.response)


def replaced(match: Match, old: bytes, new: bytes) -> Transcript:
    """The transcript with other received octets."""
    return Transcript(sent=b"".join(match.requests), received=match.response.replace(old, new))


BALANCE: Final = b'HTTP/1.1 200 OK\r\n\r\n{"balance":"17"}'


class FalseGateProof(StubbornProof):
    """Corrects one gate of an AES block of the received direction to the wrong bit, and goes on with that bit.

    The gate is the last one on the way to some bits of key stream: those bits turn round, and with them plaintext.
    """

    cheating = False

    def _add_gates(self, step: Gates) -> None:
        super()._add_gates(step)
        if not self.cheating or step.circuit is not aes_encrypt_block():
            return
        gate = last_ands(step.circuit)[0]
        self._gate_corrections[-1][gate.number] ^= 1
        self._bits.items[step.outputs[0, list(gate.columns)]] ^= np.uint8(1)


class FalseGateProver(StubbornProver):
    proof_type = FalseGateProof


def play_submission(
    prover_type: type[ProverEngine], config: Sequence[CommitRequest], claim: Callable[[Match], Transcript]
) -> Outcome:
    match = prepared(prover_type)
    match.response = BALANCE
    return play(match, submission=lambda: submit(match, config, claim(match)))


def claim_with_false_gate(match: Match) -> Transcript:
    """What the first block of the response becomes under the false gate."""
    proof = match.prover.proof
    if not isinstance(proof, FalseGateProof):
        raise TypeError("of another Prover")
    proof.cheating = True
    flipped = last_ands(aes_encrypt_block())[0].columns
    octets = bytearray(BALANCE)
    for column in flipped:
        octets[column // 8] ^= 1 << column % 8
    return Transcript(sent=b"".join(match.requests), received=bytes(octets))
