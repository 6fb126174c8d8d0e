"""Transcripts: the whole one of the Prover, and the partial one a Verifier can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .errors import Refused
from .identifiers import Direction
from .ranges import Range, RangeSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All application data of a session, both directions; secret, hence absent from `repr`."""

    sent: bytes = field(repr=False)
    received: bytes = field(repr=False)

    def octets(self, direction: Direction) -> bytes:
        """The octets of one direction."""
        return self.sent if direction is Direction.SENT else self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDirection:
    """One direction as far as it is authenticated: its length, and the octets of the authenticated ranges.

    No octet stands for a redacted one: reading outside the authenticated ranges is refused with
    `verification/octet-not-authenticated`.
    """

    length: int
    pieces: tuple[tuple[Range, bytes], ...] = field(repr=False)

    @property
    def authenticated(self) -> tuple[Range, ...]:
        """The authenticated ranges, canonical."""
        return tuple(piece[0] for piece in self.pieces)

    @property
    def redacted(self) -> tuple[Range, ...]:
        """The runs that are not authenticated, in order."""
        runs: list[Range] = []
        position = 0
        for piece, _ in self.pieces:
            if piece.start > position:
                runs.append(Range(start=position, end=piece.start))
            position = piece.end
        if position < self.length:
            runs.append(Range(start=position, end=self.length))
        return tuple(runs)

    def read(self, start: int, end: int) -> bytes:
        """The octets start … end - 1, all of which must be authenticated."""
        if not 0 <= start <= end <= self.length:
            raise Refused("verification/octet-not-authenticated", f"{start}-{end} is outside 0-{self.length}")
        if start == end:
            return b""
        for piece, octets in self.pieces:
            if piece.start <= start and end <= piece.end:
                return octets[start - piece.start : end - piece.start]
        raise Refused("verification/octet-not-authenticated", f"{start}-{end} is not wholly authenticated")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTranscript:
    """What a Verifier may read: two partial directions."""

    sent: PartialDirection
    received: PartialDirection

    def direction(self, direction: Direction) -> PartialDirection:
        return self.sent if direction is Direction.SENT else self.received


def reconstruct(length: int, openings: Iterable[tuple[RangeSet, bytes]]) -> PartialDirection:
    """Join opened ranges of one direction; overlapping openings must agree octet for octet.

    Requires each set in bounds and as many octets as it holds; refuses with `verification/overlapping-openings-differ`.
    """
    parts: list[tuple[int, bytes]] = []
    for ranges, octets in openings:
        position = 0
        for each in ranges:
            parts.append((each.start, octets[position : position + len(each)]))
            position += len(each)
    merged: list[tuple[int, bytearray]] = []
    for start, octets in sorted(parts, key=lambda part: part[0]):
        if merged and start <= merged[-1][0] + len(merged[-1][1]):
            base, run = merged[-1]
            offset = start - base
            overlap = run[offset : offset + len(octets)]
            if overlap != octets[: len(overlap)]:
                raise Refused(
                    "verification/overlapping-openings-differ", f"openings differ from octet {start} on"
                )
            run += octets[len(overlap) :]
        else:
            merged.append((start, bytearray(octets)))
    pieces = tuple((Range(start=start, end=start + len(run)), bytes(run)) for start, run in merged)
    return PartialDirection(length=length, pieces=pieces)
