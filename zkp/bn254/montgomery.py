"""LLVM instructions of arithmetic modulo a 254-bit prime on four 64-bit limbs, R = 2^256."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LIMBS = 4
_WORD = (1 << 64) - 1


class Montgomery:
    """Emits the arithmetic of one modulus, odd and below 2^254; operands and results are below the modulus."""

    __slots__ = ("limbs", "modulus", "negated_inverse")

    def __init__(self, modulus: int) -> None:
        if not modulus & 1 or modulus >> 254:
            raise ValueError("the modulus is odd and below 2^254")
        self.modulus = modulus
        self.limbs = [modulus >> shift & _WORD for shift in range(0, 256, 64)]
        self.negated_inverse = -pow(modulus, -1, 1 << 64) & _WORD

    def multiply(self, builder: Any, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """Emit left·right/R (Koç, Acar and Kaliski, 1996: coarsely integrated operand scanning)."""
        from llvmlite import ir

        word, double = ir.IntType(64), ir.IntType(128)

        def wide(value: Any) -> Any:
            return builder.zext(value, double)

        def low(value: Any) -> Any:
            return builder.trunc(value, word)

        def high(value: Any) -> Any:
            return builder.trunc(builder.lshr(value, ir.Constant(double, 64)), word)

        total = [ir.Constant(word, 0)] * LIMBS
        for limb in left:
            # The modulus is below 2^254, so neither carry out of the highest limb overflows a word.
            term = builder.add(builder.mul(wide(limb), wide(right[0])), wide(total[0]))
            carry, lowest = high(term), low(term)
            quotient = builder.mul(lowest, ir.Constant(word, self.negated_inverse))
            reduced = builder.add(
                builder.mul(wide(quotient), ir.Constant(double, self.limbs[0])), wide(lowest)
            )
            borrow, following = high(reduced), []
            for position in range(1, LIMBS):
                term = builder.add(
                    builder.add(builder.mul(wide(limb), wide(right[position])), wide(total[position])),
                    wide(carry),
                )
                carry = high(term)
                reduced = builder.add(
                    builder.add(
                        builder.mul(wide(quotient), ir.Constant(double, self.limbs[position])),
                        wide(low(term)),
                    ),
                    wide(borrow),
                )
                borrow = high(reduced)
                following.append(low(reduced))
            total = [*following, builder.add(carry, borrow)]
        return self._below_modulus(builder, total)

    def square(self, builder: Any, element: Sequence[Any]) -> Sequence[Any]:
        return self.multiply(builder, element, element)

    def add(self, builder: Any, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        total = builder.add(self._join(builder, left), self._join(builder, right))
        return self._below_modulus(builder, self._split(builder, total))

    def double(self, builder: Any, element: Sequence[Any]) -> Sequence[Any]:
        return self.add(builder, element, element)

    def subtract(self, builder: Any, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        from llvmlite import ir

        wide = ir.IntType(256)
        first, second = self._join(builder, left), self._join(builder, right)
        difference = builder.sub(first, second)
        lifted = builder.add(difference, ir.Constant(wide, self.modulus))
        negative = builder.icmp_unsigned("<", first, second)
        return self._split(builder, builder.select(negative, lifted, difference))

    def negate(self, builder: Any, element: Sequence[Any]) -> Sequence[Any]:
        from llvmlite import ir

        zero = [ir.Constant(ir.IntType(64), 0)] * LIMBS
        return self.subtract(builder, zero, element)

    def _below_modulus(self, builder: Any, limbs: Sequence[Any]) -> Sequence[Any]:
        """Subtract the modulus once if that leaves a number >= 0."""
        from llvmlite import ir

        wide = ir.IntType(256)
        number = self._join(builder, limbs)
        modulus = ir.Constant(wide, self.modulus)
        smaller = builder.icmp_unsigned("<", number, modulus)
        return self._split(builder, builder.select(smaller, number, builder.sub(number, modulus)))

    def _join(self, builder: Any, limbs: Sequence[Any]) -> Any:
        from llvmlite import ir

        wide = ir.IntType(256)
        number = builder.zext(limbs[0], wide)
        for position, limb in enumerate(limbs[1:], 1):
            shifted = builder.shl(builder.zext(limb, wide), ir.Constant(wide, 64 * position))
            number = builder.or_(number, shifted)
        return number

    def _split(self, builder: Any, number: Any) -> Sequence[Any]:
        from llvmlite import ir

        wide, word = ir.IntType(256), ir.IntType(64)
        shifts = [ir.Constant(wide, 64 * position) for position in range(LIMBS)]
        return [builder.trunc(builder.lshr(number, shift), word) for shift in shifts]
