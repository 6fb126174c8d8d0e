"""Sums of many segments of points at once, by affine additions that share their inversions: helpers of kernels.

An affine addition needs the inverse of x₂ - x₁; Montgomery's trick inverts a batch of them with one inversion and
three products each, so that an addition costs six products, less than any addition without inversions.
A zero among the denominators would make the whole batch wrong, and zeros do occur: equal points, opposite points
and the point at infinity. Each is recognised, gets a denominator of its own and is added apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import inlined

from .groups import (
    Affine,
    Coordinate,
    Indices,
    invert,
    load_coordinate,
    load_point,
    store_coordinate,
    store_point,
    vanishes,
)
from .groups_formulas import (
    base_chord,
    base_tangent,
    quadratic_add,
    quadratic_chord,
    quadratic_multiply,
    quadratic_subtract,
    quadratic_tangent,
)
from .limbs import Words, base_add, base_multiply, base_negate, base_subtract

BATCH = 512  # additions to one inversion: more would leave the processor's caches


@inlined
def _exceptional_denominator(one: Coordinate, left: Affine, right: Affine, across: Coordinate) -> Coordinate:
    """Return what to invert where x₂ - x₁ may not be: 2·y to double, 1 where nothing is inverted."""
    if (vanishes(left[0]) and vanishes(left[1])) or (vanishes(right[0]) and vanishes(right[1])):
        return one
    if not vanishes(across):
        return across
    if left[1] == right[1] and not vanishes(left[1]):
        return quadratic_add(left[1], left[1]) if len(one) == 8 else base_add(left[1], left[1])
    return one


@inlined
def _exceptional_sum(
    one: Coordinate, left: Affine, right: Affine, regular: Affine, inverse: Coordinate
) -> Affine:
    """Return the sum of two points, given what the regular formula made and the inverse of the denominator."""
    if vanishes(left[0]) and vanishes(left[1]):
        return right
    if vanishes(right[0]) and vanishes(right[1]):
        return left
    if left[0] != right[0]:
        return regular
    if left[1] == right[1] and not vanishes(left[1]):
        if len(one) == 8:
            doubled = quadratic_tangent(left[0], left[1], inverse)
            return doubled[:8], doubled[8:]
        doubled = base_tangent(left[0], left[1], inverse)
        return doubled[:4], doubled[4:]
    zero = quadratic_subtract(one, one) if len(one) == 8 else base_subtract(one, one)
    return zero, zero


@inlined
def _add_batch(
    one: Coordinate,
    sums: Words,
    left: Indices,
    right: Indices,
    count: Any,
    products: Words,
    denominators: Words,
) -> None:
    """Add points of `sums` in pairs, each sum in the place of its left operand.

    Two chains of running products, so that the processor has two independent products at hand.
    """
    exceptional = np.zeros(count, np.uint8)
    half = (count + 1) >> 1
    lower = one
    upper = one
    for step in range(2 * half):
        k = (step >> 1) + (step & 1) * half  # the chains by turns: what is written once is compiled once
        if k < count:
            x, y = load_point(one, sums, np.int64(left[k]))
            other_x, other_y = load_point(one, sums, np.int64(right[k]))
            across = quadratic_subtract(other_x, x) if len(one) == 8 else base_subtract(other_x, x)
            if vanishes(across) or vanishes(x) or vanishes(other_x):
                across = _exceptional_denominator(one, (x, y), (other_x, other_y), across)
                exceptional[k] = 1
            store_coordinate(one, products, k, 0, lower)
            store_coordinate(one, denominators, k, 0, across)
            if len(one) == 8:
                lower, upper = upper, quadratic_multiply(lower, across)
            else:
                lower, upper = upper, base_multiply(lower, across)
        else:
            lower, upper = upper, lower
    if len(one) == 8:
        inverse = invert(one, quadratic_multiply(lower, upper))
        lower, upper = quadratic_multiply(inverse, lower), quadratic_multiply(inverse, upper)
    else:
        inverse = invert(one, base_multiply(lower, upper))
        lower, upper = base_multiply(inverse, lower), base_multiply(inverse, upper)
    for step in range(2 * half - 1, -1, -1):
        k = (step >> 1) + (step & 1) * half
        if k < count:
            place = np.int64(left[k])
            x, y = load_point(one, sums, place)
            other_x, other_y = load_point(one, sums, np.int64(right[k]))
            if len(one) == 8:
                own = quadratic_multiply(lower, load_coordinate(one, products, k, 0))
                following = quadratic_multiply(lower, load_coordinate(one, denominators, k, 0))
                result = quadratic_chord(x, y, other_x, other_y, own)
                total = result[:8], result[8:]
            else:
                own = base_multiply(lower, load_coordinate(one, products, k, 0))
                following = base_multiply(lower, load_coordinate(one, denominators, k, 0))
                result = base_chord(x, y, other_x, other_y, own)
                total = result[:4], result[4:]
            if exceptional[k]:
                total = _exceptional_sum(one, (x, y), (other_x, other_y), total, own)
            store_point(one, sums, place, total)
            lower, upper = upper, following
        else:
            lower, upper = upper, lower


@inlined
def gather(one: Coordinate, points: Words, entries: Indices, sums: Words) -> None:
    """Copy signed points; an entry is twice the index of a point, plus one where its negative is meant."""
    for k in range(entries.shape[0]):
        entry = np.int64(entries[k])
        x, y = load_point(one, points, entry >> 1)
        if entry & 1:
            y = (*base_negate(y[:4]), *base_negate(y[4:])) if len(one) == 8 else base_negate(y)
        store_point(one, sums, k, (x, y))


@inlined
def sum_segments(one: Coordinate, ends: NDArray[np.int64], sums: Words) -> None:
    """Sum each segment of points in place: segment s, sums[ends[s]:ends[s + 1]], leaves its sum at ends[s]."""
    segments = ends.shape[0] - 1
    lengths = np.empty(segments, np.int64)
    left = np.empty(BATCH, np.int32)
    right = np.empty(BATCH, np.int32)
    products = np.empty((BATCH, len(one)), np.uint64)
    denominators = np.empty((BATCH, len(one)), np.uint64)
    for segment in range(segments):
        lengths[segment] = ends[segment + 1] - ends[segment]
    unfinished = True
    while unfinished:
        unfinished = False
        count = 0
        for segment in range(segments):
            length, start = lengths[segment], ends[segment]
            half = (length + 1) >> 1
            done = 0
            while done < length - half:
                # Point i meets point i + ⌈length/2⌉, so each sum overwrites what only its own addition reads.
                more = min(length - half - done, BATCH - count)
                for k in range(more):
                    left[count + k] = start + done + k
                    right[count + k] = start + done + k + half
                count += more
                done += more
                if count == BATCH:
                    _add_batch(one, sums, left, right, count, products, denominators)
                    count = 0
            lengths[segment] = half
            unfinished = unfinished or half > 1
        if count > 0:
            _add_batch(one, sums, left, right, count, products, denominators)
