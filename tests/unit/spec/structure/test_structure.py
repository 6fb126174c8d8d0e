"""Structured views: what they show, and every condition without which there is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.identifiers import Closure, Direction, LexicalClass
from mpctls.spec.lexical import belongs_to
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Rejection
from mpctls.spec.structure.json_text import Array, Leaf, Object, Value, read_json
from mpctls.spec.structure.message import RequestPolicy
from mpctls.spec.structure.names import JsonPath, read_name, spell_path
from mpctls.spec.structure.view import Kind, structured_view
from mpctls.spec.transcript import PartialTranscript

from .exchanges import REQUEST, Hidden, leaf, partial_octets, response, view_of

STRING, NUMBER = LexicalClass.JSON_STRING_INTERIOR, LexicalClass.JSON_NUMBER
LITERAL, HEADER, ANY = LexicalClass.JSON_LITERAL, LexicalClass.HEADER_VALUE, LexicalClass.ANY
ACCOUNT = response(b'{"owner": "Ada", "balance": 1234.50, "open": true, "limit": "2000"}', b"X-Secret: plum")


def request(*lines: bytes) -> bytes:
    return b"\r\n".join([*lines, b"", b""])


class TestWhatIsSeen:
    def test_fields_of_both_sides(self) -> None:
        view = view_of(received=ACCOUNT)
        balance = view.field(Direction.RECEIVED, "$.balance")
        assert (balance.octets, balance.kind, balance.leaf) == (b"1234.50", Kind.NUMBER, None)
        assert view.field(Direction.RECEIVED, "$.owner").octets == b"Ada"
        assert view.field(Direction.RECEIVED, "$.open").kind is Kind.LITERAL
        assert view.field(Direction.SENT, "header authorization").octets == b"Bearer token"
        start = ACCOUNT.index(b"1234.50")
        assert balance.ranges == RangeSet.of((start, start + 7))

    def test_redacted_tokens_have_their_leaf(self) -> None:
        view = view_of(
            received=ACCOUNT,
            hide_sent=[(b"Bearer token", HEADER)],
            hide_received=[(b"Ada", STRING), (b"1234.50", NUMBER), (b"true", LITERAL), (b"plum", HEADER)],
        )
        names = ("$.owner", "$.balance", "$.open", "header x-secret")
        tokens = [view.field(Direction.RECEIVED, name) for name in names]
        assert [token.leaf for token in tokens] == [1, 2, 3, 4]
        assert [token.kind for token in tokens] == [Kind.STRING, Kind.NUMBER, Kind.LITERAL, Kind.HEADER_VALUE]
        assert [token.octets for token in tokens] == [None] * 4
        assert view.field(Direction.SENT, "header authorization").leaf == 0

    def test_a_token_in_two_chunks_has_two_ranges(self) -> None:
        received = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5\r\n[1234\r\n3\r\n56]\r\n0\r\n\r\n"
        )
        first, second = received.index(b"1234"), received.index(b"56]")
        hidden = [*range(first, first + 4), second, second + 1]
        ranges = RangeSet.holding(hidden)
        assert ranges is not None
        partial = PartialTranscript(
            sent=partial_octets(REQUEST, []), received=partial_octets(received, hidden)
        )
        leaves = {7: leaf(Direction.RECEIVED, ranges, NUMBER)}
        view = structured_view(
            partial, leaves, Closure.CLOSE_NOTIFY_NOT_RECEIVED, "localhost", RequestPolicy()
        )
        token = view.field(Direction.RECEIVED, "$[0]")
        assert (token.leaf, token.ranges) == (7, ranges)

    def test_what_has_no_content(self) -> None:
        head = request(b"HEAD / HTTP/1.1", b"Host: localhost")
        answer = request(b"HTTP/1.1 200 OK", b"Content-Type: application/json", b"Content-Length: 9")
        assert view_of(head, answer).response.json is None
        assert view_of(received=request(b"HTTP/1.1 204 No Content")).response.content == ()

    def test_content_that_is_no_json_is_seen_whole(self) -> None:
        received = request(b"HTTP/1.1 200 OK", b"Content-Type: text/plain", b"Content-Length: 3") + b"abc"
        assert view_of(received=received).response.json is None


SECTION_TWO: list[tuple[str, bytes, bytes]] = [
    ("incomplete-message", b"GET / HTTP/1.1\r\nHost: localhost\r\n", ACCOUNT),
    ("incomplete-message", b"GET / HTT", ACCOUNT),
    ("incomplete-message", REQUEST, ACCOUNT[:-1]),
    ("malformed-start-line", request(b"GET  / HTTP/1.1", b"Host: localhost"), ACCOUNT),
    ("malformed-start-line", request(b"GET http://localhost/ HTTP/1.1", b"Host: localhost"), ACCOUNT),
    ("malformed-start-line", request(b"GET / HTTP/1.0", b"Host: localhost"), ACCOUNT),
    ("malformed-start-line", request(b"CONNECT /a HTTP/1.1", b"Host: localhost"), ACCOUNT),
    ("malformed-start-line", REQUEST, b"HTTP/1.1 200\r\n\r\n"),
    ("malformed-start-line", REQUEST, b"HTTP/1.1 600 Odd\r\n\r\n"),
    ("informational-response", REQUEST, b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ("malformed-header", request(b"GET / HTTP/1.1", b"Host : localhost"), ACCOUNT),
    ("malformed-header", request(b"GET / HTTP/1.1", b": x"), ACCOUNT),
    ("malformed-header", request(b"GET / HTTP/1.1", b"A: b\x00c"), ACCOUNT),
    ("malformed-header", request(b"GET / HTTP/1.1", b"A: b\nB: c"), ACCOUNT),
    ("malformed-header", request(b"GET / HTTP/1.1", b"A: b\rB: c"), ACCOUNT),
    ("malformed-header", request(b"GET / HTTP/1.1", b"A: b", b" c"), ACCOUNT),
    ("malformed-header", b"GET / HTTP/1.1\r\n\rx", ACCOUNT),
    ("host-missing", request(b"GET / HTTP/1.1"), ACCOUNT),
    ("host-repeated", request(b"GET / HTTP/1.1", b"Host: localhost", b"Host: localhost"), ACCOUNT),
    ("host-mismatch", request(b"GET / HTTP/1.1", b"Host: localhost.example"), ACCOUNT),
    ("upgrade", request(b"GET / HTTP/1.1", b"Host: localhost", b"Upgrade: x"), ACCOUNT),
    ("upgrade", request(b"GET / HTTP/1.1", b"Host: localhost", b"Expect: 100-continue"), ACCOUNT),
    ("upgrade", REQUEST, request(b"HTTP/1.1 200 OK", b"Upgrade: x")),
    ("partial-content", REQUEST, request(b"HTTP/1.1 206 Partial Content")),
    ("partial-content", REQUEST, request(b"HTTP/1.1 200 OK", b"Content-Range: bytes 0-1/2")),
    ("content-coding", REQUEST, response(b"{}", b"Content-Encoding: gzip")),
    ("framing-ambiguous", REQUEST, response(b"{}", b"Content-Length: 2")),
    ("framing-ambiguous", REQUEST, response(b"{}", b"Transfer-Encoding: chunked")),
    ("framing-malformed", REQUEST, request(b"HTTP/1.1 200 OK", b"Transfer-Encoding: gzip, chunked")),
    ("framing-malformed", REQUEST, request(b"HTTP/1.1 200 OK", b"Content-Length: 02") + b"{}"),
    ("framing-malformed", REQUEST, request(b"HTTP/1.1 200 OK", b"Content-Length: +2") + b"{}"),
    ("extra-octets", REQUEST, response(b"{}") + b"x"),
    ("extra-octets", REQUEST + REQUEST, response(b"{}")),
    ("extra-octets", request(b"HEAD / HTTP/1.1", b"Host: localhost"), response(b"{}")),
    ("too-large", request(b"GET / HTTP/1.1", *[b"A: b"] * 257), ACCOUNT),
    ("too-large", request(b"GET / HTTP/1.1", b"A: " + b"b" * 65_536), ACCOUNT),
    ("too-large", b"GET /" + b"a" * 65_536, ACCOUNT),
    ("not-json", REQUEST, response(b"{} x")),
]


@pytest.mark.parametrize(("reason", "sent", "received"), SECTION_TWO)
def test_messages_without_a_view(reason: str, sent: bytes, received: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        view_of(sent, received)
    assert caught.value.reason == f"structure/{reason}"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("chunk-extension", b"2;a=b\r\n{}\r\n0\r\n\r\n"),
        ("chunk-extension", b"2 \r\n{}\r\n0\r\n\r\n"),
        ("chunk-malformed", b"2\r\n{}x\r\n0\r\n\r\n"),
        ("chunk-malformed", b"\r\n"),
        ("chunk-malformed", b"00\r\n\r\n"),
        ("chunk-malformed", b"000000002\r\n{}\r\n0\r\n\r\n"),
        ("chunk-malformed", b"g\r\n"),
        ("trailers", b"2\r\n{}\r\n0\r\nA: b\r\n\r\n"),
        ("incomplete-message", b"2\r\n{"),
        ("incomplete-message", b"2\r\n{}\r\n0\r\n"),
        ("extra-octets", b"2\r\n{}\r\n0\r\n\r\n "),
    ],
)
def test_chunks_without_a_view(reason: str, content: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        view_of(received=CHUNKED + content)
    assert caught.value.reason == f"structure/{reason}"


def test_content_up_to_the_end_needs_an_authenticated_end() -> None:
    received = request(b"HTTP/1.1 200 OK", b"Content-Type: application/json") + b"[1]"
    assert view_of(received=received).field(Direction.RECEIVED, "$[0]").octets == b"1"
    with pytest.raises(Rejection) as caught:
        view_of(received=received, closure=Closure.CLOSE_NOTIFY_NOT_RECEIVED)
    assert caught.value.reason == "structure/incomplete-message"


HIDDEN: list[tuple[str, list[Hidden], list[Hidden]]] = [
    ("redaction-outside-token", [(b"/account", ANY)], []),
    ("redaction-outside-token", [(b"Authoriz", ANY)], []),
    ("redaction-outside-token", [(b": Bearer token", ANY)], []),
    ("redaction-outside-token", [(b"Bearer", HEADER)], []),
    ("redaction-outside-token", [(b"token", HEADER)], []),
    ("incomplete-message", [(b"Bearer token\r\n", HEADER)], []),
    ("redaction-outside-token", [(b"\r\n\r\n", ANY)], []),
    ("header-not-redactable", [(b"localhost", HEADER)], []),
    ("header-not-redactable", [], [(b"application/json", HEADER)]),
    ("class-mismatch", [], [(b'"Ada"', STRING)]),
    ("redaction-outside-token", [], [(b"Ad", STRING)]),
    ("redaction-outside-token", [], [(b"da", STRING)]),
    ("redaction-outside-token", [], [(b"34.50", NUMBER)]),
    ("redaction-outside-token", [], [(b"1234", NUMBER)]),
    ("redaction-outside-token", [], [(b"rue", LITERAL)]),
    ("redaction-outside-token", [], [(b"1234.50, ", NUMBER)]),
    ("redaction-outside-token", [], [(b', "open"', ANY)]),
    ("class-mismatch", [], [(b'Ada", "balance": 1234.50, "open": true, "limit": "2000', ANY)]),
    ("redaction-outside-token", [], [(b'}"'[:1], ANY)]),
    ("redacted-key", [], [(b"balance", STRING)]),
    ("redacted-key", [], [(b"lance", STRING)]),
    ("redaction-without-leaf", [], [(b"Ada", None)]),
    ("redaction-without-leaf", [(b"Bearer token", None)], []),
    ("class-mismatch", [], [(b"Ada", ANY)]),
    ("class-mismatch", [], [(b"Ada", NUMBER)]),
    ("class-mismatch", [], [(b"1234.50", STRING)]),
    ("class-mismatch", [(b"Bearer token", STRING)], []),
]


@pytest.mark.parametrize(("reason", "hide_sent", "hide_received"), HIDDEN)
def test_redactions_without_a_view(reason: str, hide_sent: list[Hidden], hide_received: list[Hidden]) -> None:
    with pytest.raises(Rejection) as caught:
        view_of(received=ACCOUNT, hide_sent=hide_sent, hide_received=hide_received)
    assert caught.value.reason == f"structure/{reason}"


def test_a_part_of_a_token_with_a_leaf_of_its_own_is_refused() -> None:
    """Each half is committed; together they are one token that has no leaf."""
    with pytest.raises(Rejection) as caught:
        view_of(received=ACCOUNT, hide_received=[(b"123", NUMBER), (b"4.50", NUMBER)])
    assert caught.value.reason == "structure/redaction-without-leaf"


def test_redaction_across_token_borders_does_not_move_a_balance() -> None:
    """A contact's balance must not be seen as one's own (review page, item 28)."""
    content = (
        b'{"profile":{"name":"alice"},"balance":"5","contacts":[{"profile":{"name":"bob"},'
        b'"balance":"1000000","meta":{"city":"X"}}],"meta":{"city":"Y"}}'
    )
    across = b'alice"},"balance":"5","contacts":[{"profile":{"name":"bob'
    with pytest.raises(Rejection) as caught:
        view_of(received=response(content), hide_received=[(across, ANY), (b'X"}}],"meta":{"city":"Y', ANY)])
    assert caught.value.reason == "structure/class-mismatch"


def test_an_unquoted_run_is_one_value() -> None:
    """`10,20],[900` hidden as one run is not a number (review page, item 29)."""
    with pytest.raises(Rejection) as caught:
        view_of(received=response(b"[[10,20],[900,1]]"), hide_received=[(b"10,20],[900", ANY)])
    assert caught.value.reason == "structure/class-mismatch"


def test_policy() -> None:
    policy = RequestPolicy(redactable_headers=frozenset({"x-key", "host"}), methods=frozenset({"GET"}))
    sent = request(b"GET / HTTP/1.1", b"Host: localhost:8443", b"X-Key: secret")
    assert view_of(sent, policy=policy, hide_sent=[(b"secret", HEADER)]).request.request is not None
    for hidden, chosen in (
        ([(b"secret", HEADER)], RequestPolicy()),
        ([(b"localhost:8443", HEADER)], policy),
    ):
        with pytest.raises(Rejection, match="structure/header-not-redactable"):
            view_of(sent, policy=chosen, hide_sent=hidden)
    for refusing in (RequestPolicy(methods=frozenset({"POST"})), RequestPolicy(targets=frozenset({"/a"}))):
        with pytest.raises(Rejection, match="structure/request-not-allowed"):
            view_of(sent, policy=refusing)
    with pytest.raises(Rejection, match="structure/identity-required"):
        view_of(server_name=None)


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("duplicate-key", b'{"a":1,"\\u0061":2}'),
        ("duplicate-key", b'[{"x":{"a":1,"a":2}}]'),
        ("not-json", b'{"a":"\\ud800"}'),
        ("not-json", b'{"a":"\xff"}'),
        ("not-json", b'\xef\xbb\xbf{"a":1}'),
        ("not-json", b'"\x00a\x00"\x00'),
        ("not-json", b'{"a":01}'),
        ("not-json", b'{"a":1,}'),
        ("not-json", b"[1"),
        ("not-json", b"[NaN]"),
        ("not-json", b'["a'),
        ("not-json", b'["\\x"]'),
        ("not-json", b"{1:2}"),
        ("not-json", b'{"a" 1}'),
        ("not-json", b"[1 2]"),
        ("not-json", b'{"a":1 "b":2}'),
        ("too-deep", b"[" * 66 + b"]" * 66),
        ("too-large", b"[" + b"1," * 100_000 + b"1]"),
        ("too-large", b'{"' + b"a" * 4097 + b'":1}'),
    ],
)
def test_texts_that_are_refused(reason: str, content: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        read_json(content)
    assert caught.value.reason == f"structure/{reason}"


def plain(value: Value) -> object:
    """What a JSON parser makes of it."""
    match value:
        case Leaf(octets=octets):
            if octets is None:
                raise ValueError("a redacted value has no meaning")
            quote = b'"' if value.shape.value == "string" else b""
            return json.loads(quote + octets + quote)
        case Array(values=values):
            return [plain(each) for each in values]
        case Object(members=members):
            return {name: plain(each) for name, each in members.items()}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.booleans(), st.sampled_from([None, 0, 3]))
def test_a_text_means_what_a_parser_says(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert plain(read_json(text)) == value


@given(json_values, st.data())
def test_a_hidden_token_leaves_the_others_where_they_are(value: object, data: st.DataObject) -> None:
    """Whatever run is hidden that a leaf's class can prove to be one token, the text is refused or means the same."""
    text = json.dumps(value).encode()
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if text[start - 1 : start] != b'"':
        unquoted = (LexicalClass.JSON_NUMBER, LexicalClass.JSON_LITERAL)
        if not any(belongs_to(text[start:end], each) for each in unquoted):
            return
    octets: list[int | None] = [*text[:start], *[None] * (end - start), *text[end:]]
    try:
        seen = read_json(octets)
    except Rejection:
        return
    assert shape_of(seen, start) == shape_of(read_json(text), start)


