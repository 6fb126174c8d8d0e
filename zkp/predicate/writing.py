"""Parts that the written forms of predicates share: types, days and constants as text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from mpctls.reference.foundation.errors import Refused

from .dates import DateFormat, calendar_date, day_number
from .expression import Constant
from .types import BOOLEAN, INTEGER, OCTETS, DateType, DecimalType, FieldType, TextType

CONSTANT_TEXT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
DAY_TEXT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARAMETER: Final = re.compile(r"(decimal|text)\((0|[1-9][0-9]{0,4})\)")
_PLAIN: Final = {str(each): each for each in (INTEGER, BOOLEAN, OCTETS)}
_DATES: Final = {str(each): each for each in (DateType(format=number) for number in range(len(DateFormat)))}


def read_type(text: str) -> FieldType:
    """The type that `text` names; refuses with `predicate/malformed`."""
    simple: FieldType | None = _PLAIN.get(text) or _DATES.get(text)
    if simple is not None:
        return simple
    matched = _PARAMETER.fullmatch(text)
    if not matched:
        raise Refused(
            "predicate/malformed", "no type (integer, decimal(2), text(64), boolean, date(…), bytes)"
        )
    parameter = int(matched.group(2))
    try:
        if matched.group(1) == "decimal":
            return DecimalType(scale=min(parameter, 255))
        return TextType(maximum=parameter)
    except Refused as refusal:
        raise Refused("predicate/malformed", refusal.detail) from None


def read_constant(text: str) -> Constant:
    """The number that `text` writes in decimal; refuses with `predicate/malformed`."""
    if len(text) > 64 or not CONSTANT_TEXT.fullmatch(text):
        raise Refused("predicate/malformed", "no number in decimal without leading zeros")
    value = Decimal(text)
    if value == 0 and text.startswith("-"):
        raise Refused("predicate/malformed", "a minus before zero")
    try:
        return Constant.of(value)
    except Refused as refusal:
        raise Refused("predicate/malformed", refusal.detail) from None


def read_day(text: str) -> int:
    """The number of the day that `text` writes as YYYY-MM-DD; refuses with `predicate/malformed`."""
    if not (DAY_TEXT.fullmatch(text) and text.isascii()):
        raise Refused("predicate/malformed", "no day written as YYYY-MM-DD")
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise Refused("predicate/malformed", "no day of the calendar") from None


def write_day(day: int) -> str:
    """A day as YYYY-MM-DD."""
    return calendar_date(day).isoformat()
