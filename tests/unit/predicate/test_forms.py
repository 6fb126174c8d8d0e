"""The forms of a predicate say the same: canonical octets, JSON, text, Python."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.predicate.build import (
    age,
    average,
    boolean,
    day,
    decimal,
    field,
    integer,
    length,
    octets,
    text,
)
from mpctls.zkp.predicate.canonical import decode, digest, encode
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.json_form import read_json, write_json
from mpctls.zkp.predicate.text_form import read_text
from tests.unit.foundation.refusals import refused

from .strategies import Case, cases

balance = field("response", "$.balance", decimal(2))
name = field("response", "$.name", text(20))
born = field("response", "$.born", day("DD.MM.YYYY"))
flag = field("response", "$.flag", boolean)
count = field("response", "$.count", integer)
raw = field("response", "$.raw", octets)
token = field("request", "header authorization", text(64))
ROOT = bytes(31) + b"\x01"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(depth=3))
def test_canonical_octets_and_json_round_trip(case: Case) -> None:
    predicate = case.predicate
    assert decode(encode(predicate)) == predicate
    written = write_json(predicate)
    assert read_json(written) == predicate
    assert write_json(read_json(written)) == written


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.data())
def test_other_octets_are_another_predicate_or_none(case: Case, data: st.DataObject) -> None:
    encoded = bytearray(encode(case.predicate))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    try:
        changed = decode(bytes(encoded))
    except Refused as refusal:
        assert refusal.reason.split("/")[0] in ("encoding", "predicate")
    else:
        assert changed != case.predicate
        assert encode(changed) == bytes(encoded)


def test_the_canonical_octets_of_an_example() -> None:
    """Written out by hand from predicates.md section 2."""
    expected = (
        b"\x01\x00"  # version
        b"\x01"  # one field
        b"\x00\x01\x01\x09$.balance\x01\x02"  # attestation 0, response, json, decimal(2)
        b"\x00\x05"  # compare, at least
        b"\x02\x00"  # field 0
        b"\x00\x00" + (1000).to_bytes(16, "little") + b"\x00"  # constant 1000, scale 0
    )
    assert encode((balance >= 1000).predicate) == expected
    assert digest((balance >= 1000).predicate) != digest((balance >= 1001).predicate)


@pytest.mark.parametrize(
    ("written", "built"),
    [
        ("response $.balance: decimal(2) >= 1000", balance >= 1000),
        ("response $.balance : decimal( 2 ) ≥ 1000", balance >= Decimal("1e3")),
        ('request header authorization: text(64) starts with "Bearer "', token.starts_with("Bearer ")),
        ("response $.count: integer != -3", count != -3),
        ("response $.count: integer ≠ 0.50", count != Decimal("0.5")),
        ("response $.count: integer between 1 and 5", count.between(1, 5)),
        ("response $.count: integer in {3, 1, -2}", count.one_of([1, -2, 3])),
        ('response $.name: text(20) not in {"é", "a"}', ~name.one_of(["a", "é"])),
        (f"response $.name: text(20) in tree(16, {ROOT.hex()})", name.in_tree(16, ROOT)),
        (f"response $.name: text(20) not in tree(1, {ROOT.hex()})", name.not_in_tree(1, ROOT)),
        ('response $.name: text(20) ends with "\\u00e9"', name.ends_with("é")),
        ('response $.raw: bytes contains "x"', raw.contains(b"x")),
        ('response $.name: text(20) matches "a\\\\d*"', name.matches(r"a\d*")),
        ("response $.flag: boolean is true", flag == True),  # noqa: E712
        ("response $.flag: boolean is false", flag.is_truth(False)),
        ('response $.name: text(20) = "Ada"', name == "Ada"),
        ('response $.name: text(20) != "Ada"', name != "Ada"),
        ("length(response $.name: text(20)) < 5", length(name) < 5),
        ("age(response $.born: date(DD.MM.YYYY), 2026-11-22) > 17", age(born, date(2026, 11, 22)) > 17),
        (
            "average(response $.count: integer, response $.balance: decimal(2)) <= 2",
            average(count, balance) <= 2,
        ),
        ("response $.count: integer + response $.balance: decimal(2) + 1 > 0", count + balance + 1 > 0),
        ("response $.count: integer - response $.balance: decimal(2) - 1 > 0", count - balance - 1 > 0),
        ("2026-11-22 - response $.born: date(DD.MM.YYYY) >= 30", date(2026, 11, 22) - born >= 30),
        ("response $.born: date(DD.MM.YYYY) < 2000-02-29", born < "2000-02-29"),
        (
            'response $.count: integer = 1 and response $.name: text(20) = "a" and response $.flag: boolean is true',
            (count == 1) & (name == "a") & flag.is_truth(True),
        ),
        (
            "response $.count: integer = 1 or not response $.count > 5 and response $.count < 9",
            (count == 1) | (~(count > 5) & (count < 9)),
        ),
        (
            "(response $.count: integer = 1 or response $.count = 2) and not (response $.count = 3)",
            ((count == 1) | (count == 2)) & ~(count == 3),
        ),
        ("((response $.count: integer)) >= (1)", count >= 1),
        (
            'response $.count: integer > 1 and pseudonym(response $.name: text(20), "shop")',
            (count > 1) & name.pseudonym("shop"),
        ),
        ('response $["a b"][0].c-d: text(20) = "x"', field("response", '$["a b"][0].c-d', text(20)) == "x"),
        (
            "response $.name: text(20) = response $.other: text(9)",
            name == field("response", "$.other", text(9)),
        ),
    ],
)
def test_the_text_form_says_what_python_says(written: str, built: Any) -> None:
    assert read_text(written) == built.predicate


@pytest.mark.parametrize(
    ("written", "place", "expected"),
    [
        ("", 1, "a field"),
        ("response", 9, "a JSON path"),
        ("answer $.a: integer = 1", 1, "a field"),
        ("response $.a = 1", 14, "a colon and a type"),
        ("response $.a: integer", 22, "an operator"),
        ("response $.a: integer >", 24, "a field"),
        ("response $.a: integer > 1 1", 27, "the end"),
        ("response $.a: integer > 1 and", 30, "a field"),
        ("response $.a: float > 1", 15, "no type"),
        ("response $.a: decimal(0) > 1", 15, "scale"),
        ("response $.a: integer > 01", 25, "no number"),
        ("response $.a: integer > -0", 25, "minus"),
        ("response $.a: integer in {}", 27, "a number"),
        ("response $.a: text(3) in {1}", 27, "a text"),
        ("response $.a: text(3) matches a", 31, "a text"),
        ('response $.a: text(3) = "a', 25, "quotes"),
        ("response $.a: integer in tree(0, 00)", 32, "a depth"),
        ("response $.a: integer in tree(4, 00)", 34, "a root"),
        ("(response $.a: integer > 1", 27, ")"),
        ("response $.a: date(YYYY) > 1", 15, "no type"),
        ("response $.a: integer > 2026-02-30", 25, "no day"),
        ("1 + (response $.a: integer > 1) > 2", 33, "a number"),
        ('response header : text(3) = "a"', 17, "the name of a header"),
    ],
)
def test_the_text_form_says_where_and_what_was_expected(written: str, place: int, expected: str) -> None:
    with pytest.raises(Refused) as caught:
        read_text(written)
    assert caught.value.reason == "predicate/malformed"
    assert f"at character {place}" in caught.value.detail
    assert expected in caught.value.detail


def test_deep_texts_are_refused() -> None:
    with refused("predicate/too-large"):
        read_text("(" * 5000)
    with refused("predicate/too-large"):
        read_text("not " * 5000)


def test_the_json_of_an_example() -> None:
    written = (
        '{"version":1,"fields":[{"attestation":0,"side":"response","json":"$.balance","type":"decimal(2)"}],'
        '"condition":{"compare":["≥",{"field":0},"1000"]}}'
    )
    assert write_json((balance >= 1000).predicate) == written
    assert read_json(written.replace('"attestation":0,', "")) == (balance >= 1000).predicate
    assert read_json(written.replace('"1000"', '"1000.00"')) == (balance >= 1000).predicate
    with refused("encoding/not-canonical"):
        read_json(written.replace('"version":1', '"version":2'))


def value() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(write_json((balance >= 1000).predicate))
    return loaded


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1"},
        {"version": True},
        {"more": 1},
        {"fields": []},
        {"fields": [{"side": "response", "json": "$.a", "type": "decimal(2)", "x": 0}]},
        {"fields": [{"side": "response", "json": "$.a", "header": "b", "type": "decimal(2)"}]},
        {"fields": [{"side": "sent", "json": "$.a", "type": "decimal(2)"}]},
        {"fields": [{"side": "response", "json": "$.a", "type": "decimal(02)"}]},
        {"fields": [{"side": "response", "json": "$.a", "type": "decimal(19)"}]},
        {"fields": [{"side": "response", "json": "$.a", "type": "integer", "attestation": 256}]},
        {"condition": {}},
        {"condition": {"compare": ["≥", {"field": 0}]}},
        {"condition": {"compare": [">=", {"field": 0}, "1"]}},
        {"condition": {"compare": ["≥", {"field": 0}, 1]}},
        {"condition": {"compare": ["≥", {"field": 0}, "1e3"]}},
        {"condition": {"compare": ["≥", {"field": True}, "1"]}},
        {"condition": {"compare": ["≥", {"field": 0, "day": 1}, "1"]}},
        {"condition": {"starts_with": [0, {"hex": "0G"}]}},
        {"condition": {"starts_with": [0, {"hex": "AB"}]}},
        {"condition": {"none": []}},
    ],
)
def test_json_that_is_not_of_the_form(change: dict[str, Any]) -> None:
    with refused("predicate/malformed"):
        read_json(json.dumps({**value(), **change}))


@pytest.mark.parametrize(
    "text_",
    ["", "{", "[]", "1", "{}", '{"version":1,"version":1}', "NaN", '"\\ud800"', '{"version":1.0}', "\ud800"],
)
def test_what_is_no_json_object_of_a_predicate(text_: str) -> None:
    with refused("predicate/malformed"):
        read_json(text_)


def test_json_that_is_too_large() -> None:
    with refused("predicate/too-large"):
        read_json("[" * 100_000)
    with refused("predicate/too-large"):
        read_json(" " * ((1 << 18) + 1))
    with refused("predicate/too-large"):
        read_json("[" * 65 + '"')


def test_octets_have_one_json_value() -> None:
    for wanted, written in ((b"\xff", {"hex": "ff"}), ("é".encode(), "é")):
        predicate = name.contains(wanted).predicate
        assert json.loads(write_json(predicate))["condition"] == {"contains": [0, written]}
        assert read_json(write_json(predicate)) == predicate
    as_hex = write_json(name.contains("a").predicate).replace('[0,"a"]', '[0,{"hex":"61"}]')
    with refused("predicate/malformed"):
        read_json(as_hex)
    with refused("predicate/malformed"):
        read_json(write_json(raw.contains("a").predicate).replace('{"hex":"61"}', '"a"'))


def test_python_refuses_what_is_not_exact_or_has_no_meaning() -> None:
    with pytest.raises(TypeError):
        balance >= 0.1  # type: ignore[operator] # noqa: B015
    with pytest.raises(TypeError):
        bool(balance >= 1)
    with pytest.raises(TypeError):
        1 < balance < 5  # noqa: B015
    with pytest.raises(TypeError):
        name == 5  # noqa: B015
    with refused("predicate/too-large"):
        balance >= 10**38  # noqa: B015
    with pytest.raises(ValueError, match="side"):
        field("server", "$.a", integer)


def test_fields_are_listed_once_in_order_of_first_use() -> None:
    predicate: Predicate = ((count > 1) & (balance > 1) & (count < 9)).predicate
    assert predicate.fields == (count.named, balance.named)
