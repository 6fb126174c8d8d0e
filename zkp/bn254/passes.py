"""Passes of a transform over F_r on eight lanes: Stockham's order, which needs no reversal of bits.

A transform of n = 8·4^a·b rows (b is 2 or 4) is one first pass of radix 8, which reads rows; a middle passes of
radix 4 on blocks; and a last pass of radix b, which writes rows. With s the product of the radices so far and w
a root of unity of order n/s, a pass of radix m takes x[q + s(p + j·n/(sm))], j < m, to
y[q + s(mp + k)] = w^(pk)·sum_j x_j·w^(jk·n/(sm)), for p < n/(sm) and q < s (Cooley and Tukey, 1965; Stockham, 1966).
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mpctls.reference.foundation.compiled import ARRAY, WORD, compiled, generated, processor_features

from .arithmetic import with_names
from .constants import SCALAR_GENERATOR, SCALAR_MODULUS
from .field import SCALAR
from .fused_lanes import FusedLanes
from .lanes import BLOCK, LANES, LIMBS, ROW, Lanes, Residues, without_lanes
from .limbs import Words
from .madd_lanes import MaddLanes
from .portable import RADIX

SMALLEST = 6
"""log2 of the least number of rows: the first pass takes eight rows from each of eight places."""

_FIRST = 8
_MIDDLE = 4
_BLOCK = np.uint64(BLOCK)
_EIGHT_BLOCKS = np.uint64(LANES * BLOCK)
_EIGHT_ROWS = np.uint64(LANES * ROW)
_FACTORS_OF_FIRST = np.uint64((_FIRST - 1) * BLOCK)
_FACTORS_OF_MIDDLE = np.uint64((_MIDDLE - 1) * LIMBS)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)
_ROW = np.uint64(ROW)
_GROUP = np.uint64(_FIRST * LANES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Powers of the roots of unity that the passes multiply by, in the lanes' representation."""

    first: Words
    middle: tuple[Words, ...]


