"""Proofs of the real prover, and of one that changes them, before the verifier of the specification and before ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.fields import Fields, listed
from mpctls.conformance.outcomes import Rejected
from mpctls.conformance.properties.known_secret import groth16_key, prove_groth16
from mpctls.conformance.properties.verification.groth16_proof import OPERATIONS, inputs_of, with_fault
from mpctls.reference.foundation.errors import Refused
from mpctls.spec.commitments import HashCommitment
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Rejection
from mpctls.spec.zero_knowledge.bn254 import G1Point, G2Point
from mpctls.spec.zero_knowledge.groth16 import Groth16Key, Groth16Proof, verify_groth16
from mpctls.spec.zero_knowledge.hash_bridges import BridgeStatement, require_bridge_publics
from mpctls.spec.zero_knowledge.plonk import PlonkKey, decode_proof, verify_plonk
from mpctls.zkp.bridge.statement import BridgeSetting, HashBridge, HashLeaf
from mpctls.zkp.groth16 import proof as groth16
from mpctls.zkp.plonk.proof import Proof, VerifyingKey
from mpctls.zkp.plonk.verifier import verify
from mpctls.zkp.predicate.build import field, integer, text
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.prove import prove
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.statement import PREDICATE_PROOF, public_inputs, statement_digest
from tests.unit.bridge.committed import SETTING as BRIDGE_SETTING
from tests.unit.bridge.proofs import SECRET, bridge, ceremony_key, verifier
from tests.unit.predicate.committed import NUMBER, SETTING, STRING, commit_all

BALANCE = field("response", "$.balance", integer)
NAME = field("response", "$.name", text(20))
CASES: tuple[tuple[Proposition, tuple[Token, ...]], ...] = (
    (BALANCE >= 1000, (Token(kind=NUMBER, octets=b"1234"),)),
    (
        NAME.starts_with("al") & NAME.pseudonym("here"),
        (Token(kind=STRING, octets="alicé".encode()),),
    ),
)
SCALARS = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
COORDINATES = 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47


def _point(point: tuple[int, int] | None) -> G1Point | None:
    return None if point is None else G1Point(x=point[0], y=point[1])


def _key(key: VerifyingKey) -> PlonkKey:
    names = ("q_m", "q_l", "q_r", "q_o", "q_c", "s_1", "s_2", "s_3")
    (x, y), points = key.tau, dict(zip(names, map(_point, key.commitments), strict=True))
    return PlonkKey(power=key.size_log2, public_count=key.public_count, tau_in_g2=G2Point(x=x, y=y), **points)


def _specified(key: VerifyingKey, publics: list[int], octets: bytes) -> str:
    try:
        verify_plonk(_key(key), publics, decode_proof(octets))
    except Rejection as rejection:
        return rejection.reason.value
    return "accepted"


def _ours(key: VerifyingKey, publics: list[int], octets: bytes) -> str:
    try:
        verify(key, publics, Proof.from_octets(octets))
    except Refused as refused:
        return refused.reason
    return "accepted"


def _with(octets: bytes, place: int, number: int) -> bytes:
    """The proof with another number of 32 octets at a place."""
    return octets[: 32 * place] + number.to_bytes(32, "big") + octets[32 * place + 32 :]


CHANGES: dict[str, Callable[[list[int], bytes], tuple[list[int], bytes]]] = {
    "accepted": lambda publics, octets: (publics, octets),
    "zero-knowledge/malformed-proof": lambda publics, octets: (publics, octets[:-1]),
    "zero-knowledge/public-input-count": lambda publics, octets: (publics[:-1], octets),
    "zero-knowledge/public-input-not-canonical": lambda publics, octets: ([*publics[:-1], SCALARS], octets),
    "zero-knowledge/evaluation-not-canonical": lambda publics, octets: (publics, _with(octets, 18, SCALARS)),
    "zero-knowledge/point-not-canonical": lambda publics, octets: (publics, _with(octets, 0, COORDINATES)),
    "zero-knowledge/point-not-on-curve": lambda publics, octets: (publics, _with(octets, 17, 5)),
    "zero-knowledge/proof-invalid": lambda publics, octets: (publics, _with(octets, 23, 7)),
}


@pytest.mark.slow
@pytest.mark.parametrize(("proposition", "tokens"), CASES, ids=["number", "text and pseudonym"])
def test_both_verifiers_decide_the_same_of_honest_and_changed_proofs(
    proposition: Proposition, tokens: tuple[Token, ...]
) -> None:
    predicate = proposition.predicate
    secrets = commit_all(predicate, list(tokens))
    setup, keys = make_development_setup(13, "conformance"), KeyCache()
    proved = PREDICATE_PROOF.decode(prove(predicate, secrets, SETTING, setup, keys=keys))
    public = [secret.public for secret in secrets]
    outputs = [int.from_bytes(output, "little") for output in proved.outputs]
    publics = public_inputs(statement_digest(predicate, public, SETTING), public, outputs)
    key = keys.verifying_key(predicate, tuple(each.shape for each in public), setup)
    for reason, change in CHANGES.items():
        changed = change(publics, proved.proof)
        assert _specified(key, *changed) == reason
        assert _ours(key, *changed) == reason
    another = [*publics[:-1], (publics[-1] + 1) % SCALARS]
    points_changed_about = proved.proof[64:128] + proved.proof[:64] + proved.proof[128:]
    for pair in ((another, proved.proof), (publics, points_changed_about)):
        assert _specified(key, *pair) == _ours(key, *pair) == "zero-knowledge/proof-invalid"


# Faults of a key and a proof of Groth16, in the order in which they are looked for.
ORDERED: tuple[tuple[str, Callable[[Fields], Fields]], ...] = (
    ("malformed-key", lambda fields: {**fields, "inputs": listed([])}),
    ("point-not-canonical", lambda fields: with_fault(fields, "gamma", "aliased")),
    ("point-not-on-curve", lambda fields: with_fault(fields, "inputs", "coordinate")),
    ("point-not-in-subgroup", lambda fields: with_fault(fields, "beta", "outside subgroup")),
    ("point-at-infinity", lambda fields: with_fault(fields, "alpha", "infinity")),
    ("gamma-equals-delta", lambda fields: {**fields, "delta": fields["gamma"]}),
    ("public-input-count", lambda fields: {**fields, "publics": listed([_octets(SCALARS)])}),
    (
        "public-input-not-canonical",
        lambda fields: {**fields, "publics": listed([bytes(32), _octets(SCALARS)])},
    ),
    ("point-not-canonical", lambda fields: with_fault(fields, "c", "aliased")),
    ("point-not-on-curve", lambda fields: with_fault(fields, "a", "infinity")),
    ("point-not-in-subgroup", lambda fields: with_fault(fields, "b", "outside subgroup")),
)


def _octets(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.mark.parametrize("place", range(len(ORDERED)))
def test_of_two_faults_of_a_groth16_proof_both_verifiers_name_the_first(place: int) -> None:
    reason, fault = ORDERED[place]
    fields = inputs_of(groth16_key(), (29, 31), prove_groth16((29, 31)))
    # The next one first: where both change one thing, the earlier stays.
    for _, change in (*ORDERED[place + 1 : place + 2], (reason, fault)):
        fields = change(fields)
    expected = Rejected.of(f"zero-knowledge/{reason}")
    assert OPERATIONS[0].specified(fields) == expected
    assert ReferenceInProcess().run(OPERATIONS[0].name, fields) == expected


def _bridge_specified(shown: HashBridge, leaf: HashLeaf, setting: BridgeSetting) -> str:
    """What the specification says of a bridge by Groth16 under the development key."""
    signed = HashCommitment(
        direction=Direction[leaf.direction.name],
        ranges=RangeSet.of((0, leaf.length)),
        lexical_class=LexicalClass.ANY,
        algorithm=HashAlgorithm.SHA256,
        value=leaf.value,
    )
    statement = BridgeStatement(
        blocks=shown.blocks, header_digest=setting.header_digest, leaf=leaf.index, audience=None
    )
    key, proof = ceremony_key().verifying_key, groth16.Proof.from_octets(shown.proof)
    beta, gamma, delta = (G2Point(x=x, y=y) for x, y in key.twists)
    specified_key = Groth16Key(
        alpha=_point(key.alpha), beta=beta, gamma=gamma, delta=delta, inputs=tuple(map(_point, key.inputs))
    )
    (a_x, a_y), (b_x, b_y), (c_x, c_y) = proof.a, proof.b, proof.c
    points = Groth16Proof(a=G1Point(x=a_x, y=a_y), b=G2Point(x=b_x, y=b_y), c=G1Point(x=c_x, y=c_y))
    try:
        verify_groth16(specified_key, require_bridge_publics(signed, statement, shown.commitment), points)
    except Rejection as rejection:
        return rejection.reason.value
    return "accepted"


def _bridge_ours(shown: HashBridge, leaf: HashLeaf, setting: BridgeSetting) -> str:
    try:
        verifier("groth16")(shown, leaf, setting)
    except Refused as refused:
        return refused.reason
    return "accepted"


@pytest.mark.slow
def test_both_verifiers_decide_the_same_of_an_honest_and_a_changed_bridge() -> None:
    """A bridge holds for one leaf, one bare commitment and one attestation."""
    shown, leaf = bridge("groth16"), SECRET.leaf
    other_leaf = replace(leaf, value=bytes([leaf.value[0] ^ 1]) + leaf.value[1:])
    other_header = replace(BRIDGE_SETTING, header_digest=bytes(32))
    cases = {
        "honest": (shown, leaf, BRIDGE_SETTING),
        "value of the leaf": (shown, other_leaf, BRIDGE_SETTING),
        "length": (shown, replace(leaf, length=leaf.length - 1), BRIDGE_SETTING),
        "bare commitment": (replace(shown, commitment=shown.commitment ^ 1), leaf, BRIDGE_SETTING),
        "header digest": (shown, leaf, other_header),
        "other commitment of the field": (
            replace(shown, commitment=shown.commitment + SCALARS), leaf, BRIDGE_SETTING,
        ),
        "more blocks": (replace(shown, blocks=2), leaf, BRIDGE_SETTING),
    }  # fmt: skip
    expected = dict.fromkeys(cases, "zero-knowledge/proof-invalid") | {
        "honest": "accepted",
        "other commitment of the field": "zero-knowledge/public-input-not-canonical",
        "more blocks": "zero-knowledge/bridge-length",
    }
    assert {name: _bridge_specified(*case) for name, case in cases.items()} == expected
    assert {name: _bridge_ours(*case) for name, case in cases.items()} == expected
