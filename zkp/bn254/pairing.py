"""The optimal ate pairing G1 × G2 -> F_p12 of BN254, and products of pairings."""

from __future__ import annotations

import numpy as np

from .curve import G1, G2
from .field import BASE
from .limbs import Words
from .pairing_kernels import run
from .pairing_program import VALUE, curve_place, memory_size, pairing_program, start_place, twist_place
from .tower_instructions import WORDS

_DEGREE = 12
_SIZE = _DEGREE * WORDS


def pairing_product(g1_points: Words, g2_points: Words) -> Words:
    """Return the product of e(P, Q) over corresponding points, an element of F_p12 as uint64[12, 4].

    `g1_points` is uint64[n, 2, 4], `g2_points` uint64[n, 4, 4]; both have been checked to be of order r. The order of
    coefficients is that of `tower.Dodecic`; the exponent is (p¹² - 1)/r, no multiple of it. Variable time.
    """
    if g1_points.shape[1:] != (G1.rows, WORDS) or g2_points.shape[1:] != (G2.rows, WORDS):
        raise ValueError("points are uint64[n, 2, 4] and uint64[n, 4, 4]")
    if len(g1_points) != len(g2_points):
        raise ValueError("there is one point of G2 for each point of G1")
    finite = g1_points.any(axis=(1, 2)) & g2_points.any(axis=(1, 2))  # e(P, 0) = e(0, Q) = 1
    curve = g1_points[finite].reshape(-1, G1.words)
    twist = g2_points[finite].reshape(-1, G2.words)
    one = BASE.one(1)[0]
    memory = np.zeros(memory_size(len(curve)), np.uint64)
    memory[VALUE : VALUE + WORDS] = one
    for pair in range(len(curve)):
        start, place, at = start_place(pair), twist_place(pair), curve_place(pair)
        memory[start : start + 4 * WORDS] = twist[pair]
        memory[start + 4 * WORDS : start + 5 * WORDS] = one
        memory[place : place + 4 * WORDS] = twist[pair]
        memory[at : at + 2 * WORDS] = curve[pair]
    if len(curve):
        run(pairing_program(len(curve)), memory)
    return memory[VALUE : VALUE + _SIZE].reshape(_DEGREE, WORDS).copy()


def pairing(g1_point: Words, g2_point: Words) -> Words:
    """Return e(P, Q) of one point uint64[2, 4] and one uint64[4, 4], as uint64[12, 4]."""
    return pairing_product(g1_point[None], g2_point[None])


def pairing_product_is_one(g1_points: Words, g2_points: Words) -> bool:
    """Say whether the product of e(P, Q) over corresponding points is one; see `pairing_product`."""
    product = pairing_product(g1_points, g2_points)
    return bool((product[0] == BASE.one(1)[0]).all() and not product[1:].any())
