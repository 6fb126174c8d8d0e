"""Field elements that arithmetic on limbs gets wrong first, and any others."""

from __future__ import annotations

from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS

_RADICES = (51, 52, 64)
_EDGES = [
    *(1 << bit for radix in _RADICES for bit in range(radix, 254, radix)),
    *((1 << bit) - 1 for radix in _RADICES for bit in range(radix, 254, radix)),
    *((1 << bit) + (1 << radix - 1) for radix in _RADICES for bit in range(radix, 254, radix)),
    sum(1 << 50 + 51 * limb for limb in range(4)),  # every balanced digit at its bound
    sum((1 << 50) - 1 << 51 * limb for limb in range(4)),
    (1 << 253) - 1,
]


def edges(modulus: int) -> list[int]:
    """Return numbers below a modulus that sit at its ends, at its middle and at the bounds of limbs.

    As they are, and such that Montgomery's representative is one of them.
    """
    ends = [0, 1, 2, modulus - 1, modulus - 2, modulus // 2, modulus // 2 + 1, modulus // 4]
    plain = [*ends, *(number % modulus for number in _EDGES), *(-number % modulus for number in _EDGES)]
    return plain + [number * pow(1 << 256, -1, modulus) % modulus for number in plain]


def elements(modulus: int) -> st.SearchStrategy[int]:
    """Draw a number below a modulus, often an edge."""
    return st.one_of(st.sampled_from(edges(modulus)), st.integers(0, modulus - 1))


def pairs() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Draw pairs of numbers below both moduli."""
    below = elements(min(BASE_MODULUS, SCALAR_MODULUS))
    return st.lists(st.tuples(below, below), min_size=1, max_size=20)
