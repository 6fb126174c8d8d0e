"""The formulas of the optimal ate pairing on BN254, one for each kind of step.

Points of the twist are in homogeneous projective coordinates (Aranha, Karabina, Longa, Gebotys, López, "Faster explicit
formulas for computing pairings over ordinary curves", 2011; scaled here to do without halves). The twist is
y² = x³ + 3/ξ with (x, y) -> (x·w², y·w³) into the curve over F_p12, so a line has coefficients of 1, w and w³.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from .constants import TWIST_B
from .tower import Base, Dodecic, Element, Quadratic, frobenius_constant, memory_instructions, quadratic

Formula: TypeAlias = Callable[..., Sequence[Element]]


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
    """One kind of step: its formula and what it takes and gives."""

    formula: Formula
    operands: tuple[type[Element], ...]
    results: tuple[type[Element], ...]


_ONE, _TWO = (Dodecic,), (Dodecic, Dodecic)
_PROJECTIVE = (Quadratic, Quadratic, Quadratic)
_ON_TWIST = (Quadratic, Quadratic)

STEPS: Final = (  # in the order of `pairing_program.Kind`
    Step(formula=multiply, operands=_TWO, results=_ONE),
    Step(formula=square, operands=_ONE, results=_ONE),
    Step(formula=cyclotomic_square, operands=_ONE, results=_ONE),
    Step(formula=frobenius, operands=_ONE, results=_ONE),
    Step(formula=conjugate, operands=_ONE, results=_ONE),
    Step(formula=norm, operands=_ONE, results=(Base,)),
    Step(formula=inverse, operands=(Dodecic, Base), results=_ONE),
    Step(formula=double_line, operands=(Dodecic, *_PROJECTIVE, Base, Base), results=(Dodecic, *_PROJECTIVE)),
    Step(
        formula=add_line,
        operands=(Dodecic, *_PROJECTIVE, *_ON_TWIST, Base, Base),
        results=(Dodecic, *_PROJECTIVE),
    ),
    Step(formula=endomorphism, operands=_ON_TWIST, results=_ON_TWIST),
    Step(formula=negate_point, operands=_ON_TWIST, results=_ON_TWIST),
)

multiply_in = memory_instructions(STEPS[0].formula, STEPS[0].operands, STEPS[0].results)
square_in = memory_instructions(STEPS[1].formula, STEPS[1].operands, STEPS[1].results)
cyclotomic_square_in = memory_instructions(STEPS[2].formula, STEPS[2].operands, STEPS[2].results)
frobenius_in = memory_instructions(STEPS[3].formula, STEPS[3].operands, STEPS[3].results)
conjugate_in = memory_instructions(STEPS[4].formula, STEPS[4].operands, STEPS[4].results)
norm_in = memory_instructions(STEPS[5].formula, STEPS[5].operands, STEPS[5].results)
inverse_in = memory_instructions(STEPS[6].formula, STEPS[6].operands, STEPS[6].results)
double_line_in = memory_instructions(STEPS[7].formula, STEPS[7].operands, STEPS[7].results)
add_line_in = memory_instructions(STEPS[8].formula, STEPS[8].operands, STEPS[8].results)
endomorphism_in = memory_instructions(STEPS[9].formula, STEPS[9].operands, STEPS[9].results)
negate_point_in = memory_instructions(STEPS[10].formula, STEPS[10].operands, STEPS[10].results)
