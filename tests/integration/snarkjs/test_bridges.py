"""Bridges of one block before snarkjs: it accepts what we prove, under the key that we make, and nothing changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mpctls.zkp.bridge.statement import bridge_publics
from mpctls.zkp.plonk import snarkjs as formats
from mpctls.zkp.plonk.proof import Proof
from tests.capabilities import requires
from tests.unit.bridge.committed import SETTING
from tests.unit.bridge.proofs import KEYS, SECRET, plonk_bridge, setup

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


def test_plonk(tmp_path: Path) -> None:
    bridge = plonk_bridge()
    key = formats.verifying_key_to_json(KEYS.verifying_key(1, setup()))
    proof = Proof.from_octets(bridge.proof)
    publics = bridge_publics(SECRET.leaf, SETTING, bridge.commitment)
    text = formats.publics_to_json(publics)
    assert accepts(tmp_path, "plonk", key, text, formats.proof_to_json(proof))
    changed = dataclasses.replace(proof, left_value=proof.left_value ^ 1)
    assert not accepts(tmp_path, "plonk", key, text, formats.proof_to_json(changed))
    for place in (0, 3, len(publics) - 1):
        others = [number ^ int(index == place) for index, number in enumerate(publics)]
        assert not accepts(
            tmp_path, "plonk", key, formats.publics_to_json(others), formats.proof_to_json(proof)
        )
