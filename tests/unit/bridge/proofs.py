"""Bridges of one block, proved once for all tests of a process: making keys takes longer than proving."""

from __future__ import annotations

import functools
from collections.abc import Callable

from mpctls.zkp.bridge import groth16, plonk
from mpctls.zkp.bridge.circuit import compile_bridge
from mpctls.zkp.bridge.keys import BridgeKeys
from mpctls.zkp.bridge.statement import BareCommitment, BridgeSetting, HashBridge, HashLeaf
from mpctls.zkp.groth16.development import make_development_key
from mpctls.zkp.groth16.keys import ProvingKey
from mpctls.zkp.groth16.trust import AcceptedKeys
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Setup
from mpctls.zkp.verify import AcceptedSetups

from .committed import BETA, SETTING, committed, content

KEYS = BridgeKeys()
SECRET = committed(content(35))
SYSTEMS = ("plonk", "groth16")


@functools.cache
def setup() -> Setup:
    """The smallest that one block fits."""
    return make_development_setup(16, "tests of bridges")


@functools.cache
def ceremony_key() -> ProvingKey:
    """A key of Groth16 whose secret is known."""
    return make_development_key(compile_bridge(1).circuit)


@functools.cache
def bridge(system: str) -> HashBridge:
    """A bridge of the 35 octets of `SECRET`."""
    if system == "plonk":
        return plonk.prove_bridge(SECRET, BETA, SETTING, setup(), keys=KEYS)
    return groth16.prove_bridge(SECRET, BETA, SETTING, ceremony_key())


def verifier(system: str) -> Callable[[HashBridge, HashLeaf, BridgeSetting], BareCommitment]:
    """A Verifier that accepts these keys."""

    def verify_plonk(shown: HashBridge, leaf: HashLeaf, setting: BridgeSetting) -> BareCommitment:
        setups = AcceptedSetups.of(setup(), accept_development=True)
        return plonk.verify_bridge(shown, leaf, setting, setup().digest, setups, keys=KEYS)

    def verify_groth16(shown: HashBridge, leaf: HashLeaf, setting: BridgeSetting) -> BareCommitment:
        accepted = AcceptedKeys(ceremonies={}, accept_development=True)
        return groth16.verify_bridge(shown, leaf, setting, ceremony_key().verifying_key, accepted)

    return verify_plonk if system == "plonk" else verify_groth16
