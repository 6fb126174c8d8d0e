"""Canonical sets of octet ranges."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .encoding import U32, Reader, Struct, Vector
from .errors import Refused

MAXIMUM_RANGES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The octets start, start + 1, …, end - 1 of a direction."""

    start: int = field(metadata=U32.wire)
    end: int = field(metadata=U32.wire)

    def __len__(self) -> int:
        return self.end - self.start


class _Ranges(Vector[Range]):
    """Ranges read in one go: a message of a peer may hold millions of them."""

    def _items(self, reader: Reader, count: int) -> tuple[Range, ...]:
        pairs = struct.iter_unpack("<II", reader.take(8 * count))
        return tuple([Range(start=start, end=end) for start, end in pairs])


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeSet:
    """One or more ranges: non-empty, sorted, disjoint, not adjacent; anything else is `encoding/not-canonical`."""

    ranges: tuple[Range, ...] = field(metadata=_Ranges(Struct(Range), MAXIMUM_RANGES, 1).wire)

    def __post_init__(self) -> None:
        previous = -1
        for each in self.ranges:
            if not previous < each.start < each.end <= 0xFFFFFFFF:
                raise Refused(
                    "encoding/not-canonical", f"range {each.start}-{each.end} after octet {previous}"
                )
            previous = each.end
        if len(self.ranges) > MAXIMUM_RANGES:
            raise Refused("encoding/limit-exceeded", f"{len(self.ranges)} ranges, at most {MAXIMUM_RANGES}")
        if not self.ranges:
            raise Refused("encoding/not-canonical", "a range set without ranges")

    @staticmethod
    def of(pairs: Iterable[tuple[int, int]]) -> RangeSet:
        """The canonical set that covers the octets of all half-open `pairs`, which may overlap; empty pairs vanish."""
        merged: list[tuple[int, int]] = []
        for start, end in sorted(pair for pair in pairs if pair[0] < pair[1]):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return RangeSet(ranges=tuple(Range(start=start, end=end) for start, end in merged))

    def __iter__(self) -> Iterator[Range]:
        return iter(self.ranges)

    @property
    def total(self) -> int:
        """How many octets the ranges hold."""
        return sum(len(each) for each in self.ranges)

    @property
    def end(self) -> int:
        """The end of the last range."""
        return self.ranges[-1].end

    def select(self, octets: bytes) -> bytes:
        """The octets of the ranges, in order; requires that they are in bounds."""
        if self.end > len(octets):
            raise Refused(
                "presentation-building/range-out-of-bounds",
                f"range ends at {self.end} of {len(octets)} octets",
            )
        return b"".join(octets[each.start : each.end] for each in self.ranges)

    def within(self, other: RangeSet) -> bool:
        """Whether every octet of this set is in `other` (both canonical)."""
        starts = [each.start for each in other.ranges]
        for each in self.ranges:
            place = bisect_right(starts, each.start) - 1
            if place < 0 or other.ranges[place].end < each.end:
                return False
        return True

    def missing_from(self, others: Iterable[RangeSet]) -> tuple[Range, ...]:
        """The parts of this set that no set of `others` covers, in order."""
        covered = sorted((each.start, each.end) for other in others for each in other.ranges)
        gaps: list[Range] = []
        following = reach = 0
        for wanted in self.ranges:
            position = max(wanted.start, min(reach, wanted.end))
            while following < len(covered) and covered[following][0] < wanted.end:
                start, end = covered[following]
                following += 1
                if start > position:
                    gaps.append(Range(start=position, end=start))
                reach = max(reach, end)
                position = max(position, min(end, wanted.end))
            if position < wanted.end:
                gaps.append(Range(start=position, end=wanted.end))
        return tuple(gaps)


RANGE_SET = Struct(RangeSet)
