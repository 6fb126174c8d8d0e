"""The quotient: all constraints, combined by alpha, over X^n - 1, on four cosets of the rows.

The cosets are those of g·wʲ, j < 4, for a root of unity w of order 4n: together a coset of 4n points, apart four
transforms of n that cores share. On each of them X^n - 1 is one number.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

import numpy as np

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_GENERATOR, SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.passes import root_of_order
from ..bn254.threads import pool
from ..bn254.transform import Domain
from .constraints import Points, combined

COSETS: Final = 4
"""Four times the rows are enough points for the quotient and six coefficients more."""

GENERATOR: Final = SCALAR_GENERATOR
"""A generator of F_r's multiplicative group: no power below r - 1 of it is one, so X^n - 1 has no zero on a coset."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CosetTables:
    """What is known of the cosets beforehand.

    `names`, uint64[4, 3, n, 4], are the points x of each, and those times both shifts of columns; `first_rows`,
    uint64[4, n, 4], the values L_1(x) of the polynomial that is one on row 0 and zero on the others; `vanishing` the
    four values of x^n - 1.
    """

    names: Words
    first_rows: Words
    vanishing: tuple[int, ...]


@functools.lru_cache(maxsize=4)
def coset_tables(size_log2: int, shifts: tuple[int, int]) -> CosetTables:
    """Make the tables for columns with these shifts."""
    size = 1 << size_log2
    powers = SCALAR.powers(SCALAR.encode([root_of_order(size)]), size)
    starts = [_shift(size_log2, coset) for coset in range(COSETS)]
    names = [[SCALAR.multiply(powers, SCALAR.encode([start * k])) for k in (1, *shifts)] for start in starts]
    vanishing = tuple((pow(start, size, SCALAR_MODULUS) - 1) % SCALAR_MODULUS for start in starts)
    first_rows = [
        SCALAR.multiply(
            SCALAR.invert(SCALAR.subtract(columns[0], SCALAR.one(1))),
            SCALAR.encode([above * pow(size, -1, SCALAR_MODULUS)]),
        )
        for columns, above in zip(names, vanishing, strict=True)
    ]
    return CosetTables(
        names=np.stack([np.stack(columns) for columns in names]),
        first_rows=np.stack(first_rows),
        vanishing=vanishing,
    )


def on_cosets_later(size_log2: int, polynomials: Sequence[Words]) -> list[list[Future[Words]]]:
    """Begin to compute the values, uint64[n, 4], of polynomials on each of the cosets, and return at once.

    A polynomial has at most 2n coefficients.
    """
    return [
        [pool().submit(_on_coset, size_log2, coset, polynomial) for polynomial in polynomials]
        for coset in range(COSETS)
    ]


def on_cosets(size_log2: int, polynomials: Sequence[Words]) -> Words:
    """Return the values of polynomials on the cosets, uint64[4, polynomials, n, 4]."""
    values = on_cosets_later(size_log2, polynomials)
    return np.stack([np.stack([each.result() for each in coset]) for coset in values])


def quotient_parts(
    *,
    size_log2: int,
    on_coset: list[list[Future[Words]]],
    permutation: Words,
    selectors: Words,
    sigmas: Words,
    beta: int,
    gamma: int,
    alpha: int,
    shifts: tuple[int, int],
) -> tuple[Words, Words, Words]:
    """Return the coefficients of the quotient in parts of n, n and n + 6, uint64[·, 4].

    `on_coset` are the wires and the public inputs on each coset, as `on_cosets_later` has them, `selectors`
    uint64[4, 5, n, 4] and `sigmas` uint64[4, 3, n, 4] as `on_cosets`; `permutation` are coefficients. Refuses with
    `zero-knowledge/unsatisfied` when X^n - 1 does not divide.
    """
    tables = coset_tables(size_log2, shifts)

    def folded(coset: int, wires: Words, publics: Words) -> Words:
        there = _on_coset(size_log2, coset, permutation)
        values = combined(
            wires=wires,
            permutation=np.concatenate([there, there[:1]]),
            publics=publics,
            points=Points(
                selectors=selectors[coset],
                sigmas=sigmas[coset],
                names=tables.names[coset],
                first_row=tables.first_rows[coset],
            ),
            vanishing=tables.vanishing[coset],
            beta=beta,
            gamma=gamma,
            alpha=alpha,
        )
        return Domain(size_log2).inverse_coset(values, _shift(size_log2, coset))

    begun = []
    for coset, values in enumerate(on_coset):  # waited for here: threads that wait would compute nothing
        *wires, publics = (each.result() for each in values)
        begun.append(pool().submit(folded, coset, np.stack(wires), publics))
    low, middle, high, rest = _unfolded(size_log2, [each.result() for each in begun])
    more = 6
    if rest[more:].any():
        raise Refused("zero-knowledge/unsatisfied", "a row of the table does not hold")
    return low, middle, np.concatenate([high, rest[:more]])


def _shift(size_log2: int, coset: int) -> int:
    root = root_of_order(COSETS << size_log2)
    return GENERATOR * pow(root, coset, SCALAR_MODULUS) % SCALAR_MODULUS


def _on_coset(size_log2: int, coset: int, coefficients: Words) -> Words:
    """Return the values of at most 2n coefficients on a coset, where X^n is one number."""
    size, shift = 1 << size_log2, _shift(size_log2, coset)
    low, high = coefficients[:size], coefficients[size:]
    if len(high):
        power = SCALAR.encode([pow(shift, size, SCALAR_MODULUS)])
        low = low.copy()
        low[: len(high)] = SCALAR.add(low[: len(high)], SCALAR.multiply(high, power))
    return Domain(size_log2).forward_coset(low, shift)


def _unfolded(size_log2: int, folded: Sequence[Words]) -> list[Words]:
    """Return t_0, ..., t_3 of t = Σ t_k·X^(nk) from Σ t_k·(gⁿ·iʲ)ᵏ for each coset j; i, of order four, is wⁿ.

    A transform of four, turned: Σ_j i^(-jk)·u_j = 4·g^(nk)·t_k.
    """
    size = 1 << size_log2
    quarter = SCALAR.encode([pow(root_of_order(COSETS), -1, SCALAR_MODULUS)])
    power = pow(GENERATOR, -size, SCALAR_MODULUS)
    scales = [
        SCALAR.encode([pow(power, k, SCALAR_MODULUS) * pow(COSETS, -1, SCALAR_MODULUS)])
        for k in range(COSETS)
    ]

    def unfold(start: int, stop: int) -> list[Words]:
        first, second, third, fourth = (each[start:stop] for each in folded)
        even, odd = SCALAR.add(first, third), SCALAR.add(second, fourth)
        across = SCALAR.subtract(first, third)
        turned = SCALAR.multiply(SCALAR.subtract(second, fourth), quarter)
        sums = [
            SCALAR.add(even, odd),
            SCALAR.add(across, turned),
            SCALAR.subtract(even, odd),
            SCALAR.subtract(across, turned),
        ]
        return [SCALAR.multiply(total, scale) for total, scale in zip(sums, scales, strict=True)]

    halves = [pool().submit(unfold, start, start + size // 2) for start in (0, size // 2)]
    return [np.concatenate(pair) for pair in zip(*(half.result() for half in halves), strict=True)]
