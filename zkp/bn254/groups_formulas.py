"""Formulas of the groups G1 and G2: written once, for coordinates in F_p and in F_p2 alike.

Jacobian points are x = X/Z², y = Y/Z³, infinity has Z = 0. Sources: Bernstein and Lange's Explicit-Formulas Database,
short Weierstrass curves with a = 0 (dbl-2009-l, add-2007-bl). The names that follow the formulas are what kernels
call on their memory (`tower_instructions`): those of the inner loop of G1 in line, the others as functions.
"""

from __future__ import annotations

from typing import TypeVar

from .tower import Base, Quadratic
from .tower_instructions import Parts, memory_instructions

C = TypeVar("C", Base, Quadratic)


def subtract(left: C, right: C) -> tuple[C]:
    """Return left - right."""
    return (left - right,)


def multiply(left: C, right: C) -> tuple[C]:
    """Return left·right."""
    return (left * right,)


def opposite(value: C) -> tuple[C]:
    """Return -value."""
    return (-value,)


def twice(value: C) -> tuple[C]:
    """Return 2·value."""
    return (value + value,)


def norm(value: C) -> tuple[Base]:
    """Return what has to be inverted to invert a value."""
    return (value.norm(),)


def inverse(value: C, inverse_of_norm: Base) -> tuple[C]:
    """Return 1/value."""
    return (value.inverse(inverse_of_norm),)


def accumulate(product: C, factor: C) -> tuple[C, C]:
    """Return a running product as it was, and times a factor."""
    return product, product * factor


def divide(before: C, factor: C, inverse_product: C) -> tuple[C, C]:
    """Return the inverse of a factor and that of the product before it, given the inverse of the product with it."""
    return inverse_product * before, inverse_product * factor


def double_jacobian(x: C, y: C, z: C) -> tuple[C, C, C]:
    """Return 2·P; infinity stays infinity."""
    x_square, y_square = x.square(), y.square()
    y_fourth = y_square.square()
    product = (x + y_square).square() - x_square - y_fourth
    product = product + product
    slope = x_square + x_square + x_square
    doubled_x = slope.square() - product - product
    eightfold = y_fourth + y_fourth
    eightfold = eightfold + eightfold
    eightfold = eightfold + eightfold
    doubled_z = y * z
    return doubled_x, slope * (product - doubled_x) - eightfold, doubled_z + doubled_z


def add_jacobian(x: C, y: C, z: C, other_x: C, other_y: C, other_z: C) -> tuple[C, C, C, C, C]:
    """Return P + Q, and differences of x and of y, scaled; unless P = ±Q or one is infinity."""
    z_square, other_square = z.square(), other_z.square()
    left_x, right_x = x * other_square, other_x * z_square
    left_y, right_y = y * other_z * other_square, other_y * z * z_square
    across, rise = right_x - left_x, right_y - left_y
    rise = rise + rise
    scale = (across + across).square()
    cube, product = across * scale, left_x * scale
    sum_x = rise.square() - cube - product - product
    left_cube = left_y * cube
    sum_y = rise * (product - sum_x) - left_cube - left_cube
    return sum_x, sum_y, ((z + other_z).square() - z_square - other_square) * across, across, rise


def affine(x: C, y: C, inverse_of_z: C) -> tuple[C, C]:
    """Return the affine coordinates of a Jacobian point."""
    square = inverse_of_z.square()
    return x * square, y * (square * inverse_of_z)


def chord(x: C, y: C, other_x: C, other_y: C, inverse: C) -> tuple[C, C]:
    """Return P + Q in affine coordinates, given 1/(x₂ - x₁)."""
    slope = (other_y - y) * inverse
    sum_x = slope.square() - x - other_x
    return sum_x, slope * (x - sum_x) - y


def tangent(x: C, y: C, inverse: C) -> tuple[C, C]:
    """Return 2·P in affine coordinates, given 1/(2·y)."""
    square = x.square()
    slope = (square + square + square) * inverse
    doubled_x = slope.square() - x - x
    return doubled_x, slope * (x - doubled_x) - y


def curve_difference(x: C, y: C, constant: C) -> tuple[C]:
    """Return y² - x³ - constant: zero on the curve."""
    return (y.square() - x.square() * x - constant,)


def chord_and_divide(
    x: C, y: C, other_x: C, other_y: C, before: C, across: C, inverse_product: C
) -> tuple[C, C, C]:
    """Return P + Q and the inverse of the product before theirs, as `chord` and `divide` do."""
    sum_x, sum_y = chord(x, y, other_x, other_y, inverse_product * before)
    return sum_x, sum_y, inverse_product * across


_B: Parts = (Base,)
_BB: Parts = (Base, Base)
_BBB: Parts = (Base, Base, Base)
base_subtract_in = memory_instructions(subtract, (_B, _B), (_B,), fast=True)
base_accumulate_in = memory_instructions(accumulate, (_B, _B), (_B, _B), fast=True)
base_chord_and_divide_in = memory_instructions(chord_and_divide, (_BB, _BB, _B, _B, _B), (_BB, _B), fast=True)
base_opposite_in = memory_instructions(opposite, (_B,), (_B,), fast=True)
base_multiply_in = memory_instructions(multiply, (_B, _B), (_B,))
base_twice_in = memory_instructions(twice, (_B,), (_B,))
base_divide_in = memory_instructions(divide, (_B, _B, _B), (_B, _B))
base_tangent_in = memory_instructions(tangent, (_BB, _B), (_BB,))
base_double_in = memory_instructions(double_jacobian, (_BBB,), (_BBB,))
base_add_in = memory_instructions(add_jacobian, (_BBB, _BBB), ((*_BBB, *_BB),))
base_affine_in = memory_instructions(affine, (_BB, _B), (_BB,))
base_curve_difference_in = memory_instructions(curve_difference, (_BB, _B), (_B,))

_Q: Parts = (Quadratic,)
_QQ: Parts = (Quadratic, Quadratic)
_QQQ: Parts = (Quadratic, Quadratic, Quadratic)
quadratic_subtract_in = memory_instructions(subtract, (_Q, _Q), (_Q,))
quadratic_accumulate_in = memory_instructions(accumulate, (_Q, _Q), (_Q, _Q))
quadratic_chord_and_divide_in = memory_instructions(chord_and_divide, (_QQ, _QQ, _Q, _Q, _Q), (_QQ, _Q))
quadratic_opposite_in = memory_instructions(opposite, (_Q,), (_Q,))
quadratic_multiply_in = memory_instructions(multiply, (_Q, _Q), (_Q,))
quadratic_twice_in = memory_instructions(twice, (_Q,), (_Q,))
quadratic_divide_in = memory_instructions(divide, (_Q, _Q, _Q), (_Q, _Q))
quadratic_tangent_in = memory_instructions(tangent, (_QQ, _Q), (_QQ,))
quadratic_double_in = memory_instructions(double_jacobian, (_QQQ,), (_QQQ,))
quadratic_add_in = memory_instructions(add_jacobian, (_QQQ, _QQQ), ((*_QQQ, *_QQ),))
quadratic_affine_in = memory_instructions(affine, (_QQ, _Q), (_QQ,))
quadratic_curve_difference_in = memory_instructions(curve_difference, (_QQ, _Q), (_Q,))
quadratic_norm_in = memory_instructions(norm, (_Q,), (_B,))
quadratic_inverse_in = memory_instructions(inverse, (_Q, _B), (_Q,))
