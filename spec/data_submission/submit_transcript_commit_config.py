"""Prover → Notary, "Submit TranscriptCommitConfig": which octets will be committed, how, and of which class.

The Notary learns directions, lengths, positions and classes of what is committed, never an octet. Committing
every leaf of a JSON document tells it the shape of the document.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..commitments import LARGEST_ENCODING_LENGTH, CommitRequest, EncodingKind
from ..extensions import HOLDER_KEY, PURPOSE, Extension, holder_key_of
from ..identifiers import Direction, HashAlgorithm, SessionKind
from ..lexical import belongs_to
from ..messages import SubmitTranscriptCommitConfig
from ..notary_policy import NotaryPolicy
from ..notary_states import NotaryConfigReceived, NotaryFinalised
from ..prover_states import ProverConfigSubmitted, ProverFinalised
from ..reasons import Reason, Rejection
from ..states import require_message, require_state


def send(
    state: ProverFinalised,
    *,
    config: tuple[CommitRequest, ...],
    tree_algorithm: HashAlgorithm,
    body_hash_algorithm: HashAlgorithm,
    prover_extensions: tuple[Extension, ...],
) -> tuple[ProverConfigSubmitted, SubmitTranscriptCommitConfig]:
    """Submit the config, in the order that the leaves will have.

    Run by the Prover once the transcript is authenticated. Rejects, for each entry in order, with
    data-submission/range-out-of-bounds, data-submission/unsupported-commitment-kind,
    data-submission/encoding-too-long, data-submission/not-in-lexical-class: a claim that is not true could not
    be proved.
    """
    require_state(state, ProverFinalised)
    for request in config:
        octets = state.transcript.octets(request.direction)
        _require_within(request, len(octets))
        if isinstance(request.kind, EncodingKind):
            _require_convertible(state.connection.agreed.kind, request)
        if not belongs_to(request.ranges.gather(octets), request.lexical_class):
            raise Rejection(
                Reason.DATA_SUBMISSION_NOT_IN_LEXICAL_CLASS,
                f"{request.direction.name} {request.ranges}: {request.lexical_class.name}",
            )
    submission = SubmitTranscriptCommitConfig(
        config=config,
        tree_algorithm=tree_algorithm,
        body_hash_algorithm=body_hash_algorithm,
        prover_extensions=prover_extensions,
    )
    return ProverConfigSubmitted(finalised=state, submission=submission), submission


def receive(state: NotaryFinalised, message: SubmitTranscriptCommitConfig) -> NotaryConfigReceived:
    """Decide whether the Notary will sign a tree and extensions of this form.

    Run by the Notary. Rejects with link/unexpected-message, data-submission/no-commitments,
    data-submission/too-many-commitments; for each entry in order with data-submission/range-out-of-bounds,
    data-submission/unsupported-commitment-kind, data-submission/unsupported-hash-algorithm or
    data-submission/encoding-too-long, data-submission/duplicate-commitment; then with
    data-submission/unsupported-hash-algorithm for tree and body, data-submission/reserved-extension,
    data-submission/extension-not-allowed.
    """
    submission = require_message(message, SubmitTranscriptCommitConfig, state, NotaryFinalised)
    policy = state.connection.agreed.policy
    if not submission.config:
        raise Rejection(Reason.DATA_SUBMISSION_NO_COMMITMENTS)
    if len(submission.config) > policy.largest_commitment_count:
        raise Rejection(
            Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS,
            f"{len(submission.config)} entries, at most {policy.largest_commitment_count} allowed",
        )
    octets = sum(request.ranges.octet_count for request in submission.config)
    if octets > policy.largest_committed_octets:
        raise Rejection(
            Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS,
            f"to {octets} octets in all, at most {policy.largest_committed_octets} allowed",
        )
    lengths = {Direction.SENT: state.sent_length, Direction.RECEIVED: state.received_length}
    seen = set()
    for request in submission.config:
        _require_within(request, lengths[request.direction])
        if isinstance(request.kind, EncodingKind):
            _require_encodable(state, request)
        else:
            _require_supported(policy, request.kind.algorithm)
        # The class is no part of this: the same octets under two classes are the same commitment twice.
        what = (request.direction, request.ranges, request.kind)
        if what in seen:
            raise Rejection(
                Reason.DATA_SUBMISSION_DUPLICATE_COMMITMENT, f"{request.direction.name} {request.ranges}"
            )
        seen.add(what)
    _require_supported(policy, submission.tree_algorithm)
    _require_supported(policy, submission.body_hash_algorithm)
    _require_admitted(policy, submission.prover_extensions)
    return NotaryConfigReceived(finalised=state, submission=submission)


def _require_within(request: CommitRequest, length: int) -> None:
    if not request.ranges.is_within(length):
        raise Rejection(
            Reason.DATA_SUBMISSION_RANGE_OUT_OF_BOUNDS,
            f"{request.direction.name} {request.ranges}, of {length} octets",
        )


def _require_encodable(state: NotaryFinalised, request: CommitRequest) -> None:
    agreed = state.connection.agreed
    if not agreed.policy.encoding_commitments:
        raise Rejection(Reason.DATA_SUBMISSION_UNSUPPORTED_COMMITMENT_KIND, "encoding")
    _require_convertible(agreed.kind, request)


def _require_convertible(kind: SessionKind, request: CommitRequest) -> None:
    """Nothing is released to a partner that is the Verifier itself: it has no leaf to keep it in."""
    if kind is not SessionKind.NOTARIZE:
        raise Rejection(Reason.DATA_SUBMISSION_UNSUPPORTED_COMMITMENT_KIND, "encoding")
    if request.ranges.octet_count > LARGEST_ENCODING_LENGTH:
        raise Rejection(
            Reason.DATA_SUBMISSION_ENCODING_TOO_LONG,
            f"{request.direction.name}, {request.ranges.octet_count} octets",
        )


def _require_supported(policy: NotaryPolicy, algorithm: HashAlgorithm) -> None:
    if algorithm not in policy.hash_algorithms:
        raise Rejection(Reason.DATA_SUBMISSION_UNSUPPORTED_HASH_ALGORITHM, algorithm.name)


def _require_admitted(policy: NotaryPolicy, extensions: Sequence[Extension]) -> None:
    for extension in extensions:
        if extension.is_of_notary:
            raise Rejection(Reason.DATA_SUBMISSION_RESERVED_EXTENSION, extension.id)
    for extension in extensions:
        if extension.id not in policy.admitted_extensions or not _is_well_formed(extension):
            raise Rejection(Reason.DATA_SUBMISSION_EXTENSION_NOT_ALLOWED, extension.id)


def _is_well_formed(extension: Extension) -> bool:
    """Whether a registered extension has the form that its registration gives."""
    if extension.id == HOLDER_KEY:
        try:
            holder_key_of([extension])
        except Rejection:
            return False
    if extension.id == PURPOSE:
        try:
            extension.value.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return not extension.critical
    return True
