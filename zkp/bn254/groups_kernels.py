"""The kernel on points of each group, with its portable twin: sums of segments, and sums of scalar multiples.

Both jobs are one kernel because nine tenths of their code is the same and compiling it twice takes twice as long.
Points lie one after the other: 8 words in G1, 16 in G2 (x.c0, x.c1, y.c0, y.c1), affine, in Montgomery form, infinity
as zeros. None of this runs in constant time.
"""

from __future__ import annotations

import itertools

import numpy as np

from mpctls.reference.foundation.compiled import compiled, inlined

from . import groups_portable as portable
from .groups import FRONT, QUADRATIC_ONE, Ends, Indices, Memory, One
from .groups_segments import gather, sum_segments
from .limbs import BASE_ONE, Words
from .multi_scalar_buckets import sum_multiples
from .tower import Base, Quadratic

_NOTHING = np.uint64(0)  # not 0: a uint64 or an int64 is a float to numba


def _segments_portable(
    kind: portable.Kind, points: Memory, entries: Indices, ends: Ends, out: Memory
) -> None:
    values = portable.read_points(kind, points)
    sums = []
    for start, end in itertools.pairwise(ends):
        chosen = [(values[entry >> 1], entry & 1) for entry in entries[start:end]]
        sums.append(portable.total([portable.negate(value) if sign else value for value, sign in chosen]))
    portable.write_points(kind, out, sums)


def _multiples_portable(
    kind: portable.Kind,
    points: Memory,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    """Sum with the same digits and, for each window, one bucket for each digit."""
    values = portable.read_points(kind, points)
    half = 1 << (width - 1)
    bias = sum(half << (width * window) for window in range((255 + width - 1) // width))
    biased = [scalar + bias for scalar in portable.scalars_of(scalars)]
    total: portable.Point = None
    for window in range(last - 1, first - 1, -1):
        buckets: list[portable.Point] = [None] * (half + 1)
        for k, scalar in enumerate(biased):
            digit = (scalar >> (width * window)) % (2 * half) - half
            point = values[window * table_rows + k]
            signed = portable.negate(point) if digit < 0 else point
            if digit:
                buckets[abs(digit)] = portable.add(buckets[abs(digit)], signed)
        if not table_rows:
            total = portable.multiply(total, 1 << width)
        running: portable.Point = None
        for bucket in reversed(buckets[1:]):
            running = portable.add(running, bucket)
            total = portable.add(total, running)
    if not table_rows:
        total = portable.multiply(total, 1 << (width * first))
    portable.write_points(kind, out, [total])


def _portable(
    kind: portable.Kind,
    points: Memory,
    entries: Indices,
    ends: Ends,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    if width == 0:
        _segments_portable(kind, points, entries, ends, out)
    else:
        _multiples_portable(kind, points, scalars, width, first, last, table_rows, out)


def _base_portable(
    points: Memory,
    entries: Indices,
    ends: Ends,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    _portable(Base, points, entries, ends, scalars, width, first, last, table_rows, out)


def _quadratic_portable(
    points: Memory,
    entries: Indices,
    ends: Ends,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    _portable(Quadratic, points, entries, ends, scalars, width, first, last, table_rows, out)


@inlined
def _sum(
    one: One,
    points: Memory,
    entries: Indices,
    ends: Ends,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    if width != 0:
        sum_multiples(one, points, scalars, width, first, last, table_rows, out)
        return
    start, size = FRONT * len(one), 2 * len(one)
    memory = np.empty(start + entries.shape[0] * size, np.uint64)
    own_ends = np.empty(
        ends.shape[0], np.int64
    )  # of the type that sums of multiples give: one version to compile
    own_entries = np.empty(entries.shape[0], np.int32)
    for segment in range(ends.shape[0]):
        own_ends[segment] = ends[segment]
    for k in range(entries.shape[0]):
        own_entries[k] = entries[k]
    gather(one, points, own_entries, memory, start)
    sum_segments(one, memory, start, own_ends)
    for segment in range(ends.shape[0] - 1):
        source = start + ends[segment] * size
        for word in range(size):
            out[segment * size + word] = (
                memory[source + word] if ends[segment + 1] > ends[segment] else _NOTHING
            )


_ARRAYS = "const uint64[:], const int32[:], const int64[:], const uint64[:,:]"
_PARAMETERS = f"{_ARRAYS}, int64, int64, int64, int64, uint64[:]"


@compiled(_PARAMETERS, portable=_base_portable)
def base_sum(
    points: Memory,
    entries: Indices,
    ends: Ends,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    """Sum points of G1: segments of them (see `gather`, `sum_segments`) if `width` is 0, else `sum_multiples`."""
    _sum(BASE_ONE, points, entries, ends, scalars, width, first, last, table_rows, out)


@compiled(_PARAMETERS, portable=_quadratic_portable)
def quadratic_sum(
    points: Memory,
    entries: Indices,
    ends: Ends,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Memory,
) -> None:
    """Sum points of G2, as `base_sum` does those of G1."""
    _sum(QUADRATIC_ONE, points, entries, ends, scalars, width, first, last, table_rows, out)
