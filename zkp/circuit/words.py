"""Words of bits inside a circuit: exclusive or, choice, majority, addition modulo a power of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from .bits import assert_width, recompose
from .builder import Builder, Value
from .expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Bits, least significant first, that are forced to be 0 or 1, and the number they make."""

    bits: tuple[Expression, ...]
    value: Expression


def word(builder: Builder, bits: Sequence[Expression]) -> Word:
    """The word of these bits; requires that they are forced to be bits."""
    return Word(bits=tuple(bits), value=builder.wire(recompose(builder, bits)))


def constant_word(builder: Builder, value: int, width: int) -> Word:
    """A constant as a word."""
    bits = tuple(builder.constant(value >> place & 1) for place in range(width))
    return Word(bits=bits, value=builder.constant(value))


def rotated(of: Word, distance: int) -> tuple[Expression, ...]:
    """The bits rotated to the right."""
    return of.bits[distance:] + of.bits[:distance]


def shifted(builder: Builder, of: Word, distance: int) -> tuple[Expression, ...]:
    """The bits shifted to the right."""
    return (*of.bits[distance:], *(builder.constant(0) for _ in range(distance)))


def parity(builder: Builder, rows: Sequence[Sequence[Expression]]) -> Expression:
    """The sum over i of 2^i * (exclusive or of the i-th bits of all rows).

    The sign 1 - 2 * bit is 1 for 0 and -1 for 1, so that exclusive or is the product of signs: one constraint each.
    """
    weighted: list[tuple[Value, int]] = []
    half = (builder.modulus + 1) // 2
    for place, bits in enumerate(zip(*rows, strict=True)):
        sign: Value = 1
        for bit in bits:
            sign = builder.multiply(sign, 1 - 2 * bit)
        weighted += [(1, half << place), (sign, -half << place)]
    return builder.weighted_sum(weighted)


def choice(builder: Builder, chosen: Word, if_one: Word, if_zero: Word) -> Expression:
    """The number whose bits are those of `if_one` where `chosen` has a 1, and those of `if_zero` elsewhere."""
    products = [
        builder.multiply(bit, one - zero)
        for bit, one, zero in zip(chosen.bits, if_one.bits, if_zero.bits, strict=True)
    ]
    return builder.sum((if_zero.value, recompose(builder, products)))


def majority(builder: Builder, a: Word, b: Word, c: Word) -> Expression:
    """The number whose bits are 1 where two or three of the words have a 1.

    Three bits sum to twice their majority plus their parity. The products of b and c are those that a majority of
    (b, c, anything) begins with, and are shared with it.
    """
    odd = parity(builder, [b.bits, c.bits, a.bits])
    return builder.sum((a.value, b.value, c.value, -odd)) * ((builder.modulus + 1) // 2)


def _bits_of(count: int, total: int) -> list[int]:
    return [total >> place & 1 for place in range(count)]


def reduced(builder: Builder, total: Expression, terms: int, width: int) -> Word:
    """The word of `width` bits that `total`, a sum of at most `terms` words, leaves modulo 2^width.

    Forces: total = word + 2^width * carry with bits for both; they are unique since both together stay below the
    modulus.
    """
    carry_width = (terms - 1).bit_length()
    _require_room(builder, width + carry_width)
    if total.is_constant:
        return constant_word(builder, total.constant & (1 << width) - 1, width)
    parts = builder.hint(partial(_bits_of, width + carry_width), [total], width + carry_width)
    for bit in parts:
        builder.assert_boolean(bit)
    low = word(builder, parts[:width])
    builder.assert_equal(total, low.value + recompose(builder, parts[width:]) * (1 << width))
    return low


def _quotient_and_remainder(width: int, total: int) -> list[int]:
    return [total & (1 << width) - 1, total >> width]


def remainder(builder: Builder, total: Expression, terms: int, width: int) -> Expression:
    """The same number without its bits, for fewer rows.

    Forces: total = remainder + 2^width * carry, remainder < 2^width, and carry of no more bits than `terms` words need.
    """
    carry_width = (terms - 1).bit_length()
    _require_room(builder, width + carry_width)
    if total.is_constant:
        return builder.constant(total.constant & (1 << width) - 1)
    value, carry = builder.hint(partial(_quotient_and_remainder, width), [total], 2)
    assert_width(builder, value, width)
    assert_width(builder, carry, carry_width)
    builder.assert_equal(total, value + carry * (1 << width))
    return value


def _require_room(builder: Builder, width: int) -> None:
    if width >= builder.modulus.bit_length():
        raise ValueError(f"sums of {width} bits are not unique in the field")
