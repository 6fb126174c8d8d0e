"""HTTP/1.1 messages (RFC 9112) in octets of which some are redacted: heads, and where everything stands.

The rules and their order are those of the structure page, section 2; the Prover's messages are read by the same rules,
with nothing redacted.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused
from .masked import MAXIMUM_OCTETS, MaskedOctets

MAXIMUM_HEAD: Final = 65536
MAXIMUM_FIELDS: Final = 256
_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") (/[\x21-\x7e]*) HTTP/1\.1")
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*")
_NAME = re.compile(_TOKEN)
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*+")
_WHITE_SPACE = re.compile(rb"[ \t]*+")
_CARRIAGE_RETURN: Final = 0x0D
_COLON: Final = 0x3A


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Octets start … end - 1 of a direction."""

    start: int
    end: int

    @property
    def pair(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderField:
    """One header field: its name in lower case, where its value stands without the white space around it, and
    whether that value is redacted (as a whole)."""

    name: str
    value: Span
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Start line and header fields; `end` is the position after the empty line."""

    start_line: Span
    fields: tuple[HeaderField, ...]
    end: int

    def named(self, name: str) -> tuple[HeaderField, ...]:
        """The fields of this name, in order."""
        return tuple(each for each in self.fields if each.name == name.lower())


class Content:
    """Where the octets of a message's content stand: in one piece, or in one for each chunk.

    Kept as plain arrays, because a message may consist of millions of chunks.
    """

    __slots__ = ("_ends", "_offsets", "_starts", "length")

    def __init__(self) -> None:
        self._starts, self._ends, self._offsets = array("I"), array("I"), array("I")
        self.length = 0

    def add(self, start: int, end: int) -> None:
        """Another piece, after those before; an empty one is none."""
        if start < end:
            self._starts.append(start)
            self._ends.append(end)
            self._offsets.append(self.length)
            self.length += end - start

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Start and end of each piece, in order; none is empty."""
        return zip(self._starts, self._ends, strict=True)

    def positions(self, start: int, end: int) -> tuple[Span, ...]:
        """Where the octets start … end - 1 of the content stand in the transcript."""
        found: list[Span] = []
        for place in range(max(bisect_right(self._offsets, start) - 1, 0), len(self._offsets)):
            offset, first, last = self._offsets[place], self._starts[place], self._ends[place]
            if offset >= end:
                break
            low, high = max(start - offset, 0), min(end - offset, last - first)
            if low < high:
                found.append(Span(start=first + low, end=first + high))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessage:
    """Where the parts of one message stand."""

    head: Head
    body: Content

    @property
    def start_line(self) -> Span:
        """Where the start line stands, without its CRLF."""
        return self.head.start_line

    @property
    def fields(self) -> tuple[HeaderField, ...]:
        """The header fields, in order."""
        return self.head.fields

    def named(self, name: str) -> tuple[HeaderField, ...]:
        """The header fields of this name, in order."""
        return self.head.named(name)

    def content(self, octets: bytes) -> bytes:
        """The content with chunk lines taken out."""
        return b"".join(octets[start:end] for start, end in self.body.pairs())


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest(HttpMessage):
    """A request: its method and its target, as they are written."""

    method: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse(HttpMessage):
    """A final response: its status."""

    status: int


def read_request_line(octets: MaskedOctets, line: Span) -> tuple[str, str]:
    """Method and target; refuses with `structure/malformed-start-line`."""
    found = _REQUEST_LINE.fullmatch(octets.octets, line.start, line.end)
    if found is None or found.group(1) == b"CONNECT":
        raise Refused("structure/malformed-start-line", "no request line of HTTP/1.1 in origin form")
    return found.group(1).decode("ascii"), found.group(2).decode("ascii")


def read_status_line(octets: MaskedOctets, line: Span) -> int:
    """The status; refuses with `structure/malformed-start-line` and `structure/informational-response`."""
    found = _STATUS_LINE.fullmatch(octets.octets, line.start, line.end)
    if found is None:
        raise Refused("structure/malformed-start-line", "no status line of HTTP/1.1")
    status = int(found.group(1))
    if status < 200:
        raise Refused("structure/informational-response", f"status {status}")
    return status


def check_size(octets: MaskedOctets) -> None:
    """Refuse with `structure/too-large` a direction above the limit."""
    if len(octets) > MAXIMUM_OCTETS:
        raise Refused("structure/too-large", f"a direction of {len(octets)} octets")


def read_start_line(octets: MaskedOctets) -> Span:
    """Where the start line stands.

    Refuses with `structure/redaction-outside-token`, `structure/too-large` or `structure/incomplete-message`,
    whichever comes first.
    """
    end = octets.octets.find(b"\r\n", 0, MAXIMUM_HEAD)
    hidden = octets.redacted[0].start if octets.redacted else len(octets)
    if not 0 <= end < hidden - 1:
        raise _unreadable(octets, hidden)
    return Span(start=0, end=end)


def _unreadable(octets: MaskedOctets, position: int) -> Refused:
    """Why the head cannot be read on at `position`, which is redacted, or behind the end of head or direction."""
    if position >= MAXIMUM_HEAD:
        return Refused("structure/too-large", f"a head of more than {MAXIMUM_HEAD} octets")
    if position >= len(octets):
        return Refused("structure/incomplete-message", "the head has no end")
    return Refused("structure/redaction-outside-token", f"octet {position}, in the head")


def _octet(octets: MaskedOctets, position: int) -> int:
    """The octet that the head has at `position`; refuses as `read_head`."""
    if position >= min(len(octets), MAXIMUM_HEAD) or octets.is_redacted(position):
        raise _unreadable(octets, position)
    return octets.octets[position]


def read_head(octets: MaskedOctets, start_line: Span) -> Head:
    """The header fields after a start line, read from left to right: the first octet that breaks a rule decides.

    Refuses with `structure/redaction-outside-token`, `structure/malformed-header`, `structure/too-large` or
    `structure/incomplete-message`.
    """
    fields: list[HeaderField] = []
    position = start_line.end + 2
    while _octet(octets, position) != _CARRIAGE_RETURN:
        if len(fields) == MAXIMUM_FIELDS:
            raise Refused("structure/too-large", f"more than {MAXIMUM_FIELDS} header fields")
        field, position = _field(octets, position)
        fields.append(field)
    end = _end_of_line(octets, position, "structure/malformed-header")
    return Head(start_line=start_line, fields=tuple(fields), end=end)


def _end_of_line(octets: MaskedOctets, position: int, reason: str) -> int:
    """The position after the CRLF at `position`; refuses as `read_head`, other octets with `reason`."""
    for place, expected in enumerate(b"\r\n", position):
        if _octet(octets, place) != expected:
            raise Refused(reason, f"octet {place}, in the head")
    return position + 2


def _match_end(pattern: re.Pattern[bytes], octets: MaskedOctets, position: int) -> int:
    """Where a pattern that matches at `position`, if only nothing, ends; a redacted octet is in none."""
    found = pattern.match(octets.octets, position)
    return found.end() if found else position


def _field(octets: MaskedOctets, position: int) -> tuple[HeaderField, int]:
    """The header field at `position`, and the position after its line."""
    colon = _match_end(_NAME, octets, position)
    if _octet(octets, colon) != _COLON or colon == position:
        raise Refused("structure/malformed-header", f"octet {colon}, in the head")
    name = octets.octets[position:colon].decode("ascii").lower()
    start = _match_end(_WHITE_SPACE, octets, colon + 1)
    run = octets.run_at(start)
    if run is not None:
        if run.end > MAXIMUM_HEAD:
            raise _unreadable(octets, MAXIMUM_HEAD)
        behind = _match_end(_WHITE_SPACE, octets, run.end)
        after = _end_of_line(octets, behind, "structure/redaction-outside-token")
        return HeaderField(name=name, value=Span(start=start, end=run.end), redacted=True), after
    end = _match_end(_VALUE, octets, start)
    after = _end_of_line(octets, end, "structure/malformed-header")
    while end > start and octets.octets[end - 1] in b" \t":
        end -= 1
    return HeaderField(name=name, value=Span(start=start, end=end)), after
