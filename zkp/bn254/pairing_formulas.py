"""The formulas of the optimal ate pairing on BN254, one for each kind of step.

Points of the twist are in homogeneous projective coordinates (Aranha, Karabina, Longa, Gebotys, López, "Faster explicit
formulas for computing pairings over ordinary curves", 2011; scaled here to do without halves). The twist is
y² = x³ + 3/ξ with (x, y) -> (x·w², y·w³) into the curve over F_p12, so a line has coefficients of 1, w and w³.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from .constants import TWIST_B
from .tower import Base, Dodecic, Element, Quadratic, frobenius_constant, quadratic
from .tower_instructions import Parts, memory_instructions


def multiply(left: Dodecic, right: Dodecic) -> tuple[Dodecic]:
    """Return left·right."""
    return (left * right,)


def square(value: Dodecic) -> tuple[Dodecic]:
    """Return value²."""
    return (value.square(),)


def cyclotomic_square(value: Dodecic) -> tuple[Dodecic]:
    """Return value², in the cyclotomic subgroup."""
    return (value.cyclotomic_square(),)


def frobenius(value: Dodecic) -> tuple[Dodecic]:
    """Return value^p."""
    return (value.frobenius(),)


def conjugate(value: Dodecic) -> tuple[Dodecic]:
    """Return value^(p⁶)."""
    return (value.conjugate(),)


def norm(value: Dodecic) -> tuple[Base]:
    """Return what has to be inverted to invert a value."""
    return (value.norm(),)


def inverse(value: Dodecic, inverse_of_norm: Base) -> tuple[Dodecic]:
    """Return 1/value."""
    return (value.inverse(inverse_of_norm),)


def double_line(
    value: Dodecic, x: Quadratic, y: Quadratic, z: Quadratic, at_x: Base, at_y: Base
) -> tuple[Dodecic, Quadratic, Quadratic, Quadratic]:
    """Return value·l(at) for the tangent l at T = (x, y, z), and 2·T."""
    y_square, z_square, x_square = y.square(), z.square(), x.square()
    triple = z_square + z_square + z_square
    bent = triple * quadratic(at_x.arithmetic, TWIST_B)  # 3·b·z²
    thrice_bent = bent + bent + bent
    mixed = (y + z).square() - (y_square + z_square)  # 2·y·z
    product = x * y
    bent_square = bent.square()
    four = bent_square + bent_square
    four = four + four
    doubled_x = (product + product) * (y_square - thrice_bent)
    doubled_y = (y_square + thrice_bent).square() - (four + four + four)
    doubled_z = y_square * mixed
    doubled_z = doubled_z + doubled_z
    constant = (-mixed).scale(at_y)
    linear = (x_square + x_square + x_square).scale(at_x)
    value = value.multiply_line(constant, linear, bent - y_square)
    return value, doubled_x, doubled_y, doubled_z + doubled_z


def add_line(
    value: Dodecic,
    x: Quadratic,
    y: Quadratic,
    z: Quadratic,
    other_x: Quadratic,
    other_y: Quadratic,
    at_x: Base,
    at_y: Base,
) -> tuple[Dodecic, Quadratic, Quadratic, Quadratic]:
    """Return value·l(at) for the line l through T = (x, y, z) and the affine Q = other, and T + Q; T is not ±Q."""
    rise, across = y - other_y * z, x - other_x * z
    across_square = across.square()
    across_cube, shifted = across * across_square, x * across_square
    bent = across_cube + z * rise.square() - shifted - shifted
    sum_y = rise * (shifted - bent) - across_cube * y
    cubic = rise * other_x - across * other_y
    value = value.multiply_line(across.scale(at_y), (-rise).scale(at_x), cubic)
    return value, across * bent, sum_y, z * across_cube


def endomorphism(x: Quadratic, y: Quadratic) -> tuple[Quadratic, Quadratic]:
    """Return the image of a point of the twist under the Frobenius map of the curve."""
    arithmetic = x.low.arithmetic
    return (
        x.conjugate() * frobenius_constant(arithmetic, 2),
        y.conjugate() * frobenius_constant(arithmetic, 3),
    )


def negate_point(x: Quadratic, y: Quadratic) -> tuple[Quadratic, Quadratic]:
    """Return -Q."""
    return x, -y


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of step: its formula, and what it takes and gives, each one or several elements in a row."""

    formula: Callable[..., Sequence[Element]]
    operands: tuple[Parts, ...]
    results: tuple[Parts, ...]

    def instructions(self) -> Callable[..., None]:
        """Return what kernels call."""
        return memory_instructions(self.formula, self.operands, self.results)


_VALUE: Parts = (Dodecic,)
_MOVING: Parts = (Quadratic, Quadratic, Quadratic)
_TWIST: Parts = (Quadratic, Quadratic)
_CURVE: Parts = (Base, Base)

STEPS: Final = (  # in the order of `pairing_program.Kind`
    Step(formula=multiply, operands=(_VALUE, _VALUE), results=(_VALUE,)),
    Step(formula=square, operands=(_VALUE,), results=(_VALUE,)),
    Step(formula=cyclotomic_square, operands=(_VALUE,), results=(_VALUE,)),
    Step(formula=frobenius, operands=(_VALUE,), results=(_VALUE,)),
    Step(formula=conjugate, operands=(_VALUE,), results=(_VALUE,)),
    Step(formula=norm, operands=(_VALUE,), results=((Base,),)),
    Step(formula=inverse, operands=(_VALUE, (Base,)), results=(_VALUE,)),
    Step(formula=double_line, operands=(_VALUE, _MOVING, _CURVE), results=(_VALUE, _MOVING)),
    Step(formula=add_line, operands=(_VALUE, _MOVING, _TWIST, _CURVE), results=(_VALUE, _MOVING)),
    Step(formula=endomorphism, operands=(_TWIST,), results=(_TWIST,)),
    Step(formula=negate_point, operands=(_TWIST,), results=(_TWIST,)),
)

(
    multiply_in,
    square_in,
    cyclotomic_square_in,
    frobenius_in,
    conjugate_in,
    norm_in,
    inverse_in,
    double_line_in,
    add_line_in,
    endomorphism_in,
    negate_point_in,
) = (step.instructions() for step in STEPS)
