"""Bits of numbers: decomposition, canonical decomposition, ranges of a width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from .builder import Builder, Value
from .expressions import Expression

_OCTAL: Final = 3
"""Bits of the widest digit that `assert_width` takes."""


def _digits(base_width: int, count: int, value: int) -> list[int]:
    mask = (1 << base_width) - 1
    return [value >> base_width * position & mask for position in range(count)]


def _require_width(builder: Builder, width: int) -> None:
    if not 0 <= width < builder.modulus.bit_length():
        raise ValueError(f"numbers of {width} bits are not unique in the field")


def decompose(builder: Builder, value: Value, width: int) -> tuple[Expression, ...]:
    """The `width` bits of `value`, least significant first.

    Forces: each bit is 0 or 1 and value = sum of 2^i * bit_i; since 2^width is less than the modulus, exactly one
    choice of bits exists when value < 2^width, and none otherwise. Requires a width below that of the modulus.
    Constraints: width + 1.
    """
    _require_width(builder, width)
    expression = builder.expression(value)
    if expression.is_constant:
        if expression.constant >> width:
            raise builder.impossible(f"a constant of more than {width} bits")
        return tuple(builder.constant(bit) for bit in _digits(1, width, expression.constant))
    bits = builder.hint(partial(_digits, 1, width), [expression], width)
    for bit in bits:
        builder.assert_boolean(bit)
    builder.assert_equal(expression, recompose(builder, bits))
    return bits


def recompose(builder: Builder, bits: Sequence[Value]) -> Expression:
    """The number with these bits, least significant first; no constraint."""
    return builder.weighted_sum((bit, 1 << position) for position, bit in enumerate(bits))


def decompose_canonical(builder: Builder, value: Value) -> tuple[Expression, ...]:
    """The bits of `value` as an integer below the modulus, as many as the modulus has.

    Forces: the bits are 0 or 1, sum to value in the field, and their integer is at most the modulus - 1; so value and
    value + modulus are told apart and exactly one choice of bits exists.
    """
    expression = builder.expression(value)
    width = builder.modulus.bit_length()
    if expression.is_constant:
        return tuple(builder.constant(bit) for bit in _digits(1, width, expression.constant))
    bits = builder.hint(partial(_digits, 1, width), [expression], width)
    for bit in bits:
        builder.assert_boolean(bit)
    builder.assert_equal(expression, recompose(builder, bits))
    assert_at_most_constant(builder, bits, builder.modulus - 1)
    return bits


def assert_at_most_constant(builder: Builder, bits: Sequence[Expression], bound: int) -> None:
    """Forces the integer with these bits to be at most `bound`.

    Requires bits that are forced to be 0 or 1. From the most significant bit on, `same` is 1 while all ones of the
    bound were met; where it is 1 and the bound has a zero, the bit must be 0.
    """
    if bound >> len(bits):
        return
    same = builder.constant(1)
    for position in reversed(range(len(bits))):
        if bound >> position & 1:
            # A last run of ones cannot be exceeded, so it needs no constraint.
            if bound & ((2 << position) - 1) == (2 << position) - 1:
                return
            same = builder.multiply(same, bits[position])
        else:
            builder.assert_product(same, bits[position], 0)


def assert_width(builder: Builder, value: Value, width: int) -> None:
    """Forces value < 2^width, without giving the bits.

    Digits of three bits cost four PLONK rows each with the sum, where three bits cost six; see `assert_octal`.
    """
    _require_width(builder, width)
    expression = builder.expression(value)
    if expression.is_constant:
        if expression.constant >> width:
            raise builder.impossible(f"a constant of more than {width} bits")
        return
    if width <= _OCTAL:
        _assert_digit(builder, expression, width)
        return
    count = -(-width // _OCTAL)
    digits = builder.hint(partial(_digits, _OCTAL, count), [expression], count)
    for position, digit in enumerate(digits):
        _assert_digit(builder, digit, min(_OCTAL, width - _OCTAL * position))
    builder.assert_equal(
        expression, builder.weighted_sum((digit, 8**position) for position, digit in enumerate(digits))
    )


def assert_quaternary(builder: Builder, digit: Value) -> None:
    """Forces digit to be one of 0 … 3, in two rows.

    With t = d(d - 3), which is 0 for 0 and 3 and -2 for 1 and 2, t(t + 2) = 0 holds for these alone.
    """
    value = builder.expression(digit)
    folded = builder.multiply(value, value - 3)
    builder.assert_product(folded, folded + 2, 0)


def assert_octal(builder: Builder, digit: Value) -> None:
    """Forces digit to be one of 0 … 7, in three rows.

    With t = d(d - 7) the eight factors are t(t + 6)(t + 10)(t + 12), and that is u(u + 56) - 64t for u = t^2 + 14t.
    """
    value = builder.expression(digit)
    folded = builder.multiply(value, value - 7)
    square = builder.multiply(folded, folded + 14)
    builder.assert_product(square, square + 56, 64 * folded)


def _assert_digit(builder: Builder, digit: Expression, width: int) -> None:
    if width == 0:
        builder.assert_zero(digit)
    elif width == 1:
        builder.assert_boolean(digit)
    elif width == 2:
        assert_quaternary(builder, digit)
    else:
        assert_octal(builder, digit)
