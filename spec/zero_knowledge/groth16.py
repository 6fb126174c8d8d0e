"""The verifier of Groth16: one equation of four pairings, and what a key must be before it means anything.

A proof (A, B, C) for public inputs p_1 … p_l under a key is accepted when

    e(A, B) = e(α, β) · e(IC_0 + Σ p_i · IC_i, γ) · e(C, δ)

A key with γ = δ comes from a setup whose second phase nobody contributed to, and under it anybody proves
anything; keys like that have been deployed. A proof can be changed into another proof of the same statement
by anybody, so it is never an identifier.

Source: Groth, "On the Size of Pairing-based Non-interactive Arguments", eprint 2016/260, section 3.2; names
as in snarkjs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..reasons import Reason, Rejection
from .bn254 import (
    G1Point,
    G2Point,
    linear_combination,
    pairing_product_is_one,
    require_canonical,
    require_in_subgroup,
    require_on_curve,
    triple,
)
from .plonk import require_publics


@dataclass(frozen=True, slots=True, kw_only=True)
class Groth16Key:
    """α, β, γ, δ and one point for each public input after IC_0. Infinity is None; nothing is checked yet."""

    alpha: G1Point | None
    beta: G2Point | None
    gamma: G2Point | None
    delta: G2Point | None
    inputs: tuple[G1Point | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groth16Proof:
    """Three points. Nothing is checked yet."""

    a: G1Point
    b: G2Point
    c: G1Point


def verify_groth16(key: Groth16Key, publics: Sequence[int], proof: Groth16Proof) -> None:
    """Require that a proof proves the circuit of `key` for these public inputs.

    Run by the Verifier. Rejects, the first that fails: for the key with zero-knowledge/malformed-key (no
    IC_0), zero-knowledge/point-not-canonical, zero-knowledge/point-not-on-curve,
    zero-knowledge/point-not-in-subgroup, zero-knowledge/point-at-infinity,
    zero-knowledge/gamma-equals-delta; zero-knowledge/public-input-count,
    zero-knowledge/public-input-not-canonical; for the proof's points with zero-knowledge/point-not-canonical,
    zero-knowledge/point-not-on-curve, zero-knowledge/point-not-in-subgroup; zero-knowledge/proof-invalid.
    """
    _require_sound_key(key)
    require_publics(publics, len(key.inputs) - 1)
    require_canonical(proof.a, proof.b, proof.c)
    require_on_curve(proof.a, proof.b, proof.c)
    require_in_subgroup(proof.b)
    if not _holds(key, publics, proof):
        raise Rejection(Reason.ZERO_KNOWLEDGE_PROOF_INVALID)


def _require_sound_key(key: Groth16Key) -> None:
    if not key.inputs:
        raise Rejection(Reason.ZERO_KNOWLEDGE_MALFORMED_KEY, "there is no IC_0")
    named = (key.alpha, key.beta, key.gamma, key.delta)
    points = [point for point in (*named, *key.inputs) if point is not None]
    require_canonical(*points)
    require_on_curve(*points)
    require_in_subgroup(*(point for point in points if isinstance(point, G2Point)))
    if None in named:
        raise Rejection(Reason.ZERO_KNOWLEDGE_POINT_AT_INFINITY)
    if key.gamma == key.delta:
        raise Rejection(Reason.ZERO_KNOWLEDGE_GAMMA_EQUALS_DELTA)


def _holds(key: Groth16Key, publics: Sequence[int], proof: Groth16Proof) -> bool:
    """The equation, with everything on one side."""
    inputs = linear_combination(list(zip((1, *publics), key.inputs, strict=True)))
    minus_a = linear_combination([(-1, proof.a)])
    return pairing_product_is_one(
        [
            (minus_a, triple(proof.b)),
            (triple(key.alpha), triple(key.beta)),
            (inputs, triple(key.gamma)),
            (triple(proof.c), triple(key.delta)),
        ]
    )
