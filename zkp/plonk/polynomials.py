"""Steps of the prover on coefficients: sums with factors, division by X - x, polynomials that vanish on the rows."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from mpctls.reference.foundation.compiled import compiled

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import ZERO, Words, load, scalar_add, scalar_multiply, store
from ..bn254.portable import RADIX, integers, rows

R = TypeVar("R")

_LONG = 1 << 12
"""Coefficients from which on a step takes longer than to hand it to a thread."""

_NONE = np.uint64(0)
_ONE = np.uint64(1)
_INVERSE_OF_RADIX = pow(RADIX, -1, SCALAR_MODULUS)


def _add_multiple_portable(coefficients: Words, factor: Words, total: Words) -> None:
    (times,) = integers(factor)
    times = times * _INVERSE_OF_RADIX % SCALAR_MODULUS
    pairs = zip(integers(total[: len(coefficients)]), integers(coefficients), strict=True)
    total[: len(coefficients)] = rows((old + times * new) % SCALAR_MODULUS for old, new in pairs)


@compiled("const uint64[:,:], const uint64[:,:], uint64[:,:]", portable=_add_multiple_portable)
def _add_multiple(coefficients: Words, factor: Words, total: Words) -> None:
    times = load(factor, _NONE)
    for row in range(np.uint64(len(coefficients))):
        term = scalar_multiply(load(coefficients, row), times)
        store(total, row, scalar_add(load(total, row), term))


def _divide_portable(coefficients: Words, point: Words, quotient: Words) -> None:
    (x,) = integers(point)
    x = x * _INVERSE_OF_RADIX % SCALAR_MODULUS
    value, results = 0, list[int]()
    for coefficient in reversed(integers(coefficients[1:])):
        value = (value * x + coefficient) % SCALAR_MODULUS
        results.append(value)
    quotient[:] = rows(reversed(results))


@compiled("const uint64[:,:], const uint64[:,:], uint64[:,:]", portable=_divide_portable)
def _divide(coefficients: Words, point: Words, quotient: Words) -> None:
    x, value = load(point, _NONE), ZERO
    count = np.uint64(len(quotient))
    for back in range(count):
        row = count - _ONE - back
        value = scalar_add(scalar_multiply(value, x), load(coefficients, row + _ONE))
        store(quotient, row, value)


def weighted_sum(terms: Iterable[tuple[Words, int]], length: int) -> Words:
    """Return the sum of polynomials, each times its integer, with `length` coefficients: uint64[length, 4].

    Requires that no polynomial, uint64[at most length, 4], is longer.
    """
    total = SCALAR.zero(length)
    encoded = [(coefficients, SCALAR.encode([factor])) for coefficients, factor in terms]

    def add(start: int, stop: int) -> None:
        for coefficients, factor in encoded:
            _add_multiple(coefficients[start:stop], factor, total[start:stop])

    on_two_cores(add, length)
    return total


def divided_by_linear(coefficients: Words, point: int) -> Words:
    """Return (f(X) - f(x)) / (X - x), uint64[n - 1, 4], for f with n >= 1 coefficients (Horner's scheme)."""
    quotient = np.empty((len(coefficients) - 1, 4), np.uint64)
    _divide(coefficients, SCALAR.encode([point]), quotient)
    return quotient


def evaluated(coefficients: Words, point: int) -> int:
    """Return f(x)."""
    (value,) = SCALAR.decode(SCALAR.evaluate(coefficients, SCALAR.encode([point])))
    return value


def evaluated_many(pairs: Sequence[tuple[Words, int]]) -> list[int]:
    """Return f(x) for each pair of f and x; both cores compute those of long polynomials."""
    if max(len(coefficients) for coefficients, _ in pairs) < _LONG:
        return [evaluated(*pair) for pair in pairs]
    return list(_pool().map(lambda pair: evaluated(*pair), pairs))


def blinded(coefficients: Words, blinders: Words) -> Words:
    """Return f + b·(X^n - 1): other coefficients, the same values on the rows.

    `coefficients` is uint64[n, 4], `blinders` the coefficients of b, uint64[m, 4], m <= n; the result uint64[n + m, 4].
    """
    more = len(blinders)
    result = np.concatenate([coefficients, blinders])
    result[:more] = SCALAR.subtract(coefficients[:more], blinders)
    return result


def on_two_cores(function: Callable[[int, int], R], count: int) -> list[R]:
    """Call function(start, stop) for both halves of `count` rows at the same time, or for all if they are few."""
    if count < _LONG:
        return [function(0, count)]
    half = count // 2
    return list(_pool().map(function, (0, half), (half, count)))


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="plonk")
