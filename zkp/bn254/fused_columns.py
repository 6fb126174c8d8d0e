"""Sums of products of 51-bit digits in double precision, eight side by side.

The upper half of a product comes from adding it to 3·2^102, where doubles are 2^51 apart, the lower half from
what that left out (Dekker, 1971; Emmart, 2018, for integers on graphics processors). Rounding is to nearest, the
default. Both halves are summed as the 64-bit integers that the doubles' octets are, for these advance by 1 with
each unit of the last place; what the octets exceed the numbers by is subtracted once for all.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .bounds import Interval
from .lanes import LANES, LIMBS, Lanes, Residues

RADIX = 51
BASE = 1 << RADIX
HALF = BASE // 2
DIGIT = Interval.around(HALF)

UNIT = 3 << 51  # adding it to an integer of magnitude <= 2^51 leaves the integer in the last places
HIGH = 3 << 102  # the same for multiples of 2^51
PRODUCT = Interval.around(1 << 102)  # what can be added to HIGH without leaving its binade
SMALL = Interval.around(1 << 52)  # limbs from which a few multiples of digits can be subtracted exactly
EXACT = Interval.around(1 << 53)  # integers that doubles hold exactly
SHOWN = Interval.around(1 << 51)  # integers that adding UNIT shows
_WIDE = Interval.around(1 << 63)


def octets_of(number: int) -> int:
    """Return the 64-bit integer whose octets a double has."""
    (octets,) = struct.unpack("<q", struct.pack("<d", float(number)))
    return int(octets)


NOTHING = Interval(0, 0)


@dataclass(slots=True)
class Column:
    """A sum under way: 64-bit integers in `vector` exceed what they mean by `excess` (modulo 2^64)."""

    vector: Any = None
    excess: int = 0
    bounds: Interval = NOTHING


class FusedColumns(Lanes):
    """Emits sums of products, column by column: those whose factors' places add up to the same."""

    def __init__(self, builder: Any, modulus: int) -> None:
        super().__init__(builder, modulus)
        from llvmlite import ir

        self.double = ir.DoubleType()
        self.vector = self.doubles = ir.VectorType(self.double, LANES)

    def add_products(
        self, columns: list[Column], position: int, products: Sequence[tuple[Any, Interval, Any, Interval]]
    ) -> None:
        """Add products of digits to the column of their lower half and to the next one.

        Two products share the additions of integers if their sum stays in the binade.
        """
        waiting = list(products)
        while waiting:
            left, left_bound, right, right_bound = waiting.pop(0)
            bound = left_bound * right_bound
            bound.require(PRODUCT, "a product of digits")
            high = self.fma(left, right, self.real(HIGH))
            low = self.fma(left, right, self.builder.fsub(self.real(HIGH + UNIT), high))
            low_bound, high_bound = DIGIT, bound.shifted(RADIX)
            if waiting and (bound + waiting[0][1] * waiting[0][3]).within(PRODUCT):
                left, left_bound, right, right_bound = waiting.pop(0)
                both = self.fma(left, right, high)
                more = self.fma(left, right, self.builder.fsub(high, both))
                high, low = both, self.builder.fadd(low, more)
                low_bound = low_bound + DIGIT
                high_bound = high_bound + (left_bound * right_bound).shifted(RADIX)
            low_bound.require(SHOWN, "a sum of lower halves")
            self._accumulate(columns[position], low, octets_of(UNIT), low_bound)
            self._accumulate(columns[position + 1], high, octets_of(HIGH), high_bound)

    def _accumulate(self, column: Column, real: Any, excess: int, bound: Interval) -> None:
        vector = self.as_words(real)
        column.vector = vector if column.vector is None else self.builder.add(column.vector, vector)
        column.excess += excess
        column.bounds = column.bounds + bound

    def digit(self, column: Column) -> tuple[Any, Any]:
        """Return the balanced digit of a column as a double, and the carry in a column of its own."""
        positive = -(column.bounds.low + HALF >> RADIX)
        positive = max(positive, 0)
        lifted_bound = column.bounds + Interval(HALF + positive * BASE, HALF + positive * BASE)
        lifted_bound.require(Interval(0, _WIDE.high - 1), "a column")
        lifted = self.builder.add(column.vector, self.integer(HALF + positive * BASE - column.excess))
        masked = self.builder.and_(lifted, self.integer(BASE - 1))
        shown = self.builder.or_(masked, self.integer(octets_of(1 << 52)))
        digit = self.builder.fsub(self.as_real(shown), self.real((1 << 52) + HALF))
        carry = self.builder.lshr(lifted, self.integer(RADIX))
        return digit, Column(
            vector=carry,
            excess=positive,
            bounds=(column.bounds + Interval(HALF, HALF)).shifted(RADIX),
        )

    def take_digit(self, columns: list[Column], position: int) -> Any:
        """Remove the lowest digit of what is left, carry the rest, and return the digit."""
        digit, carry = self.digit(columns[position])
        self._merge(columns[position + 1], carry)
        return digit

    def carry(self, columns: list[Column], position: int) -> None:
        """Carry a column that is a multiple of 2^51."""
        column = columns[position]
        positive = max(-(column.bounds.low >> RADIX), 0)
        lifted_bound = column.bounds + Interval(positive * BASE, positive * BASE)
        lifted_bound.require(Interval(0, _WIDE.high - 1), "a column")
        lifted = self.builder.add(column.vector, self.integer(positive * BASE - column.excess))
        carry = self.builder.lshr(lifted, self.integer(RADIX))
        bounds = column.bounds.shifted(RADIX)
        self._merge(columns[position + 1], Column(vector=carry, excess=positive, bounds=bounds))

    def _merge(self, column: Column, other: Column) -> None:
        column.vector = (
            other.vector if column.vector is None else self.builder.add(column.vector, other.vector)
        )
        column.excess += other.excess
        column.bounds = column.bounds + other.bounds

    def low_product(self, digit: Any, factor: int) -> Any:
        """Return the balanced digit of digit·factor modulo 2^51."""
        (DIGIT * Interval(factor, factor)).require(PRODUCT, "a quotient's product")
        high = self.fma(digit, self.real(factor), self.real(HIGH))
        return self.fma(digit, self.real(factor), self.builder.fsub(self.real(HIGH), high))

    def real(self, number: int) -> Any:
        if int(float(number)) != number:
            raise ValueError("not exactly a double")
        return self.real_constant(float(number))

    def real_constant(self, number: float) -> Any:
        from llvmlite import ir

        return ir.Constant(self.doubles, [ir.Constant(self.double, number)] * LANES)

    def as_real(self, words: Any) -> Any:
        return self.builder.bitcast(words, self.doubles)

    def as_words(self, reals: Any) -> Any:
        return self.builder.bitcast(reals, self.words)

    def fma(self, left: Any, right: Any, addend: Any) -> Any:
        from llvmlite import ir

        shape = ir.FunctionType(self.doubles, [self.doubles] * 3)
        function = self.builder.module.declare_intrinsic(f"llvm.fma.v{LANES}f64", (), shape)
        return self.builder.call(function, [left, right, addend])


def unsigned_digits(number: int) -> list[int]:
    """Return the limbs of an integer in [0, 2^51), and what is left as the last."""
    return [number >> RADIX * limb & (BASE - 1) for limb in range(LIMBS - 1)] + [
        number >> RADIX * (LIMBS - 1)
    ]


def top_of(value: Interval, lower: Sequence[Interval]) -> Interval:
    """Return what the top limb can be, given the value and the lower limbs."""
    rest = Interval(0, 0)
    for limb, bound in enumerate(lower):
        rest = rest + bound.times(1 << RADIX * limb)
    return (value - rest).shifted(RADIX * (LIMBS - 1))


def all_within(bounds: Sequence[Interval], bound: Interval) -> bool:
    """Say whether all intervals lie within another."""
    return all(one.within(bound) for one in bounds)


def largest_limb(residues: Residues) -> int:
    """Return what no limb exceeds in magnitude."""
    return max(bound.magnitude for bound in residues.limb_bounds)
