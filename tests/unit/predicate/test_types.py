"""Which octets a type admits, and what value they have: on plaintext and in circuits alike."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.predicate.dates import DAY_COUNT, age_on, calendar_date, day_number
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.field_wires import FieldWires
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.predicate.types import (
    BOOLEAN,
    INTEGER,
    OCTETS,
    DateType,
    DecimalType,
    FieldType,
    TextType,
    Value,
    parse,
)
from tests.unit.foundation.refusals import refused

from .committed import HEADER, LITERAL, NUMBER, STRING
from .strategies import damaged, tokens, types


def admitted_by_circuit(field_type: FieldType, kind: LexicalClass, octets: bytes) -> int | None:
    """The value of the field's number in a circuit (0 where it has none), or None where no witness exists."""
    builder = Builder()
    try:
        wires = FieldWires(builder, field_type, Shape(length=len(octets), kind=kind), "octets")
        has_number = not isinstance(field_type, TextType) and field_type not in (BOOLEAN, OCTETS)
        number = builder.wire(wires.number.expression) if has_number else builder.constant(0)
        circuit = builder.finish()
        witness = circuit.witness({"octets": list(octets)})
    except Refused as refusal:
        assert refusal.reason in ("predicate/malformed-field", "zero-knowledge/unsatisfied")
        return None
    if number.is_constant:
        return number.constant
    wire = number.single_wire
    assert wire is not None
    value = witness[wire]
    return value if value < circuit.modulus // 2 else value - circuit.modulus


D1, D2, D18 = DecimalType(scale=1), DecimalType(scale=2), DecimalType(scale=18)
DASHES, COMPACT, DOTS, DAY_FIRST, MONTH_FIRST = (DateType(format=number) for number in range(5))
NINES = b"9" * 38


@pytest.mark.parametrize(
    ("field_type", "kind", "octets", "value"),
    [
        (INTEGER, NUMBER, b"0", 0),
        (INTEGER, NUMBER, b"-1", -1),
        (INTEGER, STRING, b"10", 10),
        (INTEGER, HEADER, NINES, 10**38 - 1),
        (INTEGER, NUMBER, b"-" + NINES, 1 - 10**38),
        (D2, NUMBER, b"0", 0),
        (D2, NUMBER, b"0.0", 0),
        (D2, NUMBER, b"0.00", 0),
        (D2, NUMBER, b"-0.01", -1),
        (D2, NUMBER, b"12.5", 1250),
        (D2, NUMBER, b"12.05", 1205),
        (D2, NUMBER, b"1000", 100_000),
        (D1, STRING, b"-12.3", -123),
        (D18, NUMBER, b"0.000000000000000001", 1),
        (D18, NUMBER, NINES, (10**38 - 1) * 10**18),
        (D2, NUMBER, b"-" + b"9" * 36 + b".99", 1 - 10**38),
        (BOOLEAN, LITERAL, b"true", True),
        (BOOLEAN, LITERAL, b"false", False),
        (DASHES, STRING, b"0001-01-01", 0),
        (DASHES, STRING, b"9999-12-31", DAY_COUNT - 1),
        (DASHES, HEADER, b"2024-02-29", day_number(date(2024, 2, 29))),
        (COMPACT, STRING, b"20000229", day_number(date(2000, 2, 29))),
        (DOTS, STRING, b"31.12.1999", day_number(date(1999, 12, 31))),
        (DAY_FIRST, STRING, b"01/02/2026", day_number(date(2026, 2, 1))),
        (MONTH_FIRST, STRING, b"01/02/2026", day_number(date(2026, 1, 2))),
        (TextType(maximum=5), STRING, "日é".encode(), "日é".encode()),
        (TextType(maximum=4), STRING, b" !~\x7f", b" !~\x7f"),
        (TextType(maximum=403), HEADER, b"~" * 403, b"~" * 403),
        (TextType(maximum=9), STRING, b" a ", b" a "),
        (TextType(maximum=9), HEADER, b"a b", b"a b"),
        (OCTETS, LITERAL, b"null", b"null"),
        (OCTETS, STRING, b" \t", b" \t"),
        (OCTETS, HEADER, b"a \tb\n", b"a \tb\n"),
        (OCTETS, STRING, b'\\u0000"\x00\xff', b'\\u0000"\x00\xff'),
    ],
)
def test_admitted(field_type: FieldType, kind: LexicalClass, octets: bytes, value: Value) -> None:
    assert parse(field_type, kind, octets) == value
    in_circuit = admitted_by_circuit(field_type, kind, octets)
    assert in_circuit == (value if isinstance(value, int) and not isinstance(value, bool) else 0)


