"""The message parser against h11 on valid messages, and against everything that reads in two ways."""

from __future__ import annotations

import time

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.http.message import MAXIMUM_HEAD, HttpMessage, parse_request, parse_response
from tests.unit.foundation.refusals import refused

TOKENS = st.text(alphabet="!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=8)
VALUES = st.text(alphabet=[*map(chr, range(0x20, 0x7F)), "\t"], max_size=16)
SPACES = st.text(alphabet=" \t", max_size=2)
FRAMING = {"content-length", "transfer-encoding", "host", "connection", "expect", "upgrade"}
FIELDS = st.lists(
    st.tuples(TOKENS.filter(lambda name: name.lower() not in FRAMING), SPACES, VALUES, SPACES), max_size=4
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
    assert message.end == len(octets)
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
    found = b"".join(octets[each.start : each.end] for each in message.positions(start, end))
    assert found == content[start:end]
    assert all(each.start < each.end for each in message.positions(start, end))


RESPONSE = b"HTTP/1.1 200 OK\r\n"

MALFORMED = {
    "nothing": b"",
    "no end of line": b"HTTP/1.1 200 OK",
    "no end of the head": b"HTTP/1.1 200 OK\r\nA: b\r\n",
    "bare line feeds": b"HTTP/1.1 200 OK\nA: b\n\n",
    "a bare line feed in a value": RESPONSE + b"A: b\nC: d\r\n\r\n",
    "a bare carriage return in a value": RESPONSE + b"A: b\rC: d\r\n\r\n",
    "a line feed before the carriage return": RESPONSE + b"A: b\n\r\n\r\n",
    "a folded line": RESPONSE + b"A: b\r\n c\r\n\r\n",
    "a line folded with a tab": RESPONSE + b"A: b\r\n\tc\r\n\r\n",
    "a space before the colon": RESPONSE + b"Content-Length : 5\r\n\r\nabcde",
    "a space before the name": RESPONSE + b" A: b\r\n\r\n",
    "no colon": RESPONSE + b"A b\r\n\r\n",
    "no name": RESPONSE + b": b\r\n\r\n",
    "a name outside ASCII": RESPONSE + b"\xc3\xa9: b\r\n\r\n",
    "a zero octet": RESPONSE + b"A: b\0c\r\n\r\n",
    "two lengths": RESPONSE + b"Content-Length: 5\r\nContent-Length: 4\r\n\r\nabcde",
    "two lengths in one": RESPONSE + b"Content-Length: 5, 5\r\n\r\nabcde",
    "a signed length": RESPONSE + b"Content-Length: +5\r\n\r\nabcde",
    "a negative length": RESPONSE + b"Content-Length: -1\r\n\r\n",
    "a length with an underscore": RESPONSE + b"Content-Length: 1_0\r\n\r\n" + bytes(10),
    "a padded length": RESPONSE + b"Content-Length: 05\r\n\r\nabcde",
    "a hexadecimal length": RESPONSE + b"Content-Length: 0x5\r\n\r\nabcde",
    "an empty length": RESPONSE + b"Content-Length: \r\n\r\n",
    "a length of many digits": RESPONSE + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "a shorter content": RESPONSE + b"Content-Length: 5\r\n\r\nabcd",
    "a longer content": RESPONSE + b"Content-Length: 5\r\n\r\nabcdef",
    "a second response": (RESPONSE + b"Content-Length: 0\r\n\r\n") * 2,
    "an interim response": b"HTTP/1.1 100 Continue\r\n\r\n" + RESPONSE + b"Content-Length: 0\r\n\r\n",
    "early hints": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "another protocol": b"HTTP/2 200\r\n\r\n",
    "another version": b"HTTP/1.2 200 OK\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status below 100": b"HTTP/1.1 099 OK\r\n\r\n",
    "a space before the status line": b" HTTP/1.1 200 OK\r\n\r\n",
    "an empty line before": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "lower case": b"http/1.1 200 OK\r\n\r\n",
    "content without meaning": b"HTTP/1.1 204 No Content\r\n\r\nabc",
    "content of a response without any": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc",
}
CHUNKED = RESPONSE + b"Transfer-Encoding: chunked\r\n\r\n"
MALFORMED |= {
    "chunks: " + name: CHUNKED + body
    for name, body in {
        "an extension": b"3;a=b\r\nabc\r\n0\r\n\r\n",
        "a space after the size": b"3 \r\nabc\r\n0\r\n\r\n",
        "a space before the size": b" 3\r\nabc\r\n0\r\n\r\n",
        "a prefix": b"0x3\r\nabc\r\n0\r\n\r\n",
        "a sign": b"+3\r\nabc\r\n0\r\n\r\n",
        "an underscore": b"0_3\r\nabc\r\n0\r\n\r\n",
        "no size": b"\r\nabc\r\n0\r\n\r\n",
        "nine digits": b"000000003\r\nabc\r\n0\r\n\r\n",
        "a bare line feed": b"3\nabc\r\n0\r\n\r\n",
        "no end of the chunk": b"3\r\nabcd\r\n0\r\n\r\n",
        "a longer chunk": b"4\r\nabc\r\n0\r\n\r\n",
        "the largest size": b"ffffffff\r\nabc\r\n0\r\n\r\n",
        "a trailer": b"3\r\nabc\r\n0\r\nA: b\r\n\r\n",
        "an extension of the last chunk": b"3\r\nabc\r\n0;a\r\n\r\n",
        "no last chunk": b"3\r\nabc\r\n",
        "no end": b"3\r\nabc\r\n0\r\n",
        "octets after the end": b"3\r\nabc\r\n0\r\n\r\nx",
        "nothing": b"",
    }.items()
}
CODINGS = {
    "both framings": b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "compression": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked twice in one": b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "identity": b"Transfer-Encoding: identity\r\n\r\n",
    "an empty coding": b"Transfer-Encoding:\r\n\r\n",
    "a hidden coding": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a parameter": b"Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_reads_in_two_ways_is_malformed(octets: bytes) -> None:
    with refused("http/malformed"):
        parse_response(octets)


@pytest.mark.parametrize("octets", CODINGS.values(), ids=CODINGS.keys())
def test_other_codings_are_refused(octets: bytes) -> None:
    for parse, first in ((parse_response, RESPONSE), (parse_request, b"POST / HTTP/1.1\r\n")):
        with pytest.raises(Refused) as caught:
            parse(first + octets)
        hidden = b"\x0b" in octets
        assert caught.value.reason == ("http/malformed" if hidden else "http/unsupported-coding")


def test_http_1_0_has_no_transfer_coding() -> None:
    rest = b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    for parse, first in ((parse_request, b"POST / HTTP/1.0\r\n"), (parse_response, b"HTTP/1.0 200 OK\r\n")):
        with refused("http/unsupported-coding"):
            parse(first + rest)
    assert parse_request(b"POST /HTTP/1.0 HTTP/1.1\r\n" + rest).body == ()
    assert parse_response(b"HTTP/1.1 200 HTTP/1.0\r\n" + rest).body == ()


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
    ],
)
def test_request_lines_have_one_form(first: bytes) -> None:
    with refused("http/malformed"):
        parse_request(first + b"\r\n\r\n")


def test_pipelined_requests_are_refused() -> None:
    """Attack catalogue, G6: the second request would never be looked at."""
    with refused("http/malformed"):
        parse_request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_responses_without_content_end_with_their_head(status: bytes) -> None:
    octets = b"HTTP/1.1 " + status + b"\r\nContent-Length: 100\r\n\r\n"
    message = parse_response(octets)
    assert (message.body, message.end) == ((), len(octets))


def test_empty_content_has_no_spans() -> None:
    for octets in (RESPONSE + b"Content-Length: 0\r\n\r\n", CHUNKED + b"0\r\n\r\n", RESPONSE + b"\r\n"):
        assert parse_response(octets).body == ()


def test_equal_lengths_and_equal_names_are_one() -> None:
    octets = RESPONSE + b"content-length: 3\r\nContent-Length:3\r\nA:\t x \r\n\r\nabc"
    message = parse_response(octets)
    assert message.content(octets) == b"abc"
    assert len(message.named("CONTENT-LENGTH")) == 2
    (value,) = (octets[each.value.start : each.value.end] for each in message.named("a"))
    assert value == b"x"


def test_the_coding_is_compared_without_regard_to_case() -> None:
    octets = RESPONSE + b"TRANSFER-encoding:\tChunKED \r\n\r\n3\r\nabc\r\n000\r\n\r\n"
    assert parse_response(octets).content(octets) == b"abc"


def test_a_status_line_needs_no_words() -> None:
    for first in (b"HTTP/1.1 200", b"HTTP/1.1 200 ", b"HTTP/1.0 200 \xe9\t"):
        assert parse_response(first + b"\r\n\r\nrest").body


def test_a_long_head_is_refused() -> None:
    longest = RESPONSE + b"A: " + b"b" * (MAXIMUM_HEAD - len(RESPONSE) - 7) + b"\r\n\r\n"
    assert len(longest) == MAXIMUM_HEAD
    assert parse_response(longest).end == MAXIMUM_HEAD
    lines = b"A: b\r\n" * (MAXIMUM_HEAD // 6 + 1)
    for octets in (longest.replace(b"A:", b"A: "), RESPONSE + lines + b"\r\n", b"\r\n" + longest):
        with refused("http/malformed"):
            parse_response(octets)


@given(st.binary(max_size=60), st.sampled_from([b"", RESPONSE, CHUNKED, b"GET / HTTP/1.1\r\n"]))
def test_random_octets_are_refused_with_a_local_reason(octets: bytes, first: bytes) -> None:
    for parse in (parse_request, parse_response):
        try:
            assert parse(first + octets).end == len(first + octets)
        except Refused as refusal:
            assert refusal.reason in ("http/malformed", "http/unsupported-coding")


@pytest.mark.parametrize(
    "octets",
    [
        b"H" * 2**22,
        RESPONSE + b"A" * 2**22,
        RESPONSE + b"A: " + b" " * 2**22 + b"\r\n\r\n",
        RESPONSE + b"A: " + b"\t" * 2**22 + b"\0\r\n\r\n",
        RESPONSE + b"\r\n" * 2**20,
        CHUNKED + b"1\r\na\r\n" * 2**15 + b"x",
    ],
)
def test_hostile_messages_cost_little(octets: bytes) -> None:
    started = time.monotonic()
    try:
        parse_response(octets)
    except Refused as refusal:
        assert refusal.reason == "http/malformed"
    assert time.monotonic() - started < 10


def test_many_chunks_are_searched_quickly() -> None:
    octets = CHUNKED + b"1\r\na\r\n" * 2**14 + b"0\r\n\r\n"
    message = parse_response(octets)
    started = time.monotonic()
    for start in range(2**14):
        assert len(message.positions(start, start + 1)) == 1
    assert time.monotonic() - started < 10
