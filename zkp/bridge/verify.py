"""Verifying hash bridges: what the Verifier does, with keys that it makes itself."""

from __future__ import annotations

from dataclasses import dataclass

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction

from ..bn254.constants import SCALAR_MODULUS
from ..plonk.proof import Proof
from ..plonk.verifier import verify
from ..setup.powers import Setup
from .keys import BridgeKeys
from .statement import BridgeSetting, HashBridge, HashLeaf, bridge_publics


@dataclass(frozen=True, slots=True, kw_only=True)
class BareCommitment:
    """What a verified bridge says: `value` B commits to the `length` octets of the leaf, sent or received."""

    direction: Direction
    length: int
    value: int


def verify_bridge(
    bridge: HashBridge, leaf: HashLeaf, setting: BridgeSetting, setup: Setup, *, keys: BridgeKeys
) -> BareCommitment:
    """Verify a bridge that was proved with PLONK.

    Run by the Verifier, which takes the leaf from a signed attestation, the setting from the presentation, and whose
    setup is one that it accepts (`AcceptedSetups.require`). Rejects, first that fails:
    `zero-knowledge/not-a-hash-commitment`, `zero-knowledge/bridge-length`, `zero-knowledge/public-input-not-canonical`,
    `zero-knowledge/setup-too-small`, as `plonk.verifier.verify`.
    """
    publics = require_publics(bridge, leaf, setting)
    verify(keys.verifying_key(bridge.blocks, setup), publics, Proof.from_octets(bridge.proof))
    return BareCommitment(direction=leaf.direction, length=leaf.length, value=bridge.commitment)


def require_publics(bridge: HashBridge, leaf: HashLeaf, setting: BridgeSetting) -> list[int]:
    """The public inputs of a bridge of this leaf; refuses what can be refused without its proof."""
    if bridge.blocks != leaf.blocks:
        raise Refused(
            "zero-knowledge/bridge-length",
            f"a bridge of {bridge.blocks} blocks where {leaf.length} octets need {leaf.blocks}",
        )
    if not 0 <= bridge.commitment < SCALAR_MODULUS:
        raise Refused(
            "zero-knowledge/public-input-not-canonical", "the bare commitment is not below the order of BN254"
        )
    return bridge_publics(leaf, setting, bridge.commitment)
