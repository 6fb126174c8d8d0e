"""Spans of one HTTP/1.1 message (RFC 9112) in a transcript: start line, header fields, body."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused

MAXIMUM_HEAD: Final = 65536
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?")
_REQUEST_LINE = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e]+ HTTP/1\.[01]")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Octets start … end - 1 of a direction."""

    start: int
    end: int

    @property
    def pair(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSpan(Span):
    """A piece of the content, which begins with the content's octet `offset`."""

    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderField:
    """One header field: its name in lower case, and where its value stands without the white space around it."""

    name: str
    value: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessage:
    """Where the parts of one message stand; `body` holds the spans of the content, several when it is chunked."""

    start_line: Span
    fields: tuple[HeaderField, ...]
    body: tuple[ContentSpan, ...]
    end: int

    def named(self, name: str) -> tuple[HeaderField, ...]:
        """The fields of this name, in order."""
        return tuple(each for each in self.fields if each.name == name.lower())

    def content(self, octets: bytes) -> bytes:
        """The content with chunk lines taken out."""
        return b"".join(octets[each.start : each.end] for each in self.body)

    def positions(self, start: int, end: int) -> tuple[Span, ...]:
        """Where the content octets start … end - 1 stand in the transcript."""
        found: list[Span] = []
        for place in range(max(bisect_right(self.body, start, key=_offset) - 1, 0), len(self.body)):
            each = self.body[place]
            if each.offset >= end:
                break
            low, high = max(start - each.offset, 0), min(end - each.offset, each.end - each.start)
            if low < high:
                found.append(Span(start=each.start + low, end=each.start + high))
        return tuple(found)


def _offset(span: ContentSpan) -> int:
    return span.offset


def _malformed(what: str) -> Refused:
    return Refused("http/malformed", what)


def parse_request(octets: bytes) -> HttpMessage:
    """Parse one whole request and nothing after it; refuses with `http/malformed` or `http/unsupported-coding`."""
    return _parse(octets, _REQUEST_LINE, "request line", close_delimited=False)


def parse_response(octets: bytes) -> HttpMessage:
    """Parse one whole final response, not one to HEAD; the end of the connection may delimit it."""
    return _parse(octets, _STATUS_LINE, "status line", close_delimited=True)


def _lines(octets: bytes) -> Iterator[Span]:
    position = 0
    while (end := octets.find(b"\r\n", position, MAXIMUM_HEAD)) >= 0:
        yield Span(start=position, end=end)
        position = end + 2
    raise _malformed(f"no end of line after octet {position}, or a head of more than {MAXIMUM_HEAD} octets")


def _parse(octets: bytes, first: re.Pattern[bytes], name: str, *, close_delimited: bool) -> HttpMessage:
    lines = _lines(octets)
    start_line = next(lines)
    if not first.fullmatch(octets, start_line.start, start_line.end):
        raise _malformed(f"the {name}")
    fields: list[HeaderField] = []
    while (line := next(lines)).start < line.end:
        fields.append(_field(octets, line))
    body_start = line.end + 2
    first_line = octets[start_line.start : start_line.end]
    version, status = (first_line[:8], first_line[9:12]) if close_delimited else (first_line[-8:], b"")
    if status.startswith(b"1"):
        raise _malformed("an interim response, not a final one")
    body: tuple[Span, ...]
    lengths = {octets[each.value.start : each.value.end] for each in fields if each.name == "content-length"}
    codings = [
        octets[each.value.start : each.value.end].lower()
        for each in fields
        if each.name == "transfer-encoding"
    ]
    if status in (b"204", b"304"):
        end, body = body_start, ()
    elif codings:
        if version == b"HTTP/1.0":
            raise Refused("http/unsupported-coding", "a transfer coding in HTTP/1.0")
        if codings != [b"chunked"] or lengths:
            raise Refused("http/unsupported-coding", "a transfer coding other than chunked alone")
        body, end = _chunks(octets, body_start)
    elif lengths:
        text = lengths.pop()
        if lengths or not re.fullmatch(rb"0|[1-9][0-9]{0,9}", text):
            raise _malformed("content-length")
        end = body_start + int(text)
        body = (Span(start=body_start, end=end),)
    else:
        end = len(octets) if close_delimited else body_start
        body = (Span(start=body_start, end=end),)
    if end != len(octets):
        raise _malformed(f"the message ends at {end} of {len(octets)} octets")
    return HttpMessage(start_line=start_line, fields=tuple(fields), body=_content(body), end=end)


def _content(spans: tuple[Span, ...]) -> tuple[ContentSpan, ...]:
    found: list[ContentSpan] = []
    offset = 0
    for each in spans:
        if each.start < each.end:
            found.append(ContentSpan(start=each.start, end=each.end, offset=offset))
            offset += each.end - each.start
    return tuple(found)


def _field(octets: bytes, line: Span) -> HeaderField:
    colon = octets.find(b":", line.start, line.end)
    if colon < 0 or not _TOKEN.fullmatch(octets, line.start, colon):
        raise _malformed(f"the header field at octet {line.start}")
    start, end = colon + 1, line.end
    while start < end and octets[start] in b" \t":
        start += 1
    while end > start and octets[end - 1] in b" \t":
        end -= 1
    if not _VALUE.fullmatch(octets, start, end):
        raise _malformed(f"the value of the header field at octet {line.start}")
    return HeaderField(
        name=octets[line.start : colon].decode("ascii").lower(), value=Span(start=start, end=end)
    )


def _chunks(octets: bytes, position: int) -> tuple[tuple[Span, ...], int]:
    spans: list[Span] = []
    while True:
        end = octets.find(b"\r\n", position, position + 10)
        if end < 0 or not _CHUNK_SIZE.fullmatch(octets, position, end):
            raise _malformed(f"the chunk size at octet {position}")
        size = int(octets[position:end], 16)
        start = end + 2
        if octets[start + size : start + size + 2] != b"\r\n":
            raise _malformed(
                f"the chunk at octet {start}" if size else "trailers or an unfinished last chunk"
            )
        if size == 0:
            return tuple(spans), start + 2
        spans.append(Span(start=start, end=start + size))
        position = start + size + 2
