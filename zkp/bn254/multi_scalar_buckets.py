"""Sums of scalar multiples by buckets, as helpers of kernels (Pippenger, 1976).

A scalar s is written in windows of `width` bits with signed digits: with b = Σ 2^(width-1)·2^(width·j), window j of
s + b, less 2^(width-1), is digit j, so no carry runs from window to window. The points with digit ±d go to bucket d.
The buckets B_d of a window are summed as Σ d·B_d over a rectangle: for d - 1 = high·columns + low,
Σ d·B_d = columns·Σ high·R_high + Σ (low + 1)·C_low with the sums R of rows and C of columns, which are again sums of
segments in affine coordinates; only the √ of the number of buckets remains for running sums.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import inlined

from .groups import (
    FIRST_JACOBIAN,
    FRONT,
    SECOND_JACOBIAN,
    THIRD_JACOBIAN,
    Ends,
    Memory,
    One,
    add_at,
    affine_at,
    copy,
    double_at,
    write_infinity,
    write_one,
    zero_at,
)
from .groups_segments import gather, sum_segments
from .limbs import Words, load, scalar_multiply

Digits: TypeAlias = NDArray[np.int32]

SCALAR_BITS = 255  # signed digits need one bit more than r has
ENTRIES = 1 << 15  # windows are taken together until they have so many entries: batches stay full
_WORDS = 6  # limbs of scalar + b, and one of zeros above, so that a window never reads past the end
_WORD = np.uint64(64)
_NOTHING = np.uint64(0)
_UNIT = np.uint64(1)
_CANONICAL_ONE = (_UNIT, _NOTHING, _NOTHING, _NOTHING)  # a product with it leaves the Montgomery form


def window_count(width: int) -> int:
    """Return how many digits of `width` bits a scalar has."""
    return -(-SCALAR_BITS // width)


@inlined
def write_digits(scalars: Words, width: int, first: int, digits: Digits) -> None:
    """Write the signed digits from window `first` on, from -2^(width-1) below 2^(width-1), window by window."""
    bias = np.empty(_WORDS, np.uint64)
    wide = np.empty(_WORDS, np.uint64)
    for k in range(_WORDS):
        bias[k] = _NOTHING
        wide[k] = _NOTHING
    for window in range((255 + width - 1) // width):
        position = window * width + width - 1
        bias[position >> 6] |= _UNIT << np.uint64(position & 63)
    mask = (_UNIT << np.uint64(width)) - _UNIT
    for row in range(scalars.shape[0]):
        limbs = scalar_multiply(load(scalars, row), _CANONICAL_ONE)
        wide[0], wide[1], wide[2], wide[3], wide[4] = limbs[0], limbs[1], limbs[2], limbs[3], _NOTHING
        carry = _NOTHING
        for k in range(_WORDS - 1):
            total = wide[k] + carry
            carry = np.uint64(total < carry)
            total += bias[k]
            carry += np.uint64(total < bias[k])
            wide[k] = total
        for k in range(digits.shape[0]):
            position = (first + k) * width
            shift = np.uint64(position & 63)
            value = wide[position >> 6] >> shift
            if shift + np.uint64(width) > _WORD:
                value |= wide[(position >> 6) + 1] << (_WORD - shift)
            digits[k, row] = np.int64(value & mask) - (1 << (width - 1))


@inlined
def sort_by_bucket(
    digits: Digits, lowest: int, highest: int, buckets: int, table_start: int, table_rows: int
) -> Any:
    """Sort the points of windows lowest … highest - 1 by bucket, by counting; return entries and ends of segments.

    With `table_rows` = 0 each window has buckets of its own and the same points; otherwise all windows share one
    set of buckets, and those of a window are the points from row table_start + window·table_rows on.
    """
    apart = buckets if table_rows == 0 else 0
    sets = highest - lowest if table_rows == 0 else 1
    ends = np.empty(sets * buckets + 2, np.int64)
    for segment in range(ends.shape[0]):
        ends[segment] = 0
    for window in range(lowest, highest):
        shift = (window - lowest) * apart
        for k in range(digits.shape[1]):
            digit = digits[window, k]
            if digit != 0:
                ends[shift + abs(digit) + 1] += 1
    for segment in range(2, ends.shape[0]):
        ends[segment] += ends[segment - 1]
    entries = np.empty(ends[sets * buckets + 1], np.int32)
    for window in range(lowest, highest):
        shift = (window - lowest) * apart
        start = table_start + window * table_rows
        for k in range(digits.shape[1]):
            digit = digits[window, k]
            if digit != 0:
                segment = shift + abs(digit)
                entries[ends[segment]] = 2 * (start + k) + (digit < 0)
                ends[segment] += 1
    return entries, ends


@inlined
def _rectangle(
    one: One, memory: Memory, start: int, ends: Ends, sets: int, buckets: int, columns: int, lines: int
) -> Ends:
    """Copy the sums of buckets that are not empty, by rows and then by columns; return the ends of these lines."""
    size = 2 * len(one)
    rows = buckets // columns
    line_ends = np.empty(sets * (rows + columns) + 1, np.int64)
    line_ends[0] = 0
    count = 0
    segment = 0
    for group in range(sets):
        for line in range(rows + columns):
            by_row = line < rows
            first = line * columns if by_row else line - rows
            step = 1 if by_row else columns
            for k in range(columns if by_row else rows):
                bucket = group * buckets + first + k * step
                if ends[bucket + 1] > ends[bucket]:
                    copy(memory, lines + count * size, start + ends[bucket] * size, size)
                    count += 1
            segment += 1
            line_ends[segment] = count
    return line_ends


@inlined
def _weigh(
    one: One, memory: Memory, total: int, lines: int, ends: Ends, first: int, count: int, weight: int
) -> None:
    """Write Σ (k + weight)·S_k, S_k being the sum of segment first + k, for a weight of 0 or 1."""
    width = len(one)
    running, point = THIRD_JACOBIAN * width, FRONT * width
    write_infinity(one, memory, running)
    write_infinity(one, memory, total)
    for k in range(count - 1, -weight, -1):
        segment = first + k
        if ends[segment + 1] > ends[segment]:
            copy(memory, point, lines + ends[segment] * 2 * width, 2 * width)
            if not (zero_at(one, memory, point) and zero_at(one, memory, point + width)):
                write_one(one, memory, point + 2 * width)
                add_at(one, memory, running, point)
        add_at(one, memory, total, running)


@inlined
def sum_multiples(
    one: One, points: Memory, scalars: Words, width: int, first: int, last: int, table_rows: int, out: Memory
) -> None:
    """Write Σ_j 2^(width·j) · Σ_k digit_(j,k)·P_k over the windows j of first … last - 1.

    With `table_rows` > 0 the points 2^(width·j)·P_k stand in a table, window j from point j·table_rows on, and the
    powers of two are in them.
    """
    count = scalars.shape[0]
    buckets = 1 << (width - 1)
    column_bits = (width - 1) >> 1
    columns = 1 << column_bits
    rows = buckets // columns
    size = 2 * len(one)
    digits = np.empty((last - first, count), np.int32)
    write_digits(scalars, width, first, digits)
    together = last - first
    if table_rows == 0:
        together = min(together, max(1, ENTRIES // max(1, count)))
    sets_at_most = together if table_rows == 0 else 1
    most = together * count
    start = (FRONT + 4) * len(one)
    lines = start + most * size
    memory = np.empty(lines + 2 * min(most, sets_at_most * buckets) * size, np.uint64)
    total, part = FIRST_JACOBIAN * len(one), SECOND_JACOBIAN * len(one)
    write_infinity(one, memory, total)
    highest = last - first
    while highest > 0:
        lowest = max(0, highest - together)
        sets = highest - lowest if table_rows == 0 else 1
        entries, ends = sort_by_bucket(digits, lowest, highest, buckets, first * table_rows, table_rows)
        gather(one, points, entries, memory, start)
        sum_segments(one, memory, start, ends)
        line_ends = _rectangle(one, memory, start, ends, sets, buckets, columns, lines)
        sum_segments(one, memory, lines, line_ends)
        for group in range(sets - 1, -1, -1):
            line = group * (rows + columns)
            if table_rows == 0:
                double_at(one, memory, total, width)
            for stage in range(2):
                lines_of_stage, weight = (rows, 0) if stage == 0 else (columns, 1)
                _weigh(one, memory, part, lines, line_ends, line + stage * rows, lines_of_stage, weight)
                if stage == 0:
                    double_at(one, memory, part, column_bits)
                add_at(one, memory, total, part)
        highest = lowest
    if table_rows == 0:
        double_at(one, memory, total, first * width)
    affine_at(one, memory, part, total)
    for word in range(size):
        out[word] = memory[part + word]
