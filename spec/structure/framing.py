"""Where a message ends and which octets are its content (RFC 9112 sections 6 and 7), with exactly one answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..reasons import Reason, Rejection
from .head import HeaderField
from .octets import CR, Octet, octet_at, revealed

_CONTENT_LENGTH = re.compile(rb"0|[1-9][0-9]{0,9}")
_HEXADECIMAL_DIGITS = frozenset(b"0123456789ABCDEFabcdef")
_LONGEST_CHUNK_SIZE = 8


def values_of(fields: Sequence[HeaderField], name: str) -> tuple[bytes, ...]:
    """Return the values of all fields of a name. Requires that none of them is redacted."""
    return tuple(field.value for field in fields if field.name == name and field.value is not None)


def content_positions(
    octets: Sequence[Octet],
    start: int,
    fields: Sequence[HeaderField],
    *,
    never_has_content: bool,
    ends_with_direction: bool | None,
) -> tuple[int, ...]:
    """Return the positions of the content's octets, in order, for a message whose head ends before `start`.

    `ends_with_direction` says what holds without framing fields: None for a request (no content); for a response
    whether the end of the direction is authenticated. Requires that the message's framing fields are revealed.
    Rejects with structure/framing-ambiguous, structure/framing-malformed, structure/incomplete-message,
    structure/redaction-outside-token, structure/chunk-extension, structure/trailers, structure/chunk-malformed,
    structure/extra-octets.
    """
    lengths, codings = values_of(fields, "content-length"), values_of(fields, "transfer-encoding")
    if len(lengths) + len(codings) > 1:
        raise Rejection(Reason.STRUCTURE_FRAMING_AMBIGUOUS)
    if any(coding.lower() != b"chunked" for coding in codings):
        raise Rejection(Reason.STRUCTURE_FRAMING_MALFORMED, "a transfer coding other than chunked")
    if not all(_CONTENT_LENGTH.fullmatch(length) for length in lengths):
        raise Rejection(Reason.STRUCTURE_FRAMING_MALFORMED, "the content length")
    positions, end = range(start, start), start
    if never_has_content:
        pass
    elif codings:
        return _chunked(octets, start)
    elif lengths:
        end = start + int(lengths[0])
        if end > len(octets):
            raise Rejection(Reason.STRUCTURE_INCOMPLETE_MESSAGE, "fewer octets than the content length says")
        positions = range(start, end)
    elif ends_with_direction is not None:
        if not ends_with_direction:
            raise Rejection(
                Reason.STRUCTURE_INCOMPLETE_MESSAGE, "the end of the content is not authenticated"
            )
        end = len(octets)
        positions = range(start, end)
    _require_end(octets, end)
    return tuple(positions)


def _require_end(octets: Sequence[Octet], end: int) -> None:
    if end < len(octets):
        raise Rejection(Reason.STRUCTURE_EXTRA_OCTETS, f"{len(octets) - end} octets follow the message")


def _chunked(octets: Sequence[Octet], position: int) -> tuple[int, ...]:
    positions: list[int] = []
    while True:
        size, position = _chunk_size(octets, position)
        if size == 0:
            break
        end = position + size
        if end > len(octets):
            raise Rejection(Reason.STRUCTURE_INCOMPLETE_MESSAGE, "fewer octets than the chunk's size says")
        positions.extend(range(position, end))
        position = _line_end(octets, end)
    if octet_at(octets, position) != CR:
        raise Rejection(Reason.STRUCTURE_TRAILERS)
    _require_end(octets, _line_end(octets, position))
    return tuple(positions)


def _line_end(octets: Sequence[Octet], position: int) -> int:
    for expected in b"\r\n":
        if octet_at(octets, position) != expected:
            raise Rejection(Reason.STRUCTURE_CHUNK_MALFORMED, f"octet {position}")
        position += 1
    return position


def _chunk_size(octets: Sequence[Octet], start: int) -> tuple[int, int]:
    """Return a chunk's size and the position behind the line that says it."""
    end = start
    while octet_at(octets, end) in _HEXADECIMAL_DIGITS:
        end += 1
        if end - start > _LONGEST_CHUNK_SIZE:
            raise Rejection(Reason.STRUCTURE_CHUNK_MALFORMED, f"octet {end - 1}")
    digits = revealed(octets, start, end)
    if digits and octet_at(octets, end) in b"; \t":
        raise Rejection(Reason.STRUCTURE_CHUNK_EXTENSION)
    if not digits or (int(digits, 16) == 0 and digits != b"0"):
        raise Rejection(Reason.STRUCTURE_CHUNK_MALFORMED, f"octet {end}")
    return int(digits, 16), _line_end(octets, end)
