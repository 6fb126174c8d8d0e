"""The verifier of PLONK, for one proof and for many: stricter than snarkjs about what it reads, equal in what holds."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from mpctls.reference.foundation.contexts import PROOF_BATCH
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.multi_scalar import multiply_sum
from ..bn254.pairing import pairing_product_is_one
from .proof import Proof, TwistPoint, VerifyingKey
from .transcript import (
    Point,
    combination_challenge,
    evaluation_challenge,
    opening_challenge,
    permutation_challenges,
    scalar_octets,
    separation_challenge,
)

Claim: TypeAlias = tuple[VerifyingKey, Sequence[int], Proof]
"""A key of the Verifier's own, public inputs, and a proof."""

_CURVE_CONSTANT: Final = 3
_GENERATOR: Final = (1, 2)
_WEIGHT_OCTETS: Final = 16


def verify(key: VerifyingKey, publics: Sequence[int], proof: Proof) -> None:
    """Check a proof that the Prover knows a witness with these public inputs.

    Run by the Verifier, with a key that it made or pinned: a key binds nothing by itself. Rejects, first that fails:
    `zero-knowledge/public-input-count`, `zero-knowledge/public-input-not-canonical`,
    `zero-knowledge/evaluation-not-canonical`, `zero-knowledge/point-not-canonical`,
    `zero-knowledge/point-not-on-curve` (infinity too), `zero-knowledge/proof-invalid`.
    """
    _check_equations([_equation(key, publics, proof)], [1])


def verify_many(claims: Sequence[Claim]) -> None:
    """Check many proofs with one sum for each side and one product of pairings.

    The equations are added with weights of 128 bits, a hash of all keys, public inputs and proofs: a false one passes
    with probability 2^-128. When the sum fails, they are checked one by one. Rejects like `verify`; the detail names
    the index of the first that fails.
    """
    equations = [_indexed(index, claim) for index, claim in enumerate(claims)]
    if not equations:
        return
    try:
        _check_equations(equations, _weights(claims))
    except Refused:
        for index, equation in enumerate(equations):
            try:
                _check_equations([equation], [1])
            except Refused as refusal:
                raise Refused(refusal.reason, f"proof {index}: {refusal.detail}") from None
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Equation:
    """e(Σ near) = e(Σ far, tau), each side a sum of points times scalars; `near` is paired with G2's generator."""

    near: tuple[tuple[Point, int], ...]
    far: tuple[tuple[Point, int], ...]
    tau: TwistPoint


def _indexed(index: int, claim: Claim) -> _Equation:
    try:
        return _equation(*claim)
    except Refused as refusal:
        raise Refused(refusal.reason, f"proof {index}: {refusal.detail}") from None


def _equation(key: VerifyingKey, publics: Sequence[int], proof: Proof) -> _Equation:
    """Check the form of a proof and say what remains to hold (section 8.3 of the paper, steps 1 to 11)."""
    _check_form(key, publics, proof)
    beta, gamma = permutation_challenges(key.commitments, publics, (proof.left, proof.right, proof.output))
    alpha = combination_challenge(beta, gamma, proof.permutation)
    quotients = (proof.low_quotient, proof.middle_quotient, proof.high_quotient)
    xi = evaluation_challenge(alpha, quotients)
    v = opening_challenge(xi, proof.evaluations)
    u = separation_challenge(proof.opening, proof.shifted_opening)

    power = pow(xi, key.size, SCALAR_MODULUS)
    vanishing = (power - 1) % SCALAR_MODULUS
    if not vanishing:
        raise Refused("zero-knowledge/proof-invalid", "the point of evaluation is a row")
    first_row, public_input = _lagrange(key, publics, xi, vanishing)
    a, b, c = proof.left_value, proof.right_value, proof.output_value
    first_sigma, second_sigma = proof.first_sigma_value, proof.second_sigma_value
    shifted = proof.shifted_permutation_value

    kept = alpha * (a + beta * first_sigma + gamma) * (b + beta * second_sigma + gamma) * shifted
    constant = public_input - first_row * alpha * alpha - kept * (c + gamma)
    moved = (a + beta * xi + gamma) * (b + beta * key.right_shift * xi + gamma)
    moved *= alpha * (c + beta * key.output_shift * xi + gamma)
    opened = (a, b, c, first_sigma, second_sigma)
    v2 = v * v % SCALAR_MODULUS
    v4 = v2 * v2 % SCALAR_MODULUS
    weights = (v, v2, v2 * v, v4, v4 * v)
    value = sum(weight * each for weight, each in zip(weights, opened, strict=True))
    near = (
        (key.multiply_selector, a * b),
        (key.left_selector, a),
        (key.right_selector, b),
        (key.output_selector, c),
        (key.constant_selector, 1),
        (key.first_sigma, weights[3]),
        (key.second_sigma, weights[4]),
        (key.third_sigma, -beta * kept),
        (proof.permutation, moved + first_row * alpha * alpha + u),
        (proof.low_quotient, -vanishing),
        (proof.middle_quotient, -vanishing * power),
        (proof.high_quotient, -vanishing * power * power),
        (proof.left, weights[0]),
        (proof.right, weights[1]),
        (proof.output, weights[2]),
        (_GENERATOR, constant - value - u * shifted),
        (proof.opening, xi),
        (proof.shifted_opening, u * xi * key.root),
    )
    return _Equation(near=near, far=((proof.opening, 1), (proof.shifted_opening, u)), tau=key.tau)


