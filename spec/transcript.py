"""What was said over the TLS connection: all of it at the Prover, an authenticated part of it at a Verifier.

A direction is its application data: the plaintext octets of its application-data records, in sequence order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .identifiers import Direction
from .ranges import RangeSet
from .reasons import Reason, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The whole application data of a connection. Only the Prover has it, after close."""

    sent: bytes = field(repr=False)
    received: bytes = field(repr=False)

    def octets(self, direction: Direction) -> bytes:
        """Return the application data of one direction."""
        return self.sent if direction is Direction.SENT else self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Authenticated octets that stand next to each other, from position `start` on."""

    start: int
    octets: bytes

    @property
    def end(self) -> int:
        """The position behind the last octet."""
        return self.start + len(self.octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialOctets:
    """One direction as a Verifier knows it: its length, and the runs of octets that are authenticated.

    There is no octet for any other position, so that nothing can be mistaken for what was redacted.
    """

    length: int
    runs: tuple[Run, ...]

    @property
    def authenticated(self) -> RangeSet | None:
        """The positions that may be read; None when there are none."""
        return RangeSet.of(*((run.start, run.end) for run in self.runs)) if self.runs else None

    @property
    def mask(self) -> tuple[bool, ...]:
        """For each position whether its octet is authenticated."""
        known = frozenset(position for run in self.runs for position in range(run.start, run.end))
        return tuple(position in known for position in range(self.length))

    def read(self, start: int, end: int) -> bytes:
        """Return octets start to end - 1. Rejects with verification/octet-not-authenticated."""
        for run in self.runs:
            if run.start <= start <= end <= run.end:
                return run.octets[start - run.start : end - run.start]
        raise Rejection(
            Reason.VERIFICATION_OCTET_NOT_AUTHENTICATED, f"not every octet of {start}..{end} is authenticated"
        )

    def __getitem__(self, position: int) -> int:
        return self.read(position, position + 1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTranscript:
    """Both directions as a Verifier knows them."""

    sent: PartialOctets
    received: PartialOctets

    def octets(self, direction: Direction) -> PartialOctets:
        """Return one direction."""
        return self.sent if direction is Direction.SENT else self.received


def runs_of(octet_at: Mapping[int, int]) -> tuple[Run, ...]:
    """Return the runs that a table of position to octet holds."""
    positions = RangeSet.holding(octet_at)
    if positions is None:
        return ()
    return tuple(
        Run(start=part.start, octets=bytes(octet_at[position] for position in range(part.start, part.end)))
        for part in positions.ranges
    )
