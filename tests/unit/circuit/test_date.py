"""Dates and ages against the standard library's calendar."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp.circuit.bounded import Bounded
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.date import Date, age_on, civil_date
from mpctls.zkp.circuit.expressions import Expression
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused


def _date(builder: Builder, x: tuple[Expression, ...]) -> Date:
    century, year, month, day = (Bounded(expression=wire, low=0, high=99) for wire in x)
    return civil_date(builder, century=century, year_of_century=year, month=month, day=day)


NUMBER = gadget(4, lambda builder, x: [_date(builder, x).number.expression])
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
            NUMBER(*parts)
    else:
        assert NUMBER(*parts) == [expected]


@pytest.mark.parametrize(
    ("year", "leap"), [(1900, False), (2000, True), (2024, True), (2100, False), (4, True), (1, False)]
)
def test_29_february(year: int, leap: bool) -> None:
    parts = (year // 100, year % 100, 2, 29)
    if leap:
        assert NUMBER(*parts) == [datetime.date(year, 2, 29).toordinal() - 1]
    else:
        with refused("zero-knowledge/unsatisfied"):
            NUMBER(*parts)


@pytest.mark.parametrize(("year", "month", "day"), DAYS_OF_ASKING)
@pytest.mark.parametrize(
    "birth", [(2008, 2, 28), (2008, 2, 29), (2008, 3, 1), (2030, 1, 1), (1, 1, 1), (9999, 12, 31)]
)
def test_age(year: int, month: int, day: int, birth: tuple[int, int, int]) -> None:
    built = gadget(
        4, lambda builder, x: [age_on(builder, _date(builder, x), year=year, month=month, day=day).expression]
    )
    expected = year - birth[0] - ((month, day) < birth[1:])
    assert built(birth[0] // 100, birth[0] % 100, birth[1], birth[2]) == [expected]


def test_parts_without_two_digits_are_an_error_of_the_caller() -> None:
    builder = Builder()
    wide = Bounded(expression=builder.private("x"), low=0, high=100)
    with pytest.raises(ValueError, match="two digits"):
        civil_date(builder, century=wide, year_of_century=wide, month=wide, day=wide)
