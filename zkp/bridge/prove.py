"""Proving that a hash commitment and a bare commitment hold the same octets: what the Prover does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mpctls.reference.foundation.randomness import Randomness

from ..plonk.prover import ROUNDS
from ..plonk.prover import prove as prove_circuit
from ..setup.checked import require_structure
from ..setup.powers import Setup
from .bare_commitment import bare_commitment
from .circuit import compile_bridge
from .keys import BridgeKeys
from .statement import BridgeSetting, HashBridge, HashSecret, bridge_publics

Progress = Callable[[str, int, int], None]
"""Called with a step ("keys", "witness", "prove"), how many of its parts are done, and how many it has."""


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
    """Prove with PLONK that a hash commitment and the bare commitment with `blinder` β hold the same octets.

    Run by the Prover; β is a uniform scalar of BN254, fresh for each bare commitment. Refuses with
    `zero-knowledge/not-a-hash-commitment`, `zero-knowledge/bridge-length`, `zero-knowledge/setup-structure-invalid`,
    `zero-knowledge/setup-too-small`, `zero-knowledge/unsatisfied` when octets and blinder do not open the hash
    commitment, and `zero-knowledge/cancelled`.
    """
    report = progress or _silent
    leaf = secret.leaf
    commitment = bare_commitment(leaf.direction, secret.octets, blinder)
    publics = bridge_publics(leaf, setting, commitment)
    report("keys", 0, 1)
    require_structure(setup)
    key = keys.proving_key(leaf.blocks, setup)
    report("keys", 1, 1)
    report("witness", 0, 1)
    witness = compile_bridge(leaf.blocks).witness(publics, secret, blinder)
    report("witness", 1, 1)
    proof = prove_circuit(
        key,
        witness,
        randomness=randomness,
        progress=lambda done: report("prove", done, ROUNDS),
        cancelled=cancelled,
    )
    return HashBridge(blocks=leaf.blocks, commitment=commitment, proof=proof.to_octets())


def _silent(step: str, done: int, total: int) -> None:
    pass
