"""Bridges of one block before snarkjs: it accepts what we prove, under the key that we make, and nothing changed."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from mpctls.zkp.bridge.statement import bridge_publics
from mpctls.zkp.command_line.program import ExitCode, run
from mpctls.zkp.groth16 import snarkjs as groth16
from mpctls.zkp.groth16.proof import Proof as Groth16Proof
from mpctls.zkp.plonk import snarkjs as plonk
from mpctls.zkp.plonk.proof import Proof
from mpctls.zkp.snarkjs_json import publics_to_json
from tests.capabilities import requires
from tests.unit.bridge.committed import SETTING
from tests.unit.bridge.proofs import KEYS, SECRET, bridge, ceremony_key, setup

from .program import snarkjs

pytestmark = [requires("node", "snarkjs"), pytest.mark.slow]


def accepts(folder: Path, system: str, key: str, publics: str, proof: str) -> bool:
    """Ask snarkjs about JSON texts."""
    for name, text in (("key.json", key), ("publics.json", publics), ("proof.json", proof)):
        (folder / name).write_text(text)
    finished = snarkjs(system, "verify", folder / "key.json", folder / "publics.json", folder / "proof.json")
    verdict = "OK!" in finished.stdout
    assert verdict == (finished.returncode == 0)
    return verdict


def others(publics: list[int]) -> list[list[int]]:
    """The same public inputs with one bit changed: of the value, of B."""
    places = (3, len(publics) - 1)
    return [[number ^ int(index == place) for index, number in enumerate(publics)] for place in places]


def test_plonk(tmp_path: Path) -> None:
    made = bridge("plonk")
    key = plonk.verifying_key_to_json(KEYS.verifying_key(1, setup()))
    proof = Proof.from_octets(made.proof)
    publics = bridge_publics(SECRET.leaf, SETTING, made.commitment)
    text = publics_to_json(publics)
    assert accepts(tmp_path, "plonk", key, text, plonk.proof_to_json(proof))
    changed = dataclasses.replace(proof, left_value=proof.left_value ^ 1)
    assert not accepts(tmp_path, "plonk", key, text, plonk.proof_to_json(changed))
    for each in others(publics):
        assert not accepts(tmp_path, "plonk", key, publics_to_json(each), plonk.proof_to_json(proof))


def test_groth16(tmp_path: Path) -> None:
    made = bridge("groth16")
    key = groth16.verifying_key_to_json(ceremony_key().verifying_key)
    proof = Groth16Proof.from_octets(made.proof)
    publics = bridge_publics(SECRET.leaf, SETTING, made.commitment)
    text = publics_to_json(publics)
    assert accepts(tmp_path, "groth16", key, text, groth16.proof_to_json(proof))
    changed = dataclasses.replace(proof, a=proof.c)
    assert not accepts(tmp_path, "groth16", key, text, groth16.proof_to_json(changed))
    for each in others(publics):
        assert not accepts(tmp_path, "groth16", key, publics_to_json(each), groth16.proof_to_json(proof))


def test_the_circuit_is_read_for_a_ceremony(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    circuit = tmp_path / "bridge.r1cs"
    assert run(["bridge-circuit", "1", str(circuit), "--json"]) == ExitCode.FINE
    written = json.loads(capsys.readouterr().out)
    said = snarkjs("r1cs", "info", circuit)
    assert said.returncode == 0
    counts = dict(re.findall(r"# of ([A-Z][A-Za-z ]+): (\d+)", said.stdout))
    assert int(counts["Constraints"]) == written["constraints"]
    assert int(counts["Public Inputs"]) == written["public_count"] == 7
