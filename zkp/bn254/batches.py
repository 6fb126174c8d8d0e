"""Batches of additions on eight lanes in one memory, whose inversions are one: helpers of kernels.

Equal and opposite points make a running product zero. Then, and only then, they are looked for; their sums are
computed apart and stand, when the batch is done again, as left operands that have nothing to be added to them.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from mpctls.reference.foundation.compiled import inlined

from .additions import Additions
from .arithmetic import with_names
from .groups import Ends, Memory
from .lanes import BLOCK, LANES, LIMBS, ROW
from .limbs import BASE_ONE, ZERO, Element, base_add, base_invert, base_multiply, base_subtract, is_zero
from .portable import rows

MOST_ADDITIONS: Final = 320
"""Additions of eight in a batch: what a batch reads and writes stays in the processor's second cache."""

_TOGETHER = 8  # additions whose steps take turns
_CHAINS = 2  # running products, so that one's products need not wait for the other's

# What the memory of a batch holds, in words; the pairs of blocks to be added begin at PAIRS.
_RUNNING = 0
_ROWS = _RUNNING + _CHAINS * BLOCK
_SPARE_ROWS = _ROWS + 2 * LANES * ROW
POINTS = _SPARE_ROWS + 2 * LANES * ROW
_BEFORE = POINTS + 2 * LANES * ROW
_ACROSS = _BEFORE + MOST_ADDITIONS * BLOCK
PAIRS = _ACROSS + MOST_ADDITIONS * BLOCK

TO_FIELD = ZERO  # each representation has its own


def gather_eight(*_operands: Any) -> None: ...
def prefetch_eight(*_operands: Any) -> None: ...
def write_ones(*_operands: Any) -> None: ...
def accumulate_eight(*_operands: Any) -> None: ...
def divide_eight(*_operands: Any) -> None: ...
def slope_eight(*_operands: Any) -> None: ...
def cross_eight(*_operands: Any) -> None: ...
def finish_eight(*_operands: Any) -> None: ...
def write_rows(*_operands: Any) -> None: ...
def read_rows(*_operands: Any) -> None: ...
def write_points(*_operands: Any) -> None: ...


@inlined
def _row(memory: Memory, place: Any) -> Element:
    return memory[place], memory[place + 1], memory[place + 2], memory[place + 3]


@inlined
def _put(memory: Memory, place: Any, element: Element) -> None:
    memory[place], memory[place + 1], memory[place + 2], memory[place + 3] = element


def _accumulate(work: Memory, left: Ends, right: Ends, count: int) -> bool:
    """Write the products of differences, by chain, and their rows; say whether none is zero."""
    for chain in range(_CHAINS):
        write_ones(work, _RUNNING + chain * BLOCK)
    for k in range(count):
        running = _RUNNING + (k & 1) * BLOCK
        accumulate_eight(work, left[k], right[k], running, _BEFORE + k * BLOCK, _ACROSS + k * BLOCK)
    for chain in range(_CHAINS):
        write_rows(work, _RUNNING + chain * BLOCK, _ROWS + chain * LANES * ROW)
    regular = True
    for lane in range(_CHAINS * LANES):
        if is_zero(_row(work, _ROWS + lane * ROW)):
            regular = False
    return regular


def _invert_products(work: Memory) -> None:
    """Replace the running products by their inverses."""
    product = BASE_ONE
    for lane in range(_CHAINS * LANES):
        _put(work, _SPARE_ROWS + lane * ROW, product)
        product = base_multiply(product, _row(work, _ROWS + lane * ROW))
    inverse = base_multiply(base_invert(product), TO_FIELD)
    for back in range(_CHAINS * LANES):
        place = (_CHAINS * LANES - 1 - back) * ROW
        factor = _row(work, _ROWS + place)
        _put(work, _ROWS + place, base_multiply(inverse, _row(work, _SPARE_ROWS + place)))
        inverse = base_multiply(inverse, factor)
    for chain in range(_CHAINS):
        read_rows(work, _ROWS + chain * LANES * ROW, _RUNNING + chain * BLOCK)


