"""Contracts in Solidity: the verdicts of those in Vyper, on every call; and calls as snarkjs writes them."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mpctls.reference.foundation.hashes import keccak256
from mpctls.zkp.evm import Language, render
from mpctls.zkp.evm.calldata import encode_call
from mpctls.zkp.groth16 import proof as groth16
from mpctls.zkp.groth16 import snarkjs as groth16_formats
from mpctls.zkp.plonk import proof as plonk
from mpctls.zkp.plonk import snarkjs as plonk_formats
from tests.capabilities import requires
from tests.integration.snarkjs.program import snarkjs
from tests.unit.evm.calls import Calls, groth16_calls, numbers_of, plonk_calls
from tests.unit.evm.machine import Contract, compile_vyper, deploy
from tests.unit.evm.proved import PUBLICS, groth16_key, groth16_proof
from tests.unit.plonk.examples import example, proofs

from .compiler import compile_solidity

pytestmark = pytest.mark.slow

PLONK_GAS = 330_000
"""As in Vyper, and 40,000 for copies in memory: there is no inline assembly."""
GROTH16_GAS = 235_000
MAXIMUM_CODE = 24_576

Key = plonk.VerifyingKey | groth16.VerifyingKey


@functools.cache
def solidity(key: Key) -> Contract:
    code, interface = compile_solidity(render(Language.SOLIDITY, key, name="Cubic", accept_development=True))
    functions = {(each["name"], each["stateMutability"]) for each in interface}
    assert functions == {("verifyProof", "view"), ("KEY_DIGEST", "view")}
    return deploy(code)


def agree(key: Key, calls: Calls) -> None:
    """Both contracts give the verdicts that are expected."""
    code, _ = compile_vyper(render(Language.VYPER, key, name="Cubic", accept_development=True))
    data = {name: each for name, (each, _) in calls.items()}
    verdicts = solidity(key).verdicts(data)
    assert verdicts == {name: verdict for name, (_, verdict) in calls.items()}
    assert verdicts == deploy(code).verdicts(data)


@requires("vyper", "solc")
def test_plonk_gets_the_verdicts_of_vyper() -> None:
    agree(example().verifying_key, plonk_calls(proofs()[0], PUBLICS))


@requires("vyper", "solc")
def test_groth16_gets_the_verdicts_of_vyper() -> None:
    agree(groth16_key().verifying_key, groth16_calls(groth16_proof(), PUBLICS))


@requires("vyper", "solc")
def test_gas_size_and_digest() -> None:
    keys: tuple[Key, Key] = (example().verifying_key, groth16_key().verifying_key)
    calls = (encode_call(proofs()[0], PUBLICS), encode_call(groth16_proof(), PUBLICS))
    for key, data, bound in zip(keys, calls, (PLONK_GAS, GROTH16_GAS), strict=True):
        assert 0.9 * bound < solidity(key).ask(data).gas < bound
        assert solidity(key).size < MAXIMUM_CODE
        assert solidity(key).call(keccak256(b"KEY_DIGEST()")[:4]) == key.digest()


@requires("node", "snarkjs")
def test_snarkjs_writes_the_same_words(tmp_path: Path) -> None:
    written = plonk_formats.proof_to_json(proofs()[0])
    assert exported(tmp_path, written, PUBLICS) == numbers_of(encode_call(proofs()[0], PUBLICS))
    written = groth16_formats.proof_to_json(groth16_proof())
    assert exported(tmp_path, written, PUBLICS) == numbers_of(encode_call(groth16_proof(), PUBLICS))


def exported(folder: Path, proof: str, publics: Sequence[int]) -> list[int]:
    """The words that snarkjs has for a call."""
    (folder / "proof.json").write_text(proof)
    (folder / "public.json").write_text(plonk_formats.publics_to_json(publics))
    finished = snarkjs("zkey", "export", "soliditycalldata", folder / "public.json", folder / "proof.json")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    text = finished.stdout.strip().replace("][", "],[")
    return [int(word, 16) for word in _flat(json.loads(f"[{text}]"))]


def _flat(value: str | list[object]) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [word for each in value if isinstance(each, str | list) for word in _flat(each)]
