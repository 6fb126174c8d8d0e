"""Verifying keys and proofs of PLONK as the JSON that snarkjs writes and reads; strict in reading."""

from __future__ import annotations

import json
from typing import Final

from ..snarkjs_json import (
    CURVE,
    MAXIMUM_OCTETS,
    point_json,
    publics_from_json,
    publics_to_json,
    read_count,
    read_finite_point,
    read_members,
    read_number,
    read_point,
    read_twist_point,
    refuse,
    twist_point_json,
)
from .proof import Proof, VerifyingKey, check_points

__all__ = [
    "CURVE",
    "MAXIMUM_OCTETS",
    "PROTOCOL",
    "proof_from_json",
    "proof_to_json",
    "publics_from_json",
    "publics_to_json",
    "verifying_key_from_json",
    "verifying_key_to_json",
]

PROTOCOL: Final = "plonk"

_PROOF: Final = "zero-knowledge/malformed-proof"
_KEY: Final = "zero-knowledge/malformed-key"
_POINTS: Final = ("A", "B", "C", "Z", "T1", "T2", "T3", "Wxi", "Wxiw")
_EVALUATIONS: Final = ("eval_a", "eval_b", "eval_c", "eval_s1", "eval_s2", "eval_zw")
_COMMITMENTS: Final = ("Qm", "Ql", "Qr", "Qo", "Qc", "S1", "S2", "S3")
_FIRST_SIGMA: Final = 5


def proof_to_json(proof: Proof) -> str:
    """Write a proof."""
    members: dict[str, object] = dict(zip(_POINTS, map(point_json, proof.points), strict=True))
    members.update(zip(_EVALUATIONS, map(str, proof.evaluations), strict=True))
    return json.dumps({**members, "protocol": PROTOCOL, "curve": CURVE}, indent=1)


def proof_from_json(text: str) -> Proof:
    """Read a proof; refuses with `zero-knowledge/malformed-proof`. Whether numbers are in range, `verify` says."""
    members = read_members(text, (*_POINTS, *_EVALUATIONS), PROTOCOL, _PROOF)
    points = [read_finite_point(members[name], _PROOF) for name in _POINTS]
    return Proof.of(points, [read_number(members[name], _PROOF) for name in _EVALUATIONS])


def verifying_key_to_json(key: VerifyingKey) -> str:
    """Write a verifying key."""
    points = dict(zip(_COMMITMENTS, map(point_json, key.commitments), strict=True))
    members = {
        "protocol": PROTOCOL,
        "curve": CURVE,
        "nPublic": key.public_count,
        "power": key.size_log2,
        "k1": str(key.right_shift),
        "k2": str(key.output_shift),
        **points,
        "X_2": twist_point_json(key.tau),
        "w": str(key.root),
    }
    return json.dumps(members, indent=1)


def verifying_key_from_json(text: str) -> VerifyingKey:
    """Read a verifying key and check its points.

    Rejects with `zero-knowledge/malformed-key`, `zero-knowledge/point-not-canonical`,
    `zero-knowledge/point-not-on-curve`, `zero-knowledge/point-not-in-subgroup`, and
    `zero-knowledge/point-at-infinity` for a sigma or X_2.
    """
    names = ("nPublic", "power", "k1", "k2", *_COMMITMENTS, "X_2", "w")
    members = read_members(text, names, PROTOCOL, _KEY)
    points = [
        read_point(members[name], _KEY) if number < _FIRST_SIGMA else read_finite_point(members[name], _KEY)
        for number, name in enumerate(_COMMITMENTS)
    ]
    key = VerifyingKey.of(
        points,
        read_twist_point(members["X_2"], _KEY),
        size_log2=read_count(members["power"], _KEY),
        public_count=read_count(members["nPublic"], _KEY),
        shifts=(read_number(members["k1"], _KEY), read_number(members["k2"], _KEY)),
    )
    if read_number(members["w"], _KEY) != key.root:
        refuse(_KEY, "w is not the root of unity of the table")
    check_points(key)
    return key
