"""Sums of scalar multiples, Σ s_k·P_k, over any points of G1 or G2."""

from __future__ import annotations

import functools
import math

import numpy as np

from .curve import G1, group_of
from .field import SCALAR
from .lane_multiples import sum_points
from .lane_sums import chosen_sums
from .limbs import Words
from .multi_scalar_buckets import window_count
from .threads import pool, workers

__all__ = ["multiply_sum", "pool", "window_count", "window_width", "workers"]

_PARALLEL = 256  # from so many points on, both halves of the windows are worth a thread
_ON_LANES = 1024  # from so many points of G1 on, lanes are full
_WIDEST = 16


@functools.cache
def window_width(count: int) -> int:
    """Return the width of digits that makes a sum over so many points cheapest.

    In additions: one for each point and window, one for each bucket (two sums over it, less its first point), and
    the running sums over rows and columns, which are not batched and cost about three each.
    """

    def cost(width: int) -> float:
        lines = 2.0 * math.sqrt(1 << (width - 1))
        return window_count(width) * (count + (1 << (width - 1)) + 6 * lines)

    return min(range(2, _WIDEST + 1), key=cost)


def _mostly_long(scalars: Words) -> bool:
    """Say whether most scalars have more than 64 bits: of short ones lanes would sum mostly empty buckets."""
    long = SCALAR.to_canonical(scalars)[:, 1:].any(axis=1)
    return 2 * int(np.count_nonzero(long)) > len(scalars)


def multiply_sum(points: Words, scalars: Words) -> Words:
    """Return Σ s_k·P_k as one point, uint64[rows, 4].

    `points` is uint64[n, 2, 4] (G1) or uint64[n, 4, 4] (G2), on the curve; `scalars` is uint64[n, 4], elements of
    `SCALAR` (Montgomery form, as everywhere). Equal and opposite points, infinity and zero scalars are in order.
    Pippenger's algorithm on all cores, in variable time.
    """
    group = group_of(points)
    if scalars.shape != (len(points), 4):
        raise ValueError("there is one scalar, uint64[4], for each point")
    if not len(points):
        return group.infinity(1).reshape(group.rows, -1)
    flat, contiguous = group.flat(points), np.ascontiguousarray(scalars)
    width = window_width(len(points))
    sums = chosen_sums() if group is G1 and len(points) >= _ON_LANES else None
    if sums is not None and _mostly_long(contiguous):
        return sum_points(sums, flat, contiguous, width=width).reshape(group.rows, -1)
    windows = window_count(width)
    shares = min(workers(), windows) if len(points) >= _PARALLEL else 1
    bounds = [windows * share // shares for share in range(shares + 1)]

    def share(first: int, last: int) -> Words:
        return group.sum_windows(flat, contiguous, width=width, first=first, last=last)

    if shares == 1:
        return share(0, windows)
    parts: list[Words] = list(pool().map(share, bounds[:-1], bounds[1:]))
    return group.sum(np.stack(parts))
