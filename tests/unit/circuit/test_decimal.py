"""Decimals: the lexical rule against a regular expression, values against fractions, every boundary."""

from __future__ import annotations

import functools
import re
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.circuit.decimal import digits, parse
from tests.unit.circuit.building import Gadget, gadget
from tests.unit.foundation.refusals import refused


@functools.cache
def _parser(length: int, scale: int) -> Gadget:
    return gadget(length, lambda builder, x: [parse(builder, x, scale).expression])


def _read(text: bytes, scale: int) -> int | None:
    try:
        [value] = _parser(len(text), scale)(*text)
    except Refused as refusal:
        assert refusal.reason == "zero-knowledge/unsatisfied"
        return None
    return value


def _meaning(text: bytes, scale: int) -> int | None:
    fraction = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    written = text.decode("latin-1")
    if not re.fullmatch(rf"-?(0|[1-9][0-9]*){fraction}", written) or len(re.sub("[-.]", "", written)) > 38:
        return None
    value = Fraction(written) * 10**scale
    return None if written[0] == "-" and value == 0 else int(value)


@settings(max_examples=300)
@given(st.text("0159-./:", min_size=1, max_size=8), st.integers(0, 4))
@example("-0", 0)
@example("-0.0", 1)
@example("-0.1", 1)
@example("-.5", 1)
@example("00", 0)
@example("01.5", 1)
@example("-01", 0)
@example("5.", 1)
@example("1.50", 1)
@example("1..5", 3)
@example("1.2.3", 3)
@example("--1", 0)
@example("1-1", 0)
@example("1e3", 2)
@example("+1", 0)
@example(" 1", 0)
def test_reads_what_the_rule_says(text: str, scale: int) -> None:
    assert _read(text.encode(), scale) == _meaning(text.encode(), scale)


@settings(max_examples=50)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_reads_every_plain_decimal(number: object) -> None:
    text = f"{number:f}".encode()
    assert _read(text, 2) == _meaning(text, 2)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 38,
        "9" * 39,
        "-" + "9" * 38,
        "9" * 36 + ".99",
        "9" * 37 + ".99",
        "-" + "9" * 36 + ".99",
        "-" + "9" * 39,
    ],
)
def test_has_at_most_38_digits(text: str) -> None:
    assert _read(text.encode(), 2) == _meaning(text.encode(), 2)


@pytest.mark.parametrize(("length", "scale"), [(0, 0), (40, 0), (41, 2), (400, 18)])
def test_lengths_that_no_number_has_are_refused_when_compiling(length: int, scale: int) -> None:
    with refused("zero-knowledge/unsatisfied"):
        gadget(length, lambda builder, x: [parse(builder, x, scale).expression])


@pytest.mark.parametrize("octet", [0x2F, 0x3A, 0x30 + 2**8, -1, 0xB2])
def test_the_neighbours_of_digits_are_none(octet: int) -> None:
    built = gadget(2, lambda builder, x: [digits(builder, x).expression])
    assert built(*b"42") == [42]
    for octets in ((octet, 0x30), (0x30, octet)):
        with refused("zero-knowledge/unsatisfied"):
            built(*octets)