@pytest.mark.parametrize(
    ("field_type", "kind", "octets"),
    [
        (INTEGER, NUMBER, octets)
        for octets in (
            b"-",
            b"-0",
            b"00",
            b"01",
            b"-01",
            b"+1",
            b"1e3",
            b"1E3",
            b" 1",
            b"1 ",
            b"1.0",
            b"0x1",
            b"1,0",
            b"--1",
            b"1-",
            b":",
            b"/",
            b"9" * 39,
            b"-" + b"9" * 39,
            b"9" * 400,
            "１".encode(),
        )
    ]
    + [
        (D2, NUMBER, octets)
        for octets in (
            b".",
            b".5",
            b"5.",
            b"-.5",
            b"-5.",
            b"1.234",
            b"1.000",
            b"1..2",
            b"1.2.3",
            b"-0",
            b"-0.0",
            b"-0.00",
            b"00.1",
            b"01.5",
            b"-01.5",
            b"1e2",
            b"1.5e1",
            b"1.-5",
            b"-",
            b"- 1",
            b"1. 5",
            b"9" * 37 + b".99",
            b"9" * 42,
        )
    ]
    + [(BOOLEAN, LITERAL, octets) for octets in (b"null", b"True", b"TRUE", b"falsE", b"tru", b"truee", b"1")]
    + [
        (DASHES, STRING, octets)
        for octets in (
            b"2026-02-29",
            b"1900-02-29",
            b"2100-02-29",
            b"2024-02-30",
            b"2026-04-31",
            b"2026-00-10",
            b"2026-13-10",
            b"2026-01-00",
            b"2026-01-32",
            b"0000-01-01",
            b"2026/01/01",
            b"2026-1-01",
            b"2026-01-1 ",
            b"20260101",
            b"+026-01-01",
            b"2026-01-011",
        )
    ]
    + [(DOTS, STRING, b"29.02.2026"), (MONTH_FIRST, STRING, b"13/01/2026"), (COMPACT, STRING, b"2026-101")]
    + [
        (TextType(maximum=403), STRING, octets)
        for octets in (b"\x1f", b"\x00", b'a"b', b"a\\b", b"\\n", b"a\tb", b"\n")
    ]
    + [
        (TextType(maximum=403), HEADER, octets)
        for octets in (b"\x7f", b"\x80", "é".encode(), b'"', b"\\", b"\t")
    ]
    + [(TextType(maximum=403), HEADER, octets) for octets in (b" ", b" a", b"a ")]
    + [(OCTETS, HEADER, octets) for octets in (b" ", b"\t", b"\ta", b"a\t", b" a", b"a ")],
)
def test_malformed(field_type: FieldType, kind: LexicalClass, octets: bytes) -> None:
    with refused("predicate/malformed-field"):
        parse(field_type, kind, octets)
    assert admitted_by_circuit(field_type, kind, octets) is None


@pytest.mark.parametrize(
    ("field_type", "octets"),
    [(INTEGER, b"0987654"), (D2, b"98765.4321"), (BOOLEAN, b"zyxwv"), (DASHES, b"9876-54-32"), (D1, b"-0.0")],
)
def test_refusals_name_the_rule_and_not_the_value(field_type: FieldType, octets: bytes) -> None:
    kind = LITERAL if field_type == BOOLEAN else STRING
    with pytest.raises(Refused) as caught:
        parse(field_type, kind, octets)
    assert str(field_type) in caught.value.detail
    assert octets.decode() not in str(caught.value)


def test_a_string_that_is_not_utf8_is_malformed() -> None:
    with refused("predicate/malformed-field"):
        parse(TextType(maximum=9), STRING, b"a\xff")


@pytest.mark.parametrize(
    ("field_type", "kinds"),
    [
        (INTEGER, {NUMBER, STRING, HEADER}),
        (D2, {NUMBER, STRING, HEADER}),
        (TextType(maximum=9), {STRING, HEADER}),
        (BOOLEAN, {LITERAL}),
        (DASHES, {STRING, HEADER}),
        (OCTETS, {NUMBER, STRING, HEADER, LITERAL}),
    ],
)
def test_types_go_with_kinds_of_tokens(field_type: FieldType, kinds: set[LexicalClass]) -> None:
    for kind in LexicalClass:
        if kind not in kinds:
            with refused("predicate/type-does-not-match-token"):
                parse(field_type, kind, b"x")


def test_lengths_that_no_field_has() -> None:
    with refused("predicate/field-too-long"):
        parse(TextType(maximum=3), STRING, b"four")
    with refused("predicate/field-too-long"):
        parse(OCTETS, STRING, bytes(404))
    with refused("predicate/malformed-field"):
        parse(OCTETS, STRING, b"")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_circuits_admit_what_plaintext_admits(data: st.DataObject) -> None:
    field_type = data.draw(types())
    token: Token = data.draw(tokens(field_type))
    if data.draw(st.booleans()):
        token = data.draw(damaged(token))
    expected: int | None
    try:
        value = parse(field_type, token.kind, token.octets)
        expected = value if isinstance(value, int) and not isinstance(value, bool) else 0
    except Refused as refusal:
        if refusal.reason != "predicate/malformed-field":
            return
        expected = None
    assert admitted_by_circuit(field_type, token.kind, token.octets) == expected


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2026, 11, 23), date(2026, 11, 22), -1),
        (date(9999, 12, 31), date(1, 1, 1), -9999),
    ],
)
def test_ages(birth: date, day: date, age: int) -> None:
    assert age_on(day_number(birth), day_number(day)) == age
    assert calendar_date(day_number(birth)) == birth
