"""Bridges with PLONK: one universal setup, keys that Prover and Verifier make of it themselves."""

from __future__ import annotations

import threading

from mpctls.reference.foundation.randomness import Randomness

from ..plonk.proof import Proof
from ..plonk.prover import ROUNDS, prove
from ..plonk.verifier import verify
from ..setup.checked import require_structure
from ..setup.powers import Setup
from ..verify import AcceptedSetups
from .bare_commitment import bare_commitment
from .circuit import compile_bridge
from .keys import BridgeKeys
from .statement import (
    BareCommitment,
    BridgeSetting,
    HashBridge,
    HashLeaf,
    HashSecret,
    Progress,
    bridge_publics,
    require_publics,
    silent,
)


def prove_bridge(
    secret: HashSecret,
    blinder: int,
    setting: BridgeSetting,
    setup: Setup,
    *,
    keys: BridgeKeys,
    randomness: Randomness | None = None,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> HashBridge:
    """Prove that a hash commitment and the bare commitment with `blinder` β hold the same octets.

    Run by the Prover; β is a uniform scalar of BN254, fresh for each bare commitment. Refuses with
    `zero-knowledge/not-a-hash-commitment`, `zero-knowledge/bridge-length`, `zero-knowledge/setup-structure-invalid`,
    `zero-knowledge/setup-too-small`, `zero-knowledge/unsatisfied` when octets and blinder do not open the hash
    commitment, and `zero-knowledge/cancelled`.
    """
    report = progress or silent
    leaf, blocks = secret.leaf, secret.leaf.blocks
    commitment = bare_commitment(leaf.direction, secret.octets, blinder)
    publics = bridge_publics(leaf, setting, commitment)
    report("keys", 0, 1)
    require_structure(setup)
    key = keys.proving_key(blocks, setup)
    report("keys", 1, 1)
    report("witness", 0, 1)
    witness = compile_bridge(blocks).witness(publics, secret, blinder)
    report("witness", 1, 1)
    proof = prove(
        key,
        witness,
        randomness=randomness,
        progress=lambda done: report("prove", done, ROUNDS),
        cancelled=cancelled,
    )
    return HashBridge(blocks=blocks, commitment=commitment, proof=proof.to_octets())


def verify_bridge(
    bridge: HashBridge,
    leaf: HashLeaf,
    setting: BridgeSetting,
    setup_digest: bytes,
    setups: AcceptedSetups,
    *,
    keys: BridgeKeys,
) -> BareCommitment:
    """Verify a bridge of a leaf, proved under the setup with this digest.

    Run by the Verifier, which takes the leaf from a signed attestation and the setting from the presentation. Rejects
    as `require_publics`, as `AcceptedSetups.require`, with `zero-knowledge/setup-too-small`, then as
    `plonk.verifier.verify`.
    """
    publics = require_publics(bridge, leaf, setting)
    key = keys.verifying_key(bridge.blocks, setups.require(setup_digest))
    verify(key, publics, Proof.from_octets(bridge.proof))
    return BareCommitment(direction=leaf.direction, length=leaf.length, value=bridge.commitment)
