"""Where the content of an HTTP/1.1 message stands and how it ends (RFC 9112, section 6): framed in one way, or not."""

from __future__ import annotations

import re
from typing import Final

from ..foundation.errors import Refused
from ..foundation.identifiers import Closure
from .head import Content, Head
from .masked import MaskedOctets

_LENGTH = re.compile(rb"0|[1-9][0-9]{0,9}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_EXTENSION = re.compile(rb"[; \t]")
_LINE_END: Final = b"\r\n"


def frame_request(octets: MaskedOctets, head: Head) -> Content:
    """The spans of a request's content, after which the direction ends.

    Refuses with `structure/framing-ambiguous`, `…/framing-malformed`, `…/incomplete-message`,
    `…/redaction-outside-token`, `…/chunk-extension`, `…/trailers`, `…/chunk-malformed` and `…/extra-octets`.
    """
    return _frame(octets, head, without_content=not _framed(head), until_end=False)


def frame_response(
    octets: MaskedOctets, head: Head, *, status: int, method: str, closure: Closure
) -> Content:
    """The spans of the content of a response to `method`; refuses as `frame_request` does.

    A response without framing fields ends with the connection, whose end must be authenticated.
    """
    if not _framed(head) and closure is not Closure.CLOSE_NOTIFY and not _bodiless(status, method):
        raise Refused("structure/incomplete-message", "the end of the connection is not authenticated")
    return _frame(octets, head, without_content=_bodiless(status, method), until_end=True)


def _framed(head: Head) -> bool:
    return bool(head.named("content-length") or head.named("transfer-encoding"))


def _bodiless(status: int, method: str) -> bool:
    return method == "HEAD" or status in (204, 304)


def _frame(octets: MaskedOctets, head: Head, *, without_content: bool, until_end: bool) -> Content:
    lengths, codings = (
        [octets.octets[each.value.start : each.value.end] for each in head.named(name)]
        for name in ("content-length", "transfer-encoding")
    )
    if len(lengths) + len(codings) > 1:
        raise Refused("structure/framing-ambiguous", "several fields say where the message ends")
    if any(each.lower() != b"chunked" for each in codings):
        raise Refused("structure/framing-malformed", "a transfer coding other than chunked")
    if not all(_LENGTH.fullmatch(each) for each in lengths):
        raise Refused("structure/framing-malformed", "content-length")
    start = head.end
    content = Content()
    if without_content:
        end = start
    elif codings:
        end = _chunks(octets, start, content)
    else:
        end = start + int(lengths[0]) if lengths else len(octets) if until_end else start
    if end > len(octets):
        raise Refused("structure/incomplete-message", f"content of {end - start} octets")
    if end < len(octets):
        raise Refused("structure/extra-octets", f"the message ends at {end} of {len(octets)} octets")
    if not codings:
        content.add(start, end)
    return content


def _chunks(octets: MaskedOctets, position: int, content: Content) -> int:
    """Add the chunks from `position` on to the content; returns the position after the last one."""
    while True:
        line = _CHUNK_LINE.match(octets.octets, position)
        if line is None:
            raise _chunk_line_fault(octets, position)
        start, length = line.end(), int(line.group(1), 16)
        if length == 0:
            if line.group(1) != b"0":
                raise Refused("structure/chunk-malformed", f"the last chunk at octet {position}")
            if start < len(octets) and octets.octets[start] != _LINE_END[0]:
                raise _fault(octets, start, "trailers")
            return _line_end(octets, start, "chunk-malformed")
        end = start + length
        if octets.octets[end : end + 2] != b"\r\n":
            if end > len(octets):
                raise Refused("structure/incomplete-message", f"a chunk of {length} octets at octet {start}")
            _line_end(octets, end, "chunk-malformed")
        content.add(start, end)
        position = end + 2


def _chunk_line_fault(octets: MaskedOctets, position: int) -> Refused:
    """Why there is no chunk size with its CRLF at `position`."""
    size = _CHUNK_SIZE.match(octets.octets, position)
    if size is None:
        return _fault(octets, position, "chunk-malformed")
    position = size.end()
    if _EXTENSION.match(octets.octets, position):
        return Refused("structure/chunk-extension", f"at octet {position}")
    return _fault(octets, position + octets.octets.startswith(b"\r", position), "chunk-malformed")


def _line_end(octets: MaskedOctets, position: int, fault: str) -> int:
    """The position after the CRLF at `position`."""
    for expected in _LINE_END:
        if position >= len(octets) or octets.octets[position] != expected:
            raise _fault(octets, position, fault)
        position += 1
    return position


def _fault(octets: MaskedOctets, position: int, fault: str) -> Refused:
    """Why chunk framing cannot be read on at `position`."""
    if octets.is_redacted(position):
        return Refused("structure/redaction-outside-token", f"in the chunk framing at octet {position}")
    if position >= len(octets):
        return Refused("structure/incomplete-message", "the chunks have no end")
    return Refused(f"structure/{fault}", f"at octet {position}")