@inlined
def clear_lane(work: Memory, pair: Any, lane: Any) -> None:
    for limb in range(2 * LIMBS):
        work[pair + limb * LANES + lane] = 0


@inlined
def _tangents(points: Memory, places: Ends, count: int) -> None:
    """Double affine points where they stand, with one inversion."""
    product = BASE_ONE
    products = np.empty((count + 1) * ROW, np.uint64)
    for k in range(count):
        y = _row(points, places[k] + ROW)
        _put(products, k * ROW, product)
        product = base_multiply(product, base_add(y, y))
    inverse = base_invert(product)
    for back in range(count):
        k = count - 1 - back
        x, y = _row(points, places[k]), _row(points, places[k] + ROW)
        square = base_multiply(x, x)
        slope = base_add(base_add(square, square), square)
        slope = base_multiply(slope, base_multiply(inverse, _row(products, k * ROW)))
        inverse = base_multiply(inverse, base_add(y, y))
        doubled = base_subtract(base_subtract(base_multiply(slope, slope), x), x)
        _put(points, places[k], doubled)
        _put(points, places[k] + ROW, base_subtract(base_multiply(slope, base_subtract(x, doubled)), y))


def _resolve(work: Memory, left: Ends, right: Ends, count: int) -> None:
    """Put the sums of equal and of opposite points in the left operands' places and nothing in the right ones'."""
    groups = np.empty(count, np.int64)
    doubled = np.empty(count * LANES, np.int64)
    points = np.empty(count * LANES * 2 * ROW, np.uint64)
    entries = np.empty(LANES, np.uint64)
    found = 0
    twice = 0
    for k in range(count):
        write_rows(work, _ACROSS + k * BLOCK, _ROWS)
        special = False
        for lane in range(LANES):
            special = special or is_zero(_row(work, _ROWS + lane * ROW))
        if special:
            write_points(work, right[k], _SPARE_ROWS)
            write_points(work, left[k], POINTS)
            for lane in range(LANES):
                y_place = (LANES + lane) * ROW
                place = (found * LANES + lane) * 2 * ROW
                x, y = _row(work, POINTS + lane * ROW), _row(work, POINTS + y_place)
                if is_zero(_row(work, _ROWS + lane * ROW)):
                    if is_zero(base_subtract(y, _row(work, _SPARE_ROWS + y_place))):
                        doubled[twice] = place
                        twice += 1
                    else:
                        x, y = ZERO, ZERO
                    clear_lane(work, right[k], lane)
                _put(points, place, x)
                _put(points, place + ROW, y)
            groups[found] = k
            found += 1
    _tangents(points, doubled, twice)
    for number in range(found):
        for lane in range(LANES):
            entries[lane] = 2 * (number * LANES + lane)
        gather_eight(points, entries, work, left[groups[number]])


def add_pairs(work: Memory, left: Ends, right: Ends, count: int) -> None:
    """Add eight points to eight others, `count` times: each sum in the place of its left operand."""
    while not _accumulate(work, left, right, count):
        _resolve(work, left, right, count)
    _invert_products(work)
    # One step of some additions after the other: a product that needs the one just before it would wait for it.
    for end in range(count, 0, -_TOGETHER):
        start = max(0, end - _TOGETHER)
        for k in range(end - 1, start - 1, -1):
            divide_eight(work, _RUNNING + (k & 1) * BLOCK, _BEFORE + k * BLOCK, _ACROSS + k * BLOCK)
        for k in range(start, end):
            slope_eight(work, left[k], right[k], _BEFORE + k * BLOCK)
        for k in range(start, end):
            cross_eight(work, left[k], right[k], _BEFORE + k * BLOCK, _ACROSS + k * BLOCK)
        for k in range(start, end):
            finish_eight(work, left[k], right[k], _BEFORE + k * BLOCK, _ACROSS + k * BLOCK)


def batch_names(additions: Additions) -> dict[str, Any]:
    """Return what kernels call, made for one representation, by name."""
    names: dict[str, Any] = {**additions.names, "TO_FIELD": tuple(rows([additions.to_field])[0])}
    for helper in (_accumulate, _invert_products, _resolve, add_pairs):
        names[helper.__name__] = inlined(with_names(names, helper))
    return names
