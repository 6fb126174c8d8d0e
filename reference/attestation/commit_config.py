"""The Notary's checks of a TranscriptCommitConfig and of the commitments that answer it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..channel.messages import CommitRequest, EncodingRequest, HashRequest
from ..foundation.artifacts import (
    HOLDER_KEY,
    NOTARY_PREFIX,
    EncodingCommitment,
    Extension,
    HashCommitment,
    TranscriptCommitment,
)
from ..foundation.errors import Refused
from ..foundation.hashes import commitment_value
from ..foundation.identifiers import Direction, HashAlgorithm
from ..foundation.signatures import VERIFYING_KEY
from ..foundation.transcript import Transcript

PURPOSE = "purpose"
DEFAULT_EXTENSIONS = frozenset({HOLDER_KEY, PURPOSE})


def check_config(
    config: Sequence[CommitRequest],
    *,
    sent_length: int,
    received_length: int,
    maximum_commitments: int,
    hash_algorithms: Collection[HashAlgorithm],
    document_algorithms: Collection[int] = (),
    maximum_octets: int = 2**32,
) -> None:
    """Refuse a config that is empty, too long, out of bounds, of an unsupported kind or algorithm, or repeats an entry.

    Too long is also one whose ranges, overlapping or not, hold more than `maximum_octets` together.

    Run by the Notary on *Submit TranscriptCommitConfig*; `document_algorithms` are those of tree and body. Reasons and
    their order: formats page, section 9.1.
    """
    if not config:
        raise Refused("data-submission/no-commitments", "the config has no entry")
    if len(config) > maximum_commitments:
        raise Refused(
            "data-submission/too-many-commitments", f"{len(config)} entries, at most {maximum_commitments}"
        )
    octets = sum(request.ranges.total for request in config)
    if octets > maximum_octets:
        raise Refused(
            "data-submission/too-many-commitments", f"to {octets} octets in all, at most {maximum_octets}"
        )
    seen: set[tuple[object, ...]] = set()
    for index, request in enumerate(config):
        length = sent_length if request.direction is Direction.SENT else received_length
        if request.ranges.end > length:
            raise Refused(
                "data-submission/range-out-of-bounds",
                f"entry {index} ends at {request.ranges.end} of {length} octets",
            )
        if isinstance(request.kind, EncodingRequest):
            raise Refused(
                "data-submission/unsupported-commitment-kind",
                f"entry {index} asks for an encoding commitment",
            )
        if HashAlgorithm(request.kind.algorithm) not in hash_algorithms:
            raise Refused("data-submission/unsupported-hash-algorithm", f"entry {index}")
        identity = (request.direction, request.ranges, request.kind)
        if identity in seen:
            raise Refused("data-submission/duplicate-commitment", f"entry {index} repeats an earlier one")
        seen.add(identity)
    if not {HashAlgorithm(each) for each in document_algorithms} <= set(hash_algorithms):
        raise Refused("data-submission/unsupported-hash-algorithm", "of the tree or of the body")


def check_prover_extensions(
    extensions: Sequence[Extension], allowed: Collection[str] = DEFAULT_EXTENSIONS
) -> None:
    """Refuse extensions under a Notary's id, outside the policy, or registered ones in the wrong form."""
    for each in extensions:
        if each.id.startswith(NOTARY_PREFIX):
            raise Refused("data-submission/reserved-extension", f"{each.id} is the Notary's to state")
    for each in extensions:
        if each.id not in allowed:
            raise Refused(
                "data-submission/extension-not-allowed", f"{each.id} is not in this Notary's policy"
            )
        if each.id == HOLDER_KEY:
            if not each.critical:
                raise Refused("data-submission/extension-not-allowed", "a holder key that is not critical")
            try:
                VERIFYING_KEY.decode(each.value)
            except Refused:
                raise Refused("data-submission/extension-not-allowed", "a malformed holder key") from None
        if each.id == PURPOSE:
            if each.critical:
                raise Refused("data-submission/extension-not-allowed", "a purpose that is critical")
            try:
                each.value.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused(
                    "data-submission/extension-not-allowed", "a purpose that is not UTF-8"
                ) from None


def check_commitments(config: Sequence[CommitRequest], commitments: Sequence[TranscriptCommitment]) -> None:
    """Refuse commitments that are not, entry by entry, the ones the config asks for."""
    if len(config) != len(commitments):
        raise Refused(
            "data-submission/commitment-mismatch", f"{len(commitments)} commitments for {len(config)} entries"
        )
    for index, (request, commitment) in enumerate(zip(config, commitments, strict=True)):
        kind: HashRequest | EncodingRequest
        if isinstance(commitment, EncodingCommitment):
            kind = EncodingRequest()
        else:
            kind = HashRequest(algorithm=commitment.algorithm)
        answered = CommitRequest(
            direction=commitment.direction,
            ranges=commitment.ranges,
            kind=kind,
            lexical_class=commitment.lexical_class,
        )
        if answered != request:
            raise Refused(
                "data-submission/commitment-mismatch", f"entry {index} is not what the config asks for"
            )


def hash_commitments(commitments: Sequence[TranscriptCommitment]) -> tuple[HashCommitment, ...]:
    """The commitments, all of which must be hash commitments."""
    found = tuple(each for each in commitments if isinstance(each, HashCommitment))
    if len(found) != len(commitments):
        raise Refused("data-submission/unsupported-commitment-kind", "an encoding commitment")
    return found


def hash_commitment(request: CommitRequest, transcript: Transcript, blinder: bytes) -> HashCommitment:
    """The hash commitment that a request asks for, to the octets of this transcript."""
    if isinstance(request.kind, EncodingRequest):
        raise Refused("data-submission/unsupported-commitment-kind", "an encoding commitment")
    octets = request.ranges.select(transcript.octets(request.direction))
    return HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=request.kind.algorithm,
        value=commitment_value(HashAlgorithm(request.kind.algorithm), octets, blinder),
    )
