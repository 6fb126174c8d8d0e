"""Sums of scalar multiples of points of G1 on eight lanes, over a table of shifted points or without one.

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
from typing import TypeAlias

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
from .multi_scalar_buckets import sort_by_bucket, window_count, write_digits
from .threads import pool, workers
from .tower import Base

_WIDTH = len(BASE_ONE)
_POINT = 2 * _WIDTH
_Job: TypeAlias = tuple[Memory, Indices, Ends]  # points, entries, ends
_LEAST = 2048  # additions that are worth a thread


def _sort_portable(
    scalars: Words, width: int, first: int, last: int, table_rows: int, entries: Indices, ends: Ends
) -> None:
    half = 1 << (width - 1)
    bias = sum(half << (width * window) for window in range(window_count(width)))
    sets = 1 if table_rows else last - first
    buckets: list[list[int]] = [[] for _ in range(sets * half + 1)]
    biased = [scalar + bias for scalar in portable.scalars_of(scalars)]
    for window in range(first, last):
        shift = 0 if table_rows else (window - first) * half
        for k, scalar in enumerate(biased):
            digit = (scalar >> (width * window)) % (2 * half) - half
            if digit:
                buckets[shift + abs(digit)].append(2 * (window * table_rows + k) + (digit < 0))
    flat = [entry for bucket in buckets[1:] for entry in bucket]
    entries[: len(flat)] = flat
    ends[:] = np.cumsum([0, *map(len, buckets[1:])])


@compiled("const uint64[:,:], int64, int64, int64, int64, int32[:], int64[:]", portable=_sort_portable)
def _sort(
    scalars: Words, width: int, first: int, last: int, table_rows: int, entries: Indices, ends: Ends
) -> None:
    """Write the entries of windows first … last - 1, bucket by bucket from digit 1 on, and where the buckets end."""
    digits = np.empty((last - first, scalars.shape[0]), np.int32)
    write_digits(scalars, width, first, digits)
    sorted_entries, sorted_ends = sort_by_bucket(
        digits, 0, last - first, 1 << (width - 1), first * table_rows, table_rows
    )
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
def _folding(width: int, sets: int) -> _Folding:
    """Make those of several sets of buckets, one after the other; each set ends as sums of `width` bits."""
    buckets = 1 << (width - 1)
    columns = 1 << ((width - 1) >> 1)
    rectangle = np.arange(buckets).reshape(-1, columns)
    rows = len(rectangle)
    weights = np.concatenate([np.arange(rows) * columns, np.arange(1, columns + 1)])
    by_bit = [np.flatnonzero(weights >> bit & 1) for bit in range(width)]
    lines = np.concatenate([rectangle.reshape(-1), rectangle.T.reshape(-1)])
    return _Folding(
        line_entries=_repeated(lines, buckets, sets),
        line_ends=_ends_of([columns] * rows + [rows] * columns, sets),
        bit_entries=_repeated(np.concatenate(by_bit), rows + columns, sets),
        bit_ends=_ends_of([len(bit) for bit in by_bit], sets),
    )


def _repeated(indices: Ends, distance: int, times: int) -> Indices:
    """Return entries of the same points of several sets."""
    entries: Indices = (2 * (indices + distance * np.arange(times)[:, None])).reshape(-1).astype(np.int32)
    return entries


def _ends_of(lengths: Sequence[int], times: int) -> Ends:
    return np.concatenate([[0], np.cumsum(np.tile(lengths, times))]).astype(np.int64)


def sum_table(
    sums: LaneSums, flat: Memory, sequences: Sequence[Words], *, width: int, table_rows: int
) -> list[Memory]:
    """Return Σ_j Σ_k digit_(j,k)·P_(j,k), uint64[8], of each sequence of scalars, uint64[m, 4].

    Window j's points stand in the table from point j·table_rows on. Each step of all sums is shared by all cores.
    """
    windows = (0, window_count(width))
    jobs = pool().map(lambda scalars: (flat, *_sorted(scalars, width, windows, table_rows)), sequences)
    return list(pool().map(_weighed, _folded(sums, list(jobs), width)))


def sum_points(sums: LaneSums, flat: Memory, scalars: Words, *, width: int) -> Memory:
    """Return Σ s_k·P_k, uint64[8], of points one after the other; cores share the windows, then each step."""
    windows = window_count(width)
    bounds = [windows * share // workers() for share in range(workers() + 1)]
    shares = [pair for pair in itertools.pairwise(bounds) if pair[1] > pair[0]]
    jobs = pool().map(lambda share: (flat, *_sorted(scalars, width, share, 0)), shares)
    return _weighed(np.concatenate(_folded(sums, list(jobs), width)))


def _sorted(scalars: Words, width: int, windows: tuple[int, int], table_rows: int) -> tuple[Indices, Ends]:
    """Return entries and ends of the buckets of some windows, which share one set of them if there is a table."""
    first, last = windows
    entries = np.empty((last - first) * len(scalars), np.int32)
    ends = np.empty((1 if table_rows else last - first) * (1 << (width - 1)) + 1, np.int64)
    _sort(scalars, width, first, last, table_rows, entries, ends)
    return entries, ends


def _folded(sums: LaneSums, jobs: Sequence[_Job], width: int) -> list[Memory]:
    """Return the sums T_k of each job, whose segments are sets of buckets."""
    foldings = [_folding(width, (len(ends) - 1) >> (width - 1)) for _, _, ends in jobs]
    buckets = _shared(sums, jobs)
    by_line = [
        (each, *_filled(folding.line_entries, folding.line_ends, ends))
        for each, folding, (_, _, ends) in zip(buckets, foldings, jobs, strict=True)
    ]
    lines = _shared(sums, by_line)
    by_bit = [
        (each, *_filled(folding.bit_entries, folding.bit_ends, ends))
        for each, folding, (_, _, ends) in zip(lines, foldings, by_line, strict=True)
    ]
    return _shared(sums, by_bit)


def _filled(entries: Indices, ends: Ends, source_ends: Ends) -> tuple[Indices, Ends]:
    """Leave out the sums of empty segments if they are many: of short scalars most are."""
    filled = np.diff(source_ends) > 0
    if 8 * np.count_nonzero(filled) > 7 * len(filled):
        return entries, ends
    kept = filled[entries >> 1]
    return entries[kept], np.concatenate([[0], np.cumsum(kept)])[ends]


def _weighed(bits: Memory) -> Memory:
    out = np.empty(_POINT, np.uint64)
    _weigh(bits, out)
    return out


def _shared(sums: LaneSums, jobs: Sequence[_Job]) -> list[Memory]:
    """Sum the segments of each job, cut into as many parts of equal work as there are cores."""
    parts: list[_Job] = []
    counts = []
    for points, entries, ends in jobs:
        count = min(workers(), 1 + int(ends[-1]) // _LEAST)
        targets = [int(ends[-1]) * part // count for part in range(1, count)]
        cuts = [0, *np.searchsorted(ends, targets).tolist(), len(ends) - 1]
        parts += [(points, entries, ends[start : end + 1]) for start, end in itertools.pairwise(cuts)]
        counts.append(count)
    done = pool().map(lambda part: sums.sum_segments(*part), parts)
    return [np.concatenate(list(itertools.islice(done, count))) for count in counts]
