"""Exchanges of which some tokens are hidden, as a Verifier has them: octets by runs, and the shown leaves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import EncodingCommitment, HashCommitment, TranscriptCommitment
from mpctls.spec.encoding import encode_as
from mpctls.spec.identifiers import Closure, Direction, HashAlgorithm, LexicalClass
from mpctls.spec.ranges import RangeSet

from ..fields import Fields, listed, number, optional

_REQUEST_LINES = (
    b"GET /account?a=1 HTTP/1.1",
    b"GET /account?a=1 HTTP/1.1",
    b"POST / HTTP/1.1",
    b"HEAD / HTTP/1.1",
)
_BAD_REQUEST_LINES = (
    b"CONNECT / HTTP/1.1",
    b"GET  / HTTP/1.1",
    b"GET * HTTP/1.1",
    b"GET / HTTP/1.0",
    b"G\0T / HTTP/1.1",
    b"",
    b"GET /\xe9 HTTP/1.1",
)
_BAD_STATUS_LINES = (
    b"HTTP/1.1 200",
    b"HTTP/1.1 103 Early Hints",
    b"HTTP/1.1 600 No",
    b"HTTP/1.1 206 Partial",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 204 None",
    b"HTTP/1.1 200 \xe9\t",
    b"HTTP/1.1 2000 OK",
)
_ODD_HEADERS = (
    b"Upgrade: a",
    b"Expect: 100-continue",
    b"Content-Encoding: gzip",
    b"Content-Encoding: Identity",
    b"Content-Range: 0",
    b"Content-Length: 1",
    b"Content-Length: 01",
    b"Content-Length: 99999999999",
    b"Transfer-Encoding: chunked",
    b"TE: a",
    b"Transfer-Encoding: gzip",
    b"Host: bank.example",
    b"Host : a",
    b"A b: c",
    b": a",
    b"X:\x01",
    b"X: \xe9\x80",
    b" folded",
    b"X",
    b"X:",
    b"Content-Type: text/plain",
    b"Content-Type: application/problem+json ; a=b",
    b"X: a\rb",
    b"X: a\0b",
)
_HOSTS = (
    (b"bank.example", b"bank.example"),
    (b"bank.example", b"BANK.example:443"),
    (b"bank.example", b"other.example"),
    (b"bank.example", b"bank.example:"),
    (b"2001:db8::1", b"[2001:DB8::1]:8443"),
    (b"2001:db8::1", b"[2001:db8::1]"),
    (b"2001:db8::1", b"2001:db8::1"),
    (b"192.0.2.1", b"192.0.2.1:80"),
    (b"192.0.2.1", b"[192.0.2.1]"),
)
_HIDEABLE = frozenset({b"Authorization", b"Cookie", b"Set-Cookie", b"Accept-Language"})
_NAMES = ("a", "b", "na me", "é", 'q"', "\\", "\n", "")
_PLAIN_VALUES = (
    '"x"',
    '""',
    '"a\\u00e9\\n"',
    '"\\ud800"',
    '"日"',
    "0",
    "-1.5e3",
    "12",
    "true",
    "false",
    "null",
)
_NOT_JSON = ("01", "1.", "tru", '"\x01"', "[1,]", "{", "'a'", "+1", "nul", '"\\x"', '{"a" 1}', "1 2")


def _rarely(draw: DrawFn, share: int) -> bool:
    """True once in so many times; integers would be drawn at their bounds far more often."""
    return draw(st.sampled_from((False,) * (share - 1) + (True,)))


@dataclass(slots=True, kw_only=True)
class _Text:
    """Octets as they are put together, with the tokens in them: start, end and class."""

    octets: bytearray = field(default_factory=bytearray)
    tokens: list[tuple[int, int, LexicalClass]] = field(default_factory=list)

    def add(self, octets: bytes, lexical_class: LexicalClass | None = None) -> None:
        start = len(self.octets)
        self.octets += octets
        if lexical_class is not None and octets:
            self.tokens.append((start, len(self.octets), lexical_class))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """A message with the positions of its tokens."""

    octets: bytes
    tokens: tuple[tuple[RangeSet, LexicalClass], ...]


def _write_json(draw: DrawFn, text: _Text, depth: int) -> None:
    shape = draw(st.sampled_from(("object", "object", "array", "value") if depth else ("value",)))
    space = draw(st.sampled_from((b"", b"", b" ", b"\n\t")))
    text.add(space)
    if shape == "value":
        _write_value(draw, text)
    else:
        opening, closing = (b"{", b"}") if shape == "object" else (b"[", b"]")
        text.add(opening)
        names = draw(st.lists(st.sampled_from(_NAMES), max_size=3, unique=not _rarely(draw, 30)))
        for place, name in enumerate(names):
            text.add(b"," if place else b"")
            if shape == "object":
                text.add(json.dumps(name, ensure_ascii=draw(st.booleans())).encode() + space + b":")
            _write_json(draw, text, depth - 1)
        text.add(closing)
    text.add(space)


def _write_value(draw: DrawFn, text: _Text) -> None:
    value = draw(st.sampled_from(_NOT_JSON if _rarely(draw, 80) else _PLAIN_VALUES))
    octets = value.encode("utf-8")
    if octets.startswith(b'"') and octets.endswith(b'"'):
        text.add(b'"')
        text.add(octets[1:-1], LexicalClass.JSON_STRING_INTERIOR)
        text.add(b'"')
        return
    literal = value in ("true", "false", "null")
    text.add(octets, LexicalClass.JSON_LITERAL if literal else LexicalClass.JSON_NUMBER)


def _add_header(draw: DrawFn, text: _Text, line: bytes) -> None:
    name, colon, value = line.partition(b":")
    value = value.strip(b" \t")
    spaces = st.sampled_from((b" ", b" ", b"", b"\t  "))
    text.add(name + colon)
    if colon:
        text.add(draw(spaces))
        hideable = name in _HIDEABLE or _rarely(draw, 60)
        text.add(value, LexicalClass.HEADER_VALUE if hideable else None)
        text.add(draw(st.sampled_from((b"", b"", b" \t"))))
    text.add(b"\r\n")


@st.composite
def _messages(draw: DrawFn, start_line: bytes, headers: Sequence[bytes], *, has_content: bool) -> _Message:
    text, content = _Text(), _Text()
    text.add(start_line + b"\r\n")
    framing = draw(st.sampled_from(("length", "chunked", "chunked", "to the end"))) if has_content else "none"
    if has_content:
        _write_json(draw, content, draw(st.integers(0, 3)))
    lines = [*headers]
    if framing == "length":
        lines.append(
            b"Content-Length: %d" % (len(content.octets) + draw(st.sampled_from((0,) * 30 + (-1, 1))))
        )
    elif framing == "chunked":
        lines.append(draw(st.sampled_from((b"Transfer-Encoding: chunked", b"TRANSFER-encoding: Chunked"))))
    for line in draw(st.permutations(lines)):
        _add_header(draw, text, line)
    text.add(b"\r\n")
    positions = _add_content(draw, text, bytes(content.octets), chunked=framing == "chunked")
    tokens = [(RangeSet.of((start, end)), lexical_class) for start, end, lexical_class in text.tokens]
    for start, end, lexical_class in content.tokens:
        ranges = RangeSet.holding(positions[start:end])
        if ranges is not None:
            tokens.append((ranges, lexical_class))
    return _Message(octets=bytes(text.octets), tokens=tuple(tokens))


def _add_content(draw: DrawFn, text: _Text, content: bytes, *, chunked: bool) -> list[int]:
    positions: list[int] = []
    if not chunked:
        positions += range(len(text.octets), len(text.octets) + len(content))
        text.add(content)
        return positions
    start = 0
    while start < len(content):
        size = draw(st.integers(1, len(content) - start))
        extension = draw(st.sampled_from((b"",) * 60 + (b";a", b" ")))
        text.add(draw(st.sampled_from((b"%x", b"%X", b"0%x"))) % size + extension + b"\r\n")
        positions += range(len(text.octets), len(text.octets) + size)
        text.add(content[start : start + size] + b"\r\n")
        start += size
    text.add(
        draw(
            st.sampled_from((b"0\r\n\r\n",) * 50 + (b"0\r\nA: b\r\n\r\n", b"00\r\n\r\n", b"0\r\n", b"g\r\n"))
        )
    )
    return positions


def _leaf(
    draw: DrawFn, direction: Direction, ranges: RangeSet, lexical_class: LexicalClass
) -> TranscriptCommitment:
    zero = bytes(32)
    if draw(st.booleans()):
        return EncodingCommitment(
            direction=direction,
            ranges=ranges,
            lexical_class=lexical_class,
            commitment=zero,
            offset=zero,
            factor=zero,
        )
    algorithm = HashAlgorithm.SHA256
    return HashCommitment(
        direction=direction, ranges=ranges, lexical_class=lexical_class, algorithm=algorithm, value=zero
    )


@st.composite
def _hidden(
    draw: DrawFn, message: _Message, direction: Direction
) -> tuple[set[int], list[TranscriptCommitment]]:
    """The hidden positions of a message, tokens mostly, and the leaves that are shown of it."""
    hidden: set[int] = set()
    leaves: list[TranscriptCommitment] = []
    for ranges, lexical_class in message.tokens:
        if draw(st.booleans()):
            continue
        hidden |= ranges.positions()
        match draw(
            st.sampled_from(
                ("leaf",) * 40 + ("none", "other class", "two", "more", "less", "other direction")
            )
        ):
            case "leaf":
                leaves.append(_leaf(draw, direction, ranges, lexical_class))
            case "other class":
                leaves.append(_leaf(draw, direction, ranges, draw(st.sampled_from(LexicalClass))))
            case "two":
                leaves.append(_leaf(draw, direction, ranges, draw(st.sampled_from(LexicalClass))))
                leaves.append(_leaf(draw, direction, ranges, lexical_class))
            case "more":
                leaves.append(_leaf(draw, direction, ranges, lexical_class))
                hidden.add(min(len(message.octets) - 1, ranges.ranges[-1].end))
            case "less":
                leaves.append(_leaf(draw, direction, ranges, lexical_class))
                hidden.discard(ranges.ranges[0].start)
            case "other direction":
                leaves.append(_leaf(draw, Direction(1 - direction), ranges, lexical_class))
    if _rarely(draw, 25):
        start = draw(st.integers(0, len(message.octets) - 1))
        hidden |= set(range(start, min(len(message.octets), start + draw(st.integers(1, 12)))))
    return hidden, leaves


@st.composite
def _mutated(draw: DrawFn, message: _Message) -> _Message:
    """The message, sometimes with an octet changed, cut off at a place, or with more behind it."""
    octets = message.octets
    place = draw(st.integers(0, len(octets) - 1))
    match draw(st.sampled_from(("kept",) * 36 + ("octet", "octet", "cut", "more"))):
        case "octet":
            octet = draw(st.sampled_from(b'\0\r\n :;,"{}[]\\0x\xff'))
            return replace(message, octets=octets[:place] + bytes([octet]) + octets[place + 1 :])
        case "cut":
            return replace(message, octets=octets[: place + 1])
        case "more":
            return replace(message, octets=octets + b"!")
    return message


def _runs(message: _Message, hidden: set[int]) -> bytes:
    runs = []
    shown = RangeSet.holding(set(range(len(message.octets))) - hidden)
    for part in shown.ranges if shown is not None else ():
        runs.append(listed([number(part.start), message.octets[part.start : part.end]]))
    return listed(runs)


@st.composite
def exchanges(draw: DrawFn) -> Fields:
    """Exchanges with hidden tokens: half of them without any fault."""
    name, host = draw(st.sampled_from(_HOSTS if _rarely(draw, 6) else _HOSTS[:2]))
    odd = [draw(st.sampled_from(_ODD_HEADERS))] if _rarely(draw, 5) else []
    odd_of_request = draw(st.booleans())
    bad = _rarely(draw, 20)
    request_line = draw(st.sampled_from(_BAD_REQUEST_LINES if bad else _REQUEST_LINES))
    bad = _rarely(draw, 20)
    status_line = draw(st.sampled_from(_BAD_STATUS_LINES)) if bad else b"HTTP/1.1 200 OK"
    has_content = request_line.startswith(b"POST")
    request_headers = [
        b"Host: " + host,
        b"Authorization: Bearer secret",
        b"Cookie: a=b",
        b"Accept-Language: de",
        b"Accept: */*",
    ]
    if has_content:
        request_headers.append(b"Content-Type: application/json")
    response_headers = [b"Set-Cookie: a", b"Content-Type: application/JSON;charset=utf-8"]
    messages = [
        draw(_messages(request_line, request_headers + odd * odd_of_request, has_content=has_content)),
        draw(
            _messages(
                status_line,
                response_headers + odd * (not odd_of_request),
                has_content=not request_line.startswith(b"HEAD"),
            )
        ),
    ]
    shown: dict[str, bytes] = {}
    leaves: list[TranscriptCommitment] = []
    for direction, message in zip(Direction, messages, strict=True):
        hidden, found = draw(_hidden(message, direction))
        changed = draw(_mutated(message))
        leaves += found
        shown[f"{direction.name.lower()} length"] = number(len(changed.octets))
        shown[f"{direction.name.lower()} runs"] = _runs(changed, hidden)
    indices = sorted(draw(st.sets(st.integers(0, 40), min_size=len(leaves), max_size=len(leaves))))
    closures = (Closure.CLOSE_NOTIFY_RECEIVED,) * 5 + tuple(Closure)
    proven = None if _rarely(draw, 50) else name
    return {
        **shown,
        "leaves": listed(
            [
                listed([number(index), encode_as(TranscriptCommitment, leaf)])
                for index, leaf in zip(indices, leaves, strict=True)
            ]
        ),
        "closure": number(draw(st.sampled_from(closures))),
        "server name": optional(proven),
        "redactable": listed(
            draw(st.sampled_from(([b"accept-language"],) * 5 + ([], [b"accept-language", b"host"])))
        ),
        "methods": optional(draw(st.sampled_from((None,) * 8 + (listed([b"GET"]),)))),
        "targets": optional(draw(st.sampled_from((None,) * 8 + (listed([b"/"]),)))),
    }
