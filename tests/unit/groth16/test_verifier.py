"""The verifier: everything that it must refuse, with its reason and in its order, and many proofs at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.multi_scalar import multiply_sum
from mpctls.zkp.bn254.pairing import pairing_product_is_one
from mpctls.zkp.groth16 import snarkjs, verifier
from mpctls.zkp.groth16.proof import PROOF_OCTETS, Proof, VerifyingKey
from mpctls.zkp.groth16.trust import AcceptedKeys
from mpctls.zkp.groth16.verifier import verify, verify_many
from mpctls.zkp.snarkjs_json import publics_from_json

from .examples import BESIDE_THE_SUBGROUP, MADE_BY_SNARKJS, PUBLICS, proofs, reason, verifying_key

TWICE = (
    1368015179489954701390400359078579693043519447331113978918064868415326638035,
    9918110051302171585080402603319702774565515993150576347155970296011118125764,
)
"""2·(1, 2), from EIP-196's test vectors."""
NOWHERE = ((0, 0), (0, 0))


def refused(proof: Proof, publics: list[int] | None = None, key: VerifyingKey | None = None) -> str:
    numbers = PUBLICS if publics is None else publics
    return reason(lambda: verify(key or verifying_key(), numbers, proof, accept_development=True))


def made(name: str) -> str:
    return json.dumps(json.loads(MADE_BY_SNARKJS.read_text())[name])


def test_a_proof_that_snarkjs_made_is_accepted_under_its_key_alone() -> None:
    key, proof = snarkjs.verifying_key_from_json(made("key")), snarkjs.proof_from_json(made("proof"))
    publics = publics_from_json(made("public"))
    assert publics == PUBLICS
    verify(key, publics, proof)
    assert refused(proof) == "zero-knowledge/proof-invalid"
    assert refused(proof, [publics[0] ^ 1, publics[1]], key) == "zero-knowledge/proof-invalid"


def test_a_key_to_which_nobody_contributed_is_refused() -> None:
    text = made("uncontributed_key")
    assert reason(lambda: snarkjs.verifying_key_from_json(text)) == "zero-knowledge/gamma-equals-delta"


def test_where_gamma_is_delta_anyone_proves_anything_so_the_key_is_refused() -> None:
    """A = alpha, B = beta and C = -(the sum of inputs) satisfy the equation without any witness."""
    key = replace(verifying_key(), delta=verifying_key().gamma)
    publics = [17, 4]
    inputs = multiply_sum(G1.encode(list(key.inputs)), SCALAR.encode([1, *publics]))
    (c,) = G1.decode(G1.negate(inputs)[None])
    assert c is not None
    a, *_ = G1.encode([key.alpha])
    near = np.stack([G1.negate(a), a, inputs, G1.encode([c])[0]])
    far = G2.encode([key.beta, key.beta, key.gamma, key.delta])
    assert pairing_product_is_one(near, far)
    assert refused(Proof(a=key.alpha, b=key.beta, c=c), publics, key) == "zero-knowledge/gamma-equals-delta"


def test_a_key_of_known_secret_is_refused_in_whatever_format_it_came() -> None:
    key = snarkjs.verifying_key_from_json(snarkjs.verifying_key_to_json(verifying_key()))
    verify(key, PUBLICS, proofs()[0], accept_development=True)
    expected = "zero-knowledge/development-setup"
    assert reason(lambda: verify(key, PUBLICS, proofs()[0])) == expected
    assert reason(lambda: verify_many([(key, PUBLICS, proofs()[0])])) == expected
    assert reason(lambda: AcceptedKeys(ceremonies={key.digest(): "tests"}).require(key)) == expected
    assert AcceptedKeys(ceremonies={}, accept_development=True).require(key) == "development"


