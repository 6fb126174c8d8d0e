"""Counts, texts, booleans and indices by themselves: both sides of every boundary of the canonical encoding."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.ranges import RangeSet
from mpctls.spec.source import encode_number

from ...fields import Fields
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .encoding import STEP

_DECODE = "foundation/decode"


def _message(octets: bytes) -> Fields:
    return {"type": b"session-message", "octets": octets}


def _reason(content: bytes) -> Fields:
    """A refusal, which is an index and one text."""
    return _message(b"\0" + encode_number(len(content)) + content)


_INDICES = (
    ("two-octets-for-nothing", "8000", "encoding/not-minimal", "index 0 in two octets"),
    ("five-octets-for-nothing", "8080808000", "encoding/not-minimal", "index 0 in five octets"),
    ("second-octet-superfluous", "9500", "encoding/not-minimal", "index 21 in two octets"),
    ("six-octets", "808080808001", "encoding/not-minimal", "a number in six octets"),
    ("thirty-three-bits", "8080808010", "encoding/not-minimal", "index 2^32"),
    ("thirty-five-bits", "ffffffff7f", "encoding/not-minimal", "index 2^35 - 1"),
    ("thirty-two-bits", "ffffffff0f", "encoding/unknown-variant", "index 2^32 - 1, the largest number"),
    ("lowest-bit-of-the-fifth-octet", "8080808001", "encoding/unknown-variant", "index 2^28"),
    ("first-unregistered", "16", "encoding/unknown-variant", "index 22, after the last message"),
    ("two-octets", "8001", "encoding/unknown-variant", "index 128, the first of two octets"),
    ("unfinished", "80", "encoding/truncated", "an index that continues and does not"),
    ("unfinished-four-octets", "80808080", "encoding/truncated", "an index that continues and does not"),
)


def _numbers() -> Iterator[Vector]:
    yield Vector(
        name="honest",
        operation=_DECODE,
        comment="The message with the largest index, with one commitment: index 21, count 1, a scalar.",
        input=_message(bytes([21, 1, 7]) + bytes(31)),
    )
    for name, octets, reason, detail in _INDICES:
        yield Vector(
            name=name,
            operation=_DECODE,
            comment=f"ULEB128: {detail}.",
            input=_message(bytes.fromhex(octets)),
            expects=reason,
            base="honest",
            mutation=Mutation(kind=MutationKind.REPLACE, field="index", detail=detail),
        )
    for name, count, detail in (
        ("count-above-limit", encode_number(4097), "4097, one above the limit; no item follows"),
        ("count-largest", encode_number(2**32 - 1), "2^32 - 1; whoever allocates first has lost"),
    ):
        yield Vector(
            name=name,
            operation=_DECODE,
            comment=f"The limit of a list is held against its count before anything is read: {detail}.",
            input=_message(bytes([21]) + count),
            expects="encoding/limit-exceeded",
            base="honest",
            mutation=Mutation(kind=MutationKind.REPLACE, field="commitments", detail=detail),
        )
    for name, count, detail in (
        ("count-at-limit", encode_number(4096), "4096, the limit; no item follows"),
        ("count-one", encode_number(1), "1; no item follows"),
    ):
        yield Vector(
            name=name,
            operation=_DECODE,
            comment=f"A count within its limit promises items that are missing: {detail}.",
            input=_message(bytes([21]) + count),
            expects="encoding/truncated",
            base="honest",
            mutation=Mutation(kind=MutationKind.REPLACE, field="commitments", detail=detail),
        )
    yield Vector(
        name="count-thirty-three-bits",
        operation=_DECODE,
        comment="A count of 2^32 is no number at all, before it is above a limit.",
        input=_message(bytes([21]) + bytes.fromhex("8080808010")),
        expects="encoding/not-minimal",
        base="honest",
        mutation=Mutation(kind=MutationKind.REPLACE, field="commitments", detail="2^32"),
    )
    yield Vector(
        name="list-at-limit",
        operation=_DECODE,
        comment="As many ranges as a set may hold: a count of two octets.",
        input={
            "type": b"range-set",
            "octets": RangeSet.of(*((2 * at, 2 * at + 1) for at in range(4096))).encode(),
        },
    )


_TEXTS = (
    ("ascii", "every octet from 0x00 to 0x1f, and 0x7f", bytes([*range(32), 0x7F])),
    ("two-octets", "U+0080 and U+07FF", "\u0080\u07ff".encode()),
    ("three-octets", "U+0800, U+D7FF, U+E000 and U+FFFF", "\u0800\ud7ff\ue000\uffff".encode()),
    ("four-octets", "U+10000 and U+10FFFF", "\U00010000\U0010ffff".encode()),
    ("not-normalised", "e and U+0301, which is not U+00E9: text is compared as octets", "e\u0301".encode()),
    ("byte-order-mark", "U+FEFF first, which stays", "\ufeffx".encode()),
    ("at-limit", "64 octets, the limit", b"a" * 64),
)
_NOT_TEXTS = (
    ("lone-continuation", "80"),
    ("unfinished-two-octets", "c2"),
    ("unfinished-three-octets", "e28a"),
    ("unfinished-four-octets", "f09f98"),
    ("overlong-slash", "c0af"),
    ("overlong-nul", "c080"),
    ("overlong-three-octets", "e080af"),
    ("overlong-four-octets", "f08080af"),
    ("first-surrogate", "eda080"),
    ("last-surrogate", "edbfbf"),
    ("surrogate-pair", "eda0bdedb880"),
    ("above-the-last-character", "f4908080"),
    ("five-octets", "f888808080"),
    ("octet-fe", "fe"),
    ("continuation-missing", "c241"),
)


def _texts() -> Iterator[Vector]:
    yield Vector(
        name="honest", operation=_DECODE, comment="A refusal with a reason.", input=_reason(b"link/closed")
    )
    for name, detail, content in _TEXTS:
        yield Vector(name=name, operation=_DECODE, comment=f"Text: {detail}.", input=_reason(content))
    for name, octets in _NOT_TEXTS:
        yield Vector(
            name=name,
            operation=_DECODE,
            comment=f"No UTF-8: {name.replace('-', ' ')}.",
            input=_reason(bytes.fromhex(octets)),
            expects="encoding/not-utf8",
            base="honest",
            mutation=Mutation(kind=MutationKind.REPLACE, field="reason", detail=octets),
        )
    yield Vector(
        name="limit-in-octets",
        operation=_DECODE,
        comment="33 characters of two octets each: the limit counts octets.",
        input=_reason("é".encode() * 33),
        expects="encoding/limit-exceeded",
        base="honest",
        mutation=Mutation(kind=MutationKind.REPLACE, field="reason", detail="66 octets, 33 characters"),
        importance=Importance.MEDIUM,
    )
    yield Vector(
        name="cut-in-a-character",
        operation=_DECODE,
        comment="The input ends within a character: it is too short before it is no text.",
        input=_message(b"\0\2\xc3"),
        expects="encoding/truncated",
        base="honest",
        mutation=Mutation(kind=MutationKind.TRUNCATE, field="reason", detail="one of two octets"),
    )


FAMILIES = (
    Family(
        step=STEP,
        name="numbers",
        summary="ULEB128 numbers, as index of a message and as count of a list, around every boundary.",
        make=_numbers,
    ),
    Family(step=STEP, name="texts", summary="Text that is UTF-8 and text that is not.", make=_texts),
)
