"""What contracts are called, what they say of themselves, and for which keys there are none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.evm import Language, contract_name, render
from mpctls.zkp.evm.calldata import encode_call
from mpctls.zkp.groth16 import proof as groth16
from mpctls.zkp.plonk import proof as plonk
from tests.unit.plonk.examples import example, proofs

from .calls import BESIDE_THE_SUBGROUP, numbers_of
from .proved import PUBLICS, groth16_key, groth16_proof

NAMES_OF_NO_CONTRACT = (
    "",
    "cubic",
    "1Cubic",
    "Cubic Two",
    "Cubic\n",
    'Cubic"""\nimport os',
    "Cubic{}//",
    "Cub\u00efc",
    "\uff23ubic",
    "_Cubic",
    "$Cubic",
    "C" * 41,
)


@pytest.mark.parametrize("name", NAMES_OF_NO_CONTRACT)
def test_a_name_that_is_no_identifier_does_not_reach_the_source(name: str) -> None:
    with pytest.raises(Refused, match="command/malformed-name"):
        render(Language.SOLIDITY, example().verifying_key, name=name)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", [example().verifying_key, groth16_key().verifying_key])
def test_name_and_notice_say_that_a_proof_alone_is_verified(
    language: Language, key: plonk.VerifyingKey | groth16.VerifyingKey
) -> None:
    source = render(language, key, name="Cubic", accept_development=True)
    assert contract_name("Cubic") == "CubicProofVerifier"
    assert "CubicProofVerifier" in source and key.digest().hex() in source
    prose = re.sub(r"\s+(/// +)?", " ", source)
    for said in (
        "NOTHING ELSE",
        "does NOT mean that a server sent anything",
        "the signature of a Notary that it trusts",
        "the body under that header's root",
        "the inclusion of each leaf",
        "No signature is read here",
        "neither chain nor contract nor caller",
    ):
        assert said in prose


@pytest.mark.parametrize("count", [0, 129])
def test_there_is_no_contract_for_none_or_too_many_public_inputs(count: int) -> None:
    point = (1, 2)
    key = replace(groth16_key().verifying_key, inputs=(point,) * (count + 1))
    with pytest.raises(Refused, match="zero-knowledge/public-input-count"):
        render(Language.VYPER, key, name="Cubic", accept_development=True)
    with pytest.raises(Refused, match="zero-knowledge/public-input-count"):
        encode_call(groth16_proof(), [0] * count)


def test_a_key_is_checked_as_its_verifier_does() -> None:
    key, other = example().verifying_key, groth16_key().verifying_key
    for wrong, reason in (
        (replace(key, first_sigma=(1, 3)), "zero-knowledge/point-not-on-curve"),
        (replace(key, tau=BESIDE_THE_SUBGROUP), "zero-knowledge/point-not-in-subgroup"),
        (replace(other, gamma=other.delta), "zero-knowledge/gamma-equals-delta"),
        (replace(other, beta=BESIDE_THE_SUBGROUP), "zero-knowledge/point-not-in-subgroup"),
    ):
        with pytest.raises(Refused, match=reason):
            render(Language.VYPER, wrong, name="Cubic", accept_development=True)
    with pytest.raises(Refused, match="zero-knowledge/development-setup"):
        render(Language.VYPER, other, name="Cubic")


def test_the_words_of_a_call_are_those_of_the_proof() -> None:
    proof = proofs()[0]
    coordinates = [number for point in proof.points for number in point]
    assert numbers_of(encode_call(proof, PUBLICS)) == [*coordinates, *proof.evaluations, *PUBLICS]
    ((x_real, x_imaginary), (y_real, y_imaginary)) = groth16_proof().b
    assert numbers_of(encode_call(groth16_proof(), PUBLICS))[2:6] == [
        x_imaginary,
        x_real,
        y_imaginary,
        y_real,
    ]


def test_a_number_that_no_word_holds_is_refused() -> None:
    for number in (-1, 1 << 256):
        with pytest.raises(Refused, match="zero-knowledge/malformed-proof"):
            encode_call(replace(proofs()[0], left_value=number), PUBLICS)
    assert numbers_of(encode_call(proofs()[0], [SCALAR_MODULUS]))[-1] == SCALAR_MODULUS
