"""Prover → Notary, "Include Encoded Commitment/Hash Range": the commitments, and the proof that they are
true.

The Notary never sees a committed octet. The ideal functionality of zero-knowledge proof holds what the
registered records decrypt to, from the same key that made their tags, and the blinders that the Prover adds;
it tells the Notary only whether each commitment and its lexical class are true.

Encoding commitments follow in three moves, once everything else is proved: the ideal functionality of
conversion gives the Prover the message of each, the Prover commits to messages and octets, and the Notary,
when all commitments are registered, releases what the leaves still lack. That ends the proof. From then on
the Prover sends nothing: whether it is content would tell the Notary something about its octets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..commitments import (
    BLINDER_LENGTH,
    CommitRequest,
    EncodingCommitment,
    EncodingKind,
    EncodingSecret,
    HashCommitment,
    HashKind,
    HashSecret,
    TranscriptCommitment,
    hash_commitment_value,
)
from ..files import CommittedSecret
from ..ideal.encoding_commitment import Converted, FieldConversion
from ..ideal.zero_knowledge_proof import ZeroKnowledgeProof
from ..identifiers import Direction
from ..lexical import belongs_to
from ..messages import EncodingCommitments, IncludeCommitments
from ..notary_states import NotaryCommitted, NotaryConfigReceived, NotaryIncluded
from ..prover_states import ProverCommitted, ProverConfigSubmitted, ProverEncoded, ProverIncluded
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..states import require_message, require_state
from ..transcript import Transcript
from ..zero_knowledge.field_encoding import commit, elements_of, encoding_header
from ..zero_knowledge.scalar_field import ORDER, SCALAR_LENGTH, decode_scalar, encode_scalar

NOT_YET = bytes(SCALAR_LENGTH)
"""What stands in the leaf of an encoding commitment until it is made."""


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
) -> tuple[ProverIncluded | ProverCommitted, IncludeCommitments]:
    """Compute the hash commitments and commit to their blinders in the proof.

    Run by the Prover. Draws "blinder 0", "blinder 1", …, or "encoding blinder 0", …: each commitment has its
    own, or equal octets would show. Encoding commitments follow only when the config has any.
    """
    require_state(state, ProverConfigSubmitted)
    committed = []
    for index, request in enumerate(state.submission.config):
        if isinstance(request.kind, EncodingKind):
            committed.append(_reserve(request, randomness.below(f"encoding blinder {index}", ORDER)))
            continue
        blinder = randomness.octets(blinder_witness(index), BLINDER_LENGTH)
        proof.commit(blinder_witness(index), blinder)
        commitment = _commit(request, request.kind, state.finalised.transcript, blinder)
        committed.append(CommittedSecret(commitment=commitment, opening=HashSecret(blinder=blinder)))
    message = IncludeCommitments(commitments=tuple(secret.commitment for secret in committed))
    after = ProverIncluded if _has_encodings(message.commitments) else ProverCommitted
    return after(finalised=state.finalised, submission=state.submission, committed=tuple(committed)), message


def receive(
    state: NotaryConfigReceived, message: IncludeCommitments, proof: ZeroKnowledgeProof
) -> NotaryIncluded | NotaryCommitted:
    """Require that the commitments are those requested, and true.

    Run by the Notary. Rejects, the first that fails, with link/unexpected-message,
    data-submission/commitment-mismatch; then, for each commitment in order, with
    data-submission/commitment-proof-invalid (hash commitments),
    data-submission/lexical-class-proof-invalid (all).
    """
    included = require_message(message, IncludeCommitments, state, NotaryConfigReceived)
    config, commitments = state.submission.config, included.commitments
    _require_count(len(commitments), len(config))
    for index, (request, commitment) in enumerate(zip(config, commitments, strict=True)):
        if _request_of(commitment) != request or not _is_empty_or_hash(commitment):
            raise Rejection(Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, f"commitment {index}")
    proof.challenge()
    for index, commitment in enumerate(commitments):
        if isinstance(commitment, HashCommitment):
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
    after = NotaryIncluded if _has_encodings(commitments) else NotaryCommitted
    return after(finalised=state.finalised, submission=state.submission, commitments=commitments)


def send_encodings(
    state: ProverIncluded, conversion: FieldConversion
) -> tuple[ProverEncoded, EncodingCommitments]:
    """Commit to the octets of every encoding entry together with its message.

    Run by the Prover when the Notary has accepted every proof.
    """
    require_state(state, ProverIncluded)
    committed = []
    for index, secret in enumerate(state.committed):
        leaf, opening = secret.commitment, secret.opening
        if isinstance(leaf, EncodingCommitment) and isinstance(opening, EncodingSecret):
            octets = leaf.ranges.gather(state.finalised.transcript.octets(leaf.direction))
            commitment = commit(
                encoding_header(leaf.direction, len(octets)),
                conversion.commit(index, leaf.direction, leaf.ranges),
                decode_scalar(opening.blinder),
                elements_of(octets),
            )
            leaf = replace(leaf, commitment=encode_scalar(commitment))
        committed.append(CommittedSecret(commitment=leaf, opening=opening))
    after = ProverEncoded(finalised=state.finalised, submission=state.submission, committed=tuple(committed))
    return after, EncodingCommitments(commitments=_encodings(committed))


def receive_encodings(
    state: NotaryIncluded, message: EncodingCommitments, conversion: FieldConversion
) -> NotaryCommitted:
    """Register the encoding commitments, then release and complete their leaves.

    Run by the Notary. The release is its last move before the root; afterwards nothing is proved and no
    commitment changes. Rejects with link/unexpected-message, data-submission/commitment-mismatch.
    """
    received = require_message(message, EncodingCommitments, state, NotaryIncluded)
    requested = sum(isinstance(leaf, EncodingCommitment) for leaf in state.commitments)
    _require_count(len(received.commitments), requested)
    values = iter(received.commitments)
    registered = [
        replace(leaf, commitment=next(values)) if isinstance(leaf, EncodingCommitment) else leaf
        for leaf in state.commitments
    ]
    return NotaryCommitted(
        finalised=state.finalised,
        submission=state.submission,
        commitments=_complete(registered, conversion.release()),
    )


def learn_release(state: ProverEncoded, conversion: FieldConversion) -> ProverCommitted:
    """Complete the leaves with what the Notary released, or object to it in silence.

    Run by the Prover, which sends nothing from here on, content or not. The objection is
    data-submission/conversion-check-failed.
    """
    require_state(state, ProverEncoded)
    try:
        released = conversion.learn_release()
    except Rejection as rejection:
        return ProverCommitted(
            finalised=state.finalised,
            submission=state.submission,
            committed=state.committed,
            objection=rejection.reason,
        )
    leaves = _complete([secret.commitment for secret in state.committed], released)
    return ProverCommitted(
        finalised=state.finalised,
        submission=state.submission,
        committed=tuple(
            replace(secret, commitment=leaf) for secret, leaf in zip(state.committed, leaves, strict=True)
        ),
    )


def _reserve(request: CommitRequest, blinder: int) -> CommittedSecret:
    """The leaf of an encoding commitment that is still to be made, and its blinder."""
    leaf = EncodingCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        commitment=NOT_YET,
        offset=NOT_YET,
        factor=NOT_YET,
    )
    return CommittedSecret(commitment=leaf, opening=EncodingSecret(blinder=encode_scalar(blinder)))


def _commit(request: CommitRequest, kind: HashKind, transcript: Transcript, blinder: bytes) -> HashCommitment:
    octets = request.ranges.gather(transcript.octets(request.direction))
    return HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=kind.algorithm,
        value=hash_commitment_value(kind.algorithm, octets, blinder),
    )


def _complete(
    leaves: Sequence[TranscriptCommitment], released: Mapping[int, Converted]
) -> tuple[TranscriptCommitment, ...]:
    """The leaves with offsets and factors."""
    return tuple(
        replace(
            leaf,
            offset=encode_scalar(released[index].offset),
            factor=encode_scalar(released[index].factor),
        )
        if isinstance(leaf, EncodingCommitment)
        else leaf
        for index, leaf in enumerate(leaves)
    )


def _encodings(committed: Sequence[CommittedSecret]) -> tuple[bytes, ...]:
    return tuple(
        secret.commitment.commitment
        for secret in committed
        if isinstance(secret.commitment, EncodingCommitment)
    )


def _has_encodings(leaves: Sequence[TranscriptCommitment]) -> bool:
    return any(isinstance(leaf, EncodingCommitment) for leaf in leaves)


def _is_empty_or_hash(leaf: TranscriptCommitment) -> bool:
    """Whether an encoding commitment is not made yet: message 16 precedes the conversion."""
    return isinstance(leaf, HashCommitment) or (leaf.commitment, leaf.offset, leaf.factor) == (NOT_YET,) * 3


def _require_count(count: int, requested: int) -> None:
    if count != requested:
        raise Rejection(Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, f"{count} of {requested} requested")


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


def _is_commitment_to(commitment: HashCommitment, octets: bytes, blinder: bytes) -> bool:
    """The statement that is proved: the value is that of these octets of the direction and this blinder."""
    value = hash_commitment_value(commitment.algorithm, commitment.ranges.gather(octets), blinder)
    return value == commitment.value


def _is_of_its_class(commitment: TranscriptCommitment, octets: bytes) -> bool:
    """The statement that is proved: the committed octets, ranges joined, are a word of the class."""
    return belongs_to(commitment.ranges.gather(octets), commitment.lexical_class)
