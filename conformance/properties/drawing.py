"""Strategies that several properties use: values of every format, sets of ranges, keys, and faults of encodings."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mpctls.spec.commitments import BN254_ORDER
from mpctls.spec.encoding import Choice, Fixed, IdentifierEnum, IndexEnum, Limit, Structure, Width
from mpctls.spec.extensions import Extension, Extensions
from mpctls.spec.identifiers import HashAlgorithm, SignatureAlgorithm
from mpctls.spec.presentation import CommitmentOpening, TranscriptProof
from mpctls.spec.randomness import Randomness
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey, VerifyingKey

LARGEST_POSITION = 2**32 - 1
_USUAL_ITEMS = 3
_USUAL_OCTETS = 40
_SECRETS = (bytes(range(1, 33)), bytes(range(33, 65)), b"\x01".rjust(32, b"\0"))

Drawn = TypeVar("Drawn")

HASH_ALGORITHMS = st.sampled_from(HashAlgorithm)
SIGNATURE_ALGORITHMS = st.sampled_from(SignatureAlgorithm)
DIGESTS = st.binary(min_size=32, max_size=32)
LETTERS = st.characters(exclude_categories=["Cs"])
"""What UTF-8 can encode."""

EXTENSION_IDS = st.one_of(
    st.sampled_from(("holder-key", "purpose", "notary/policy", "notary/region", "other", "0")),
    st.from_regex(r"[a-z0-9][a-z0-9./-]{0,8}", fullmatch=True),
)


class PrescribedRandomness(Randomness):
    """A source that gives what a case prescribes under each label, and draws any other label from a seed."""

    def __init__(self, prescribed: dict[str, bytes], seed: bytes = b"") -> None:
        super().__init__(seed)
        self._prescribed = prescribed

    def octets(self, label: str, count: int) -> bytes:
        """Return the prescribed octets, or draw."""
        return self._prescribed[label] if label in self._prescribed else super().octets(label, count)

    def below(self, label: str, bound: int) -> int:
        """Return the prescribed integer, which stands as little-endian octets, or draw."""
        prescribed = self._prescribed.get(label)
        return super().below(label, bound) if prescribed is None else int.from_bytes(prescribed, "little")


@cache
def signing_key(algorithm: SignatureAlgorithm, number: int = 0) -> SigningKey:
    """One of three keys of an algorithm."""
    return SigningKey(algorithm=algorithm, secret=_SECRETS[number])


def signing_keys() -> SearchStrategy[SigningKey]:
    """Keys of all algorithms."""
    return st.builds(signing_key, SIGNATURE_ALGORITHMS, st.integers(0, len(_SECRETS) - 1))


@cache
def _verifying_key(algorithm: SignatureAlgorithm, number: int) -> VerifyingKey:
    return signing_key(algorithm, number).verifying_key


@st.composite
def range_sets(draw: DrawFn, length: int = LARGEST_POSITION, most: int = 3) -> RangeSet:
    """Sets of one to `most` ranges below `length`, which is at least one."""
    bounds = sorted(draw(st.sets(st.integers(0, length), min_size=2, max_size=2 * most)))
    if len(bounds) % 2:
        bounds.pop()
    return RangeSet.of(*zip(bounds[::2], bounds[1::2], strict=True))


def extensions(ids: SearchStrategy[str] = EXTENSION_IDS) -> SearchStrategy[tuple[Extension, ...]]:
    """Lists of extensions in their order."""
    one = st.builds(Extension, id=ids, critical=st.booleans(), value=st.binary(max_size=_USUAL_OCTETS))
    lists = st.lists(one, max_size=_USUAL_ITEMS, unique_by=lambda extension: extension.id)
    return lists.map(lambda found: tuple(sorted(found, key=lambda extension: extension.id)))


def values(hint: Any) -> SearchStrategy[Any]:
    """Values of an annotated type of the formats, small ones mostly."""
    if hint == Extensions:
        return extensions()
    if hint in _OWN_FORM:
        return _OWN_FORM[hint]()
    if get_origin(hint) is Annotated:
        plain, mark = get_args(hint)
        return _annotated(plain, mark)
    if get_origin(hint) in {Union, types.UnionType}:
        return st.none() | values(get_args(hint)[0])
    if hint is bool:
        return st.booleans()
    if isinstance(hint, type) and issubclass(hint, IndexEnum | IdentifierEnum):
        return st.sampled_from(list(hint))
    return structures(hint)


def structures(kind: type[Structure], **fixed: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Values of a structure; `fixed` gives the strategies of some of its fields."""
    hints = get_type_hints(kind, include_extras=True)
    names = [field.name for field in fields(cast(Any, kind))]
    return st.builds(kind, **{name: fixed[name] if name in fixed else values(hints[name]) for name in names})


