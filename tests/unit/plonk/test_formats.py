"""JSON as snarkjs has it, `.zkey` and `.wtns` files: what is read, and what is refused."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.circom_files import read_witness
from mpctls.zkp.plonk import snarkjs
from mpctls.zkp.plonk.prover import prove, public_values
from mpctls.zkp.plonk.verifier import verify
from mpctls.zkp.plonk.zkey import read_zkey

from . import circom_writers
from .examples import example, proofs, setup

BESIDE_THE_SUBGROUP = [
    ["1", "0"],
    [
        "18278151005453108793778860132295291098363647455926340152056652516292830556603",
        "5912654199736721486680175016176231956195085055698687135131307249486702594212",
    ],
    ["1", "0"],
]
"""A point of the twist with x = 1 whose order is not r."""


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.reason


def test_a_proof_public_inputs_and_a_key_survive_json() -> None:
    case, proof = example(), proofs()[0]
    assert snarkjs.proof_from_json(snarkjs.proof_to_json(proof)) == proof
    assert snarkjs.publics_from_json(snarkjs.publics_to_json(case.publics)) == case.publics
    assert (
        snarkjs.verifying_key_from_json(snarkjs.verifying_key_to_json(case.verifying_key))
        == case.verifying_key
    )


def test_a_selector_that_is_zero_is_infinity() -> None:
    key = replace(example().verifying_key, constant_selector=None)
    written = snarkjs.verifying_key_to_json(key)
    assert json.loads(written)["Qc"] == ["0", "1", "0"]
    assert snarkjs.verifying_key_from_json(written) == key


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof.pop("A"),
        lambda proof: proof.update(more="1"),
        lambda proof: proof.update(protocol="groth16"),
        lambda proof: proof.update(curve="bls12381"),
        lambda proof: proof.update(A=["1", "2", "2"]),
        lambda proof: proof.update(A=["1", "2"]),
        lambda proof: proof.update(A=["0", "1", "0"]),
        lambda proof: proof.update(A=[1, 2, "1"]),
        lambda proof: proof.update(A="1"),
        lambda proof: proof.update(A=["01", "2", "1"]),
        lambda proof: proof.update(A=["0x1", "2", "1"]),
        lambda proof: proof.update(eval_a="-1"),
        lambda proof: proof.update(eval_a="+1"),
        lambda proof: proof.update(eval_a=" 1"),
        lambda proof: proof.update(eval_a="1\n"),
        lambda proof: proof.update(eval_a="1_0"),
        lambda proof: proof.update(eval_a=""),
        lambda proof: proof.update(eval_a="٣"),
        lambda proof: proof.update(eval_a=1),
        lambda proof: proof.update(eval_a=None),
        lambda proof: proof.update(eval_a="1" + "0" * 78),
    ],
)
def test_json_that_is_not_exactly_a_proof(change: Change) -> None:
    members = json.loads(snarkjs.proof_to_json(proofs()[0]))
    change(members)
    assert reason(lambda: snarkjs.proof_from_json(json.dumps(members))) == "zero-knowledge/malformed-proof"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, "1" * 5000, " " * (snarkjs.MAXIMUM_OCTETS + 1)],
    ids=["empty", "cut", "array", "null", "deep", "number", "long"],
)
def test_text_that_is_no_proof(text: str) -> None:
    assert reason(lambda: snarkjs.proof_from_json(text)) == "zero-knowledge/malformed-proof"


def test_a_proof_with_a_member_twice() -> None:
    text = snarkjs.proof_to_json(proofs()[0]).replace("{", '{"curve": "bn128",', 1)
    assert json.loads(text) == json.loads(snarkjs.proof_to_json(proofs()[0]))
    assert reason(lambda: snarkjs.proof_from_json(text)) == "zero-knowledge/malformed-proof"


def test_a_number_that_is_too_large_is_for_the_verifier_to_refuse() -> None:
    case = example()
    members = json.loads(snarkjs.proof_to_json(proofs()[0]))
    members["eval_a"] = str(int(members["eval_a"]) + SCALAR_MODULUS)
    proof = snarkjs.proof_from_json(json.dumps(members))
    assert (
        reason(lambda: verify(case.verifying_key, case.publics, proof))
        == "zero-knowledge/evaluation-not-canonical"
    )


@pytest.mark.parametrize("text", ["{}", "[1]", '["1", "-1"]', '["1" "2"]', '[["1"]]'])
def test_json_that_is_not_exactly_public_inputs(text: str) -> None:
    assert reason(lambda: snarkjs.publics_from_json(text)) == "zero-knowledge/malformed-proof"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda key: key.pop("w"), "malformed-key"),
        (lambda key: key.update(w="1"), "malformed-key"),
        (lambda key: key.update(power=3), "malformed-key"),
        (lambda key: key.update(power="4"), "malformed-key"),
        (lambda key: key.update(nPublic=True), "malformed-key"),
        (lambda key: key.update(nPublic=-1), "malformed-key"),
        (lambda key: key.update(nPublic=2.0), "malformed-key"),
        (lambda key: key.update(k1="1"), "malformed-key"),
        (lambda key: key.update(X_2=[["1", "2"], ["3", "4"]]), "malformed-key"),
        (lambda key: key.update(X_2=[["1", "2"], ["3", "4"], ["1", "1"]]), "malformed-key"),
        (lambda key: key.update(X_2=[["1"], ["3", "4"], ["1", "0"]]), "malformed-key"),
        (lambda key: key.update(S1=["0", "1", "0"]), "malformed-key"),
        (lambda key: key.update(Qm=[str(BASE_MODULUS + 1), "2", "1"]), "point-not-canonical"),
        (lambda key: key.update(Qm=["1", "3", "1"]), "point-not-on-curve"),
        (lambda key: key.update(X_2=[["1", "2"], ["3", "4"], ["1", "0"]]), "point-not-on-curve"),
        (lambda key: key.update(X_2=BESIDE_THE_SUBGROUP), "point-not-in-subgroup"),
        (lambda key: key.update(X_2=[["0", "0"], ["0", "0"], ["1", "0"]]), "point-at-infinity"),
    ],
)
def test_json_that_is_not_exactly_a_verifying_key(change: Change, expected: str) -> None:
    members = json.loads(snarkjs.verifying_key_to_json(example().verifying_key))
    change(members)
    refused = reason(lambda: snarkjs.verifying_key_from_json(json.dumps(members)))
    assert refused == f"zero-knowledge/{expected}"


# Files of witnesses


def written(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path


def test_a_witness_file_gives_its_values(tmp_path: Path) -> None:
    path = written(
        tmp_path / "w",
        circom_writers.sections(b"wtns", 2, circom_writers.witness([1, 0, SCALAR_MODULUS - 1])),
    )
    assert SCALAR.decode(read_witness(path)) == [1, 0, SCALAR_MODULUS - 1]


def _sections(**changes: bytes) -> bytes:
    contents = circom_writers.witness([1, 2])
    contents |= {int(name.removeprefix("s")): octets for name, octets in changes.items()}
    return circom_writers.sections(b"wtns", 2, contents)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"wtns",
        _sections()[:-1],
        _sections() + b"\0",
        _sections().replace(b"wtns", b"zkey"),
        circom_writers.sections(b"wtns", 1, circom_writers.witness([1, 2])),
        circom_writers.sections(b"wtns", 2, {1: circom_writers.witness([1, 2])[1]}),
        circom_writers.sections(b"wtns", 2, circom_writers.witness([])),
        circom_writers.sections(b"wtns", 2, circom_writers.witness([2, 1])),
        _sections(s2=bytes(32)),
        _sections(s1=circom_writers.field(BASE_MODULUS) + circom_writers.u32(2)),
        _sections(s1=circom_writers.field(SCALAR_MODULUS) + circom_writers.u32(1 << 31)),
        _sections(s1=circom_writers.field(SCALAR_MODULUS)),
        b"wtns" + circom_writers.u32(2, 65),
        b"wtns" + circom_writers.u32(2, 1, 1) + (1 << 63).to_bytes(8, "little"),
        b"wtns" + circom_writers.u32(2, 3) + _sections()[12:] + _sections()[12:64],  # the header twice
    ],
)
def test_a_malformed_witness_file_is_refused(tmp_path: Path, octets: bytes) -> None:
    path = written(tmp_path / "w", octets)
    assert reason(lambda: read_witness(path)) == "zero-knowledge/malformed-witness"


def test_a_witness_value_that_is_not_below_the_modulus_is_refused(tmp_path: Path) -> None:
    values = (1).to_bytes(32, "little") + SCALAR_MODULUS.to_bytes(32, "little")
    path = written(tmp_path / "w", _sections(s2=values))
    assert reason(lambda: read_witness(path)) == "zero-knowledge/element-not-canonical"


# Files of proving keys


def key_sections() -> dict[int, bytes]:
    case = example()
    powers = setup().prefix(case.verifying_key.size_log2)
    return circom_writers.proving_key(case.key, powers, case.table.row_count)


def key_file(path: Path, contents: dict[int, bytes]) -> Path:
    return written(path, circom_writers.sections(b"zkey", 1, contents))


def test_a_key_file_proves_what_the_key_proves(tmp_path: Path) -> None:
    case = example()
    key = read_zkey(key_file(tmp_path / "k", key_sections()))
    assert key.verifying_key == case.verifying_key
    assert np.array_equal(key.columns, case.key.columns)
    proof = prove(key, case.witness)
    verify(case.verifying_key, public_values(key, case.witness), proof)


COUNTS = 2 * 36
"""Where the counts stand in the header: wires, publics, size, additions, rows."""


def _count(index: int, number: int) -> Callable[[bytes], bytes]:
    def change(octets: bytes) -> bytes:
        position = COUNTS + 4 * index
        return octets[:position] + struct.pack("<I", number) + octets[position + 4 :]

    return change


def _at(position: int, octets: bytes) -> Callable[[bytes], bytes]:
    return lambda given: given[:position] + octets + given[position + len(octets) :]


@pytest.mark.parametrize(
    ("section", "change", "expected"),
    [
        (1, lambda _: circom_writers.u32(1), "malformed-key"),
        (2, lambda octets: octets[:-1], "malformed-key"),
        (2, _at(0, circom_writers.field(SCALAR_MODULUS)), "malformed-key"),
        (2, _at(36, circom_writers.field(BASE_MODULUS)), "malformed-key"),
        (2, _count(0, 1 << 31), "malformed-key"),
        (2, _count(0, 3), "malformed-key"),
        (2, _count(1, 1 << 30), "malformed-key"),
        (2, _count(2, 15), "malformed-key"),
        (2, _count(2, 32), "malformed-key"),
        (2, _count(2, 1 << 31), "malformed-key"),
        (2, _count(3, 1), "malformed-key"),
        (2, _count(4, 17), "malformed-key"),
        (2, _at(COUNTS + 20, bytes(32)), "malformed-key"),
        (2, _at(COUNTS + 84, b"\xff" * 32), "point-not-canonical"),
        (2, _at(COUNTS + 84, bytes(32)), "point-not-on-curve"),
        (2, _at(COUNTS + 84 + 512, bytes(128)), "point-at-infinity"),
        (3, lambda octets: octets + bytes(72), "malformed-key"),
        (4, _at(0, circom_writers.u32(1 << 20)), "malformed-key"),
        (4, lambda octets: octets[4:], "malformed-key"),
        (7, lambda octets: octets[32:], "malformed-key"),
        (7, _at(0, b"\xff" * 32), "element-not-canonical"),
        (8, _at(0, bytes(32)), "malformed-key"),
        (12, _at(0, bytes(64)), "malformed-key"),
        (14, lambda octets: octets[64:], "malformed-key"),
        (14, lambda octets: octets[:128] + octets[64:128] + octets[192:], "setup-structure-invalid"),
    ],
)
def test_a_malformed_key_file_is_refused(
    tmp_path: Path, section: int, change: Callable[[bytes], bytes], expected: str
) -> None:
    contents = key_sections()
    contents[section] = change(contents[section])
    path = key_file(tmp_path / "k", contents)
    assert reason(lambda: read_zkey(path)) == f"zero-knowledge/{expected}"


@pytest.mark.parametrize("section", [*range(1, 13), 14])
def test_a_key_file_without_a_section_is_refused(tmp_path: Path, section: int) -> None:
    contents = key_sections()
    del contents[section]
    path = key_file(tmp_path / "k", contents)
    assert reason(lambda: read_zkey(path)) == "zero-knowledge/malformed-key"
