"""Keys and proofs that snarkjs made; `snarkjs_vectors.json` says how."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mpctls.spec.zero_knowledge.bn254 import G1Point, G2Point
from mpctls.spec.zero_knowledge.groth16 import Groth16Key, Groth16Proof
from mpctls.spec.zero_knowledge.plonk import PlonkKey, PlonkProof


@dataclass(frozen=True, slots=True, kw_only=True)
class PlonkVector:
    key: PlonkKey
    publics: tuple[int, ...]
    proof: PlonkProof


@dataclass(frozen=True, slots=True, kw_only=True)
class Groth16Vector:
    key: Groth16Key
    uncontributed_key: Groth16Key
    publics: tuple[int, ...]
    proof: Groth16Proof


def g1(value: list[str]) -> G1Point | None:
    return G1Point(x=int(value[0]), y=int(value[1])) if value[2] == "1" else None


def g1_of_proof(value: list[str]) -> G1Point:
    point = g1(value)
    assert point is not None
    return point


def g2(value: list[list[str]]) -> G2Point:
    assert value[2] == ["1", "0"]
    (x0, x1), (y0, y1) = value[:2]
    return G2Point(x=(int(x0), int(x1)), y=(int(y0), int(y1)))


@cache
def _vectors() -> Any:
    return json.loads(Path(__file__).with_name("snarkjs_vectors.json").read_text(encoding="utf-8"))


def plonk_vector() -> PlonkVector:
    """A square and an addend; the key has a polynomial that is zero."""
    vector = _vectors()["plonk"]
    key, proof = vector["key"], vector["proof"]
    assert (key["k1"], key["k2"]) == ("2", "3")
    return PlonkVector(
        key=PlonkKey(
            power=key["power"],
            public_count=key["nPublic"],
            q_m=g1(key["Qm"]),
            q_l=g1(key["Ql"]),
            q_r=g1(key["Qr"]),
            q_o=g1(key["Qo"]),
            q_c=g1(key["Qc"]),
            s_1=g1(key["S1"]),
            s_2=g1(key["S2"]),
            s_3=g1(key["S3"]),
            tau_in_g2=g2(key["X_2"]),
        ),
        publics=tuple(map(int, vector["publics"])),
        proof=PlonkProof(
            a=g1_of_proof(proof["A"]),
            b=g1_of_proof(proof["B"]),
            c=g1_of_proof(proof["C"]),
            z=g1_of_proof(proof["Z"]),
            t_1=g1_of_proof(proof["T1"]),
            t_2=g1_of_proof(proof["T2"]),
            t_3=g1_of_proof(proof["T3"]),
            w_xi=g1_of_proof(proof["Wxi"]),
            w_xi_omega=g1_of_proof(proof["Wxiw"]),
            eval_a=int(proof["eval_a"]),
            eval_b=int(proof["eval_b"]),
            eval_c=int(proof["eval_c"]),
            eval_s_1=int(proof["eval_s1"]),
            eval_s_2=int(proof["eval_s2"]),
            eval_z_omega=int(proof["eval_zw"]),
        ),
    )


def omega_of_vector() -> int:
    """The root of unity that snarkjs writes into the key."""
    return int(_vectors()["plonk"]["key"]["w"])


def _groth16_key(key: Any) -> Groth16Key:
    return Groth16Key(
        alpha=g1(key["vk_alpha_1"]),
        beta=g2(key["vk_beta_2"]),
        gamma=g2(key["vk_gamma_2"]),
        delta=g2(key["vk_delta_2"]),
        inputs=tuple(map(g1, key["IC"])),
    )


def groth16_vector() -> Groth16Vector:
    """The same circuit; the other key is that of a setup without a second phase."""
    vector = _vectors()["groth16"]
    proof = vector["proof"]
    return Groth16Vector(
        key=_groth16_key(vector["key"]),
        uncontributed_key=_groth16_key(vector["uncontributed_key"]),
        publics=tuple(map(int, vector["publics"])),
        proof=Groth16Proof(a=g1_of_proof(proof["pi_a"]), b=g2(proof["pi_b"]), c=g1_of_proof(proof["pi_c"])),
    )
