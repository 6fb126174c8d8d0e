"""Every field of every message, artifact and file, with every fault that its encoding can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from mpctls.spec.attestation import Attestation, AttestationBody, Header
from mpctls.spec.commitments import TranscriptCommitment
from mpctls.spec.encoding import Width, encode_as
from mpctls.spec.files import AttestationSecrets, encode_file
from mpctls.spec.messages import SessionMessage
from mpctls.spec.presentation import Presentation, TranscriptProof
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import VerifyingKey
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .faults import Fault, faults, range_faults
from .honest_values import Size, honest
from .layout import Part, parts

STEP = "foundation/encoding"
_DECODE = "foundation/decode"

_ALWAYS_OPAQUE: frozenset[Any] = frozenset({RangeSet, VerifyingKey})
_OF_THEIR_OWN: frozenset[Any] = frozenset(
    {Header, AttestationBody, Attestation, TranscriptCommitment, TranscriptProof, HandshakeData}
)
"""Types whose fields have their grid in a family of their own, and none again where they stand in others."""

ARTIFACTS: Mapping[str, Any] = MappingProxyType(
    {
        "transcript-commitment": TranscriptCommitment,
        "range-set": RangeSet,
        "verifying-key": VerifyingKey,
        "handshake-data": HandshakeData,
        "header": Header,
        "attestation-body": AttestationBody,
        "attestation": Attestation,
        "attestation-secrets": AttestationSecrets,
        "transcript-proof": TranscriptProof,
        "presentation": Presentation,
    }
)
"""Types by the name that the operation has for them."""

MESSAGES: tuple[Any, ...] = get_args(get_args(SessionMessage)[0])
"""The cases of a session message, in the order of their indices."""

Make = Callable[[], Iterable[Vector]]


def hyphenated(name: str) -> str:
    """A name in capitals or with underscores as lower-case words joined by hyphens."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).replace("_", "-").lower()


def _opaque(kind: Any) -> frozenset[Any]:
    return (_ALWAYS_OPAQUE | _OF_THEIR_OWN) - {kind}


def fields_of(kind: Any) -> Mapping[str, frozenset[str]]:
    """Paths of all fields that the grid of a type covers, indices of items left out, each with its forms."""
    value = honest(kind, f"{STEP}/fields")
    found: dict[str, frozenset[str]] = {}
    for part in parts(kind, value, _opaque(kind)):
        if part.path:
            name = re.sub(r"\.[0-9]+", "", part.name)
            found[name] = found.get(name, frozenset()) | {part.form}
    return found


def _fields(type_: str, octets: bytes) -> Fields:
    return {"type": type_.encode(), "octets": octets}


def _accepted(type_: str, name: str, comment: str, octets: bytes) -> Vector:
    return Vector(name=name, operation=_DECODE, comment=comment, input=_fields(type_, octets))


def _refused(type_: str, name: str, comment: str, octets: bytes, reason: str, mutation: Mutation) -> Vector:
    return Vector(
        name=name,
        operation=_DECODE,
        comment=comment,
        input=_fields(type_, octets),
        expects=reason,
        base="honest",
        mutation=mutation,
        importance=Importance.MEDIUM if reason != "encoding/not-canonical" else Importance.HIGH,
    )


def _grid(type_: str, what: str, whole: bytes, found: Iterable[tuple[Part, Fault]]) -> Iterator[Vector]:
    seen: set[tuple[str, str, Any]] = set()
    for part, fault in found:
        # Further items of a list have the faults of the first, and are cut off once each.
        key = (re.sub(r"\.[0-9]+", "", part.name), fault.word, part.owner)
        if key in seen and not fault.ends:
            continue
        seen.add(key)
        rest = b"" if fault.ends else whole[part.end :]
        octets = whole[: part.start] + fault.octets + rest
        named = hyphenated("-".join(part.path)) or "whole"
        yield _refused(
            type_,
            f"{named}-{fault.word}",
            f"{what}{'.' * bool(part.name)}{part.name} {fault.lesson}.",
            octets,
            fault.reason,
            Mutation(kind=fault.kind, field=part.name or "octets", detail=fault.detail),
        )


