"""Tokens read as every type: values at every bound, and what is malformed."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.encoding import encode_as
from mpctls.spec.identifiers import LexicalClass
from mpctls.spec.zero_knowledge.field_types import Type
from mpctls.spec.zero_knowledge.reading_predicates import read_json

from ...fields import Fields, number
from ..vector import Family, Vector
from .making import HEADER, LITERAL, NUMBER, STRING, Making, name_of, of_type, replaced, text_of

STEP = "verification/predicate_evaluation"
_READ = Making(operation="verification/read-value")
_MALFORMED, _KIND, _LONG = (
    "predicate/malformed-field",
    "predicate/type-does-not-match-token",
    "predicate/field-too-long",
)
_CLASSES = {"string": STRING, "number": NUMBER, "literal": LITERAL, "header": HEADER}


def type_octets(written: str) -> bytes:
    """The octets of a type by its name."""
    predicate = read_json(text_of({"pseudonym": [0, "s"]}, of_type(written)))
    return encode_as(Type, predicate.fields[0].type)


def _fields(written: str, class_: LexicalClass, octets: bytes) -> Fields:
    return {"type": type_octets(written), "class": number(class_), "octets": octets}


Case = tuple[str, str, bytes]
"""The type, the kind of token and the octets."""

_NUMBERS: tuple[Case, ...] = (
    *(
        ("integer", kind, octets)
        for kind in ("number", "string", "header")
        for octets in (b"0", b"-7", b"1250")
    ),
    ("integer", "number", b"9" * 38),
    ("integer", "number", b"-" + b"9" * 38),
    ("integer", "number", b"1" + b"0" * 37),
    ("decimal(2)", "number", b"1250.50"),
    ("decimal(2)", "number", b"1250.5"),
    ("decimal(2)", "number", b"1250"),
    ("decimal(2)", "string", b"-0.01"),
    ("decimal(2)", "header", b"0.00"),
    ("decimal(2)", "number", b"0"),
    ("decimal(2)", "number", b"9" * 36 + b".99"),
    ("decimal(2)", "number", b"9" * 38),
    ("decimal(1)", "number", b"1.5"),
    ("decimal(18)", "number", b"9" * 20 + b"." + b"9" * 18),
    ("decimal(18)", "number", b"0." + b"0" * 17 + b"1"),
)
_NO_NUMBERS: tuple[Case, ...] = (
    *((type_, "number", octets)
    for type_ in ("integer", "decimal(2)")
    for octets in (
        b"", b"-", b"-0", b"00", b"01", b"-01", b"+1", b"1e3", b"1E3", b" 1", b"1 ", b"1\n", b"0x1", b"1,5", b".5",
        b"1.", b"--1", b"1-", b"\xd9\xa1", b"9" * 39, b"1_0", b"1.50.0",
    )),
    ("integer", "number", b"1.0"),
    ("integer", "string", b"1.5"),
    ("decimal(2)", "number", b"-0.00"),
    ("decimal(2)", "number", b"-0.0"),
    ("decimal(2)", "number", b"1.000"),
    ("decimal(2)", "number", b"1.001"),
    ("decimal(2)", "number", b"9" * 37 + b".99"),
    ("decimal(1)", "number", b"1.55"),
    ("decimal(18)", "number", b"0." + b"0" * 19),
    ("decimal(18)", "number", b"9" * 21 + b"." + b"9" * 18),
    ("integer", "header", b"1\t"),
)  # fmt: skip
_DATES: tuple[Case, ...] = (
    ("date(YYYY-MM-DD)", "string", b"0001-01-01"),
    ("date(YYYY-MM-DD)", "string", b"9999-12-31"),
    ("date(YYYY-MM-DD)", "string", b"2000-02-29"),
    ("date(YYYY-MM-DD)", "string", b"2024-02-29"),
    ("date(YYYY-MM-DD)", "string", b"1900-03-01"),
    ("date(YYYY-MM-DD)", "header", b"2023-12-31"),
    ("date(YYYY-MM-DD)", "string", b"2024-12-31"),
    ("date(YYYYMMDD)", "string", b"20240229"),
    ("date(DD.MM.YYYY)", "string", b"29.02.2024"),
    ("date(DD/MM/YYYY)", "string", b"03/04/2024"),
    ("date(MM/DD/YYYY)", "string", b"03/04/2024"),
    *(("date(YYYY-MM-DD)", "string", f"2023-{month:02}-{last}".encode())
      for month, last in zip(range(1, 13), (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True)),
)  # fmt: skip
_NO_DATES: tuple[Case, ...] = (
    *(("date(YYYY-MM-DD)", "string", octets) for octets in (
        b"", b"0000-01-01", b"2023-02-29", b"1900-02-29", b"2100-02-29", b"2023-04-31", b"2023-13-01", b"2023-00-01",
        b"2023-01-00", b"2023-1-01", b"2023-01-1", b"20230101", b"2023/01/01", b"2023-01-01 ",
        b" 2023-01-01", b"2023-01-01T", b"-023-01-01", b"+023-01-01", b"2023-0 -01", b"2023-01-0a", b"01-01-2023",
        b"10000-01-01", b"2023-01-01\n", b"\xd9\xa2023-1-1",
    )),
    *(("date(YYYY-MM-DD)", "string", f"2023-{month:02}-{last + 1}".encode())
      for month, last in zip((1, 3, 5, 6, 7, 8, 9, 10, 11, 12), (31, 31, 31, 30, 31, 31, 30, 31, 30, 31), strict=True)),
    ("date(YYYYMMDD)", "string", b"2024-02-29"),
    ("date(YYYYMMDD)", "string", b"20230229"),
    ("date(DD.MM.YYYY)", "string", b"29/02/2024"),
    ("date(DD.MM.YYYY)", "string", b"31.04.2024"),
    ("date(DD/MM/YYYY)", "string", b"03/13/2024"),
    ("date(MM/DD/YYYY)", "string", b"13/03/2024"),
)  # fmt: skip
_TEXTS: tuple[Case, ...] = (
    ("text(5)", "string", b"alice"),
    ("text(5)", "header", b"alice"),
    ("text(403)", "string", b"x" * 403),
    ("text(403)", "string", "日".encode()),
    ("text(403)", "string", "\U0001f600".encode()),
    ("text(403)", "string", b" a "),
    ("text(403)", "string", b"\x7f"),
    ("text(403)", "header", b"a ~"),
    ("text(403)", "string", b"x" * 31),
    ("text(403)", "string", b"x" * 32),
    ("bytes", "string", b"\\n\x01\xff"),
    ("bytes", "number", b"1e5"),
    ("bytes", "literal", b"null"),
    ("bytes", "header", b"a\tb\x80"),
    ("bytes", "string", b" \t"),
    ("bytes", "string", bytes(403)),
    ("bytes", "number", b"0"),
    ("boolean", "literal", b"true"),
    ("boolean", "literal", b"false"),
)
_NO_TEXTS: tuple[Case, ...] = (
    ("text(5)", "string", b""),
    ("text(5)", "header", b""),
    *(("text(403)", "string", octets) for octets in (
        b"a\\nb", b'a"b', b"\\", b"a\x1fb", b"\0", b"\t", b"\n", b"\\u0061", b"\xff", b"\xc3", b"\xed\xa0\x80",
        b"\xc0\x80", b"\xf4\x90\x80\x80",
    )),
    *(("text(403)", "header", octets) for octets in (
        b" a", b"a ", b"a\tb", b"a\x7f", b"\xc3\xa9", b'a"b', b"a\\b", b" ",
    )),
    ("bytes", "string", b""),
    ("bytes", "header", b" a"),
    ("bytes", "header", b"a "),
    ("bytes", "header", b"\ta"),
    ("bytes", "header", b"a\t"),
    *(("boolean", "literal", octets) for octets in (
        b"", b"null", b"True", b"tru", b"true ", b"truee", b"1", b"falsefalse", b"fals",
    )),
)  # fmt: skip
_OTHER_KINDS: tuple[tuple[str, str], ...] = (
    ("integer", "literal"), ("decimal(2)", "literal"), ("text(5)", "number"), ("text(5)", "literal"),
    ("boolean", "string"), ("boolean", "number"), ("boolean", "header"), ("date(YYYYMMDD)", "number"),
    ("date(YYYYMMDD)", "literal"),
)  # fmt: skip


def _family(good: tuple[Case, ...], bad: tuple[Case, ...]) -> Iterator[Vector]:
    bases: dict[str, str] = {}
    for place, (type_, kind, octets) in enumerate(good):
        name = f"{name_of(type_)}-{kind}-{place}"
        bases.setdefault(type_, name)
        shown = octets if len(octets) <= 40 else octets[:40] + b"..."
        comment = f"{shown.decode(errors='backslashreplace')} of a {kind} is a value of {type_}."
        yield _READ.accepted(name, comment, _fields(type_, _CLASSES[kind], octets))
    for place, (type_, kind, octets) in enumerate(bad):
        yield _READ.refused(
            f"malformed-{name_of(type_)}-{kind}-{place}",
            f"A {kind} that is no {type_}: one octet or one rule differs.",
            _fields(type_, _CLASSES[kind], octets),
            _MALFORMED,
            base=bases[type_],
            mutation=replaced("octets", octets[:60].hex() or "no octets"),
        )


def _numbers() -> Iterator[Vector]:
    return _family(_NUMBERS, _NO_NUMBERS)


def _dates() -> Iterator[Vector]:
    return _family(_DATES, _NO_DATES)


def _texts() -> Iterator[Vector]:
    return _family(_TEXTS, _NO_TEXTS)


def _fitting() -> Iterator[Vector]:
    tokens = {
        "integer": b"1",
        "decimal(2)": b"1",
        "text(5)": b"alice",
        "boolean": b"true",
        "date(YYYYMMDD)": b"20240229",
    }
    kinds = {"integer": "number", "decimal(2)": "number", "text(5)": "string", "boolean": "literal",
             "date(YYYYMMDD)": "string"}  # fmt: skip
    for type_, octets in tokens.items():
        kind = kinds[type_]
        yield _READ.accepted(
            name_of(type_), f"A {kind} goes with {type_}.", _fields(type_, _CLASSES[kind], octets)
        )
    for type_, kind in _OTHER_KINDS:
        yield _READ.refused(
            f"{name_of(type_)}-of-a-{kind}",
            f"A {kind} does not go with {type_}, whatever its octets.",
            _fields(type_, _CLASSES[kind], tokens[type_]),
            _KIND,
            base=name_of(type_),
            mutation=replaced("class", kind),
        )
    yield _READ.accepted("longest", "403 octets are the most.", _fields("bytes", STRING, b"0" * 403))
    for type_, octets, base in (
        ("text(5)", b"alicee", "text-5"),
        ("bytes", b"0" * 404, "longest"),
        ("integer", b"0" * 404, "integer"),
        ("decimal(2)", b"1" * 404, "decimal-2"),
        ("date(YYYYMMDD)", b"0" * 404, "date-yyyymmdd"),
        ("boolean", b"t" * 404, "boolean"),
    ):
        yield _READ.refused(
            f"{name_of(type_)}-too-long",
            "A length is public, so it is looked at before the octets.",
            _fields(type_, _CLASSES[kinds.get(type_, "string")], octets),
            _LONG,
            base=base,
            mutation=replaced("octets", f"{len(octets)} octets"),
        )
    for name, base, octets in (
        ("decimal-scale-0", "decimal-2", b"\1\0"),
        ("decimal-scale-19", "decimal-2", b"\1\x13"),
        ("text-of-nothing", "text-5", b"\2\0\0"),
        ("text-of-404", "text-5", b"\2\x94\1"),
    ):
        yield _READ.refused(
            name,
            "Types have bounds of their own.",
            {**_fields("integer", NUMBER, b"1"), "type": octets},
            "encoding/not-canonical",
            base=base,
            mutation=replaced("type", octets.hex()),
        )


FAMILIES = (
    Family(step=STEP, name="numbers", summary="Integers and decimals.", make=_numbers),
    Family(step=STEP, name="dates", summary="Days of the calendar, written in five ways.", make=_dates),
    Family(step=STEP, name="texts", summary="Texts, octets and truths.", make=_texts),
    Family(
        step=STEP,
        name="types-of-tokens",
        summary="Which kinds and lengths go with which types.",
        make=_fitting,
    ),
)
