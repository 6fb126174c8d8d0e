"""Verifying keys and proofs of Groth16 as the JSON that snarkjs writes and reads; strict in reading.

A key there holds a power of e(alpha, beta), too, which no verifier needs: it is written, and where it is read it must
be what the rest of the key says.
"""

from __future__ import annotations

import json
from typing import Final

from ..bn254.constants import PARAMETER, SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import BASE
from ..bn254.pairing import pairing
from ..snarkjs_json import (
    CURVE,
    point_json,
    read_count,
    read_finite_point,
    read_members,
    read_point,
    read_twist_point,
    refuse,
    twist_point_json,
)
from .proof import Proof, VerifyingKey
from .verifier import require_key

PROTOCOL: Final = "groth16"

_PROOF: Final = "zero-knowledge/malformed-proof"
_KEY: Final = "zero-knowledge/malformed-key"
_TWISTS: Final = ("vk_beta_2", "vk_gamma_2", "vk_delta_2")
_PAIRING: Final = "vk_alphabeta_12"
_EXPONENT: Final = 2 * PARAMETER * (6 * PARAMETER * PARAMETER + 3 * PARAMETER + 1) % SCALAR_MODULUS
"""The power of the pairing that snarkjs computes (Fuentes-Castañeda, Knapp and Rodríguez-Henríquez, 2011)."""


def proof_to_json(proof: Proof) -> str:
    """Write a proof."""
    points = {
        "pi_a": point_json(proof.a),
        "pi_b": twist_point_json(proof.b),
        "pi_c": point_json(proof.c),
    }
    return json.dumps({**points, "protocol": PROTOCOL, "curve": CURVE}, indent=1)


def proof_from_json(text: str) -> Proof:
    """Read a proof; refuses with `zero-knowledge/malformed-proof`. Whether numbers are in range, `verify` says."""
    members = read_members(text, ("pi_a", "pi_b", "pi_c"), PROTOCOL, _PROOF)
    return Proof(
        a=read_finite_point(members["pi_a"], _PROOF),
        b=read_twist_point(members["pi_b"], _PROOF),
        c=read_finite_point(members["pi_c"], _PROOF),
    )


def verifying_key_to_json(key: VerifyingKey) -> str:
    """Write a verifying key, whose points have been checked."""
    members = {
        "protocol": PROTOCOL,
        "curve": CURVE,
        "nPublic": key.public_count,
        "vk_alpha_1": point_json(key.alpha),
        **{name: twist_point_json(point) for name, point in zip(_TWISTS, key.twists, strict=True)},
        _PAIRING: _pairing_json(key),
        "IC": [point_json(point) for point in key.inputs],
    }
    return json.dumps(members, indent=1)


def verifying_key_from_json(text: str) -> VerifyingKey:
    """Read a verifying key and check its points; one of known secret is for `verify` to refuse.

    Rejects with `zero-knowledge/malformed-key` and as `verifier.verify` does of a key.
    """
    names = ("nPublic", "vk_alpha_1", *_TWISTS, "IC")
    members = read_members(text, names, PROTOCOL, _KEY, optional=_PAIRING)
    inputs = members["IC"]
    if not isinstance(inputs, list) or len(inputs) != read_count(members["nPublic"], _KEY) + 1:
        refuse(_KEY, "IC holds one point more than there are public inputs")
    beta, gamma, delta = (read_twist_point(members[name], _KEY) for name in _TWISTS)
    key = VerifyingKey(
        alpha=read_finite_point(members["vk_alpha_1"], _KEY),
        beta=beta,
        gamma=gamma,
        delta=delta,
        inputs=tuple(read_point(point, _KEY) for point in inputs),
    )
    require_key(key, accept_development=True)
    if _PAIRING in members and members[_PAIRING] != _pairing_json(key):
        refuse(_KEY, f"{_PAIRING} is not what alpha and beta make")
    return key


def _pairing_json(key: VerifyingKey) -> list[list[list[str]]]:
    """The twelve coefficients, two by three by two."""
    alpha = G1.multiply(G1.encode([key.alpha])[0], _EXPONENT)
    numbers = [str(number) for number in BASE.decode(pairing(alpha, G2.encode([key.beta])[0]))]
    pairs = [numbers[start : start + 2] for start in range(0, 12, 2)]
    return [pairs[:3], pairs[3:]]
