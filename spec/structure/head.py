"""The head of a message: its start line and header fields, up to the empty line (RFC 9112 sections 3 to 5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..reasons import Reason, Rejection
from .octets import CR, LF, WHITE_SPACE_OF_FIELDS, Octet, end_of_run, octet_at, revealed

LARGEST_HEAD = 65_536
LARGEST_FIELD_COUNT = 256

_TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_VALUE = frozenset([0x09, *range(0x20, 0x7F), *range(0x80, 0x100)])
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (/[\x21-\x7e]*) HTTP/1\.1")
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderField:
    """A header field: its name in lower case, and where its value stands. `value` is None when it is redacted."""

    name: str
    start: int
    end: int
    value: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """Method and target of a request."""

    method: str
    target: str


def read_request_line(octets: Sequence[Octet]) -> tuple[RequestLine, int]:
    """Return the request line and the position behind it.

    Rejects with structure/incomplete-message, structure/redaction-outside-token, structure/too-large,
    structure/malformed-start-line.
    """
    line, end = _start_line(octets)
    found = _REQUEST_LINE.fullmatch(line)
    if found is None or found.group(1) == b"CONNECT":
        raise Rejection(Reason.STRUCTURE_MALFORMED_START_LINE, "the request line")
    return RequestLine(method=found.group(1).decode("ascii"), target=found.group(2).decode("ascii")), end


def read_status_line(octets: Sequence[Octet]) -> tuple[int, int]:
    """Return the status code of a final response and the position behind its status line.

    Rejects with structure/incomplete-message, structure/redaction-outside-token, structure/too-large,
    structure/malformed-start-line, structure/informational-response.
    """
    line, end = _start_line(octets)
    found = _STATUS_LINE.fullmatch(line)
    if found is None:
        raise Rejection(Reason.STRUCTURE_MALFORMED_START_LINE, "the status line")
    status = int(found.group(1))
    if status < 200:
        raise Rejection(Reason.STRUCTURE_INFORMATIONAL_RESPONSE, f"status {status}")
    return status, end


def _start_line(octets: Sequence[Octet]) -> tuple[bytes, int]:
    line = bytearray()
    while not line.endswith(b"\r\n"):
        _require_room(len(line))
        line.append(octet_at(octets, len(line)))
    return bytes(line[:-2]), len(line)


def _require_room(position: int) -> None:
    if position >= LARGEST_HEAD:
        raise Rejection(Reason.STRUCTURE_TOO_LARGE, f"a head of more than {LARGEST_HEAD} octets")


def read_header_fields(octets: Sequence[Octet], position: int) -> tuple[tuple[HeaderField, ...], int]:
    """Return the header fields that begin at `position`, and the position behind the empty line.

    A value is wholly revealed, or it is one run from behind the white space after the colon to before the white
    space at the line's end. Rejects with structure/incomplete-message, structure/redaction-outside-token,
    structure/malformed-header, structure/too-large.
    """
    fields: list[HeaderField] = []
    while _octet_of_head(octets, position) != CR:
        if len(fields) == LARGEST_FIELD_COUNT:
            raise Rejection(Reason.STRUCTURE_TOO_LARGE, f"more than {LARGEST_FIELD_COUNT} header fields")
        field, position = _read_field(octets, position)
        fields.append(field)
    return tuple(fields), _end_of_line(octets, position)


def _octet_of_head(octets: Sequence[Octet], position: int) -> int:
    _require_room(position)
    return octet_at(octets, position)


def _end_of_line(octets: Sequence[Octet], position: int) -> int:
    for expected in (CR, LF):
        if _octet_of_head(octets, position) != expected:
            raise Rejection(Reason.STRUCTURE_MALFORMED_HEADER, f"octet {position}")
        position += 1
    return position


def _read_field(octets: Sequence[Octet], start: int) -> tuple[HeaderField, int]:
    colon = start
    while _octet_of_head(octets, colon) in _TOKEN:
        colon += 1
    if colon == start or octets[colon] != ord(":"):
        raise Rejection(Reason.STRUCTURE_MALFORMED_HEADER, f"octet {colon}")
    name = revealed(octets, start, colon).decode("ascii").lower()
    first = colon + 1
    while first < len(octets) and octets[first] in WHITE_SPACE_OF_FIELDS:
        first += 1
    if first < len(octets) and octets[first] is None:
        return _redacted_value(octets, name, first)
    end = first
    while _octet_of_head(octets, end) in _VALUE:
        end += 1
    behind = _end_of_line(octets, end)
    while end > first and octets[end - 1] in WHITE_SPACE_OF_FIELDS:
        end -= 1
    return HeaderField(name=name, start=first, end=end, value=revealed(octets, first, end)), behind


def _redacted_value(octets: Sequence[Octet], name: str, start: int) -> tuple[HeaderField, int]:
    end = behind = end_of_run(octets, start)
    _require_room(end - 1)
    while _octet_of_head(octets, behind) in WHITE_SPACE_OF_FIELDS:
        behind += 1
    for expected in (CR, LF):
        if _octet_of_head(octets, behind) != expected:
            raise Rejection(Reason.STRUCTURE_REDACTION_OUTSIDE_TOKEN, f"a part of the value of {name}")
        behind += 1
    return HeaderField(name=name, start=start, end=end, value=None), behind
