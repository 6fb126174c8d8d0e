"""The groups G1 and G2 on Python integers: what runs where kernels cannot, and slowly.

A point is a pair of coordinates, elements of `tower` over integers, or None for infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from .constants import BASE_MODULUS, SCALAR_MODULUS
from .limbs import Words
from .portable import RADIX, integers, rows
from .tower import INTEGERS, Base, Quadratic

Coordinate: TypeAlias = Any  # Base or Quadratic: mypy has no name for two of the same
Point: TypeAlias = tuple[Coordinate, Coordinate] | None
Kind: TypeAlias = type[Base] | type[Quadratic]

_BASE_UNSHIFT = pow(RADIX, -1, BASE_MODULUS)
_SCALAR_UNSHIFT = pow(RADIX, -1, SCALAR_MODULUS)


def coordinate(kind: Kind, numbers: Sequence[int]) -> Coordinate:
    """Return the coordinate with some integers as coefficients."""
    return kind.of([Base(INTEGERS, number) for number in numbers])


def invert(value: Coordinate) -> Coordinate:
    """Return the inverse of a coordinate that is not zero."""
    return value.inverse(Base(INTEGERS, pow(value.norm().value, -1, BASE_MODULUS)))


def add(left: Point, right: Point) -> Point:
    """Return P + Q."""
    if left is None or right is None:
        return right if left is None else left
    (x, y), (other_x, other_y) = left, right
    if x == other_x:
        if y != other_y or y == y - y:
            return None
        square = x * x
        slope = (square + square + square) * invert(y + y)
    else:
        slope = (other_y - y) * invert(other_x - x)
    sum_x = slope * slope - x - other_x
    return sum_x, slope * (x - sum_x) - y


def negate(point: Point) -> Point:
    """Return -P."""
    return None if point is None else (point[0], -point[1])


def multiply(point: Point, scalar: int) -> Point:
    """Return scalar·P for a scalar that is not negative."""
    result: Point = None
    for bit in bin(scalar)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def total(points: Sequence[Point]) -> Point:
    """Return the sum of points."""
    result: Point = None
    for point in points:
        result = add(result, point)
    return result


def scalars_of(scalars: Words) -> list[int]:
    """Return the integers below r that rows in Montgomery form stand for."""
    return [number * _SCALAR_UNSHIFT % SCALAR_MODULUS for number in integers(scalars)]


def read_coordinates(kind: Kind, words: Words) -> list[Coordinate]:
    """Return the coordinates in words."""
    numbers = [number * _BASE_UNSHIFT % BASE_MODULUS for number in integers(words.reshape(-1, 4))]
    return [coordinate(kind, numbers[k : k + kind.degree]) for k in range(0, len(numbers), kind.degree)]


def read_points(kind: Kind, words: Words) -> list[Point]:
    """Return the affine points in words."""
    values = read_coordinates(kind, words)
    zero = coordinate(kind, [0] * kind.degree)
    pairs = zip(values[::2], values[1::2], strict=True)
    return [None if pair == (zero, zero) else pair for pair in pairs]


def write_points(kind: Kind, words: Words, points: Sequence[Point]) -> None:
    """Write affine points as rows of words."""
    numbers: list[int] = []
    for point in points:
        parts = [0] * (2 * kind.degree)
        if point is not None:
            parts = [part.value * RADIX % BASE_MODULUS for value in point for part in value.parts()]
        numbers += parts
    words[:] = rows(numbers).reshape(words.shape)
