"""One AND gate of QuickSilver in registers of 128 bits: products stay unreduced as long as they are only added.

The formulas are those of `proof`. Selected are masked values, nothing branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from ...foundation.instructions import ARRAY, WORD, generated

FEATURES: Final = ("pclmul",)
_PRODUCT: Final = "llvm.x86.pclmulqdq"
_LOWS, _HIGH_LOW, _LOW_HIGH, _HIGHS = 0x00, 0x01, 0x10, 0x11  # which halves of left and right are multiplied
_MODULUS_TAIL: Final = 0x87  # x^7 + x^2 + x + 1

Register: TypeAlias = Any
Product: TypeAlias = tuple[Register, Register]  # 256 bits: low half, high half


class _Code:
    """LLVM's instructions for blocks, written with one builder."""

    def __init__(self, builder: Any) -> None:
        from llvmlite import ir

        self._ir = ir
        self.builder = builder
        self._word = ir.IntType(64)
        self._register = ir.VectorType(self._word, 2)
        octet = ir.IntType(8)
        kind = ir.FunctionType(self._register, [self._register, self._register, octet])
        self._multiply = builder.module.declare_intrinsic(_PRODUCT, (), kind)
        self._zero = ir.Constant(self._register, [0, 0])
        self._tail = ir.Constant(self._register, [_MODULUS_TAIL, 0])

    def _address(self, array: Any, row: Any) -> Any:
        words = self.builder.mul(row, self._ir.Constant(self._word, 2))
        return self.builder.bitcast(self.builder.gep(array, [words]), self._register.as_pointer())

    def row(self, number: int) -> Any:
        return self._ir.Constant(self._word, number)

    def load(self, array: Any, row: Any) -> Register:
        loaded = self.builder.load(self._address(array, row))
        loaded.align = 8
        return loaded

    def store(self, value: Register, array: Any, row: Any) -> None:
        self.builder.store(value, self._address(array, row)).align = 8

    def xor(self, *values: Register) -> Register:
        total = values[0]
        for value in values[1:]:
            total = self.builder.xor(total, value)
        return total

    def select(self, bit: Any, value: Register) -> Register:
        """The value if the word `bit` is 1, zero if it is 0."""
        mask = self.builder.neg(bit)
        low = self.builder.insert_element(self._zero, mask, self.row(0))
        return self.builder.and_(self._shuffle(low, self._zero, (0, 0)), value)

    def product(self, left: Register, right: Register) -> Product:
        """The 256 bits of a carry-less product."""
        middle = self.xor(self._halves(left, right, _HIGH_LOW), self._halves(left, right, _LOW_HIGH))
        low = self.xor(self._halves(left, right, _LOWS), self._shuffle(self._zero, middle, (0, 2)))
        high = self.xor(self._halves(left, right, _HIGHS), self._shuffle(middle, self._zero, (1, 2)))
        return low, high

    def add(self, *products: Product) -> Product:
        return self.xor(*(low for low, _ in products)), self.xor(*(high for _, high in products))

    def reduce(self, product: Product) -> Register:
        """Fold x^128 onto x^7 + x^2 + x + 1, twice."""
        low, high = product
        folded = self._halves(high, self._tail, _HIGH_LOW)
        low = self.xor(low, self._shuffle(self._zero, folded, (0, 2)))
        high = self.xor(high, self._shuffle(folded, self._zero, (1, 2)))
        return self.xor(low, self._halves(high, self._tail, _LOWS))

    def _halves(self, left: Register, right: Register, which: int) -> Register:
        return self.builder.call(self._multiply, [left, right, self._ir.Constant(self._ir.IntType(8), which)])

    def _shuffle(self, left: Register, right: Register, places: Sequence[int]) -> Register:
        mask = self._ir.Constant(self._ir.VectorType(self._ir.IntType(32), 2), list(places))
        return self.builder.shuffle_vector(left, right, mask)


def _prove_and(
    builder: Any,
    macs: Any,
    left: Any,
    right: Any,
    target: Any,
    left_bit: Any,
    right_bit: Any,
    and_macs: Any,
    row: Any,
    challenge: Any,
    state: Any,
) -> Sequence[Any]:
    code = _Code(builder)
    a, b, c = code.load(macs, left), code.load(macs, right), code.load(and_macs, row)
    step = code.load(challenge, code.row(0))
    constant, linear = code.load(state, code.row(0)), code.load(state, code.row(1))
    code.store(code.reduce(code.add(code.product(constant, step), code.product(a, b))), state, code.row(0))
    added = code.xor(code.select(left_bit, b), code.select(right_bit, a), c)
    code.store(code.xor(code.reduce(code.product(linear, step)), added), state, code.row(1))
    code.store(c, macs, target)
    return ()


def _verify_and(
    builder: Any,
    keys: Any,
    left: Any,
    right: Any,
    target: Any,
    and_keys: Any,
    row: Any,
    difference: Any,
    challenge: Any,
    state: Any,
) -> Sequence[Any]:
    code = _Code(builder)
    a, b, c = code.load(keys, left), code.load(keys, right), code.load(and_keys, row)
    step, delta = code.load(challenge, code.row(0)), code.load(difference, code.row(0))
    total = code.product(code.load(state, code.row(0)), step)
    code.store(code.reduce(code.add(total, code.product(a, b), code.product(c, delta))), state, code.row(0))
    code.store(c, keys, target)
    return ()


def _xor(builder: Any, blocks: Any, left: Any, right: Any, target: Any) -> Sequence[Any]:
    code = _Code(builder)
    code.store(code.xor(code.load(blocks, left), code.load(blocks, right)), blocks, target)
    return ()


_SLOTS: Final = (ARRAY, WORD, WORD, WORD)

# MACs by slot, left, right, target; bits of left and right; MACs of AND gates, row; challenge; sums U and W
prove_and = generated(*_SLOTS, WORD, WORD, ARRAY, WORD, ARRAY, ARRAY, result=0)(_prove_and)
# keys by slot, left, right, target; keys of AND gates, row; difference; challenge; sum V
verify_and = generated(*_SLOTS, ARRAY, WORD, ARRAY, ARRAY, ARRAY, result=0)(_verify_and)
# blocks by slot, left, right, target
xor_blocks = generated(*_SLOTS, result=0)(_xor)
