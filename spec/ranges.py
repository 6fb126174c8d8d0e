"""Sets of positions in one direction of a transcript, in their only form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from .encoding import U32, Limit, Structure
from .reasons import Reason, Rejection

LARGEST_RANGE_COUNT = 4096
"""Ranges of one RangeSet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Structure):
    """The positions start, start + 1, …, end - 1."""

    start: U32
    end: U32

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeSet(Structure):
    """A non-empty set of positions as sorted, disjoint ranges that do not touch.

    Every set of positions has exactly one such form, so equal sets have equal octets.
    Rejects with encoding/not-canonical.
    """

    ranges: Annotated[tuple[Range, ...], Limit(LARGEST_RANGE_COUNT, minimum=1)]

    def __post_init__(self) -> None:
        if not self.ranges:
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a set of ranges is empty")
        for part in self.ranges:
            if part.start >= part.end:
                raise Rejection(Reason.ENCODING_NOT_CANONICAL, f"range {part.start}..{part.end} is empty")
        for part, following in pairwise(self.ranges):
            if part.end >= following.start:
                raise Rejection(
                    Reason.ENCODING_NOT_CANONICAL,
                    f"ranges {part.start}..{part.end} and {following.start}..{following.end} are not apart",
                )

    @classmethod
    def of(cls, *bounds: tuple[int, int]) -> RangeSet:
        """Return the set of these (start, end) pairs, which are already in the canonical form."""
        return cls(ranges=tuple(Range(start=start, end=end) for start, end in bounds))

    @classmethod
    def holding(cls, positions: Iterable[int]) -> RangeSet | None:
        """Return the set of exactly these positions; None when there are none."""
        bounds: list[tuple[int, int]] = []
        for position in sorted(set(positions)):
            if bounds and bounds[-1][1] == position:
                bounds[-1] = (bounds[-1][0], position + 1)
            else:
                bounds.append((position, position + 1))
        return cls.of(*bounds) if bounds else None

    @property
    def octet_count(self) -> int:
        """How many positions the set holds."""
        return sum(len(part) for part in self.ranges)

    def is_within(self, length: int) -> bool:
        """Whether every position is below `length`, the number of octets of a direction."""
        return self.ranges[-1].end <= length

    def positions(self) -> frozenset[int]:
        """Return all positions. Requires a set that is known to be within a direction."""
        return frozenset(position for part in self.ranges for position in range(part.start, part.end))

    def gather(self, octets: bytes) -> bytes:
        """Return the octets at these positions, in order. Requires that the set is within their number."""
        return b"".join(octets[part.start : part.end] for part in self.ranges)

    def __str__(self) -> str:
        return ", ".join(f"{part.start}..{part.end}" for part in self.ranges)