def _trailing_octet(type_: str, what: str, whole: bytes) -> Vector:
    return _refused(
        type_,
        "trailing-octet",
        f"One octet follows {what}.",
        whole + b"\0",
        "encoding/trailing-octets",
        Mutation(kind=MutationKind.EXTEND, field="octets", detail="one octet 0x00"),
    )


def _no_octets(type_: str) -> Vector:
    return _refused(
        type_,
        "no-octets",
        "Nothing at all.",
        b"",
        "encoding/truncated",
        Mutation(kind=MutationKind.REMOVE, field="octets", detail="all octets"),
    )


def _at_most(value: Any) -> Any:
    """The same structure with its plain numbers as large as they can be."""
    changed = {
        name: (1 << 8 * mark.octets) - 1
        for name, hint in get_type_hints(type(value), include_extras=True).items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, Width)
    }
    return replace(value, **changed)


def _variants(type_: str, what: str, hint: Any, kind: Any, label: str) -> Iterator[Vector]:
    """The usual value, the least, the largest, and that with the largest numbers, as far as they differ."""
    value = honest(kind, label)
    variants = {
        "honest": (value, "with every field there"),
        "least": (honest(kind, label, size=Size.LEAST), "without all that may be absent or empty"),
        "most": (
            honest(kind, label, size=Size.MOST),
            "with lists, octets and texts filled to their smaller limits",
        ),
        "largest-numbers": (_at_most(value), "with the largest numbers, which decoding does not judge"),
    }
    seen: set[bytes] = set()
    for name, (variant, comment) in variants.items():
        octets = encode_as(hint, variant)
        if octets not in seen:
            seen.add(octets)
            yield _accepted(type_, name, f"{what} {comment}.", octets)


def _message(case: Any) -> Iterator[Vector]:
    type_, what = "session-message", case.__name__
    label = f"{STEP}/{hyphenated(what)}"
    value = honest(case, label)
    whole = encode_as(SessionMessage, value)
    yield from _variants(type_, what, SessionMessage, case, label)
    index = Part(path=("index",), hint=SessionMessage, value=value, start=0, end=len(whole), content=1)
    found = [
        (replace(part, start=part.start + 1, end=part.end + 1, content=part.content + 1), whole)
        for part in parts(case, value, _opaque(case))
    ]
    yield from _grid(
        type_, what, whole, [(part, fault) for part, octets in found for fault in faults(part, octets)]
    )
    superfluous = bytes([MESSAGES.index(case) | 0x80, 0])
    yield from _grid(
        type_,
        what,
        whole,
        [
            (
                index,
                Fault(
                    word="not-minimal",
                    kind=MutationKind.EXTEND,
                    detail="the index has a superfluous octet",
                    octets=superfluous + whole[1:],
                    reason="encoding/not-minimal",
                    lesson="has one spelling",
                ),
            )
        ],
    )
    yield _trailing_octet(type_, what, whole)


def _artifact(type_: str) -> Iterator[Vector]:
    kind = ARTIFACTS[type_]
    value = honest(kind, f"{STEP}/{type_}")
    whole, what = encode_as(kind, value), "".join(map(str.capitalize, type_.split("-")))
    yield from _variants(type_, what, kind, kind, f"{STEP}/{type_}")
    found = [(part, fault) for part in parts(kind, value, _opaque(kind)) for fault in faults(part, whole)]
    if kind is RangeSet:
        all_of_it = Part(path=(), hint=kind, value=value, start=0, end=len(whole), content=0)
        found += [(all_of_it, fault) for fault in range_faults(value)]
    yield from _grid(type_, what, whole, found)
    yield _trailing_octet(type_, what, whole)
    if not any(fault.ends and not part.start and not fault.octets for part, fault in found):
        yield _no_octets(type_)


