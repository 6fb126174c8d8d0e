"""Dates and ages against the standard library's calendar."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.date import Date, age_on, civil_date, day_number
from mpctls.zkp.circuit.expressions import Expression
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused


def _date(builder: Builder, x: tuple[Expression, ...]) -> Date:
    return civil_date(builder, x)


def _digits(parts: Sequence[int]) -> list[int]:
    return [digit for part in parts for digit in divmod(part, 10)]


NUMBER = gadget(8, lambda builder, x: [day_number(builder, _date(builder, x)).expression])
YEARS = st.integers(0, 9999) | st.sampled_from([0, 1, 4, 100, 400, 1900, 2000, 2100, 9999])
DAYS_OF_ASKING = [(2026, 2, 28), (2028, 2, 29), (2026, 3, 1)]


@settings(max_examples=300)
@given(
    st.integers(0, 9999) | st.sampled_from([0, 1, 4, 100, 400, 1900, 2000, 2100, 9999]),
    st.integers(0, 13),
    st.integers(0, 33),
)
def test_is_the_calendar(year: int, month: int, day: int) -> None:
    parts = (year // 100, year % 100, month, day)
    try:
        expected = datetime.date(year, month, day).toordinal() - 1
    except ValueError:
        with refused("zero-knowledge/unsatisfied"):
            NUMBER(*_digits(parts))
    else:
        assert NUMBER(*_digits(parts)) == [expected]


@pytest.mark.parametrize(
    ("year", "leap"), [(1900, False), (2000, True), (2024, True), (2100, False), (4, True), (1, False)]
)
def test_29_february(year: int, leap: bool) -> None:
    parts = (year // 100, year % 100, 2, 29)
    if leap:
        assert NUMBER(*_digits(parts)) == [datetime.date(year, 2, 29).toordinal() - 1]
    else:
        with refused("zero-knowledge/unsatisfied"):
            NUMBER(*_digits(parts))


@pytest.mark.parametrize(("year", "month", "day"), DAYS_OF_ASKING)
@pytest.mark.parametrize(
    "birth", [(2008, 2, 28), (2008, 2, 29), (2008, 3, 1), (2030, 1, 1), (1, 1, 1), (9999, 12, 31)]
)
def test_age(year: int, month: int, day: int, birth: tuple[int, int, int]) -> None:
    built = gadget(
        8, lambda builder, x: [age_on(builder, _date(builder, x), year=year, month=month, day=day).expression]
    )
    expected = year - birth[0] - ((month, day) < birth[1:])
    assert built(*_digits((birth[0] // 100, birth[0] % 100, *birth[1:]))) == [expected]


@pytest.mark.parametrize("year", [1, 1900, 2000, 2023, 2024])
def test_no_other_months_and_days(year: int) -> None:
    def exists(month: int, day: int) -> bool:
        try:
            datetime.date(year, month, day)
        except ValueError:
            return False
        return True

    century = divmod(year, 100)
    for month, day in product(range(21), (0, 1, 9, 10, 19, 28, 29, 30, 31, 32, 39, 40, 99)):
        if exists(month, day):
            assert NUMBER(*_digits((*century, month, day)))
        else:
            with refused("zero-knowledge/unsatisfied"):
                NUMBER(*_digits((*century, month, day)))


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("digit", [10, -1])
def test_what_is_no_digit_makes_no_date(place: int, digit: int) -> None:
    """Also where the sums would be those of a date: tens that are one less, and units of ten."""
    digits = [2, 0, 2, 0, 1, 1, 2, 2]
    digits[place] = digit
    if place % 2:
        digits[place - 1] -= 1 if digit == 10 else -1
    with refused("zero-knowledge/unsatisfied"):
        NUMBER(*digits)


def test_a_date_has_eight_digits() -> None:
    builder = Builder()
    with pytest.raises(ValueError, match="eight digits"):
        civil_date(builder, builder.privates("x", 6))
