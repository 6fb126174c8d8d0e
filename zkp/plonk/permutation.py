"""The permutation argument: positions of equal wires as cycles, and the product that proves them equal."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import compiled
from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import SCALAR_ONE, Words, is_zero, load, scalar_add, scalar_invert, scalar_multiply, store
from ..bn254.portable import RADIX, integers, rows

Indices: TypeAlias = NDArray[np.int32]

_NONE = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)


def previous_positions(columns: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return for each position the one before it with the same wire; the first of a wire gets the last.

    `columns`, int32[3, n], are the wires of a, b, c; position column·n + row. Positions are visited row by row, as
    snarkjs does, so that equal tables have equal keys.
    """
    size = columns.shape[1]
    visited = columns.T.ravel()  # visit 3·row + column
    order = np.argsort(visited, kind="stable")
    wires = visited[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = wires[1:] != wires[:-1]
    starts = np.flatnonzero(first)
    before = np.roll(order, 1)
    before[starts] = order[np.append(starts[1:], len(order)) - 1]
    previous = np.empty(len(order), np.int64)
    previous[(order % 3) * size + order // 3] = (before % 3) * size + before // 3
    return previous


def sigma_values(columns: NDArray[np.int32], root: int, shifts: tuple[int, int]) -> Words:
    """Return the values of the three sigma polynomials on the rows, uint64[3, n, 4].

    The name of position (column, row) is shift·root^row with the column's shift, one for the first column.
    """
    size = columns.shape[1]
    powers = SCALAR.powers(SCALAR.encode([root]), size)
    names = np.concatenate([powers, *(SCALAR.multiply(powers, SCALAR.encode([shift])) for shift in shifts)])
    return names[previous_positions(columns)].reshape(3, size, 4)


def _accumulate_portable(columns: Words, sigmas: Words, powers: Words, constants: Words, out: Words) -> None:
    modulus, inverse_of_radix = SCALAR_MODULUS, pow(RADIX, -1, SCALAR_MODULUS)

    def plain(words: Words) -> list[int]:
        return [number * inverse_of_radix % modulus for number in integers(words)]

    beta, gamma, right_shift, output_shift = plain(constants)
    shifts = (1, right_shift, output_shift)
    wires, targets = [plain(column) for column in columns], [plain(column) for column in sigmas]
    product, results = 1, [1]
    for row, power in enumerate(plain(powers)):
        above, below = 1, 1
        for column, shift in enumerate(shifts):
            wire = wires[column][row] + gamma
            above = above * (wire + beta * shift * power) % modulus
            below = below * (wire + beta * targets[column][row]) % modulus
        product = product * above * pow(below, modulus - 2, modulus) % modulus
        results.append(product)
    out[:] = rows(value * RADIX % modulus for value in results)


@compiled(
    "const uint64[:,:,:], const uint64[:,:,:], const uint64[:,:], const uint64[:,:], uint64[:,:]",
    portable=_accumulate_portable,
)
def _accumulate(columns: Words, sigmas: Words, powers: Words, constants: Words, out: Words) -> None:
    """Numerators and denominators row by row, one inversion for all denominators, then the running product."""
    beta, gamma = load(constants, _NONE), load(constants, _ONE)
    right_shift, output_shift = load(constants, _TWO), load(constants, _THREE)
    count = np.uint64(len(powers))
    left, right, output = columns[0], columns[1], columns[2]
    first_sigma, second_sigma, third_sigma = sigmas[0], sigmas[1], sigmas[2]
    denominators = np.empty((len(powers), 4), np.uint64)
    before = np.empty((len(powers), 4), np.uint64)  # products of the denominators of the rows before
    product = SCALAR_ONE
    for index in range(count):
        row = np.uint64(index)
        a = scalar_add(load(left, row), gamma)
        b = scalar_add(load(right, row), gamma)
        c = scalar_add(load(output, row), gamma)
        name = scalar_multiply(load(powers, row), beta)
        above = scalar_multiply(scalar_add(a, name), scalar_add(b, scalar_multiply(name, right_shift)))
        above = scalar_multiply(above, scalar_add(c, scalar_multiply(name, output_shift)))
        below = scalar_multiply(
            scalar_add(a, scalar_multiply(beta, load(first_sigma, row))),
            scalar_add(b, scalar_multiply(beta, load(second_sigma, row))),
        )
        below = scalar_multiply(below, scalar_add(c, scalar_multiply(beta, load(third_sigma, row))))
        store(out, row + _ONE, above)
        store(denominators, row, below)
        store(before, row, product)
        if not is_zero(below):
            product = scalar_multiply(product, below)
    inverse = scalar_invert(product)
    for back in range(count):
        row = count - _ONE - np.uint64(back)
        below = load(denominators, row)
        if is_zero(below):
            store(out, row + _ONE, below)
        else:
            ratio = scalar_multiply(inverse, load(before, row))
            store(out, row + _ONE, scalar_multiply(load(out, row + _ONE), ratio))
            inverse = scalar_multiply(inverse, below)
    product = SCALAR_ONE
    store(out, _NONE, product)
    for index in range(count):
        row = np.uint64(index)
        product = scalar_multiply(product, load(out, row + _ONE))
        store(out, row + _ONE, product)


def accumulated_products(
    columns: Words, sigmas: Words, powers: Words, *, beta: int, gamma: int, shifts: tuple[int, int]
) -> Words:
    """Return the values of the permutation polynomial on the rows, uint64[n, 4].

    `columns` and `sigmas` are the values of a, b, c and of the sigmas on the rows, uint64[3, n, 4]; `powers` the powers
    of the root, uint64[n, 4]. Refuses with `zero-knowledge/unsatisfied` unless the product over all rows is one: then
    two positions of one wire hold different values. (A product of zero has probability below 6·n/r.)
    """
    products = np.empty((len(powers) + 1, 4), np.uint64)
    _accumulate(columns, sigmas, powers, SCALAR.encode([beta, gamma, *shifts]), products)
    if SCALAR.decode(products[-1]) != [1]:
        raise Refused("zero-knowledge/unsatisfied", "two positions of one wire hold different values")
    return np.ascontiguousarray(products[:-1])
