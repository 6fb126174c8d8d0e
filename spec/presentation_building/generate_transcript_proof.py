"""Prover → Prover, "Generate TranscriptProof": the chosen leaves opened, and their way to the signed root."""

from __future__ import annotations

from ..commitments import HashOpening, HashSecret, encode_leaf
from ..files import CommittedSecret
from ..identifiers import HashAlgorithm
from ..merkle import make_proof
from ..presentation import CommitmentOpening, TranscriptProof
from ..prover_states import ProverSelected, ProverTranscriptProved
from ..reasons import Reason, Rejection
from ..states import require_state
from ..transcript import Transcript


def perform(state: ProverSelected) -> ProverTranscriptProved:
    """Open the chosen leaves with octets and blinders, and prove that they are in the tree.

    Run by the Prover. The hashes of the proof say nothing about the leaves that stay closed, because each
    leaf holds a value that nobody can guess. Without a chosen leaf there is no proof. Rejects
    with presentation-building/secrets-mismatch when a chosen leaf is no hash commitment.
    """
    require_state(state, ProverSelected)
    secrets = state.attested.secrets
    proof = None
    if state.opened:
        proof = open_leaves(
            state.attested.attestation.body.transcript_commitments.algorithm,
            state.opened,
            secrets.commitments,
            Transcript(sent=secrets.sent, received=secrets.received),
        )
    return ProverTranscriptProved(attested=state.attested, selection=state.selection, transcript=proof)


def open_leaves(
    algorithm: HashAlgorithm,
    opened: tuple[int, ...],
    committed: tuple[CommittedSecret, ...],
    transcript: Transcript,
) -> TranscriptProof:
    """Return the proof that opens the leaves at these ascending indices, at least one, all hash commitments.

    Run by the Prover. Rejects with presentation-building/secrets-mismatch.
    """
    leaves = [encode_leaf(secret.commitment) for secret in committed]
    return TranscriptProof(
        openings=tuple(_open(index, committed[index], transcript) for index in opened),
        proof=make_proof(algorithm, leaves, opened),
    )


def _open(index: int, secret: CommittedSecret, transcript: Transcript) -> CommitmentOpening:
    if not isinstance(secret.opening, HashSecret):
        raise Rejection(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH, f"leaf {index} is no hash commitment")
    commitment = secret.commitment
    octets = commitment.ranges.gather(transcript.octets(commitment.direction))
    return CommitmentOpening(
        index=index,
        commitment=commitment,
        opening=HashOpening(octets=octets, blinder=secret.opening.blinder),
    )
