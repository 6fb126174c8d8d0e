"""Intervals of integers: what a generator of arithmetic knows about a number before it exists."""

from __future__ import annotations

from dataclasses import dataclass


class OutOfBounds(Exception):
    """A generator was about to emit arithmetic that could leave the range in which it is exact."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All integers from `low` to `high`, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("an interval is not empty")

    @staticmethod
    def around(magnitude: int) -> Interval:
        """Return the integers whose absolute value is at most `magnitude`."""
        return Interval(-magnitude, magnitude)

    @property
    def magnitude(self) -> int:
        """The largest absolute value within."""
        return max(abs(self.low), abs(self.high))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        products = [one * another for one in (self.low, self.high) for another in (other.low, other.high)]
        return Interval(min(products), max(products))

    def times(self, factor: int) -> Interval:
        """Return the interval of multiples."""
        return self * Interval(factor, factor)

    def shifted(self, bits: int) -> Interval:
        """Return an interval that holds every quotient by 2^bits, however rounded to an integer."""
        return Interval(self.low >> bits, -(-self.high >> bits))

    def union(self, other: Interval) -> Interval:
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def within(self, other: Interval) -> bool:
        """Say whether every member is one of the other's."""
        return other.low <= self.low and self.high <= other.high

    def require(self, other: Interval, what: str) -> None:
        """Raise OutOfBounds unless this interval lies within the other."""
        if not self.within(other):
            raise OutOfBounds(f"{what}: [{self.low}, {self.high}] is not within [{other.low}, {other.high}]")
