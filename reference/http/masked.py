"""Octets with a mask: the common input of the Prover's parse, where nothing is redacted, and of the Verifier's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ..foundation.errors import Refused
from ..foundation.ranges import Range
from ..foundation.transcript import PartialDirection

MAXIMUM_OCTETS: Final = 2**24


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedOctets:
    """Octets of which the `redacted` runs (in order, maximal) are unknown.

    In `octets` the unknown ones are zero. No rule of HTTP or JSON admits a zero octet where structure is read, so every
    pattern stops at a redaction; whether it stopped there or at a real zero octet is asked of the mask.
    """

    octets: bytes = field(repr=False)
    redacted: tuple[Range, ...] = ()

    @staticmethod
    def whole(octets: bytes) -> MaskedOctets:
        """Octets of which none is redacted."""
        return MaskedOctets(octets=octets)

    @staticmethod
    def partial(direction: PartialDirection) -> MaskedOctets:
        """The octets of one direction as far as they are authenticated.

        Refuses with `structure/too-large`, before anything is allocated, more than 2^24 octets.
        """
        if direction.length > MAXIMUM_OCTETS:
            raise Refused("structure/too-large", f"a direction of {direction.length} octets")
        octets = bytearray(direction.length)
        for piece, shown in direction.pieces:
            octets[piece.start : piece.end] = shown
        return MaskedOctets(octets=bytes(octets), redacted=direction.redacted)

    def __len__(self) -> int:
        return len(self.octets)

    def _run_before(self, position: int) -> Range | None:
        """The last run that begins at `position` or before."""
        place = bisect_right(self.redacted, position, key=_start)
        return self.redacted[place - 1] if place else None

    def run_at(self, position: int) -> Range | None:
        """The run that begins exactly at `position`."""
        run = self._run_before(position)
        return run if run is not None and run.start == position else None

    def touches(self, start: int, end: int) -> bool:
        """Whether any of the octets start … end - 1 is redacted."""
        run = self._run_before(end - 1) if start < end else None
        return run is not None and run.end > start

    def is_redacted(self, position: int) -> bool:
        """Whether the octet at `position` is redacted; none outside is."""
        return self.touches(position, position + 1)

    def gather(self, spans: Iterable[tuple[int, int]]) -> MaskedOctets:
        """The octets of half-open `spans` (in order, disjoint) joined; runs that meet at a border become one."""
        parts: list[bytes] = []
        runs: list[Range] = []
        offset = 0
        place = 0
        for start, end in spans:
            parts.append(self.octets[start:end])
            while place < len(self.redacted) and self.redacted[place].end <= start:
                place += 1
            following = place
            while following < len(self.redacted) and self.redacted[following].start < end:
                run = self.redacted[following]
                low, high = max(run.start, start) - start + offset, min(run.end, end) - start + offset
                if runs and runs[-1].end == low:
                    low = runs.pop().start
                runs.append(Range(start=low, end=high))
                following += 1
            offset += end - start
        return MaskedOctets(octets=b"".join(parts), redacted=tuple(runs))


def _start(run: Range) -> int:
    return run.start
