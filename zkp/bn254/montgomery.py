"""LLVM instructions of arithmetic modulo a 254-bit prime on four 64-bit limbs, R = 2^256."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpctls.reference.foundation.compiled import processor_features

LIMBS = 4


def _product() -> str:
    """Return the assembly of a product, not yet below the modulus.

    Operands: four limbs of the result, its fifth, and a spare register; the limbs of the right factor; addresses
    of the left factor, and of the modulus with its negated inverse modulo 2^64 behind it.
    """
    total, fifth, spare = ["$0", "$1", "$2", "$3"], "$4", "$5"
    right, left, modulus = ["$6", "$7", "$8", "$9"], "${10}", "${11}"
    lines = []
    for row in range(LIMBS):
        lines.append(f"movq {8 * row}({left}), %rdx")
        lines.append("xorl %eax, %eax")  # clears both carries
        if row == 0:
            lines.append(f"mulxq {right[0]}, {total[0]}, {total[1]}")
            for limb in range(1, LIMBS):
                high = total[limb + 1] if limb + 1 < LIMBS else fifth
                lines += [f"mulxq {right[limb]}, {spare}, {high}", f"adcxq {spare}, {total[limb]}"]
            lines.append(f"adcxq %rax, {fifth}")
        else:
            lines += [f"mulxq {right[0]}, {spare}, {fifth}", f"adoxq {spare}, {total[0]}"]
            for limb in range(1, LIMBS):
                lines.append(f"adcxq {fifth}, {total[limb]}")
                lines += [f"mulxq {right[limb]}, {spare}, {fifth}", f"adoxq {spare}, {total[limb]}"]
            lines += [f"adcxq %rax, {fifth}", f"adoxq %rax, {fifth}"]
        # A multiple of the modulus makes the lowest limb zero; what stays is moved down by one limb.
        lines += [f"movq {8 * LIMBS}({modulus}), %rdx", f"imulq {total[0]}, %rdx", "xorl %eax, %eax"]
        lines += [f"mulxq ({modulus}), %rax, {spare}", f"adcxq {total[0]}, %rax", f"movq {spare}, {total[0]}"]
        for limb in range(1, LIMBS):
            lines.append(f"adcxq {total[limb]}, {total[limb - 1]}")
            lines += [
                f"mulxq {8 * limb}({modulus}), {spare}, {total[limb]}",
                f"adoxq {spare}, {total[limb - 1]}",
            ]
        lines += ["movl $$0, %eax", f"adcxq %rax, {total[-1]}", f"adoxq {fifth}, {total[-1]}"]
    return "\n".join(lines)


_PRODUCT = _product()
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
        if processor_features().issuperset(("adx", "bmi2")):
            return self._below_modulus(builder, self._assembled(builder, left, right))
        return self._below_modulus(builder, self._scanned(builder, left, right))

    def _assembled(self, builder: Any, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """Emit x86 assembly with two chains of carries, of which LLVM knows but one.

        It is also one instruction to LLVM, which compiles kernels of many products in a third of the time.
        """
        import llvmlite.binding
        from llvmlite import ir

        llvmlite.binding.initialize_native_asmparser()
        word, index = ir.IntType(64), ir.IntType(32)
        row = ir.ArrayType(word, LIMBS)
        with builder.goto_entry_block():
            slot = builder.alloca(row)
        for position, limb in enumerate(left):
            place = builder.gep(slot, [ir.Constant(index, 0), ir.Constant(index, position)])
            builder.store(limb, place)
        table_type = ir.ArrayType(word, LIMBS + 1)
        name = f"modulus_{self.modulus:x}"
        table = builder.module.globals.get(name)
        if table is None:
            table = ir.GlobalVariable(builder.module, table_type, name)
            table.global_constant = True
            table.linkage = "internal"
            numbers = [*self.limbs, self.negated_inverse]
            table.initializer = ir.Constant(table_type, [ir.Constant(word, number) for number in numbers])
        shape = ir.FunctionType(
            ir.LiteralStructType([word] * (LIMBS + 2)), [word] * LIMBS + [slot.type, table.type]
        )
        constraints = ",".join(
            (*["=&r"] * (LIMBS + 2), *["r"] * (LIMBS + 2), "~{rax},~{rdx},~{memory},~{cc},~{flags}")
        )
        assembly = ir.InlineAsm(shape, _PRODUCT, constraints, side_effect=False)
        result = builder.call(assembly, [*right, slot, table])
        return [builder.extract_value(result, position) for position in range(LIMBS)]

    def _scanned(self, builder: Any, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """Emit the same in integers of 128 bits, for any processor."""
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
        return total

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
