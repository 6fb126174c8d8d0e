"""Types of committed fields: which octets are a value of a type, and which value they are.

A token whose octets do not match its type is malformed, and then nothing can be proved about it, no negation
either: whoever commits to `1e9` in place of a balance has not committed to a balance that is not 10.
`docs/protocol/predicates.md`, section 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, TypeAlias

from ..encoding import U8, U16, Choice, IdentifierEnum, Structure
from ..reasons import Reason, Rejection
from ..structure.view import Kind

LARGEST_FIELD_LENGTH: Final = 403
"""Octets of a field: what one permutation takes."""

LARGEST_DIGIT_COUNT: Final = 38
LARGEST_SCALE: Final = 18

FIRST_DAY: Final = date(1, 1, 1).toordinal()
DAY_COUNT: Final = date(9999, 12, 31).toordinal() - FIRST_DAY + 1
"""Days of the years 1 to 9999; a day is counted from 0001-01-01 on, which is 0."""

Value: TypeAlias = int | bytes
"""What a field says: an integer (numbers, days, truth) or octets (text and bytes)."""


class DateFormat(IdentifierEnum):
    """How a day is written."""

    YEAR_MONTH_DAY = 0
    YEAR_MONTH_DAY_WITHOUT_HYPHENS = 1
    DAY_MONTH_YEAR_WITH_DOTS = 2
    DAY_MONTH_YEAR_WITH_SLASHES = 3
    MONTH_DAY_YEAR_WITH_SLASHES = 4

    @property
    def text(self) -> str:
        """The name of the format: what stands for a year, a month and a day."""
        return _DATE_FORMATS[self]


_DATE_FORMATS: Final = {
    DateFormat.YEAR_MONTH_DAY: "YYYY-MM-DD",
    DateFormat.YEAR_MONTH_DAY_WITHOUT_HYPHENS: "YYYYMMDD",
    DateFormat.DAY_MONTH_YEAR_WITH_DOTS: "DD.MM.YYYY",
    DateFormat.DAY_MONTH_YEAR_WITH_SLASHES: "DD/MM/YYYY",
    DateFormat.MONTH_DAY_YEAR_WITH_SLASHES: "MM/DD/YYYY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerType(Structure):
    """0: a whole number without superfluous characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalType(Structure):
    """1: a number of at most `scale` digits after the point. Rejects with encoding/not-canonical."""

    scale: U8

    def __post_init__(self) -> None:
        if not 1 <= self.scale <= LARGEST_SCALE:
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a decimal has 1 to 18 digits after its point")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextType(Structure):
    """2: characters that stand for themselves. Rejects with encoding/not-canonical."""

    maximum: U16

    def __post_init__(self) -> None:
        if not 1 <= self.maximum <= LARGEST_FIELD_LENGTH:
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a text has 1 to 403 octets at most")


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanType(Structure):
    """3: true or false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateType(Structure):
    """4: a day of the Gregorian calendar."""

    format: DateFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class BytesType(Structure):
    """5: any octets."""


Type = Annotated[
    IntegerType | DecimalType | TextType | BooleanType | DateType | BytesType,
    Choice(),
]
FieldType: TypeAlias = IntegerType | DecimalType | TextType | BooleanType | DateType | BytesType

_WRITTEN: Final = frozenset({Kind.STRING, Kind.HEADER_VALUE})
_KINDS: Final[dict[type[Structure], frozenset[Kind]]] = {
    IntegerType: _WRITTEN | {Kind.NUMBER},
    DecimalType: _WRITTEN | {Kind.NUMBER},
    TextType: _WRITTEN,
    BooleanType: frozenset({Kind.LITERAL}),
    DateType: _WRITTEN,
    BytesType: frozenset(Kind),
}


def require_fitting(type_: FieldType, kind: Kind, length: int) -> None:
    """Require that tokens of this kind and of `length` octets can be of this type.

    Rejects with predicate/type-does-not-match-token, predicate/field-too-long.
    """
    if kind not in _KINDS[type(type_)]:
        raise Rejection(
            Reason.PREDICATE_TYPE_DOES_NOT_MATCH_TOKEN, f"{type(type_).__name__} of a {kind.value}"
        )
    maximum = type_.maximum if isinstance(type_, TextType) else LARGEST_FIELD_LENGTH
    if length > maximum:
        raise Rejection(Reason.PREDICATE_FIELD_TOO_LONG, f"{length} octets, at most {maximum}")


def read_value(type_: FieldType, kind: Kind, octets: bytes) -> Value:
    """Return the value that a token's octets are.

    Run by the Prover in plain; the same is proved of octets that nobody sees. Rejects with
    predicate/type-does-not-match-token, predicate/field-too-long, predicate/malformed-field.
    """
    require_fitting(type_, kind, len(octets))
    match type_:
        case IntegerType():
            return _read_number(octets, 0)
        case DecimalType(scale=scale):
            return _read_number(octets, scale)
        case TextType():
            return _read_text(kind, octets)
        case BooleanType():
            if octets not in {b"true", b"false"}:
                raise _malformed("neither true nor false")
            return int(octets == b"true")
        case DateType(format=format_):
            return read_day(octets, format_)
        case BytesType():
            if not octets:
                raise _malformed("no octets")
            _require_visible_ends(kind, octets)
            return octets


_NUMBER = re.compile(rb"(?P<minus>-?)(?P<whole>0|[1-9][0-9]*)(?:\.(?P<fraction>[0-9]+))?")


def _read_number(octets: bytes, scale: int) -> int:
    """The value times 10^scale. One value has one sign and no leading zeros; zeros behind the point are
    allowed.
    """
    found = _NUMBER.fullmatch(octets)
    if found is None:
        raise _malformed("not a number without superfluous characters")
    fraction = found["fraction"] or b""
    if len(fraction) > scale:
        raise _malformed(f"more than {scale} digits behind the point")
    if len(found["whole"] + fraction) > LARGEST_DIGIT_COUNT:
        raise _malformed(f"more than {LARGEST_DIGIT_COUNT} digits")
    magnitude = int(found["whole"] + fraction.ljust(scale, b"0"))
    if found["minus"] and magnitude == 0:
        raise _malformed("a minus before zero")
    return -magnitude if found["minus"] else magnitude


def _read_text(kind: Kind, octets: bytes) -> bytes:
    """Text without escapes: what is written is what is meant."""
    if not octets:
        raise _malformed("no octets")
    if any(octet < 0x20 or octet in b'"\\' for octet in octets):
        raise _malformed("a control character, a quote or a backslash")
    if kind is Kind.HEADER_VALUE and any(octet > 0x7E for octet in octets):
        raise _malformed("an octet above 0x7e in a header value")
    _require_visible_ends(kind, octets)
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("not UTF-8, which the class of a string rules out") from None
    return octets


def _require_visible_ends(kind: Kind, octets: bytes) -> None:
    """White space around a header value is no part of it, and a Verifier cannot see where a hidden one begins."""
    if kind is Kind.HEADER_VALUE and (octets[0] in b" \t" or octets[-1] in b" \t"):
        raise _malformed("white space at an end of a header value")


def read_day(octets: bytes, format_: DateFormat) -> int:
    """Return the day that octets in this format are, counted from 0001-01-01.

    Rejects with predicate/malformed-field.
    """
    pattern = re.escape(format_.text)
    for letters, name in (("YYYY", "year"), ("MM", "month"), ("DD", "day")):
        pattern = pattern.replace(letters, f"(?P<{name}>[0-9]{{{len(letters)}}})")
    found = re.fullmatch(pattern.encode(), octets)
    if found is None:
        raise _malformed(f"not of the form {format_.text}")
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise _malformed("no day of the calendar") from None
    return day.toordinal() - FIRST_DAY


def day_of(year: int, month: int, day: int) -> int:
    """Return a day of the calendar as a number. Raises ValueError when there is none."""
    return date(year, month, day).toordinal() - FIRST_DAY


def calendar_day(day: int) -> date:
    """Return the day of the calendar that a number is."""
    return date.fromordinal(day + FIRST_DAY)


def _malformed(rule: str) -> Rejection:
    return Rejection(Reason.PREDICATE_MALFORMED_FIELD, rule)