def _annotated(plain: Any, mark: object) -> SearchStrategy[Any]:
    match mark:
        case Width():
            return st.integers(0, (1 << 8 * mark.octets) - 1)
        case Fixed():
            return st.binary(min_size=mark.octets, max_size=mark.octets)
        case Limit() if plain is bytes:
            return st.binary(min_size=mark.minimum, max_size=min(mark.maximum, mark.minimum + _USUAL_OCTETS))
        case Limit() if plain is str:
            text = st.text(LETTERS, max_size=12)
            return text.filter(lambda found: len(found.encode()) <= mark.maximum)
        case Limit():
            item = values(get_args(plain)[0])
            lists = st.lists(item, min_size=mark.minimum, max_size=min(mark.maximum, _USUAL_ITEMS))
            return lists.map(tuple)
        case Choice():
            return st.one_of([values(case) for case in get_args(plain)])
    raise TypeError(f"no values are drawn for {plain}")


def _transcript_proofs() -> SearchStrategy[TranscriptProof]:
    openings = st.lists(
        structures(CommitmentOpening), min_size=1, max_size=_USUAL_ITEMS, unique_by=lambda each: each.index
    )
    ordered = openings.map(lambda found: tuple(sorted(found, key=lambda each: each.index)))
    return st.builds(TranscriptProof, openings=ordered, proof=st.lists(DIGESTS, max_size=4).map(tuple))


def _scalars() -> SearchStrategy[bytes]:
    return st.integers(0, BN254_ORDER - 1).map(lambda scalar: scalar.to_bytes(32, "little"))


def _encoding_commitments() -> SearchStrategy[Any]:
    from mpctls.spec.commitments import EncodingCommitment

    scalars = _scalars()
    return structures(EncodingCommitment, commitment=scalars, offset=scalars, factor=scalars)


def _encoding_openings() -> SearchStrategy[Any]:
    from mpctls.spec.commitments import EncodingOpening

    return structures(EncodingOpening, blinder=_scalars())


def _encoding_values() -> SearchStrategy[Any]:
    from mpctls.spec.messages import EncodingCommitments

    return structures(EncodingCommitments, commitments=st.lists(_scalars(), max_size=_USUAL_ITEMS).map(tuple))


def _own_forms() -> dict[Any, Callable[[], SearchStrategy[Any]]]:
    """The types whose values obey a rule that their annotations do not state."""
    from mpctls.spec.commitments import EncodingCommitment, EncodingOpening
    from mpctls.spec.messages import EncodingCommitments

    return {
        RangeSet: range_sets,
        VerifyingKey: lambda: st.builds(_verifying_key, SIGNATURE_ALGORITHMS, st.integers(0, 2)),
        Extension: lambda: st.builds(
            Extension, id=EXTENSION_IDS, critical=st.booleans(), value=st.binary(max_size=_USUAL_OCTETS)
        ),
        TranscriptProof: _transcript_proofs,
        EncodingCommitment: _encoding_commitments,
        EncodingOpening: _encoding_openings,
        EncodingCommitments: _encoding_values,
    }


_OWN_FORM = _own_forms()


@st.composite
def damaged(draw: DrawFn, octets: bytes) -> bytes:
    """The octets with one fault: a bit, an octet, a cut, an end too much, a part twice, two octets changed about."""
    if not octets:
        return draw(st.binary(min_size=1, max_size=2))
    place = draw(st.integers(0, len(octets) - 1))
    match draw(st.sampled_from(("bit", "octet", "cut", "end", "twice", "swap", "number"))):
        case "bit":
            changed = octets[place] ^ 1 << draw(st.integers(0, 7))
            return octets[:place] + bytes([changed]) + octets[place + 1 :]
        case "octet":
            return (
                octets[:place]
                + bytes([draw(st.sampled_from((0, 1, 0x7F, 0x80, 0xFF)))])
                + octets[place + 1 :]
            )
        case "cut":
            return octets[:place]
        case "end":
            return octets + draw(st.binary(min_size=1, max_size=3))
        case "twice":
            return octets[: place + 1] + octets[place:]
        case "swap":
            return octets[:place] + octets[place : place + 2][::-1] + octets[place + 2 :]
        case _:
            # The same ULEB128 number in one octet more.
            return octets[:place] + bytes([octets[place] | 0x80, 0]) + octets[place + 1 :]


@st.composite
def perhaps(draw: DrawFn, honest: Drawn, faults: dict[str, Callable[[Drawn], Drawn]]) -> Drawn:
    """The honest value as often as one with exactly one of the faults."""
    if draw(st.booleans()):
        return honest
    return faults[draw(st.sampled_from(sorted(faults)))](honest)


def flipped(octets: bytes, place: int = 0) -> bytes:
    """The octets with the lowest bit of one of them changed."""
    return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]
