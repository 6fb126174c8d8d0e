"""Formulas of the groups G1 and G2: written once, for coordinates in F_p and in F_p2 alike.

Jacobian points are x = X/Z², y = Y/Z³, infinity has Z = 0. Sources: Bernstein and Lange's Explicit-Formulas Database,
short Weierstrass curves with a = 0 (dbl-2009-l, add-2007-bl). The names that follow the formulas are what kernels
call: an operand is the tuple of one coordinate's limbs, the result one tuple of the limbs of all coordinates.
"""

from __future__ import annotations

from typing import TypeVar

from .tower import Base, Quadratic, instructions

C = TypeVar("C", Base, Quadratic)


def _add(left: C, right: C) -> tuple[C]:
    return (left + right,)


def _subtract(left: C, right: C) -> tuple[C]:
    return (left - right,)


def _multiply(left: C, right: C) -> tuple[C]:
    return (left * right,)


def _square(value: C) -> tuple[C]:
    return (value.square(),)


def _norm(value: C) -> tuple[Base]:
    return (value.norm(),)


def _inverse(value: C, inverse_of_norm: Base) -> tuple[C]:
    return (value.inverse(inverse_of_norm),)


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


quadratic_add = instructions(_add, Quadratic, Quadratic, result=2)
quadratic_subtract = instructions(_subtract, Quadratic, Quadratic, result=2)
quadratic_multiply = instructions(_multiply, Quadratic, Quadratic, result=2)
quadratic_square = instructions(_square, Quadratic, result=2)
quadratic_norm = instructions(_norm, Quadratic, result=1)
quadratic_inverse = instructions(_inverse, Quadratic, Base, result=2)

base_double_jacobian = instructions(double_jacobian, Base, Base, Base, result=3, compact=True)
base_add_jacobian = instructions(add_jacobian, Base, Base, Base, Base, Base, Base, result=5, compact=True)
base_affine = instructions(affine, Base, Base, Base, result=2, compact=True)
base_chord = instructions(chord, Base, Base, Base, Base, Base, result=2)
base_tangent = instructions(tangent, Base, Base, Base, result=2, compact=True)
base_curve_difference = instructions(curve_difference, Base, Base, Base, result=1, compact=True)

_SIX = (Quadratic, Quadratic, Quadratic, Quadratic, Quadratic, Quadratic)
quadratic_double_jacobian = instructions(double_jacobian, *_SIX[:3], result=6)
quadratic_add_jacobian = instructions(add_jacobian, *_SIX, result=10)
quadratic_affine = instructions(affine, *_SIX[:3], result=4)
quadratic_chord = instructions(chord, *_SIX[:5], result=4)
quadratic_tangent = instructions(tangent, *_SIX[:3], result=4)
quadratic_curve_difference = instructions(curve_difference, *_SIX[:3], result=2)
