"""Prover → Notary, "Include Encoded Commitment/Hash Range": the commitments, and the proof that they are
true.

The Notary never sees a committed octet. The ideal functionality of zero-knowledge proof holds what the
registered records decrypt to, from the same key that made their tags, and the blinders that the Prover adds;
it tells the Notary only whether each commitment and its lexical class are true.
"""

from __future__ import annotations

from functools import partial

from ..commitments import (
    BLINDER_LENGTH,
    CommitRequest,
    EncodingCommitment,
    EncodingKind,
    HashCommitment,
    HashKind,
    HashSecret,
    TranscriptCommitment,
    hash_commitment_value,
)
from ..files import CommittedSecret
from ..ideal.zero_knowledge_proof import ZeroKnowledgeProof
from ..identifiers import Direction
from ..lexical import belongs_to
from ..messages import IncludeCommitments
from ..notary_states import NotaryCommitted, NotaryConfigReceived
from ..prover_states import ProverCommitted, ProverConfigSubmitted
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..states import require_message, require_state
from ..transcript import Transcript


def transcript_witnesses(transcript: Transcript) -> dict[str, bytes]:
    """Return the witnesses that a proof about commitments starts with: the application data of each
    direction.

    They belong to the functionality, which has them from finalisation; the Prover cannot choose them here.
    """
    return {direction_witness(direction): transcript.octets(direction) for direction in Direction}


def direction_witness(direction: Direction) -> str:
    """The name of the application data of a direction."""
    return direction.name.lower()


def blinder_witness(index: int) -> str:
    """The name of the blinder of the commitment with this index."""
    return f"blinder {index}"


def send(
    state: ProverConfigSubmitted, randomness: Randomness, proof: ZeroKnowledgeProof
) -> tuple[ProverCommitted, IncludeCommitments]:
    """Compute the commitments and commit to their blinders in the proof.

    Run by the Prover. Draws "blinder 0", "blinder 1", …: each commitment has its own, or equal octets would
    show. Rejects with data-submission/unsupported-commitment-kind.
    """
    require_state(state, ProverConfigSubmitted)
    committed = []
    for index, request in enumerate(state.submission.config):
        blinder = randomness.octets(blinder_witness(index), BLINDER_LENGTH)
        proof.commit(blinder_witness(index), blinder)
        commitment = _commit(request, state.finalised.transcript, blinder)
        committed.append(CommittedSecret(commitment=commitment, opening=HashSecret(blinder=blinder)))
    after = ProverCommitted(
        finalised=state.finalised, submission=state.submission, committed=tuple(committed)
    )
    return after, IncludeCommitments(commitments=tuple(secret.commitment for secret in committed))


def receive(
    state: NotaryConfigReceived, message: IncludeCommitments, proof: ZeroKnowledgeProof
) -> NotaryCommitted:
    """Require that the commitments are those requested, and true.

    Run by the Notary. Rejects, the first that fails, with link/unexpected-message,
    data-submission/commitment-mismatch; then, for each commitment in order, with
    data-submission/commitment-proof-invalid, data-submission/lexical-class-proof-invalid.
    """
    included = require_message(message, IncludeCommitments, state, NotaryConfigReceived)
    config, commitments = state.submission.config, included.commitments
    if len(commitments) != len(config):
        raise Rejection(
            Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, f"{len(commitments)} of {len(config)} requested"
        )
    for index, (request, commitment) in enumerate(zip(config, commitments, strict=True)):
        if _request_of(commitment) != request:
            raise Rejection(Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, f"commitment {index}")
    proof.challenge()
    for index, commitment in enumerate(commitments):
        proof.require(
            partial(_is_commitment_to, commitment),
            direction_witness(commitment.direction),
            blinder_witness(index),
            reason=Reason.DATA_SUBMISSION_COMMITMENT_PROOF_INVALID,
        )
        proof.require(
            partial(_is_of_its_class, commitment),
            direction_witness(commitment.direction),
            reason=Reason.DATA_SUBMISSION_LEXICAL_CLASS_PROOF_INVALID,
        )
    return NotaryCommitted(finalised=state.finalised, submission=state.submission, commitments=commitments)


def _commit(request: CommitRequest, transcript: Transcript, blinder: bytes) -> HashCommitment:
    if isinstance(request.kind, EncodingKind):
        raise Rejection(Reason.DATA_SUBMISSION_UNSUPPORTED_COMMITMENT_KIND, "encoding")
    octets = request.ranges.gather(transcript.octets(request.direction))
    return HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=request.kind.algorithm,
        value=hash_commitment_value(request.kind.algorithm, octets, blinder),
    )


def _request_of(commitment: TranscriptCommitment) -> CommitRequest:
    """The entry of a config that a commitment answers."""
    kind = (
        EncodingKind()
        if isinstance(commitment, EncodingCommitment)
        else HashKind(algorithm=commitment.algorithm)
    )
    return CommitRequest(
        direction=commitment.direction,
        ranges=commitment.ranges,
        kind=kind,
        lexical_class=commitment.lexical_class,
    )


def _is_commitment_to(commitment: TranscriptCommitment, octets: bytes, blinder: bytes) -> bool:
    """The statement that is proved: the value is that of these octets of the direction and this blinder."""
    return (
        isinstance(commitment, HashCommitment)
        and hash_commitment_value(commitment.algorithm, commitment.ranges.gather(octets), blinder)
        == commitment.value
    )


def _is_of_its_class(commitment: TranscriptCommitment, octets: bytes) -> bool:
    """The statement that is proved: the committed octets, ranges joined, are a word of the class."""
    return belongs_to(commitment.ranges.gather(octets), commitment.lexical_class)
