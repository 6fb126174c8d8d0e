"""Poseidon of many inputs at once, on arrays of field elements."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np

from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..poseidon import Matrix, Parameters, Vector, parameters

_AT_ONCE: Final = 1 << 13


def poseidon_many(columns: Words) -> Words:
    """The hashes of n inputs of k elements each.

    `columns` is uint64[k, n, 4], elements as `SCALAR` has them; the result uint64[n, 4]. The hash is that of
    `mpctls.zkp.poseidon.poseidon`; time depends on n alone.
    """
    chosen = parameters(len(columns) + 1)
    count = columns.shape[1]
    parts = [_permuted(chosen, columns[:, start : start + _AT_ONCE]) for start in range(0, count, _AT_ONCE)]
    return np.concatenate(parts) if parts else SCALAR.zero(0)


@cache
def _element(value: int) -> Words:
    return SCALAR.encode([value])


def _permuted(chosen: Parameters, columns: Words) -> Words:
    state: list[Words] = [SCALAR.zero(columns.shape[1]), *columns]
    for number, constants in enumerate(chosen.first):
        state = [_fifth_power(value, constant) for value, constant in zip(state, constants, strict=True)]
        state = _mixed(chosen.entry if number == len(chosen.first) - 1 else chosen.matrix, state)
    for step in chosen.partial:
        power = _fifth_power(state[0], step.constant)
        rest = state[1:]
        head = _inner((*step.row, step.corner), [*rest, power])
        state = [head]
        state += [
            SCALAR.add(value, SCALAR.multiply(power, _element(factor)))
            for value, factor in zip(rest, step.column, strict=True)
        ]
    for number, constants in enumerate(chosen.last):
        state = [_fifth_power(value, constant) for value, constant in zip(state, constants, strict=True)]
        final = number == len(chosen.last) - 1
        state = _mixed(chosen.matrix[:1] if final else chosen.matrix, state)
    return state[0]


def _fifth_power(value: Words, constant: int) -> Words:
    base = SCALAR.add(value, _element(constant))
    return SCALAR.multiply(SCALAR.square(SCALAR.square(base)), base)


def _mixed(matrix: Matrix, state: Sequence[Words]) -> list[Words]:
    return [_inner(row, state) for row in matrix]


def _inner(row: Vector, values: Sequence[Words]) -> Words:
    total = SCALAR.multiply(values[0], _element(row[0]))
    for factor, value in zip(row[1:], values[1:], strict=True):
        total = SCALAR.add(total, SCALAR.multiply(value, _element(factor)))
    return total
