"""Montgomery products of residues in double precision, row by row of their 51-bit digits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, ClassVar

from .bounds import Interval, OutOfBounds
from .fused_columns import (
    BASE,
    DIGIT,
    HALF,
    RADIX,
    SHOWN,
    UNIT,
    Column,
    FusedColumns,
    octets_of,
    top_of,
)
from .lanes import LIMBS, Residues

_LOOPED = 3
"""Rows with Orup's quotients: a fourth would leave up to 2^50·modulus of its multiple in the result."""


class FusedProducts(FusedColumns):
    """Emits products of balanced digits."""

    radix: ClassVar[int] = RADIX

    def __init__(self, builder: Any, modulus: int) -> None:
        super().__init__(builder, modulus)
        self.modulus_digits = self.digits(modulus)
        self.reducer_digits = self.digits(self.reducer)

    @classmethod
    def digits(cls, number: int, count: int = LIMBS) -> list[int]:
        digits = []
        for _ in range(count - 1):
            digit = (number + HALF) % BASE - HALF
            digits.append(digit)
            number = (number - digit) >> RADIX
        return [*digits, number]

    def product(self, left: Residues, right: Residues) -> Residues:
        """Emit left·right/2^255 by rows: one digit of the left factor at a time (Montgomery, 1985).

        The first rows are a loop, for in one long block LLVM computes all products first and spills them.
        """
        columns = self._looped_rows(left, right)
        for row in range(_LOOPED, LIMBS):
            columns = self._row(columns, left.limbs[row], left.limb_bounds[row], right, orup=False)
        total = left.value * right.value
        for row in range(LIMBS):
            added = self.quotient_factor * self.modulus if row < _LOOPED else self.modulus
            total = total + DIGIT.times(added << RADIX * row)
        value = total.shifted(RADIX * LIMBS)
        limbs = [self.take_digit(columns, position) for position in range(LIMBS - 1)]
        top_bound = top_of(value, [DIGIT] * (LIMBS - 1))
        top_bound.require(SHOWN, "the top limb of a product")
        top = columns[-1]
        shown = self.builder.add(top.vector, self.integer(octets_of(UNIT) - top.excess))
        limbs.append(self.builder.fsub(self.as_real(shown), self.real(UNIT)))
        return Residues(limbs=tuple(limbs), limb_bounds=(*[DIGIT] * (LIMBS - 1), top_bound), value=value)

    def _looped_rows(self, first: Residues, second: Residues) -> list[Column]:
        """Emit the rows whose quotients are Orup's; return the columns that are left.

        Each turn adds the same constants to the same columns and moves the columns by one, so excesses that
        repeat themselves exist: the columns start with them.
        """
        from llvmlite import ir

        builder, digit_bound = self.builder, reduce(Interval.union, first.limb_bounds[:_LOOPED])
        bounds = largest = [Interval(0, 0)] * (LIMBS + 1)
        for _ in range(_LOOPED - 1):
            bounds = [column.bounds for column in self._tried_row(bounds, digit_bound, second)]
            largest = [one.union(another) for one, another in zip(largest, bounds, strict=True)]
        excesses: list[int] = []
        for column in reversed(self._tried_row(largest, digit_bound, second)):
            excesses.insert(0, column.excess + sum(excesses[:1]))
        index = ir.IntType(32)
        zero = ir.Constant(index, 0)
        with builder.goto_entry_block():
            slot = builder.alloca(ir.ArrayType(self.doubles, _LOOPED))
        for row in range(_LOOPED):
            builder.store(first.limbs[row], builder.gep(slot, [zero, ir.Constant(index, row)]))
        before, loop = builder.block, builder.append_basic_block("rows")
        builder.branch(loop)
        builder.position_at_end(loop)
        row_number = builder.phi(index)
        vectors = [builder.phi(self.words) for _ in excesses]
        columns = [
            Column(vector=vector, excess=excess, bounds=bound)
            for vector, excess, bound in zip(vectors, excesses, largest, strict=True)
        ]
        digit = builder.load(builder.gep(slot, [zero, row_number]))
        columns = self._row(columns, digit, digit_bound, second, orup=True)
        following = builder.add(row_number, ir.Constant(index, 1))
        row_number.add_incoming(zero, before)
        row_number.add_incoming(following, loop)
        for vector, excess, column in zip(vectors, excesses, columns, strict=True):
            if (column.excess - excess) % (1 << 64):
                raise OutOfBounds("the excess of a column does not repeat")
            vector.add_incoming(self.integer(excess), before)
            vector.add_incoming(column.vector, loop)
        after = builder.append_basic_block("rows_done")
        builder.cbranch(builder.icmp_unsigned("<", following, ir.Constant(index, _LOOPED)), loop, after)
        builder.position_at_end(after)
        return columns

    def _tried_row(self, bounds: Sequence[Interval], digit: Interval, second: Residues) -> list[Column]:
        """Return the bounds of the columns after a row, and what it adds to their excesses, emitting nothing."""
        from llvmlite import ir

        shape = ir.FunctionType(ir.VoidType(), [self.words, self.doubles])
        function = ir.Function(ir.Module(), shape, "tried")
        columns = [Column(vector=function.args[0], bounds=bound) for bound in bounds]
        elsewhere = type(self)(ir.IRBuilder(function.append_basic_block()), self.modulus)
        return elsewhere._row(columns, function.args[1], digit, second, orup=True)

    def _row(
        self, columns: Sequence[Column], digit: Any, bound: Interval, second: Residues, *, orup: bool
    ) -> list[Column]:
        """Add digit·second and a multiple of the modulus; drop the lowest column, which is then zero."""
        extended = [*columns, *(Column() for _ in range(LIMBS + 2 - len(columns)))]
        products = [
            [(digit, bound, *factor)] for factor in zip(second.limbs, second.limb_bounds, strict=True)
        ]
        self.add_products(extended, 0, products[0])
        if orup:
            quotient = self.take_digit(extended, 0)
        else:
            quotient = self.low_product(self.digit(extended[0])[0], self.quotient_factor)
        products = [[], *products[1:], []]
        for limb, factor in enumerate(self.reducer_digits if orup else self.modulus_digits, start=int(orup)):
            products[limb].append((quotient, DIGIT, self.real(factor), Interval(factor, factor)))
        for limb, pair in enumerate(products):
            self.add_products(extended, limb, pair)
        if not orup:
            self.carry(extended, 0)
        return [column for column in extended[1:] if column.vector is not None]
