"""Bridges with Groth16: short proofs, under keys of a ceremony for this circuit that the Verifier names."""

from __future__ import annotations

import threading

from mpctls.reference.foundation.randomness import Randomness

from ..groth16.keys import ProvingKey
from ..groth16.proof import Proof, VerifyingKey
from ..groth16.prover import STEPS, prove
from ..groth16.trust import AcceptedKeys
from ..groth16.verifier import verify
from .bare_commitment import bare_commitment
from .circuit import compile_bridge
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
    key: ProvingKey,
    *,
    randomness: Randomness | None = None,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> HashBridge:
    """Prove that a hash commitment and the bare commitment with `blinder` β hold the same octets.

    Run by the Prover; β is a uniform scalar of BN254, fresh for each bare commitment; `key` is one of the circuit
    `compile_bridge(blocks)`. Refuses with `zero-knowledge/not-a-hash-commitment`, `zero-knowledge/bridge-length`,
    `zero-knowledge/unsatisfied` when octets and blinder do not open the hash commitment,
    `zero-knowledge/witness-count` when the key is of another circuit, and `zero-knowledge/cancelled`.
    """
    report = progress or silent
    leaf, blocks = secret.leaf, secret.leaf.blocks
    commitment = bare_commitment(leaf.direction, secret.octets, blinder)
    publics = bridge_publics(leaf, setting, commitment)
    report("witness", 0, 1)
    witness = compile_bridge(blocks).witness(publics, secret, blinder)
    report("witness", 1, 1)
    proof = prove(
        key,
        witness,
        randomness=randomness,
        progress=lambda done: report("prove", done, STEPS),
        cancelled=cancelled,
    )
    return HashBridge(blocks=blocks, commitment=commitment, proof=proof.to_octets())


def verify_bridge(
    bridge: HashBridge,
    leaf: HashLeaf,
    setting: BridgeSetting,
    key: VerifyingKey,
    accepted: AcceptedKeys,
) -> BareCommitment:
    """Verify a bridge of a leaf.

    Run by the Verifier, which takes the leaf from a signed attestation and the setting from the presentation; `key` is
    of the circuit `compile_bridge(leaf.blocks)`, and the Verifier names its ceremony in `accepted`. Rejects as
    `require_publics`, as `AcceptedKeys.require`, then as `groth16.verifier.verify`.
    """
    publics = require_publics(bridge, leaf, setting)
    accepted.require(key)
    verify(key, publics, Proof.from_octets(bridge.proof), accept_development=accepted.accept_development)
    return BareCommitment(direction=leaf.direction, length=leaf.length, value=bridge.commitment)
