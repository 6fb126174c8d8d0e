"""Types of fields: which octets they admit and what value those octets have (predicates page, section 1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from mpctls.reference.foundation.encoding import U8, U16, Variant
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import LexicalClass

from .dates import DateFormat, parse_date

MAXIMUM_FIELD_OCTETS: Final = 403
MAXIMUM_SCALE: Final = 18
MAXIMUM_DIGITS: Final = 38

_INTEGER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(rb"(-?(?:0|[1-9][0-9]*))(?:\.([0-9]+))?")

STRING: Final = LexicalClass.JSON_STRING_INTERIOR
NUMBER: Final = LexicalClass.JSON_NUMBER
LITERAL: Final = LexicalClass.JSON_LITERAL
HEADER: Final = LexicalClass.HEADER_VALUE

SPACES: Final = b" "
BLANKS: Final = b" \t"
"""What does not stand at an end of a header value: the Verifier could not tell it from the white space around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerType:
    """An integer of at most 38 digits, without leading zeros."""

    def __str__(self) -> str:
        return "integer"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalType:
    """A decimal number with up to `scale` digits after the point."""

    scale: int = field(metadata=U8.wire)

    def __post_init__(self) -> None:
        if not 1 <= self.scale <= MAXIMUM_SCALE:
            raise Refused("encoding/not-canonical", f"a scale of {self.scale}, not 1 to {MAXIMUM_SCALE}")

    def __str__(self) -> str:
        return f"decimal({self.scale})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextType:
    """Text of at most `maximum` octets, without control characters, quotes and backslashes."""

    maximum: int = field(metadata=U16.wire)

    def __post_init__(self) -> None:
        if not 1 <= self.maximum <= MAXIMUM_FIELD_OCTETS:
            raise Refused(
                "encoding/not-canonical", f"text of {self.maximum} octets, not 1 to {MAXIMUM_FIELD_OCTETS}"
            )

    def __str__(self) -> str:
        return f"text({self.maximum})"


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanType:
    """`true` or `false`."""

    def __str__(self) -> str:
        return "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateType:
    """A day, written in one format; `format` is the number of the format."""

    format: int = field(metadata=U8.wire)

    def __post_init__(self) -> None:
        if self.format >= len(DateFormat):
            raise Refused("encoding/unknown-variant", f"date format {self.format}")

    @property
    def date_format(self) -> DateFormat:
        """The format itself."""
        return tuple(DateFormat)[self.format]

    def __str__(self) -> str:
        return f"date({self.date_format.value})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OctetsType:
    """Any octets; `bytes` in the language's forms."""

    def __str__(self) -> str:
        return "bytes"


FieldType: TypeAlias = IntegerType | DecimalType | TextType | BooleanType | DateType | OctetsType
TYPE: Final[Variant[FieldType]] = Variant(
    (IntegerType, DecimalType, TextType, BooleanType, DateType, OctetsType)
)

INTEGER: Final = IntegerType()
BOOLEAN: Final = BooleanType()
OCTETS: Final = OctetsType()

Value: TypeAlias = int | bool | bytes
"""An integer (decimals times 10^scale, days since 0001-01-01), a truth value, or octets."""


def require_kind(field_type: FieldType, kind: LexicalClass) -> None:
    """Refuse with `predicate/type-does-not-match-token` a type that tokens of this kind are never read as."""
    suitable: Sequence[LexicalClass]
    match field_type:
        case IntegerType() | DecimalType():
            suitable = (NUMBER, STRING, HEADER)
        case TextType() | DateType():
            suitable = (STRING, HEADER)
        case BooleanType():
            suitable = (LITERAL,)
        case OctetsType():
            suitable = (STRING, NUMBER, LITERAL, HEADER)
    if kind not in suitable:
        raise Refused("predicate/type-does-not-match-token", f"{field_type} of a token of class {kind.label}")


def require_length(field_type: FieldType, length: int) -> None:
    """Refuse with `predicate/field-too-long` a token too long for a predicate or for its text type."""
    maximum = field_type.maximum if isinstance(field_type, TextType) else MAXIMUM_FIELD_OCTETS
    if length > maximum:
        raise Refused("predicate/field-too-long", f"{length} octets, {field_type} takes at most {maximum}")
    if length < 1:
        raise _malformed(field_type, "it is empty")


def parse(field_type: FieldType, kind: LexicalClass, octets: bytes) -> Value:
    """The value of a token of class `kind`, read as `field_type`.

    Refuses with `predicate/type-does-not-match-token`, `predicate/field-too-long` or `predicate/malformed-field`; the
    detail names the rule and never the value.
    """
    require_kind(field_type, kind)
    require_length(field_type, len(octets))
    match field_type:
        case IntegerType():
            return _parse_integer(octets)
        case DecimalType(scale=scale):
            return _parse_decimal(field_type, octets, scale)
        case TextType():
            _check_text(field_type, kind, octets)
            return octets
        case BooleanType():
            if octets not in (b"true", b"false"):
                raise _malformed(field_type, "neither true nor false")
            return octets == b"true"
        case DateType():
            day = parse_date(field_type.date_format, octets)
            if day is None:
                raise _malformed(field_type, f"no day written as {field_type.date_format.value}")
            return day
        case OctetsType():
            if kind is HEADER:
                _check_ends(field_type, octets, BLANKS)
            return octets


def _malformed(field_type: FieldType, rule: str) -> Refused:
    return Refused("predicate/malformed-field", f"{field_type}: {rule}")


def _parse_integer(octets: bytes) -> int:
    if not _INTEGER.fullmatch(octets):
        raise _malformed(INTEGER, "not a minus or nothing, then 0 or digits that do not begin with 0")
    if octets == b"-0":
        raise _malformed(INTEGER, "a minus before zero")
    _require_digit_count(INTEGER, octets)
    return int(octets)


def _parse_decimal(field_type: FieldType, octets: bytes, scale: int) -> int:
    matched = _DECIMAL.fullmatch(octets)
    if not matched:
        raise _malformed(field_type, "not an integer, then a point and digits or nothing")
    fraction: bytes = matched.group(2) or b""
    if len(fraction) > scale:
        raise _malformed(field_type, f"more than {scale} digits after the point")
    _require_digit_count(field_type, octets)
    value = int(matched.group(1) + fraction.ljust(scale, b"0"))
    if value == 0 and octets.startswith(b"-"):
        raise _malformed(field_type, "a minus before zero")
    return value


def _require_digit_count(field_type: FieldType, octets: bytes) -> None:
    if len(octets) - octets.count(b"-") - octets.count(b".") > MAXIMUM_DIGITS:
        raise _malformed(field_type, f"more than {MAXIMUM_DIGITS} digits")


def _check_text(field_type: FieldType, kind: LexicalClass, octets: bytes) -> None:
    if any(octet < 0x20 for octet in octets):
        raise _malformed(field_type, "a control character")
    if b'"' in octets or b"\\" in octets:
        raise _malformed(field_type, "a quote or a backslash (escapes are not read)")
    if kind is HEADER:
        if any(octet > 0x7E for octet in octets):
            raise _malformed(field_type, "an octet above 0x7e in a header value")
        _check_ends(field_type, octets, SPACES)
    if kind is STRING:
        try:
            octets.decode("utf-8")
        except UnicodeDecodeError:
            raise _malformed(field_type, "not UTF-8") from None


def _check_ends(field_type: FieldType, octets: bytes, forbidden: bytes) -> None:
    if octets[0] in forbidden or octets[-1] in forbidden:
        raise _malformed(field_type, "white space at an end of a header value")
