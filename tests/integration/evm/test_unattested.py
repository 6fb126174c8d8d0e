"""A proof about a commitment that nobody attested: what a contract says of it, and what its caller must ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.evm import Language, contract_name, render
from mpctls.zkp.evm.calldata import encode_call
from mpctls.zkp.plonk.proof import Proof
from mpctls.zkp.predicate.evaluate import Token, evaluate
from mpctls.zkp.predicate.text_form import read_text
from mpctls.zkp.prove import prove
from mpctls.zkp.statement import public_inputs, statement_digest
from mpctls.zkp.verify import read_proof
from tests.capabilities import requires
from tests.operators.proofs import keys, setup
from tests.unit.evm.machine import compile_vyper, deploy
from tests.unit.predicate.committed import SETTING, commit_all

pytestmark = [requires("vyper"), pytest.mark.slow]


def number(octets: bytes) -> Token:
    return Token(kind=LexicalClass.JSON_STRING_INTERIOR, octets=octets)


def test_a_proof_about_a_commitment_that_nobody_attested_fails_with_the_attested_public_inputs(
    tmp_path: Path,
) -> None:
    """The header digest in the statement and the leaf's index are true; C, k and Delta are the Prover's own."""
    predicate = read_text("response $.balance: decimal(2) >= 500")
    (attested,) = commit_all(predicate, [number(b"112.34")])
    (invented,) = commit_all(predicate, [number(b"912.34")])
    assert not evaluate(predicate, [attested.token], {}).holds
    assert attested.public.shape == invented.public.shape
    assert attested.public.commitment != invented.public.commitment

    cache = keys(tmp_path)
    octets = prove(predicate, [invented], SETTING, setup(), keys=cache)
    compiled = cache.compiled(predicate, (attested.public.shape,))
    key = cache.proving_key(compiled, setup()).verifying_key
    source = render(Language.VYPER, key, name="Balance")
    contract = deploy(compile_vyper(source)[0])
    proof = Proof.from_octets(read_proof(octets).encoded.proof)

    def call(shown: list[int]) -> bytes:
        return encode_call(proof, shown)

    statement = statement_digest(predicate, [attested.public], SETTING)
    of_the_prover = public_inputs(statement, [invented.public], [])
    of_the_attestation = public_inputs(statement, [attested.public], [])
    # The proof is one: this is what the name and the first lines of the contract warn of.
    assert contract.ask(call(of_the_prover)).verdict is True
    assert contract_name("Balance") == "BalanceProofVerifier"
    assert "The commitments among the public inputs may be anyone's" in source
    # Who takes the public inputs from the signed leaf, as these lines say, is not deceived.
    assert contract.ask(call(of_the_attestation)).verdict is False
