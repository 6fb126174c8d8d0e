"""Octets as field elements on both sides of every length that matters, openings, and the conversion of labels."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.identifiers import Direction
from mpctls.spec.zero_knowledge.conversion import Leaf, hash_to_field
from mpctls.spec.zero_knowledge.field_encoding import (
    commit,
    elements_of,
    encoding_header,
    message_of,
)
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from ...fields import Fields, number
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .making import Making

STEP = "foundation/encoding_commitments"
_ENCODE = Making(operation="foundation/encode-octets", seed=f"{STEP}/field-encodings")
_OPEN = Making(operation="foundation/open-encoding", seed=f"{STEP}/openings")
_CONVERT = Making(
    operation="foundation/convert-labels", importance=Importance.HIGH, seed=f"{STEP}/conversion"
)
_NOT_CANONICAL = "encoding/not-canonical"
_LENGTHS = (1, 2, 30, 31, 32, 61, 62, 63, 402, 403, 404, 433, 434, 435, 868, 869)


def _scalar_fields(label: str) -> dict[str, bytes]:
    stream = Labelled(label=f"{STEP}/{label}")
    return {name: encode_scalar(stream.below(ORDER, name)) for name in ("offset", "factor", "blinder")}


def _octets(length: int) -> bytes:
    return Labelled(label=f"{STEP}/octets").octets(length)


def _fields(direction: Direction, octets: bytes, label: str) -> dict[str, bytes]:
    return {"direction": number(direction), "octets": octets, **_scalar_fields(label)}


def _encodings() -> Iterator[Vector]:
    for length in _LENGTHS:
        octets = _octets(length)
        yield _ENCODE.accepted(
            f"length-{length}",
            f"{-(-length // 31)} elements of at most 31 octets, the last one of {(length - 1) % 31 + 1}.",
            _fields(Direction.RECEIVED, octets, "encodings"),
            {"header": str(encoding_header(Direction.RECEIVED, length))},
        )
    sparse = bytes(65535)
    for name, comment, direction, octets in (
        ("sent", "The direction is in the header alone.", Direction.SENT, _octets(31)),
        ("zeros", "Elements of zeros: the length in the header tells them apart.", Direction.RECEIVED, bytes(32)),
        ("one-zero", "One octet of zero.", Direction.RECEIVED, bytes(1)),
        ("all-ones", "The largest element.", Direction.RECEIVED, b"\xff" * 31),
        ("longest", "65535 octets, the most that a leaf may have: 2,115 elements and 152 permutations in a chain.",
         Direction.RECEIVED, sparse[:-1] + b"\1"),
    ):  # fmt: skip
        yield _ENCODE.accepted(name, comment, _fields(direction, octets, "encodings"))
    for name, comment, change in (
        ("no-offset", "k is zero.", {"offset": bytes(32)}),
        ("no-factor", "Δ is zero: only k is left of the message.", {"factor": bytes(32)}),
        ("factor-one", "Δ is one: the elements are added up.", {"factor": encode_scalar(1)}),
        ("no-blinder", "β is zero.", {"blinder": bytes(32)}),
        ("largest-scalars", "k, Δ and β are r - 1.",
         dict.fromkeys(("offset", "factor", "blinder"), encode_scalar(ORDER - 1))),
    ):  # fmt: skip
        fields = {**_fields(Direction.RECEIVED, _octets(63), "encodings"), **change}
        yield _ENCODE.accepted(name, comment, fields)


def _opening(length: int, direction: Direction = Direction.RECEIVED) -> dict[str, bytes]:
    fields = _fields(direction, _octets(length), "openings")
    offset, factor, blinder = (
        int.from_bytes(fields[name], "little") for name in ("offset", "factor", "blinder")
    )
    elements = elements_of(fields["octets"])
    value = commit(
        encoding_header(direction, length), message_of(offset, factor, elements), blinder, elements
    )
    return {**fields, "commitment": encode_scalar(value)}


def _raised(scalar: bytes, by: int = 1) -> bytes:
    return encode_scalar((int.from_bytes(scalar, "little") + by) % ORDER)


def _openings() -> Iterator[Vector]:
    honest = _opening(40)
    yield _OPEN.accepted("honest", "Octets and blinder open the leaf.", honest)
    yield _OPEN.accepted("honest-sent", "The same in the other direction.", _opening(40, Direction.SENT))
    yield _OPEN.accepted("honest-chain", "More than thirteen elements: a chain.", _opening(404))
    octets = honest["octets"]
    changes: tuple[tuple[str, str, dict[str, bytes]], ...] = (
        ("first-octet", "Another first octet.", {"octets": bytes([octets[0] ^ 1]) + octets[1:]}),
        ("last-octet", "Another last octet.", {"octets": octets[:-1] + bytes([octets[-1] ^ 0x80])}),
        ("zero-behind", "A zero behind the last octet: the same elements, and another length in the header.",
         {"octets": octets + b"\0"}),
        ("octet-less", "The last octet is missing.", {"octets": octets[:-1]}),
        ("elements-changed-about", "The octets of both elements change places.",
         {"octets": octets[9:] + octets[:9]}),
        ("other-direction", "The direction is part of what is committed to.", {"direction": number(Direction.SENT)}),
        ("other-blinder", "Another blinder.", {"blinder": _raised(honest["blinder"])}),
        ("other-offset", "Another k: another message.", {"offset": _raised(honest["offset"])}),
        ("other-factor", "Another Δ: another message.", {"factor": _raised(honest["factor"])}),
        ("other-commitment", "Another C.", {"commitment": _raised(honest["commitment"])}),
        ("commitment-zero", "C is zero.", {"commitment": bytes(32)}),
        ("octets-of-others", "The octets of another leaf.", {"octets": bytes(40)}),
    )  # fmt: skip
    for name, comment, change in changes:
        yield _OPEN.accepted(name, comment, {**honest, **change})
    for name in ("commitment", "offset", "factor", "blinder"):
        value = int.from_bytes(honest[name], "little") + ORDER
        for kind, shown, octets_ in (
            ("aliased", "its own value plus r", value.to_bytes(32, "little")),
            ("order", "r itself, the first that is none", ORDER.to_bytes(32, "little")),
            ("maximum", "2^256 - 1", b"\xff" * 32),
        ):
            yield _OPEN.refused(
                f"{name}-{kind}",
                f"A scalar has one form: {name} is {shown}.",
                {**honest, name: octets_},
                _NOT_CANONICAL,
                base="honest",
                mutation=Mutation(
                    kind=MutationKind.MAXIMUM if kind == "maximum" else MutationKind.REPLACE,
                    field=name,
                    detail=shown,
                ),
            )
    yield _OPEN.accepted(
        "scalars-largest",
        "The largest scalars are canonical.",
        {**honest, **dict.fromkeys(("offset", "factor", "blinder", "commitment"), encode_scalar(ORDER - 1))},
    )


def _conversion(octets: bytes, label: str = "conversion") -> dict[str, bytes]:
    stream = Labelled(label=f"{STEP}/{label}")
    return {
        "session id": stream.octets(32, "session"),
        "index": number(3),
        "octets": octets,
        "keys": stream.octets(16 * 8 * len(octets), "keys"),
        "correlation": stream.octets(16, "correlation"),
        "factor": encode_scalar(1 + stream.below(ORDER - 1, "factor")),
    }


def _converted(fields: Fields) -> dict[str, str]:
    leaf = Leaf(session_id=fields["session id"], index=int.from_bytes(fields["index"], "little"))
    return {"field_hash_of_the_first_key": encode_scalar(hash_to_field(leaf, 0, fields["keys"][:16])).hex()}


def _conversions() -> Iterator[Vector]:
    for name, comment, octets in (
        ("one-octet", "Eight bits, the lowest first.", b"\x8d"),
        ("zeros", "No bit is set: the message is k.", bytes(2)),
        ("ones", "Every bit is set.", b"\xff" * 2),
        ("one-element", "31 octets fill an element.", _octets(31)),
        ("two-elements", "The 32nd octet begins a second element: its bits weigh Δ².", _octets(32)),
    ):
        fields = _conversion(octets)
        yield _CONVERT.accepted(name, comment, fields, dict(_converted(fields)))
    honest = _conversion(b"ab")
    for name, comment, change in (
        ("other-index", "The index of the leaf is in every tweak.", {"index": number(4)}),
        ("largest-index", "An index of four octets.", {"index": number(2**32 - 1)}),
        ("other-session", "The session is in every tweak.", {"session id": bytes(32)}),
        ("correlation-zero", "Without a correlation a difference is only the weight of its bit.",
         {"correlation": bytes(16)}),
        ("factor-one", "Δ_j is one.", {"factor": encode_scalar(1)}),
        ("factor-largest", "Δ_j is r - 1: every other weight is negative.", {"factor": encode_scalar(ORDER - 1)}),
        ("keys-zero", "Equal keys for all bits: the place in the tweak tells them apart.", {"keys": bytes(256)}),
    ):  # fmt: skip
        yield _CONVERT.accepted(name, comment, {**honest, **change})


FAMILIES = (
    Family(
        step=STEP,
        name="field-encodings",
        summary="Elements, message and commitment of octets.",
        make=_encodings,
    ),
    Family(
        step=STEP,
        name="openings",
        summary="What opens an encoding commitment, and what does not.",
        make=_openings,
    ),
    Family(
        step=STEP,
        name="conversion",
        summary="Authenticated bits to one authenticated element.",
        make=_conversions,
    ),
)
