"""The quotient: all constraints, combined by alpha, over X^n - 1, on three cosets of the rows.

The cosets are those of g·vʲ, j < 3, for a root of unity v of order 3n. On each of them X^n - 1 is one number, and cores
share transforms of n points. They are 3n points for 3n + 6 coefficients: the six highest come from the highest of the
wires, the sigmas and z. Nothing is left that would show that X^n - 1 does not divide: that is for the prover to check.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..bn254.constants import SCALAR_GENERATOR, SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.passes import root_of_order
from ..bn254.threads import pool
from ..bn254.transform import Domain
from .constraints import Points, challenge_constants, combine
from .polynomials import on_two_cores

COSETS: Final = 3
"""Points for all coefficients of the quotient but six."""

HIGHEST: Final = 6
"""Coefficients of the quotient from X^(3n) on: blinded wires have n + 2 and z has n + 3."""

GENERATOR: Final = SCALAR_GENERATOR
"""A generator of F_r's multiplicative group: no power below r - 1 of it is one, so X^n - 1 has no zero on a coset."""

_WORTH_SHARING = 12
"""log2 of the rows from which on a step takes longer than to hand its halves to threads."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CosetTables:
    """What is known of the cosets beforehand.

    `names`, uint64[3, 3, n, 4], are the points x of each, and those times both shifts of columns; `first_rows`,
    uint64[3, n, 4], the values L_1(x) of the polynomial that is one on row 0 and zero on the others; `vanishing` the
    three values of x^n - 1.
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
    vanishing = tuple((_power(size_log2, coset) - 1) % SCALAR_MODULUS for coset in range(COSETS))
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


def on_cosets_later(size_log2: int, polynomials: Sequence[Words]) -> list[Future[Words]]:
    """Begin to compute the values of polynomials on each of the cosets, uint64[polynomials, n, 4]; return at once.

    A polynomial has at most 2n coefficients.
    """

    def values(coset: int) -> Words:
        return np.stack([_on_coset(size_log2, coset, polynomial) for polynomial in polynomials])

    return [pool().submit(values, coset) for coset in range(COSETS)]


def on_cosets(size_log2: int, polynomials: Sequence[Words]) -> Words:
    """Return the values of polynomials on the cosets, uint64[3, polynomials, n, 4]."""
    return np.stack([each.result() for each in on_cosets_later(size_log2, polynomials)])


def quotient_parts(
    *,
    size_log2: int,
    wires: Sequence[Words],
    on_coset: list[Future[Words]],
    permutation: Words,
    sigmas: Words,
    selectors_there: Words,
    sigmas_there: Words,
    beta: int,
    gamma: int,
    alpha: int,
    shifts: tuple[int, int],
) -> tuple[Words, Words, Words]:
    """Return the coefficients of the quotient in parts of n, n and n + 6, uint64[·, 4].

    `wires`, uint64[n + 2, 4] each, `permutation`, uint64[n + 3, 4], and `sigmas`, uint64[3, n, 4], are coefficients.
    `on_coset` are the values of the wires and the public inputs on each coset, as `on_cosets_later` has them,
    `selectors_there` uint64[3, 5, n, 4] and `sigmas_there` uint64[3, 3, n, 4] as `on_cosets`. Where a row of the table
    does not hold, there is no quotient, and what returns is none.
    """
    size, tables = 1 << size_log2, coset_tables(size_log2, shifts)
    domain, values = Domain(size_log2), np.empty((COSETS, size, 4), np.uint64)
    constants = challenge_constants(tables.vanishing, beta=beta, gamma=gamma, alpha=alpha)

    def transformed(coset: int) -> Words:
        return _on_coset(size_log2, coset, permutation)

    def combination(coset: int, there: Words) -> Callable[..., None]:
        known = on_coset[coset].result()
        return functools.partial(
            combine,
            wires=known[:-1],
            permutation=np.concatenate([there, there[:1]]),
            publics=known[-1],
            points=Points(
                selectors=selectors_there[coset],
                sigmas=sigmas_there[coset],
                names=tables.names[coset],
                first_row=tables.first_rows[coset],
            ),
            constants=constants[coset],
            out=values[coset],
        )

    def inverse(coset: int) -> Words:
        return domain.inverse_coset(values[coset], _shift(size_log2, coset))

    def at_once(coset: int) -> Words:  # may wait for `on_coset` in the pool: that was handed to it before
        combination(coset, transformed(coset))(start=0, stop=size)
        return inverse(coset)

    if size_log2 < _WORTH_SHARING:
        folded = [pool().submit(at_once, coset) for coset in range(COSETS)]
    else:  # three cosets for two cores: they share each step
        half = size // 2
        begun = [pool().submit(transformed, coset) for coset in range(COSETS)]
        calls = [combination(coset, there.result()) for coset, there in enumerate(begun)]
        halves = [
            [pool().submit(call, start=start, stop=start + half) for start in (0, half)] for call in calls
        ]
        folded = []
        for coset, pair in enumerate(halves):
            for each in pair:
                each.result()
            folded.append(pool().submit(inverse, coset))
    highest = _highest(wires, permutation, sigmas, root=root_of_order(size), alpha=alpha, beta=beta)
    low, middle, high = _unfolded(size_log2, [each.result() for each in folded], highest)
    return low, middle, np.concatenate([high, highest])