def test_a_key_is_accepted_by_its_digest_and_named_by_its_ceremony() -> None:
    key = snarkjs.verifying_key_from_json(made("key"))
    accepted = AcceptedKeys(ceremonies={key.digest(): "one contribution"})
    assert accepted.require(key) == "one contribution"
    other = replace(key, inputs=(key.inputs[1], key.inputs[0], key.inputs[2]))
    assert reason(lambda: accepted.require(other)) == "zero-knowledge/untrusted-setup"


@pytest.mark.parametrize("ceremonies", [{b"short": "name"}, {bytes(32): ""}, {bytes(32): "a\n"}])
def test_a_digest_or_name_of_a_ceremony_that_is_none(ceremonies: dict[bytes, str]) -> None:
    assert reason(lambda: AcceptedKeys(ceremonies=ceremonies)) == "zero-knowledge/unknown-ceremony"


G1_PLACES = ["a", "c"]
OTHER_TWIST = ((1 + BASE_MODULUS, 0), BESIDE_THE_SUBGROUP[1])

PROOF_FAULTS: list[tuple[str, Any, str]] = [
    *((name, (1 + BASE_MODULUS, 2), "point-not-canonical") for name in G1_PLACES),
    *((name, (1, 2 - BASE_MODULUS), "point-not-canonical") for name in G1_PLACES),
    *((name, (1, 3), "point-not-on-curve") for name in G1_PLACES),
    *((name, (0, 0), "point-not-on-curve") for name in G1_PLACES),
    *((name, TWICE, "proof-invalid") for name in G1_PLACES),
    ("b", OTHER_TWIST, "point-not-canonical"),
    ("b", ((1, 0), (2, 0)), "point-not-on-curve"),
    ("b", NOWHERE, "point-not-on-curve"),
    ("b", BESIDE_THE_SUBGROUP, "point-not-in-subgroup"),
    ("b", verifying_key().beta, "proof-invalid"),
]


@pytest.mark.parametrize(("name", "value", "expected"), PROOF_FAULTS)
def test_a_proof_with_one_fault(name: str, value: Any, expected: str) -> None:
    assert refused(replace(proofs()[0], **{name: value})) == f"zero-knowledge/{expected}"


def test_points_of_a_proof_cannot_be_exchanged_or_negated() -> None:
    first, second, _ = proofs()
    x, y = first.c
    for changed in (
        replace(first, a=first.c, c=first.a),
        replace(first, a=second.a),
        replace(first, b=second.b),
        replace(first, c=second.c),
        replace(first, c=(x, BASE_MODULUS - y)),
    ):
        assert refused(changed) == "zero-knowledge/proof-invalid"


KEY_FAULTS: list[tuple[str, Any, str]] = [
    ("alpha", (1, 2 + BASE_MODULUS), "point-not-canonical"),
    ("beta", OTHER_TWIST, "point-not-canonical"),
    ("inputs", (None, (BASE_MODULUS, 2), None), "point-not-canonical"),
    ("alpha", (1, 3), "point-not-on-curve"),
    ("gamma", ((1, 0), (2, 0)), "point-not-on-curve"),
    ("inputs", (None, (0, 0), None), "point-not-on-curve"),
    *((name, BESIDE_THE_SUBGROUP, "point-not-in-subgroup") for name in ("beta", "gamma", "delta")),
    *((name, NOWHERE, "point-at-infinity") for name in ("beta", "gamma", "delta")),
    ("alpha", (0, 0), "point-at-infinity"),
    ("delta", verifying_key().gamma, "gamma-equals-delta"),
    ("alpha", TWICE, "proof-invalid"),
    ("beta", verifying_key().gamma, "proof-invalid"),
    ("gamma", verifying_key().beta, "proof-invalid"),
    ("delta", verifying_key().beta, "proof-invalid"),
    *(
        ("inputs", (*verifying_key().inputs[:k], TWICE, *verifying_key().inputs[k + 1 :]), "proof-invalid")
        for k in range(3)
    ),
]


