"""Proofs of the real prover, and of one that changes them, before the verifier of the specification and before ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.spec.reasons import Rejection
from mpctls.spec.zero_knowledge.bn254 import G1Point, G2Point
from mpctls.spec.zero_knowledge.plonk import PlonkKey, decode_proof, verify_plonk
from mpctls.zkp.plonk.proof import Proof, VerifyingKey
from mpctls.zkp.plonk.verifier import verify
from mpctls.zkp.predicate.build import field, integer, text
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.prove import prove
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.statement import PREDICATE_PROOF, public_inputs, statement_digest
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
