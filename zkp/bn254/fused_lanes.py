"""Eight residues in double precision: exact products of 51-bit digits by fused multiply-add (AVX2 and FMA).

A limb is a double that holds an integer of magnitude at most 2^53; digits are balanced, of 51 bits. LLVM makes
two 256-bit instructions of each 512-bit one, and the two streams hide each other's latency. Runs on every x86-64
processor of about the last ten years, and has run, with the tests, on those without AVX-512.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any, ClassVar

import numpy as np

from .bounds import Interval, OutOfBounds
from .fused_columns import (
    BASE,
    DIGIT,
    EXACT,
    HALF,
    PRODUCT,
    RADIX,
    SHOWN,
    SMALL,
    UNIT,
    all_within,
    largest_limb,
    octets_of,
    top_of,
    unsigned_digits,
)
from .fused_products import FusedProducts
from .lanes import LIMBS, Residues, exceeds, take_bits
from .limbs import Words


class FusedLanes(FusedProducts):
    """Arithmetic on balanced digits; values are signed and small multiples of half the modulus."""

    row_shift: ClassVar[int] = 0
    features: ClassVar[tuple[str, ...]] = ("avx2", "fma")

    @classmethod
    def encode_factors(cls, numbers: Words, modulus: int) -> Words:
        middle, limbs = modulus // 2, np.zeros((len(numbers), LIMBS), np.int64)
        for limb in range(LIMBS):
            limbs[:, limb] = take_bits(numbers, limb * RADIX, RADIX)
        above = exceeds(numbers, middle)
        limbs -= np.where(above[:, None], np.array(unsigned_digits(modulus), np.int64), 0)
        for limb in range(LIMBS - 1):
            carries = (limbs[:, limb] + HALF) >> RADIX
            limbs[:, limb] -= carries << RADIX
            limbs[:, limb + 1] += carries
        return limbs.astype(np.float64).view(np.uint64)

    @property
    def stored(self) -> Interval:
        return Interval.around(self.modulus * 11 // 10)

    def constant(self, number: int) -> Residues:
        centred = (number + self.modulus // 2) % self.modulus - self.modulus // 2
        digits = self.digits(centred)
        return Residues(
            limbs=tuple(self.real(digit) for digit in digits),
            limb_bounds=tuple(Interval(digit, digit) for digit in digits),
            value=Interval(centred, centred),
        )

    def load(self, pointer: Any) -> Residues:
        return self._balanced(self.load_limbs(pointer), self.stored, pointer)

    def factor(self, pointer: Any) -> Residues:
        return self._balanced(self.load_limbs(pointer), Interval.around(self.modulus // 2), pointer)

    def broadcast(self, pointer: Any) -> Residues:
        return self._balanced(self.broadcast_limbs(pointer), Interval.around(self.modulus // 2))

    def residues_of(self, words: Sequence[Any], shift: int = 0) -> Residues:
        limbs, limb_bound = [], Interval(0, BASE - 1)
        for limb in self.split(words, shift):
            shown = self.builder.or_(limb, self.integer(octets_of(1 << 52)))
            limbs.append(self.builder.fsub(self.as_real(shown), self.real(1 << 52)))
        value = Interval(0, self.modulus - 1 << shift)
        bounds = (*[limb_bound] * (LIMBS - 1), value.shifted(RADIX * (LIMBS - 1)))
        return Residues(limbs=tuple(limbs), limb_bounds=bounds, value=value)

    def store_rows(self, pointer: Any, residues: Residues) -> None:
        self.store_words(pointer, self.join(self._canonical(residues, halved=False)))

    def multiply_rows(self, left: Any, right: Any, out: Any) -> None:
        # Rows carry the factor 2^256 and a product loses 2^255: the result is twice what it should be.
        product = self.product(*self.multipliable(self.load_rows(left), self.load_rows(right)))
        self.store_words(out, self.join(self._canonical(product, halved=True), shift=1))

    def add(self, left: Residues, right: Residues) -> Residues:
        return self._limbwise(self.builder.fadd, left, right, Interval.__add__)

    def subtract(self, left: Residues, right: Residues) -> Residues:
        return self._limbwise(self.builder.fsub, left, right, Interval.__sub__)

    def settle(self, residues: Residues) -> Residues:
        within = residues if residues.value.within(self.stored) else self._reduced(residues)
        return within if all_within(within.limb_bounds[:-1], DIGIT) else self._normalise(within)

    def _reduced(self, residues: Residues) -> Residues:
        """Subtract the multiple of the modulus that the top limb says is nearest."""
        small = [bound.within(SMALL) for bound in residues.limb_bounds]
        residues = residues if all(small) else self._normalise(residues)
        unit = 1 << RADIX * (LIMBS - 1)
        ratio = unit / self.modulus  # rounded to a double
        top = residues.limb_bounds[-1]
        lower = sum(bound.magnitude << RADIX * limb for limb, bound in enumerate(residues.limb_bounds[:-1]))
        error = (
            Fraction(1, 2)
            + Fraction(lower, self.modulus)
            + top.magnitude * abs(Fraction(ratio) - Fraction(unit, self.modulus))
        )
        largest = ceil(top.magnitude * Fraction(ratio)) + 1
        shown = self.fma(residues.limbs[-1], self.real_constant(ratio), self.real(UNIT))
        quotient = self.builder.fsub(self.real(UNIT), shown)  # negated
        multiples = Interval.around(largest)
        multiples.require(SHOWN, "a quotient")
        value = Interval(floor(-error * self.modulus), ceil(error * self.modulus))
        bounds = [
            bound + multiples.times(digit)
            for bound, digit in zip(residues.limb_bounds[:-1], self.modulus_digits, strict=False)
        ]
        bounds.append(top_of(value, bounds))
        for bound in bounds:
            bound.require(EXACT, "a reduced limb")
        limbs = tuple(
            self.fma(quotient, self.real(digit), limb)
            for limb, digit in zip(residues.limbs, self.modulus_digits, strict=True)
        )
        return self._normalise(Residues(limbs=limbs, limb_bounds=tuple(bounds), value=value))

    def _normalise(self, residues: Residues) -> Residues:
        """Carry, so that all limbs but the top one are digits."""
        limbs, bounds = list(residues.limbs), list(residues.limb_bounds)
        step = 3 << 2 * RADIX  # doubles near it are 2^51 apart
        for limb in range(LIMBS - 1):
            bounds[limb].require(EXACT, "a limb to carry from")
            rounded = self.builder.fsub(self.builder.fadd(limbs[limb], self.real(step)), self.real(step))
            limbs[limb] = self.builder.fsub(limbs[limb], rounded)
            limbs[limb + 1] = self.fma(rounded, self.real_constant(1 / BASE), limbs[limb + 1])
            carry = Interval(-((HALF - bounds[limb].low) // BASE), (bounds[limb].high + HALF) // BASE)
            bounds[limb + 1] = bounds[limb + 1] + carry
            bounds[limb] = DIGIT
        bounds[-1] = top_of(residues.value, bounds[:-1])
        bounds[-1].require(EXACT, "a top limb")
        return Residues(limbs=tuple(limbs), limb_bounds=tuple(bounds), value=residues.value)

    def _canonical(self, residues: Residues, *, halved: bool) -> list[Any]:
        """Emit the digits, as integers in [0, 2^51), of the representative below the modulus.

        If `halved`, those of twice the number whose double, modulo the modulus, the residue is.
        """
        builder = self.builder
        open_interval = Interval.around(self.modulus - 1)
        reduced = residues if residues.value.within(open_interval) else self._reduced(residues)
        reduced.value.require(open_interval, "a residue to be made canonical")
        limbs = []
        for limb, bound in zip(reduced.limbs, reduced.limb_bounds, strict=True):
            bound.require(SHOWN, "a limb to be made an integer")
            shown = self.as_words(builder.fadd(limb, self.real(UNIT)))
            limbs.append(builder.sub(shown, self.integer(octets_of(UNIT))))
        signed = self._propagate(limbs)
        zero, one = self.integer(0), self.integer(1)
        negative = builder.icmp_signed("<", signed[-1], zero)
        digits = unsigned_digits(self.modulus)
        added = [builder.select(negative, self.integer(digit), zero) for digit in digits]
        if halved:
            parity = builder.and_(builder.add(signed[0], added[0]), one)
            odd = builder.icmp_unsigned("!=", parity, zero)
            more = [builder.select(odd, self.integer(digit), zero) for digit in digits]
            added = [builder.add(*pair) for pair in zip(added, more, strict=True)]
        return self._propagate([builder.add(*pair) for pair in zip(signed, added, strict=True)])

    def _propagate(self, limbs: Sequence[Any]) -> list[Any]:
        """Carry integers of magnitude at most 2^53, so that all but the top are in [0, 2^51).

        AVX2 has no arithmetic shift of 64 bits: what is shifted is made positive, and the next limb pays.
        """
        builder, carried, positive = self.builder, [], 1 << 3
        lifted = builder.add(limbs[0], self.integer(positive * BASE))
        for following in limbs[1:]:
            carried.append(builder.and_(lifted, self.integer(BASE - 1)))
            carry = builder.lshr(lifted, self.integer(RADIX))
            lift = positive * BASE - positive if len(carried) < LIMBS - 1 else -positive
            lifted = builder.add(builder.add(following, carry), self.integer(lift))
        return [*carried, lifted]

    def _limbwise(self, emit: Any, left: Residues, right: Residues, combine: Any) -> Residues:
        pairs = zip(left.limb_bounds, right.limb_bounds, strict=True)
        bounds = [combine(*pair) for pair in pairs]
        if not all_within(bounds, EXACT):
            left, right = self._normalise(left), self._normalise(right)
            bounds = [combine(*pair) for pair in zip(left.limb_bounds, right.limb_bounds, strict=True)]
            bounds[-1].require(EXACT, "a sum of top limbs")
        limbs = [emit(*pair) for pair in zip(left.limbs, right.limbs, strict=True)]
        return Residues(limbs=tuple(limbs), limb_bounds=tuple(bounds), value=combine(left.value, right.value))

    def multipliable(self, left: Residues, right: Residues) -> tuple[Residues, Residues]:
        """Carry in one factor, then in the other, until every product of limbs fits."""
        for first, second in (
            (left, right),
            (self._normalise(left), right),
            (left, self._normalise(right)),
            (self._normalise(left), self._normalise(right)),
        ):
            pair = self._widened(first), self._widened(second)
            if largest_limb(pair[0]) * largest_limb(pair[1]) <= PRODUCT.high:
                return pair
        raise OutOfBounds("factors of a product")

    def _widened(self, residues: Residues) -> Residues:
        """Forget bounds up to powers of two times those of digits and of half the modulus or what blocks hold."""
        limb, value = HALF, self.modulus // 2
        while max(bound.magnitude for bound in residues.limb_bounds[:-1]) > limb:
            limb *= 2
        if residues.value.magnitude > value:
            value = self.stored.high
        while residues.value.magnitude > value:
            value *= 2
        lower = [Interval.around(limb)] * (LIMBS - 1)
        top = top_of(Interval.around(value), lower)
        return replace(residues, limb_bounds=(*lower, top), value=Interval.around(value))

    def _balanced(self, limbs: Sequence[Any], value: Interval, place: Any = None) -> Residues:
        lower = [DIGIT] * (LIMBS - 1)
        bounds = (*lower, top_of(value, lower))
        return Residues(limbs=tuple(limbs), limb_bounds=bounds, value=value, place=place)