@pytest.mark.parametrize(("name", "value", "expected"), KEY_FAULTS)
def test_a_key_with_one_fault(name: str, value: Any, expected: str) -> None:
    key = replace(verifying_key(), **{name: value})
    assert refused(proofs()[0], key=key) == f"zero-knowledge/{expected}"


@pytest.mark.parametrize("count", [0, (1 << 16) + 2])
def test_a_key_with_a_number_of_inputs_that_none_has(count: int) -> None:
    assert reason(lambda: replace(verifying_key(), inputs=(None,) * count)) == "zero-knowledge/malformed-key"


def test_another_number_of_public_inputs() -> None:
    for publics in (PUBLICS[:1], [*PUBLICS, 0], []):
        assert refused(proofs()[0], publics) == "zero-knowledge/public-input-count"


def test_public_inputs_that_are_only_congruent_or_exchanged() -> None:
    for index in range(2):
        for moved in (PUBLICS[index] + SCALAR_MODULUS, PUBLICS[index] - SCALAR_MODULUS):
            publics = [*PUBLICS]
            publics[index] = moved
            assert refused(proofs()[0], publics) == "zero-knowledge/public-input-not-canonical"
    assert refused(proofs()[0], PUBLICS[::-1]) == "zero-knowledge/proof-invalid"


def test_reasons_are_given_in_the_order_of_the_page() -> None:
    """Each step mends the fault that was named, and the next one is named."""
    key = replace(verifying_key(), alpha=(1, 2 + BASE_MODULUS), beta=BESIDE_THE_SUBGROUP, delta=NOWHERE)
    proof = Proof(a=(1, 3), b=BESIDE_THE_SUBGROUP, c=(BASE_MODULUS, 0))
    publics = [SCALAR_MODULUS]
    said = [refused(proof, publics, key)]
    key = replace(key, alpha=(1, 3))
    said.append(refused(proof, publics, key))
    key = replace(key, alpha=(0, 0))
    said.append(refused(proof, publics, key))
    key = replace(key, beta=verifying_key().beta)
    said.append(refused(proof, publics, key))
    key = replace(verifying_key(), delta=verifying_key().gamma)
    said.append(refused(proof, publics, key))
    said.append(reason(lambda: verify(verifying_key(), publics, proof)))
    said.append(refused(proof, publics))
    publics = [SCALAR_MODULUS, 0]
    said.append(refused(proof, publics))
    said.append(refused(proof))
    proof = replace(proof, c=(1, 2))
    said.append(refused(proof))
    proof = replace(proof, a=(1, 2))
    said.append(refused(proof))
    proof = replace(proof, b=verifying_key().beta)
    said.append(refused(proof))
    assert [each.removeprefix("zero-knowledge/") for each in said] == [
        "point-not-canonical",
        "point-not-on-curve",
        "point-not-in-subgroup",
        "point-at-infinity",
        "gamma-equals-delta",
        "development-setup",
        "public-input-count",
        "public-input-not-canonical",
        "point-not-canonical",
        "point-not-on-curve",
        "point-not-in-subgroup",
        "proof-invalid",
    ]


def test_anyone_can_make_another_proof_of_one_so_no_proof_is_an_identifier() -> None:
    proof, factor = proofs()[0], 12345
    (a,) = G1.decode(G1.multiply(G1.encode([proof.a])[0], factor)[None])
    (b,) = G2.decode(G2.multiply(G2.encode([proof.b])[0], pow(factor, -1, SCALAR_MODULUS))[None])
    assert a is not None
    assert b is not None
    verify(verifying_key(), PUBLICS, replace(proof, a=a, b=b), accept_development=True)


def test_a_proof_survives_its_octets() -> None:
    proof = proofs()[0]
    octets = proof.to_octets()
    assert len(octets) == PROOF_OCTETS
    assert Proof.from_octets(octets) == proof
    assert octets[64:96] == proof.b[0][0].to_bytes(32, "big")  # c0 before c1
    assert octets[96:128] == proof.b[0][1].to_bytes(32, "big")