@functools.cache
def root_of_order(order: int) -> int:
    """Return the root of unity of an order 2^k, as snarkjs has it."""
    return pow(SCALAR_GENERATOR, (SCALAR_MODULUS - 1) // order, SCALAR_MODULUS)


class Passes:
    """The kernels of a transform for one representation on eight lanes."""

    __slots__ = ("_first", "_last_four", "_last_two", "_middle", "lanes")

    def __init__(self, lanes: type[Lanes]) -> None:
        self.lanes = lanes
        features: tuple[str, ...] = lanes.features
        twin: Any = without_lanes
        place = (ARRAY, WORD)

        def first(
            builder: Any, rows: Any, row: Any, distance: Any, factors: Any, factor: Any, out: Any, block: Any
        ) -> Sequence[Any]:
            emit = lanes(builder, SCALAR_MODULUS)
            source, table, target = (
                emit.offset(rows, row),
                emit.offset(factors, factor),
                emit.offset(out, block),
            )
            inputs = []
            for _ in range(_FIRST):
                inputs.append(emit.load_rows(source))
                source = emit.offset(source, distance)
            outputs = _transformed(emit, inputs)
            for position in range(1, _FIRST):
                power = emit.factor(emit.offset(table, (position - 1) * BLOCK))
                outputs[position] = emit.multiply(outputs[position], power)
            settled = [emit.settle(output) for output in outputs]
            for position, residues in enumerate(emit.transpose_residues(settled)):
                emit.store(emit.offset(target, position * BLOCK), residues)
            return []

        def middle(
            builder: Any,
            blocks: Any,
            block: Any,
            distance: Any,
            factors: Any,
            factor: Any,
            out: Any,
            first_target: Any,
            step: Any,
        ) -> Sequence[Any]:
            emit = lanes(builder, SCALAR_MODULUS)
            table, target = emit.offset(factors, factor), emit.offset(out, first_target)
            inputs = _loaded(emit, emit.offset(blocks, block), distance, _MIDDLE)
            for position, residues in enumerate(_transformed(emit, inputs)):
                output = residues
                if position:
                    power = emit.broadcast(emit.offset(table, (position - 1) * LIMBS))
                    output = emit.multiply(residues, power)
                emit.store(target, output)
                target = emit.offset(target, step)
            return []

        def last(radix: int) -> Any:
            def emit_last(
                builder: Any, blocks: Any, block: Any, distance: Any, out: Any, row: Any, step: Any
            ) -> Sequence[Any]:
                emit = lanes(builder, SCALAR_MODULUS)
                target = emit.offset(out, row)
                for residues in _transformed(
                    emit, _loaded(emit, emit.offset(blocks, block), distance, radix)
                ):
                    emit.store_rows(target, residues)
                    target = emit.offset(target, step)
                return []

            return {
                "last_rows": generated(
                    *place, WORD, *place, WORD, result=0, variant=f"{lanes.__name__}, {radix}"
                )(emit_last)
            }

        first_rows = generated(*place, WORD, *place, *place, result=0, variant=lanes.__name__)(first)
        middle_blocks = generated(*place, WORD, *place, *place, WORD, result=0, variant=lanes.__name__)(
            middle
        )
        self._first = compiled(_ROWS_TO_BLOCKS, features=features, portable=twin)(
            with_names({"first_rows": first_rows}, _first)
        )
        self._middle = compiled(_BLOCKS_TO_BLOCKS, features=features, portable=twin)(
            with_names({"middle_blocks": middle_blocks}, _middle)
        )
        self._last_two = compiled(_BLOCKS_TO_ROWS, features=features, portable=twin)(
            with_names(last(2), _last_two)
        )
        self._last_four = compiled(_BLOCKS_TO_ROWS, features=features, portable=twin)(
            with_names(last(4), _last_four)
        )

    def transform(self, rows: Words, factors: Factors, out: Words) -> None:
        """Transform uint64[n, 4] into another, n a power of two from 2^6 on."""
        blocks, spare = _workspace(len(rows) * LIMBS)
        self._first(rows, factors.first, blocks)
        step = 1
        for table in factors.middle:
            self._middle(blocks, table, np.uint64(step), spare)
            blocks, spare, step = spare, blocks, _MIDDLE * step
        last = self._last_two if LANES * step * 2 == len(rows) else self._last_four
        last(blocks, out)

    def factors(self, size: int) -> Factors:
        """Compute the factors for transforms of `size` rows."""
        first = self._table(size, _FIRST).reshape(-1, LANES, _FIRST - 1, LIMBS).transpose(0, 2, 3, 1)
        middle, left = [], size // _FIRST
        while left > _MIDDLE:
            middle.append(self._table(left, _MIDDLE).reshape(-1))
            left //= _MIDDLE
        return Factors(first=_frozen(first), middle=tuple(_frozen(table) for table in middle))

    def _table(self, size: int, radix: int) -> Words:
        """Return w^(pk), k from 1 to radix - 1, for p < size/radix: uint64[size/radix, radix - 1, 5]."""
        to_lanes = (1 << self.lanes.radix * LIMBS) * pow(RADIX, -1, SCALAR_MODULUS)
        powers = SCALAR.powers(SCALAR.encode([root_of_order(size)]), size)
        limbs = self.lanes.encode_factors(SCALAR.multiply(powers, SCALAR.encode([to_lanes])), SCALAR_MODULUS)
        exponents = np.arange(size // radix)[:, None] * np.arange(1, radix)[None, :]
        table: Words = limbs[exponents]
        return table


def _transformed(emit: Lanes, inputs: Sequence[Residues]) -> list[Residues]:
    """Emit a transform of 2, 4 or 8 inputs, by decimation in frequency."""
    half = len(inputs) // 2
    if not half:
        return list(inputs)
    root, sums, differences = root_of_order(len(inputs)), [], []
    for position, (low, high) in enumerate(zip(inputs[:half], inputs[half:], strict=True)):
        sums.append(emit.add(low, high))
        difference = emit.subtract(low, high)
        if position:
            factor = pow(root, position, SCALAR_MODULUS) * emit.montgomery % SCALAR_MODULUS
            difference = emit.multiply(difference, emit.constant(factor))
        differences.append(difference)
    pairs = zip(_transformed(emit, sums), _transformed(emit, differences), strict=True)
    return [output for pair in pairs for output in pair]


def _loaded(emit: Lanes, source: Any, distance: Any, count: int) -> list[Residues]:
    inputs = []
    for _ in range(count):
        inputs.append(emit.load(source))
        source = emit.offset(source, distance)
    return inputs


_kept = threading.local()


def _workspace(words: int) -> tuple[Words, Words]:
    """Return two arrays of this thread's own, kept for the next transform: fresh pages cost more than a pass."""
    pair: tuple[Words, Words] | None = getattr(_kept, "pair", None)
    if pair is None or len(pair[0]) < words:
        pair = _kept.pair = np.empty(words, np.uint64), np.empty(words, np.uint64)
    return pair


def _frozen(table: Words) -> Words:
    flat = np.ascontiguousarray(table).reshape(-1)
    flat.flags.writeable = False
    return flat


def first_rows(*_operands: Any) -> None: ...
def middle_blocks(*_operands: Any) -> None: ...
def last_rows(*_operands: Any) -> None: ...


def _first(rows: Words, factors: Words, out: Words) -> None:
    distance = np.uint64(len(rows)) * _ROW // _EIGHT
    for group in range(np.uint64(len(rows)) // _GROUP):
        first_rows(
            rows,
            group * _EIGHT_ROWS,
            distance,
            factors,
            group * _FACTORS_OF_FIRST,
            out,
            group * _EIGHT_BLOCKS,
        )


def _middle(blocks: Words, factors: Words, step: np.uint64, out: Words) -> None:
    count = np.uint64(len(factors)) // _FACTORS_OF_MIDDLE
    distance = count * step * _BLOCK
    for power in range(count):
        for block in range(step):
            middle_blocks(
                blocks,
                (block + step * power) * _BLOCK,
                distance,
                factors,
                power * _FACTORS_OF_MIDDLE,
                out,
                (block + step * _FOUR * power) * _BLOCK,
                step * _BLOCK,
            )


def _last_two(blocks: Words, out: Words) -> None:
    step = np.uint64(len(out)) // _EIGHT // _TWO
    for block in range(step):
        last_rows(blocks, block * _BLOCK, step * _BLOCK, out, block * _EIGHT_ROWS, step * _EIGHT_ROWS)


def _last_four(blocks: Words, out: Words) -> None:
    step = np.uint64(len(out)) // _EIGHT // _FOUR
    for block in range(step):
        last_rows(blocks, block * _BLOCK, step * _BLOCK, out, block * _EIGHT_ROWS, step * _EIGHT_ROWS)


_EIGHT = np.uint64(8)
_ROWS_TO_BLOCKS = "const uint64[:,:], const uint64[:], uint64[:]"
_BLOCKS_TO_BLOCKS = "const uint64[:], const uint64[:], uint64, uint64[:]"
_BLOCKS_TO_ROWS = "const uint64[:], uint64[:,:]"

FUSED = Passes(FusedLanes)
MADD = Passes(MaddLanes)


@functools.cache
def chosen_passes() -> Passes | None:
    """Return the fastest passes that this processor can run, or None if it has to compute row by row."""
    features = processor_features()
    return next((passes for passes in (MADD, FUSED) if features.issuperset(passes.lanes.features)), None)
