"""Proofs of Groth16 by who knows the secret of the key: keys and proofs with one fault in one point each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.zero_knowledge.groth16 import Groth16Proof
from mpctls.spec.zero_knowledge.scalar_field import ORDER

from ...fields import Fields, listed, read_list
from ...operations.form import Feature
from ...properties.known_secret import INPUTS, g1_point, g2_point, groth16_key, prove_groth16
from ...properties.verification.groth16_proof import inputs_of, with_fault
from ..vector import Family, Mutation, MutationKind, Vector
from .making import Making, replaced

STEP = "verification/groth16_proof"
_VERIFY = Making(operation="verification/groth16-proof", features=(Feature.GROTH16,), seed=f"{STEP}/proofs")
_ZK = "zero-knowledge/"
_PUBLICS = (29, 31)


def _honest() -> Fields:
    return inputs_of(groth16_key(), _PUBLICS, prove_groth16(_PUBLICS))


def _numbers(values: tuple[int, ...]) -> bytes:
    return listed([value.to_bytes(32, "big") for value in values])


def _taken() -> Iterator[Vector]:
    yield _VERIFY.accepted("honest", "Two public inputs; IC_2 is infinity.", _honest())
    other = prove_groth16(_PUBLICS, 5, 6)
    yield _VERIFY.accepted(
        "other-proof", "Another proof of the same.", inputs_of(groth16_key(), _PUBLICS, other)
    )
    cancelling = (-INPUTS[0] * pow(INPUTS[1], -1, ORDER) % ORDER, 0)
    yield _VERIFY.accepted(
        "inputs-cancel",
        "IC_0 and IC_1 times the first public add up to infinity.",
        inputs_of(groth16_key(), cancelling, prove_groth16(cancelling)),
    )
    any_value = (29, ORDER - 1)
    yield _VERIFY.accepted(
        "public-of-no-point",
        "A public input whose point is infinity may have any value: such a key says nothing about it.",
        inputs_of(groth16_key(), any_value, prove_groth16(_PUBLICS)),
    )


def _refused(name: str, comment: str, fields: Fields, reason: str, mutation: Mutation) -> Vector:
    return _VERIFY.refused(name, comment, fields, _ZK + reason, base="honest", mutation=mutation)


_REASONS = {
    "aliased": "point-not-canonical",
    "coordinate": "point-not-on-curve",
    "outside subgroup": "point-not-in-subgroup",
    "infinity": "point-at-infinity",
}


def _points() -> Iterator[Vector]:
    honest = _honest()
    yield _VERIFY.accepted("honest", "The key and the proof that are damaged.", honest)
    for name in ("alpha", "beta", "gamma", "delta", "inputs", "a", "b", "c"):
        for fault, reason in _REASONS.items():
            in_g1 = name in {"alpha", "inputs", "a", "c"}
            if (fault == "outside subgroup" and in_g1) or (fault == "infinity" and name == "inputs"):
                continue
            of_proof = name in {"a", "b", "c"}
            expected = "point-not-on-curve" if fault == "infinity" and of_proof else reason
            whole = f"proof.{name}" if of_proof else name
            yield _refused(
                f"{name}-{fault.replace(' ', '-')}",
                f"The point {name} has this fault: {fault}.",
                with_fault(honest, name, fault),
                expected,
                replaced(whole, fault),
            )
    for name in ("a", "c"):
        yield _refused(
            f"{name}-negated",
            f"The negative of {name} is a point, and another one.",
            with_fault(honest, name, "negative"),
            "proof-invalid",
            replaced(f"proof.{name}", "negated"),
        )


def _statements() -> Iterator[Vector]:
    key, honest = groth16_key(), _honest()
    proof = prove_groth16(_PUBLICS)
    yield _VERIFY.accepted("honest", "The key and the proof that are damaged.", honest)
    everybody = Groth16Proof(a=g1_point(3), b=g2_point(5), c=g1_point(-(INPUTS[0] + INPUTS[1] * _PUBLICS[0])))
    equal = replace(key, delta=key.gamma)
    yield _refused(
        "gamma-equals-delta",
        "A key whose second phase nobody contributed to.",
        inputs_of(equal, _PUBLICS, proof),
        "gamma-equals-delta",
        replaced("delta", "gamma"),
    )
    forged = replace(everybody, a=key.alpha or g1_point(3), b=key.beta or g2_point(5))
    yield _refused(
        "gamma-equals-delta-forged",
        "The proof that anybody makes under such a key: A = α, B = β, and C cancels the public inputs.",
        inputs_of(equal, _PUBLICS, forged),
        "gamma-equals-delta",
        replaced("delta", "gamma, and the forged proof"),
    )
    for name, changed in (
        ("delta-of-another", replace(key, delta=g2_point(12))),
        ("gamma-and-delta-changed-about", replace(key, gamma=key.delta, delta=key.gamma)),
        ("inputs-reordered", replace(key, inputs=(key.inputs[1], key.inputs[0], key.inputs[2]))),
        ("inputs-all-infinity", replace(key, inputs=(None,) * 3)),
    ):
        fields = inputs_of(changed, _PUBLICS, proof)
        yield _refused(name, "Another key.", fields, "proof-invalid", replaced("key", name.replace("-", " ")))
    yield _refused(
        "no-inputs",
        "A key has at least IC_0.",
        {**honest, "inputs": listed([])},
        "malformed-key",
        Mutation(kind=MutationKind.REMOVE, field="inputs", detail="all of them"),
    )
    yield _refused(
        "no-inputs-and-no-publics",
        "A key without IC_0 is none for no public inputs either.",
        {**honest, "inputs": listed([]), "publics": listed([])},
        "malformed-key",
        Mutation(kind=MutationKind.REMOVE, field="inputs", detail="all of them, and the publics"),
    )
    points = read_list(honest["inputs"])
    for name, items in (("input-less", points[:-1]), ("input-more", (*points, points[0]))):
        yield _refused(
            name,
            "A key for another number of public inputs.",
            {**honest, "inputs": listed(items)},
            "public-input-count",
            replaced("inputs", f"{len(items)} points"),
        )
    for name, publics, reason in (
        ("one-public", (29,), "public-input-count"),
        ("three-publics", (29, 31, 0), "public-input-count"),
        ("first-public-aliased", (29 + ORDER, 31), "public-input-not-canonical"),
        ("last-public-aliased", (29, 31 + ORDER), "public-input-not-canonical"),
        ("public-order", (29, ORDER), "public-input-not-canonical"),
        ("public-maximum", (2**256 - 1, 31), "public-input-not-canonical"),
        ("other-public", (30, 31), "proof-invalid"),
        ("publics-changed-about", (31, 29), "proof-invalid"),
    ):
        yield _refused(
            name,
            "Public inputs are as many as the key says, canonical, and those of the proof.",
            {**honest, "publics": _numbers(publics)},
            reason,
            replaced("publics", name.replace("-", " ")),
        )
    octets = honest["proof"]
    yield _refused(
        "points-changed-about",
        "A and C change places.",
        {**honest, "proof": octets[192:] + octets[64:192] + octets[:64]},
        "proof-invalid",
        Mutation(kind=MutationKind.SWAP, field="proof", detail="A and C"),
    )
    yield _refused(
        "coordinates-of-b-changed-about",
        "c1 before c0, as Ethereum has them: no point of the twist.",
        {
            **honest,
            "proof": octets[:64]
            + octets[96:128]
            + octets[64:96]
            + octets[160:192]
            + octets[128:160]
            + octets[192:],
        },
        "point-not-on-curve",
        Mutation(kind=MutationKind.SWAP, field="proof.b", detail="c0 and c1 of both coordinates"),
    )


FAMILIES = (
    Family(step=STEP, name="taken", summary="Proofs that are taken.", make=_taken),
    Family(step=STEP, name="points", summary="Every point of a key and of a proof, damaged.", make=_points),
    Family(step=STEP, name="statements", summary="Keys, publics and forgeries.", make=_statements),
)
