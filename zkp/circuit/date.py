"""Days of the Gregorian calendar, years 0001 to 9999."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from .bits import assert_octal, assert_quaternary, assert_width, decompose
from .bounded import Bounded, bounded_constant
from .builder import Builder, Value
from .comparison import assert_nonzero, assert_nonzero_where, is_equal, is_zero, less_than
from .decimal import assert_digit
from .expressions import Expression
from .selection import choose, one_hot

_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE_MONTH: Final = (0, *accumulate(_MONTH_LENGTHS[:-1]))
_FEBRUARY: Final = 2
_WITHOUT_DAY_31: Final = tuple(month for month, length in enumerate(_MONTH_LENGTHS, 1) if length < 31)
DAYS: Final = 3652059
"""The number of days from 0001-01-01 to 9999-12-31."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A day that constraints force to exist: year, its first and last two digits, month, day of the month."""

    year: Bounded
    century: Bounded
    year_of_century: Bounded
    leap: Expression
    month: Bounded
    day: Bounded


def civil_date(builder: Builder, digits: Sequence[Value]) -> Date:
    """The date with these digits: four of the year, two of the month, two of the day.

    Forces: each is one of 0 … 9, the year is not 0, the month is 1 … 12, the day is one of that month in that year. One
    choice of the other wires exists for a date, and none for what is no date.
    """
    if len(digits) != 8:
        raise ValueError("a date has eight digits")
    wires = [builder.expression(digit) for digit in digits]
    with builder.scope("date digits"):
        for digit in (*wires[:4], wires[5], wires[7]):
            assert_digit(builder, digit)
    with builder.scope("date"):
        century, year_of_century, month, day = (
            builder.wire(tens * 10 + units) for tens, units in zip(wires[0::2], wires[1::2], strict=True)
        )
        assert_nonzero(builder, builder.sum((century, year_of_century)))
        leap = _leap(builder, wires[:4], year_of_century)
        _assert_month(builder, wires[4], wires[5], month)
        end = _assert_day(builder, wires[6], wires[7], day)
        _assert_day_of_month(builder, month, day, end, leap)
        return Date(
            year=Bounded(expression=century * 100 + year_of_century, low=0, high=9999),
            century=_two_digits(century),
            year_of_century=_two_digits(year_of_century),
            leap=leap,
            month=_two_digits(month),
            day=_two_digits(day),
        )


def _two_digits(value: Expression) -> Bounded:
    return Bounded(expression=value, low=0, high=99)


def _quotient_and_remainder(value: int) -> list[int]:
    return [value >> 2, value & 3]


def _leap(builder: Builder, digits: Sequence[Expression], year_of_century: Expression) -> Expression:
    """1 in a leap year, else 0.

    What must be divisible by 4 is the last two digits of the year, or, where they are 00, the first two; and
    10a + b is if 2a + b is, at most 27. Forces: 2a + b = 4 * quotient + remainder with 0 <= remainder < 4 and
    0 <= quotient < 8. The cubic (r - 1)(r - 2)(r - 3) is -6 where r = 0, and 0 for 1, 2 and 3.
    """
    first, last = (2 * tens + units for tens, units in zip(digits[0::2], digits[1::2], strict=True))
    counts = builder.wire(last + builder.multiply(is_zero(builder, year_of_century), first))
    quotient, remainder = builder.hint(_quotient_and_remainder, [counts], 2)
    assert_octal(builder, quotient)
    assert_quaternary(builder, remainder)
    builder.assert_equal(counts, 4 * quotient + remainder)
    folded = builder.multiply(remainder, remainder - 3)
    return builder.multiply(folded + 2, 3 - remainder) * pow(6, -1, builder.modulus)


def _assert_month(builder: Builder, tens: Expression, units: Expression, month: Expression) -> None:
    """Forces 1 … 12: the tens are 0 or 1, with 1 the units are 0, 1 or 2, and not both are 0."""
    builder.assert_boolean(tens)
    beyond = builder.multiply(builder.multiply(units, units - 1), units - 2)
    builder.assert_product(tens, beyond, 0)
    assert_nonzero(builder, month)


def _assert_day(
    builder: Builder, tens: Expression, units: Expression, day: Expression
) -> tuple[Expression, Value]:
    """Forces no 0 and tens of 0 … 3; gives 1 from 30 on, else 0, and the units from 30 on, else 0.

    d(d(d - 3) + 2) is 6 for tens d of 3, else 0.
    """
    assert_quaternary(builder, tens)
    folded = builder.multiply(tens, tens - 3)
    thirties = builder.multiply(tens, folded + 2) * pow(6, -1, builder.modulus)
    assert_nonzero(builder, day)
    return thirties, builder.multiply(thirties, units)


def _assert_day_of_month(
    builder: Builder, month: Expression, day: Expression, end: tuple[Expression, Value], leap: Expression
) -> None:
    """Forces: day 31 in a month that has it, none above; in February no 30 and 31, and 29 in a leap year alone.

    What `assert_nonzero_where` takes is 0 or 1 in every witness: so the units from 30 on are, too.
    """
    thirties, thirty_first = end
    short: Value = 1
    for number in _WITHOUT_DAY_31:
        short = builder.multiply(short, month - number)
    assert_nonzero_where(builder, thirty_first, short)
    february = is_equal(builder, month, _FEBRUARY)
    builder.assert_product(february, thirties, 0)
    assert_nonzero_where(builder, builder.multiply(february, 1 - leap), day - 29)


def _quotient_by_four(value: int) -> list[int]:
    return [value >> 2]


def _divided_by_four(builder: Builder, value: Bounded) -> Expression:
    """The quotient without remainder, for values below 128.

    Forces: value = 4 * quotient + remainder, quotient < 32, remainder < 4.
    """
    (quotient,) = builder.hint(_quotient_by_four, [value.expression], 1)
    assert_width(builder, quotient, 5)
    decompose(builder, value.expression - 4 * quotient, 2)
    return quotient


def day_number(builder: Builder, date: Date) -> Bounded:
    """The days from 0001-01-01 to `date`."""
    with builder.scope("day number"):
        months = one_hot(builder, date.month.expression, 12, first=1)
        number = builder.weighted_sum(
            (
                (date.year.expression - 1, 365),
                (date.century.expression, 24),
                (_divided_by_four(builder, date.year_of_century), 1),
                (_divided_by_four(builder, date.century), 1),
                (date.leap, -1),
                (choose(builder, months, _DAYS_BEFORE_MONTH), 1),
                (builder.multiply(builder.sum(months[2:]), date.leap), 1),
                (date.day.expression - 1, 1),
            )
        )
        return Bounded(expression=builder.wire(number), low=0, high=DAYS - 1)


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
