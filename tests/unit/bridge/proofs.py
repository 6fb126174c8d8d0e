"""Proofs of one block, made once for all tests of a process: making the keys takes longer than proving."""

from __future__ import annotations

import functools

from mpctls.zkp.bridge.keys import BridgeKeys
from mpctls.zkp.bridge.prove import prove_bridge
from mpctls.zkp.bridge.statement import HashBridge
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Setup

from .committed import BETA, SETTING, committed, content

KEYS = BridgeKeys()
SECRET = committed(content(35))


@functools.cache
def setup() -> Setup:
    """The smallest that one block fits."""
    return make_development_setup(16, "tests of bridges")


@functools.cache
def plonk_bridge() -> HashBridge:
    """A bridge of 35 octets."""
    return prove_bridge(SECRET, BETA, SETTING, setup(), keys=KEYS)
