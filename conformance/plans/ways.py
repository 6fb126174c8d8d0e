"""What an attacker can do with two things that it saw: with terms first, with octets last.

A way that does not fit what it is given leaves it as it is; so every plan can be run, and shrunk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mpctls.spec.encoding import decode_as, encode_as
from mpctls.spec.files import decode_file, encode_file
from mpctls.spec.identifiers import Direction, HashAlgorithm, SignatureAlgorithm
from mpctls.spec.messages import SessionMessage
from mpctls.spec.presentation import Presentation
from mpctls.spec.reasons import Rejection
from mpctls.spec.signatures import SigningKey

from ..exploration.exchange import WAYS as MESSAGE_WAYS
from ..exploration.exchange import signed_again
from ..generation.labelled import Labelled

ATTACKER = SigningKey(
    algorithm=SignatureAlgorithm.ED25519, secret=Labelled(label="plans/attacker").octets(32)
)

_Presented = Callable[[Presentation, Presentation], Presentation]


def _message_way(way: str) -> Callable[[bytes, bytes], bytes]:
    def make(one: bytes, other: bytes) -> bytes:
        first: Any = decode_as(SessionMessage, one)
        second: Any = decode_as(SessionMessage, other)
        change = MESSAGE_WAYS.get(type(first), {}).get(way)
        if change is None or type(first) is not type(second):
            return one
        return encode_as(SessionMessage, change(first, second))

    return make


def _presentation_way(change: _Presented) -> Callable[[bytes, bytes], bytes]:
    def make(one: bytes, other: bytes) -> bytes:
        return encode_file(change(decode_file(Presentation, one), decode_file(Presentation, other)))

    return make


def _taken(name: str) -> _Presented:
    return lambda one, other: replace(one, **{name: getattr(other, name)})


def _transcript(change: Callable[[Any, Any], Any]) -> _Presented:
    def make(one: Presentation, other: Presentation) -> Presentation:
        if one.transcript is None or other.transcript is None:
            return one
        return replace(one, transcript=change(one.transcript, other.transcript))

    return make


def _turned(one: Any, _: Any) -> Any:
    """The first opening moved to the other direction."""
    first = one.openings[0]
    leaf = replace(first.commitment, direction=Direction(1 - first.commitment.direction))
    return replace(one, openings=(replace(first, commitment=leaf), *one.openings[1:]))


def _downgraded(one: Presentation, _: Presentation) -> Presentation:
    """Another hash algorithm in the header, signed by nobody."""
    header = one.attestation.header
    other = HashAlgorithm(header.body_hash_algorithm % 3 + 1)
    return replace(
        one, attestation=replace(one.attestation, header=replace(header, body_hash_algorithm=other))
    )


def _by_the_attacker(one: Presentation, other: Presentation) -> Presentation:
    """The body of the other, with the attacker's key and signature."""
    body = replace(other.attestation.body, verifying_key=ATTACKER.verifying_key)
    header = replace(one.attestation.header, signature_algorithm=ATTACKER.algorithm)
    return replace(
        one, attestation=signed_again(replace(one.attestation, header=header, body=body), key=ATTACKER)
    )


def _flipped(position: float) -> Callable[[bytes, bytes], bytes]:
    def make(one: bytes, _: bytes) -> bytes:
        if not one:
            return one
        at = min(len(one) - 1, int(position * len(one)))
        return one[:at] + bytes([one[at] ^ 1]) + one[at + 1 :]

    return make


def _splice(one: bytes, other: bytes) -> bytes:
    return one[: len(one) // 2] + other[len(other) // 2 :]


_TERMS: dict[str, Callable[[bytes, bytes], bytes]] = {
    **{f"message: {way}": _message_way(way) for ways in MESSAGE_WAYS.values() for way in ways},
    **{
        f"presentation: its {name}": _presentation_way(_taken(name))
        for name in ("attestation", "identity", "transcript", "binding")
    },
    "presentation: its openings": _presentation_way(
        _transcript(lambda one, other: replace(one, openings=other.openings))
    ),
    "presentation: its hashes": _presentation_way(
        _transcript(lambda one, other: replace(one, proof=other.proof))
    ),
    "presentation: hashes turned about": _presentation_way(
        _transcript(lambda one, _: replace(one, proof=one.proof[::-1]))
    ),
    "presentation: first opening in the other direction": _presentation_way(_transcript(_turned)),
    "presentation: another hash algorithm": _presentation_way(_downgraded),
    "presentation: body of the other by the attacker": _presentation_way(_by_the_attacker),
    "presentation: unbound": _presentation_way(lambda one, _: replace(one, binding=None)),
}
_OCTETS: dict[str, Callable[[bytes, bytes], bytes]] = {
    **{f"octets: one bit at {tenth}/10": _flipped(tenth / 10) for tenth in range(10)},
    "octets: last one gone": lambda one, _: one[:-1],
    "octets: one more": lambda one, _: one + b"\0",
    "octets: end of the other": _splice,
}
WAYS: Mapping[str, Callable[[bytes, bytes], bytes]] = {**_TERMS, **_OCTETS}
"""Every way by its name, terms before octets, so that what is found is shrunk to a term where one will do."""
OF_MESSAGES = tuple(way for way in WAYS if not way.startswith("presentation"))
OF_PRESENTATIONS = tuple(way for way in WAYS if not way.startswith("message"))


def make(way: str, one: bytes, other: bytes) -> bytes:
    """What a way makes of two things; the first one where it does not fit. Raises KeyError for an unknown way."""
    change = WAYS[way]
    try:
        return change(one, other)
    except (Rejection, ValueError, IndexError):
        return one
