"""Many multiples of a generator at once: sums of points in a table of its multiples.

A scalar has 32 octets; the table holds d·256^w·[1] for every octet d at every place w.
"""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeAlias

import numpy as np

from ..bn254.curve import G1, Group
from ..bn254.field import SCALAR
from ..bn254.limbs import Words

AnyGroup: TypeAlias = Group[int] | Group[tuple[int, int]]

_PLACES: Final = 32
_OCTET: Final = 256
_TASK: Final = 1024


def generator_multiples(scalars: Words, group: AnyGroup = G1) -> Words:
    """Return scalar·[1] for each of the elements uint64[n, 4], as points of a group, uint64[n, rows, 4].

    Uses all cores. Variable time.
    """
    table, places = _table(group), np.arange(_PLACES)
    digits = np.frombuffer(SCALAR.to_octets(scalars, order="little"), np.uint8).reshape(-1, _PLACES)

    def multiply(start: int) -> Words:
        return group.sum_segments(table[places, digits[start : start + _TASK]], _PLACES)

    with ThreadPoolExecutor(thread_name_prefix="setup") as pool:
        parts = list(pool.map(multiply, range(0, len(digits), _TASK)))
    return np.concatenate(parts) if parts else group.infinity(0)


@functools.cache
def _table(group: AnyGroup) -> Words:
    """The multiples d·256^w·[1], uint64[32, 256, rows, 4] by w and d."""
    table = np.zeros((_PLACES, _OCTET, group.rows, 4), np.uint64)
    table[:, 1] = [group.multiply(group.generator, _OCTET**place) for place in range(_PLACES)]
    for known in (1 << power for power in range(1, 8)):  # multiples below this one are there
        table[:, known] = group.add(table[:, known // 2], table[:, known // 2])
        table[:, known + 1 : 2 * known] = group.add(table[:, known, None], table[:, 1:known])
    table.flags.writeable = False
    return table
