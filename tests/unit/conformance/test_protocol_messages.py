"""Messages of the adapter protocol: what is written is read, and nothing else is."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mpctls.conformance.operations.registry import forms
from mpctls.conformance.protocol.messages import (
    REPLIES,
    REQUESTS,
    Accept,
    Answer,
    Close,
    Error,
    Greeting,
    Hello,
    Open,
    Reject,
    Reply,
    Request,
    Run,
    Step,
    Stop,
    Unsupported,
    read_answer,
    read_hello,
    read_request,
    write,
)
from mpctls.conformance.protocol.schema import protocol_schema
from mpctls.conformance.protocol.strict_json import DEPTH_LIMIT, ProtocolError, read_json

HELLO = Hello(
    protocol=1,
    name="x",
    language="y",
    version="",
    protocol_versions=(1, 2),
    roles=("notary",),
    operations=("a/b",),
    features=(),
)
SAID: tuple[Request, ...] = (
    Greeting(protocol=1),
    Run(seq=0, operation="a/b", role="any", input={"n": [1, "é", None, True]}, randomness={}),
    Open(seq=1, role="notary", input={}, randomness={"r": "00"}),
    Step(seq=2, handle="h", operation="a/b", input={}, randomness={}),
    Close(seq=2**53 - 1, handle="h" * 64),
    Stop(),
)
OUTCOMES = (
    Accept(output={"root": "00"}),
    Reject(stage="decode", reason="trailing-octets"),
    Unsupported(feature="blake3"),
    Error(message="no"),
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**19), 10**19) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@pytest.mark.parametrize("message", SAID, ids=lambda message: message.TAG)
def test_what_the_suite_says_is_read(message: Request) -> None:
    line = write(message)
    assert line.count(b"\n") == 1 and line.endswith(b"\n") and line.isascii()
    assert read_request(line) == message


def test_what_an_adapter_says_is_read() -> None:
    assert read_hello(write(HELLO)) == HELLO
    for outcome in OUTCOMES:
        answer = Answer(seq=7, outcome=outcome)
        assert read_answer(write(answer)) == answer


def _changed(message: Request | Reply, **members: Any) -> bytes:
    document = {**json.loads(write(message)), **members}
    return json.dumps({name: value for name, value in document.items() if value != "absent"}).encode()


ANSWER = Answer(seq=7, outcome=OUTCOMES[0])
NO_ANSWERS: Mapping[str, dict[str, Any]] = {
    "no type": {"type": "absent"},
    "another type": {"type": "hello"},
    "no seq": {"seq": "absent"},
    "a seq that is true": {"seq": True},
    "a negative seq": {"seq": -1},
    "a seq above 2^53 - 1": {"seq": 2**53},
    "text for a seq": {"seq": "7"},
    "a member more": {"note": ""},
    "no outcome": {"outcome": "absent"},
    "an empty outcome": {"outcome": {}},
    "two outcomes": {"outcome": {"accept": {}, "reject": {"stage": "a", "reason": "b"}}},
    "a list for outputs": {"outcome": {"accept": []}},
    "half a reason": {"outcome": {"reject": {"stage": "a"}}},
    "a reason with more": {"outcome": {"reject": {"stage": "a", "reason": "b", "why": "c"}}},
    "an empty stage": {"outcome": {"reject": {"stage": "", "reason": "b"}}},
    "a number for a stage": {"outcome": {"reject": {"stage": 1, "reason": "b"}}},
    "a long feature": {"outcome": {"unsupported": {"feature": "x" * 257}}},
    "an unknown outcome": {"outcome": {"maybe": {}}},
}


@pytest.mark.parametrize("change", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_refused(change: dict[str, Any]) -> None:
    assert read_answer(_changed(ANSWER)) == ANSWER
    with pytest.raises(ProtocolError):
        read_answer(_changed(ANSWER, **change))


NO_HELLOS: Mapping[str, dict[str, Any]] = {
    "an unknown role": {"roles": ["server"]},
    "an operation twice": {"operations": ["a/b", "a/b"]},
    "too many features": {"features": [str(at) for at in range(1025)]},
    "text for operations": {"operations": "a/b"},
    "no name": {"name": ""},
    "protocol 0": {"protocol": 0},
    "no versions": {"protocol_versions": "absent"},
}


@pytest.mark.parametrize("change", NO_HELLOS.values(), ids=NO_HELLOS)
def test_what_is_no_hello_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        read_hello(_changed(HELLO, **change))


@pytest.mark.parametrize("line", [b"[]", b'"hello"', b"{}", b'{"type": ["run"]}', b'{"type": "run"}'])
def test_what_is_no_request_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_request(line)


@given(VALUES)
def test_strict_json_reads_what_json_writes(value: Any) -> None:
    for ascii_only in (True, False):
        assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


def test_depth_is_counted_outside_of_text_only() -> None:
    assert read_json(b'["' + b"[{" * 500 + b'\\"["]') == ["[{" * 500 + '"[']
    deepest = b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT
    assert read_json(deepest) is not None
    assert read_json(b"[" + b"[]," * 99 + b"[]]") == [[]] * 100
    with pytest.raises(ProtocolError, match="more than 32 levels"):
        read_json(b"[" + deepest + b"]")


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b'{"a":{"b":1,"b":1}}', "'b' twice"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "-Infinity"),
        (b"[1e3]", "1e3"),
        (b"[0.5]", "0.5"),
        (b"[" + b"1" * 21 + b"]", "21 digits"),
        (b'["\\ud800"]', "surrogate"),
        (b'["\xc3\x28"]', "UTF-8 at octet 2"),
        (b"\xef\xbb\xbf[]", "not JSON"),
        (b"[] []", "not JSON"),
        (b"[1,]", "not JSON"),
        (b'["\x01"]', "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(octets: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        read_json(octets)


def test_the_schema_has_every_message_and_operation_and_is_closed() -> None:
    schema: dict[str, Any] = protocol_schema()
    definitions = schema["$defs"]
    for message in REQUESTS:
        assert f"request-{message.TAG}" in definitions
    for reply in REPLIES:
        assert f"answer-{reply.TAG}" in definitions
    for name, form in forms().items():
        assert definitions[f"run:{name}"]["properties"]["role"] == {"const": form.role.value}
        assert set(definitions[f"output:{name}"]["properties"]) == {
            each.replace(" ", "_") for each in form.gives
        }
    for each in _objects(schema):
        assert each["additionalProperties"] is False and set(each["required"]) == set(each["properties"])


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for each in value for found in _objects(each)]
    if not isinstance(value, dict):
        return []
    inner = [found for each in value.values() for found in _objects(each)]
    return [value, *inner] if value.get("type") == "object" and "properties" in value else inner


@pytest.mark.slow
def test_an_independent_validator_reads_the_schema_as_we_do() -> None:
    Draft202012Validator.check_schema(protocol_schema())
    validator = Draft202012Validator(protocol_schema())
    for message in (*SAID, HELLO, *(Answer(seq=7, outcome=outcome) for outcome in OUTCOMES)):
        assert validator.is_valid(json.loads(write(message)))
    for change in NO_ANSWERS.values():
        assert not validator.is_valid(json.loads(_changed(ANSWER, **change))), change
    for change in NO_HELLOS.values():
        assert not validator.is_valid(json.loads(_changed(HELLO, **change))), change


@given(st.binary(max_size=40), st.data())
def test_octets_of_any_kind_are_a_message_or_refused(noise: bytes, data: st.DataObject) -> None:
    line = data.draw(st.sampled_from([write(HELLO), write(ANSWER)]))
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    for octets in (noise, line[:start] + noise + line[end:]):
        for read in (read_answer, read_hello, read_request):
            with contextlib.suppress(ProtocolError):
                read(octets)
