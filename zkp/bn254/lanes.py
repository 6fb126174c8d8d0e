"""What generators of arithmetic on eight elements side by side have in common.

A `Residues` is eight residues, one in each lane of five vectors of limbs, with intervals of what the limbs and
the represented integers can be. Every operation derives the intervals of its result and refuses with
`OutOfBounds`, when kernels are compiled, to emit what could overflow; so no bound rests on testing.

In memory residues are either rows (uint64[n, 4], canonical, Montgomery's factor 2^256, as everywhere else) or
blocks of 40 words: five vectors of eight limbs, in the generator's own representation.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .bounds import Interval
from .limbs import Words
from .vectors import LANES, LIMBS, ROW, Vectors

__all__ = ["BLOCK", "LANES", "LIMBS", "ROW", "Lanes", "Residues", "exceeds", "take_bits", "without_lanes"]

BLOCK = LANES * LIMBS


@dataclass(frozen=True, slots=True, kw_only=True)
class Residues:
    """Eight residues: LLVM vectors of limbs, least significant first, and what their values can be."""

    limbs: tuple[Any, ...]
    limb_bounds: tuple[Interval, ...]
    value: Interval
    place: Any = None  # a pointer to the limbs, if memory holds them


def take_bits(numbers: Words, start: int, count: int) -> Words:
    """Return bits from `start` on, fewer than 64, of 256-bit numbers uint64[n, 4]."""
    word, shift = divmod(start, 64)
    bits = numbers[:, word] >> np.uint64(shift)
    if shift and word + 1 < ROW:
        bits = bits | numbers[:, word + 1] << np.uint64(64 - shift)
    return bits & np.uint64((1 << count) - 1)


def exceeds(numbers: Words, bound: int) -> NDArray[np.bool_]:
    """Say of each of the numbers uint64[n, 4] whether it is above the bound."""
    above = np.zeros(len(numbers), np.bool_)
    for word in range(ROW):  # from the least significant: the last that differs decides
        limit = np.uint64(bound >> 64 * word & (1 << 64) - 1)
        above = (numbers[:, word] > limit) | ((numbers[:, word] == limit) & above)
    return above


_PRODUCTS: dict[tuple[Any, ...], tuple[tuple[Interval, ...], Interval]] = {}
"""The bounds of the results of functions that multiply, by what they are for."""


class Lanes(Vectors, ABC):
    """Emits arithmetic modulo one odd modulus below 2^254 into one builder."""

    row_shift: ClassVar[int]  # rows times 2^row_shift are those of which `surplus` speaks
    features: ClassVar[tuple[str, ...]]  # of the processor, by LLVM's names

    def __init__(self, builder: Any, modulus: int) -> None:
        super().__init__(builder)
        self.modulus = modulus
        self.montgomery = 1 << self.radix * LIMBS
        # Orup, 1995: kp + 1 = N·2^radix, so t + t_0·kp = t - t_0 + t_0·N·2^radix needs no product for a quotient.
        self.quotient_factor = self.digits(-pow(modulus, -1, self.base) % self.base, 2)[0]
        self.reducer = (self.quotient_factor * modulus + 1) >> self.radix

    @classmethod
    @abstractmethod
    def digits(cls, number: int, count: int = LIMBS) -> list[int]:
        """Return an integer's limbs; the last takes what is left."""

    @classmethod
    @abstractmethod
    def encode_factors(cls, numbers: Words, modulus: int) -> Words:
        """Return limbs of integers below the modulus, uint64[n, 4], as `factor` reads them: uint64[n, 5]."""

    @property
    @abstractmethod
    def stored(self) -> Interval:
        """What the integers in blocks can be."""

    @abstractmethod
    def constant(self, number: int) -> Residues:
        """Return a number of absolute value below the modulus in all lanes."""

    @abstractmethod
    def load(self, pointer: Any) -> Residues:
        """Read a block."""

    @abstractmethod
    def broadcast(self, pointer: Any) -> Residues:
        """Read five words of a table of factors into all lanes."""

    @abstractmethod
    def factor(self, pointer: Any) -> Residues:
        """Read a block of a table of factors."""

    @property
    def surplus(self) -> int:
        """What products exceed rows by.

        With x read as the row x·2^(256 + row_shift), and s and t as x·2^(5·radix), the product of s and t times the
        surplus is like a row, and that of a row and t is a row.
        """
        return 1 << 256 + self.row_shift - LIMBS * self.radix

    def select(self, chosen: Any, left: Residues, right: Residues) -> Residues:
        """Emit left in the lanes that are chosen, right in the others."""
        pairs = zip(left.limbs, right.limbs, strict=True)
        return Residues(
            limbs=tuple(self.builder.select(chosen, *pair) for pair in pairs),
            limb_bounds=tuple(
                one.union(other) for one, other in zip(left.limb_bounds, right.limb_bounds, strict=True)
            ),
            value=left.value.union(right.value),
        )

    def without_digits(self, residues: Residues) -> Any:
        """Say of each lane whether all limbs are zeros, which is one of the representatives of zero."""
        words = [self.builder.bitcast(limb, self.words) for limb in residues.limbs]
        return self.builder.icmp_unsigned("==", reduce(self.builder.or_, words), self.integer(0))

    def store(self, pointer: Any, residues: Residues) -> None:
        """Write a block, settled."""
        settled = self.settle(residues)
        settled.value.require(self.stored, "a stored residue")
        for limb, vector in enumerate(settled.limbs):
            self.store_vector(self.offset(pointer, LANES * limb), vector)

    @abstractmethod
    def residues_of(self, words: Sequence[Any], shift: int = 0) -> Residues:
        """Emit the residues whose canonical integers stand in four vectors of words, times 2^shift."""

    def load_rows(self, pointer: Any) -> Residues:
        """Read eight consecutive rows."""
        return self.residues_of(self.load_words(pointer))

    @abstractmethod
    def store_rows(self, pointer: Any, residues: Residues) -> None:
        """Write eight consecutive rows, canonical."""

    @abstractmethod
    def multiply_rows(self, left: Any, right: Any, out: Any) -> None:
        """Multiply eight rows by eight rows: read, multiply by the right power of two, write."""

    @abstractmethod
    def add(self, left: Residues, right: Residues) -> Residues: ...

    @abstractmethod
    def subtract(self, left: Residues, right: Residues) -> Residues: ...

    @abstractmethod
    def multipliable(self, left: Residues, right: Residues) -> tuple[Residues, Residues]:
        """Emit representatives that `product` takes, with bounds of few kinds: each pair of kinds is compiled."""

    @abstractmethod
    def product(self, left: Residues, right: Residues) -> Residues:
        """Emit left·right/2^(5·radix), in some representative."""

    @abstractmethod
    def settle(self, residues: Residues) -> Residues:
        """Emit a representative that blocks can hold."""

    def multiply(self, left: Residues, right: Residues) -> Residues:
        """Emit a call of a function that computes left·right/2^(5·radix).

        A function of its own, for a product is some five thousand octets of code and the processor's cache of
        decoded instructions holds few of them.
        """
        from llvmlite import ir

        first, second = self.multipliable(left, right)
        bounds = (first.limb_bounds, first.value, second.limb_bounds, second.value)
        kind = (type(self), self.modulus, bounds)
        name = f"product_{hashlib.sha256(repr(kind).encode()).hexdigest()[:16]}"
        residue = ir.ArrayType(self.vector, LIMBS)
        function = self.builder.module.globals.get(name)
        if function is None:
            shape = ir.FunctionType(ir.VoidType(), [residue.as_pointer()] * 3)
            function = ir.Function(self.builder.module, shape, name)
            function.linkage = "internal"
            function.attributes.add("noinline")
            inner = type(self)(ir.IRBuilder(function.append_basic_block()), self.modulus)
            out, *operands = (inner.builder.bitcast(one, inner.word.as_pointer()) for one in function.args)
            factors = [
                Residues(limbs=tuple(inner.load_limbs(place)), limb_bounds=one.limb_bounds, value=one.value)
                for place, one in zip(operands, (first, second), strict=True)
            ]
            result = inner.product(*factors)
            for limb, vector in enumerate(result.limbs):
                inner.store_vector(inner.offset(out, LANES * limb), vector)
            inner.builder.ret_void()
            _PRODUCTS[kind] = (result.limb_bounds, result.value)
        out = self._slot(residue)
        places = [self._place(one, residue) for one in (first, second)]
        self.builder.call(function, [out, *places])
        limb_bounds, value = _PRODUCTS[kind]
        place = self.builder.bitcast(out, self.word.as_pointer())
        return Residues(
            limbs=tuple(self.load_limbs(place)), limb_bounds=limb_bounds, value=value, place=place
        )

    def _slot(self, residue: Any) -> Any:
        with self.builder.goto_entry_block():
            return self.builder.alloca(residue)

    def _place(self, residues: Residues, residue: Any) -> Any:
        """Return a pointer to the limbs, written now unless memory has them."""
        if residues.place is not None:
            return self.builder.bitcast(residues.place, residue.as_pointer())
        slot = self._slot(residue)
        words = self.builder.bitcast(slot, self.word.as_pointer())
        for limb, vector in enumerate(residues.limbs):
            self.store_vector(self.offset(words, LANES * limb), vector)
        return slot

    def transpose_residues(self, residues: Sequence[Residues]) -> list[Residues]:
        """Give lane i of the j-th residues to lane j of the i-th."""
        columns = [self.transpose([one.limbs[limb] for one in residues]) for limb in range(LIMBS)]
        bounds = tuple(
            reduce(Interval.union, (one.limb_bounds[limb] for one in residues)) for limb in range(LIMBS)
        )
        value = reduce(Interval.union, (one.value for one in residues))
        return [
            Residues(limbs=tuple(column[lane] for column in columns), limb_bounds=bounds, value=value)
            for lane in range(LANES)
        ]


def without_lanes(*_arrays: object) -> None:
    """Stand for the twin of kernels on lanes: what chooses them asks for the processor's features first."""
    raise RuntimeError("kernels on lanes are only chosen where the processor has them")
