"""Which lengths have a bridge, and what a bare commitment is."""

from __future__ import annotations

import pytest

from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.zkp.bridge.bare_commitment import bare_commitment
from mpctls.zkp.bridge.lengths import blocks_of, longest
from mpctls.zkp.poseidon import poseidon
from tests.unit.foundation.refusals import refused

from .committed import BETA, committed, content

HEAD = 1 + (2 << 8)
RECEIVED = 1 << 16


def test_lengths_of_one_and_of_two_blocks() -> None:
    assert [length for length in range(1, 100) if blocks_of(length) == 1] == list(range(1, 36))
    assert {blocks_of(length) for length in range(36, 100)} == {2}
    assert (longest(1), longest(2)) == (35, 99)


@pytest.mark.parametrize("length", [0, 100, 1 << 31])
def test_other_lengths_have_none(length: int) -> None:
    with refused("zero-knowledge/bridge-length"):
        blocks_of(length)
    if length < 1000:
        with refused("zero-knowledge/bridge-length"):
            bare_commitment(Direction.SENT, bytes(length), BETA)


def test_the_inputs_of_the_hash() -> None:
    """Header, blinder, then two elements for one block and four for two, those without octets 0."""
    assert bare_commitment(Direction.RECEIVED, b"abc", BETA) == poseidon(
        [HEAD + RECEIVED + (3 << 32), BETA, 0x636261, 0]
    )
    assert bare_commitment(Direction.SENT, bytes(31) + b"\1", BETA) == poseidon(
        [HEAD + (32 << 32), BETA, 0, 1]
    )
    octets = content(62)
    elements = [int.from_bytes(octets[:31], "little"), int.from_bytes(octets[31:], "little")]
    assert bare_commitment(Direction.SENT, octets, BETA) == poseidon(
        [HEAD + (62 << 32), BETA, *elements, 0, 0]
    )


def test_everything_that_is_committed_to_matters() -> None:
    values = {
        bare_commitment(Direction.SENT, b"abc", 1),
        bare_commitment(Direction.RECEIVED, b"abc", 1),
        bare_commitment(Direction.SENT, b"abc", 2),
        bare_commitment(Direction.SENT, b"abd", 1),
        bare_commitment(Direction.SENT, b"abc\0", 1),
        bare_commitment(Direction.SENT, b"\0abc", 1),
    }
    assert len(values) == 6


@pytest.mark.parametrize("algorithm", [HashAlgorithm.KECCAK256, HashAlgorithm.BLAKE3])
def test_bridges_are_for_one_hash(algorithm: HashAlgorithm) -> None:
    with refused("zero-knowledge/not-a-hash-commitment"):
        assert committed(b"abc", algorithm=algorithm).leaf.blocks
    with refused("zero-knowledge/not-a-hash-commitment"):
        assert committed(bytes(100), algorithm=algorithm).leaf.blocks
