"""Names of parts, and the commit configs and selections made from them."""

from __future__ import annotations

import pytest

from mpctls.reference.channel.messages import HashRequest
from mpctls.reference.foundation.identifiers import Closure, Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import (
    Field,
    commit_apart,
    commit_request,
    disclose_all_but,
    find_field,
    find_token,
    header_fields,
    json_fields,
    read_direction,
    read_transcript,
)
from mpctls.reference.http.json_values import TokenKind
from tests.unit.foundation.refusals import refused

SENT = b"GET /account HTTP/1.1\r\nHost: server.example\r\nCookie: a=b\r\nCookie: c=d\r\nX:\r\n\r\n"
BODY = b'{"name":"Ada","tags":["",true],"balance":-12.5}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
RECEIVED = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
TRANSCRIPT = Transcript(sent=SENT, received=RECEIVED)
CHUNKED = Transcript(
    sent=b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    received=HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    b'7\r\n{"a":"1\r\n6\r\n23","b\r\n5\r\n":45}\r\n0\r\n\r\n',
)


def shown(transcript: Transcript, field: Field) -> bytes:
    return field.ranges.select(transcript.octets(field.direction))


@pytest.mark.parametrize(
    ("name", "octets", "lexical_class"),
    [
        ("sent", SENT, LexicalClass.ANY),
        ("received", RECEIVED, LexicalClass.ANY),
        ("sent:0-3", b"GET", LexicalClass.ANY),
        ("received:9-12", b"200", LexicalClass.ANY),
        ("request:header:Host", b"server.example", LexicalClass.HEADER_VALUE),
        ("request:header:host", b"server.example", LexicalClass.HEADER_VALUE),
        ("response:header:CONTENT-LENGTH", b"%d" % len(BODY), LexicalClass.HEADER_VALUE),
        ("response:json:$.name", b"Ada", LexicalClass.JSON_STRING_INTERIOR),
        ("response:json:$.tags[1]", b"true", LexicalClass.JSON_LITERAL),
        ("response:json:$.balance", b"-12.5", LexicalClass.JSON_NUMBER),
    ],
)
def test_names_stand_for_their_octets(name: str, octets: bytes, lexical_class: LexicalClass) -> None:
    field = find_field(TRANSCRIPT, name)
    assert shown(TRANSCRIPT, field) == octets
    assert field.lexical_class is lexical_class
    assert field.direction is (Direction.SENT if name.startswith(("sent", "request")) else Direction.RECEIVED)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "request",
        "request:header",
        "request:header:",
        "request:cookie:a",
        "other:header:host",
        "request:header:absent",
        "request:header:cookie",
        "request:header:x",
        "response:json:$.absent",
        "response:json:$.tags[0]",
        "response:json:$.tags",
        "response:json:$.NAME",
        'response:json:$["name"]',
        "response:json:$.tags[01]",
        "response:json:name",
        "response:json:$.tags[9]",
        "response:json:$.name.x",
        "response:json:$.name[0]",
        "request:json:$.a",
        "sent:3-3",
        "sent:3-2",
        f"sent:0-{len(SENT) + 1}",
        "sent:0-99999999999",
        "sent:-1-3",
        "sent:0-3\n",
        "sent:٠-٣",
        "sent: 0-3",
        "sent:1_0-20",
    ],
)
def test_names_of_nothing_or_of_several_things_are_refused(name: str) -> None:
    with refused("http/unknown-field"):
        find_field(TRANSCRIPT, name)


def test_an_empty_direction_has_no_octets_to_name() -> None:
    with refused("http/unknown-field"):
        find_field(Transcript(sent=b"", received=RECEIVED), "sent")


def test_only_content_that_is_called_json_has_json_fields() -> None:
    for said, count in (
        ("application/json", 3),
        ("application/a+json", 3),
        ("text/json", 0),
        ("text/plain", 0),
    ):
        received = RECEIVED.replace(b"application/json", said.encode())
        assert len(json_fields(Transcript(sent=SENT, received=received), Direction.RECEIVED)) == count
    assert json_fields(TRANSCRIPT, Direction.SENT) == ()


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (RECEIVED.replace(b'"Ada"', b"'Ada'"), "not-json"),
        (RECEIVED.replace(b'"balance"', b'"name   "').replace(b"name   ", b"n\\u0061me"), "duplicate-key"),
        (RECEIVED.replace(b"HTTP/1.1", b"HTTP/1.0"), "malformed-start-line"),
        (RECEIVED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"), "content-coding"),
    ],
)
def test_the_provers_messages_are_read_by_the_rules_of_views(received: bytes, reason: str) -> None:
    """What no Verifier would read is not committed to by name either."""
    received = received.replace(
        b"Content-Length: 47", b"Content-Length: %d" % len(received.partition(b"\r\n\r\n")[2])
    )
    transcript = Transcript(sent=SENT, received=received)
    for name in ("response:json:$.name", "response:header:content-type"):
        with refused(f"structure/{reason}"):
            find_field(transcript, name)
    assert find_field(transcript, "request:header:host").ranges.total == len("server.example")
    assert find_field(transcript, "received").ranges.total == len(received)


def test_a_response_is_read_after_its_request() -> None:
    with refused("structure/host-missing"):
        find_field(Transcript(sent=b"GET / HTTP/1.1\r\n\r\n", received=RECEIVED), "response:json:$.name")
    head = Transcript(sent=SENT.replace(b"GET", b"HEAD"), received=HEAD + b"Content-Length: 9\r\n\r\n")
    assert len(header_fields(head, Direction.RECEIVED)) == 2
    with refused("structure/extra-octets"):
        header_fields(Transcript(sent=head.sent, received=head.received + b"123456789"), Direction.RECEIVED)


