"""The verifier of Groth16, for one proof and for many; stricter than snarkjs about what it reads."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from mpctls.reference.foundation.contexts import PROOF_BATCH
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..bn254.constants import BASE_MODULUS, CURVE_B, SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.multi_scalar import multiply_sum, pool, workers
from ..bn254.pairing import pairing_product_is_one
from ..plonk.proof import TwistPoint
from ..plonk.transcript import scalar_octets
from .development import is_development_key
from .proof import Proof, VerifyingKey

Claim: TypeAlias = tuple[VerifyingKey, Sequence[int], Proof]
"""A key of the Verifier's own, public inputs, and a proof."""

_INFINITY: Final[TwistPoint] = ((0, 0), (0, 0))
_WEIGHT_OCTETS: Final = 16
_KEPT: Final = 64


def verify(
    key: VerifyingKey, publics: Sequence[int], proof: Proof, *, accept_development: bool = False
) -> None:
    """Check a proof that the Prover knows a witness with these public inputs.

    Run by the Verifier, with a key that it made or pinned: a key binds nothing by itself. Rejects, first that fails,
    of the key: `zero-knowledge/point-not-canonical`, `zero-knowledge/point-not-on-curve`,
    `zero-knowledge/point-not-in-subgroup`, `zero-knowledge/point-at-infinity`, `zero-knowledge/gamma-equals-delta`,
    `zero-knowledge/development-setup` unless accepted; then `zero-knowledge/public-input-count`,
    `zero-knowledge/public-input-not-canonical`; of the proof's points `zero-knowledge/point-not-canonical`,
    `zero-knowledge/point-not-on-curve` (infinity too), `zero-knowledge/point-not-in-subgroup`; and
    `zero-knowledge/proof-invalid`. The equation is e(A, B) = e(alpha, beta)·e(inputs, gamma)·e(C, delta).
    """
    require_key(key, accept_development=accept_development)
    check_proof(key, publics, proof)


def require_key(key: VerifyingKey, *, accept_development: bool = False) -> None:
    """Check a key alone; rejects as `verify` does of a key."""
    _key_points(key)
    if is_development_key(key) and not accept_development:
        raise Refused("zero-knowledge/development-setup", "everyone knows the secret of this key")


def check_proof(key: VerifyingKey, publics: Sequence[int], proof: Proof) -> None:
    """Check a proof under a key of known secret, too; rejects as `verify` does of the rest."""
    points = _key_points(key)
    _check_numbers(key, publics, proof)
    twist = G2.encode([proof.b])
    G2.check(twist)
    inputs = multiply_sum(points.inputs, SCALAR.encode([1, *publics]))
    a, c = G1.encode([proof.a, proof.c])
    near = np.stack([G1.negate(a), points.alpha, inputs, c])
    if not pairing_product_is_one(near, np.concatenate([twist, points.twists])):
        raise Refused("zero-knowledge/proof-invalid", "the equation of the proof does not hold")


def verify_many(claims: Sequence[Claim], *, accept_development: bool = False) -> None:
    """Check many proofs with one product of pairings: one pairing for each proof, and three for each key.

    The equations are multiplied with exponents of 128 bits, a hash of all keys, public inputs and proofs: a false one
    passes with probability 2^-128. When the product fails, they are checked one by one. Rejects like `verify`; the
    detail names the index of the first that fails.
    """
    if not claims:
        return
    try:
        _check_together(claims, accept_development=accept_development)
    except Refused:
        for index, (key, publics, proof) in enumerate(claims):
            try:
                verify(key, publics, proof, accept_development=accept_development)
            except Refused as refusal:
                raise Refused(refusal.reason, f"proof {index}: {refusal.detail}") from None
        raise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _KeyPoints:
    """The points of a key that was checked: `alpha` uint64[2, 4], `twists` (beta, gamma, delta), `inputs`."""

    alpha: Words
    twists: Words
    inputs: Words


