"""Sums of many segments of points at once, by affine additions that share their inversions: helpers of kernels.

An affine addition needs the inverse of x₂ - x₁; Montgomery's trick inverts a batch of them with one inversion and
three products each, so that an addition costs six products, less than any addition without inversions.
A zero among the denominators would make the whole batch wrong, and zeros do occur: equal points, opposite points
and the point at infinity. Each is recognised, gets a denominator of its own and is added apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mpctls.reference.foundation.compiled import inlined

from .groups import (
    BATCH,
    LOWER,
    SPARE,
    UPPER,
    Ends,
    Indices,
    Memory,
    One,
    clear,
    copy,
    invert_at,
    write_one,
    zero_at,
)
from .groups_formulas import (
    base_accumulate_in,
    base_chord_and_divide_in,
    base_divide_in,
    base_multiply_in,
    base_opposite_in,
    base_subtract_in,
    base_tangent_in,
    base_twice_in,
    quadratic_accumulate_in,
    quadratic_chord_and_divide_in,
    quadratic_divide_in,
    quadratic_multiply_in,
    quadratic_opposite_in,
    quadratic_subtract_in,
    quadratic_tangent_in,
    quadratic_twice_in,
)

_REGULAR, _LEFT_INFINITE, _RIGHT_INFINITE, _EQUAL, _OPPOSITE = range(5)


@inlined
def _case(one: One, memory: Memory, left: Any, right: Any) -> int:
    """Say which case of the addition law two affine points are."""
    width = len(one)
    if zero_at(one, memory, left) and zero_at(one, memory, left + width):
        return _LEFT_INFINITE
    if zero_at(one, memory, right) and zero_at(one, memory, right + width):
        return _RIGHT_INFINITE
    for word in range(width):
        if memory[left + word] != memory[right + word]:
            return _REGULAR
    for word in range(width, 2 * width):
        if memory[left + word] != memory[right + word]:
            return _OPPOSITE
    return _OPPOSITE if zero_at(one, memory, left + width) else _EQUAL


@inlined
def _add_apart(one: One, memory: Memory, case: int, left: Any, right: Any, inverse: Any) -> None:
    """Write the sum of two points that are no regular case to the place of the left one."""
    width = len(one)
    if case == _LEFT_INFINITE:
        copy(memory, left, right, 2 * width)
    elif case == _OPPOSITE:
        clear(memory, left, 2 * width)
    elif case == _EQUAL:
        if len(one) == 8:
            quadratic_tangent_in(memory, left, left, inverse)
        else:
            base_tangent_in(memory, left, left, inverse)


@inlined
def _add_batch(one: One, memory: Memory, left: Ends, right: Ends, count: int) -> None:
    """Add points in pairs, each sum in the place of its left operand.

    Two chains of running products take turns, so that the processor has two independent products at hand.
    """
    width = len(one)
    cases = np.empty(BATCH, np.uint8)
    half = (count + 1) >> 1
    write_one(one, memory, LOWER * width)
    write_one(one, memory, UPPER * width)
    for step in range(2 * half):
        k = (step >> 1) + (step & 1) * half
        if k < count:
            product, across = k * width, (BATCH + k) * width
            running = (LOWER + (step & 1)) * width
            cases[k] = _REGULAR
            if len(one) == 8:
                quadratic_subtract_in(memory, across, right[k], left[k])
            else:
                base_subtract_in(memory, across, right[k], left[k])
            if (
                zero_at(one, memory, across)
                or zero_at(one, memory, left[k])
                or zero_at(one, memory, right[k])
            ):
                case = _case(one, memory, left[k], right[k])
                cases[k] = case
                if case == _EQUAL:
                    if len(one) == 8:
                        quadratic_twice_in(memory, across, left[k] + width)
                    else:
                        base_twice_in(memory, across, left[k] + width)
                elif case != _REGULAR:
                    write_one(one, memory, across)
            if len(one) == 8:
                quadratic_accumulate_in(memory, product, running, running, across)
            else:
                base_accumulate_in(memory, product, running, running, across)
    lower, upper, spare = LOWER * width, UPPER * width, SPARE * width
    if len(one) == 8:
        quadratic_multiply_in(memory, spare + 8, lower, upper)
        invert_at(one, memory, spare + 8)
        quadratic_divide_in(memory, upper, lower, lower, upper, spare + 8)
    else:
        base_multiply_in(memory, spare, lower, upper)
        invert_at(one, memory, spare)
        base_divide_in(memory, upper, lower, lower, upper, spare)
    for step in range(2 * half - 1, -1, -1):
        k = (step >> 1) + (step & 1) * half
        if k < count:
            product, across = k * width, (BATCH + k) * width
            running = (LOWER + (step & 1)) * width
            if cases[k] == _REGULAR:
                if len(one) == 8:
                    quadratic_chord_and_divide_in(
                        memory, left[k], running, left[k], right[k], product, across, running
                    )
                else:
                    base_chord_and_divide_in(
                        memory, left[k], running, left[k], right[k], product, across, running
                    )
            else:
                if len(one) == 8:
                    quadratic_divide_in(memory, product, running, product, across, running)
                else:
                    base_divide_in(memory, product, running, product, across, running)
                _add_apart(one, memory, cases[k], left[k], right[k], product)


@inlined
def gather(one: One, points: Memory, entries: Indices, memory: Memory, start: int) -> None:
    """Copy signed points; an entry is twice the index of a point, plus one where its negative is meant."""
    width = len(one)
    for k in range(entries.shape[0]):
        entry = np.int64(entries[k])
        target, source = start + k * 2 * width, (entry >> 1) * 2 * width
        for word in range(2 * width):
            memory[target + word] = points[source + word]
        if entry & 1:
            if len(one) == 8:
                quadratic_opposite_in(memory, target + width, target + width)
            else:
                base_opposite_in(memory, target + width, target + width)


@inlined
def sum_segments(one: One, memory: Memory, start: int, ends: Ends) -> None:
    """Sum each segment of points in place: segment s, points ends[s] … ends[s + 1] - 1, leaves its sum at ends[s].

    The points begin at the word `start` of the memory, behind its front.
    """
    size = 2 * len(one)
    segments = ends.shape[0] - 1
    lengths = np.empty(segments, np.int64)
    left = np.empty(BATCH, np.int64)
    right = np.empty(BATCH, np.int64)
    for segment in range(segments):
        lengths[segment] = ends[segment + 1] - ends[segment]
    unfinished = True
    while unfinished:
        unfinished = False
        count = 0
        # One turn more than there are segments, for what is left of the last batch.
        for segment in range(segments + 1):
            length, half, done = 0, 0, 0
            if segment < segments:
                length = lengths[segment]
                half = (length + 1) >> 1
                lengths[segment] = half
                unfinished = unfinished or half > 1
            while done < length - half or (segment == segments and count > 0):
                # Point i meets point i + ⌈length/2⌉, so each sum overwrites what only its own addition reads.
                more = min(length - half - done, BATCH - count)
                for k in range(more):
                    left[count + k] = start + (ends[segment] + done + k) * size
                    right[count + k] = left[count + k] + half * size
                count += more
                done += more
                if count == BATCH or segment == segments:
                    _add_batch(one, memory, left, right, count)
                    count = 0
