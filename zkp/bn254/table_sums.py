"""Sums of scalar multiples over a table of shifted points of G1, on eight lanes.

The points are sorted into buckets by their digits, as in `multi_scalar_buckets`. The sum Σ d·B_d over buckets B_d is
taken in two steps of plain sums: with d - 1 = high·columns + low, sums over the rows and the columns of the
rectangle of buckets; then, for each bit k, the sum T_k of the lines in whose weight (high·columns of a row, low + 1 of
a column) the bit is set. Only Σ 2^k·T_k is left to be computed one point after the other.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mpctls.reference.foundation.compiled import compiled

from . import groups_portable as portable
from .groups import (
    FIRST_JACOBIAN,
    FRONT,
    SECOND_JACOBIAN,
    Ends,
    Indices,
    Memory,
    add_at,
    affine_at,
    double_at,
    write_infinity,
    write_one,
    zero_at,
)
from .lane_sums import LaneSums
from .limbs import BASE_ONE, Words
from .multi_scalar import pool, window_count, workers
from .multi_scalar_buckets import sort_by_bucket, write_digits
from .tower import Base

_WIDTH = len(BASE_ONE)
_POINT = 2 * _WIDTH
_LEAST = 2048  # additions that are worth a thread


def _sort_portable(scalars: Words, width: int, table_rows: int, entries: Indices, ends: Ends) -> None:
    half = 1 << (width - 1)
    windows = (255 + width - 1) // width
    bias = sum(half << (width * window) for window in range(windows))
    buckets: list[list[int]] = [[] for _ in range(half + 1)]
    biased = [scalar + bias for scalar in portable.scalars_of(scalars)]
    for window in range(windows):
        for k, scalar in enumerate(biased):
            digit = (scalar >> (width * window)) % (2 * half) - half
            point = window * table_rows + k
            buckets[abs(digit)].append(2 * point + (digit < 0))
    flat = [entry for bucket in buckets[1:] for entry in bucket]
    entries[: len(flat)] = flat
    ends[:] = np.cumsum([0, *map(len, buckets[1:])])


@compiled("const uint64[:,:], int64, int64, int32[:], int64[:]", portable=_sort_portable)
def _sort(scalars: Words, width: int, table_rows: int, entries: Indices, ends: Ends) -> None:
    """Write the entries of all windows, bucket by bucket from digit 1 on, and where the buckets end."""
    windows = (255 + width - 1) // width
    digits = np.empty((windows, scalars.shape[0]), np.int32)
    write_digits(scalars, width, 0, digits)
    sorted_entries, sorted_ends = sort_by_bucket(digits, 0, windows, 1 << (width - 1), 0, table_rows)
    for k in range(sorted_entries.shape[0]):
        entries[k] = sorted_entries[k]
    for bucket in range(ends.shape[0]):
        ends[bucket] = sorted_ends[bucket]


def _weigh_portable(points: Memory, out: Memory) -> None:
    total: portable.Point = None
    for point in reversed(portable.read_points(Base, points)):
        total = portable.add(portable.add(total, total), point)
    portable.write_points(Base, out, [total])


@compiled("const uint64[:], uint64[:]", portable=_weigh_portable)
def _weigh(points: Memory, out: Memory) -> None:
    """Write Σ 2^k·T_k."""
    memory = np.empty((FRONT + 4) * _WIDTH, np.uint64)
    total, point = FIRST_JACOBIAN * _WIDTH, SECOND_JACOBIAN * _WIDTH
    write_infinity(BASE_ONE, memory, total)
    for k in range(points.shape[0] // _POINT - 1, -1, -1):
        double_at(BASE_ONE, memory, total, 1)
        for word in range(_POINT):
            memory[point + word] = points[k * _POINT + word]
        if not (zero_at(BASE_ONE, memory, point) and zero_at(BASE_ONE, memory, point + _WIDTH)):
            write_one(BASE_ONE, memory, point + 2 * _WIDTH)
            add_at(BASE_ONE, memory, total, point)
    affine_at(BASE_ONE, memory, point, total)
    for word in range(_POINT):
        out[word] = memory[point + word]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folding:
    """Entries and ends of the sums over rows and columns of the buckets, and of the sums of lines by bits."""

    line_entries: Indices
    line_ends: Ends
    bit_entries: Indices
    bit_ends: Ends


@functools.cache
def _folding(width: int) -> _Folding:
    buckets = 1 << (width - 1)
    columns = 1 << ((width - 1) >> 1)
    rectangle = np.arange(buckets).reshape(-1, columns)
    rows = len(rectangle)
    lines = np.concatenate([rectangle.reshape(-1), rectangle.T.reshape(-1)])
    ends = np.concatenate([[0], np.cumsum([columns] * rows + [rows] * columns)])
    weights = np.concatenate([np.arange(rows) * columns, np.arange(1, columns + 1)])
    by_bit = [np.flatnonzero(weights >> bit & 1) for bit in range(int(weights.max()).bit_length())]
    return _Folding(
        line_entries=2 * lines.astype(np.int32),
        line_ends=ends.astype(np.int64),
        bit_entries=2 * np.concatenate(by_bit).astype(np.int32),
        bit_ends=np.concatenate([[0], np.cumsum([len(bit) for bit in by_bit])]).astype(np.int64),
    )


def sum_table(
    sums: LaneSums, flat: Memory, sequences: Sequence[Words], *, width: int, table_rows: int
) -> list[Memory]:
    """Return Σ_j Σ_k digit_(j,k)·P_(j,k), uint64[8], of each sequence of scalars, uint64[m, 4].

    Window j's points stand in the table from point j·table_rows on. Each step of all sums is shared by all cores.
    """
    folding = _folding(width)

    def sort(scalars: Words) -> tuple[Indices, Ends]:
        entries = np.empty(window_count(width) * len(scalars), np.int32)
        ends = np.empty((1 << (width - 1)) + 1, np.int64)
        _sort(scalars, width, table_rows, entries, ends)
        return entries, ends

    def finish(lines: Memory) -> Memory:
        out = np.empty(_POINT, np.uint64)
        _weigh(sums.sum_segments(lines, folding.bit_entries, folding.bit_ends), out)
        return out

    buckets = _shared(sums, [(flat, *pair) for pair in pool().map(sort, sequences)])
    lines = _shared(sums, [(each, folding.line_entries, folding.line_ends) for each in buckets])
    return list(pool().map(finish, lines))


def _shared(sums: LaneSums, jobs: Sequence[tuple[Memory, Indices, Ends]]) -> list[Memory]:
    """Sum the segments of each job, cut into as many parts of equal work as there are cores."""
    parts: list[tuple[Memory, Indices, Ends]] = []
    counts = []
    for points, entries, ends in jobs:
        count = min(workers(), 1 + int(ends[-1]) // _LEAST)
        targets = [int(ends[-1]) * part // count for part in range(1, count)]
        cuts = [0, *np.searchsorted(ends, targets).tolist(), len(ends) - 1]
        parts += [(points, entries, ends[start : end + 1]) for start, end in itertools.pairwise(cuts)]
        counts.append(count)
    done = pool().map(lambda part: sums.sum_segments(*part), parts)
    return [np.concatenate(list(itertools.islice(done, count))) for count in counts]
