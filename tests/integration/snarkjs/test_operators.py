"""A proof of every operator before snarkjs: it accepts ours and no changed one, and we accept those it makes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.plonk import snarkjs as formats
from mpctls.zkp.plonk.proof import Proof
from mpctls.zkp.plonk.verifier import verify
from tests.capabilities import requires
from tests.operators.proofs import Proved, every_proof, proving_key, setup, shared_folder, witness
from tests.unit.plonk import circom_writers

from .answers import answers, proving, verification
from .complete_keys import complete_key

pytestmark = [requires("node", "snarkjs"), pytest.mark.slow, pytest.mark.timeout(300)]

PROVED_BY_SNARKJS = ("decimal ≥", "matches", "pseudonyms with a condition")
NUMBERS = 24
"""Coordinates and evaluations of a proof, of 32 octets each."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory)


@pytest.fixture(scope="module")
def proofs(folder: Path) -> tuple[Proved, ...]:
    return every_proof(folder)


def question(proved: Proved, publics: list[int] | None = None, proof: Proof | None = None) -> dict[str, Any]:
    return verification(
        formats.verifying_key_to_json(proved.key),
        formats.publics_to_json(proved.publics if publics is None else publics),
        formats.proof_to_json(proved.proof if proof is None else proof),
    )


def with_another_bit(proof: Proof, number: int) -> Proof:
    """A bit of one of the numbers of a proof is changed: of another number, and another bit, for each case."""
    octets = bytearray(proof.to_octets())
    octets[32 * (number % NUMBERS) + 31 - number * 5 % 31] ^= 1 << number % 8
    return Proof.from_octets(bytes(octets))


def with_another_public(publics: list[int], number: int) -> list[int]:
    changed = list(publics)
    changed[number % len(publics)] ^= 1 << number * 37 % 253
    return changed


def refused_by(questions: list[dict[str, Any]], proofs: tuple[Proved, ...]) -> list[str]:
    """The names of the cases whose proof snarkjs does not accept."""
    verdicts = answers(questions)
    assert all(verdict in (True, False) for verdict in verdicts)
    return [each.case.name for each, verdict in zip(proofs, verdicts, strict=True) if not verdict]


def test_snarkjs_accepts_a_proof_of_every_operator(proofs: tuple[Proved, ...]) -> None:
    assert refused_by([question(each) for each in proofs], proofs) == []


def test_snarkjs_refuses_each_with_one_bit_of_the_proof_changed(proofs: tuple[Proved, ...]) -> None:
    changed = [
        question(each, proof=with_another_bit(each.proof, number)) for number, each in enumerate(proofs)
    ]
    assert len(proofs) > 2 * NUMBERS
    assert refused_by(changed, proofs) == [each.case.name for each in proofs]


def test_snarkjs_refuses_each_with_one_bit_of_a_public_input_changed(proofs: tuple[Proved, ...]) -> None:
    changed = [
        question(each, publics=with_another_public(each.publics, number))
        for number, each in enumerate(proofs)
    ]
    assert refused_by(changed, proofs) == [each.case.name for each in proofs]


def test_we_accept_proofs_that_snarkjs_makes_with_our_keys(
    proofs: tuple[Proved, ...], folder: Path, tmp_path: Path
) -> None:
    chosen = [each for each in proofs if each.case.name in PROVED_BY_SNARKJS]
    assert len(chosen) == len(PROVED_BY_SNARKJS)
    requests = []
    for number, each in enumerate(chosen):
        key_file, witness_file = tmp_path / f"{number}.zkey", tmp_path / f"{number}.wtns"
        key_file.write_bytes(complete_key(proving_key(each.case, folder), setup()))
        values = circom_writers.witness(witness(each, folder))
        witness_file.write_bytes(circom_writers.sections(b"wtns", 2, values))
        requests.append(proving(key_file, witness_file))
    for each, made in zip(chosen, answers(requests), strict=True):
        proof = formats.proof_from_json(json.dumps(made["proof"]))
        assert formats.publics_from_json(json.dumps(made["publics"])) == each.publics
        verify(each.key, each.publics, proof)
        with pytest.raises(Refused):
            verify(each.key, each.publics, replace(proof, right_value=proof.right_value ^ 1))
