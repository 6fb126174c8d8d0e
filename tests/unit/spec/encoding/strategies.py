"""Hypothesis strategies for every message and artifact, made from the same annotations as their codecs."""

from __future__ import annotations

import types
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from mpctls.spec.commitments import BN254_ORDER, EncodingCommitment, EncodingOpening
from mpctls.spec.encoding import Choice, Fixed, IdentifierEnum, IndexEnum, Limit, Structure, Width
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.messages import EncodingCommitments
from mpctls.spec.presentation import CommitmentOpening, TranscriptProof
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey, VerifyingKey

LONGEST = 4
"""Items of vectors in examples; limits have tests of their own."""


@cache
def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotated type that its structure allows."""
    if hint in _SPECIAL:
        special: st.SearchStrategy[Any] = _SPECIAL[hint]()
        return special
    if get_origin(hint) is Annotated:
        return _annotated(*get_args(hint))
    if get_origin(hint) in {Union, types.UnionType}:
        return st.none() | values(get_args(hint)[0])
    if hint is bool:
        return st.booleans()
    if issubclass(hint, IndexEnum | IdentifierEnum):
        return st.sampled_from(list(hint))
    assert issubclass(hint, Structure)
    hints = get_type_hints(hint, include_extras=True)
    names = [field.name for field in fields(hint)]
    return st.builds(hint, **{name: _field(name, hints[name]) for name in names})


def _field(name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name in {"prover_extensions", "notary_extensions"}:
        return st.lists(values(Extension), max_size=LONGEST, unique_by=lambda each: each.id).map(
            lambda extensions: tuple(sorted(extensions, key=lambda each: each.id))
        )
    return values(hint)


def _annotated(plain: Any, mark: object) -> st.SearchStrategy[Any]:
    match mark:
        case Width():
            return st.integers(0, 256**mark.octets - 1)
        case Fixed():
            return st.binary(min_size=mark.octets, max_size=mark.octets)
        case Limit() if plain is bytes:
            return st.binary(min_size=mark.minimum, max_size=min(mark.maximum, mark.minimum + LONGEST))
        case Limit() if plain is str:
            return st.text(max_size=LONGEST)
        case Limit():
            item = values(get_args(plain)[0])
            return st.lists(item, min_size=mark.minimum, max_size=LONGEST).map(tuple)
        case Choice():
            return st.one_of([values(case) for case in get_args(plain)])
    raise AssertionError(f"no strategy for {plain} with {mark}")


def range_sets() -> st.SearchStrategy[RangeSet]:
    """Sets of ranges that do not touch."""
    bounds = st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=2 * LONGEST, unique=True)
    return bounds.map(sorted).map(
        lambda ends: RangeSet.of(*zip(ends[: len(ends) // 2 * 2 : 2], ends[1::2], strict=True))
    )


def verifying_keys() -> st.SearchStrategy[VerifyingKey]:
    """Keys of every algorithm."""
    secrets = st.integers(1, 2**128).map(lambda number: number.to_bytes(32, "big"))
    return st.builds(SigningKey, algorithm=st.sampled_from(SignatureAlgorithm), secret=secrets).map(
        lambda key: key.verifying_key
    )


def _extensions() -> st.SearchStrategy[Extension]:
    ids = st.from_regex(r"[a-z0-9][a-z0-9./-]{0,5}", fullmatch=True)
    return st.builds(Extension, id=ids, critical=st.booleans(), value=st.binary(max_size=LONGEST))


def _scalar_commitments() -> st.SearchStrategy[EncodingCommitment]:
    hints = get_type_hints(EncodingCommitment, include_extras=True)
    scalar = _scalars()
    parts = {name: values(hints[name]) for name in ("direction", "ranges", "lexical_class")}
    return st.builds(EncodingCommitment, **parts, commitment=scalar, offset=scalar, factor=scalar)


def _scalars() -> st.SearchStrategy[bytes]:
    return st.integers(0, BN254_ORDER - 1).map(lambda number: number.to_bytes(32, "little"))


def _encoding_openings() -> st.SearchStrategy[EncodingOpening]:
    return st.builds(EncodingOpening, octets=st.binary(max_size=LONGEST), blinder=_scalars())


def _encoding_messages() -> st.SearchStrategy[EncodingCommitments]:
    return st.builds(EncodingCommitments, commitments=st.lists(_scalars(), max_size=LONGEST).map(tuple))


def _transcript_proofs() -> st.SearchStrategy[TranscriptProof]:
    openings = st.lists(
        values(CommitmentOpening), min_size=1, max_size=LONGEST, unique_by=lambda each: each.index
    ).map(lambda each: tuple(sorted(each, key=lambda opening: opening.index)))
    hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=LONGEST).map(tuple)
    return st.builds(TranscriptProof, openings=openings, proof=hashes)


_SPECIAL: dict[Any, Any] = {
    RangeSet: range_sets,
    VerifyingKey: verifying_keys,
    Extension: _extensions,
    EncodingCommitment: _scalar_commitments,
    EncodingOpening: _encoding_openings,
    EncodingCommitments: _encoding_messages,
    TranscriptProof: _transcript_proofs,
}
