"""The structured view of an exchange: what it shows, and each reason why there is none."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Closure, Direction, LexicalClass
from mpctls.reference.foundation.ranges import Range, RangeSet
from mpctls.reference.foundation.reasons import STRUCTURE
from mpctls.reference.http.json_values import TokenKind
from mpctls.reference.http.rules import NEVER_REDACTABLE, ExchangePolicy
from mpctls.reference.mpc.circuits.automata import AUTOMATA
from tests.unit.foundation.refusals import refused

from .exchanges import BODY, SENT, chunks, leaf, plain, read, response, view

HEAD = b"GET / HTTP/1.1\r\nHost: server.example\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


def get(*fields: bytes) -> bytes:
    """A request with these further header fields."""
    return HEAD + b"".join(each + b"\r\n" for each in fields) + b"\r\n"


def post(body: bytes, *fields: bytes) -> bytes:
    return get(b"Content-Type: application/json", b"Content-Length: %d" % len(plain(body)), *fields) + body


# ── What a view shows ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_view_names_every_part() -> None:
    shown = view()
    assert (shown.method, shown.target, shown.status) == ("GET", "/account", 200)
    assert [each.name for each in shown.request.fields] == [
        "host",
        "accept-encoding",
        "authorization",
        "connection",
    ]
    values = {each.name: each.value for each in shown.request.fields}
    host, token = values["host"], values["authorization"]
    assert host is not None and (host.octets, host.leaf) == (b"server.example", None)
    assert token is not None and (token.octets, token.leaf, token.length) == (None, 0, 13)
    assert shown.response.content is None
    assert [(steps, value and (value.kind, value.leaf)) for steps, value in shown.response.tokens()] == [
        (("name",), (TokenKind.STRING, 1)),
        (("balance",), (TokenKind.NUMBER, 2)),
        (("open",), (TokenKind.LITERAL, 3)),
        (("tags", 0), None),
        (("tags", 1), (TokenKind.LITERAL, None)),
    ]


@pytest.mark.parametrize(
    ("side", "name", "kind", "octets", "index"),
    [
        (Direction.SENT, "header host", TokenKind.HEADER_VALUE, b"server.example", None),
        (Direction.SENT, "header authorization", TokenKind.HEADER_VALUE, None, 0),
        (Direction.RECEIVED, "header content-type", TokenKind.HEADER_VALUE, b"application/json", None),
        (Direction.RECEIVED, "$.name", TokenKind.STRING, None, 1),
        (Direction.RECEIVED, "$.balance", TokenKind.NUMBER, None, 2),
        (Direction.RECEIVED, "$.open", TokenKind.LITERAL, None, 3),
        (Direction.RECEIVED, "$.tags[1]", TokenKind.LITERAL, b"null", None),
    ],
)
def test_names_resolve_to_tokens(
    side: Direction, name: str, kind: TokenKind, octets: bytes | None, index: int | None
) -> None:
    token = view().field(side, name)
    assert (token.kind, token.octets, token.leaf, token.direction) == (kind, octets, index, side)
    transcript = (plain(SENT), plain(response(BODY)))[side.value]
    if octets is not None:
        assert b"".join(transcript[each.start : each.end] for each in token.ranges) == octets


@pytest.mark.parametrize(
    "name",
    [
        "header x",
        "header cookie",
        "header empty",
        "$",
        "$.tags",
        "$.tags[0]",
        "$.tags[2]",
        "$.tags.x",
        "$.x",
        "$.name.x",
    ],
)
def test_what_has_no_octets_has_no_name(name: str) -> None:
    received = response(BODY, b"Cookie: a", b"Cookie: b", b"Empty:")
    assert [each.value for each in view(received=received).response.fields if each.name == "empty"] == [None]
    with refused("structure/unknown-name"):
        view(received=received).field(Direction.RECEIVED, name)


@pytest.mark.parametrize("name", ["", "name", "header Host", '$["name"]', "$.tags[01]", "response $.name"])
def test_a_name_has_one_spelling(name: str) -> None:
    with refused("structure/malformed-name"):
        view().field(Direction.RECEIVED, name)


def test_tokens_over_several_chunks_leave_out_the_framing() -> None:
    """Section 8 of the page: in the content the pieces are one token, in the transcript they are several ranges."""
    received = chunks(b'{"a":"<<1a:x>>', b"<<1a:yz>>", b'<<1a:w>>","b":<<2b:1>>', b'<<2b:23>>,"c":4', b"5}")
    shown = view(received=received)
    one, two, three = (shown.field(Direction.RECEIVED, name) for name in ("$.a", "$.b", "$.c"))
    octets = plain(received)
    assert [octets[each.start : each.end] for each in one.ranges] == [b"x", b"yz", b"w"]
    assert [octets[each.start : each.end] for each in two.ranges] == [b"1", b"23"]
    assert (one.leaf, two.leaf, three.octets, len(three.ranges)) == (1, 2, b"45", 2)


def test_redacted_tokens_may_stand_in_any_place_of_a_value() -> None:
    for body in (
        b'"<<1:x>>"',
        b" [<<2:1>> ]",
        b"[<<2:1>>,<<3:null>>\t]",
        b'{"a":<<2:1>>}',
        b'["<<1:\\u0041>>"\n]',
    ):
        view(received=response(body))
    for hidden in (b"<<4:a>>", b"\t <<4:a b>> \t", b"<<4: a>>", b""):
        view(get(b"Cookie:" + hidden))
        view(received=response(b"1", b"Server:" + hidden))
    view(post(b'{"a":"<<1:x>>"}'))
    view(get(b"X-Key: <<4:a>>"), policy=ExchangePolicy(redactable=frozenset({"X-KEY"})))


def test_a_response_without_json_has_header_fields_only() -> None:
    octets = (
        OK + b"Content-Type: text/html\r\nSet-Cookie: <<4:s=1>>\r\nContent-Length: 7\r\n\r\n\xff<p>\0\r\n"
    )
    shown = view(received=octets)
    assert shown.response.root is None
    assert shown.response.content == b"\xff<p>\0\r\n"
    assert shown.field(Direction.RECEIVED, "header set-cookie").leaf == 1
    with refused("structure/unknown-name"):
        shown.field(Direction.RECEIVED, "$")


def test_empty_json_content_has_no_fields() -> None:
    for received in (response(b""), response(b"", status=b"204 "), chunks()):
        with refused("structure/unknown-name"):
            view(received=received).field(Direction.RECEIVED, "$")


# ── Every reason ───────────────────────────────────────────────────────────────────────────────────────────────────

DEEP = b"[" * 65 + b"1" + b"]" * 65

REFUSED: dict[str, dict[str, tuple[bytes, bytes | None]]] = {
    "too-large": {
        "a long head": (get(b"A: " + b"b" * 65536), None),
        "many header fields": (get(*[b"A: b"] * 256), None),
        "many values": (SENT, response(b"[" + b"1," * 100_000 + b"1]")),
        "a long name": (SENT, response(b'{"' + b"a" * 4097 + b'":1}')),
        "a long response": (SENT, OK + b"\r\n" + bytes(2**24)),
    },
    "redaction-outside-token": {
        "the whole request": (b"<<4:" + get() + b">>", None),
        "the method": (b"<<4:GET>> / HTTP/1.1\r\nHost: server.example\r\n\r\n", None),
        "a part of the target": (HEAD.replace(b"/ ", b"/user?name=<<4:x>> ", 1) + b"\r\n", None),
        "the end of the start line": (b"GET / HTTP/1.1<<4:\r\n>>Host: server.example\r\n\r\n", None),
        "half of the end of the start line": (b"GET / HTTP/1.1<<4:\r>>\nHost: server.example\r\n\r\n", None),
        "the status": (SENT, OK.replace(b"200", b"<<4:200>>") + b"\r\n"),
        "a header field": (get(b"<<4:Cookie: a>>"), None),
        "a whole line": (get(b"A: b<<4:\r\nC: d>>"), None),
        "a name": (get(b"<<4:Cookie>>: a"), None),
        "a part of a name": (get(b"Coo<<4:kie>>: a"), None),
        "a part of a name before a redacted value": (get(b"Coo<<4:kie>>: <<4:a>>"), None),
        "a colon": (get(b"Cookie<<4::>> a"), None),
        "white space before a value": (get(b"Cookie:<<4: >>a"), None),
        "white space after a value": (get(b"Cookie: a<<4: >>"), None),
        "white space around a redacted value, in another leaf": (get(b"Cookie: <<4:a>> <<4: >>"), None),
        "the beginning of a value": (get(b"Cookie: <<4:a>>b"), None),
        "the end of a value": (get(b"Cookie: a<<4:b>>"), None),
        "the middle of a value": (get(b"Cookie: a<<4:b>>c"), None),
        "two parts of a value": (get(b"Cookie: <<4:a>>b<<4:c>>"), None),
        "a value and its end": (HEAD + b"Cookie: <<4:a\r>>\n\r\n", None),
        "half of the empty line": (HEAD + b"<<4:\r>>\n", None),
        "the empty line": (HEAD + b"<<4:\r\n>>", None),
        "all after the start line": (b"GET / HTTP/1.1\r\n<<4:Host: server.example\r\n\r\n>>", None),
        "a chunk size": (SENT, chunks(b'{"a":1}').replace(b"7\r\n", b"<<4:7>>\r\n")),
        "a digit of a chunk size": (
            SENT,
            chunks(b'{"a":"1234567890123"}').replace(b"15\r\n", b"1<<4:5>>\r\n"),
        ),
        "the end of a chunk size": (SENT, chunks(b'{"a":1}').replace(b"7\r\n", b"7<<4:\r\n>>")),
        "half of the end of a chunk size": (SENT, chunks(b'{"a":1}').replace(b"7\r\n", b"7\r<<4:\n>>")),
        "the end of a chunk": (SENT, chunks(b'{"a":1}').replace(b"}\r\n", b"}<<4:\r\n>>")),
        "the last chunk": (SENT, chunks(b'{"a":1}').replace(b"0\r\n", b"<<4:0>>\r\n")),
        "the end of the last chunk": (SENT, chunks(b'{"a":1}').removesuffix(b"\r\n") + b"<<4:\r\n>>"),
        "from one chunk into the next": (SENT, chunks(b'["<<1:a', b'b>>"]').replace(b"5\r\n", b"4\r\n")),
        "content that is not JSON": (SENT, OK + b"Content-Type: text/plain\r\n\r\n<<1:text>>"),
        "content without a type": (SENT, OK + b"\r\n<<1:text>>"),
        "content of two types": (SENT, OK + b"Content-Type: application/json\r\n" * 2 + b"\r\n<<2:1>> "),
        "a part of a string": (SENT, response(b'"a<<1:b>>"')),
        "the beginning of a string": (SENT, response(b'"<<1:a>>b"')),
        "a quote": (SENT, response(b'["a<<1:">>]')),
        "an opening quote": (SENT, response(b'[<<1:">>a"]')),
        "a string with its closing quote": (SENT, response(b'["<<1:a">>]')),
        "a string after a backslash": (SENT, response(b'["\\<<1:na>>"]')),
        "a string after a half escape": (SENT, response(b'["\\u00<<1:41>>"]')),
        "the end of a number": (SENT, response(b"[1<<2:2>>]")),
        "the beginning of a number": (SENT, response(b"[<<2:1>>2]")),
        "the middle of a number": (SENT, response(b"[1<<2:0>>2]")),
        "a sign": (SENT, response(b"[<<2:->>12]")),
        "a fraction": (SENT, response(b"[12<<2:.5>>]")),
        "the end of a literal": (SENT, response(b"[tr<<3:ue>>]")),
        "the beginning of a literal": (SENT, response(b"[<<3:tru>>e]")),
        "white space": (SENT, response(b"[ <<2: >>12]")),
        "a comma": (SENT, response(b"[1<<2:,>>2]")),
        "a colon of a member": (SENT, response(b'{"a"<<2::>>1}')),
        "a member": (SENT, response(b'{"a":1<<1:,"b":2>>}')),
        "the first member": (SENT, response(b'{<<1:"a":1>>}')),
        "a bracket": (SENT, response(b"[1<<2:]>>")),
        "an object where a value can stand, and more": (SENT, response(b'["<<1:a>>"<<1:,"b">>]')),
        "all of the content, a number": (SENT, response(b"<<2:12>>")),
        "white space around the value": (SENT, response(b"1<<2: >>")),
        "a number before a member's colon": (SENT, response(b'{"a":<<2:1>>:2}')),
        "a number before a string": (SENT, response(b'[<<2:1>>"a"]')),
    },
    "incomplete-message": {
        "no request": (b"", None),
        "no end of the start line": (b"GET / HTTP/1.1", None),
        "no end of the head": (HEAD, None),
        "no end of a header field": (HEAD + b"Cookie: a", None),
        "a short content": (SENT, response(b'{"a":1}').removesuffix(b"}")),
        "no last chunk": (SENT, chunks(b'{"a":1}').removesuffix(b"0\r\n\r\n")),
        "a half chunk": (SENT, chunks(b'{"a":1}').partition(b":1")[0]),
    },
    "malformed-start-line": {
        "another version": (get().replace(b"1.1", b"1.0", 1), None),
        "another protocol": (SENT, OK.replace(b"1.1", b"2", 1) + b"\r\n"),
        "absolute form": (get().replace(b" / ", b" https://server.example/ "), None),
        "connect": (get().replace(b"GET", b"CONNECT"), None),
        "two spaces": (get().replace(b"GET ", b"GET  "), None),
        "no space after the status": (SENT, b"HTTP/1.1 200\r\n\r\n"),
    },
    "informational-response": {
        "100": (SENT, b"HTTP/1.1 100 Continue\r\n\r\n" + response(b"1")),
        "101": (SENT, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        "103": (SENT, b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    },
    "malformed-header": {
        "a bare line feed": (get(b"A: b\nC: d"), None),
        "a bare carriage return": (get(b"A: b\rC: d"), None),
        "a zero octet": (get(b"A: \0"), None),
        "only zero octets, which are not redacted": (get(b"Cookie: \0\0\0"), None),
        "a folded line": (get(b"A: b", b" c"), None),
        "a space before the colon": (get(b"Cookie : <<4:a>>"), None),
        "an empty name": (get(b": a"), None),
        "no colon": (get(b"A"), None),
        "a bare line feed in a response": (SENT, response(b"1", b"A: b\nC: d")),
    },
    "header-not-redactable": {
        "a header field of the request": (get(b"Accept: <<4:a>>"), None),
        "Host": (b"GET / HTTP/1.1\r\nHost: <<4:server.example>>\r\n\r\n", None),
        "Transfer-Encoding": (SENT, OK + b"Transfer-Encoding: <<4:chunked>>\r\n\r\n0\r\n\r\n"),
        "Content-Length": (SENT, OK + b"Content-Length: <<4:1>>\r\n\r\n1"),
        "Content-Encoding": (SENT, response(b"1", b"Content-Encoding: <<4:identity>>")),
        "Content-Type": (SENT, OK + b"Content-Type: <<4:application/json>>\r\n\r\n1"),
    },
    "host-missing": {"none": (b"GET / HTTP/1.1\r\n\r\n", None)},
    "host-repeated": {"two": (get(b"Host: server.example"), None)},
    "host-mismatch": {
        host: (get().replace(b"server.example", host.encode()), None)
        for host in (
            "other.example",
            "",
            "server.example:",
            "server.example:44a",
            "server.example:443:443",
            "server.example.",
            "xserver.example",
            "serverxexample",
            "a@server.example",
            "server.example, server.example",
        )
    },
    "upgrade": {
        "asked": (get(b"Upgrade: h2c"), None),
        "expectation": (get(b"Expect: 100-continue"), None),
        "offered": (SENT, response(b"1", b"Upgrade: websocket")),
    },
    "partial-content": {
        "206": (SENT, response(b"1", status=b"206 Partial Content")),
        "a range": (SENT, response(b"1", b"Content-Range: bytes 0-0/9")),
    },
    "content-coding": {
        "gzip": (SENT, response(b"1", b"Content-Encoding: gzip")),
        "two": (SENT, response(b"1", b"Content-Encoding: identity", b"Content-Encoding: br")),
        "a list": (SENT, response(b"1", b"Content-Encoding: identity, identity")),
        "empty": (SENT, response(b"1", b"Content-Encoding:")),
        "of the request": (post(b"1", b"Content-Encoding: deflate"), None),
    },
    "framing-ambiguous": {
        "two lengths": (SENT, response(b"1", b"Content-Length: 1")),
        "two codings": (SENT, OK + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n"),
        "both": (SENT, response(b"0\r\n\r\n", b"Transfer-Encoding: chunked")),
        "in a request": (post(b"1", b"Transfer-Encoding: chunked"), None),
    },
    "framing-malformed": {
        "another coding": (SENT, OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        "a leading zero": (SENT, OK + b"Content-Length: 01\r\n\r\n1"),
        "eleven digits": (SENT, OK + b"Content-Length: 10000000000\r\n\r\n1"),
        "a sign": (get(b"Content-Length: +0"), None),
    },
    "chunk-extension": {"one": (SENT, chunks(b"1").replace(b"1\r\n1", b"1;a=b\r\n1"))},
    "trailers": {"one": (SENT, chunks(b"1").removesuffix(b"\r\n") + b"A: b\r\n\r\n")},
    "chunk-malformed": {
        "no digit": (SENT, chunks(b"1").replace(b"1\r\n1", b"x\r\n1")),
        "a bare line feed": (SENT, chunks(b"1").replace(b"1\r\n1", b"1\n1")),
        "nine digits": (SENT, chunks(b"1").replace(b"1\r\n1", b"000000001\r\n1")),
        "a longer chunk": (SENT, chunks(b"12").replace(b"2\r\n12", b"1\r\n12")),
        "a long last chunk": (SENT, chunks(b"1").replace(b"0\r\n", b"00\r\n")),
    },
    "extra-octets": {
        "a second request": (get() * 2, None),
        "a second response": (SENT, response(b"1") * 2),
        "content of a request without framing": (get() + b"1", None),
        "content of 204": (SENT, response(b"1", status=b"204 No Content")),
        "content of a response to HEAD": (get().replace(b"GET", b"HEAD"), response(b"1")),
        "redacted ones": (SENT, response(b"1") + b"<<1:x>>"),
    },
    "too-deep": {"arrays": (SENT, response(DEEP)), "of a request": (post(DEEP), None)},
    "redacted-key": {
        "a name": (SENT, response(b'{"<<1:a>>":1}')),
        "a part of a name": (SENT, response(b'{"a<<1:b>>":1}')),
        "a name and its quote": (SENT, response(b'{"a<<1:b">>:1}')),
        "after an escape": (SENT, response(b'{"a\\<<1:n>>":1}')),
        "of the second member": (SENT, response(b'{"a":1,"<<1:b>>":1}')),
    },
    "not-json": {
        "a script": (SENT, response(b")]}'\n[1]")),
        "a call": (SENT, response(b"call([1])")),
        "two texts": (SENT, response(b'{"a":1}{"a":2}')),
        "a comma at the end": (SENT, response(b"[1,]")),
        "a byte order mark": (SENT, response(b"\xef\xbb\xbf1")),
        "overlong UTF-8": (SENT, response(b'"\xc0\xaf"')),
        "a lone surrogate": (SENT, response(b'["\\ud800","<<1:a>>"]')),
        "a lone surrogate in a name": (SENT, response(b'{"\\udc00":1}')),
        "a redacted value after nothing": (SENT, response(b'{"a":"<<1:b>>" "c":1}')),
        "a zero octet, not redacted": (SENT, response(b"[\0]")),
        "white space alone": (SENT, response(b"  ")),
        "of a request": (post(b"{"), None),
    },
    "duplicate-key": {
        "twice": (SENT, response(b'{"a":"<<1:1>>","a":"2"}')),
        "escaped": (SENT, response(b'{"a":1,"\\u0061":2}')),
        "deeper": (SENT, response(b'{"x":[{"a":1,"a":2}],"y":"<<1:1>>"}')),
    },
    "redaction-without-leaf": {
        "no leaf": (SENT, response(b'["<<a>>"]')),
        "no leaf for a header value": (get(b"Cookie: <<a>>"), None),
        "a leaf of a part": (SENT, response(b'["<<1:a>><<b>>"]')),
        "two leaves for two parts": (SENT, response(b'["<<1:a>><<1:b>>"]')),
        "one leaf for two tokens": (SENT, response(b'["<<1a:a>>","<<1a:b>>"]')),
        "a leaf of one of two chunks": (SENT, chunks(b'["<<1:a>>', b'<<b>>"]')),
    },
    "class-mismatch": {
        "a string as any": (SENT, response(b'["<<0:a>>"]')),
        "a string as a number": (SENT, response(b'["<<2:1>>"]')),
        "a string with both quotes": (SENT, response(b'[<<1:"a">>]')),
        "a number as a string": (SENT, response(b"[<<1:1>>]")),
        "a literal as a header value": (SENT, response(b"[<<4:true>>]")),
        "a header value as a string": (get(b"Cookie: <<1:a>>"), None),
    },
}


@pytest.mark.parametrize(
    ("reason", "sent", "received"),
    [
        pytest.param(reason, sent, received, id=f"{reason}: {name}")
        for reason, cases in REFUSED.items()
        for name, (sent, received) in cases.items()
    ],
)
def test_each_fault_has_its_reason(reason: str, sent: bytes, received: bytes | None) -> None:
    with refused(f"structure/{reason}"):
        view(sent, received)


def test_the_faults_are_all_reasons_of_views() -> None:
    elsewhere = {"identity-required", "request-not-allowed", "malformed-name", "unknown-name"}
    assert {f"structure/{each}" for each in {*REFUSED, *elsewhere}} == STRUCTURE


def test_without_an_identity_there_is_no_view() -> None:
    with refused("structure/identity-required"):
        view(b"", server_name=None)


@pytest.mark.parametrize("name", sorted(NEVER_REDACTABLE))
def test_what_says_how_a_message_is_read_is_never_redactable(name: str) -> None:
    """Attack catalogue, G7; a policy that names them does not change it."""
    field = name.encode() + b": <<4:identity>>"
    policy = ExchangePolicy(redactable=NEVER_REDACTABLE)
    for sent, received in ((get(field), None), (SENT, response(b"1", field))):
        with refused("structure/header-not-redactable"):
            view(sent, received, policy=policy)


@pytest.mark.parametrize(
    ("first", "policy", "allowed"),
    [
        (b"GET /a", ExchangePolicy(methods=frozenset({"GET"})), True),
        (b"POST /a", ExchangePolicy(methods=frozenset({"GET"})), False),
        (b"get /a", ExchangePolicy(methods=frozenset({"GET"})), False),
        (b"GET /a", ExchangePolicy(targets=frozenset({"/a"})), True),
        (b"GET /A", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET /%61", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET /b/../a", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET /a;x", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET /a?", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET /a#", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET //a", ExchangePolicy(targets=frozenset({"/a"})), False),
        (b"GET /a", ExchangePolicy(methods=frozenset(), targets=frozenset({"/a"})), False),
        (b"GET /a", ExchangePolicy(), True),
    ],
)
def test_methods_and_targets_are_compared_as_octets(
    first: bytes, policy: ExchangePolicy, allowed: bool
) -> None:
    """Attack catalogue, G16 and G17."""
    sent = first + b" HTTP/1.1\r\nHost: server.example\r\n\r\n"
    if allowed:
        assert view(sent, policy=policy).target == "/a"
    else:
        with refused("structure/request-not-allowed"):
            view(sent, policy=policy)


@pytest.mark.parametrize(
    "host", ["server.example", "SERVER.Example", "server.example:443", "server.example:0"]
)
def test_the_host_is_the_proven_name(host: str) -> None:
    view(get().replace(b"server.example", host.encode()))


def test_an_unauthenticated_end_ends_nothing() -> None:
    """Octets may have been cut off: in a response that only the end of the connection ends, and a view shows all."""
    received = OK + b"Content-Type: application/json\r\n\r\n[1]"
    assert view(received=received).response.content == b"[1]"
    with refused("structure/incomplete-message"):
        view(received=received, closure=Closure.NOT_RECEIVED)
    view(received=response(b"[1]"), closure=Closure.NOT_RECEIVED)


# ── Leaves ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def found(octets: bytes, part: bytes) -> RangeSet:
    """Where the only occurrence of `part` stands."""
    (place,) = (each.span() for each in re.finditer(re.escape(part), octets))
    return RangeSet.of([place])


def test_the_leaf_of_a_token_is_the_first_that_fits() -> None:
    ranges = found(plain(response(BODY)), b"Ada")
    more = [
        (9, leaf(Direction.RECEIVED, ranges, LexicalClass.JSON_STRING_INTERIOR)),
        (7, leaf(Direction.RECEIVED, ranges, LexicalClass.JSON_STRING_INTERIOR)),
        (6, leaf(Direction.RECEIVED, ranges, LexicalClass.ANY)),
        (5, leaf(Direction.SENT, ranges, LexicalClass.JSON_STRING_INTERIOR)),
    ]
    assert view(more=more, without=[1]).field(Direction.RECEIVED, "$.name").leaf == 7
    assert view(more=more).field(Direction.RECEIVED, "$.name").leaf == 1
    with refused("structure/class-mismatch"):
        view(more=more[2:], without=[1])
    with refused("structure/redaction-without-leaf"):
        view(more=more[3:], without=[1])


def test_a_leaf_around_a_token_is_not_its_leaf() -> None:
    """Its class says that the octets of the leaf are a string, not that these of them are one."""
    ranges = found(plain(response(BODY)), b"Ada").ranges[0]
    for start, end in ((-1, 0), (0, 1), (-1, 1), (1, 0), (0, -1)):
        other = RangeSet.of([(ranges.start + start, ranges.end + end)])
        with refused("structure/redaction-without-leaf"):
            view(more=[(9, leaf(Direction.RECEIVED, other, LexicalClass.JSON_STRING_INTERIOR))], without=[1])


def test_revealed_tokens_have_leaves_too() -> None:
    """What a predicate about a revealed value starts from."""
    octets = plain(response(BODY))
    more = [
        (9, leaf(Direction.RECEIVED, found(octets, b"null"), LexicalClass.JSON_LITERAL)),
        (8, leaf(Direction.RECEIVED, found(octets, b"application/json"), LexicalClass.ANY)),
    ]
    shown = view(more=more)
    assert shown.leaf_of(shown.field(Direction.RECEIVED, "$.tags[1]")) == 9
    assert shown.leaf_of(shown.field(Direction.RECEIVED, "$.name")) == 1
    with refused("structure/class-mismatch"):
        shown.leaf_of(shown.field(Direction.RECEIVED, "header content-type"))
    with refused("structure/redaction-without-leaf"):
        shown.leaf_of(shown.field(Direction.SENT, "header host"))


def test_a_token_in_more_pieces_than_a_leaf_can_have_is_without_leaf() -> None:
    received = chunks(b'["', *[b"<<a>>"] * 4097, b'"]')
    with refused("structure/redaction-without-leaf"):
        view(received=received)


# ── Order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "received", "options", "reason"),
    [
        (get(*[b"A: b"] * 300, b"A\0: b"), None, {}, "too-large"),
        (get(b"A\0: b", *[b"A: b"] * 300), None, {}, "malformed-header"),
        (get(b"A\0<<: b>>"), None, {}, "malformed-header"),
        (get(b"A<<\0>>\0: b"), None, {}, "redaction-outside-token"),
        (b"<<4:\0>> /", None, {}, "redaction-outside-token"),
        (b"nonsense\r\n", None, {}, "malformed-start-line"),
        (get(b"Upgrade: a", b"A\0: b"), None, {}, "malformed-header"),
        (b"GET / HTTP/1.1\r\nAccept: <<4:a>>\r\n\r\n", None, {}, "header-not-redactable"),
        (get(b"Host: b", b"Upgrade: a"), None, {}, "host-repeated"),
        (get(b"Upgrade: a"), None, {"policy": ExchangePolicy(methods=frozenset())}, "upgrade"),
        (
            post(b"1", b"Content-Encoding: a"),
            None,
            {"policy": ExchangePolicy(methods=frozenset())},
            "request-not-allowed",
        ),
        (post(b"1", b"Content-Encoding: a", b"Content-Length: 2"), None, {}, "content-coding"),
        (get(b"Content-Length: 01", b"Content-Length: 2"), None, {}, "framing-ambiguous"),
        (post(b"{") + b"x", None, {}, "extra-octets"),
        (post(b"{"), b"nonsense\r\n", {}, "not-json"),
        (post(b'["<<0:a>>"]'), b"nonsense\r\n", {}, "malformed-start-line"),
        (post(b'["<<0:a>>"]'), response(b"{"), {}, "not-json"),
        (post(b'["<<0:a>>"]'), response(b'["<<a>>"]'), {}, "class-mismatch"),
        (SENT, response(b'["<<0:a>>","<<b>>"]'), {}, "class-mismatch"),
        (SENT, response(b'["<<a>>","<<0:b>>"]'), {}, "redaction-without-leaf"),
        (SENT, response(b'["<<a>>"]', b"Server: <<1:b>>"), {}, "class-mismatch"),
        (SENT, response(b"1", b"Content-Range: a", b"Content-Encoding: b"), {}, "partial-content"),
        (SENT, response(b"1", b"Content-Range: a", b"Upgrade: b"), {}, "upgrade"),
        (SENT, response(b"1", b"Content-Range: <<4:a>>"), {}, "header-not-redactable"),
    ],
)
def test_the_first_check_that_fails_gives_the_reason(
    sent: bytes, received: bytes | None, options: dict[str, Any], reason: str
) -> None:
    with refused(f"structure/{reason}"):
        view(sent, received, **options)


# ── Attacks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_redaction_across_tokens_leaves_no_view() -> None:
    """Protocol review, item 28: two runs that look like string interiors make somebody else's balance one's own."""
    body = (
        b'{"profile":{"name":"<<1:alice"},"balance":"5","contacts":[{"profile":{"name":"bob>>"},"balance":"1000000",'
        b'"meta":{"city":"<<1:X"}}],"meta":{"city":"Y>>"}}'
    )
    honest = (
        b'{"profile":{"name":"<<1:alice>>"},"balance":"5","contacts":[{"profile":{"name":"<<1:bob>>"},'
        b'"balance":"1000000","meta":{"city":"<<1:X>>"}}],"meta":{"city":"<<1:Y>>"}}'
    )
    assert plain(body) == plain(honest)
    assert view(received=response(honest)).field(Direction.RECEIVED, "$.balance").octets == b"5"
    # Nobody proves these octets to be the interior of a string, and without that class there is no view.
    marked = read(response(body))
    for start, end in marked.hidden:
        assert not AUTOMATA["json-string-interior"].accepts(marked.octets[start:end])
    for lexical_class in (b"<<", b"<<0:", b"<<2:", b"<<4:"):
        with pytest.raises(Refused) as caught:
            view(received=response(body.replace(b"<<1:", lexical_class)))
        assert caught.value.reason in ("structure/redaction-without-leaf", "structure/class-mismatch")


def test_values_without_quotes_show_their_neighbours() -> None:
    """Protocol review, item 29: `[[▮,1]]` may hide `10,20],[900`; of class number or literal it cannot be."""
    body = b"[[<<%s10,20],[900>>,1]]"
    for name in ("json-number", "json-literal"):
        assert not AUTOMATA[name].accepts(b"10,20],[900")
    for mark in (b"", b"0:", b"1:", b"4:"):
        with pytest.raises(Refused) as caught:
            view(received=response(body % mark))
        assert caught.value.reason in ("structure/redaction-without-leaf", "structure/class-mismatch")
    for hidden in (
        b'[["a<<2:",1>>,1]]',
        b"[[1<<2:0,20],[900>>,1]]",
        b"[[<<2:10,20],[9>>00,1]]",
    ):
        with refused("structure/redaction-outside-token"):
            view(received=response(hidden))


def test_text_that_looks_like_a_member_is_text() -> None:
    """Attack catalogue, G1 and G11: what a server echoes or stores stands in a string of another name."""
    body = rb'{"bio":"x\",\"balance\":\"1000000","query":["\"balance\":1000000"],"balance":"5"}'
    shown = view(received=response(body))
    assert shown.field(Direction.RECEIVED, "$.balance").octets == b"5"
    assert shown.field(Direction.RECEIVED, "$.bio").octets == rb"x\",\"balance\":\"1000000"
    inner = rb'{"bio":"<<1:x\",\">>balance<<1:\":\">>1000000","balance":"5"}'
    with refused("structure/redaction-outside-token"):
        view(received=response(inner))


def test_nothing_around_a_value_can_be_hidden() -> None:
    """Attack catalogue, G5: keys, signs, units and the status of an error stay where they are."""
    for body, reason in (
        (b'{"<<1:error>>":true,"balance":5}', "redacted-key"),
        (b'{"balance":<<2:->>5}', "redaction-outside-token"),
        (b'{"balance":"5<<1: cents>>"}', "redaction-outside-token"),
        (b'{"balance":5<<1:,"currency":"XXX">>}', "redaction-outside-token"),
    ):
        with refused(f"structure/{reason}"):
            view(received=response(body))
    with refused("structure/redaction-outside-token"):
        view(received=response(b"5", status=b"<<4:500>> Error"))
    assert view(received=response(b"5", status=b"500 Error")).status == 500


def test_places_of_ranges_are_those_of_the_transcript() -> None:
    marked = read(response(BODY))
    token = view().field(Direction.RECEIVED, "$.balance")
    assert token.ranges == (Range(start=marked.hidden[1][0], end=marked.hidden[1][1]),)
