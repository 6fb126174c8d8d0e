"""Kernels on many points of G1 or G2, with their portable twins.

A point is a row: 8 words in G1, 16 in G2 (x.c0, x.c1, y.c0, y.c1), affine, in Montgomery form, infinity as zeros.
None runs in constant time.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import compiled, inlined

from . import groups_portable as portable
from .constants import CURVE_B, PARAMETER, SCALAR_MODULUS, TWIST_B
from .groups import (
    QUADRATIC_ONE,
    QUADRATIC_ZERO,
    Affine,
    Coordinate,
    Indices,
    Jacobian,
    add_points,
    double_point,
    load_point,
    store_point,
    vanishes,
)
from .groups_formulas import (
    base_curve_difference,
    quadratic_curve_difference,
    quadratic_multiply,
    quadratic_square,
)
from .groups_segments import gather, sum_segments
from .limbs import BASE_ONE, ZERO, Words, base_negate
from .tower import INTEGERS, Base, Quadratic, frobenius_constant, limbs_of

Verdicts = NDArray[np.uint8]

GOOD, NOT_ON_CURVE, NOT_IN_SUBGROUP = np.uint8(0), np.uint8(1), np.uint8(2)
_BASE_CURVE_B = limbs_of(Base(INTEGERS, CURVE_B))
_QUADRATIC_CURVE_B = limbs_of(portable.coordinate(Quadratic, TWIST_B))
_MAP_X = limbs_of(frobenius_constant(INTEGERS, 2))
_MAP_Y = limbs_of(frobenius_constant(INTEGERS, 3))
_UNIT = np.uint64(1)
_PARAMETER = np.uint64(PARAMETER)
_PARAMETER_BITS = PARAMETER.bit_length()


# Sums of segments


def _segments_portable(
    kind: portable.Kind, points: Words, entries: Indices, ends: Indices, out: Words
) -> None:
    values = portable.read_points(kind, points)
    sums = []
    for start, end in itertools.pairwise(ends):
        chosen = [(values[entry >> 1], entry & 1) for entry in entries[start:end]]
        signed = [portable.negate(value) if sign else value for value, sign in chosen]
        sums.append(portable.total(signed))
    portable.write_points(kind, out, sums)


def _base_segments_portable(points: Words, entries: Indices, ends: Indices, out: Words) -> None:
    _segments_portable(Base, points, entries, ends, out)


def _quadratic_segments_portable(points: Words, entries: Indices, ends: Indices, out: Words) -> None:
    _segments_portable(Quadratic, points, entries, ends, out)


@inlined
def _segments(
    one: Coordinate, zero: Coordinate, points: Words, entries: Indices, ends: Indices, out: Words
) -> None:
    sums = np.empty((entries.shape[0], 2 * len(one)), np.uint64)
    gather(one, points, entries, sums)
    sum_segments(one, ends.astype(np.int64), sums)
    for segment in range(ends.shape[0] - 1):
        if ends[segment + 1] > ends[segment]:
            store_point(one, out, segment, load_point(one, sums, np.int64(ends[segment])))
        else:
            store_point(one, out, segment, (zero, zero))


_SEGMENTS = "const uint64[:,:], const int32[:], const int32[:], uint64[:,:]"


@compiled(_SEGMENTS, portable=_base_segments_portable)
def base_segments(points: Words, entries: Indices, ends: Indices, out: Words) -> None:
    """Sum segments of signed points of G1; see `gather` for entries and `sum_segments` for ends."""
    _segments(BASE_ONE, ZERO, points, entries, ends, out)


@compiled(_SEGMENTS, portable=_quadratic_segments_portable)
def quadratic_segments(points: Words, entries: Indices, ends: Indices, out: Words) -> None:
    """Sum segments of signed points of G2."""
    _segments(QUADRATIC_ONE, QUADRATIC_ZERO, points, entries, ends, out)


# Membership


def _on_curve(point: portable.Point, constant: portable.Coordinate) -> bool:
    return point is None or point[1] * point[1] == point[0] * point[0] * point[0] + constant


def _base_membership_portable(points: Words, verdicts: Verdicts) -> None:
    constant = portable.coordinate(Base, [CURVE_B])
    for index, point in enumerate(portable.read_points(Base, points)):
        verdicts[index] = GOOD if _on_curve(point, constant) else NOT_ON_CURVE


def _quadratic_membership_portable(points: Words, verdicts: Verdicts) -> None:
    constant = portable.coordinate(Quadratic, TWIST_B)
    for index, point in enumerate(portable.read_points(Quadratic, points)):
        if not _on_curve(point, constant):
            verdicts[index] = NOT_ON_CURVE
        elif portable.multiply(point, SCALAR_MODULUS) is not None:
            verdicts[index] = NOT_IN_SUBGROUP
        else:
            verdicts[index] = GOOD


@inlined
def _is_infinity(point: Affine) -> bool:
    return vanishes(point[0]) and vanishes(point[1])


@inlined
def _parameter_multiple(point: Jacobian) -> Jacobian:
    """Return x·P for the curve's parameter x."""
    result = point
    for position in range(_PARAMETER_BITS - 2, -1, -1):
        result = double_point(QUADRATIC_ONE, result, 1)
        if _PARAMETER >> np.uint64(position) & _UNIT:
            result = add_points(QUADRATIC_ONE, result, point)
    return result


