"""Bridges are proved and verified; each says one thing about one leaf, and nothing else is accepted."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bridge import groth16, keys, plonk
from mpctls.zkp.bridge.bare_commitment import bare_commitment
from mpctls.zkp.bridge.circuit import compile_bridge
from mpctls.zkp.bridge.keys import BridgeKeys
from mpctls.zkp.bridge.statement import (
    BareCommitment,
    BridgeSetting,
    HashBridge,
    HashLeaf,
    bridge_publics,
    bridge_statement,
    require_publics,
)
from mpctls.zkp.circuit.gates import GateTable
from mpctls.zkp.groth16.keys import domain_size_log2
from mpctls.zkp.groth16.trust import AcceptedKeys
from mpctls.zkp.plonk.keys import table_size_log2
from mpctls.zkp.plonk.proof import VerifyingKey
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Setup
from mpctls.zkp.statement import Audience
from mpctls.zkp.verify import AcceptedSetups
from tests.unit.foundation.refusals import refused
from tests.unit.plonk.examples import example

from .committed import BETA, SETTING, committed, content
from .proofs import SECRET, SYSTEMS, bridge, ceremony_key, verifier

LEAF = SECRET.leaf
UNPROVED = HashBridge(blocks=1, commitment=5, proof=b"")
BOUND = BridgeSetting(header_digest=SETTING.header_digest, audience=Audience(audience="v", nonce=bytes(16)))


def test_statements_differ_in_everything_they_bind() -> None:
    later = dataclasses.replace(BOUND, audience=Audience(audience="v", nonce=bytes(17)))
    elsewhere = dataclasses.replace(BOUND, audience=Audience(audience="w", nonce=bytes(16)))
    digests = {
        bridge_statement(1, 3, SETTING),
        bridge_statement(2, 3, SETTING),
        bridge_statement(1, 4, SETTING),
        bridge_statement(1, 3, BridgeSetting(header_digest=bytes(32))),
        bridge_statement(1, 3, BOUND),
        bridge_statement(1, 3, later),
        bridge_statement(1, 3, elsewhere),
    }
    assert len(digests) == 7


def test_publics_in_their_order() -> None:
    statement = bridge_statement(1, 3, SETTING)
    halves = (statement[:16], statement[16:], LEAF.value[:16], LEAF.value[16:])
    assert bridge_publics(LEAF, SETTING, 99) == [*(int.from_bytes(half, "big") for half in halves), 1, 35, 99]


@pytest.mark.parametrize(
    ("changes", "shown", "reason"),
    [
        ({"algorithm": HashAlgorithm.BLAKE3, "length": 0}, {}, "zero-knowledge/not-a-hash-commitment"),
        ({"length": 0}, {}, "zero-knowledge/bridge-length"),
        ({"length": 36}, {}, "zero-knowledge/bridge-length"),
        ({"length": 100}, {"commitment": SCALAR_MODULUS}, "zero-knowledge/bridge-length"),
        ({}, {"blocks": 2}, "zero-knowledge/bridge-length"),
        ({}, {"blocks": 0}, "zero-knowledge/bridge-length"),
        ({}, {"commitment": SCALAR_MODULUS}, "zero-knowledge/public-input-not-canonical"),
        ({}, {"commitment": -1}, "zero-knowledge/public-input-not-canonical"),
    ],
)
def test_what_is_refused_without_looking_at_a_proof(
    changes: dict[str, object], shown: dict[str, object], reason: str
) -> None:
    leaf: HashLeaf = dataclasses.replace(LEAF, **changes)  # type: ignore[arg-type]
    unproved: HashBridge = dataclasses.replace(UNPROVED, **shown)  # type: ignore[arg-type]
    with refused(reason):
        require_publics(unproved, leaf, SETTING)


def test_a_prover_is_refused_what_has_no_bridge() -> None:
    small = make_development_setup(4, "small")
    for octets, algorithm, reason in (
        (b"", HashAlgorithm.SHA256, "zero-knowledge/bridge-length"),
        (bytes(100), HashAlgorithm.SHA256, "zero-knowledge/bridge-length"),
        (b"abc", HashAlgorithm.KECCAK256, "zero-knowledge/not-a-hash-commitment"),
        (b"abc", HashAlgorithm.SHA256, "zero-knowledge/setup-too-small"),
    ):
        secret = committed(octets, algorithm=algorithm)
        with refused(reason):
            plonk.prove_bridge(secret, BETA, SETTING, small, keys=BridgeKeys())


def test_one_block_fits_these_sizes() -> None:
    """A setup of 2^16 and a ceremony of 2^15 are enough."""
    compiled = compile_bridge(1)
    assert table_size_log2(compiled.table.row_count) == 16
    assert domain_size_log2(compiled.circuit.constraint_count, compiled.circuit.public_count) == 15


def test_secrets_are_not_shown() -> None:
    shown = repr(SECRET)
    assert str(SECRET.octets) not in shown
    assert str(SECRET.blinder) not in shown


def test_verifying_keys_are_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    small = make_development_setup(4, "small")

    def make(table: GateTable, setup: Setup) -> VerifyingKey:
        assert table.row_count > 40_000
        made.append(setup.size_log2)
        return example().verifying_key

    monkeypatch.setattr(keys, "make_verifying_key", make)
    first = BridgeKeys(tmp_path)
    for cache in (first, first, BridgeKeys(tmp_path)):
        assert cache.verifying_key(1, small) == example().verifying_key
    assert made == [4]
    (stored,) = tmp_path.glob("*.verifying-key.json")
    stored.write_bytes(stored.read_bytes()[:-5])
    assert BridgeKeys(tmp_path).verifying_key(1, small) == example().verifying_key
    assert (
        BridgeKeys(tmp_path).verifying_key(1, make_development_setup(4, "other")) == example().verifying_key
    )
    BridgeKeys(tmp_path / "absent").verifying_key(1, small)
    assert made == [4, 4, 4, 4]


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
class TestOneBlock:
    """One proof of each system for all; slow since the keys of so large a circuit are."""

    def test_verifies_and_says_what_it_proves(self, system: str) -> None:
        value = bare_commitment(Direction.RECEIVED, SECRET.octets, BETA)
        said = BareCommitment(direction=Direction.RECEIVED, length=35, value=value)
        assert verifier(system)(bridge(system), LEAF, SETTING) == said

    @pytest.mark.parametrize(
        "changes",
        [
            {"direction": Direction.SENT},
            {"length": 34},
            {"index": 4},
            {"value": committed(content(35), blinder=bytes(16)).leaf.value},
            {"value": committed(bytes(35)).leaf.value},
        ],
        ids=["direction", "length", "index", "blinder", "octets"],
    )
    def test_of_another_leaf(self, changes: dict[str, object], system: str) -> None:
        leaf: HashLeaf = dataclasses.replace(LEAF, **changes)  # type: ignore[arg-type]
        with refused("zero-knowledge/proof-invalid"):
            verifier(system)(bridge(system), leaf, SETTING)

    @pytest.mark.parametrize("setting", [BOUND, BridgeSetting(header_digest=bytes(32))])
    def test_moved_to_another_attestation_or_audience(self, setting: BridgeSetting, system: str) -> None:
        with refused("zero-knowledge/proof-invalid"):
            verifier(system)(bridge(system), LEAF, setting)

    @pytest.mark.parametrize("octets", [bytes(35), content(35)[::-1]], ids=["zeros", "reversed"])
    def test_with_a_bare_commitment_to_other_octets(self, octets: bytes, system: str) -> None:
        commitment = bare_commitment(LEAF.direction, octets, BETA)
        with refused("zero-knowledge/proof-invalid"):
            verifier(system)(dataclasses.replace(bridge(system), commitment=commitment), LEAF, SETTING)

    def test_every_octet_matters(self, system: str) -> None:
        proof = bridge(system).proof
        for place in range(0, len(proof), 41):
            damaged = bytearray(proof)
            damaged[place] ^= 1
            with pytest.raises(Refused):
                verifier(system)(dataclasses.replace(bridge(system), proof=bytes(damaged)), LEAF, SETTING)
        with refused("zero-knowledge/malformed-proof"):
            verifier(system)(dataclasses.replace(bridge(system), proof=proof[:-1]), LEAF, SETTING)


@pytest.mark.slow
def test_development_keys_need_the_policy() -> None:
    strict = AcceptedKeys(ceremonies={bytes(32): "another"})
    with refused("zero-knowledge/development-setup"):
        groth16.verify_bridge(bridge("groth16"), LEAF, SETTING, ceremony_key().verifying_key, strict)
    setups = AcceptedSetups.of(small := make_development_setup(4, "small"))
    for digest, reason in ((small.digest, "development-setup"), (bytes(32), "untrusted-setup")):
        with refused(f"zero-knowledge/{reason}"):
            plonk.verify_bridge(bridge("groth16"), LEAF, SETTING, digest, setups, keys=BridgeKeys())


@pytest.mark.slow
def test_a_key_of_no_named_ceremony() -> None:
    known = ceremony_key().verifying_key
    other = dataclasses.replace(known, alpha=(1, 2))
    accepted = AcceptedKeys(ceremonies={known.digest(): "another"}, accept_development=True)
    with refused("zero-knowledge/untrusted-setup"):
        groth16.verify_bridge(bridge("groth16"), LEAF, SETTING, other, accepted)


@pytest.mark.slow
def test_a_key_of_another_circuit() -> None:
    with refused("zero-knowledge/witness-count"):
        groth16.prove_bridge(committed(content(36)), BETA, SETTING, ceremony_key())