def _file(type_: str) -> Iterator[Vector]:
    kind = ARTIFACTS[type_.removesuffix("-file")]
    value = honest(kind, f"{STEP}/{type_}")
    whole = encode_file(value)
    yield _accepted(type_, "honest", f"A stored file of type {type_}.", whole)
    other, wrong, unknown = whole[6] % 3 + 1, "encoding/not-this-file-type", "encoding/unknown-format-version"
    cut = "encoding/truncated"
    for name, kind_, field, detail, octets, reason in (
        ("magic-first-octet", MutationKind.FLIP, "magic", "first octet, bit 0", _flipped(whole, 0), wrong),
        ("magic-last-octet", MutationKind.FLIP, "magic", "last octet, bit 0", _flipped(whole, 5), wrong),
        ("magic-upper-case", MutationKind.REPLACE, "magic", "MPCTLS", b"MPCTLS" + whole[6:], wrong),
        ("type-of-another-file", MutationKind.REPLACE, "type", f"type {other}", _at(whole, 6, other), wrong),
        ("type-zero", MutationKind.ZERO, "type", "type 0", _at(whole, 6, 0), wrong),
        ("type-unknown", MutationKind.REPLACE, "type", "type 4", _at(whole, 6, 4), wrong),
        ("type-maximum", MutationKind.MAXIMUM, "type", "type 255", _at(whole, 6, 255), wrong),
        ("version-zero", MutationKind.ZERO, "format_version", "0", _at(whole, 7, 0), unknown),
        ("version-two", MutationKind.REPLACE, "format_version", "2", _at(whole, 7, 2), unknown),
        ("version-high-octet", MutationKind.REPLACE, "format_version", "257", _at(whole, 8, 1), unknown),
        ("type-of-another-file-and-cut", MutationKind.REPLACE, "type", f"type {other}, and nothing behind it",
         _at(whole, 6, other)[:7], wrong),
        ("version-two-and-cut", MutationKind.REPLACE, "format_version", "2, and nothing behind it",
         _at(whole, 7, 2)[:9], unknown),
        ("no-octets", MutationKind.REMOVE, "octets", "all octets", b"", cut),
        ("magic-truncated", MutationKind.TRUNCATE, "magic", "from its last octet on", whole[:5], cut),
        ("type-truncated", MutationKind.TRUNCATE, "type", "from the type on", whole[:6], cut),
        ("version-truncated", MutationKind.TRUNCATE, "format_version", "from its last octet on", whole[:8], cut),
        ("no-value", MutationKind.REMOVE, "value", "nothing follows the version", whole[:9], cut),
        ("value-truncated", MutationKind.TRUNCATE, "value", "its last octet", whole[:-1], cut),
        ("trailing-octet", MutationKind.EXTEND, "value", "one octet 0x00", whole + b"\0", "encoding/trailing-octets"),
        ("without-header", MutationKind.REMOVE, "magic", "the value alone", whole[9:], wrong),
        ("little-and-big", MutationKind.SWAP, "format_version", "written big-endian", _at(_at(whole, 7, 0), 8, 1),
         unknown),
    ):  # fmt: skip
        mutation = Mutation(kind=kind_, field=field, detail=detail)
        yield _refused(type_, name, f"{field} of a stored file: {detail}.", octets, reason, mutation)


def _flipped(octets: bytes, at: int) -> bytes:
    return _at(octets, at, octets[at] ^ 1)


def _at(octets: bytes, at: int, value: int) -> bytes:
    return octets[:at] + bytes([value]) + octets[at + 1 :]


def _families() -> Iterator[Family]:
    for case in MESSAGES:
        yield Family(
            step=STEP,
            name=hyphenated(case.__name__),
            summary=f"The session message {case.__name__}: each field with each fault of its encoding.",
            make=partial(_message, case),
        )
    for type_ in ARTIFACTS:
        yield Family(
            step=STEP,
            name=type_,
            summary=f"The type {type_}: each field with each fault of its encoding.",
            make=partial(_artifact, type_),
        )
        if type_ in ("attestation", "attestation-secrets", "presentation"):
            yield Family(
                step=STEP,
                name=f"{type_}-file",
                summary=f"Stored files of type {type_}: magic, type, version, and what follows.",
                make=partial(_file, f"{type_}-file"),
            )


FAMILIES = tuple(_families())
