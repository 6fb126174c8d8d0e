"""The JSON parser against the standard library's with a strict hook, and limits against hostile texts."""

from __future__ import annotations

import json
import resource
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.reasons import STRUCTURE
from mpctls.reference.http.json_values import (
    MAXIMUM_DEPTH,
    MAXIMUM_NAME,
    MAXIMUM_VALUES,
    JsonArray,
    JsonNode,
    JsonObject,
    JsonValue,
    TokenKind,
    read_json,
)
from mpctls.reference.http.masked import MaskedOctets
from mpctls.reference.http.names import Step, join_path
from mpctls.reference.mpc.circuits.automata import AUTOMATA
from tests.unit.foundation.refusals import refused

NOT_JSON = "structure/not-json"
CLASSES = {
    TokenKind.STRING: "json-string-interior",
    TokenKind.NUMBER: "json-number",
    TokenKind.LITERAL: "json-literal",
}
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=4)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def leaves_of(value: Any, steps: tuple[Step, ...] = ()) -> list[tuple[str, Any]]:
    """Path and value of every leaf of a decoded text."""
    if isinstance(value, dict):
        return [leaf for name, item in value.items() for leaf in leaves_of(item, (*steps, name))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves_of(item, (*steps, index))]
    return [(join_path(steps), value)]


def json_leaves(text: bytes) -> list[tuple[str, JsonValue]]:
    """Path and place of every leaf, as the parser sees them."""

    def walk(node: JsonNode, steps: tuple[Step, ...]) -> list[tuple[str, JsonValue]]:
        if isinstance(node, JsonValue):
            return [(join_path(steps), node)]
        children: list[tuple[Step, JsonNode]] = (
            list(node.members.items()) if isinstance(node, JsonObject) else list(enumerate(node.items))
        )
        return [leaf for step, child in children for leaf in walk(child, (*steps, step))]

    return walk(read_json(MaskedOctets.whole(text)), ())


def read(text: bytes) -> list[tuple[str, Any]]:
    """The same from the spans of the parser, each decoded by itself."""
    found: list[tuple[str, Any]] = []
    for path, leaf in json_leaves(text):
        octets = text[leaf.start : leaf.end]
        assert leaf.kind is not None and AUTOMATA[CLASSES[leaf.kind]].accepts(octets)
        if leaf.kind is TokenKind.STRING:
            assert text[leaf.start - 1 : leaf.start] == text[leaf.end : leaf.end + 1] == b'"'
            octets = b'"' + octets + b'"'
        found.append((path, json.loads(octets)))
    return found


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_leaves_are_those_of_the_standard_library(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert read(text) == leaves_of(json.loads(text))


def strictly(text: bytes) -> Any:
    """Decode with the standard library, refusing what RFC 8259 does not hold and what has two meanings."""

    def closed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("duplicate")
        return dict(pairs)

    def no_constant(constant: str) -> Any:
        raise ValueError(constant)

    value = json.loads(text.decode("utf-8"), object_pairs_hook=closed, parse_constant=no_constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


@given(
    st.text(alphabet='{}[]":,\\u0019eE+-. \ntrufalsndD8é', max_size=14).map(str.encode)
    | st.binary(max_size=8)
)
def test_both_parsers_accept_the_same_texts(text: bytes) -> None:
    try:
        expected = leaves_of(strictly(text))
    except ValueError:
        with pytest.raises(Refused) as caught:
            json_leaves(text)
        assert caught.value.reason in (NOT_JSON, "structure/duplicate-key")
    else:
        assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"\xef\xbb\xbf1",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\xc0\xaf"',
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"1e",
        b"1_000",
        b"0x10",
        b"- 1",
        "\N{FULLWIDTH DIGIT ONE}".encode(),
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"True",
        b"nul",
        b"'a'",
        b'"a\nb"',
        b'"a\tb"',
        b'"a\0"',
        b'"\\x41"',
        b'"\\u12G4"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\ud800": 1}',
        b'"a',
        b'{"a":1,}',
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b'{"a" 1}',
        b'{"a":}',
        b"{a:1}",
        b"{1:1}",
        b"[1]]",
        b"1 2",
        b"[",
        b"{",
        b'{"a"',
        b'{"a":1',
        b"// x\n1",
        b"\x0b1",
        b"\xc2\xa01",
        b")]}'\n[1]",
    ],
)
def test_what_has_two_readings_is_refused(text: bytes) -> None:
    with refused(NOT_JSON):
        json_leaves(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"\\ud83d\\ude00":1,"\xf0\x9f\x98\x80":2}',
        b'{"a":{"b":1,"b":1}}',
        b'[[{"":1,"":1}]]',
    ],
)
def test_a_key_stands_once_in_its_object(text: bytes) -> None:
    """Attack catalogue, G2: keys are compared as what they mean, in every object."""
    with refused("structure/duplicate-key"):
        json_leaves(text)
    assert len(json_leaves(b'[{"a":1},{"a":{"a":2}}]')) == 2


