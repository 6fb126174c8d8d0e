"""Sums of scalar multiples of points that stay the same: the powers of a setup, the points of a proving key.

For every base P the points 2^(width·j)·P are computed once, so that all windows of all scalars share one set of
buckets: their sums cost once what they cost for each window otherwise (Brickell, Gordon, McCurley and Wilson, 1992).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import numpy as np

from .curve import G1, group_of
from .lane_multiples import sum_table
from .lane_sums import chosen_sums
from .limbs import Words
from .multi_scalar_buckets import window_count
from .threads import pool, workers

_WIDEST = 16
_NARROWEST = 4
_TABLE_CHUNK = 2048
_LINE = 64  # octets


@functools.cache
def fixed_width(count: int) -> int:
    """Return the width of digits that makes a sum over so many fixed bases cheapest."""
    return min(
        range(_NARROWEST, _WIDEST + 1),
        key=lambda width: window_count(width) * count + (1 << (width - 1)) + 12 * math.sqrt(1 << (width - 1)),
    )


class FixedBases:
    """Fixed points of G1 or G2, prepared for many sums over them.

    `points` is uint64[n, 2, 4] or uint64[n, 4, 4], on the curve. Preparing costs 255 doublings a point and takes
    ⌈255/width⌉ times their memory; `table` can be stored and given back to `of_table`.
    """

    __slots__ = ("_flat", "_group", "count", "table", "width")

    def __init__(self, points: Words, *, width: int | None = None) -> None:
        chosen = fixed_width(len(points)) if width is None else width
        self._prepare(_shifted(points, chosen), chosen)

    @classmethod
    def of_table(cls, table: Words, *, width: int) -> FixedBases:
        """Return the bases of a table prepared before, uint64[windows, n, rows, 4]; the table is trusted."""
        bases = cls.__new__(cls)
        bases._prepare(table, width)
        return bases

    def _prepare(self, table: Words, width: int) -> None:
        if not 2 <= width <= _WIDEST or table.ndim != 4 or len(table) != window_count(width):
            raise ValueError("a table has one row of points for each window of 2 to 16 bits")
        self._group = group_of(table)
        self.table = _aligned(table)
        self.width = width
        self.count = table.shape[1]
        self._flat = self._group.flat(self.table)

    def commit(self, scalars: Words) -> Words:
        """Return Σ s_k·P_k over the first bases, as one point uint64[rows, 4]; `scalars` is uint64[m, 4], m <= n."""
        return self.commit_many([scalars])[0]

    def commit_many(self, sequences: Sequence[Words]) -> list[Words]:
        """Return one sum for each sequence of scalars, computed on all cores."""
        for scalars in sequences:
            if scalars.ndim != 2 or scalars.shape[1] != 4 or len(scalars) > self.count:
                raise ValueError(f"scalars are uint64[m, 4] with m <= {self.count}")
        sums = chosen_sums() if self._group is G1 else None
        if sums is not None:
            contiguous = [np.ascontiguousarray(scalars) for scalars in sequences]
            totals = sum_table(sums, self._flat, contiguous, width=self.width, table_rows=self.count)
            return [total.reshape(self._group.rows, -1) for total in totals]
        return self._commit_apart(sequences)

    def _commit_apart(self, sequences: Sequence[Words]) -> list[Words]:
        """Do it point by point, each sum on a core of its own.

        Sequences left over when the cores have had equally many are cut in pieces, one for each core.
        """
        whole = len(sequences) - len(sequences) % workers()
        pieces: list[tuple[int, int, Words]] = []
        for index, scalars in enumerate(sequences):
            cuts = 1 if index < whole else workers()
            bounds = [len(scalars) * cut // cuts for cut in range(cuts + 1)]
            pieces += [
                (index, start, np.ascontiguousarray(scalars[start:end]))
                for start, end in itertools.pairwise(bounds)
            ]
        sums: list[list[Words]] = [[] for _ in sequences]
        for (index, _, _), total in zip(pieces, pool().map(self._sum, pieces), strict=True):
            sums[index].append(total)
        return [parts[0] if len(parts) == 1 else self._group.sum(np.stack(parts)) for parts in sums]

    def _sum(self, piece: tuple[int, int, Words]) -> Words:
        _, start, scalars = piece
        flat = self._flat[start * self._group.words :]
        windows = window_count(self.width)
        return self._group.sum_windows(
            flat, scalars, width=self.width, first=0, last=windows, table_rows=self.count
        )


def _aligned(table: Words) -> Words:
    """Return the table where each point of G1 lies in one line of the processor's cache."""
    if table.flags.c_contiguous and table.ctypes.data % _LINE == 0:
        return table
    room = np.empty(table.size + _LINE // 8, np.uint64)
    start = -room.ctypes.data % _LINE // 8
    aligned = room[start : start + table.size].reshape(table.shape)
    aligned[:] = table
    return aligned


def _shifted(points: Words, width: int) -> Words:
    """Return 2^(width·j)·P for each window j and point P, uint64[windows, n, rows, 4]."""
    group = group_of(points)
    table = np.empty((window_count(width), *points.shape), np.uint64)

    def fill(start: int) -> None:
        chunk = slice(start, start + _TABLE_CHUNK)
        shifted = np.ascontiguousarray(points[chunk])
        table[0, chunk] = shifted
        for window in range(1, len(table)):
            for _ in range(width):
                shifted = group.add(shifted, shifted)
            table[window, chunk] = shifted

    list(pool().map(fill, range(0, len(points), _TABLE_CHUNK)))
    return table