def test_names_of_the_predicate_language_find_the_same_tokens() -> None:
    for direction, name, field in (
        (Direction.SENT, "header host", "request:header:host"),
        (Direction.RECEIVED, "header content-length", "response:header:content-length"),
        (Direction.RECEIVED, "$.name", "response:json:$.name"),
        (Direction.RECEIVED, "$.tags[1]", "response:json:$.tags[1]"),
    ):
        token, named = find_token(TRANSCRIPT, direction, name), find_field(TRANSCRIPT, field)
        assert token.ranges == named.ranges.ranges
        assert token.octets == shown(TRANSCRIPT, named)
        assert (token.direction, token.leaf, token.redacted) == (direction, None, False)
    assert find_token(TRANSCRIPT, Direction.RECEIVED, "$.balance").kind is TokenKind.NUMBER
    for name, reason in (
        ("header Host", "malformed-name"),
        ("header cookie", "unknown-name"),
        ("$.a", "unknown-name"),
    ):
        with refused(f"structure/{reason}"):
            find_token(TRANSCRIPT, Direction.SENT, name)
    with refused("structure/malformed-name"):
        find_token(TRANSCRIPT, Direction.RECEIVED, '$["name"]')


def test_the_closure_counts_once_it_is_known() -> None:
    transcript = Transcript(sent=SENT, received=HEAD + b"\r\n1 ")
    assert read_transcript(transcript).find(Direction.RECEIVED, "$").octets == b"1"
    with refused("structure/incomplete-message"):
        read_transcript(transcript, closure=Closure.NOT_RECEIVED)


def test_a_value_of_more_pieces_than_a_range_set_holds_cannot_be_committed() -> None:
    received = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n1\r\n" * 4097 + b"0\r\n\r\n"
    transcript = Transcript(sent=SENT, received=received)
    assert find_token(transcript, Direction.RECEIVED, "$").octets == b"1" * 4097
    with refused("encoding/limit-exceeded"):
        find_field(transcript, "response:json:$")


def test_values_over_several_chunks_leave_out_the_chunk_lines() -> None:
    """Reclaim's defect of chunk-size lines inside a revealed value."""
    one = find_field(CHUNKED, "response:json:$.a")
    assert len(one.ranges.ranges) == 2
    assert shown(CHUNKED, one) == b"123"
    assert shown(CHUNKED, find_field(CHUNKED, "response:json:$.b")) == b"45"


def test_every_value_has_a_field_and_empty_ones_have_none() -> None:
    names = [each.name for each in header_fields(TRANSCRIPT, Direction.SENT)]
    assert names == ["request:header:host", "request:header:cookie", "request:header:cookie"]
    assert [each.name for each in json_fields(TRANSCRIPT, Direction.RECEIVED)] == [
        "response:json:$.name",
        "response:json:$.tags[1]",
        "response:json:$.balance",
    ]
    assert read_direction(TRANSCRIPT, Direction.SENT).message.head.end == len(SENT)


def test_a_request_for_a_commitment_has_the_fields_class() -> None:
    request = commit_request(find_field(TRANSCRIPT, "response:json:$.balance"), HashAlgorithm.BLAKE3)
    assert request.kind == HashRequest(algorithm=2)
    assert (request.direction, request.lexical_class) == (Direction.RECEIVED, LexicalClass.JSON_NUMBER)


def test_fields_committed_apart_and_the_rest_cover_everything_once() -> None:
    apart = [find_field(TRANSCRIPT, name) for name in ("request:header:host", "response:json:$.name")]
    requests = commit_apart(TRANSCRIPT, [*apart, apart[0]], HashAlgorithm.SHA256)
    assert [each.ranges for each in requests[:2]] == [each.ranges for each in apart]
    assert len(requests) == 4
    for direction in Direction:
        places = [
            octet
            for each in requests
            if each.direction is direction
            for part in each.ranges
            for octet in range(part.start, part.end)
        ]
        assert sorted(places) == list(range(len(TRANSCRIPT.octets(direction))))


def test_without_fields_each_direction_is_committed_whole() -> None:
    assert [each.ranges for each in commit_apart(TRANSCRIPT, [], HashAlgorithm.SHA256)] == [
        RangeSet.of([(0, len(SENT))]),
        RangeSet.of([(0, len(RECEIVED))]),
    ]
    silent = Transcript(sent=SENT, received=b"")
    assert len(commit_apart(silent, [], HashAlgorithm.SHA256)) == 1
    whole = [find_field(TRANSCRIPT, "sent"), find_field(TRANSCRIPT, "received")]
    assert len(commit_apart(TRANSCRIPT, whole, HashAlgorithm.SHA256)) == 2


def test_everything_but_the_hidden_fields_is_shown() -> None:
    hidden = [find_field(TRANSCRIPT, "response:json:$.name")]
    rest = disclose_all_but(TRANSCRIPT, Direction.RECEIVED, hidden)
    assert rest is not None and rest.select(RECEIVED) == RECEIVED.replace(b"Ada", b"")
    assert disclose_all_but(TRANSCRIPT, Direction.SENT, hidden) == RangeSet.of([(0, len(SENT))])
    assert disclose_all_but(TRANSCRIPT, Direction.SENT, [find_field(TRANSCRIPT, "sent")]) is None
    assert disclose_all_but(Transcript(sent=b"", received=RECEIVED), Direction.SENT, []) is None
