"""Days of the Gregorian calendar, years 0001 to 9999: their numbers, their written forms, ages."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from typing import Final

DAY_COUNT: Final = 3_652_059
"""Days from 0001-01-01 to 9999-12-31."""


class DateFormat(Enum):
    """The written forms of a day, in the order of their numbers."""

    DASHES = "YYYY-MM-DD"
    COMPACT = "YYYYMMDD"
    DOTS = "DD.MM.YYYY"
    DAY_FIRST = "DD/MM/YYYY"
    MONTH_FIRST = "MM/DD/YYYY"

    def place(self, part: str) -> slice:
        """Where the digits of `part` ("YYYY", "MM" or "DD") stand."""
        start = self.value.index(part)
        return slice(start, start + len(part))

    @property
    def separators(self) -> tuple[tuple[int, int], ...]:
        """(position, octet) of every octet that is no digit."""
        return tuple((place, ord(sign)) for place, sign in enumerate(self.value) if sign not in "YMD")

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """What its digits and separators look like."""
        digits = re.sub("[YMD]", "[0-9]", re.escape(self.value))
        return re.compile(digits.encode("ascii"))


def parse_date(written: DateFormat, octets: bytes) -> int | None:
    """The number of the day (0 is 0001-01-01) that `octets` write in this form, or None."""
    if not written.pattern.fullmatch(octets):
        return None
    year, month, day = (int(octets[written.place(part)]) for part in ("YYYY", "MM", "DD"))
    try:
        return date(year, month, day).toordinal() - 1
    except ValueError:
        return None


def day_number(day: date) -> int:
    """The days from 0001-01-01 to `day`."""
    return day.toordinal() - 1


def calendar_date(number: int) -> date:
    """The date with this number; requires 0 <= number < DAY_COUNT."""
    return date.fromordinal(number + 1)


def age_on(birth: int, day: int) -> int:
    """The age in whole years, on one day, of who was born on another; negative before the birth.

    Born on 29 February one is a year older on 1 March of a common year.
    """
    born, today = calendar_date(birth), calendar_date(day)
    before_birthday = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - int(before_birthday)