def shape_of(value: Value, hidden_at: int) -> object:
    match value:
        case Leaf():
            return (
                "hidden"
                if value.start == hidden_at and value.end > value.start
                else (value.start, value.octets)
            )
        case Array(values=values):
            return [shape_of(each, hidden_at) for each in values]
        case Object(members=members):
            return {name: shape_of(each, hidden_at) for name, each in members.items()}


class TestNames:
    @given(st.lists(st.integers(0, 10**6) | st.text(max_size=6), max_size=5))
    def test_every_path_has_one_spelling(self, steps: list[str | int]) -> None:
        path = JsonPath(steps=tuple(steps))
        assert read_name(spell_path(path)) == path

    @pytest.mark.parametrize(
        "name",
        [
            *(
                "",
                "balance",
                "$balance",
                "$.",
                "$..a",
                "$[01]",
                "$[-1]",
                '$["a"]',
                "$['a b']",
                '$["a\\u0020b"]',
            ),
            *('$["\\u000A"]', '$["a b', "header Host", "header", "header a b", '$["\\q"]', "$.a "),
        ],
    )
    def test_other_spellings_are_refused(self, name: str) -> None:
        with pytest.raises(Rejection, match="structure/malformed-name"):
            read_name(name)

    @pytest.mark.parametrize(
        "name",
        ["$", "$.none", "$.owner.more", "$[0]", "$.empty", "header none", "header twice", "header blank"],
    )
    def test_names_of_no_token(self, name: str) -> None:
        received = response(b'{"owner":"Ada","empty":""}', b"Twice: 1", b"Twice: 2", b"Blank:")
        with pytest.raises(Rejection, match="structure/unknown-name"):
            view_of(received=received).field(Direction.RECEIVED, name)
