"""Contracts in Vyper, compiled and run: what they accept, what they refuse, and what that costs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mpctls.reference.foundation.artifacts import Header
from mpctls.reference.foundation.digests import signed_message
from mpctls.reference.foundation.hashes import keccak256
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.evm import Language, render
from mpctls.zkp.evm.calldata import encode_call
from mpctls.zkp.groth16 import verifier as groth16_verifier
from mpctls.zkp.plonk import prover as plonk_prover
from mpctls.zkp.plonk import transcript
from mpctls.zkp.plonk import verifier as plonk_verifier
from mpctls.zkp.plonk.proof import Proof
from tests.capabilities import requires
from tests.unit.plonk.examples import example, proofs

from .calls import groth16_calls, plonk_calls
from .machine import Contract, compile_vyper, deploy
from .proved import (
    PUBLICS,
    groth16_key,
    groth16_proof,
    groth16_proof_of_another_circuit,
    plonk_proof_of_another_circuit,
)

pytestmark = requires("vyper")

PLONK_GAS = 290_000
"""18 multiplications 108,000, a pairing of two pairs 113,000, data 13,000, transaction 21,000, then the rest."""
GROTH16_GAS = 230_000
"""A pairing of four pairs 181,000, two multiplications 12,000, data 5,000, transaction 21,000, then the rest."""
MAXIMUM_CODE = 24_576
"""EIP-170."""


def plonk_source() -> str:
    return render(Language.VYPER, example().verifying_key, name="Cubic")


def groth16_source() -> str:
    return render(Language.VYPER, groth16_key().verifying_key, name="Cubic", accept_development=True)


@functools.cache
def compiled(source: str) -> tuple[bytes, list[dict[str, Any]]]:
    return compile_vyper(source)


@functools.cache
def contract(source: str) -> Contract:
    return deploy(compiled(source)[0])


@pytest.mark.slow
def test_plonk_gets_the_verdict_of_every_call() -> None:
    calls = plonk_calls(proofs()[0], PUBLICS)
    expected = {name: verdict for name, (_, verdict) in calls.items()}
    assert contract(plonk_source()).verdicts({name: data for name, (data, _) in calls.items()}) == expected


def test_groth16_gets_the_verdict_of_every_call() -> None:
    calls = groth16_calls(groth16_proof(), PUBLICS)
    expected = {name: verdict for name, (_, verdict) in calls.items()}
    assert contract(groth16_source()).verdicts({name: data for name, (data, _) in calls.items()}) == expected


@pytest.mark.slow
def test_every_proof_of_a_witness_is_accepted() -> None:
    for proof in proofs():
        assert contract(plonk_source()).ask(encode_call(proof, PUBLICS)).verdict is True


@pytest.mark.slow
def test_a_proof_of_another_circuit_is_refused() -> None:
    plonk_key, proof, publics = plonk_proof_of_another_circuit()
    plonk_verifier.verify(plonk_key, publics, proof)
    assert contract(plonk_source()).ask(encode_call(proof, publics)).verdict is False
    groth16_verifying_key, other, publics = groth16_proof_of_another_circuit()
    groth16_verifier.verify(groth16_verifying_key, publics, other, accept_development=True)
    assert contract(groth16_source()).ask(encode_call(other, publics)).verdict is False


@pytest.mark.slow
def test_gas_and_size_are_as_the_page_says() -> None:
    for source, proof, bound in (
        (plonk_source(), proofs()[0], PLONK_GAS),
        (groth16_source(), groth16_proof(), GROTH16_GAS),
    ):
        assert 0.9 * bound < contract(source).ask(encode_call(proof, PUBLICS)).gas < bound
        assert contract(source).size < MAXIMUM_CODE


@pytest.mark.slow
def test_want_of_gas_is_never_a_verdict() -> None:
    """Who calls on behalf of another, with too little gas, must not make a valid proof look false."""
    for source, proof in ((plonk_source(), proofs()[0]), (groth16_source(), groth16_proof())):
        data = encode_call(proof, PUBLICS)
        enough = contract(source).ask(data).gas
        step = enough // 30
        verdicts = [contract(source).ask(data, gas=gas).verdict for gas in range(40_000, 2 * enough, step)]
        assert verdicts[0] is None and verdicts[-1] is True and False not in verdicts


@pytest.mark.slow
def test_a_contract_tells_its_key() -> None:
    for source, key in (
        (plonk_source(), example().verifying_key),
        (groth16_source(), groth16_key().verifying_key),
    ):
        assert contract(source).call(keccak256(b"KEY_DIGEST()")[:4]) == key.digest()


def test_a_contract_reads_no_signature_and_ours_are_none_of_a_chain() -> None:
    """Nothing that a Notary signs can be taken for a message or transaction of Ethereum, nor the other way round."""
    for source in (plonk_source(), groth16_source()):
        functions = {(each["name"], each["stateMutability"]) for each in compiled(source)[1]}
        assert functions == {("verifyProof", "view"), ("KEY_DIGEST", "view")}
        assert "ecrecover" not in source and "No signature is read here" in source
    header = Header(
        format_version=1,
        signature_algorithm=1,
        body_hash_algorithm=1,
        attestation_id=bytes(16),
        body_digest=bytes(32),
    )
    message = signed_message(header)
    legacy_transaction, signed_data, digest_octets = 0xC0, 0x19, 32
    typed_transactions = range(1, 5)
    assert message[0] != signed_data and message[0] not in typed_transactions
    assert message[0] < legacy_transaction and len(message) != digest_octets


# What a hostile Prover sends whose transcript holds a number that is not canonical: all its challenges are right.


def with_an_aliased_public(monkeypatch: pytest.MonkeyPatch) -> bytes:
    true_challenges = transcript.permutation_challenges
    aliased = [PUBLICS[0] + SCALAR_MODULUS, *PUBLICS[1:]]
    monkeypatch.setattr(
        plonk_prover, "permutation_challenges", lambda key, _, wires: true_challenges(key, aliased, wires)
    )
    return encode_call(made(), aliased)


def with_an_aliased_evaluation(monkeypatch: pytest.MonkeyPatch) -> bytes:
    true_challenge = transcript.opening_challenge
    monkeypatch.setattr(
        plonk_prover,
        "opening_challenge",
        lambda xi, values: true_challenge(xi, [values[0] + SCALAR_MODULUS, *values[1:]]),
    )
    proof = made()
    return encode_call(replace(proof, left_value=proof.left_value + SCALAR_MODULUS), PUBLICS)


def made() -> Proof:
    return plonk_prover.prove(example().key, example().witness)


ALIASED: tuple[tuple[Callable[[pytest.MonkeyPatch], bytes], str], ...] = (
    (with_an_aliased_public, "if number >= R:"),
    (with_an_aliased_evaluation, "if proof[index] >= R:"),
)


@pytest.mark.slow
@pytest.mark.parametrize("forge", [forge for forge, _ in ALIASED])
def test_plonk_refuses_numbers_that_only_their_range_gives_away(
    monkeypatch: pytest.MonkeyPatch, forge: Callable[[pytest.MonkeyPatch], bytes]
) -> None:
    assert contract(plonk_source()).ask(forge(monkeypatch)).verdict is False


@pytest.mark.slow
@pytest.mark.parametrize(("forge", "check"), ALIASED)
def test_plonk_without_a_check_of_ranges_is_deceived(
    monkeypatch: pytest.MonkeyPatch, forge: Callable[[pytest.MonkeyPatch], bytes], check: str
) -> None:
    weakened = plonk_source().replace(check, "if False:")
    assert weakened != plonk_source()
    assert contract(weakened).ask(forge(monkeypatch)).verdict is True


def test_groth16_without_a_check_of_ranges_is_deceived() -> None:
    weakened = groth16_source().replace("if number >= R:", "if False:")
    data = encode_call(groth16_proof(), [PUBLICS[0] + SCALAR_MODULUS, *PUBLICS[1:]])
    assert contract(weakened).ask(data).verdict is True
    assert contract(groth16_source()).ask(data).verdict is False
