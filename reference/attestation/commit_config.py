"""The Notary's checks of a TranscriptCommitConfig and of the commitments that answer it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

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
from ..foundation.field_encoding import MAXIMUM_ENCODED, SCALAR_OCTETS, scalar_octets
from ..foundation.hashes import commitment_value
from ..foundation.identifiers import Direction, HashAlgorithm, SessionKind
from ..foundation.signatures import VERIFYING_KEY
from ..foundation.transcript import Transcript
from ..mpc.conversion.messages import Released

PURPOSE = "purpose"
DEFAULT_EXTENSIONS = frozenset({HOLDER_KEY, PURPOSE})
_NO_SCALAR: Final = bytes(SCALAR_OCTETS)


def check_config(
    config: Sequence[CommitRequest],
    *,
    sent_length: int,
    received_length: int,
    maximum_commitments: int,
    hash_algorithms: Collection[HashAlgorithm],
    document_algorithms: Collection[int] = (),
    maximum_octets: int = 2**32,
    maximum_encoded_octets: int = 2**32,
    kind: SessionKind = SessionKind.NOTARIZE,
) -> None:
    """Refuse a config that is empty, too long, out of bounds, of an unsupported kind or algorithm, or repeats an entry.

    Too long is also one whose ranges, overlapping or not, hold more than `maximum_octets` together, or those of its
    encoding entries more than `maximum_encoded_octets`.

    Run by the Notary on *Submit TranscriptCommitConfig*; `document_algorithms` are those of tree and body. Reasons and
    their order: formats page, section 9.1.
    """
    if not config:
        raise Refused("data-submission/no-commitments", "the config has no entry")
    if len(config) > maximum_commitments:
        raise Refused(
            "data-submission/too-many-commitments", f"{len(config)} entries, at most {maximum_commitments}"
        )
    encoded = sum(each.ranges.total for each in config if isinstance(each.kind, EncodingRequest))
    for octets, maximum in (
        (sum(each.ranges.total for each in config), maximum_octets),
        (encoded, maximum_encoded_octets),
    ):
        if octets > maximum:
            raise Refused(
                "data-submission/too-many-commitments", f"to {octets} octets in all, at most {maximum}"
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
            check_encoding_request(request, kind, f"entry {index}")
        elif HashAlgorithm(request.kind.algorithm) not in hash_algorithms:
            raise Refused("data-submission/unsupported-hash-algorithm", f"entry {index}")
        identity = (request.direction, request.ranges, request.kind)
        if identity in seen:
            raise Refused("data-submission/duplicate-commitment", f"entry {index} repeats an earlier one")
        seen.add(identity)
    if not {HashAlgorithm(each) for each in document_algorithms} <= set(hash_algorithms):
        raise Refused("data-submission/unsupported-hash-algorithm", "of the tree or of the body")


def check_encoding_request(request: CommitRequest, kind: SessionKind, name: str) -> None:
    """Refuse an encoding entry in a session that signs nothing, and one of too many octets; both parties run it.

    Reasons: `data-submission/unsupported-commitment-kind`, `data-submission/encoding-too-long`.
    """
    if kind is not SessionKind.NOTARIZE:
        raise Refused(
            "data-submission/unsupported-commitment-kind", f"{name} asks for an encoding commitment"
        )
    if request.ranges.total > MAXIMUM_ENCODED:
        raise Refused("data-submission/encoding-too-long", f"{name} has {request.ranges.total} octets")


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
            scalars = {commitment.commitment, commitment.offset, commitment.factor}
            if scalars != {_NO_SCALAR}:
                raise Refused(
                    "data-submission/commitment-mismatch", f"entry {index} has scalars before the conversion"
                )
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


def hash_request_count(config: Sequence[CommitRequest]) -> int:
    """How many entries ask for hash commitments; each has a blinder in the proof."""
    return sum(isinstance(each.kind, HashRequest) for each in config)


def hash_commitment(request: CommitRequest, transcript: Transcript, blinder: bytes) -> HashCommitment:
    """The hash commitment that a request asks for, to the octets of this transcript."""
    if isinstance(request.kind, EncodingRequest):
        raise Refused("data-submission/unsupported-commitment-kind", "an encoding commitment has no hash")
    octets = request.ranges.select(transcript.octets(request.direction))
    return HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=request.kind.algorithm,
        value=commitment_value(HashAlgorithm(request.kind.algorithm), octets, blinder),
    )


def encoding_commitment(request: CommitRequest) -> EncodingCommitment:
    """The encoding commitment that a request asks for, its scalars still zero."""
    return EncodingCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        commitment=_NO_SCALAR,
        offset=_NO_SCALAR,
        factor=_NO_SCALAR,
    )


def check_encoding_commitments(config: Sequence[CommitRequest], values: Sequence[bytes]) -> None:
    """Refuse with `data-submission/commitment-mismatch` unless there is one value for each encoding entry."""
    wanted = len(config) - hash_request_count(config)
    if len(values) != wanted:
        raise Refused(
            "data-submission/commitment-mismatch",
            f"{len(values)} values for {wanted} encoding entries",
        )


def complete_commitments(
    commitments: Sequence[TranscriptCommitment], values: Sequence[bytes], released: Sequence[Released]
) -> tuple[TranscriptCommitment, ...]:
    """The leaves: encoding commitments get, in order, their registered value and what was released for them."""
    scalars = iter(zip(values, released, strict=True))
    return tuple(
        _completed(each, *next(scalars)) if isinstance(each, EncodingCommitment) else each
        for each in commitments
    )


def _completed(commitment: EncodingCommitment, value: bytes, released: Released) -> EncodingCommitment:
    return replace(
        commitment,
        commitment=value,
        offset=scalar_octets(released.offset),
        factor=scalar_octets(released.factor),
    )
