"""Vectors of eight 64-bit lanes: how they get in and out of memory, and the order of their lanes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, ClassVar, Final

LANES: Final = 8
LIMBS: Final = 5
ROW: Final = 4


class Vectors:
    """Emits loads, stores and shuffles into one builder."""

    radix: ClassVar[int]  # bits of a limb

    def __init__(self, builder: Any) -> None:
        from llvmlite import ir

        self.builder = builder
        self.word = ir.IntType(64)
        self.words = ir.VectorType(self.word, LANES)
        self.vector = self.words  # of limbs
        self.base = 1 << self.radix

    def broadcast_limbs(self, pointer: Any) -> list[Any]:
        """Read five limbs into all lanes of a vector each."""
        from llvmlite import ir

        limbs = []
        for limb in range(LIMBS):
            element = self.vector.element
            place = self.builder.bitcast(self.offset(pointer, limb), element.as_pointer())
            empty = ir.Constant(self.vector, ir.Undefined)
            lane = self.builder.insert_element(
                empty, self.builder.load(place), ir.Constant(ir.IntType(32), 0)
            )
            limbs.append(self.shuffle(lane, lane, [0] * LANES))
        return limbs

    def load_limbs(self, pointer: Any) -> list[Any]:
        """Read five vectors of limbs."""
        return [self.load_vector(self.offset(pointer, LANES * limb), self.vector) for limb in range(LIMBS)]

    def offset(self, pointer: Any, words: Any) -> Any:
        """Return the pointer so many words further; an int or a 64-bit LLVM value."""
        from llvmlite import ir

        distance = ir.Constant(self.word, words) if isinstance(words, int) else words
        return self.builder.gep(pointer, [distance])

    def load_vector(self, pointer: Any, vector: Any) -> Any:
        loaded = self.builder.load(self.builder.bitcast(pointer, vector.as_pointer()))
        loaded.align = 8
        return loaded

    def store_vector(self, pointer: Any, value: Any) -> None:
        stored = self.builder.store(value, self.builder.bitcast(pointer, value.type.as_pointer()))
        stored.align = 8

    def load_words(self, pointer: Any) -> list[Any]:
        """Read eight rows of four words as four vectors: word i of all rows is vector i."""
        return self.gather_words([self.offset(pointer, ROW * row) for row in range(LANES)])

    def gather_words(self, pointers: Sequence[Any]) -> list[Any]:
        """Read eight rows, wherever they are, as four vectors."""
        from llvmlite import ir

        quarter = ir.VectorType(self.word, ROW)
        halves = []
        for start in (0, ROW):
            rows = [self.load_vector(pointer, quarter) for pointer in pointers[start : start + ROW]]
            halves.append(self.transpose(rows))
        return [self.shuffle(low, high, range(LANES)) for low, high in zip(*halves, strict=True)]

    def store_words(self, pointer: Any, words: Sequence[Any]) -> None:
        """Write four vectors as eight rows: the reverse of `load_words`."""
        for start in (0, ROW):
            parts = [self.shuffle(word, word, range(start, start + ROW)) for word in words]
            for row, part in enumerate(self.transpose(parts)):
                self.store_vector(self.offset(pointer, ROW * (start + row)), part)

    def transpose(self, rows: Sequence[Any]) -> list[Any]:
        """Transpose a square of vectors by halves: blocks of 1, 2, ... lanes change places."""
        size, current, width = len(rows), list(rows), 1
        while width < size:
            exchanged = list(current)
            for row in range(size):
                if row & width:
                    continue
                first, second = current[row], current[row + width]
                even = [lane + size - width if lane & width else lane for lane in range(size)]
                odd = [lane + size if lane & width else lane + width for lane in range(size)]
                exchanged[row] = self.shuffle(first, second, even)
                exchanged[row + width] = self.shuffle(first, second, odd)
            current, width = exchanged, 2 * width
        return current

    def shuffle(self, first: Any, second: Any, lanes: Sequence[int]) -> Any:
        from llvmlite import ir

        index = ir.IntType(32)
        mask = ir.Constant(ir.VectorType(index, len(lanes)), [ir.Constant(index, lane) for lane in lanes])
        return self.builder.shuffle_vector(first, second, mask)

    # Vectors of 64-bit integers.

    def integer(self, number: int) -> Any:
        """Return an integer in all lanes, modulo 2^64."""
        from llvmlite import ir

        return ir.Constant(self.words, [ir.Constant(self.word, number % (1 << 64))] * LANES)

    def split(self, words: Sequence[Any], shift: int = 0) -> list[Any]:
        """Emit the limbs of the 256-bit numbers in four words, times 2^shift."""
        builder, limbs = self.builder, []
        for limb in range(LIMBS):
            start = limb * self.radix - shift
            pieces = []
            for position, word in enumerate(words):
                distance = start - 64 * position
                if 0 <= distance < 64:
                    pieces.append(builder.lshr(word, self.integer(distance)))
                elif -self.radix < distance < 0:
                    pieces.append(builder.shl(word, self.integer(-distance)))
            joined = reduce(builder.or_, pieces)
            if limb < LIMBS - 1:
                joined = builder.and_(joined, self.integer(self.base - 1))
            limbs.append(joined)
        return limbs

    def join(self, limbs: Sequence[Any], shift: int = 0) -> list[Any]:
        """Emit four words of the numbers, divided exactly by 2^shift, whose limbs are all below 2^radix."""
        builder, words = self.builder, []
        for word in range(ROW):
            pieces = []
            for position, limb in enumerate(limbs):
                distance = position * self.radix - shift - 64 * word
                if 0 <= distance < 64:
                    pieces.append(builder.shl(limb, self.integer(distance)))
                elif -self.radix < distance < 0:
                    pieces.append(builder.lshr(limb, self.integer(-distance)))
            words.append(reduce(builder.or_, pieces))
        return words
