"""The verifier: everything that it must refuse, with its reason, and many proofs at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeVar

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1
from mpctls.zkp.plonk import snarkjs as formats
from mpctls.zkp.plonk import transcript, verifier
from mpctls.zkp.plonk.keys import make_keys
from mpctls.zkp.plonk.proof import PROOF_OCTETS, Proof, VerifyingKey
from mpctls.zkp.plonk.prover import prove
from mpctls.zkp.plonk.verifier import verify, verify_many
from mpctls.zkp.setup.making import make_development_setup, make_own_setup

from .examples import example, proofs

T = TypeVar("T")

POINTS = [field.name for field in fields(Proof)][:9]
EVALUATIONS = [field.name for field in fields(Proof)][9:]
COMMITMENTS = [
    field.name for field in fields(VerifyingKey) if "selector" in field.name or "sigma" in field.name
]
DOUBLED_GENERATOR = (
    1368015179489954701390400359078579693043519447331113978918064868415326638035,
    9918110051302171585080402603319702774565515993150576347155970296011118125764,
)
"""2·(1, 2), from EIP-196's test vectors."""


def changed(value: T, **members: object) -> T:
    return replace(value, **members)  # type: ignore[type-var]


def refusal_of(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value


def reason(proof: Proof, publics: list[int] | None = None, key: VerifyingKey | None = None) -> str:
    case = example()
    return refusal_of(
        lambda: verify(key or case.verifying_key, case.publics if publics is None else publics, proof)
    ).reason


def test_a_proof_that_snarkjs_made_is_accepted() -> None:
    """Made by snarkjs 0.7.6 of the example's circuit, under a setup of its own with a known secret."""
    made = json.loads((Path(__file__).parent / "made_by_snarkjs.json").read_text())
    key, proof = (json.dumps(made[name]) for name in ("key", "proof"))
    publics = formats.publics_from_json(json.dumps(made["public"]))
    assert publics == example().publics
    verify(formats.verifying_key_from_json(key), publics, formats.proof_from_json(proof))


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: [*p, 0], lambda p: []])
def test_another_number_of_public_inputs(change: Callable[[list[int]], list[int]]) -> None:
    assert reason(proofs()[0], change(example().publics)) == "zero-knowledge/public-input-count"


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("change", [lambda n: n + SCALAR_MODULUS, lambda n: n - SCALAR_MODULUS])
def test_a_public_input_that_is_only_congruent(index: int, change: Callable[[int], int]) -> None:
    publics = list(example().publics)
    publics[index] = change(publics[index])
    assert reason(proofs()[0], publics) == "zero-knowledge/public-input-not-canonical"


@pytest.mark.parametrize("index", [0, 1])
def test_another_public_input(index: int) -> None:
    publics = list(example().publics)
    publics[index] += 1
    assert reason(proofs()[0], publics) == "zero-knowledge/proof-invalid"


@pytest.mark.parametrize("name", EVALUATIONS)
def test_an_evaluation_that_is_congruent_or_another(name: str) -> None:
    proof = proofs()[0]
    number = getattr(proof, name)
    congruent = changed(proof, **{name: number + SCALAR_MODULUS})
    assert reason(congruent) == "zero-knowledge/evaluation-not-canonical"
    assert reason(changed(proof, **{name: (number + 1) % SCALAR_MODULUS})) == "zero-knowledge/proof-invalid"


@pytest.mark.parametrize("name", POINTS)
def test_a_point_that_is_congruent_off_the_curve_infinite_or_another(name: str) -> None:
    proof = proofs()[0]
    x, y = getattr(proof, name)
    for congruent in ((x + BASE_MODULUS, y), (x, y + BASE_MODULUS)):
        assert reason(changed(proof, **{name: congruent})) == "zero-knowledge/point-not-canonical"
    for elsewhere in ((x, (y + 1) % BASE_MODULUS), (y, x), (0, 0)):
        assert reason(changed(proof, **{name: elsewhere})) == "zero-knowledge/point-not-on-curve"
    for other in ((x, BASE_MODULUS - y), DOUBLED_GENERATOR):
        assert reason(changed(proof, **{name: other})) == "zero-knowledge/proof-invalid"


@pytest.mark.parametrize(("left", "right"), [("left", "right"), ("low_quotient", "middle_quotient")])
def test_points_of_the_right_proof_in_the_wrong_places(left: str, right: str) -> None:
    proof = proofs()[0]
    swapped = changed(proof, **{left: getattr(proof, right), right: getattr(proof, left)})
    assert reason(swapped) == "zero-knowledge/proof-invalid"


def test_parts_of_two_proofs_of_one_witness() -> None:
    first, second = proofs()[:2]
    for name in (*POINTS, *EVALUATIONS):
        assert reason(changed(first, **{name: getattr(second, name)})) == "zero-knowledge/proof-invalid"


@pytest.mark.parametrize("name", COMMITMENTS)
def test_the_key_of_another_circuit(name: str) -> None:
    key = changed(example().verifying_key, **{name: DOUBLED_GENERATOR})
    assert reason(proofs()[0], key=key) == "zero-knowledge/proof-invalid"


def test_the_key_of_another_setup() -> None:
    other = make_keys(example().table, make_development_setup(4, "another")).verifying_key
    assert reason(proofs()[0], key=other) == "zero-knowledge/proof-invalid"
    mixed = replace(example().verifying_key, tau=other.tau)
    assert reason(proofs()[0], key=mixed) == "zero-knowledge/proof-invalid"


