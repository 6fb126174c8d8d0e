"""Equality of field elements, order of bounded integers; every answer is a wire that is 0 or 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from .bits import assert_width, decompose_canonical, recompose
from .bounded import Bounded
from .builder import Builder, Value
from .expressions import Expression


def is_zero(builder: Builder, value: Value) -> Expression:
    """1 if value is 0, else 0.

    Forces: with the inverse i of value (0 for 0), the result is 1 - value * i.
    """
    return 1 - builder.multiply(value, builder.inverse_or_zero(value))


def is_equal(builder: Builder, left: Value, right: Value) -> Expression:
    """1 if both are the same field element, else 0."""
    return is_zero(builder, builder.expression(left) - right)


def _inverse(modulus: int, value: int) -> list[int]:
    return [pow(value, -1, modulus) if value else 0]


def assert_nonzero(builder: Builder, value: Value) -> None:
    """Forces value to differ from 0: it has an inverse."""
    expression = builder.expression(value)
    if expression.is_constant:
        if not expression.constant:
            raise builder.impossible("zero where it must not be")
        return
    (inverse,) = builder.hint(partial(_inverse, builder.modulus), [expression], 1)
    builder.assert_product(expression, inverse, 1)


def _inverse_where(modulus: int, condition: int, value: int) -> list[int]:
    return [pow(value, -1, modulus) if condition and value else 0]


def assert_nonzero_where(builder: Builder, condition: Value, value: Value) -> None:
    """Forces value to differ from 0 where condition is 1, and condition to be 0 or 1.

    Forces: value * i = condition and condition * i = i. If condition is 1, i is the inverse of value; if it is 0, i is
    0 whatever value is, so that no freedom is left; if it were neither, i and so condition would be 0.
    """
    condition = builder.expression(condition)
    if condition.is_constant:
        if condition.constant:
            assert_nonzero(builder, value)
        return
    function = partial(_inverse_where, builder.modulus)
    (inverse,) = builder.hint(function, [condition, value], 1)
    builder.assert_product(value, inverse, condition)
    builder.assert_product(condition, inverse, inverse)


def _top_digit(width: int, shifted: int) -> list[int]:
    return [shifted >> width & 1]


def is_negative(builder: Builder, value: Bounded) -> Expression:
    """1 if value < 0, else 0.

    Forces: value + 2^w = 2^w * t + rest with t in {0, 1} and 0 <= rest < 2^w, where -2^w <= value < 2^w by its
    bounds; so t is 1 exactly if value >= 0. No constraint where the bounds decide.
    """
    if value.low >= 0:
        return builder.constant(0)
    if value.high < 0:
        return builder.constant(1)
    width = max(value.high, -value.low - 1).bit_length()
    shifted = value.expression + (1 << width)
    (top,) = builder.hint(partial(_top_digit, width), [shifted], 1)
    builder.assert_boolean(top)
    assert_width(builder, builder.wire(shifted - top * (1 << width)), width)
    return 1 - top


def less_than(builder: Builder, left: Bounded, right: Bounded) -> Expression:
    """1 if left < right, else 0."""
    return is_negative(builder, left.minus(right))


def at_most(builder: Builder, left: Bounded, right: Bounded) -> Expression:
    """1 if left <= right, else 0."""
    return 1 - less_than(builder, right, left)


def equal(builder: Builder, left: Bounded, right: Bounded) -> Expression:
    """1 if both are the same integer, else 0; bounds that do not meet decide it."""
    difference = left.minus(right)
    if difference.low > 0 or difference.high < 0:
        return builder.constant(0)
    return is_zero(builder, difference.expression)


def between(builder: Builder, value: Bounded, low: Bounded, high: Bounded) -> Expression:
    """1 if low <= value <= high, else 0."""
    return builder.multiply(at_most(builder, low, value), at_most(builder, value, high))


def assert_at_most(builder: Builder, left: Bounded, right: Bounded) -> None:
    """Forces left <= right: their difference has no more bits than the bounds allow."""
    difference = right.minus(left)
    if difference.high < 0:
        raise builder.impossible("bounds that exclude each other")
    if difference.low < 0:
        # A negative difference stands as modulus - a, by its bounds more than three quarters of the modulus.
        assert_width(builder, difference.expression, difference.high.bit_length())


def increasing_canonical(builder: Builder, values: Sequence[Value]) -> Expression:
    """1 if each value is less than the next as integers below the modulus, else 0; for hashes, which have no bounds.

    Forces: each value equals its canonical bits; the upper halves of two neighbours decide, or, when equal, the lower.
    """
    halves = [_canonical_halves(builder, value) for value in values]
    result: Value = 1
    for (upper_left, lower_left), (upper_right, lower_right) in pairwise(halves):
        same = equal(builder, upper_left, upper_right)
        less = less_than(builder, upper_left, upper_right)
        less += builder.multiply(same, less_than(builder, lower_left, lower_right))
        result = builder.multiply(result, less)
    return builder.expression(result)


def _canonical_halves(builder: Builder, value: Value) -> tuple[Bounded, Bounded]:
    """Upper and lower half of the canonical integer of `value`."""
    bits = decompose_canonical(builder, value)
    half = len(bits) // 2
    lower = builder.wire(recompose(builder, bits[:half]))
    upper = (builder.expression(value) - lower) * pow(2, -half, builder.modulus)
    return (
        Bounded(expression=upper, low=0, high=(1 << (len(bits) - half)) - 1),
        Bounded(expression=lower, low=0, high=(1 << half) - 1),
    )
