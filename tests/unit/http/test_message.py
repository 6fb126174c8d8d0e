"""The message parser against h11 on valid messages, and against everything that reads in two ways."""

from __future__ import annotations

import time

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Closure
from mpctls.reference.foundation.reasons import STRUCTURE
from mpctls.reference.http.head import MAXIMUM_FIELDS, MAXIMUM_HEAD, HttpMessage
from mpctls.reference.http.message import parse_request, parse_response
from tests.unit.foundation.refusals import refused

TOKENS = st.text(alphabet="!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=8)
VALUES = st.text(alphabet=[*map(chr, range(0x20, 0x7F)), "\t"], max_size=16)
SPACES = st.text(alphabet=" \t", max_size=2)
FRAMING = {"content-length", "transfer-encoding", "host", "connection", "expect", "upgrade"}
SEMANTICS = {"content-encoding", "content-range"}
FIELDS = st.lists(
    st.tuples(TOKENS.filter(lambda name: name.lower() not in FRAMING | SEMANTICS), SPACES, VALUES, SPACES),
    max_size=4,
)
CONTENT = st.binary(max_size=40)


def head(first: str, fields: list[tuple[str, str, str, str]]) -> bytes:
    lines = [first, *(f"{name}:{left}{value}{right}" for name, left, value, right in fields)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def chunked(content: bytes, sizes: list[int]) -> bytes:
    parts = []
    while content:
        size = sizes.pop() if sizes else len(content)
        piece, content = content[:size], content[size:]
        parts.append(b"%x\r\n%s\r\n" % (len(piece), piece))
    return b"".join(parts) + b"0\r\n\r\n"


def by_h11(octets: bytes, *, response: bool) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Header fields and content as h11 reads them."""
    connection = h11.Connection(h11.CLIENT if response else h11.SERVER)
    if response:
        connection.send(h11.Request(method="GET", target="/", headers=[("host", "h")]))
        connection.send(h11.EndOfMessage())
    connection.receive_data(octets)
    connection.receive_data(b"")
    fields: list[tuple[bytes, bytes]] = []
    content = b""
    while not isinstance(event := connection.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Request | h11.Response):
            fields = list(event.headers)
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
        else:
            raise AssertionError(event)
    return fields, content


def read(message: HttpMessage, octets: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The same as the parser's spans read them."""
    fields = [(each.name.encode(), octets[each.value.start : each.value.end]) for each in message.fields]
    return fields, message.content(octets)


@given(
    FIELDS, CONTENT, st.lists(st.integers(1, 9), max_size=6), st.sampled_from(["length", "chunked", "close"])
)
def test_responses_read_as_h11_reads_them(
    fields: list[tuple[str, str, str, str]], content: bytes, sizes: list[int], framing: str
) -> None:
    octets = head("HTTP/1.1 200 OK", fields)
    if framing == "length":
        octets += b"Content-Length: %d\r\n\r\n%s" % (len(content), content)
    elif framing == "chunked":
        octets += b"transfer-ENCODING: chunked\r\n\r\n" + chunked(content, sizes)
    else:
        octets += b"\r\n" + content
    message = parse_response(octets)
    assert read(message, octets) == by_h11(octets, response=True)
    assert octets[message.start_line.start : message.start_line.end] == b"HTTP/1.1 200 OK"


@given(
    FIELDS, CONTENT, st.lists(st.integers(1, 9), max_size=6), st.sampled_from(["length", "chunked", "none"])
)
def test_requests_read_as_h11_reads_them(
    fields: list[tuple[str, str, str, str]], content: bytes, sizes: list[int], framing: str
) -> None:
    octets = head("POST /a?b=c HTTP/1.1", [("Host", " ", "h", ""), *fields])
    if framing == "length":
        octets += b"content-length:%d\r\n\r\n%s" % (len(content), content)
    elif framing == "chunked":
        octets += b"Transfer-Encoding: chunked\r\n\r\n" + chunked(content, sizes)
    else:
        octets += b"\r\n"
    assert read(parse_request(octets), octets) == by_h11(octets, response=False)


@given(CONTENT, st.lists(st.integers(1, 9), max_size=6), st.integers(0, 40), st.integers(0, 40))
def test_positions_lead_back_to_the_content(content: bytes, sizes: list[int], start: int, end: int) -> None:
    octets = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(content, sizes)
    message = parse_response(octets)
    spans = message.body.positions(start, end)
    assert b"".join(octets[each.start : each.end] for each in spans) == content[start:end]
    assert all(each.start < each.end for each in spans)
    assert message.body.length == len(content)


RESPONSE = b"HTTP/1.1 200 OK\r\n"
REQUEST = b"POST / HTTP/1.1\r\nHost: h\r\n"

MALFORMED = {
    "nothing": (b"", "incomplete-message"),
    "no end of line": (b"HTTP/1.1 200 OK", "incomplete-message"),
    "no end of the head": (b"HTTP/1.1 200 OK\r\nA: b\r\n", "incomplete-message"),
    "bare line feeds": (b"HTTP/1.1 200 OK\nA: b\n\n", "incomplete-message"),
    "a bare line feed in a value": (RESPONSE + b"A: b\nC: d\r\n\r\n", "malformed-header"),
    "a bare carriage return in a value": (RESPONSE + b"A: b\rC: d\r\n\r\n", "malformed-header"),
    "a line feed before the carriage return": (RESPONSE + b"A: b\n\r\n\r\n", "malformed-header"),
    "a folded line": (RESPONSE + b"A: b\r\n c\r\n\r\n", "malformed-header"),
    "a line folded with a tab": (RESPONSE + b"A: b\r\n\tc\r\n\r\n", "malformed-header"),
    "a space before the colon": (RESPONSE + b"Content-Length : 5\r\n\r\nabcde", "malformed-header"),
    "a space before the name": (RESPONSE + b" A: b\r\n\r\n", "malformed-header"),
    "no colon": (RESPONSE + b"A b\r\n\r\n", "malformed-header"),
    "no name": (RESPONSE + b": b\r\n\r\n", "malformed-header"),
    "a name outside ASCII": (RESPONSE + b"\xc3\xa9: b\r\n\r\n", "malformed-header"),
    "a zero octet": (RESPONSE + b"A: b\0c\r\n\r\n", "malformed-header"),
    "two lengths": (RESPONSE + b"Content-Length: 5\r\nContent-Length: 4\r\n\r\nabcde", "framing-ambiguous"),
    "two lengths in one": (RESPONSE + b"Content-Length: 5, 5\r\n\r\nabcde", "framing-malformed"),
    "a signed length": (RESPONSE + b"Content-Length: +5\r\n\r\nabcde", "framing-malformed"),
    "a negative length": (RESPONSE + b"Content-Length: -1\r\n\r\n", "framing-malformed"),
    "a length with an underscore": (
        RESPONSE + b"Content-Length: 1_0\r\n\r\n" + bytes(10),
        "framing-malformed",
    ),
    "a padded length": (RESPONSE + b"Content-Length: 05\r\n\r\nabcde", "framing-malformed"),
    "a hexadecimal length": (RESPONSE + b"Content-Length: 0x5\r\n\r\nabcde", "framing-malformed"),
    "an empty length": (RESPONSE + b"Content-Length: \r\n\r\n", "framing-malformed"),
    "a length of many digits": (
        RESPONSE + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        "framing-malformed",
    ),
    "a shorter content": (RESPONSE + b"Content-Length: 5\r\n\r\nabcd", "incomplete-message"),
    "a longer content": (RESPONSE + b"Content-Length: 5\r\n\r\nabcdef", "extra-octets"),
    "a second response": ((RESPONSE + b"Content-Length: 0\r\n\r\n") * 2, "extra-octets"),
    "an interim response": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + RESPONSE + b"Content-Length: 0\r\n\r\n",
        "informational-response",
    ),
    "early hints": (b"HTTP/1.1 103 Early Hints\r\n\r\n", "informational-response"),
    "another protocol": (b"HTTP/2 200\r\n\r\n", "malformed-start-line"),
    "another version": (b"HTTP/1.2 200 OK\r\n\r\n", "malformed-start-line"),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "malformed-start-line"),
    "a status below 100": (b"HTTP/1.1 099 OK\r\n\r\n", "malformed-start-line"),
    "a space before the status line": (b" HTTP/1.1 200 OK\r\n\r\n", "malformed-start-line"),
    "an empty line before": (b"\r\nHTTP/1.1 200 OK\r\n\r\n", "malformed-start-line"),
    "lower case": (b"http/1.1 200 OK\r\n\r\n", "malformed-start-line"),
    "content without meaning": (b"HTTP/1.1 204 No Content\r\n\r\nabc", "extra-octets"),
    "content of a response without any": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc",
        "extra-octets",
    ),
}
CHUNKED = RESPONSE + b"Transfer-Encoding: chunked\r\n\r\n"
MALFORMED |= {
    "chunks: " + name: (CHUNKED + body, reason)
    for name, (body, reason) in {
        "an extension": (b"3;a=b\r\nabc\r\n0\r\n\r\n", "chunk-extension"),
        "a space after the size": (b"3 \r\nabc\r\n0\r\n\r\n", "chunk-extension"),
        "a space before the size": (b" 3\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "a prefix": (b"0x3\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "a sign": (b"+3\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "an underscore": (b"0_3\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "no size": (b"\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "nine digits": (b"000000003\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "a bare line feed": (b"3\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "no end of the chunk": (b"3\r\nabcd\r\n0\r\n\r\n", "chunk-malformed"),
        "a longer chunk": (b"4\r\nabc\r\n0\r\n\r\n", "chunk-malformed"),
        "the largest size": (b"ffffffff\r\nabc\r\n0\r\n\r\n", "incomplete-message"),
        "a trailer": (b"3\r\nabc\r\n0\r\nA: b\r\n\r\n", "trailers"),
        "an extension of the last chunk": (b"3\r\nabc\r\n0;a\r\n\r\n", "chunk-extension"),
        "no last chunk": (b"3\r\nabc\r\n", "incomplete-message"),
        "no end": (b"3\r\nabc\r\n0\r\n", "incomplete-message"),
        "octets after the end": (b"3\r\nabc\r\n0\r\n\r\nx", "extra-octets"),
        "nothing": (b"", "incomplete-message"),
    }.items()
}
CODINGS = {
    "both framings": (
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "framing-ambiguous",
    ),
    "compression": (b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "framing-malformed"),
    "chunked twice": (
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "framing-ambiguous",
    ),
    "chunked twice in one": (b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "framing-malformed"),
    "identity": (b"Transfer-Encoding: identity\r\n\r\n", "framing-malformed"),
    "an empty coding": (b"Transfer-Encoding:\r\n\r\n", "framing-malformed"),
    "a hidden coding": (b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", "malformed-header"),
    "a parameter": (b"Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", "framing-malformed"),
}


@pytest.mark.parametrize(("octets", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_reads_in_two_ways_is_malformed(octets: bytes, reason: str) -> None:
    with refused(f"structure/{reason}"):
        parse_response(octets)


@pytest.mark.parametrize(("octets", "reason"), CODINGS.values(), ids=CODINGS.keys())
def test_other_codings_are_refused(octets: bytes, reason: str) -> None:
    for parse, first in ((parse_response, RESPONSE), (parse_request, REQUEST)):
        with refused(f"structure/{reason}"):
            parse(first + octets)


def test_http_1_0_has_no_transfer_coding() -> None:
    """Nor anything else here: what a field of HTTP/1.1 means in a message of 1.0 is read in two ways."""
    rest = b"Host: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    for parse, first in ((parse_request, b"POST / HTTP/1.0\r\n"), (parse_response, b"HTTP/1.0 200 OK\r\n")):
        with refused("structure/malformed-start-line"):
            parse(first + rest)
    assert parse_request(b"POST /HTTP/1.0 HTTP/1.1\r\n" + rest).target == "/HTTP/1.0"
    assert parse_response(b"HTTP/1.1 200 HTTP/1.0\r\n" + rest).status == 200


@pytest.mark.parametrize(
    "first",
    [
        b"GET  / HTTP/1.1",
        b"GET / HTTP/1.1 ",
        b"GET /a b HTTP/1.1",
        b"GET / HTTP/2",
        b"GET / HTTP/1.11",
        b"GET /",
        b"GET\t/ HTTP/1.1",
        b"G(T / HTTP/1.1",
        b"GET /\xc3\xa9 HTTP/1.1",
        b"GET /\0 HTTP/1.1",
        b" / HTTP/1.1",
        b"CONNECT /h:443 HTTP/1.1",
        b"GET h:443 HTTP/1.1",
        b"GET https://h/ HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET / HTTP/1.0",
    ],
)
def test_request_lines_have_one_form(first: bytes) -> None:
    with refused("structure/malformed-start-line"):
        parse_request(first + b"\r\nHost: h\r\n\r\n")


def test_pipelined_requests_are_refused() -> None:
    """Attack catalogue, G6: the second request would never be looked at."""
    with refused("structure/extra-octets"):
        parse_request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_responses_without_content_end_with_their_head(status: bytes) -> None:
    octets = b"HTTP/1.1 " + status + b"\r\nContent-Length: 100\r\n\r\n"
    assert parse_response(octets).body.length == 0
    for framing in (b"Content-Length: +1", b"Transfer-Encoding: gzip"):
        with refused("structure/framing-malformed"):
            parse_response(octets.replace(b"Content-Length: 100", framing))


def test_a_response_to_head_has_no_content() -> None:
    octets = RESPONSE + b"Content-Length: 100\r\n\r\n"
    assert parse_response(octets, method="HEAD").body.length == 0
    for rest, method, reason in ((b"", "GET", "incomplete-message"), (b"x" * 100, "HEAD", "extra-octets")):
        with refused(f"structure/{reason}"):
            parse_response(octets + rest, method=method)


def test_the_end_of_the_connection_ends_content_only_when_it_is_authenticated() -> None:
    octets = RESPONSE + b"\r\nabc"
    assert parse_response(octets).content(octets) == b"abc"
    with refused("structure/incomplete-message"):
        parse_response(octets, closure=Closure.NOT_RECEIVED)
    for framed in (b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        parse_response(RESPONSE + framed, closure=Closure.NOT_RECEIVED)
    parse_response(b"HTTP/1.1 204 \r\n\r\n", closure=Closure.NOT_RECEIVED)


def test_empty_content_has_no_spans() -> None:
    for octets in (RESPONSE + b"Content-Length: 0\r\n\r\n", CHUNKED + b"0\r\n\r\n", RESPONSE + b"\r\n"):
        assert list(parse_response(octets).body.pairs()) == []


def test_equal_names_stay_apart_and_values_are_trimmed() -> None:
    octets = RESPONSE + b"A:\t x \r\na:y\r\n\r\n"
    values = [octets[each.value.start : each.value.end] for each in parse_response(octets).named("A")]
    assert values == [b"x", b"y"]


def test_the_coding_is_compared_without_regard_to_case() -> None:
    octets = RESPONSE + b"TRANSFER-encoding:\tChunKED \r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    assert parse_response(octets).content(octets) == b"abc"


def test_a_status_line_needs_no_words_but_their_space() -> None:
    for words in (b"", b"\xe9\t", b"OK"):
        assert parse_response(b"HTTP/1.1 200 " + words + b"\r\n\r\nrest").status == 200
    for first in (b"HTTP/1.1 200", b"HTTP/1.1 600 OK", b"HTTP/1.1 200 \x7f"):
        with refused("structure/malformed-start-line"):
            parse_response(first + b"\r\n\r\nrest")


def test_a_long_head_is_refused() -> None:
    longest = RESPONSE + b"A: " + b"b" * (MAXIMUM_HEAD - len(RESPONSE) - 7) + b"\r\n\r\n"
    assert len(longest) == MAXIMUM_HEAD
    assert parse_response(longest).head.end == MAXIMUM_HEAD
    endless = RESPONSE + b"A: b\r\n" * (MAXIMUM_HEAD // 6 + 1)
    for octets in (longest.replace(b"A:", b"A: "), endless, longest[:-4] + b"b" * 5):
        with refused("structure/too-large"):
            parse_response(octets)


def test_many_header_fields_are_refused() -> None:
    assert len(parse_response(RESPONSE + b"A: b\r\n" * MAXIMUM_FIELDS + b"\r\n").fields) == MAXIMUM_FIELDS
    for end in (b"\r\n", b""):
        with refused("structure/too-large"):
            parse_response(RESPONSE + b"A: b\r\n" * (MAXIMUM_FIELDS + 1) + end)


def test_a_long_direction_is_refused() -> None:
    octets = RESPONSE + b"\r\n"
    assert parse_response(octets + bytes(2**24 - len(octets))).body.length == 2**24 - len(octets)
    with refused("structure/too-large"):
        parse_response(octets + bytes(2**24 + 1 - len(octets)))


@given(st.binary(max_size=60), st.sampled_from([b"", RESPONSE, CHUNKED, REQUEST]))
def test_random_octets_are_refused_with_a_reason_of_the_page(octets: bytes, first: bytes) -> None:
    for parse in (parse_request, parse_response):
        try:
            parse(first + octets)
        except Refused as refusal:
            assert refusal.reason in STRUCTURE


@pytest.mark.parametrize(
    "octets",
    [
        b"H" * 2**22,
        RESPONSE + b"A" * 2**22,
        RESPONSE + b"A: " + b" " * 2**22 + b"\r\n\r\n",
        RESPONSE + b"A: " + b"\t" * 2**22 + b"\0\r\n\r\n",
        RESPONSE + b"\r\n" * 2**20,
        CHUNKED + b"1\r\na\r\n" * 2**19 + b"x",
    ],
)
def test_hostile_messages_cost_little(octets: bytes) -> None:
    started = time.monotonic()
    try:
        parse_response(octets)
    except Refused as refusal:
        assert refusal.reason in STRUCTURE
    assert time.monotonic() - started < 10


def test_many_chunks_are_searched_quickly() -> None:
    octets = CHUNKED + b"1\r\na\r\n" * 2**14 + b"0\r\n\r\n"
    message = parse_response(octets)
    started = time.monotonic()
    for start in range(2**14):
        assert len(message.body.positions(start, start + 1)) == 1
    assert time.monotonic() - started < 10
