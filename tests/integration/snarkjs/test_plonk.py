"""PLONK against snarkjs: it accepts our proofs, we accept its proofs, and keys are the same numbers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.constants import BASE_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.transform import Domain
from mpctls.zkp.circom_files import read_witness
from mpctls.zkp.circuit.gates import Additions, GateTable
from mpctls.zkp.plonk import snarkjs as formats
from mpctls.zkp.plonk.keys import ProvingKey, make_keys
from mpctls.zkp.plonk.prover import prove, public_values
from mpctls.zkp.plonk.verifier import verify
from mpctls.zkp.plonk.zkey import read_zkey
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Origin, Setup
from tests.capabilities import requires
from tests.unit.plonk import circom_writers
from tests.unit.plonk.examples import cubic, example, proofs

from .program import require, snarkjs

pytestmark = [requires("node", "snarkjs"), pytest.mark.slow]

POWER = 4
SECRET = 987654321


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A circuit's files: those we wrote (.ptau, .r1cs, .wtns) and those snarkjs made of them."""
    path = tmp_path_factory.mktemp("snarkjs")
    circuit, case = cubic(), example()
    files = {
        "made.ptau": (b"ptau", 1, circom_writers.powers_of_tau(POWER, SECRET)),
        "circuit.r1cs": (b"r1cs", 1, circom_writers.constraint_system(circuit)),
        "witness.wtns": (b"wtns", 2, circom_writers.witness(case.witness)),
    }
    for name, (magic, version, contents) in files.items():
        (path / name).write_bytes(circom_writers.sections(magic, version, contents))
    require("plonk", "setup", path / "circuit.r1cs", path / "made.ptau", path / "circuit.zkey")
    require("zkey", "export", "verificationkey", path / "circuit.zkey", path / "key.json")
    proof = (path / "proof.json", path / "public.json")
    require("plonk", "prove", path / "circuit.zkey", path / "witness.wtns", *proof)
    return path


def accepts(folder: Path, key: str, publics: str, proof: str) -> bool:
    """Ask snarkjs about JSON texts."""
    for name, text in (("k.json", key), ("u.json", publics), ("p.json", proof)):
        (folder / name).write_text(text)
    finished = snarkjs("plonk", "verify", folder / "k.json", folder / "u.json", folder / "p.json")
    verdict = "OK!" in finished.stdout
    assert verdict == (finished.returncode == 0)
    return verdict


def test_snarkjs_accepts_a_proof_of_ours_and_no_changed_one(tmp_path: Path) -> None:
    case, proof = example(), proofs()[0]
    key = formats.verifying_key_to_json(case.verifying_key)
    publics = formats.publics_to_json(case.publics)
    assert accepts(tmp_path, key, publics, formats.proof_to_json(proof))
    assert not accepts(
        tmp_path,
        key,
        formats.publics_to_json([case.publics[0] ^ 1, case.publics[1]]),
        formats.proof_to_json(proof),
    )
    x, y = proof.permutation
    for changed in (
        dataclasses.replace(proof, left_value=proof.left_value ^ 1),
        dataclasses.replace(proof, shifted_permutation_value=proof.shifted_permutation_value ^ 1),
        dataclasses.replace(proof, permutation=(x, BASE_MODULUS - y)),
        dataclasses.replace(proof, shifted_opening=proof.opening),
    ):
        assert not accepts(tmp_path, key, publics, formats.proof_to_json(changed))


def test_we_accept_a_proof_of_snarkjs_and_no_changed_one(folder: Path) -> None:
    key = formats.verifying_key_from_json((folder / "key.json").read_text())
    publics = formats.publics_from_json((folder / "public.json").read_text())
    proof = formats.proof_from_json((folder / "proof.json").read_text())
    assert publics == example().publics
    verify(key, publics, proof)
    with pytest.raises(Refused):
        verify(key, publics, dataclasses.replace(proof, output_value=proof.output_value ^ 1))


def test_json_is_written_with_the_same_members_and_values(folder: Path) -> None:
    key, proof, publics = ((folder / f"{name}.json").read_text() for name in ("key", "proof", "public"))
    assert json.loads(formats.verifying_key_to_json(formats.verifying_key_from_json(key))) == json.loads(key)
    assert json.loads(formats.proof_to_json(formats.proof_from_json(proof))) == json.loads(proof)
    assert json.loads(formats.publics_to_json(formats.publics_from_json(publics))) == json.loads(publics)


def test_a_key_and_a_witness_of_circom_serve_our_prover(folder: Path) -> None:
    key = read_zkey(folder / "circuit.zkey")
    witness = read_witness(folder / "witness.wtns")
    publics, proof = public_values(key, witness), prove(key, witness)
    verify(key.verifying_key, publics, proof)
    verifying_key = (folder / "key.json").read_text()
    assert formats.verifying_key_from_json(verifying_key) == key.verifying_key
    assert accepts(folder, verifying_key, formats.publics_to_json(publics), formats.proof_to_json(proof))


def test_the_same_table_has_the_same_key_here_and_there(folder: Path) -> None:
    theirs = read_zkey(folder / "circuit.zkey")
    made = make_development_setup(POWER, "the points are replaced")
    powers = circom_writers.powers_of_tau(POWER, SECRET)
    setup = Setup(
        origin=Origin.DEVELOPMENT,
        label="tests",
        size_log2=POWER,
        powers=np.frombuffer(powers[2], "<u8").astype(np.uint64).reshape(-1, 2, 4)[: len(made.powers)].copy(),
        tau=np.frombuffer(powers[3], "<u8").astype(np.uint64).reshape(-1, 4, 4)[1].copy(),
    )
    assert make_keys(table_of(theirs), setup).verifying_key == theirs.verifying_key


def table_of(key: ProvingKey) -> GateTable:
    """The table of gates that a key was made of."""
    domain = Domain(key.verifying_key.size_log2)
    selectors = np.stack([SCALAR.decode(domain.forward(polynomial)) for polynomial in key.selectors], axis=1)
    coefficients: dict[int, int] = {}
    indices = [
        [coefficients.setdefault(value, len(coefficients)) for value in row] for row in selectors.tolist()
    ]
    left, right, output = key.columns
    return GateTable(
        modulus=SCALAR.modulus,
        public_count=key.verifying_key.public_count,
        wire_count=key.wire_count,
        left=left,
        right=right,
        output=output,
        coefficients=tuple(coefficients),
        coefficient_indices=np.array(indices, dtype=np.int32),
        additions=Additions(first=key.wire_count, left=(), right=(), left_factor=(), right_factor=()),
    )
