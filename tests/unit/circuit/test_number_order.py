"""Numbers and dates against constants by the order of their texts: against integers, at every boundary, few rows."""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.circuit.builder import Builder, Value
from mpctls.zkp.circuit.decimal import read
from mpctls.zkp.circuit.determinism import undetermined
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.circuit.gates import lower
from mpctls.zkp.circuit.number_order import assert_at_least, assert_below, is_at_least
from mpctls.zkp.circuit.octets import pack
from mpctls.zkp.circuit.written_order import Threshold
from tests.unit.circuit.building import Gadget, gadget
from tests.unit.foundation.refusals import refused

Wires = tuple[Expression, ...]


@functools.cache
def _order(length: int, scale: int, bound: int, enforced: str = "") -> Gadget:
    def build(builder: Builder, x: Wires) -> list[Value]:
        number = read(builder, x, scale)
        if enforced:
            (assert_at_least if enforced == "at least" else assert_below)(builder, number, bound)
            return []
        return [is_at_least(builder, number, bound)]

    return gadget(length, build)


def _check(text: str, scale: int, bound: int) -> None:
    holds = Fraction(text) * 10**scale >= bound
    octets = text.encode()
    assert _order(len(text), scale, bound)(*octets) == [int(holds)]
    for enforced, expected in (("at least", holds), ("below", not holds)):
        if expected:
            _order(len(text), scale, bound, enforced)(*octets)
        else:
            with refused("zero-knowledge/unsatisfied"):
                _order(len(text), scale, bound, enforced)(*octets)


@st.composite
def _near(draw: st.DrawFn) -> tuple[str, int, int]:
    """A number, and a bound that is near it or has digits in common with it."""
    scale = draw(st.integers(0, 3))
    fraction = draw(st.text("0123456789", min_size=1, max_size=scale)) if scale else ""
    whole = str(draw(st.integers(0, 10 ** draw(st.integers(1, 6)))))
    sign = draw(st.sampled_from(["", "-"]))
    text = sign + whole + ("." + fraction if fraction else "")
    if Fraction(text) == 0:
        text = text.removeprefix("-")
    value = ceil(Fraction(text) * 10**scale)
    size = 10 ** draw(st.integers(0, 6))
    return text, scale, draw(st.sampled_from([value, -value, 0])) + draw(st.integers(-size, size))


@settings(max_examples=150, deadline=None)
@given(_near())
@example(("0", 0, 0))
@example(("0", 2, 1))
@example(("0.00", 2, 0))
@example(("-0.01", 2, 0))
@example(("-0.01", 2, -1))
@example(("-0.01", 2, -2))
@example(("9.99", 2, 1000))
@example(("10.0", 2, 1000))
@example(("1000", 2, 100000))
@example(("999.99", 2, 99999))
@example(("1.5", 3, 1501))
def test_is_the_order_of_numbers(case: tuple[str, int, int]) -> None:
    _check(*case)


@pytest.mark.parametrize("length", [3, 4])
def test_is_the_order_of_all_short_numbers(length: int) -> None:
    """Each number of a few octets with one decimal, against bounds around each power of ten and inside."""
    texts = {f"{sign}{number}" for number in range(10**length) for sign in ("", "-")}
    texts |= {f"{sign}{number // 10}.{number % 10}" for number in range(10**length) for sign in ("", "-")}
    numbers = sorted(text for text in texts if len(text) == length and (Fraction(text) or text[0] != "-"))
    for bound in (-10001, -455, -100, -10, -9, -1, 0, 1, 9, 10, 99, 100, 454, 1000, 4545, 9990, 10**6):
        built = _order(length, 1, bound)
        for text in numbers[:: 7 if length == 4 else 1]:
            assert built(*text.encode()) == [int(Fraction(text) * 10 >= bound)], (text, bound)


@pytest.mark.parametrize("scale", [0, 1, 2])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_no_other_text_satisfies_either_side_of_a_bound(scale: int, length: int) -> None:
    """Every text of some octets, well formed or not: a comparison is no way around the rule of numbers."""
    fraction = f"([.][0-9]{{1,{scale}}})?" if scale else ""
    rule = re.compile(f"-?(0|[1-9][0-9]*){fraction}")
    for bound, enforced in product((-101, -1, 0, 1, 10, 91, 1000), ("at least", "below")):
        try:
            satisfied = _order(length, scale, bound, enforced)
        except Refused:
            satisfied = None
        for octets in product(b"-.019", repeat=length):
            text = bytes(octets).decode()
            number = bool(rule.fullmatch(text)) and not (text[0] == "-" and Fraction(text) == 0)
            if number and (Fraction(text) * 10**scale >= bound) == (enforced == "at least"):
                assert satisfied is not None
                satisfied(*octets)
            elif satisfied is not None:
                with refused("zero-knowledge/unsatisfied"):
                    satisfied(*octets)


@pytest.mark.parametrize("bound", [0, 1, 10**37, 4 * 10**37 + 545454, 10**38, -(10**37) - 54])
def test_more_octets_than_an_element_has(bound: int) -> None:
    for value in (bound - 1, bound, bound + 1):
        text = str(value)
        if len(text.removeprefix("-")) <= 38 and value:
            _check(text, 0, bound)


@pytest.mark.parametrize(
    ("text", "scale", "bound"), [("123.45", 2, 12345), ("-123.45", 2, -12345), ("45", 0, 45)]
)
def test_all_wires_are_determined(text: str, scale: int, bound: int) -> None:
    for enforced in ("", "at least", "below"):
        assert undetermined(_order(len(text), scale, bound, enforced).circuit) == ()


def test_sums_that_an_element_needs_are_shared() -> None:
    """A round bound of as many digits costs a handful of rows beside the number and its element."""

    def rows(bound: int | None) -> int:
        builder = Builder()
        octets = builder.privates("x", 9)
        number = read(builder, octets, 0)
        pack(builder, octets)
        if bound is not None:
            assert_at_least(builder, number, bound)
        return lower(builder.finish()).row_count

    assert rows(300_000_000) - rows(None) <= 8


def _dates(order: list[int], constant: bytes) -> Gadget:
    return gadget(
        len(constant),
        lambda builder, x: [Threshold(octets=x, constant=constant, order=order).is_below(builder)],
    )


@pytest.mark.parametrize(
    ("form", "order"),
    [("{0:04}-{1:02}-{2:02}", [0, 1, 2, 3, 5, 6, 8, 9]), ("{2:02}.{1:02}.{0:04}", [6, 7, 8, 9, 3, 4, 0, 1])],
)
def test_dates_in_the_order_of_their_parts(form: str, order: list[int]) -> None:
    days = [
        (2008, 11, 22),
        (2008, 11, 23),
        (2008, 12, 1),
        (2007, 12, 31),
        (1, 1, 1),
        (9999, 12, 31),
        (2008, 2, 9),
    ]
    for bound in days:
        built = _dates(order, form.format(*bound).encode())
        for day in days:
            assert built(*form.format(*day).encode()) == [int(day < bound)], (day, bound)