@inlined
def _of_prime_order(point: Affine) -> bool:
    """Say whether ψ(P) = 6x²·P for a point on the twist, ψ being its endomorphism of Frobenius.

    On the twist ψ² - t·ψ + p = 0 with t = 6x² + 1, so ψ(P) = (t - 1)·P gives (p + 1 - t)·P = r·P = 0; and on the
    only subgroup of order r, ψ is multiplication by p = t - 1 modulo r (Galbraith and Scott, 2008).
    """
    x, y = point
    multiple = _parameter_multiple(_parameter_multiple((x, y, QUADRATIC_ONE)))
    double = double_point(QUADRATIC_ONE, multiple, 1)
    multiple = add_points(QUADRATIC_ONE, double_point(QUADRATIC_ONE, double, 1), double)
    if vanishes(multiple[2]):
        return False
    mapped_x = quadratic_multiply((*x[:4], *base_negate(x[4:])), _MAP_X)
    mapped_y = quadratic_multiply((*y[:4], *base_negate(y[4:])), _MAP_Y)
    z_square = quadratic_square(multiple[2])
    z_cube = quadratic_multiply(z_square, multiple[2])
    same_x = multiple[0] == quadratic_multiply(mapped_x, z_square)
    return bool(same_x and multiple[1] == quadratic_multiply(mapped_y, z_cube))


@compiled("const uint64[:,:], uint8[:]", portable=_base_membership_portable)
def base_membership(points: Words, verdicts: Verdicts) -> None:
    """Judge points of G1: GOOD or NOT_ON_CURVE (every point of the curve has order r)."""
    for k in range(verdicts.shape[0]):
        x, y = load_point(BASE_ONE, points, k)
        verdicts[k] = GOOD
        if not _is_infinity((x, y)) and not vanishes(base_curve_difference(x, y, _BASE_CURVE_B)):
            verdicts[k] = NOT_ON_CURVE


@compiled("const uint64[:,:], uint8[:]", portable=_quadratic_membership_portable)
def quadratic_membership(points: Words, verdicts: Verdicts) -> None:
    """Judge points of G2: GOOD, NOT_ON_CURVE or NOT_IN_SUBGROUP."""
    for k in range(verdicts.shape[0]):
        x, y = load_point(QUADRATIC_ONE, points, k)
        verdicts[k] = GOOD
        if not _is_infinity((x, y)):
            if not vanishes(quadratic_curve_difference(x, y, _QUADRATIC_CURVE_B)):
                verdicts[k] = NOT_ON_CURVE
            elif not _of_prime_order((x, y)):
                verdicts[k] = NOT_IN_SUBGROUP
