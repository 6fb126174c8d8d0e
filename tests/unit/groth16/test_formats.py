"""JSON as snarkjs has it, `.zkey`, `.r1cs` and `.wtns` files: what is read, what is refused, what is written."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.circom_files import (
    constraints_octets,
    field_octets,
    read_witness,
    sections_octets,
    unsigned,
    witness_octets,
)
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.groth16 import snarkjs, zkey
from mpctls.zkp.groth16.prover import prove, public_values
from mpctls.zkp.groth16.verifier import verify
from mpctls.zkp.groth16.zkey import read_verifying_key, read_zkey
from mpctls.zkp.snarkjs_json import protocol_of, twist_point_json

from .examples import (
    BESIDE_THE_SUBGROUP,
    MADE_BY_SNARKJS,
    PUBLICS,
    key,
    proofs,
    reason,
    verifying_key,
    witness,
)
from .key_files import key_sections, raw

Change = Callable[[dict[str, Any]], object]

# JSON


def test_what_snarkjs_wrote_is_written_again_with_the_same_members_and_values() -> None:
    made = json.loads(MADE_BY_SNARKJS.read_text())
    theirs = snarkjs.verifying_key_from_json(json.dumps(made["key"]))
    assert json.loads(snarkjs.verifying_key_to_json(theirs)) == made["key"]  # the power of the pairing, too
    proof = snarkjs.proof_from_json(json.dumps(made["proof"]))
    assert json.loads(snarkjs.proof_to_json(proof)) == made["proof"]


def test_an_input_that_is_infinity_survives_json() -> None:
    changed = replace(verifying_key(), inputs=(None, *verifying_key().inputs[1:]))
    text = snarkjs.verifying_key_to_json(changed)
    assert json.loads(text)["IC"][0] == ["0", "1", "0"]
    assert snarkjs.verifying_key_from_json(text) == changed


def test_a_key_without_the_pairing_is_read_too() -> None:
    members = json.loads(snarkjs.verifying_key_to_json(verifying_key()))
    del members["vk_alphabeta_12"]
    assert snarkjs.verifying_key_from_json(json.dumps(members)) == verifying_key()


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof.pop("pi_a"),
        lambda proof: proof.update(more="1"),
        lambda proof: proof.update(vk_alphabeta_12=[]),
        lambda proof: proof.update(protocol="plonk"),
        lambda proof: proof.update(curve="bls12381"),
        lambda proof: proof.update(pi_a=["1", "2", "2"]),
        lambda proof: proof.update(pi_a=["0", "1", "0"]),
        lambda proof: proof.update(pi_a=[1, 2, "1"]),
        lambda proof: proof.update(pi_a=["01", "2", "1"]),
        lambda proof: proof.update(pi_b=["1", "2", "1"]),
        lambda proof: proof.update(pi_b=[["1", "2"], ["3", "4"], ["0", "1"]]),
        lambda proof: proof.update(pi_b=[["1", "2", "3"], ["3", "4"], ["1", "0"]]),
        lambda proof: proof.update(pi_b=[["1", "2"], ["3", "-4"], ["1", "0"]]),
    ],
)
def test_json_that_is_not_exactly_a_proof(change: Change) -> None:
    members = json.loads(snarkjs.proof_to_json(proofs()[0]))
    change(members)
    assert reason(lambda: snarkjs.proof_from_json(json.dumps(members))) == "zero-knowledge/malformed-proof"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda key: key.pop("vk_gamma_2"), "malformed-key"),
        (lambda key: key.update(more=1), "malformed-key"),
        (lambda key: key.update(nPublic=1), "malformed-key"),
        (lambda key: key.update(nPublic="2"), "malformed-key"),
        (lambda key: key.update(IC={}), "malformed-key"),
        (lambda key: key.update(nPublic=-1, IC=[]), "malformed-key"),
        (lambda key: key.update(vk_alpha_1=["0", "1", "0"]), "malformed-key"),
        (lambda key: key["vk_alphabeta_12"][1][2].reverse(), "malformed-key"),
        (lambda key: key.update(vk_alphabeta_12=None), "malformed-key"),
        (lambda key: key.update(vk_alpha_1=[str(BASE_MODULUS + 1), "2", "1"]), "point-not-canonical"),
        (lambda key: key.update(vk_alpha_1=["1", "3", "1"]), "point-not-on-curve"),
        (lambda key: key.update(vk_delta_2=twist_point_json(BESIDE_THE_SUBGROUP)), "point-not-in-subgroup"),
        (lambda key: key.update(vk_delta_2=[["0", "0"], ["0", "0"], ["1", "0"]]), "point-at-infinity"),
        (lambda key: key.update(vk_delta_2=key["vk_gamma_2"]), "gamma-equals-delta"),
    ],
)
def test_json_that_is_not_exactly_a_verifying_key(change: Change, expected: str) -> None:
    members = json.loads(snarkjs.verifying_key_to_json(verifying_key()))
    change(members)
    refused = reason(lambda: snarkjs.verifying_key_from_json(json.dumps(members)))
    assert refused == f"zero-knowledge/{expected}"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"protocol": 1}', '{"protocol": "a", "protocol": "b"}'])
def test_text_that_names_no_protocol(text: str) -> None:
    assert reason(lambda: protocol_of(text, "zero-knowledge/malformed-key")) == "zero-knowledge/malformed-key"


# Files of proving keys


def key_file(path: Path, contents: dict[int, bytes]) -> Path:
    path.write_bytes(sections_octets(b"zkey", 1, contents))
    return path


def test_a_key_file_proves_what_the_key_proves(tmp_path: Path) -> None:
    path = key_file(tmp_path / "k", key_sections(key()))
    read = read_zkey(path)
    assert read.verifying_key == read_verifying_key(path) == verifying_key()
    assert np.array_equal(read.left.factors, key().left.factors)
    proof = prove(read, witness())
    verify(verifying_key(), public_values(read, witness()), proof, accept_development=True)


COUNTS = 2 * 36
"""Where the counts stand in the header: wires, publics, size; then alpha, beta, beta, gamma, delta, delta."""
POINTS = COUNTS + 12
GAMMA = POINTS + 64 + 64 + 128
ENTRY = 4
"""Where the first entry of the matrices begins: matrix, row, wire, factor."""


def _count(index: int, number: int) -> Callable[[bytes], bytes]:
    return _at(COUNTS + 4 * index, struct.pack("<I", number))


def _at(position: int, octets: bytes) -> Callable[[bytes], bytes]:
    return lambda given: given[:position] + octets + given[position + len(octets) :]


BESIDE = raw(G2.encode([BESIDE_THE_SUBGROUP]))
GENERATOR = raw(G1.generator)


@pytest.mark.parametrize(
    ("section", "change", "expected"),
    [
        (1, lambda _: unsigned(2), "malformed-key"),
        (2, lambda octets: octets[:-1], "malformed-key"),
        (2, _at(0, field_octets(SCALAR_MODULUS)), "malformed-key"),
        (2, _at(36, field_octets(BASE_MODULUS)), "malformed-key"),
        (2, _count(0, 1 << 31), "malformed-key"),
        (2, _count(0, 2), "malformed-key"),
        (2, _count(0, 9), "malformed-key"),
        (2, _count(1, 1), "malformed-key"),
        (2, _count(1, 3), "malformed-key"),
        (2, _count(1, 1 << 30), "malformed-key"),
        (2, _count(2, 0), "malformed-key"),
        (2, _count(2, 12), "malformed-key"),
        (2, _count(2, 32), "malformed-key"),
        (2, _count(2, 1 << 30), "malformed-key"),
        (2, _at(POINTS, b"\xff" * 32), "point-not-canonical"),
        (2, _at(POINTS, bytes(32)), "point-not-on-curve"),
        (2, _at(POINTS, bytes(64)), "point-at-infinity"),
        (2, _at(POINTS + 64, GENERATOR), "setup-structure-invalid"),
        (2, _at(POINTS + 128, BESIDE), "point-not-in-subgroup"),
        (2, _at(GAMMA, bytes(128)), "point-at-infinity"),
        (2, lambda octets: _at(GAMMA, octets[-128:])(octets), "gamma-equals-delta"),
        (2, _at(GAMMA + 128, GENERATOR), "setup-structure-invalid"),
        (3, lambda octets: octets[64:], "malformed-key"),
        (3, _at(0, b"\1"), "point-not-on-curve"),
        (4, lambda octets: octets[:-1], "malformed-key"),
        (4, lambda octets: octets + bytes(44), "malformed-key"),
        (4, _at(0, b"\xff" * 4), "malformed-key"),
        (4, lambda _: b"", "malformed-key"),
        (4, _at(ENTRY, unsigned(2)), "malformed-key"),
        (4, _at(ENTRY + 4, unsigned(1 << 20)), "malformed-key"),
        (4, _at(ENTRY + 8, unsigned(1 << 20)), "malformed-key"),
        (4, _at(ENTRY + 12, b"\xff" * 32), "element-not-canonical"),
        *((section, lambda octets: octets[64:], "malformed-key") for section in (5, 6, 7, 8, 9)),
        *((section, _at(0, b"\xff" * 32), "point-not-canonical") for section in (5, 6, 7, 8, 9)),
        *((section, _at(0, b"\1" + bytes(63)), "point-not-on-curve") for section in (5, 6, 7, 8, 9)),
        (7, _at(128, BESIDE), "point-not-in-subgroup"),
    ],
)
def test_a_malformed_key_file_is_refused(
    tmp_path: Path, section: int, change: Callable[[bytes], bytes], expected: str
) -> None:
    contents = key_sections(key())
    contents[section] = change(contents[section])
    path = key_file(tmp_path / "k", contents)
    assert reason(lambda: read_zkey(path)) == f"zero-knowledge/{expected}"


def test_a_small_file_that_claims_a_large_circuit_is_refused_before_memory_is_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zkey, "_matrices", None)  # whatever makes matrices of that size fails
    contents = key_sections(key())
    contents[2] = _count(2, 1 << 27)(contents[2])
    path = key_file(tmp_path / "k", contents)
    assert reason(lambda: read_zkey(path)) == "zero-knowledge/malformed-key"


@pytest.mark.parametrize("section", range(1, 10))
def test_a_key_file_without_a_section_is_refused(tmp_path: Path, section: int) -> None:
    contents = key_sections(key())
    del contents[section]
    path = key_file(tmp_path / "k", contents)
    assert reason(lambda: read_zkey(path)) == "zero-knowledge/malformed-key"


def test_wrong_points_of_wires_give_no_proof(tmp_path: Path) -> None:
    """A reader cannot know them wrong; the proof that they make is checked before it leaves."""
    contents = key_sections(key())
    contents[5] = contents[5][64:128] + contents[5][:64] + contents[5][128:]
    read = read_zkey(key_file(tmp_path / "k", contents))
    assert reason(lambda: prove(read, witness())) == "zero-knowledge/unsatisfied"


# Circuits and witnesses


def test_a_witness_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "w"
    path.write_bytes(witness_octets([1, 0, SCALAR_MODULUS - 1]))
    assert SCALAR.decode(read_witness(path)) == [1, 0, SCALAR_MODULUS - 1]


def test_a_circuit_is_written_as_the_format_has_it() -> None:
    """p = 3·x·(x + 5): checked octet by octet against the format of `.r1cs` files of iden3."""
    builder = Builder()
    image = builder.public("image")
    x = builder.private("x")
    builder.assert_product(x * 3, x + 5, image)
    modulus = SCALAR_MODULUS.to_bytes(32, "little")

    def element(number: int) -> bytes:
        return number.to_bytes(32, "little")

    header = unsigned(32) + modulus + unsigned(3, 0, 1, 1) + (3).to_bytes(8, "little") + unsigned(1)
    forms = [
        unsigned(1, 2) + element(3),
        unsigned(2, 0) + element(5) + unsigned(2) + element(1),
        unsigned(1, 1) + element(1),
    ]
    labels = b"".join(wire.to_bytes(8, "little") for wire in range(3))
    expected = b"r1cs" + unsigned(1, 3)
    for number, octets in ((1, header), (2, b"".join(forms)), (3, labels)):
        expected += unsigned(number) + len(octets).to_bytes(8, "little") + octets
    assert constraints_octets(builder.finish()) == expected


def test_a_circuit_over_another_field_is_not_written() -> None:
    with pytest.raises(ValueError, match="scalar field"):
        constraints_octets(Builder(101).finish())


def test_public_inputs_of_a_key_file_are_those_of_the_witness(tmp_path: Path) -> None:
    path = tmp_path / "w"
    path.write_bytes(witness_octets(witness()))
    assert public_values(key(), read_witness(path)) == PUBLICS
