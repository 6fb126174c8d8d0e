"""Groth16 against snarkjs: a ceremony of snarkjs for a circuit of ours, and proofs of either side for the other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.constants import BASE_MODULUS
from mpctls.zkp.circom_files import constraints_octets, read_witness, witness_octets
from mpctls.zkp.groth16 import snarkjs as formats
from mpctls.zkp.groth16.proof import Proof
from mpctls.zkp.groth16.prover import prove, public_values
from mpctls.zkp.groth16.verifier import verify
from mpctls.zkp.groth16.zkey import read_verifying_key, read_zkey
from mpctls.zkp.snarkjs_json import publics_from_json, publics_to_json
from tests.capabilities import requires
from tests.unit.groth16.examples import PUBLICS, proofs, verifying_key, witness
from tests.unit.plonk.examples import cubic

from .program import require, snarkjs

pytestmark = [requires("node", "snarkjs"), pytest.mark.slow]

POWER = "4"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both phases by snarkjs, with one contribution each, for a circuit and a witness that we wrote; and its proof."""
    path = tmp_path_factory.mktemp("groth16")
    (path / "circuit.r1cs").write_bytes(constraints_octets(cubic()))
    (path / "witness.wtns").write_bytes(witness_octets(witness()))
    require("powersoftau", "new", "bn128", POWER, path / "new.ptau")
    require("powersoftau", "contribute", path / "new.ptau", path / "first.ptau", "--name=a", "-e=some text")
    require("powersoftau", "prepare", "phase2", path / "first.ptau", path / "made.ptau")
    require("groth16", "setup", path / "circuit.r1cs", path / "made.ptau", path / "first.zkey")
    require("zkey", "contribute", path / "first.zkey", path / "circuit.zkey", "--name=b", "-e=another text")
    require("zkey", "export", "verificationkey", path / "circuit.zkey", path / "key.json")
    proof = (path / "proof.json", path / "public.json")
    require("groth16", "prove", path / "circuit.zkey", path / "witness.wtns", *proof)
    return path


def accepts(folder: Path, key: str, publics: str, proof: str) -> bool:
    """Ask snarkjs about JSON texts."""
    for name, text in (("k.json", key), ("u.json", publics), ("p.json", proof)):
        (folder / name).write_text(text)
    finished = snarkjs("groth16", "verify", folder / "k.json", folder / "u.json", folder / "p.json")
    verdict = "OK!" in finished.stdout
    assert verdict == (finished.returncode == 0)
    return verdict


def changes(proof: Proof) -> list[Proof]:
    """Proofs with one point negated, or one coordinate changed in one bit."""
    (x, y), (b_x, b_y) = proof.a, proof.b
    negated = ((BASE_MODULUS - b_y[0]) % BASE_MODULUS, (BASE_MODULUS - b_y[1]) % BASE_MODULUS)
    return [
        replace(proof, a=(x, BASE_MODULUS - y)),
        replace(proof, b=(b_x, negated)),
        replace(proof, c=(proof.c[0], BASE_MODULUS - proof.c[1])),
        replace(proof, a=(x ^ 1, y)),
        replace(proof, b=((b_x[0], b_x[1] ^ 1), b_y)),
        replace(proof, c=(proof.c[0], proof.c[1] ^ 1)),
    ]


def test_snarkjs_accepts_a_proof_under_a_key_of_ours_and_no_changed_one(tmp_path: Path) -> None:
    key, publics = formats.verifying_key_to_json(verifying_key()), publics_to_json(PUBLICS)
    proof = proofs()[0]
    assert accepts(tmp_path, key, publics, formats.proof_to_json(proof))
    assert not accepts(
        tmp_path, key, publics_to_json([PUBLICS[0] ^ 1, PUBLICS[1]]), formats.proof_to_json(proof)
    )
    for changed in changes(proof):
        assert not accepts(tmp_path, key, publics, formats.proof_to_json(changed))


def test_we_accept_a_proof_of_snarkjs_and_no_changed_one(folder: Path) -> None:
    key = formats.verifying_key_from_json((folder / "key.json").read_text())
    publics = publics_from_json((folder / "public.json").read_text())
    proof = formats.proof_from_json((folder / "proof.json").read_text())
    assert publics == PUBLICS
    verify(key, publics, proof)
    for changed in changes(proof):
        with pytest.raises(Refused):
            verify(key, publics, changed)


def test_a_key_of_a_ceremony_serves_our_prover(folder: Path) -> None:
    key, values = read_zkey(folder / "circuit.zkey"), read_witness(folder / "witness.wtns")
    publics, proof = public_values(key, values), prove(key, values)
    verify(key.verifying_key, publics, proof)
    theirs = (folder / "key.json").read_text()
    assert formats.verifying_key_from_json(theirs) == key.verifying_key
    assert json.loads(formats.verifying_key_to_json(key.verifying_key)) == json.loads(theirs)
    assert accepts(folder, theirs, publics_to_json(publics), formats.proof_to_json(proof))


def test_a_key_without_a_contribution_is_refused_here_though_snarkjs_takes_it(folder: Path) -> None:
    for read in (read_zkey, read_verifying_key):
        with pytest.raises(Refused) as refusal:
            read(folder / "first.zkey")
        assert refusal.value.reason == "zero-knowledge/gamma-equals-delta"
    proof = (folder / "bare-proof.json", folder / "bare-public.json")
    require("groth16", "prove", folder / "first.zkey", folder / "witness.wtns", *proof)
    require("zkey", "export", "verificationkey", folder / "first.zkey", folder / "bare-key.json")
    require("groth16", "verify", folder / "bare-key.json", proof[1], proof[0])
