"""Many multiples of the generator of G1 at once: a table of its multiples, and affine additions in step.

A scalar has 32 octets; the table holds d·256^w·[1] for every octet d at every place w. Sums grow from the lowest place
on, so both summands are known multiples of the generator: the sum so far is below 256^w, what is added at least
256^w, and together they are at most the scalar, below r. So they are never equal nor opposite, and the slope of
affine addition always exists; only zero needs care.
"""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from ..bn254.curve import G1
from ..bn254.field import BASE, SCALAR
from ..bn254.limbs import Words

_PLACES: Final = 32
_OCTET: Final = 256
_TASK: Final = 4096


def generator_multiples(scalars: Words) -> Words:
    """Return scalar·[1] for each of the elements uint64[n, 4], as points uint64[n, 2, 4]; uses all cores.

    Variable time.
    """
    table = _table()
    digits = np.frombuffer(SCALAR.to_octets(scalars, order="little"), np.uint8).reshape(-1, _PLACES)

    def multiply(start: int) -> Words:
        rows = digits[start : start + _TASK]
        total: Words = table[0, rows[:, 0]]
        for place in range(1, _PLACES):
            total = _add(total, table[place, rows[:, place]])
        return total

    with ThreadPoolExecutor(thread_name_prefix="setup") as pool:
        parts = list(pool.map(multiply, range(0, len(digits), _TASK)))
    return np.concatenate(parts) if parts else np.zeros((0, 2, 4), np.uint64)


@functools.cache
def _table() -> Words:
    """The multiples d·256^w·[1], uint64[32, 256, 2, 4] by w and d."""
    table = np.zeros((_PLACES, _OCTET, 2, 4), np.uint64)
    for place in range(_PLACES):
        table[place, 1] = G1.multiply(G1.generator, _OCTET**place)
    table[:, 2] = [G1.multiply(point, 2) for point in table[:, 1]]
    known = 2  # multiples up to this one are there
    while known + 1 < _OCTET:
        more = min(known - 1, _OCTET - 1 - known)
        below = table[:, 1 : 1 + more]
        top = np.broadcast_to(table[:, known, None], below.shape)
        sums = _add(top.reshape(-1, 2, 4), below.reshape(-1, 2, 4))
        table[:, known + 1 : known + 1 + more] = sums.reshape(below.shape)
        known += more
    table.flags.writeable = False
    return table


def _add(left: Words, right: Words) -> Words:
    """Add points uint64[n, 2, 4] that are pairwise neither equal nor opposite; zeros are infinity."""
    x, y = np.ascontiguousarray(left[:, 0]), np.ascontiguousarray(left[:, 1])
    other_x, other_y = np.ascontiguousarray(right[:, 0]), np.ascontiguousarray(right[:, 1])
    slope = BASE.multiply(BASE.subtract(other_y, y), BASE.invert(BASE.subtract(other_x, x)))
    sum_x = BASE.subtract(BASE.subtract(BASE.square(slope), x), other_x)
    sum_y = BASE.subtract(BASE.multiply(slope, BASE.subtract(x, sum_x)), y)
    total = np.stack([sum_x, sum_y], axis=1)
    left_zero = ~left.any(axis=(1, 2))
    right_zero = ~right.any(axis=(1, 2))
    total[left_zero] = right[left_zero]
    total[right_zero] = left[right_zero]
    return total
