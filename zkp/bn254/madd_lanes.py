"""Eight residues in 64-bit integers: products of 52-bit limbs by AVX512-IFMA.

The instruction adds the lower or the upper 52 bits of a product of 52-bit numbers to 64-bit numbers (Gueron and
Krasnov, 2016). Values are not negative; a difference has a multiple of the modulus added.

`EmulatedMaddLanes` is the same generator with that one instruction written out in LLVM's integer arithmetic, so
that tests run everything else where the instruction is missing. That has run; for the instruction itself tests
have so far only seen LLVM compile the kernels, for want of a processor that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from .bounds import Interval, OutOfBounds
from .lanes import LIMBS, Lanes, Residues, take_bits
from .limbs import Words

_RADIX = 52
_BASE = 1 << _RADIX
_LIMB = Interval(0, _BASE - 1)
_TOP_UNIT = 1 << _RADIX * (LIMBS - 1)
_SIGNED = Interval(-(1 << 63), (1 << 63) - 1)
_ORUP = 3
"""Rows with Orup's quotients: a fourth would leave up to the modulus times its multiple's factor in the result."""
_EXTRA = 4
"""Rows carry the factor 2^256 and a product loses 2^260: one factor is read times 2^4."""


class MaddLanes(Lanes):
    """Arithmetic on limbs of 52 bits; values lie between 0 and a small multiple of the modulus."""

    radix: ClassVar[int] = _RADIX
    row_shift: ClassVar[int] = _EXTRA
    features: ClassVar[tuple[str, ...]] = ("avx512f", "avx512ifma")

    @classmethod
    def digits(cls, number: int, count: int = LIMBS) -> list[int]:
        return [number >> _RADIX * limb & (_BASE - 1) for limb in range(count - 1)] + [
            number >> _RADIX * (count - 1)
        ]

    @classmethod
    def encode_factors(cls, numbers: Words, modulus: int) -> Words:
        return np.stack([take_bits(numbers, limb * _RADIX, _RADIX) for limb in range(LIMBS)], axis=1)

    @property
    def stored(self) -> Interval:
        return Interval(0, 2 * self.modulus + _TOP_UNIT)

    def constant(self, number: int) -> Residues:
        digits = self.digits(number % self.modulus)
        return Residues(
            limbs=tuple(self.integer(digit) for digit in digits),
            limb_bounds=tuple(Interval(digit, digit) for digit in digits),
            value=Interval(number % self.modulus, number % self.modulus),
        )

    def load(self, pointer: Any) -> Residues:
        return self._whole(self.load_limbs(pointer), self.stored, pointer)

    def factor(self, pointer: Any) -> Residues:
        return self._whole(self.load_limbs(pointer), self._canonical, pointer)

    def broadcast(self, pointer: Any) -> Residues:
        return self._whole(self.broadcast_limbs(pointer), self._canonical)

    def residues_of(self, words: Sequence[Any], shift: int = 0) -> Residues:
        return self._whole(self.split(words, shift), self._canonical.times(1 << shift))

    def store_rows(self, pointer: Any, residues: Residues) -> None:
        reduced = self._normalise(residues)
        while reduced.value.high >= self.modulus + _TOP_UNIT:
            reduced = self._subtract_roughly(reduced)
        reduced = self._subtract_if_larger(reduced)
        reduced.value.require(self._canonical, "a canonical residue")
        self.store_words(pointer, self.join(reduced.limbs))

    def multiply_rows(self, left: Any, right: Any, out: Any) -> None:
        first = self.residues_of(self.load_words(left), _EXTRA)
        self.store_rows(out, self.product(*self.multipliable(first, self.load_rows(right))))

    def add(self, left: Residues, right: Residues) -> Residues:
        return self._limbwise(self.builder.add, left, right, Interval.__add__)

    def subtract(self, left: Residues, right: Residues) -> Residues:
        difference = self._limbwise(self.builder.sub, left, right, Interval.__sub__)
        multiple = -(difference.value.low // self.modulus) * self.modulus
        if multiple <= 0:
            return difference
        digits = self.digits(multiple)
        added = Residues(
            limbs=tuple(self.integer(digit) for digit in digits),
            limb_bounds=tuple(Interval(digit, digit) for digit in digits),
            value=Interval(multiple, multiple),
        )
        return self._limbwise(self.builder.add, difference, added, Interval.__add__)

    def settle(self, residues: Residues) -> Residues:
        settled = self._normalise(residues)
        while not settled.value.within(self.stored):
            settled = self._subtract_roughly(settled)
        return settled

    def multipliable(self, left: Residues, right: Residues) -> tuple[Residues, Residues]:
        return self._widened(self._normalise(left)), self._widened(self._normalise(right))

    def product(self, left: Residues, right: Residues) -> Residues:
        """Emit left·right/2^260 by rows: one limb of the left factor at a time (Montgomery, 1985)."""
        builder = self.builder
        columns = [(self.integer(0), Interval(0, 0)) for _ in range(2 * LIMBS)]
        total = left.value * right.value
        for row in range(LIMBS):
            self._add_row(columns, row, left.limbs[row], [*right.limbs])
            lowest, bound = columns[row]
            # The instruction takes the lowest 52 bits of its factors: a quotient needs no mask.
            if row < _ORUP:
                self._add_row(
                    columns, row + 1, lowest, [self.integer(digit) for digit in self._digits_of_reducer]
                )
                added = self.quotient_factor * self.modulus
            else:
                quotient = self.madd("l", self.integer(0), lowest, self.integer(self.quotient_factor))
                self._add_row(columns, row, quotient, [self.integer(digit) for digit in self.modulus_digits])
                lowest, bound = columns[row]
                added = self.modulus
            total = total + _LIMB.times(added << _RADIX * row)
            self._add_to(columns, row + 1, builder.lshr(lowest, self.integer(_RADIX)), bound.shifted(_RADIX))
        limbs, bounds = zip(*columns[LIMBS:], strict=True)
        return self._normalise(Residues(limbs=limbs, limb_bounds=bounds, value=total.shifted(_RADIX * LIMBS)))

    def madd(self, half: str, addend: Any, left: Any, right: Any) -> Any:
        """Emit addend + the lower (`l`) or upper (`h`) 52 bits of the product of lowest 52 bits."""
        from llvmlite import ir

        shape = ir.FunctionType(self.words, [self.words] * 3)
        name = f"llvm.x86.avx512.vpmadd52{half}.uq.512"
        function = self.builder.module.globals.get(name)
        if function is None:
            function = ir.Function(self.builder.module, shape, name)
        return self.builder.call(function, [addend, left, right])

    @property
    def modulus_digits(self) -> list[int]:
        return self.digits(self.modulus)

    @property
    def _digits_of_reducer(self) -> list[int]:
        return self.digits(self.reducer)

    @property
    def _canonical(self) -> Interval:
        return Interval(0, self.modulus - 1)

    def _add_row(
        self, columns: list[tuple[Any, Interval]], position: int, factor: Any, limbs: Sequence[Any]
    ) -> None:
        for limb, other in enumerate(limbs, start=position):
            for half, place in (("l", limb), ("h", limb + 1)):
                vector, bound = columns[place]
                columns[place] = (self.madd(half, vector, factor, other), self._required(bound + _LIMB))

    def _add_to(self, columns: list[tuple[Any, Interval]], place: int, addend: Any, more: Interval) -> None:
        vector, bound = columns[place]
        columns[place] = (self.builder.add(vector, addend), self._required(bound + more))

    def _limbwise(self, emit: Any, left: Residues, right: Residues, combine: Any) -> Residues:
        pairs = zip(left.limb_bounds, right.limb_bounds, strict=True)
        bounds = tuple(self._required(combine(*pair)) for pair in pairs)
        limbs = tuple(emit(*pair) for pair in zip(left.limbs, right.limbs, strict=True))
        return Residues(limbs=limbs, limb_bounds=bounds, value=combine(left.value, right.value))

    def _normalise(self, residues: Residues) -> Residues:
        """Carry, so that all limbs are below 2^52 and none is negative; the top limb is what is left."""
        if all(bound.within(_LIMB) for bound in residues.limb_bounds):
            return residues
        if residues.value.low < 0:
            raise OutOfBounds("a value may be negative")
        builder, limbs, bounds = self.builder, list(residues.limbs), list(residues.limb_bounds)
        for limb in range(LIMBS - 1):
            carry = builder.ashr(limbs[limb], self.integer(_RADIX))
            limbs[limb] = builder.and_(limbs[limb], self.integer(_BASE - 1))
            limbs[limb + 1] = builder.add(limbs[limb + 1], carry)
            bounds[limb + 1] = self._required(bounds[limb + 1] + bounds[limb].shifted(_RADIX))
        return self._whole(limbs, residues.value)

    def _whole(self, limbs: Sequence[Any], value: Interval, place: Any = None) -> Residues:
        """Return residues whose limbs are those of their values."""
        top = Interval(value.low >> _RADIX * (LIMBS - 1), value.high >> _RADIX * (LIMBS - 1))
        if not top.within(_LIMB):
            raise OutOfBounds("a value does not fit five limbs")
        bounds = (*[_LIMB] * (LIMBS - 1), top)
        return Residues(limbs=tuple(limbs), limb_bounds=bounds, value=value, place=place)

    def _subtract_roughly(self, residues: Residues) -> Residues:
        """Subtract a multiple of the modulus where the top limb says that the value is larger."""
        multiple = self.modulus
        while 2 * multiple + _TOP_UNIT <= residues.value.high:
            multiple *= 2
        digits = self.digits(multiple)
        larger = self.builder.icmp_signed(">", residues.limbs[-1], self.integer(digits[-1]))
        kept = multiple + _TOP_UNIT - 1  # where the top limb is not larger, the value is at most this
        value = Interval(0, max(residues.value.high - multiple, kept))
        if value.high >= residues.value.high:
            raise OutOfBounds("a value that this does not reduce")
        return self._subtract_selected(residues, digits, larger, value)

    def _subtract_if_larger(self, residues: Residues) -> Residues:
        """Subtract the modulus from values that are not smaller."""
        builder, borrow = self.builder, self.integer(0)
        for limb, digit in zip(residues.limbs, self.modulus_digits, strict=True):
            difference = builder.add(builder.sub(limb, self.integer(digit)), borrow)
            borrow = builder.ashr(difference, self.integer(_RADIX))
        larger = builder.icmp_signed(">=", borrow, self.integer(0))
        value = Interval(0, max(residues.value.high - self.modulus, self.modulus - 1))
        return self._subtract_selected(residues, self.modulus_digits, larger, value)

    def _subtract_selected(
        self, residues: Residues, digits: Sequence[int], chosen: Any, value: Interval
    ) -> Residues:
        builder, zero = self.builder, self.integer(0)
        limbs = tuple(
            builder.sub(limb, builder.select(chosen, self.integer(digit), zero))
            for limb, digit in zip(residues.limbs, digits, strict=True)
        )
        bounds = tuple(
            self._required(bound + Interval(-digit, 0))
            for bound, digit in zip(residues.limb_bounds, digits, strict=True)
        )
        return self._normalise(Residues(limbs=limbs, limb_bounds=bounds, value=value))

    def _widened(self, residues: Residues) -> Residues:
        """Forget bounds up to what rows or blocks hold, or a power of two times that."""
        high = self.modulus - 1
        if residues.value.high > high:
            high = self.stored.high
        while residues.value.high > high:
            high *= 2
        whole = self._whole(residues.limbs, Interval(0, high))
        return replace(residues, limb_bounds=whole.limb_bounds, value=whole.value)

    @staticmethod
    def _required(bound: Interval) -> Interval:
        bound.require(_SIGNED, "a limb or a column")
        return bound


class EmulatedMaddLanes(MaddLanes):
    """The same without the instruction: for tests."""

    features: ClassVar[tuple[str, ...]] = ()

    def madd(self, half: str, addend: Any, left: Any, right: Any) -> Any:
        builder, half_limb = self.builder, _RADIX // 2
        lows = [builder.and_(factor, self.integer((1 << half_limb) - 1)) for factor in (left, right)]
        highs = [
            builder.and_(builder.lshr(factor, self.integer(half_limb)), self.integer((1 << half_limb) - 1))
            for factor in (left, right)
        ]
        low, high = builder.mul(*lows), builder.mul(*highs)
        middle = builder.add(builder.mul(lows[0], highs[1]), builder.mul(highs[0], lows[1]))
        if half == "l":
            total = builder.add(low, builder.shl(middle, self.integer(half_limb)))
            return builder.add(addend, builder.and_(total, self.integer(_BASE - 1)))
        carried = builder.add(builder.lshr(low, self.integer(half_limb)), middle)
        return builder.add(addend, builder.add(high, builder.lshr(carried, self.integer(half_limb))))