def _check_form(key: VerifyingKey, publics: Sequence[int], proof: Proof) -> None:
    if len(publics) != key.public_count:
        raise Refused(
            "zero-knowledge/public-input-count", f"{len(publics)} public inputs, {key.public_count} expected"
        )
    for index, number in enumerate(publics):
        if not 0 <= number < SCALAR_MODULUS:
            raise Refused("zero-knowledge/public-input-not-canonical", f"public input {index}")
    for index, number in enumerate(proof.evaluations):
        if not 0 <= number < SCALAR_MODULUS:
            raise Refused("zero-knowledge/evaluation-not-canonical", f"evaluation {index}")
    for index, (x, y) in enumerate(proof.points):
        if not (0 <= x < BASE_MODULUS and 0 <= y < BASE_MODULUS):
            raise Refused("zero-knowledge/point-not-canonical", f"point {index}")
    for index, (x, y) in enumerate(proof.points):
        if (y * y - x * x * x - _CURVE_CONSTANT) % BASE_MODULUS:
            raise Refused("zero-knowledge/point-not-on-curve", f"point {index}")


def _lagrange(key: VerifyingKey, publics: Sequence[int], xi: int, vanishing: int) -> tuple[int, int]:
    """L_1(xi), and minus the sum of the public inputs times L_i(xi), where L_i is one on row i and zero elsewhere.

    L_i(xi) = root^i·(xi^n - 1) / (n·(xi - root^i)); one inversion serves all (Montgomery, 1987).
    """
    name, root, product = 1, key.root, 1
    below, before = list[int](), list[int]()
    for _ in range(max(1, len(publics))):
        below.append(key.size * (xi - name) % SCALAR_MODULUS)
        before.append(product * name)
        product = product * below[-1] % SCALAR_MODULUS
        name = name * root % SCALAR_MODULUS
    inverse = pow(product, -1, SCALAR_MODULUS) * vanishing  # xi is no power of the root
    total = value = 0
    for index in range(len(below) - 1, -1, -1):
        value = inverse * before[index] % SCALAR_MODULUS
        inverse = inverse * below[index] % SCALAR_MODULUS
        total += value * (publics[index] if publics else 0)
    return value, -total


def _weights(claims: Sequence[Claim]) -> list[int]:
    """One weight of 128 bits for each claim, fixed by all of them."""
    parts = [len(claims).to_bytes(4, "little")]
    for key, publics, proof in claims:
        parts += [key.digest(), *map(scalar_octets, publics), proof.to_octets()]
    seed = sha256(PROOF_BATCH, *parts)
    hashes = (sha256(PROOF_BATCH, seed, index.to_bytes(4, "little")) for index in range(len(claims)))
    return [int.from_bytes(octets[:_WEIGHT_OCTETS], "little") for octets in hashes]


def _check_equations(equations: Sequence[_Equation], weights: Sequence[int]) -> None:
    """Check a sum of equations; the points of one setup share one pairing, and equal points one scalar."""
    near: dict[Point, int] = {}
    far: dict[TwistPoint, dict[Point, int]] = {}
    for equation, weight in zip(equations, weights, strict=True):
        for point, scalar in equation.near:
            near[point] = near.get(point, 0) + weight * scalar
        side = far.setdefault(equation.tau, {})
        for point, scalar in equation.far:
            side[point] = side.get(point, 0) - weight * scalar
    sums = [_sum(near), *map(_sum, far.values())]
    pairs = [G2.generator, *map(_twist_words, far)]
    if not pairing_product_is_one(np.stack(sums), np.stack(pairs)):
        raise Refused("zero-knowledge/proof-invalid", "the equation of the proof does not hold")


def _sum(terms: dict[Point, int]) -> Words:
    scalars = SCALAR.encode(list(terms.values()))
    return multiply_sum(G1.encode(list(terms)), scalars)


@functools.lru_cache(maxsize=16)
def _twist_words(point: TwistPoint) -> Words:
    words: Words = G2.encode([point])[0]
    return words