def test_paths_name_one_value_each() -> None:
    text = b'{"plain-1":1,"odd name":2,"a.b":3,"a":{"b":4},"x\\"]":5,"":6,"list":[[7],{"y":8}],"\xc3\xa9":9}'
    assert [path for path, _ in json_leaves(text)] == [
        "$.plain-1",
        '$["odd name"]',
        '$["a.b"]',
        "$.a.b",
        '$["x\\"]"]',
        '$[""]',
        "$.list[0][0]",
        "$.list[1].y",
        '$["é"]',
    ]


@given(st.lists(NAMES, min_size=2, max_size=2, unique=True), NAMES)
def test_different_members_have_different_paths(names: list[str], outer: str) -> None:
    assert join_path([names[0]]) != join_path([names[1]])
    assert join_path([outer, names[0]]) != join_path([names[1]])


def test_spans_are_of_octets_not_characters() -> None:
    text = '{"é":"üü","n":-1.5e+3}'.encode()
    (_, first), (_, second) = json_leaves(text)
    assert text[first.start : first.end] == "üü".encode()
    assert text[second.start : second.end] == b"-1.5e+3"
    assert (first.kind, second.kind) == (TokenKind.STRING, TokenKind.NUMBER)


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_limited_long_before_the_stack(opening: bytes, closing: bytes) -> None:
    assert len(json_leaves(opening * MAXIMUM_DEPTH + b"1" + closing * MAXIMUM_DEPTH)) == 1
    for depth in (MAXIMUM_DEPTH + 1, 100_000):
        with refused("structure/too-deep"):
            json_leaves(opening * depth + b"1" + closing * depth)


@pytest.mark.parametrize(
    "text",
    [
        b"[" + b"1," * MAXIMUM_VALUES + b"1]",
        b"[" + b"[]," * MAXIMUM_VALUES + b"[]]",
        b"[" + b"{}," * 2**20 + b"{}]",
    ],
)
def test_the_number_of_values_is_limited(text: bytes) -> None:
    started = time.monotonic()
    with refused("structure/too-large"):
        json_leaves(text)
    assert time.monotonic() - started < 10


def test_the_length_of_names_is_limited() -> None:
    """In characters, after unescaping."""
    for unit in (b"a", b"\xc3\xa9", b"\\n", b"\\ud83d\\ude00"):
        assert len(json_leaves(b'{"' + unit * MAXIMUM_NAME + b'":[1]}')) == 1
        with refused("structure/too-large"):
            json_leaves(b'{"' + unit * (MAXIMUM_NAME + 1) + b'":[1]}')


def test_long_names_around_many_values_cost_little() -> None:
    """No path is written out before it is asked for: together those of this text have gigabytes."""
    name = b'{"' + b"a" * MAXIMUM_NAME + b'":'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    node = read_json(MaskedOctets.whole(name * 63 + b"[" + b"1," * 50_000 + b"1]" + b"}" * 63))
    while isinstance(node, JsonObject):
        (node,) = node.members.values()
    assert isinstance(node, JsonArray) and len(node.items) == 50_001
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize(
    "text",
    [
        b'"' + b"a" * 2**24 + b'"',
        b'"' + b"\\n" * 2**23 + b'"',
        b'"' + b"\\u0041" * 2**21 + b'"',
        b'"' + b"a" * 2**24,
        b'"' + b"\\\\" * 2**23,
        b"1" * 2**24,
        b"0." + b"1" * 2**24 + b"e",
        b" " * 2**24,
        b"[" + b" " * 2**24,
        b"-" * 2**24,
    ],
)
def test_long_texts_cost_time_and_memory_in_proportion(text: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    try:
        assert len(json_leaves(text)) == 1
    except Refused as refusal:
        assert refusal.reason in STRUCTURE
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
