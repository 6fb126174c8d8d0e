"""The quotient: all constraints, combined by alpha, over X^n - 1, on a coset of four times the rows."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from mpctls.reference.foundation.compiled import compiled
from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_GENERATOR, SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import SCALAR_ONE, Words, load, scalar_add, scalar_multiply, scalar_subtract, store
from ..bn254.portable import RADIX, integers, rows
from ..bn254.transform import Domain
from .polynomials import on_two_cores

COSET_SHIFT: Final = SCALAR_GENERATOR
"""A generator of F_r's multiplicative group: no power below r - 1 of it is one, so X^n - 1 has no zero on the coset."""

EXPANSION_LOG2: Final = 2

_BETA, _GAMMA, _ALPHA, _RIGHT_SHIFT, _OUTPUT_SHIFT, _ALPHA_SQUARE = (np.uint64(k) for k in range(6))
_PHASES: Final = np.uint64(4)
_NONE = np.uint64(0)


def _combine_portable(
    wires: Words,
    permutation: Words,
    publics: Words,
    selectors: Words,
    sigmas: Words,
    points: Words,
    first_row: Words,
    inverses: Words,
    constants: Words,
    start: np.uint64,
    stop: np.uint64,
    out: Words,
) -> None:
    modulus, inverse_of_radix = SCALAR_MODULUS, pow(RADIX, -1, SCALAR_MODULUS)

    def plain(words: Words) -> list[int]:
        return [number * inverse_of_radix % modulus for number in integers(words)]

    beta, gamma, alpha, right_shift, output_shift, alpha_square = plain(constants)
    phases, values = plain(inverses), list[int]()
    size = len(permutation)
    for row in range(int(start), int(stop)):
        a, b, c = plain(wires[:, row])
        multiply, left, right, output, constant = plain(selectors[:, row])
        first_sigma, second_sigma, third_sigma = plain(sigmas[:, row])
        (z,), (following,) = plain(permutation[row]), plain(permutation[(row + 4) % size])
        (public,), (x,), (first,) = plain(publics[row]), plain(points[row]), plain(first_row[row])
        gate = multiply * a * b + left * a + right * b + output * c + constant + public
        a, b, c, x = a + gamma, b + gamma, c + gamma, beta * x
        moved = (a + x) * (b + right_shift * x) % modulus * (c + output_shift * x) * z
        kept = (a + beta * first_sigma) * (b + beta * second_sigma) % modulus
        kept = kept * (c + beta * third_sigma) * following
        total = gate + alpha * (moved - kept) + alpha_square * (z - 1) * first
        values.append(total * phases[row % 4] * RADIX % modulus)
    out[int(start) : int(stop)] = rows(values)


