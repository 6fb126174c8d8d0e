"""Octets read from first to last, and numbers in ULEB128: what every codec stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from .reasons import Reason, Rejection

LARGEST_COUNT = 2**32 - 1
"""The largest ULEB128 number; BCS counts and indices are 32-bit."""


class NotEncodableError(ValueError):
    """A value does not fit its own type, which is a mistake of the caller and not of a peer."""


class NestingError(Exception):
    """There are more nodes, or nodes within nodes, than the source was told to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLimits:
    """How many nodes a format that lets them hold each other may have, and how deep; `kinds` are their types."""

    kinds: frozenset[type]
    count: int
    depth: int


class Source:
    """Octets being decoded, from first to last.

    Every read states how many octets it needs, so that nothing is allocated for a length that is not there.
    `limits` bounds nodes, where a format has any.
    """

    def __init__(self, octets: bytes, limits: NodeLimits | None = None) -> None:
        self._octets = octets
        self._position = 0
        self._limits = limits
        self._count = 0
        self._depth = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` octets. Rejects with encoding/truncated."""
        end = self._position + count
        if end > len(self._octets):
            raise Rejection(Reason.ENCODING_TRUNCATED, f"{end - len(self._octets)} octets are missing")
        taken = self._octets[self._position : end]
        self._position = end
        return taken

    def number(self) -> int:
        """Return the ULEB128 number that comes next.

        Rejects with encoding/truncated, encoding/not-minimal.
        """
        number = 0
        for index in range(5):
            (octet,) = self.take(1)
            number |= (octet & 0x7F) << (7 * index)
            if octet < 0x80:
                if (index > 0 and octet == 0) or number > LARGEST_COUNT:
                    break
                return number
        raise Rejection(Reason.ENCODING_NOT_MINIMAL, "superfluous octets, or more than 32 bits")

    def count(self, limit: int) -> int:
        """Return the number of items that follow.

        Rejects with encoding/truncated, encoding/not-minimal, encoding/limit-exceeded.
        """
        count = self.number()
        if count > limit:
            raise Rejection(Reason.ENCODING_LIMIT_EXCEEDED, f"{count} items, at most {limit} allowed")
        return count

    @contextmanager
    def within(self, cases: Sequence[type]) -> Iterator[None]:
        """Read one of these, which may be a node. Raises NestingError where a node too many or too deep begins."""
        limits = self._limits
        if limits is None or not limits.kinds.issuperset(cases):
            yield
            return
        self._count += 1
        self._depth += 1
        if self._count > limits.count or self._depth > limits.depth:
            raise NestingError(f"node {self._count}, {self._depth} deep")
        yield
        self._depth -= 1

    def finish(self) -> None:
        """Require that nothing is left. Rejects with encoding/trailing-octets."""
        left = len(self._octets) - self._position
        if left:
            raise Rejection(Reason.ENCODING_TRAILING_OCTETS, f"{left} octets follow the value")


def encode_number(number: int) -> bytes:
    """Return a number in ULEB128: seven bits an octet, lowest first, more to come at a high bit."""
    if not 0 <= number <= LARGEST_COUNT:
        raise NotEncodableError(f"{number} is not a 32-bit number")
    octets = bytearray()
    while number >= 0x80:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)
