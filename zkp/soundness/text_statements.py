"""Statements about decimals, dates, sets of octets and automata."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from ..bn254.constants import SCALAR_MODULUS
from ..circuit import automaton, date, decimal, number_order, written_order
from ..circuit.builder import Builder, Value
from ..circuit.expressions import Expression
from ..circuit.octet_sets import OctetSets
from .statements import Build, Expected, Inputs, Statement, Weakened, asserting

Wires = tuple[Expression, ...]

_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_SPACES = frozenset(b" \t\r\n")
_PLAIN = frozenset(range(256)) - frozenset(b'"\\') - frozenset(range(32))


def _texts(alphabet: str, length: int) -> tuple[Inputs, ...]:
    return tuple(tuple(text) for text in product(alphabet.encode(), repeat=length))


def _number(scale: int) -> Expected:
    fraction = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    rule = re.compile(rf"-?(0|[1-9][0-9]*){fraction}")

    def expected(modulus: int, inputs: Inputs) -> Sequence[int] | None:
        text = "".join(map(chr, inputs))
        if not rule.fullmatch(text) or sum(character.isdigit() for character in text) > 38:
            return None
        value = Fraction(text) * 10**scale
        return None if text.startswith("-") and not value else (int(value) % modulus,)

    return expected


def _parse(scale: int) -> Build:
    return lambda builder, x: [decimal.parse(builder, x, scale).expression]


def _number_statement(length: int, scale: int, alphabet: str, twins: int = 1000) -> Statement:
    return Statement(
        name=f"decimal.parse ({length} octets, scale {scale})",
        forces="the octets are a number by the rule, and the result is its value times 10^scale",
        inputs=length,
        build=_parse(scale),
        expected=_number(scale),
        cases=_texts(alphabet, length),
        twins=twins,
        samples=(1, 0, 2, 7, SCALAR_MODULUS - 1, SCALAR_MODULUS - 360),
    )


def _digits(builder: Builder, wires: Wires) -> Sequence[Value]:
    return [decimal.digits(builder, wires).expression]


def _date(inputs: Inputs) -> datetime.date | None:
    if max(inputs) > 9:
        return None
    year, month, day = (int("".join(map(str, inputs[start:end]))) for start, end in ((0, 4), (4, 6), (6, 8)))
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _eight_digits(*parts: int) -> Inputs:
    return tuple(digit for part in parts for digit in divmod(part, 10))


def _leap(_: int, inputs: Inputs) -> Sequence[int] | None:
    found = _date(inputs)
    return None if found is None else (int(calendar.isleap(found.year)),)


def _day_number(_: int, inputs: Inputs) -> Sequence[int] | None:
    found = _date(inputs)
    return None if found is None else (found.toordinal() - 1,)


def _age(modulus: int, inputs: Inputs) -> Sequence[int] | None:
    birth = _date(inputs)
    if birth is None:
        return None
    return ((2026 - birth.year - ((birth.month, birth.day) > (2, 28))) % modulus,)


_DATES: tuple[Inputs, ...] = (
    *(_eight_digits(20, 26, month, day) for month in range(23) for day in (0, 1, 28, 29, 30, 31, 32, 40)),
    *(
        _eight_digits(century, year, 2, 29)
        for century in (0, 1, 4, 19, 20, 21, 99)
        for year in (0, 1, 4, 50, 96)
    ),
    *(_eight_digits(century, year, 12, 31) for century in (0, 19, 20, 99) for year in (0, 1, 3, 99)),
    _eight_digits(0, 0, 1, 1),
    _eight_digits(0, 1, 1, 1),
    _eight_digits(20, 26, 99, 1),
    _eight_digits(20, 26, 1, 99),
    (1, 10, 2, 6, 1, 2, 2, 2),
    (2, 0, 1, 10, 1, 2, 2, 2),
    (2, 0, 2, 6, 0, 10, 2, 2),
    (2, 0, 2, 6, 1, 2, 1, 10),
)


_SOME_DAYS: tuple[Inputs, ...] = (
    *(_eight_digits(20, year, month, 28) for year in (24, 26) for month in range(1, 13)),
    *(_eight_digits(century, year, 3, 1) for century in (0, 4, 19, 20, 99) for year in (1, 4, 50, 99)),
    _eight_digits(0, 1, 1, 1),
    _eight_digits(99, 99, 12, 31),
)


def _at_least(scale: int, bound: int) -> Build:
    def build(builder: Builder, wires: Wires) -> Sequence[Value]:
        number = decimal.read(builder, wires, scale)
        with builder.scope("order"):
            return [number_order.is_at_least(builder, number, bound)]

    return build


def _at_least_expected(scale: int, bound: int) -> Expected:
    value_of = _number(scale)

    def expected(modulus: int, inputs: Inputs) -> Sequence[int] | None:
        if value_of(modulus, inputs) is None:
            return None
        return (int(Fraction("".join(map(chr, inputs))) * 10**scale >= bound),)

    return expected


def _at_least_statement(length: int, scale: int, bound: int, alphabet: str) -> Statement:
    return Statement(
        name=f"number_order.is_at_least ({length} octets, scale {scale}, {bound})",
        forces="1 exactly if the number is at least the constant",
        inputs=length,
        build=_at_least(scale, bound),
        expected=_at_least_expected(scale, bound),
        cases=_texts(alphabet, length),
        twins_of="order",
    )


_LIMIT = b"25-46"


def _below_limit(builder: Builder, wires: Wires) -> Sequence[Value]:
    octets = [*wires[:2], builder.constant(_LIMIT[2]), *wires[2:]]
    threshold = written_order.Threshold(octets=octets, constant=_LIMIT, order=(3, 4, 0, 1))
    return [threshold.is_below(builder)]


def _sets(builder: Builder, wires: Wires) -> Sequence[Value]:
    sets = OctetSets(builder, wires)
    return [sets.contains(_LETTERS), sets.contains(_SPACES), sets.contains(_PLAIN)]


def _sets_expected(_: int, inputs: Inputs) -> Sequence[int]:
    octet = sum(bit << place for place, bit in enumerate(inputs))
    return int(octet in _LETTERS), int(octet in _SPACES), int(octet in _PLAIN)


_PATTERN = re.compile(rb"(ab)*|b[^a]")


def _transitions() -> automaton.Transitions:
    """(ab)*|b[^a]: 0 start, 1 after a, 2 after (ab)+, 3 after the first b, 4 after b[^a]."""
    rows: list[list[int | None]] = [[None] * 256 for _ in range(5)]
    rows[0][ord("a")], rows[0][ord("b")] = 1, 3
    rows[1][ord("b")] = 2
    rows[2][ord("a")] = 1
    for octet in range(256):
        if octet != ord("a"):
            rows[3][octet] = 4
    return rows


def _automaton(start: int) -> Build:
    def build(builder: Builder, wires: Wires) -> Sequence[Value]:
        octets = [wires[first : first + 8] for first in range(0, len(wires), 8)]
        return [automaton.run(builder, octets, _transitions(), start, frozenset((0, 2, 4)))]

    return build


def _bits(octets: Sequence[int]) -> Inputs:
    return tuple(octet >> place & 1 for octet in octets for place in range(8))


def _matches(_: int, inputs: Inputs) -> Sequence[int]:
    octets = bytes(
        sum(bit << place for place, bit in enumerate(inputs[first : first + 8]))
        for first in range(0, len(inputs), 8)
    )
    return (int(_PATTERN.fullmatch(octets) is not None),)


STATEMENTS = (
    Statement(
        name="decimal.assert_digit",
        forces="value is one of 0 … 9",
        inputs=1,
        build=asserting(lambda builder, x: decimal.assert_digit(builder, x[0])),
        expected=lambda _, x: () if x[0] < 10 else None,
        fields=(11, 13, 31, 61, 257),
        cases=tuple((value % SCALAR_MODULUS,) for value in range(-20, 30)),
        solver=True,
    ),
    Statement(
        name="decimal.digits",
        forces="both octets are digits, and the result is their number",
        inputs=2,
        build=_digits,
        expected=lambda _, x: (int(bytes(x)),) if all(48 <= octet <= 57 for octet in x) else None,
        fields=(401,),
        domain=lambda _: product(range(44, 61), repeat=2),
        cases=((48, 48), (57, 57), (47, 48), (48, 58)),
        solver=True,
    ),
    _number_statement(1, 2, "-.0123456789:/ "),
    _number_statement(2, 1, "-.019:/"),
    _number_statement(3, 1, "-.019:/"),
    _number_statement(4, 2, "-.015:"),
    _number_statement(5, 0, "-01+"),
    _number_statement(5, 3, "-.01"),
    Statement(
        name="decimal.parse (39 octets, scale 1)",
        forces="at most 38 digits",
        inputs=39,
        build=_parse(1),
        expected=_number(1),
        cases=tuple(
            tuple(text.encode())
            for text in ("1" * 39, "-" + "1" * 38, "1" * 37 + ".1", "-" + "1" * 36 + ".1")
        ),
        twins_of="digit count",
    ),
    Statement(
        name="decimal.parse (40 octets, scale 1)",
        forces="at most 38 digits",
        inputs=40,
        build=_parse(1),
        expected=_number(1),
        cases=tuple(
            tuple(text.encode())
            for text in ("1" * 40, "-" + "1" * 39, "1" * 38 + ".1", "-" + "1" * 37 + ".1")
        ),
        twins_of="digit count",
    ),
    _at_least_statement(4, 1, 245, "-.0245:"),
    _at_least_statement(4, 1, -245, "-.0245:"),
    _at_least_statement(3, 0, 888, "-789"),
    Statement(
        name="written_order.Threshold.is_below",
        forces="1 exactly if the digits, in their order, are below the constant's",
        inputs=4,
        build=_below_limit,
        expected=lambda _, x: (int(bytes((*x[2:], *x[:2])) < b"4625"),),
        cases=_texts("0124567", 4),
    ),
    Statement(
        name="date.civil_date",
        forces="the day exists, and whether its year has 366 days",
        inputs=8,
        build=lambda builder, x: [date.civil_date(builder, x).leap],
        expected=_leap,
        cases=_DATES,
        twins_of="date",
    ),
    Statement(
        name="date.day_number",
        forces="the days since 0001-01-01",
        inputs=8,
        build=lambda builder, x: [date.day_number(builder, date.civil_date(builder, x)).expression],
        expected=_day_number,
        cases=_SOME_DAYS,
        twins_of="day number",
    ),
    Statement(
        name="date.age_on",
        forces="the completed years on 2026-02-28",
        inputs=8,
        build=lambda builder, x: [
            date.age_on(builder, date.civil_date(builder, x), year=2026, month=2, day=28).expression
        ],
        expected=_age,
        cases=(
            _eight_digits(20, 8, 2, 28),
            _eight_digits(20, 8, 2, 29),
            _eight_digits(20, 8, 3, 1),
            _eight_digits(20, 8, 2, 27),
            _eight_digits(0, 1, 1, 1),
            _eight_digits(99, 99, 12, 31),
            _eight_digits(19, 0, 2, 29),
        ),
        twins_of="age",
    ),
    Statement(
        name="octet_sets.contains",
        forces="three sets of octets, of all 256 octets",
        inputs=8,
        build=_sets,
        expected=_sets_expected,
        fields=(7, 11),
        domain=lambda _: product((0, 1), repeat=8),
        solver=True,
    ),
    Statement(
        name="automaton.run",
        forces="1 exactly if (ab)*|b[^a] matches two octets",
        inputs=16,
        build=_automaton(0),
        expected=_matches,
        fields=(11,),
        domain=lambda _: (_bits(pair) for pair in product((*b"abcABq!", 0, 255), repeat=2)),
        solver=True,
        weakened=(Weakened(name="another start state", build=_automaton(1)),),
    ),
    Statement(
        name="automaton.run (4 octets)",
        forces="1 exactly if (ab)*|b[^a] matches four octets",
        inputs=32,
        build=_automaton(0),
        expected=_matches,
        fields=(11,),
        domain=lambda _: (_bits(word) for word in product(b"abc", repeat=4)),
    ),
)