@compiled(
    "const uint64[:,:,:], const uint64[:,:], const uint64[:,:], const uint64[:,:,:], const uint64[:,:,:], "
    "const uint64[:,:], const uint64[:,:], const uint64[:,:], const uint64[:,:], uint64, uint64, uint64[:,:]",
    portable=_combine_portable,
)
def _combine(
    wires: Words,
    permutation: Words,
    publics: Words,
    selectors: Words,
    sigmas: Words,
    points: Words,
    first_row: Words,
    inverses: Words,
    constants: Words,
    start: np.uint64,
    stop: np.uint64,
    out: Words,
) -> None:
    beta, gamma, alpha = load(constants, _BETA), load(constants, _GAMMA), load(constants, _ALPHA)
    right_shift, output_shift = load(constants, _RIGHT_SHIFT), load(constants, _OUTPUT_SHIFT)
    alpha_square = load(constants, _ALPHA_SQUARE)
    left_wires, right_wires, output_wires = wires[0], wires[1], wires[2]
    multiply, left, right, output, constant = (
        selectors[0],
        selectors[1],
        selectors[2],
        selectors[3],
        selectors[4],
    )
    first_sigma, second_sigma, third_sigma = sigmas[0], sigmas[1], sigmas[2]
    size = np.uint64(len(permutation))
    for row in range(start, stop):
        a, b, c = load(left_wires, row), load(right_wires, row), load(output_wires, row)
        z = load(permutation, row)
        total = scalar_multiply(scalar_multiply(a, b), load(multiply, row))
        total = scalar_add(total, scalar_multiply(a, load(left, row)))
        total = scalar_add(total, scalar_multiply(b, load(right, row)))
        total = scalar_add(total, scalar_multiply(c, load(output, row)))
        total = scalar_add(total, scalar_add(load(constant, row), load(publics, row)))
        a, b, c = scalar_add(a, gamma), scalar_add(b, gamma), scalar_add(c, gamma)
        name = scalar_multiply(load(points, row), beta)
        moved = scalar_multiply(scalar_add(a, name), scalar_add(b, scalar_multiply(name, right_shift)))
        moved = scalar_multiply(moved, scalar_add(c, scalar_multiply(name, output_shift)))
        moved = scalar_multiply(moved, z)
        kept = scalar_multiply(
            scalar_add(a, scalar_multiply(beta, load(first_sigma, row))),
            scalar_add(b, scalar_multiply(beta, load(second_sigma, row))),
        )
        kept = scalar_multiply(kept, scalar_add(c, scalar_multiply(beta, load(third_sigma, row))))
        kept = scalar_multiply(kept, load(permutation, (row + _PHASES) % size))
        total = scalar_add(total, scalar_multiply(alpha, scalar_subtract(moved, kept)))
        start_rule = scalar_multiply(scalar_subtract(z, SCALAR_ONE), load(first_row, row))
        total = scalar_add(total, scalar_multiply(alpha_square, start_rule))
        store(out, row, scalar_multiply(total, load(inverses, row % _PHASES)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coset:
    """What is known of the coset of four times 2^size_log2 points beforehand.

    `points` are its elements x and `first_row` the values L_1(x) of the polynomial that is one on row 0 and zero on the
    others, uint64[4n, 4] each; `inverses` the four values of 1 / (x^n - 1), uint64[4, 4].
    """

    points: Words
    first_row: Words
    inverses: Words


@functools.lru_cache(maxsize=4)
def coset(size_log2: int) -> Coset:
    """Make the coset's tables."""
    domain = Domain(size_log2 + EXPANSION_LOG2)
    size = 1 << size_log2
    points = SCALAR.multiply(
        SCALAR.powers(SCALAR.encode([domain.root]), domain.size), SCALAR.encode([COSET_SHIFT])
    )
    phase = pow(domain.root, size, SCALAR_MODULUS)
    start = pow(COSET_SHIFT, size, SCALAR_MODULUS)
    vanishing = SCALAR.encode([start * pow(phase, k, SCALAR_MODULUS) - 1 for k in range(4)])
    below = SCALAR.multiply(SCALAR.subtract(points, SCALAR.one(1)), SCALAR.encode([size]))
    above = np.tile(vanishing, (size, 1))
    return Coset(
        points=points,
        first_row=SCALAR.multiply(above, SCALAR.invert(below)),
        inverses=SCALAR.invert(vanishing),
    )


def quotient_coefficients(
    *,
    size_log2: int,
    wires: Words,
    permutation: Words,
    publics: Words,
    selectors: Words,
    sigmas: Words,
    beta: int,
    gamma: int,
    alpha: int,
    shifts: tuple[int, int],
) -> Words:
    """Return the coefficients of the quotient, uint64[3n + 6, 4].

    All arrays hold values on the coset: `wires` and `sigmas` uint64[3, 4n, 4], `selectors` uint64[5, 4n, 4],
    `permutation` and `publics` uint64[4n, 4]. Refuses with `zero-knowledge/unsatisfied` when X^n - 1 does not divide.
    """
    tables = coset(size_log2)
    constants = SCALAR.encode([beta, gamma, alpha, *shifts, alpha * alpha])
    values = np.empty_like(permutation)

    def combine(start: int, stop: int) -> None:
        _combine(
            wires,
            permutation,
            publics,
            selectors,
            sigmas,
            tables.points,
            tables.first_row,
            tables.inverses,
            constants,
            np.uint64(start),
            np.uint64(stop),
            values,
        )

    on_two_cores(combine, len(values))
    coefficients = Domain(size_log2 + EXPANSION_LOG2).inverse_coset(values, COSET_SHIFT)
    length = 3 * (1 << size_log2) + 6
    if coefficients[length:].any():
        raise Refused("zero-knowledge/unsatisfied", "a row of the table does not hold")
    return np.ascontiguousarray(coefficients[:length])
