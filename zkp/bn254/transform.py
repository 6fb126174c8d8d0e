"""Number-theoretic transforms over F_r: polynomials between coefficients and values on powers of a root of unity.

The root of unity of order 2^k is 5^((r-1)/2^k), as snarkjs has it. Rows are in natural order on both sides.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from mpctls.reference.foundation.compiled import compiled

from .constants import SCALAR_MODULUS, TWO_ADICITY
from .field import SCALAR
from .limbs import Words, load, scalar_add, scalar_multiply, scalar_subtract, store
from .passes import SMALLEST, Factors, Passes, chosen_passes, root_of_order
from .portable import RADIX, integers, rows

_ONE = np.uint64(1)


def _transform_portable(coefficients: Words, twiddles: Words, out: Words) -> None:
    size, inverse_of_radix = len(out), pow(RADIX, -1, SCALAR_MODULUS)
    bits = size.bit_length() - 1
    given = integers(coefficients)
    values = [given[int(f"{row:0{bits}b}"[::-1], 2)] if bits else given[row] for row in range(size)]
    factors = [factor * inverse_of_radix % SCALAR_MODULUS for factor in integers(twiddles)]
    half = 1
    while half < size:
        for start in range(0, size, 2 * half):
            for position in range(half):
                low, high = start + position, start + position + half
                turned = values[high] * factors[half + position]
                values[low], values[high] = (
                    (values[low] + turned) % SCALAR_MODULUS,
                    (values[low] - turned) % SCALAR_MODULUS,
                )
        half *= 2
    out[:] = rows(values)


@compiled("const uint64[:,:], const uint64[:,:], uint64[:,:]", portable=_transform_portable)
def _transform(coefficients: Words, twiddles: Words, out: Words) -> None:
    """Evaluate at all powers of the root: rows in the order of reversed bits, then Cooley and Tukey's stages.

    Row h + j of the twiddles, j < h, holds w^j for the root w of order 2h.
    """
    size = np.uint64(len(out))
    reversed_row = np.uint64(0)
    for row in range(size):
        store(out, row, load(coefficients, reversed_row))
        bit = size >> _ONE
        while reversed_row & bit:
            reversed_row ^= bit
            bit >>= _ONE
        reversed_row |= bit
    half = _ONE
    while half < size:
        for start in range(np.uint64(0), size, half + half):
            for position in range(half):
                low, high = start + position, start + position + half
                first = load(out, low)
                second = scalar_multiply(load(out, high), load(twiddles, half + position))
                store(out, low, scalar_add(first, second))
                store(out, high, scalar_subtract(first, second))
        half += half


class Domain:
    """The powers of a root of unity of order `size` = 2^k."""

    __slots__ = ("root", "size", "size_log2")

    def __init__(self, size_log2: int) -> None:
        if not 0 <= size_log2 <= TWO_ADICITY:
            raise ValueError(f"a domain has 2^0 to 2^{TWO_ADICITY} elements")
        self.size_log2 = size_log2
        self.size = 1 << size_log2
        self.root = root_of_order(self.size)

    def forward(self, coefficients: Words) -> Words:
        """Return the values at root^0, root^1, ...: uint64[size, 4], of at most `size` coefficients."""
        out = np.empty((self.size, 4), np.uint64)
        passes = chosen_passes() if self.size_log2 >= SMALLEST else None
        if passes is None:
            _transform(self._filled(coefficients), _twiddles(self.size_log2), out)
        else:
            passes.transform(self._filled(coefficients), _factors(passes, self.size), out)
        return out

    def inverse(self, values: Words) -> Words:
        """Return the coefficients, uint64[size, 4], of the polynomial with these values."""
        return self._interpolated(values, 1)

    def forward_coset(self, coefficients: Words, shift: int) -> Words:
        """Return the values at shift·root^0, shift·root^1, ..., uint64[size, 4]."""
        scales = _scales(self.size_log2, shift % SCALAR_MODULUS, 1)
        return self.forward(SCALAR.multiply(coefficients, scales[: len(coefficients)]))

    def inverse_coset(self, values: Words, shift: int) -> Words:
        """Return the coefficients, uint64[size, 4], of the polynomial with these values on the coset of `shift`."""
        return self._interpolated(values, pow(shift, -1, SCALAR_MODULUS))

    def forward_many(self, polynomials: Sequence[Words]) -> list[Words]:
        """Return the values of several polynomials, computed on all cores."""
        return list(_pool().map(self.forward, polynomials))

    def inverse_many(self, sequences: Sequence[Words]) -> list[Words]:
        """Return the coefficients of several polynomials with these values, computed on all cores."""
        return list(_pool().map(self.inverse, sequences))

    def vanishing_at(self, point: int) -> int:
        """Return point^size - 1, which is zero on the domain only."""
        return (pow(point, self.size, SCALAR_MODULUS) - 1) % SCALAR_MODULUS

    def _interpolated(self, values: Words, inverse_of_shift: int) -> Words:
        """Transform, turn the order of the rows and divide by the size and by the powers of the shift."""
        if values.shape != (self.size, 4):
            raise ValueError("values are uint64[size, 4]")
        turned = self.forward(values)
        turned[1:] = turned[:0:-1].copy()
        inverse_of_size = pow(self.size, -1, SCALAR_MODULUS)
        return SCALAR.multiply(turned, _scales(self.size_log2, inverse_of_shift, inverse_of_size))

    def _filled(self, coefficients: Words) -> Words:
        if coefficients.ndim != 2 or coefficients.shape[1] != 4 or len(coefficients) > self.size:
            raise ValueError("coefficients are uint64[at most size, 4]")
        if len(coefficients) == self.size:
            return np.ascontiguousarray(coefficients)
        filled = SCALAR.zero(self.size)
        filled[: len(coefficients)] = coefficients
        return filled


@functools.lru_cache(maxsize=8)
def _factors(passes: Passes, size: int) -> Factors:
    return passes.factors(size)


@functools.lru_cache(maxsize=8)
def _twiddles(size_log2: int) -> Words:
    size = 1 << size_log2
    powers = SCALAR.powers(SCALAR.encode([root_of_order(size)]), size // 2)
    table = SCALAR.zero(size)
    half = size // 2
    while half:
        table[half : 2 * half] = powers[:: size // (2 * half)]
        half //= 2
    table.flags.writeable = False
    return table


@functools.lru_cache(maxsize=32)
def _scales(size_log2: int, ratio: int, first: int) -> Words:
    """Return first·ratio^0, first·ratio^1, ...: uint64[2^size_log2, 4]."""
    powers = SCALAR.powers(SCALAR.encode([ratio]), 1 << size_log2)
    scales = SCALAR.multiply(powers, SCALAR.encode([first]))
    scales.flags.writeable = False
    return scales


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="transform")
