"""Points of G1 and G2 in kernels: written once for both groups.

numba compiles a helper anew for each type of coordinate, and `len` of a tuple is a constant there, so only one branch
of each choice remains: a coordinate is a tuple of 4 words in G1 and of 8 in G2 (see `tower`). The argument `one`, the
one of the coordinates' field, says which group is meant. None of this runs in constant time.

In memory a point is a row of words, x before y: 8 words in G1, 16 in G2, infinity as zeros.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import inlined

from .groups_formulas import (
    base_add_jacobian,
    base_affine,
    base_double_jacobian,
    quadratic_add_jacobian,
    quadratic_affine,
    quadratic_double_jacobian,
    quadratic_inverse,
    quadratic_norm,
    quadratic_subtract,
)
from .limbs import BASE_ONE, ZERO, Words, base_invert, base_subtract

# A coordinate is a tuple of 4 or of 8 words; which it is, numba knows and mypy need not.
Coordinate: TypeAlias = Any
Affine: TypeAlias = tuple[Coordinate, Coordinate]
Jacobian: TypeAlias = tuple[Coordinate, Coordinate, Coordinate]
Indices: TypeAlias = NDArray[np.int32]

QUADRATIC_ONE = (*BASE_ONE, *ZERO)
QUADRATIC_ZERO = (*ZERO, *ZERO)

_NOTHING = np.uint64(0)


@inlined
def vanishes(a: Coordinate) -> bool:
    """Say whether a coordinate is zero."""
    if len(a) == 8:
        return bool((a[0] | a[1] | a[2] | a[3] | a[4] | a[5] | a[6] | a[7]) == _NOTHING)
    return bool((a[0] | a[1] | a[2] | a[3]) == _NOTHING)


@inlined
def invert(one: Coordinate, a: Coordinate) -> Coordinate:
    """Return 1/a, and 0 for 0."""
    if len(one) == 8:
        return quadratic_inverse(a, base_invert(quadratic_norm(a)))
    return base_invert(a)


@inlined
def load_coordinate(one: Coordinate, words: Words, row: Any, start: Any) -> Coordinate:
    """Return the coordinate that begins at a word of a row."""
    low = words[row, start], words[row, start + 1], words[row, start + 2], words[row, start + 3]
    if len(one) == 8:
        high = words[row, start + 4], words[row, start + 5], words[row, start + 6], words[row, start + 7]
        return low + high
    return low


@inlined
def store_coordinate(one: Coordinate, words: Words, row: Any, start: Any, value: Coordinate) -> None:
    """Write the coordinate that begins at a word of a row."""
    for word in range(len(one)):
        words[row, start + word] = value[word]


@inlined
def load_point(one: Coordinate, words: Words, row: Any) -> Affine:
    """Return one affine point."""
    return load_coordinate(one, words, row, 0), load_coordinate(one, words, row, len(one))


@inlined
def store_point(one: Coordinate, words: Words, row: Any, point: Affine) -> None:
    """Write one affine point."""
    store_coordinate(one, words, row, 0, point[0])
    store_coordinate(one, words, row, len(one), point[1])


@inlined
def to_affine(one: Coordinate, point: Jacobian) -> Affine:
    """Return a Jacobian point as an affine one, at the price of an inversion."""
    inverse = invert(one, point[2])
    if len(one) == 8:
        result = quadratic_affine(point[0], point[1], inverse)
        return result[:8], result[8:]
    result = base_affine(point[0], point[1], inverse)
    return result[:4], result[4:]


@inlined
def double_point(one: Coordinate, point: Jacobian, times: Any) -> Jacobian:
    """Return 2^times·P; infinity stays infinity, and no other point of these curves has order 2."""
    x, y, z = point
    for _ in range(times):
        if len(one) == 8:
            result = quadratic_double_jacobian(x, y, z)
            x, y, z = result[:8], result[8:16], result[16:]
        else:
            result = base_double_jacobian(x, y, z)
            x, y, z = result[:4], result[4:8], result[8:]
    return x, y, z


@inlined
def add_points(one: Coordinate, left: Jacobian, right: Jacobian) -> Jacobian:
    """Return P + Q, whatever they are."""
    if vanishes(left[2]):
        return right
    if vanishes(right[2]):
        return left
    if len(one) == 8:
        result = quadratic_add_jacobian(left[0], left[1], left[2], right[0], right[1], right[2])
        x, y, z, across, rise = result[:8], result[8:16], result[16:24], result[24:32], result[32:]
        zero = quadratic_subtract(one, one)
    else:
        result = base_add_jacobian(left[0], left[1], left[2], right[0], right[1], right[2])
        x, y, z, across, rise = result[:4], result[4:8], result[8:12], result[12:16], result[16:]
        zero = base_subtract(one, one)
    if vanishes(across):
        if vanishes(rise):
            return double_point(one, left, 1)
        return one, one, zero
    return x, y, z
