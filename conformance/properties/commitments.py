"""Commitments of a session that are drawn as fields: what a config asks for, its leaves, and what opens them."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import (
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
from mpctls.spec.extensions import Extension
from mpctls.spec.files import CommittedSecret
from mpctls.spec.ideal.encoding_commitment import Converted, FieldConversion
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.messages import SubmitTranscriptCommitConfig
from mpctls.spec.mpc_tls.views import ViewLog
from mpctls.spec.randomness import Randomness
from mpctls.spec.zero_knowledge.field_encoding import commit, elements_of, encoding_header, message_of
from mpctls.spec.zero_knowledge.scalar_field import ORDER, SCALAR_LENGTH, decode_scalar, encode_scalar

from ..fields import Fields, read_list, read_number
from .drawing import HASH_ALGORITHMS, range_sets


@st.composite
def commit_requests(draw: DrawFn, sent: int, received: int) -> CommitRequest:
    """One entry of a config, within a transcript of these lengths; one in ten asks for an encoding commitment."""
    direction = draw(st.sampled_from(Direction))
    length = sent if direction is Direction.SENT else received
    kind: HashKind | EncodingKind = HashKind(algorithm=draw(HASH_ALGORITHMS))
    return CommitRequest(
        direction=direction,
        ranges=draw(range_sets(length, most=3)),
        kind=EncodingKind() if draw(st.sampled_from((False,) * 9 + (True,))) else kind,
        lexical_class=LexicalClass.ANY,
    )


def configs(sent: int, received: int, most: int = 6) -> st.SearchStrategy[tuple[CommitRequest, ...]]:
    """Configs without a commitment that stands twice."""
    lists = st.lists(
        commit_requests(sent, received),
        min_size=1,
        max_size=most,
        unique_by=lambda each: (each.direction, each.ranges, each.kind),
    )
    return lists.map(tuple)


def _scalars(least: int) -> st.SearchStrategy[bytes]:
    return st.builds(encode_scalar, st.sampled_from((least, ORDER - 1)) | st.integers(least, ORDER - 1))


def blinders(request: CommitRequest) -> st.SearchStrategy[bytes]:
    """What hides the octets of an entry: octets, or a scalar."""
    if isinstance(request.kind, EncodingKind):
        return _scalars(0)
    return st.binary(min_size=BLINDER_LENGTH, max_size=BLINDER_LENGTH)


def releases(request: CommitRequest) -> st.SearchStrategy[bytes]:
    """Offset and factor of an encoding entry, nothing of another one."""
    if isinstance(request.kind, EncodingKind):
        return st.builds(bytes.__add__, _scalars(0), _scalars(1))
    return st.just(b"")


def submission_of(fields: Fields) -> SubmitTranscriptCommitConfig:
    """The message that submits the config."""
    return SubmitTranscriptCommitConfig(
        config=tuple(CommitRequest.decode(octets) for octets in read_list(fields["config"])),
        tree_algorithm=HashAlgorithm(read_number(fields["tree algorithm"])),
        body_hash_algorithm=HashAlgorithm(read_number(fields["body algorithm"])),
        prover_extensions=tuple(
            Extension.decode(octets) for octets in read_list(fields["prover extensions"])
        ),
    )


def released_of(fields: Fields) -> dict[int, Converted]:
    """Offset and factor of every encoding entry, by leaf index."""
    return {
        index: Converted(
            offset=decode_scalar(octets[:SCALAR_LENGTH]), factor=decode_scalar(octets[SCALAR_LENGTH:])
        )
        for index, octets in enumerate(read_list(fields["released"]))
        if octets
    }


def committed_of(fields: Fields) -> tuple[CommittedSecret, ...]:
    """Every commitment with what opens it; encoding commitments are complete."""
    octets = {Direction.SENT: fields["sent"], Direction.RECEIVED: fields["received"]}
    released = released_of(fields)
    committed = []
    entries = zip(submission_of(fields).config, read_list(fields["blinders"]), strict=True)
    for index, (request, blinder) in enumerate(entries):
        selected = request.ranges.gather(octets[request.direction])
        opening: HashSecret | EncodingSecret
        if isinstance(request.kind, EncodingKind):
            opening = EncodingSecret(blinder=blinder)
        else:
            opening = HashSecret(blinder=blinder)
        commitment = _leaf(request, selected, blinder, released.get(index))
        committed.append(CommittedSecret(commitment=commitment, opening=opening))
    return tuple(committed)


def _leaf(
    request: CommitRequest, octets: bytes, blinder: bytes, released: Converted | None
) -> TranscriptCommitment:
    if isinstance(request.kind, EncodingKind) and released is not None:
        return EncodingCommitment(
            direction=request.direction,
            ranges=request.ranges,
            lexical_class=request.lexical_class,
            commitment=_encoding_value(request.direction, octets, blinder, released),
            offset=encode_scalar(released.offset),
            factor=encode_scalar(released.factor),
        )
    kind: Any = request.kind
    return HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=kind.algorithm,
        value=hash_commitment_value(kind.algorithm, octets, blinder),
    )


def of_other_kind(leaf: TranscriptCommitment) -> TranscriptCommitment:
    """A leaf of the other kind with the same place in the transcript."""
    place: dict[str, Any] = {name: getattr(leaf, name) for name in ("direction", "ranges", "lexical_class")}
    if isinstance(leaf, EncodingCommitment):
        return HashCommitment(**place, algorithm=HashAlgorithm.SHA256, value=bytes(32))
    return EncodingCommitment(**place, commitment=bytes(32), offset=bytes(32), factor=bytes(32))


@cache
def _encoding_value(direction: Direction, octets: bytes, blinder: bytes, released: Converted) -> bytes:
    elements = elements_of(octets)
    message = message_of(released.offset, released.factor, elements)
    return encode_scalar(
        commit(encoding_header(direction, len(octets)), message, decode_scalar(blinder), elements)
    )


def conversion_of(fields: Fields, proof: ZeroKnowledgeProof, *, deviates: bool = False) -> FieldConversion:
    """The conversion with offsets and factors of the case; with `deviates`, by a Notary that lies."""
    conversion = FieldConversion(proof, Randomness(b"conversion"), ViewLog())
    for index, converted in released_of(fields).items():
        conversion.choose(index, converted)
        if deviates:
            conversion.deviate(index, {0: 1})
    return conversion