def test_refusals_come_in_the_order_of_the_page() -> None:
    case, proof = example(), proofs()[0]
    publics = [case.publics[0] + SCALAR_MODULUS, case.publics[1]]
    wrong = replace(proof, opening=(0, 0))
    assert reason(wrong) == "zero-knowledge/point-not-on-curve"
    wrong = replace(wrong, left=(BASE_MODULUS, 2))
    assert reason(wrong) == "zero-knowledge/point-not-canonical"
    wrong = replace(wrong, shifted_permutation_value=SCALAR_MODULUS)
    assert reason(wrong) == "zero-knowledge/evaluation-not-canonical"
    assert reason(wrong, publics) == "zero-knowledge/public-input-not-canonical"
    assert reason(wrong, publics[:1]) == "zero-knowledge/public-input-count"


def test_octets_give_back_the_proof_and_any_bit_of_them_matters() -> None:
    case, proof = example(), proofs()[0]
    octets = proof.to_octets()
    assert len(octets) == PROOF_OCTETS
    assert Proof.from_octets(octets) == proof
    assert octets[:64] == proof.left[0].to_bytes(32, "big") + proof.left[1].to_bytes(32, "big")
    assert octets[-32:] == proof.shifted_permutation_value.to_bytes(32, "big")
    for position in range(0, PROOF_OCTETS, 31):  # every number, and octets all over them
        changed = bytearray(octets)
        changed[position] ^= 1 << position % 8
        refused = refusal_of(
            lambda read=bytes(changed): verify(  # type: ignore[misc]
                case.verifying_key, case.publics, Proof.from_octets(read)
            )
        )
        assert refused.reason.startswith("zero-knowledge/")


@pytest.mark.parametrize("length", [0, 1, 767, 769, 1536])
def test_octets_of_another_length_are_no_proof(length: int) -> None:
    assert refusal_of(lambda: Proof.from_octets(bytes(length))).reason == "zero-knowledge/malformed-proof"


@pytest.mark.parametrize(
    "change",
    [
        {"size_log2": 2},
        {"size_log2": 27},
        {"public_count": -1},
        {"public_count": 17},
        {"right_shift": 1},
        {"right_shift": 0},
        {"output_shift": SCALAR_MODULUS},
        {"output_shift": 2},
        {"output_shift": -2},
    ],
)
def test_a_key_with_impossible_numbers_does_not_exist(change: dict[str, int]) -> None:
    refused = refusal_of(lambda: changed(example().verifying_key, **change))
    assert refused.reason == "zero-knowledge/malformed-key"


def test_columns_whose_cosets_meet_do_not_make_a_key() -> None:
    key = example().verifying_key
    refused = refusal_of(lambda: replace(key, output_shift=2 * key.root % SCALAR_MODULUS))
    assert refused.reason == "zero-knowledge/malformed-key"


# Many proofs at once


def test_many_proofs_of_several_keys_and_setups_are_verified_together() -> None:
    case = example()
    other_key = make_keys(case.table, make_development_setup(4, "another"))
    other = (other_key.verifying_key, case.publics, prove(other_key, case.witness))
    verify_many([(case.verifying_key, case.publics, proof) for proof in proofs()] + [other])
    verify_many([])


@pytest.mark.parametrize("index", [0, 1, 2])
def test_one_false_proof_among_many_is_named(index: int) -> None:
    case = example()
    claims = [(case.verifying_key, case.publics, proof) for proof in proofs()]
    false = replace(proofs()[index], left_value=5)
    claims[index] = (case.verifying_key, case.publics, false)
    refused = refusal_of(lambda: verify_many(claims))
    assert refused.reason == "zero-knowledge/proof-invalid"
    assert refused.detail.startswith(f"proof {index}:")


def test_a_malformed_proof_among_many_is_named_with_its_reason() -> None:
    case = example()
    claims = [(case.verifying_key, case.publics, proof) for proof in proofs()]
    claims[1] = (case.verifying_key, case.publics, replace(proofs()[1], right=(0, 0)))
    refused = refusal_of(lambda: verify_many(claims))
    assert refused.reason == "zero-knowledge/point-not-on-curve"
    assert refused.detail.startswith("proof 1:")


def test_errors_that_cancel_in_a_plain_sum_do_not_pass() -> None:
    """Who knows the secret shifts two openings so that what is wrong in one equation makes good the other."""
    case, seed = example(), b"known to the attacker"
    secret = 1 + SeededRandomness(seed).below(SCALAR_MODULUS - 1)
    key = make_keys(case.table, make_own_setup(4, randomness=SeededRandomness(seed)))
    first, second = (prove(key, case.witness) for _ in range(2))
    distances = [
        point_of_evaluation(key.verifying_key, case.publics, each) - secret for each in (first, second)
    ]
    balance = -distances[0] * pow(distances[1], -1, SCALAR_MODULUS)
    claims = [
        (key.verifying_key, case.publics, changed(proof, opening=shifted(proof.opening, amount)))
        for proof, amount in ((first, 1), (second, balance))
    ]
    verifier._check_equations([verifier._equation(*claim) for claim in claims], [1, 1])
    assert refusal_of(lambda: verify_many(claims)).detail.startswith("proof 0:")


def point_of_evaluation(key: VerifyingKey, publics: list[int], proof: Proof) -> int:
    wires = (proof.left, proof.right, proof.output)
    beta, gamma = transcript.permutation_challenges(key.commitments, publics, wires)
    alpha = transcript.combination_challenge(beta, gamma, proof.permutation)
    quotients = (proof.low_quotient, proof.middle_quotient, proof.high_quotient)
    return transcript.evaluation_challenge(alpha, quotients)


def shifted(point: tuple[int, int], amount: int) -> tuple[int, int]:
    """The point plus a multiple of the generator."""
    (total,) = G1.decode(G1.add(G1.encode([point]), G1.multiply(G1.generator, amount)))
    assert total is not None
    return total