@pytest.mark.parametrize("length", [0, PROOF_OCTETS - 1, PROOF_OCTETS + 1])
def test_octets_of_another_length_are_no_proof(length: int) -> None:
    assert reason(lambda: Proof.from_octets(bytes(length))) == "zero-knowledge/malformed-proof"


def test_every_octet_of_a_proof_counts() -> None:
    octets = proofs()[0].to_octets()
    for position in range(0, PROOF_OCTETS, 15):
        changed = bytearray(octets)
        changed[position] ^= 1
        proof = Proof.from_octets(bytes(changed))
        assert refused(proof).startswith("zero-knowledge/p")


# Many at once


def test_many_proofs_of_two_keys_are_verified_together(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = (
        snarkjs.verifying_key_from_json(made("key")),
        PUBLICS,
        snarkjs.proof_from_json(made("proof")),
    )
    claims = [(verifying_key(), PUBLICS, proof) for proof in proofs()] + [theirs]
    products = list[int]()

    def counted(near: Any, far: Any) -> bool:
        products.append(len(near))
        return pairing_product_is_one(near, far)

    monkeypatch.setattr(verifier, "pairing_product_is_one", counted)
    verify_many(claims, accept_development=True)
    assert products == [len(claims) + 2 * 3]
    verify_many([])


@pytest.mark.parametrize("index", range(3))
def test_one_false_proof_among_many_is_named(index: int) -> None:
    claims = [(verifying_key(), PUBLICS, proof) for proof in proofs()]
    key, publics, proof = claims[index]
    for false, expected in (
        ((key, publics, replace(proof, c=TWICE)), "zero-knowledge/proof-invalid"),
        ((key, [publics[0] + 1, publics[1]], proof), "zero-knowledge/proof-invalid"),
        ((key, publics, replace(proof, b=BESIDE_THE_SUBGROUP)), "zero-knowledge/point-not-in-subgroup"),
        ((key, publics[:1], proof), "zero-knowledge/public-input-count"),
    ):
        with pytest.raises(Refused) as refusal:
            verify_many([*claims[:index], false, *claims[index + 1 :]], accept_development=True)
        assert refusal.value.reason == expected
        assert refusal.value.detail.startswith(f"proof {index}: ")


def test_two_false_proofs_do_not_make_up_for_each_other() -> None:
    """C + D and C - D: without weights their equations would multiply to a true one."""
    first, second, _ = proofs()
    shift = G1.encode([TWICE])[0]
    moved = G1.decode(
        np.stack(
            [
                G1.add(G1.encode([first.c])[0], shift),
                G1.add(G1.encode([second.c])[0], G1.negate(shift)),
            ]
        )
    )
    assert moved[0] is not None
    assert moved[1] is not None
    claims = [
        (verifying_key(), PUBLICS, replace(first, c=moved[0])),
        (verifying_key(), PUBLICS, replace(second, c=moved[1])),
    ]
    assert reason(lambda: verify_many(claims, accept_development=True)) == "zero-knowledge/proof-invalid"


def test_weights_depend_on_everything_in_all_claims() -> None:
    claims = [(verifying_key(), PUBLICS, proof) for proof in proofs()[:2]]
    changes = [
        [(replace(verifying_key(), alpha=TWICE), PUBLICS, proofs()[0]), claims[1]],
        [(verifying_key(), [PUBLICS[0], 1], proofs()[0]), claims[1]],
        [(verifying_key(), PUBLICS, proofs()[2]), claims[1]],
        [claims[1], claims[0]],
        claims[:1],
    ]
    seen = {tuple(verifier._weights(each)[:1]) for each in (claims, *changes)}
    assert len(seen) == len(changes) + 1
    assert all(0 < weight < 1 << 128 for (weight,) in seen)