@functools.cache
def _shift(size_log2: int, coset: int) -> int:
    root = pow(GENERATOR, (SCALAR_MODULUS - 1) // (COSETS << size_log2), SCALAR_MODULUS)
    return GENERATOR * pow(root, coset, SCALAR_MODULUS) % SCALAR_MODULUS


@functools.cache
def _power(size_log2: int, coset: int) -> int:
    """Return what X^n is on a coset."""
    return pow(_shift(size_log2, coset), 1 << size_log2, SCALAR_MODULUS)


def _highest(
    wires: Sequence[Words], permutation: Words, sigmas: Words, *, root: int, alpha: int, beta: int
) -> Words:
    """Return the quotient's coefficients from X^(3n) on, which are the constraints' from X^(4n) on.

    So high a degree has only α·(a + …)(b + …)(c + …)·z less its twin with the sigmas and z(ωX); the six highest
    coefficients of each factor decide, below which stand γ and βx, for n is 8 or more.
    """
    size = sigmas.shape[1]

    def top(coefficients: Words) -> list[int]:
        return SCALAR.decode(coefficients[: -HIGHEST - 1 : -1])

    def product(factors: Sequence[list[int]]) -> list[int]:
        total = [1] + [0] * (HIGHEST - 1)
        for factor in factors:
            total = [
                sum(total[place] * factor[degree - place] for place in range(degree + 1)) % SCALAR_MODULUS
                for degree in range(HIGHEST)
            ]
        return total

    z, above = top(permutation), [top(wire) for wire in wires]
    turned = [
        coefficient * pow(root, size + 2 - place, SCALAR_MODULUS) for place, coefficient in enumerate(z)
    ]
    with_sigmas = [
        [number + beta * more for number, more in zip(wire, [0, 0, *top(sigma)], strict=False)]
        for wire, sigma in zip(above, sigmas, strict=True)
    ]
    pairs = zip(product([*above, z]), product([*with_sigmas, turned]), strict=True)
    return SCALAR.encode([alpha * (moved - kept) for moved, kept in pairs][::-1])


def _on_coset(size_log2: int, coset: int, coefficients: Words) -> Words:
    """Return the values of at most 2n coefficients on a coset, where X^n is one number."""
    size, shift = 1 << size_log2, _shift(size_log2, coset)
    low, high = coefficients[:size], coefficients[size:]
    if len(high):
        power = SCALAR.encode([_power(size_log2, coset)])
        low = low.copy()
        low[: len(high)] = SCALAR.add(low[: len(high)], SCALAR.multiply(high, power))
    return Domain(size_log2).forward_coset(low, shift)


def _unfolded(size_log2: int, folded: Sequence[Words], highest: Words) -> list[Words]:
    """Return t_0, t_1, t_2 of t = Σ t_k·X^(nk) from t_3 and from Σ t_k·(gⁿ·ζʲ)ᵏ for each coset j.

    ζ = vⁿ has order three, so a transform of three, turned, gives t_0 + g^(3n)·t_3, gⁿ·t_1 and g^(2n)·t_2.
    """
    size = 1 << size_log2
    difference, wrap, *scales = _unfolding(size_log2)

    def unfold(start: int, stop: int) -> list[Words]:
        first, second, other = (each[start:stop] for each in folded)
        both = SCALAR.add(second, other)
        across = SCALAR.subtract(SCALAR.add(first, first), both)
        turned = SCALAR.multiply(SCALAR.subtract(second, other), difference)
        sums = [SCALAR.add(first, both), SCALAR.add(across, turned), SCALAR.subtract(across, turned)]
        return [SCALAR.multiply(total, scale) for total, scale in zip(sums, scales, strict=True)]

    halves = on_two_cores(unfold, size)
    parts = [np.concatenate(pieces) for pieces in zip(*halves, strict=True)]
    wrapped = SCALAR.multiply(highest, wrap)
    parts[0][:HIGHEST] = SCALAR.subtract(parts[0][:HIGHEST], wrapped)
    return parts


@functools.cache
def _unfolding(size_log2: int) -> tuple[Words, ...]:
    """Return ζ² - ζ, g^(3n), and by what the three sums are to be divided: each an element, uint64[1, 4]."""
    third = pow(GENERATOR, (SCALAR_MODULUS - 1) // COSETS, SCALAR_MODULUS)
    power = pow(GENERATOR, 1 << size_log2, SCALAR_MODULUS)
    divisors = [count * pow(power, k, SCALAR_MODULUS) for k, count in enumerate((3, 6, 6))]
    numbers = [third * third - third, power**COSETS, *(pow(each, -1, SCALAR_MODULUS) for each in divisors)]
    return tuple(SCALAR.encode([number]) for number in numbers)
