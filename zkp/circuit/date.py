"""Days of the Gregorian calendar, years 0001 to 9999."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from .bits import assert_width, decompose
from .bounded import Bounded, bounded_constant
from .builder import Builder
from .comparison import assert_nonzero, is_zero, less_than
from .expressions import Expression
from .selection import choose, one_hot, select

_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE_MONTH: Final = (0, *accumulate(_MONTH_LENGTHS[:-1]))
DAYS: Final = 3652059
"""The number of days from 0001-01-01 to 9999-12-31."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A day that constraints force to exist: year, month, day of the month, and its number from 0001-01-01 on."""

    year: Bounded
    month: Bounded
    day: Bounded
    number: Bounded


def _quotient_by_four(value: int) -> list[int]:
    return [value >> 2]


def _divided_by_four(builder: Builder, value: Bounded) -> tuple[Expression, Expression]:
    """The quotient, and 1 if nothing remains, else 0; for values below 128.

    Forces: value = 4 * quotient + remainder, quotient < 32, remainder < 4.
    """
    (quotient,) = builder.hint(_quotient_by_four, [value.expression], 1)
    assert_width(builder, quotient, 5)
    low, high = decompose(builder, value.expression - 4 * quotient, 2)
    return quotient, builder.multiply(1 - low, 1 - high)


def civil_date(
    builder: Builder, *, century: Bounded, year_of_century: Bounded, month: Bounded, day: Bounded
) -> Date:
    """The date 100 * century + year_of_century, month, day.

    Requires each of the four within 0 … 99, as two checked digits are. Forces: the year is not 0, the month is
    1 … 12, the day is one of that month in that year. One choice of the other wires exists for a date, and none for
    what is no date.
    """
    with builder.scope("date"):
        for part in (century, year_of_century, month, day):
            if part.low < 0 or part.high > 99:
                raise ValueError("the parts of a date have two digits")
        year = Bounded(
            expression=builder.wire(century.expression * 100 + year_of_century.expression), low=0, high=9999
        )
        assert_nonzero(builder, year.expression)
        of_century, divides = _divided_by_four(builder, year_of_century)
        of_centuries, century_divides = _divided_by_four(builder, century)
        leap = builder.wire(
            select(builder, is_zero(builder, year_of_century.expression), century_divides, divides)
        )
        months = one_hot(builder, month.expression, 12, first=1)
        length = builder.wire(choose(builder, months, _MONTH_LENGTHS) + builder.multiply(months[1], leap))
        assert_width(builder, day.expression - 1, 5)
        assert_width(builder, length - day.expression, 5)
        leap_day = builder.multiply(builder.sum(months[2:]), leap)
        number = builder.weighted_sum(
            (
                (year.expression - 1, 365),
                (century.expression, 24),
                (of_century, 1),
                (of_centuries, 1),
                (leap, -1),
                (choose(builder, months, _DAYS_BEFORE_MONTH), 1),
                (leap_day, 1),
                (day.expression - 1, 1),
            )
        )
        return Date(
            year=year,
            month=month,
            day=day,
            number=Bounded(expression=builder.wire(number), low=0, high=DAYS - 1),
        )


def age_on(builder: Builder, birth: Date, *, year: int, month: int, day: int) -> Bounded:
    """The completed years from `birth` to the given day: one less before the anniversary.

    Who is born on 29 February is a year older on 1 March of a common year. Negative for a later birth.
    """
    with builder.scope("age"):
        anniversary = birth.month.times(100).plus(birth.day)
        not_yet = less_than(builder, bounded_constant(builder, 100 * month + day), anniversary)
        return Bounded(
            expression=builder.wire(year - birth.year.expression - not_yet),
            low=year - 9999 - 1,
            high=year - 1,
        )
