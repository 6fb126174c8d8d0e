"""Kernels that sum scalar multiples of points of G1 or G2, with their portable twins."""

from __future__ import annotations

from mpctls.reference.foundation.compiled import compiled

from . import groups_portable as portable
from .groups import QUADRATIC_ONE, QUADRATIC_ZERO
from .limbs import BASE_ONE, ZERO, Words
from .multi_scalar_buckets import sum_multiples
from .tower import Base, Quadratic

_PARAMETERS = "const uint64[:,:], const uint64[:,:], int64, int64, int64, int64, uint64[:,:]"


def _sum_portable(
    kind: portable.Kind,
    points: Words,
    scalars: Words,
    width: int,
    first: int,
    last: int,
    table_rows: int,
    out: Words,
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


def _base_sum_portable(
    points: Words, scalars: Words, width: int, first: int, last: int, table_rows: int, out: Words
) -> None:
    _sum_portable(Base, points, scalars, width, first, last, table_rows, out)


def _quadratic_sum_portable(
    points: Words, scalars: Words, width: int, first: int, last: int, table_rows: int, out: Words
) -> None:
    _sum_portable(Quadratic, points, scalars, width, first, last, table_rows, out)


@compiled(_PARAMETERS, portable=_base_sum_portable)
def base_sum(
    points: Words, scalars: Words, width: int, first: int, last: int, table_rows: int, out: Words
) -> None:
    """Sum multiples of points of G1 over some windows of the scalars (Montgomery form); see `sum_multiples`."""
    sum_multiples(BASE_ONE, ZERO, points, scalars, width, first, last, table_rows, out)


@compiled(_PARAMETERS, portable=_quadratic_sum_portable)
def quadratic_sum(
    points: Words, scalars: Words, width: int, first: int, last: int, table_rows: int, out: Words
) -> None:
    """Sum multiples of points of G2 over some windows of the scalars; see `sum_multiples`."""
    sum_multiples(QUADRATIC_ONE, QUADRATIC_ZERO, points, scalars, width, first, last, table_rows, out)
