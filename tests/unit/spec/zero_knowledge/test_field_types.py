"""Lexical rules of typed fields at their borders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.reasons import Reason
from mpctls.spec.structure.view import Kind
from mpctls.spec.zero_knowledge.field_types import (
    DAY_COUNT,
    BooleanType,
    BytesType,
    DateFormat,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
    calendar_day,
    day_of,
    read_value,
)

from ..session.stages import rejects

INTEGER, CENTS, TEXT, TRUTH, BYTES = (
    IntegerType(),
    DecimalType(scale=2),
    TextType(maximum=10),
    BooleanType(),
    BytesType(),
)
ISO, COMPACT, DOTS, SLASHES, AMERICAN = (DateType(format=each) for each in DateFormat)

VALUES: list[tuple[FieldType, bytes, int | bytes]] = [
    (INTEGER, b"0", 0),
    (INTEGER, b"-7", -7),
    (INTEGER, b"9" * 38, 10**38 - 1),
    (CENTS, b"12", 1200),
    (CENTS, b"12.5", 1250),
    (CENTS, b"12.50", 1250),
    (CENTS, b"-0.01", -1),
    (CENTS, b"0.00", 0),
    (CENTS, b"9" * 36 + b".99", 10**38 - 1),
    (CENTS, b"9" * 38, (10**38 - 1) * 100),
    (TEXT, "héllo €!".encode()[:10], "héllo €".encode()),
    (TEXT, b"\x7f", b"\x7f"),
    (BYTES, b"\x00", b"\x00"),
    (ISO, b"0001-01-01", 0),
    (ISO, b"9999-12-31", DAY_COUNT - 1),
    (ISO, b"2024-02-29", day_of(2024, 2, 29)),
    (COMPACT, b"20240229", day_of(2024, 2, 29)),
    (DOTS, b"29.02.2024", day_of(2024, 2, 29)),
    (SLASHES, b"03/04/2024", day_of(2024, 4, 3)),
    (AMERICAN, b"03/04/2024", day_of(2024, 3, 4)),
]


@pytest.mark.parametrize(("type_", "octets", "value"), VALUES)
def test_octets_of_a_type_are_one_value(type_: FieldType, octets: bytes, value: int | bytes) -> None:
    if type_ is TEXT and len(octets) == 10:
        octets = "héllo €".encode()
    assert read_value(type_, Kind.STRING, octets) == value


MALFORMED: list[tuple[FieldType, bytes]] = [
    *(
        (type_, octets)
        for type_ in (INTEGER, CENTS)
        for octets in (
            b"",
            b"-",
            b"-0",
            b"+1",
            b"01",
            b"00",
            b" 1",
            b"1 ",
            b"1\n",
            b"1e2",
            b"1E2",
            b"0x1",
            b"1,5",
            b"1.",
            b".5",
            b"--1",
            b"9" * 39,
            "١".encode(),
            rb"\u0031",
        )
    ),
    (INTEGER, b"1.0"),
    (CENTS, b"1.234"),
    (CENTS, b"-0.00"),
    (CENTS, b"-0.0"),
    (CENTS, b"1.2.3"),
    (CENTS, b"9" * 37 + b".99"),
    (TEXT, b""),
    (TEXT, b'a"b'),
    (TEXT, b"a\\b"),
    (TEXT, b"a\x1fb"),
    (TEXT, b"\xff"),
    (BYTES, b""),
    (ISO, b"2023-02-29"),
    (ISO, b"2100-02-29"),
    (ISO, b"2024-13-01"),
    (ISO, b"2024-00-01"),
    (ISO, b"2024-01-00"),
    (ISO, b"0000-01-01"),
    (ISO, b"2024-1-1"),
    (ISO, b"2024-01-01 "),
    (ISO, b"20240101"),
    (ISO, "٢024-01-01".encode()),
    (DOTS, b"29-02-2024"),
    (COMPACT, b"2024-02-29"),
    (AMERICAN, b"13/01/2024"),
    (SLASHES, b"01/13/2024"),
]


@pytest.mark.parametrize(("type_", "octets"), MALFORMED)
def test_octets_that_do_not_match_are_malformed_and_do_not_show(type_: FieldType, octets: bytes) -> None:
    with rejects(Reason.PREDICATE_MALFORMED_FIELD) as caught:
        read_value(type_, Kind.STRING, octets)
    assert len(octets) < 8 or octets.decode("latin-1") not in str(caught.value)


@pytest.mark.parametrize("octets", [b"True", b"1", b"null", b"", b"truefalse", b"true "])
def test_truth_is_true_or_false(octets: bytes) -> None:
    assert read_value(TRUTH, Kind.LITERAL, b"true") == 1
    assert read_value(TRUTH, Kind.LITERAL, b"false") == 0
    with rejects(Reason.PREDICATE_MALFORMED_FIELD):
        read_value(TRUTH, Kind.LITERAL, octets)


def test_text_of_a_header_value_is_printable_ascii() -> None:
    assert read_value(TEXT, Kind.HEADER_VALUE, b"a ~") == b"a ~"
    for octets in (b"\x7f", b"\xc3\xa9", b"a\tb"):
        with rejects(Reason.PREDICATE_MALFORMED_FIELD):
            read_value(TEXT, Kind.HEADER_VALUE, octets)


@pytest.mark.parametrize("octets", [b" a", b"a ", b" ", b"\ta", b"a\t"])
def test_a_header_value_has_no_white_space_at_its_ends(octets: bytes) -> None:
    for type_ in (TEXT, BYTES):
        with rejects(Reason.PREDICATE_MALFORMED_FIELD):
            read_value(type_, Kind.HEADER_VALUE, octets)
    assert read_value(BYTES, Kind.HEADER_VALUE, b"a\t b") == b"a\t b"
    assert read_value(BYTES, Kind.STRING, octets) == octets


@pytest.mark.parametrize(
    ("type_", "kinds"),
    [
        (INTEGER, {Kind.NUMBER, Kind.STRING, Kind.HEADER_VALUE}),
        (CENTS, {Kind.NUMBER, Kind.STRING, Kind.HEADER_VALUE}),
        (TEXT, {Kind.STRING, Kind.HEADER_VALUE}),
        (TRUTH, {Kind.LITERAL}),
        (ISO, {Kind.STRING, Kind.HEADER_VALUE}),
        (BYTES, set(Kind)),
    ],
)
def test_a_type_goes_with_its_kinds_of_tokens(type_: FieldType, kinds: set[Kind]) -> None:
    for kind in set(Kind) - kinds:
        with rejects(Reason.PREDICATE_TYPE_DOES_NOT_MATCH_TOKEN):
            read_value(type_, kind, b"1" * 1000)
    for kind in kinds:
        with rejects(Reason.PREDICATE_FIELD_TOO_LONG):
            read_value(type_, kind, b"1" * 404)


def test_a_text_is_no_longer_than_its_type_says() -> None:
    assert read_value(TEXT, Kind.STRING, b"1234567890") == b"1234567890"
    with rejects(Reason.PREDICATE_FIELD_TOO_LONG):
        read_value(TEXT, Kind.STRING, b"12345678901")


@pytest.mark.parametrize(
    ("make", "values"),
    [(lambda n: DecimalType(scale=n), (0, 19)), (lambda n: TextType(maximum=n), (0, 404))],
)
def test_sizes_of_types_are_bounded(make: type, values: tuple[int, ...]) -> None:
    for value in values:
        with rejects(Reason.ENCODING_NOT_CANONICAL):
            make(value)


@given(st.integers(0, DAY_COUNT - 1), st.sampled_from(DateFormat))
def test_every_day_is_read_as_it_is_written(day: int, format_: DateFormat) -> None:
    date = calendar_day(day)
    written = format_.text.replace("YYYY", f"{date.year:04}").replace("MM", f"{date.month:02}")
    written = written.replace("DD", f"{date.day:02}")
    assert read_value(DateType(format=format_), Kind.STRING, written.encode()) == day


@given(st.integers(-(10**20), 10**20), st.integers(0, 6))
def test_a_decimal_is_its_digits(numerator: int, places: int) -> None:
    digits = str(abs(numerator)).rjust(places + 1, "0")
    text = digits[: len(digits) - places] + ("." + digits[len(digits) - places :] if places else "")
    octets = (("-" if numerator < 0 else "") + text).encode()
    assert read_value(DecimalType(scale=6), Kind.NUMBER, octets) == numerator * 10 ** (6 - places)
