"""Hash commitments made for tests: what a session would leave with the Prover, from plain octets."""

from __future__ import annotations

from mpctls.reference.foundation.hashes import commitment_value
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bridge.statement import BridgeSetting, HashLeaf, HashSecret

SETTING = BridgeSetting(header_digest=bytes(range(32)))
BETA = 0x1234567890ABCDEF
"""The blinder of bare commitments in tests."""


def content(length: int) -> bytes:
    """As many octets, always the same."""
    return SeededRandomness(b"octets of tests").octets(length)


def committed(
    octets: bytes,
    *,
    blinder: bytes = bytes(range(100, 116)),
    direction: Direction = Direction.RECEIVED,
    index: int = 3,
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
) -> HashSecret:
    """Octets with a hash commitment as formats.md section 5 says."""
    leaf = HashLeaf(
        index=index,
        direction=direction,
        length=len(octets),
        algorithm=algorithm,
        value=commitment_value(algorithm, octets, blinder),
    )
    return HashSecret(leaf=leaf, octets=octets, blinder=blinder)
