"""Logic on bits, choices between values, indices into lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from .builder import Builder, Value
from .expressions import Expression


def conjunction(builder: Builder, bits: Sequence[Value]) -> Expression:
    """1 if all are 1, else 0; requires bits. Constraints: one less than there are bits."""
    result: Value = 1
    for bit in bits:
        result = builder.multiply(result, bit)
    return builder.expression(result)


def disjunction(builder: Builder, bits: Sequence[Value]) -> Expression:
    """1 if any is 1, else 0; requires bits."""
    return 1 - conjunction(builder, [negation(builder, bit) for bit in bits])


def negation(builder: Builder, bit: Value) -> Expression:
    """1 - bit; requires a bit."""
    return 1 - builder.expression(bit)


def exclusive_or(builder: Builder, left: Value, right: Value) -> Expression:
    """left + right - 2 * left * right; requires bits.

    One wire: q = (1 - 2 left)(1 - 2 right) is 1 - 2 (left xor right).
    """
    sign = builder.multiply(1 - 2 * builder.expression(left), 1 - 2 * builder.expression(right))
    return (1 - sign) * ((builder.modulus + 1) // 2)


def select(builder: Builder, bit: Value, if_one: Value, if_zero: Value) -> Expression:
    """`if_one` where bit is 1, `if_zero` where it is 0; requires a bit."""
    low = builder.expression(if_zero)
    return low + builder.multiply(bit, builder.expression(if_one) - low)


def _flags(first: int, count: int, index: int) -> list[int]:
    return [int(index == first + position) for position in range(count)]


def one_hot(builder: Builder, index: Value, count: int, first: int = 0) -> tuple[Expression, ...]:
    """`count` flags of which exactly one is 1: the one at position index - first.

    Forces: each flag is 0 or 1, their sum is 1, and the sum of position * flag is index - first; so there is one choice
    of flags if first <= index < first + count and none otherwise. Requires count at most the modulus.
    """
    if not 1 <= count <= builder.modulus:
        raise ValueError("positions are not unique in the field")
    flags = builder.hint(partial(_flags, first, count), [index], count)
    for flag in flags:
        builder.assert_boolean(flag)
    builder.assert_equal(builder.sum(flags), 1)
    builder.assert_equal(
        builder.weighted_sum((flag, first + position) for position, flag in enumerate(flags)), index
    )
    return flags


def choose(builder: Builder, flags: Sequence[Value], values: Sequence[Value]) -> Expression:
    """The sum of flag_i * value_i: the value at the flag that is 1; requires flags as `one_hot` gives them."""
    return builder.sum(builder.multiply(flag, value) for flag, value in zip(flags, values, strict=True))
