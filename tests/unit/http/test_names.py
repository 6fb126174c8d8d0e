"""Paths and names: one spelling each."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.http.names import HeaderName, JsonPath, join_path, parse_name, parse_path
from tests.unit.foundation.refusals import refused

MALFORMED = "structure/malformed-name"
STEPS = st.lists(
    st.integers(0, 200_000) | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.text(alphabet='az_-$."\\[]/\n\x1f\x7f', max_size=4),
    max_size=5,
)  # fmt: skip


@given(STEPS)
def test_every_path_is_read_as_it_is_written(steps: list[str | int]) -> None:
    assert parse_path(join_path(steps)) == JsonPath(steps=tuple(steps))


@given(STEPS, STEPS)
def test_different_values_have_different_paths(one: list[str | int], other: list[str | int]) -> None:
    assert (join_path(one) == join_path(other)) is (one == other)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.a", ("a",)),
        ("$._a-B9[0][10]", ("_a-B9", 0, 10)),
        ('$["a b"].c', ("a b", "c")),
        ('$[""]', ("",)),
        ('$["9"]', ("9",)),
        ('$["-"]', ("-",)),
        ('$["é"]', ("é",)),
        ('$["/"]', ("/",)),
        (r'$["\"\\\b\f\n\r\t"]', ('"\\\b\f\n\r\t',)),
        (r'$["\u0000\u001f"]', ("\0\x1f",)),
        ('$["\x7f\x80"]', ("\x7f\x80",)),
        ('$["\U0001f600"]', ("\U0001f600",)),
        ('$["]"]["["]', ("]", "[")),
    ],
)
def test_the_spelling_of_paths(text: str, steps: tuple[str | int, ...]) -> None:
    assert parse_path(text).steps == steps
    assert parse_path(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        ".a",
        "$.",
        "$a",
        "$.9",
        "$..a",
        "$.a ",
        " $.a",
        "$.é",
        "$.a.",
        "$[]",
        "$[01]",
        "$[-1]",
        "$[+1]",
        "$[1_0]",
        "$[1.0]",
        "$[ 1]",
        "$[1",
        "$[١]",
        "$[*]",
        "$['a']",
        '$["a"]',
        '$["a-b"]',
        '$["a',
        '$["a b"',
        '$["a b]',
        r'$["\/"]',
        r'$["\u0022"]',
        r'$["\u000a"]',
        r'$["\u001F"]',
        r'$["\u0041 "]',
        r'$["\u00e9"]',
        r'$["\u007f"]',
        r'$["\ud83d\ude00"]',
        r'$["\ud800"]',
        r'$["\x"]',
        '$["a\n"]',
        "$.a\n",
        "$.a[0]\n",
    ],
)
def test_other_spellings_are_malformed(text: str) -> None:
    with refused(MALFORMED):
        parse_path(text)
    with refused(MALFORMED):
        parse_name(text)


def test_names_of_header_fields_are_lower_case_tokens() -> None:
    assert parse_name("header x-one") == HeaderName(name="x-one")
    assert parse_name("$.header") == JsonPath(steps=("header",))
    for text in (
        "header X-One",
        "header  x",
        "header x ",
        "header ",
        "header",
        "Header x",
        "header x:",
        "header x\n",
    ):
        with refused(MALFORMED):
            parse_name(text)


@pytest.mark.parametrize("text", ["$[" + "9" * 5000 + "]", "$" + ".a" * 2**18, '$["' + "é" * 2**18 + '"]'])
def test_long_paths_are_read_quickly(text: str) -> None:
    started = time.monotonic()
    assert parse_path(text).steps
    assert time.monotonic() - started < 5


@given(st.text(max_size=12).map("$".__add__))
def test_random_text_is_a_path_only_in_its_own_spelling(text: str) -> None:
    try:
        path = parse_path(text)
    except Refused as refusal:
        assert refusal.reason == MALFORMED
    else:
        assert path.text == text
        assert json.dumps(path.steps)