@functools.lru_cache(maxsize=_KEPT)
def _key_points(key: VerifyingKey) -> _KeyPoints:
    """Check the points of a key; one that passed is remembered."""
    numbers = [number for point in (key.alpha, *key.inputs) if point is not None for number in point]
    numbers += [number for point in key.twists for coordinate in point for number in coordinate]
    if not all(0 <= number < BASE_MODULUS for number in numbers):
        raise Refused("zero-knowledge/point-not-canonical", "a coordinate of the verifying key")
    if any(point == (0, 0) for point in key.inputs):
        raise Refused("zero-knowledge/point-not-on-curve", "a point of the verifying key")
    near, twists = G1.encode([key.alpha, *key.inputs]), G2.encode(key.twists)
    G1.check(near)
    G2.check(twists)
    if key.alpha == (0, 0) or _INFINITY in key.twists:
        raise Refused("zero-knowledge/point-at-infinity", "alpha, beta, gamma or delta of the verifying key")
    if key.gamma == key.delta:
        raise Refused(
            "zero-knowledge/gamma-equals-delta", "no second phase: anyone proves anything under this key"
        )
    return _KeyPoints(alpha=near[0], twists=twists, inputs=np.ascontiguousarray(near[1:]))


def _check_numbers(key: VerifyingKey, publics: Sequence[int], proof: Proof) -> None:
    """Check the count and range of public inputs, and coordinates, and that A and C are on their curve."""
    if len(publics) != key.public_count:
        raise Refused(
            "zero-knowledge/public-input-count", f"{len(publics)} public inputs, {key.public_count} expected"
        )
    for index, number in enumerate(publics):
        if not 0 <= number < SCALAR_MODULUS:
            raise Refused("zero-knowledge/public-input-not-canonical", f"public input {index}")
    coordinates = (*proof.a, *proof.b[0], *proof.b[1], *proof.c)
    if not all(0 <= number < BASE_MODULUS for number in coordinates):
        raise Refused("zero-knowledge/point-not-canonical", "a coordinate of the proof")
    for name, (x, y) in (("A", proof.a), ("C", proof.c)):
        if (y * y - x * x * x - CURVE_B) % BASE_MODULUS:
            raise Refused("zero-knowledge/point-not-on-curve", name)
    if proof.b == _INFINITY:
        raise Refused("zero-knowledge/point-not-on-curve", "B")


def _check_together(claims: Sequence[Claim], *, accept_development: bool) -> None:
    """Check all claims at once; which of them fails, the refusal need not say."""
    for key, publics, proof in claims:
        require_key(key, accept_development=accept_development)
        _check_numbers(key, publics, proof)
    twists = G2.encode([proof.b for _, _, proof in claims])
    bounds = [len(claims) * share // workers() for share in range(workers() + 1)]
    list(pool().map(lambda start, end: G2.check(twists[start:end]), bounds[:-1], bounds[1:]))

    weights = _weights(claims)
    scaled = G1.multiply_many(G1.encode([proof.a for _, _, proof in claims]), SCALAR.encode(weights))
    near, far = [G1.negate(scaled)], [twists]
    by_key: dict[VerifyingKey, list[int]] = {}
    for index, (key, _, _) in enumerate(claims):
        by_key.setdefault(key, []).append(index)
    for key, indices in by_key.items():
        points = _key_points(key)
        own = [weights[index] for index in indices]
        combined = [sum(own)] + [
            sum(weight * claims[index][1][number] for weight, index in zip(own, indices, strict=True))
            for number in range(key.public_count)
        ]
        outputs = G1.encode([claims[index][2].c for index in indices])
        near.append(
            np.stack(
                [
                    G1.multiply(points.alpha, sum(own)),
                    multiply_sum(points.inputs, SCALAR.encode(combined)),
                    multiply_sum(outputs, SCALAR.encode(own)),
                ]
            )
        )
        far.append(points.twists)
    if not pairing_product_is_one(np.concatenate(near), np.concatenate(far)):
        raise Refused("zero-knowledge/proof-invalid", "the equation of a proof does not hold")


def _weights(claims: Sequence[Claim]) -> list[int]:
    """One weight of 128 bits for each claim, fixed by all of them."""
    parts = [len(claims).to_bytes(4, "little")]
    for key, publics, proof in claims:
        parts += [key.digest(), *map(scalar_octets, publics), proof.to_octets()]
    seed = sha256(PROOF_BATCH, *parts)
    hashes = (sha256(PROOF_BATCH, seed, index.to_bytes(4, "little")) for index in range(len(claims)))
    return [int.from_bytes(octets[:_WEIGHT_OCTETS], "little") for octets in hashes]
