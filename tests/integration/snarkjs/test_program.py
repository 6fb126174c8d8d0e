"""The program `python -m mpctls.zkp` in the place of snarkjs: its files are those that snarkjs reads and writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mpctls.zkp.circom_files import sections_octets, witness_octets
from tests.capabilities import requires
from tests.unit.groth16.examples import key, witness
from tests.unit.groth16.key_files import key_sections
from tests.unit.plonk import circom_writers
from tests.unit.plonk.examples import example, setup

from .program import SECONDS, require, snarkjs

pytestmark = [requires("node", "snarkjs"), pytest.mark.slow]


def program(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of ours that must succeed and be quiet."""
    finished = subprocess.run(
        [sys.executable, "-m", "mpctls.zkp", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    return finished


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness and a key for each system."""
    case = example()
    plonk = circom_writers.proving_key(
        case.key, setup().prefix(case.verifying_key.size_log2), case.table.row_count
    )
    for name, sections in (("groth16", key_sections(key())), ("plonk", plonk)):
        (tmp_path / f"{name}.zkey").write_bytes(sections_octets(b"zkey", 1, sections))
    (tmp_path / "witness.wtns").write_bytes(witness_octets(witness()))
    return tmp_path


@pytest.mark.parametrize("system", ["plonk", "groth16"])
def test_what_the_program_writes_snarkjs_verifies(folder: Path, system: str) -> None:
    program(folder, "prove", system, f"{system}.zkey", "witness.wtns", "proof.json", "public.json")
    program(folder, "export-key", f"{system}.zkey", "key.json")
    files = [folder / f"{name}.json" for name in ("key", "public", "proof")]
    require(system, "verify", *files)
    publics = json.loads(files[1].read_text())
    files[1].write_text(json.dumps([str(int(publics[0]) ^ 1), publics[1]]))
    assert snarkjs(system, "verify", *files).returncode != 0


def test_what_snarkjs_writes_the_program_verifies(folder: Path) -> None:
    proof = (folder / "proof.json", folder / "public.json")
    require("groth16", "prove", folder / "groth16.zkey", folder / "witness.wtns", *proof)
    program(folder, "export-key", "groth16.zkey", "key.json")
    arguments = ("key.json", "public.json", "proof.json", "--accept-development")
    said = program(folder, "verify", "groth16", *arguments).stdout
    assert said == "valid: a groth16 proof for 2 public inputs\n"
