"""Octets of which some are hidden, read from left to right.

A hidden octet is None: there is no placeholder that could be taken for an octet.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..reasons import Reason, Rejection
from ..transcript import PartialOctets

Octet = int | None
"""One octet of a direction or of a content; None where it is not authenticated."""

CR, LF = 0x0D, 0x0A
WHITE_SPACE_OF_FIELDS = frozenset(b" \t")


def octets_of(direction: PartialOctets) -> list[Octet]:
    """Return every octet of a direction, hidden ones as None."""
    octets: list[Octet] = [None] * direction.length
    for run in direction.runs:
        octets[run.start : run.end] = run.octets
    return octets


def end_of_run(octets: Sequence[Octet], start: int) -> int:
    """Return the position behind the hidden octets that begin at `start`."""
    end = start
    while end < len(octets) and octets[end] is None:
        end += 1
    return end


def revealed(octets: Sequence[Octet], start: int, end: int) -> bytes:
    """Return octets start to end - 1. Rejects with structure/redaction-outside-token where one is hidden."""
    part = bytearray()
    for position in range(start, end):
        octet = octets[position]
        if octet is None:
            raise Rejection(Reason.STRUCTURE_REDACTION_OUTSIDE_TOKEN, f"octet {position}")
        part.append(octet)
    return bytes(part)


def octet_at(octets: Sequence[Octet], position: int) -> int:
    """Return a revealed octet that the message must have.

    Rejects with structure/incomplete-message behind the end, structure/redaction-outside-token where it is
    hidden.
    """
    if position >= len(octets):
        raise Rejection(Reason.STRUCTURE_INCOMPLETE_MESSAGE, "the direction ends early")
    return revealed(octets, position, position + 1)[0]
