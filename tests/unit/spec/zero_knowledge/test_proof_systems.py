"""Verifiers of PLONK and Groth16: proofs by snarkjs, proofs by who knows the secret, and each refusal."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.conformance.properties.known_secret import (
    ALPHA,
    INPUTS,
    OUTSIDE_SUBGROUP,
    Circuit,
    Gate,
    g1_point,
    g2_point,
    groth16_key,
    prove_groth16,
    prove_plonk,
)
from mpctls.spec.hashes.keccak import keccak_256
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.zero_knowledge import plonk
from mpctls.spec.zero_knowledge.bn254 import (
    FIELD_PRIME,
    G1_GENERATOR,
    G2_GENERATOR,
    G1Point,
    pairing_product_is_one,
    require_in_subgroup,
    require_on_curve,
    triple,
)
from mpctls.spec.zero_knowledge.groth16 import Groth16Proof, verify_groth16
from mpctls.spec.zero_knowledge.plonk import (
    PlonkProof,
    challenges,
    decode_proof,
    encode_proof,
    root_of_unity,
    verify_plonk,
)
from mpctls.spec.zero_knowledge.scalar_field import ORDER

from ..session.stages import rejects
from .vectors import groth16_vector, omega_of_vector, plonk_vector


def test_importing_the_library_leaves_the_recursion_limit_alone() -> None:
    """py_ecc raises it to 100,000, with which nested JSON from a peer ends the process."""
    program = (
        "import sys; before = sys.getrecursionlimit(); import mpctls.spec.zero_knowledge.bn254;"
        "print(before == sys.getrecursionlimit())"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert printed.stdout == "True\n"


def test_the_generators_are_of_the_groups_and_the_pairing_is_bilinear() -> None:
    require_on_curve(G1_GENERATOR, G2_GENERATOR)
    require_in_subgroup(G2_GENERATOR)
    pairs = [(g1_point(6), g2_point(5)), (g1_point(-30), g2_point(1))]
    assert pairing_product_is_one([(triple(left), triple(right)) for left, right in pairs])
    pairs[1] = (g1_point(-31), g2_point(1))
    assert not pairing_product_is_one([(triple(left), triple(right)) for left, right in pairs])


# --- PLONK --------------------------------------------------------------------------------------------------


def test_a_proof_by_snarkjs_is_accepted() -> None:
    vector = plonk_vector()
    assert vector.key.q_c is None
    assert int(root_of_unity(vector.key.power)) == omega_of_vector()
    verify_plonk(vector.key, vector.publics, vector.proof)


SQUARE = Circuit.of(
    3,
    2,
    Gate(selectors=(1, 0, 0, ORDER - 1, 0), wires=(2, 2, 3)),
    Gate(selectors=(0, 1, 1, ORDER - 1, 0), wires=(3, 1, 0)),
    Gate(selectors=(0, 1, 0, 0, ORDER - 7), wires=(2, 4, 4)),
)
"""Public: sum, addend. 7 · 7 + addend = sum."""
VALUES = (60, 11, 7, 49, 0)


@cache
def square_key() -> plonk.PlonkKey:
    return SQUARE.key()


@cache
def square_proof() -> PlonkProof:
    return prove_plonk(SQUARE, square_key(), VALUES)


def test_a_true_statement_is_accepted_and_false_ones_are_not() -> None:
    verify_plonk(square_key(), (60, 11), square_proof())
    proof = prove_plonk(SQUARE, square_key(), (61, 11, 7, 49, 0))
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(square_key(), (61, 11), proof)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "publics"), [((60, 11, 7, 49, 0), (61, 12)), ((75, 11, 8, 64, 0), (75, 11))]
)
def test_other_false_statements_are_not_accepted(values: tuple[int, ...], publics: tuple[int, ...]) -> None:
    proof = prove_plonk(SQUARE, square_key(), values, publics=publics)
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(square_key(), publics, proof)


SPLIT = replace(
    SQUARE,
    gates=tuple(replace(gate, wires=(5, 1, 0)) if gate.wires == (3, 1, 0) else gate for gate in SQUARE.gates),
)
SPLIT_VALUES = (61, 11, 7, 49, 0, 50)


def test_wires_of_one_number_carry_one_value() -> None:
    """The second row with 49 replaced by 50 satisfies its gate; only the permutation says that it is another wire."""
    proof = prove_plonk(SPLIT, square_key(), SPLIT_VALUES)
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(square_key(), SPLIT_VALUES[:2], proof)


@pytest.mark.slow
def test_wires_of_different_numbers_may_carry_different_values() -> None:
    verify_plonk(SPLIT.key(), SPLIT_VALUES[:2], prove_plonk(SPLIT, SPLIT.key(), SPLIT_VALUES))


def test_two_proofs_of_one_witness_share_no_element() -> None:
    other = prove_plonk(SQUARE, square_key(), VALUES, b"other")
    first, second = square_proof(), other
    assert not set(first.points) & set(second.points)
    shared = {first.eval_s_1, first.eval_s_2} | {second.eval_s_1, second.eval_s_2}
    assert len(shared) == 4
    assert not set(first.evaluations) & set(second.evaluations)


def test_a_proof_has_one_form_of_768_octets() -> None:
    octets = encode_proof(square_proof())
    assert len(octets) == 768
    assert decode_proof(octets) == square_proof()
    for wrong in (octets[:-1], octets + b"\0", b""):
        with rejects(Reason.ZERO_KNOWLEDGE_MALFORMED_PROOF):
            decode_proof(wrong)


POINTS = [each.name for each in fields(PlonkProof)][:9]
EVALUATIONS = [each.name for each in fields(PlonkProof)][9:]


@pytest.mark.parametrize("name", POINTS)
def test_each_point_of_a_proof_is_checked(name: str) -> None:
    proof = square_proof()
    point = getattr(proof, name)
    faults = [
        (replace(point, x=point.x + FIELD_PRIME), Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
        (replace(point, y=point.y + FIELD_PRIME), Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
        (replace(point, x=point.x ^ 1), Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
        (G1Point(x=0, y=0), Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ]
    for fault, reason in faults:
        with rejects(reason):
            verify_plonk(square_key(), (60, 11), replace(proof, **{name: fault}))


def one_slow(names: list[str], quick: str) -> list[Any]:
    """Each pairing takes a second: all but one of these cases run with `--all` only."""
    return [name if name == quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", one_slow(POINTS, "t_2"))
def test_each_point_of_a_proof_counts(name: str) -> None:
    point = getattr(square_proof(), name)
    opposite = replace(square_proof(), **{name: replace(point, y=FIELD_PRIME - point.y)})
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(square_key(), (60, 11), opposite)


@pytest.mark.parametrize("name", one_slow(EVALUATIONS, "eval_z_omega"))
def test_each_evaluation_of_a_proof_counts(name: str) -> None:
    other = replace(square_proof(), **{name: (getattr(square_proof(), name) + 1) % ORDER})
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(square_key(), (60, 11), other)


@pytest.mark.parametrize("name", EVALUATIONS)
def test_each_evaluation_of_a_proof_is_checked(name: str) -> None:
    value = getattr(square_proof(), name)
    with rejects(Reason.ZERO_KNOWLEDGE_EVALUATION_NOT_CANONICAL):
        verify_plonk(square_key(), (60, 11), replace(square_proof(), **{name: value + ORDER}))


@pytest.mark.parametrize(
    ("publics", "reason"),
    [
        ((60,), Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT),
        ((60, 11, 0), Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT),
        ((60 + ORDER, 11), Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL),
        ((60, -1), Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL),
    ],
)
def test_public_inputs_are_exact(publics: tuple[int, ...], reason: Reason) -> None:
    with rejects(reason):
        verify_plonk(square_key(), publics, square_proof())


def test_the_first_fault_in_the_order_of_the_page_gives_the_reason() -> None:
    proof = square_proof()
    off_curve = replace(proof, a=G1Point(x=0, y=0))
    not_canonical = replace(off_curve, z=G1Point(x=FIELD_PRIME, y=0))
    wide = replace(not_canonical, eval_a=ORDER)
    for publics, faulty, reason in (
        ((60,), wide, Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT),
        ((60, ORDER), wide, Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL),
        ((60, 11), wide, Reason.ZERO_KNOWLEDGE_EVALUATION_NOT_CANONICAL),
        ((60, 11), not_canonical, Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
        ((60, 11), off_curve, Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ):
        with rejects(reason):
            verify_plonk(square_key(), publics, faulty)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"q_l": G1_GENERATOR},
        {"s_1": G1_GENERATOR},
        {"tau_in_g2": G2_GENERATOR},
        {"power": 4},
    ],
)
def test_a_key_of_another_circuit_or_setup_is_of_no_use(change: dict[str, Any]) -> None:
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(replace(square_key(), **change), (60, 11), square_proof())


@pytest.mark.slow
@settings(max_examples=20)
@given(st.integers(0, 767), st.integers(1, 255))
def test_no_octet_of_a_proof_can_be_changed(position: int, mask: int) -> None:
    octets = bytearray(encode_proof(square_proof()))
    octets[position] ^= mask
    with pytest.raises(Rejection):
        verify_plonk(square_key(), (60, 11), decode_proof(bytes(octets)))


ORDER_OF_CHALLENGES: list[tuple[str, tuple[str, ...]]] = [
    ("beta", ("a", "b", "c")),
    ("gamma", ("a", "b", "c")),
    ("alpha", ("a", "b", "c", "z")),
    ("xi", ("a", "b", "c", "z", "t_1", "t_2", "t_3")),
    ("v", ("a", "b", "c", "z", "t_1", "t_2", "t_3", *EVALUATIONS)),
    ("u", ("w_xi", "w_xi_omega")),
]


@pytest.mark.parametrize(("name", "before"), ORDER_OF_CHALLENGES)
def test_each_challenge_depends_on_everything_before_it(name: str, before: tuple[str, ...]) -> None:
    honest = challenges(square_key(), (60, 11), square_proof())
    for part in (*POINTS, *EVALUATIONS):
        value = getattr(square_proof(), part)
        new: Any = G1_GENERATOR if part in POINTS else value ^ 1
        changed = replace(square_proof(), **{part: new})
        same = getattr(challenges(square_key(), (60, 11), changed), name) == getattr(honest, name)
        assert bool(same) is (part not in before), part
    if name != "u":
        assert getattr(challenges(square_key(), (60, 12), square_proof()), name) != getattr(honest, name)
        other = replace(square_key(), s_3=square_key().s_2)
        assert getattr(challenges(other, (60, 11), square_proof()), name) != getattr(honest, name)


def test_the_transcript_is_keccak_256_of_big_endian_octets() -> None:
    proof, key = square_proof(), square_key()
    octets = b"".join(point.octets() if point else bytes(64) for point in key.polynomials)
    octets += (60).to_bytes(32, "big") + (11).to_bytes(32, "big")
    octets += proof.a.octets() + proof.b.octets() + proof.c.octets()
    beta = int.from_bytes(keccak_256(octets), "big") % ORDER
    assert int(challenges(key, (60, 11), proof).beta) == beta


def test_a_challenge_that_is_a_power_of_omega_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = challenges(square_key(), (60, 11), square_proof())
    monkeypatch.setattr(plonk, "challenges", lambda *_: replace(real, xi=root_of_unity(3)))
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_plonk(square_key(), (60, 11), square_proof())


# --- Groth16 ------------------------------------------------------------------------------------------------


def test_a_groth16_proof_by_snarkjs_is_accepted_under_its_key_alone() -> None:
    vector = groth16_vector()
    verify_groth16(vector.key, vector.publics, vector.proof)
    with rejects(Reason.ZERO_KNOWLEDGE_GAMMA_EQUALS_DELTA):
        verify_groth16(vector.uncontributed_key, vector.publics, vector.proof)


PUBLICS = (29, 31)


def test_the_equation_is_the_one_of_the_paper() -> None:
    verify_groth16(groth16_key(), PUBLICS, prove_groth16(PUBLICS))
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_groth16(groth16_key(), PUBLICS, prove_groth16((29 + 1, 31)))


def test_under_a_key_with_gamma_equal_to_delta_anybody_proves_anything_so_it_is_refused() -> None:
    """A = α, B = β and C = -Σ p_i·IC_i need no secret at all."""
    key = replace(groth16_key(), delta=groth16_key().gamma)
    inputs = INPUTS[0] + INPUTS[1] * PUBLICS[0]
    assert key.alpha is not None
    assert key.beta is not None
    forged = Groth16Proof(a=key.alpha, b=key.beta, c=g1_point(-inputs))
    pairs = [
        (g1_point(-ALPHA), key.beta),
        (key.alpha, key.beta),
        (g1_point(inputs), key.gamma),
        (forged.c, key.delta),
    ]
    assert pairing_product_is_one([(triple(left), triple(right)) for left, right in pairs])
    with rejects(Reason.ZERO_KNOWLEDGE_GAMMA_EQUALS_DELTA):
        verify_groth16(key, PUBLICS, forged)


NOT_CANONICAL_G2 = replace(G2_GENERATOR, x=(G2_GENERATOR.x[0] + FIELD_PRIME, G2_GENERATOR.x[1]))
NOT_ON_CURVE_G2 = replace(G2_GENERATOR, y=(G2_GENERATOR.y[0] ^ 1, G2_GENERATOR.y[1]))

KEY_FAULTS: list[tuple[str, Any, Reason]] = [
    ("inputs", (), Reason.ZERO_KNOWLEDGE_MALFORMED_KEY),
    ("alpha", G1Point(x=1, y=2 + FIELD_PRIME), Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
    ("beta", NOT_CANONICAL_G2, Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
    ("alpha", G1Point(x=1, y=3), Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ("inputs", (G1Point(x=0, y=0), None, None), Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ("gamma", NOT_ON_CURVE_G2, Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ("delta", OUTSIDE_SUBGROUP, Reason.ZERO_KNOWLEDGE_POINT_NOT_IN_SUBGROUP),
    *((name, None, Reason.ZERO_KNOWLEDGE_POINT_AT_INFINITY) for name in ("alpha", "beta", "gamma", "delta")),
    ("inputs", (None, None), Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT),
    ("inputs", (None,) * 4, Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT),
]


@pytest.mark.parametrize(("name", "value", "reason"), KEY_FAULTS)
def test_a_key_with_one_fault_gives_its_reason(name: str, value: Any, reason: Reason) -> None:
    with rejects(reason):
        verify_groth16(replace(groth16_key(), **{name: value}), PUBLICS, prove_groth16(PUBLICS))


PROOF_FAULTS: list[tuple[str, Any, Reason]] = [
    ("a", G1Point(x=1 + FIELD_PRIME, y=2), Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
    ("b", NOT_CANONICAL_G2, Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL),
    ("c", G1Point(x=0, y=0), Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ("b", NOT_ON_CURVE_G2, Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE),
    ("b", OUTSIDE_SUBGROUP, Reason.ZERO_KNOWLEDGE_POINT_NOT_IN_SUBGROUP),
]


@pytest.mark.parametrize(("name", "value", "reason"), PROOF_FAULTS)
def test_a_groth16_proof_with_one_fault_gives_its_reason(name: str, value: Any, reason: Reason) -> None:
    with rejects(reason):
        verify_groth16(groth16_key(), PUBLICS, replace(prove_groth16(PUBLICS), **{name: value}))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), [("a", G1_GENERATOR), ("b", G2_GENERATOR), ("c", G1_GENERATOR)])
def test_each_point_of_a_groth16_proof_counts(name: str, value: Any) -> None:
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        verify_groth16(groth16_key(), PUBLICS, replace(prove_groth16(PUBLICS), **{name: value}))


@pytest.mark.slow
def test_each_point_of_a_groth16_key_counts() -> None:
    for fault in ({"inputs": (None,) * 3}, {"alpha": G1_GENERATOR}, {"delta": G2_GENERATOR}):
        with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
            verify_groth16(replace(groth16_key(), **fault), PUBLICS, prove_groth16(PUBLICS))


def test_public_inputs_of_groth16_are_canonical() -> None:
    """p + r gives the same equation, which is how one payment is spent twice."""
    with rejects(Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL):
        verify_groth16(groth16_key(), (29 + ORDER, 31), prove_groth16(PUBLICS))
