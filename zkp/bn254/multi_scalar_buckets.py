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
    Coordinate,
    Jacobian,
    add_points,
    double_point,
    load_point,
    store_point,
    to_affine,
    vanishes,
)
from .groups_segments import gather, sum_segments
from .limbs import Words, load, scalar_multiply

Digits: TypeAlias = NDArray[np.int32]
Ends: TypeAlias = NDArray[np.int64]

ENTRIES = 1 << 15  # windows are taken together until they have so many entries: batches stay full
_WORDS = 6  # limbs of scalar + b, and one of zeros above, so that a window never reads past the end
_WORD = np.uint64(64)
_NOTHING = np.uint64(0)
_UNIT = np.uint64(1)
_CANONICAL_ONE = (_UNIT, _NOTHING, _NOTHING, _NOTHING)  # a product with it leaves the Montgomery form


@inlined
def _write_digits(scalars: Words, width: int, first: int, digits: Digits) -> None:
    """Write the signed digits from window `first` on, from -2^(width-1) below 2^(width-1), window by window."""
    bias = np.zeros(_WORDS, np.uint64)
    wide = np.zeros(_WORDS, np.uint64)
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
def _sort_by_bucket(
    digits: Digits, lowest: int, highest: int, buckets: int, table_start: int, table_rows: int
) -> Any:
    """Sort the points of windows lowest … highest - 1 by bucket, by counting; return entries and ends of segments.

    With `table_rows` = 0 each window has buckets of its own and the same points; otherwise all windows share one
    set of buckets, and those of a window are the points from row table_start + window·table_rows on.
    """
    apart = buckets if table_rows == 0 else 0
    sets = highest - lowest if table_rows == 0 else 1
    ends = np.zeros(sets * buckets + 2, np.int64)
    for window in range(lowest, highest):
        shift = (window - lowest) * apart
        for k in range(digits.shape[1]):
            digit = digits[window, k]
            if digit != 0:
                ends[shift + abs(digit) + 1] += 1
    for segment in range(2, ends.shape[0]):
        ends[segment] += ends[segment - 1]
    entries = np.empty(ends[-1], np.int32)
    for window in range(lowest, highest):
        shift = (window - lowest) * apart
        start = table_start + window * table_rows
        for k in range(digits.shape[1]):
            digit = digits[window, k]
            if digit != 0:
                segment = shift + abs(digit)
                entries[ends[segment]] = 2 * (start + k) + (digit < 0)
                ends[segment] += 1
    return entries, ends[:-1]


@inlined
def _rectangle(
    one: Coordinate,
    sums: Words,
    ends: Ends,
    sets: int,
    buckets: int,
    columns: int,
    lines: Words,
    line_ends: Ends,
) -> None:
    """Copy the sums of buckets that are not empty, by rows and then by columns, for each set of buckets."""
    rows = buckets // columns
    count = 0
    segment = 0
    line_ends[0] = 0
    for group in range(sets):
        for line in range(rows + columns):
            by_row = line < rows
            first = line * columns if by_row else line - rows
            step = 1 if by_row else columns
            for k in range(columns if by_row else rows):
                bucket = group * buckets + first + k * step
                if ends[bucket + 1] > ends[bucket]:
                    store_point(one, lines, count, load_point(one, sums, ends[bucket]))
                    count += 1
            segment += 1
            line_ends[segment] = count


@inlined
def _weighted(
    one: Coordinate, zero: Coordinate, lines: Words, ends: Ends, start: int, count: int, weight: int
) -> Jacobian:
    """Return Σ (k + weight)·S_k, S_k being the sum of segment start + k, for a weight of 0 or 1."""
    running = one, one, zero
    total = one, one, zero
    for k in range(count - 1, -weight, -1):
        segment = start + k
        if ends[segment + 1] > ends[segment]:
            x, y = load_point(one, lines, ends[segment])
            if not (vanishes(x) and vanishes(y)):
                running = add_points(one, running, (x, y, one))
        total = add_points(one, total, running)
    return total


@inlined
def sum_multiples(
    one: Coordinate,
    zero: Coordinate,
    points: Words,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Words,
) -> None:
    """Write Σ_j 2^(width·j) · Σ_k digit_(j,k)·P_k over the windows j of first … last - 1.

    With `table_rows` > 0 the points 2^(width·j)·P_k stand in a table, window j from row j·table_rows on, and the
    powers of two are in them.
    """
    count = scalars.shape[0]
    buckets = 1 << (width - 1)
    column_bits = (width - 1) >> 1
    columns = 1 << column_bits
    rows = buckets // columns
    digits = np.empty((last - first, count), np.int32)
    _write_digits(scalars, width, first, digits)
    together = last - first
    if table_rows == 0:
        together = min(together, max(1, ENTRIES // max(1, count)))
    total = one, one, zero
    highest = last - first
    while highest > 0:
        lowest = max(0, highest - together)
        sets = highest - lowest if table_rows == 0 else 1
        entries, ends = _sort_by_bucket(digits, lowest, highest, buckets, first * table_rows, table_rows)
        sums = np.empty((entries.shape[0], 2 * len(one)), np.uint64)
        gather(one, points, entries, sums)
        sum_segments(one, ends, sums)
        lines = np.empty((2 * min(entries.shape[0], sets * buckets), 2 * len(one)), np.uint64)
        line_ends = np.empty(sets * (rows + columns) + 1, np.int64)
        _rectangle(one, sums, ends, sets, buckets, columns, lines, line_ends)
        sum_segments(one, line_ends, lines)
        for group in range(sets - 1, -1, -1):
            start = group * (rows + columns)
            across = _weighted(one, zero, lines, line_ends, start, rows, 0)
            down = _weighted(one, zero, lines, line_ends, start + rows, columns, 1)
            if table_rows == 0:
                total = double_point(one, total, width)
            total = add_points(one, total, double_point(one, across, column_bits))
            total = add_points(one, total, down)
        highest = lowest
    if table_rows == 0:
        total = double_point(one, total, first * width)
    store_point(one, out, 0, to_affine(one, total))
