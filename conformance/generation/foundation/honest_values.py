"""One honest value of every type of the formats, made from labelled randomness."""

from __future__ import annotations

import types
from dataclasses import fields
from enum import Enum
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from mpctls.spec.commitments import BN254_ORDER, EncodingCommitment, EncodingOpening
from mpctls.spec.encoding import Choice, Fixed, IdentifierEnum, IndexEnum, Limit, Structure, Width
from mpctls.spec.extensions import Extension, Extensions
from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.messages import EncodingCommitments
from mpctls.spec.presentation import CommitmentOpening
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey, VerifyingKey

from ..labelled import Labelled

_TEXTS = {
    "reason": "tls-session/budget-exceeded",
    "engine_profile": "half-gates-1",
    "engine_profiles": "half-gates-1",
    "server_name": "bank.example",
    "audience": "https://verifier.example",
}
_NUMBERS = {
    "protocol_version": 1,
    "protocol_versions": 1,
    "format_version": 1,
    "tls_version": 0x0303,
    "tls_versions": 0x0303,
    "version": 0x0303,
    "cipher_suite": 0xC02B,
    "mode": 1,
    "content_type": 23,
}
SCALARS: dict[Any, tuple[str, ...]] = {
    EncodingCommitment: ("commitment", "offset", "factor"),
    EncodingOpening: ("blinder",),
    EncodingCommitments: ("commitments",),
}
"""Fields of 32 octets that are scalars of BN254, by the structure that they stand in."""
_USUAL_OCTETS = 20
_MOST_OCTETS, _MOST_ITEMS = 4096, 32
"""Limits up to these are filled by the largest values; vectors of larger ones would be large files."""


class Size(Enum):
    """How much of what has no fixed length a value has."""

    LEAST = "least"
    """Options are absent; lists, octets and texts have as little as they may."""
    USUAL = "usual"
    MOST = "most"
    """Lists, octets and texts are filled to their limits, where these are small."""


def verifying_key(algorithm: SignatureAlgorithm, label: str) -> VerifyingKey:
    """The key of a labelled secret."""
    secret = bytes([1]) + Labelled(label=label).octets(31, "secret")
    return SigningKey(algorithm=algorithm, secret=secret).verifying_key


def honest(hint: Any, label: str, name: str = "", turn: int = 0, size: Size = Size.USUAL) -> Any:
    """A value of an annotated type: options are there, lists hold each case of what they are lists of.

    `name` is the field that the value is for; `turn` is its place in a list, which chooses among cases.
    """
    if hint == Extensions:
        return _extensions(label, size)
    if hint is RangeSet:
        return (
            RangeSet.of((0, 1))
            if size is Size.LEAST
            else RangeSet.of((3 + turn, 17 + turn), (40, 41), (1000, 1024))
        )
    if hint is VerifyingKey:
        return verifying_key(SignatureAlgorithm.ED25519, label)
    if get_origin(hint) is Annotated:
        return _annotated(*get_args(hint), label=label, name=name, turn=turn, size=size)
    if get_origin(hint) in {Union, types.UnionType}:
        return None if size is Size.LEAST else honest(get_args(hint)[0], label, name, turn, size)
    if hint is bool:
        return True
    if issubclass(hint, IndexEnum | IdentifierEnum):
        return list(hint)[turn % len(hint)]
    return _structure(hint, label, turn, size)


def _structure(kind: type[Structure], label: str, turn: int, size: Size) -> Any:
    hints = get_type_hints(kind, include_extras=True)
    made = {
        field.name: honest(hints[field.name], f"{label}/{field.name}", field.name, turn, size)
        for field in fields(cast(Any, kind))
    }
    for name in SCALARS.get(kind, ()):
        made[name] = _below_order(made[name])
    if kind is CommitmentOpening:
        made["index"] = 2 * turn
    return kind(**made)


def _below_order(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_below_order, value))
    return (int.from_bytes(value, "little") % BN254_ORDER).to_bytes(32, "little")


def _annotated(plain: Any, mark: object, *, label: str, name: str, turn: int, size: Size) -> Any:
    stream = Labelled(label=label)
    match mark:
        case Width():
            drawn = int.from_bytes(stream.octets(mark.octets), "little")
            return _NUMBERS.get(name, drawn) if turn == 0 else drawn
        case Fixed():
            return stream.octets(mark.octets)
        case Limit() if plain is bytes:
            return stream.octets(_length(mark, _USUAL_OCTETS, _MOST_OCTETS, size))
        case Limit() if plain is str:
            text = _TEXTS[name] if turn == 0 else f"{_TEXTS[name]}-{turn}"
            return text.ljust(mark.maximum, "a")[: _length(mark, len(text), _MOST_OCTETS, size)]
        case Limit():
            item = get_args(plain)[0]
            count = _length(mark, _list_length(item), _MOST_ITEMS, size)
            return tuple(honest(item, f"{label}/{at}", name, at, size) for at in range(count))
        case Choice():
            cases = get_args(plain)
            return _structure(cases[turn % len(cases)], label, turn, size)
    raise TypeError(f"no honest value of {plain} with {mark}")


def _list_length(item: Any) -> int:
    """Two, or one item for each case that it can be."""
    marks = get_args(item) if get_origin(item) is Annotated else ()
    if marks and isinstance(marks[1], Choice):
        return max(2, len(get_args(marks[0])))
    if isinstance(item, type) and issubclass(item, Structure):
        hints = get_type_hints(item, include_extras=True)
        return max([2, *(_list_length(hint) for hint in hints.values())])
    return 2


def _length(limit: Limit, usual: int, most: int, size: Size) -> int:
    if size is Size.LEAST:
        return limit.minimum
    if size is Size.MOST and limit.maximum <= most:
        return limit.maximum
    return max(limit.minimum, min(limit.maximum, usual))


def _extensions(label: str, size: Size) -> tuple[Extension, ...]:
    of_notary = label.endswith("notary_extensions")
    ids = ["notary/policy", "notary/region"] if of_notary else ["a-claim", "purpose"]
    lengths = [_USUAL_OCTETS, _USUAL_OCTETS]
    if size is Size.MOST:
        ids = [f"notary/{at:02}" if of_notary else f"claim-{at:02}" for at in range(32)]
        ids[-1] = ids[-1].ljust(64, "z")
        lengths = [0, *([1] * 30), 4096]
    pairs = () if size is Size.LEAST else zip(ids, lengths, strict=True)
    return tuple(
        Extension(id=id_, critical=False, value=Labelled(label=f"{label}/{id_}").octets(length))
        for id_, length in pairs
    )
