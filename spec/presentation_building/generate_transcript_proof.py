"""Prover → Prover, "Generate TranscriptProof": the chosen leaves opened or shown, and their way to the root."""

from __future__ import annotations

from ..commitments import (
    EncodingCommitment,
    EncodingOpening,
    EncodingSecret,
    HashCommitment,
    HashOpening,
    HashSecret,
    Opening,
    WithheldOpening,
    encode_leaf,
)
from ..files import CommittedSecret
from ..identifiers import HashAlgorithm
from ..merkle import make_proof
from ..presentation import CommitmentOpening, TranscriptProof
from ..prover_states import ProverSelected, ProverTranscriptProved
from ..reasons import Reason, Rejection
from ..states import require_state
from ..transcript import Transcript


def perform(state: ProverSelected) -> ProverTranscriptProved:
    """Open the chosen leaves with octets and blinders, show the withheld ones, and prove that all are in the
    tree.

    Run by the Prover. The hashes of the proof say nothing about the leaves that are not shown, because each
    leaf holds a value that nobody can guess; a withheld leaf says where octets stand and of which class they
    are. Without a chosen leaf there is no proof. Rejects with presentation-building/secrets-mismatch when a
    secret is of another kind than its leaf.
    """
    require_state(state, ProverSelected)
    secrets = state.attested.secrets
    proof = None
    if state.opened or state.withheld:
        proof = open_leaves(
            state.attested.attestation.body.transcript_commitments.algorithm,
            state.opened,
            secrets.commitments,
            Transcript(sent=secrets.sent, received=secrets.received),
            withheld=state.withheld,
        )
    return ProverTranscriptProved(attested=state.attested, selection=state.selection, transcript=proof)


def open_leaves(
    algorithm: HashAlgorithm,
    opened: tuple[int, ...],
    committed: tuple[CommittedSecret, ...],
    transcript: Transcript,
    *,
    withheld: tuple[int, ...] = (),
) -> TranscriptProof:
    """Return the proof that opens the leaves at the indices `opened` and shows those at `withheld`.

    Run by the Prover. Requires at least one index, and none twice. Rejects with
    presentation-building/secrets-mismatch.
    """
    leaves = [encode_leaf(secret.commitment) for secret in committed]
    shown = sorted(opened + withheld)
    return TranscriptProof(
        openings=tuple(
            CommitmentOpening(
                index=index,
                commitment=committed[index].commitment,
                opening=WithheldOpening()
                if index in withheld
                else _open(index, committed[index], transcript),
            )
            for index in shown
        ),
        proof=make_proof(algorithm, leaves, shown),
    )


def _open(index: int, secret: CommittedSecret, transcript: Transcript) -> Opening:
    commitment = secret.commitment
    octets = commitment.ranges.gather(transcript.octets(commitment.direction))
    match commitment, secret.opening:
        case HashCommitment(), HashSecret() as kept:
            return HashOpening(octets=octets, blinder=kept.blinder)
        case EncodingCommitment(), EncodingSecret() as kept:
            return EncodingOpening(octets=octets, blinder=kept.blinder)
        case _:
            raise Rejection(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH, f"the secret of leaf {index}")
