"""The pairing: py_ecc's values, bilinearity, products, and its portable twin."""

from __future__ import annotations

import numpy as np
import pytest

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.pairing import pairing, pairing_product, pairing_product_is_one
from mpctls.zkp.bn254.pairing_kernels import run
from mpctls.zkp.bn254.pairing_program import VALUE, memory_size, pairing_program

from .oracle import curve_point, py_ecc, target_element, twist_point


@pytest.mark.parametrize(("curve", "twist"), [(1, 1), (3, SCALAR_MODULUS - 5), (2**200 + 9, 2**100 + 7)])
def test_values_are_py_eccs(curve: int, twist: int) -> None:
    p, q = G1.multiply(G1.generator, curve), G2.multiply(G2.generator, twist)
    assert target_element(pairing(p, q)) == py_ecc.pairing(twist_point(q), curve_point(p))


def test_bilinear_and_not_degenerate() -> None:
    p, q = G1.generator, G2.generator
    sevenfold = pairing(G1.multiply(p, 7), q)
    assert np.array_equal(sevenfold, pairing(p, G2.multiply(q, 7)))
    assert target_element(sevenfold) == target_element(pairing(p, q)) ** 7
    assert not pairing_product_is_one(p[None], q[None])


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_products_that_are_one_and_that_are_not(count: int) -> None:
    factors = [(11 * k + 3, 17 * k + 5) for k in range(count - 1)]
    curve = [G1.multiply(G1.generator, a) for a, _ in factors]
    twist = [G2.multiply(G2.generator, b) for _, b in factors]
    rest = -sum(a * b for a, b in factors)
    last = G1.multiply(G1.generator, rest)
    g1_points, g2_points = np.stack([*curve, last]), np.stack([*twist, G2.generator])
    assert pairing_product_is_one(g1_points, g2_points)
    g1_points[-1] = G1.multiply(G1.generator, rest + 1)
    assert not pairing_product_is_one(g1_points, g2_points)
    assert not pairing_product_is_one(g1_points[:-1], g2_points[:-1])


def test_infinity_pairs_to_one() -> None:
    p, q = G1.generator[None], G2.generator[None]
    assert pairing_product_is_one(G1.infinity(1), q)
    assert pairing_product_is_one(p, G2.infinity(1))
    assert pairing_product_is_one(G1.infinity(0), G2.infinity(0))
    mixed = pairing_product(np.concatenate([G1.infinity(1), p]), np.concatenate([q, q]))
    assert np.array_equal(mixed, pairing_product(p, q))


def test_points_must_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="one point of G2 for each"):
        pairing_product(G1.generator[None], G2.infinity(2))
    with pytest.raises(ValueError, match="points are"):
        pairing_product(G2.generator[None], G2.generator[None])


def test_the_portable_twin_carries_out_the_same_steps() -> None:
    memory = np.random.default_rng(1).integers(0, 1 << 61, memory_size(2), dtype=np.uint64)
    memory[3::4] >>= np.uint64(1)  # below p
    plain = memory.copy()
    program = pairing_program(2)
    run(program, memory)
    run.portable(program, plain)
    assert np.array_equal(memory, plain)
    assert memory[VALUE:].any()
