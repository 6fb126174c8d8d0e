"""Expressions with proved bounds: integers, not merely field elements."""

from __future__ import annotations

from dataclasses import dataclass

from mpctls.reference.foundation.errors import Refused

from .bits import assert_width
from .builder import Builder, Value
from .expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """An expression that constraints force to be an integer of [low, high].

    A negative integer -a stands in the field as modulus - a. Comparisons take nothing else, so that no number is
    compared whose range was not proved. Arithmetic carries the bounds along; those must stay so small that sums of two
    and differences are unique in the field, else it refuses with `predicate/too-large`.
    """

    expression: Expression
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("bounds in the wrong order")
        if 4 * max(abs(self.low), abs(self.high)) >= self.expression.modulus:
            raise Refused("predicate/too-large", "a number of the predicate may exceed the field")

    def plus(self, other: Bounded) -> Bounded:
        """The sum."""
        return Bounded(
            expression=self.expression + other.expression,
            low=self.low + other.low,
            high=self.high + other.high,
        )

    def minus(self, other: Bounded) -> Bounded:
        """The difference."""
        return self.plus(other.times(-1))

    def times(self, factor: int) -> Bounded:
        """The product with an integer."""
        ends = (self.low * factor, self.high * factor)
        return Bounded(expression=self.expression * factor, low=min(ends), high=max(ends))


def bounded_constant(builder: Builder, value: int) -> Bounded:
    """A constant, as it is."""
    return Bounded(expression=builder.constant(value), low=value, high=value)


def bounded_by_width(builder: Builder, value: Value, width: int) -> Bounded:
    """`value` with the bounds 0 and 2^width - 1, which this forces."""
    assert_width(builder, value, width)
    return Bounded(expression=builder.expression(value), low=0, high=(1 << width) - 1)
