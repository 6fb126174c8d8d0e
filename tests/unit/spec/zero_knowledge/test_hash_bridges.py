"""Hash bridges: lengths by counting octets, publics written out, and what a Verifier refuses before a proof."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from mpctls.spec.commitments import EncodingCommitment, HashCommitment, hash_commitment_value
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason
from mpctls.spec.zero_knowledge.hash_bridges import (
    Blocks,
    BridgeStatement,
    bare_commitment,
    blocks_of,
    bridges,
    require_bridge_publics,
)
from mpctls.spec.zero_knowledge.poseidon import poseidon
from mpctls.spec.zero_knowledge.scalar_field import ORDER
from mpctls.spec.zero_knowledge.statements import BoundAudience

from ..session.stages import rejects

OCTETS = bytes(range(40, 73))
HASH_BLINDER = bytes(range(16))
STATEMENT = BridgeStatement(blocks=1, header_digest=bytes(32), leaf=7, audience=None)


def leaf_of(octets: bytes, algorithm: HashAlgorithm = HashAlgorithm.SHA256) -> HashCommitment:
    return HashCommitment(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of((100, 100 + len(octets))),
        lexical_class=LexicalClass.ANY,
        algorithm=algorithm,
        value=hash_commitment_value(algorithm, octets, HASH_BLINDER),
    )


@pytest.mark.parametrize("length", range(1, 100))
def test_a_length_has_the_bridge_of_its_blocks(length: int) -> None:
    padded = 4 + length + 16 + 1
    assert blocks_of(length) == (padded + 8 + 63) // 64


@pytest.mark.parametrize("length", [0, 100, 65535])
def test_other_lengths_have_none(length: int) -> None:
    with rejects(Reason.ZERO_KNOWLEDGE_BRIDGE_LENGTH):
        blocks_of(length)


def test_a_bare_commitment_has_as_many_elements_as_its_blocks_can_hold() -> None:
    head = 1 + (2 << 8) + (1 << 16) + (3 << 32)
    assert bare_commitment(Direction.RECEIVED, b"abc", 5) == poseidon([head, 5, 0x636261, 0])
    octets = bytes(62) + b"z"
    head = 1 + (2 << 8) + (63 << 32)
    assert bare_commitment(Direction.SENT, octets, 5) == poseidon([head, 5, 0, 0, 0x7A, 0])


def test_a_bridge_is_between_commitments_to_the_same_octets() -> None:
    leaf, bare = leaf_of(OCTETS), bare_commitment(Direction.RECEIVED, OCTETS, 9)
    assert bridges(leaf, bare, octets=OCTETS, hash_blinder=HASH_BLINDER, bare_blinder=9)
    assert not bridges(leaf, bare, octets=OCTETS, hash_blinder=HASH_BLINDER, bare_blinder=8)
    assert not bridges(leaf, bare, octets=OCTETS, hash_blinder=bytes(16), bare_blinder=9)
    assert not bridges(leaf, bare, octets=OCTETS[:-1], hash_blinder=HASH_BLINDER, bare_blinder=9)
    other = bare_commitment(Direction.SENT, OCTETS, 9)
    assert not bridges(leaf, other, octets=OCTETS, hash_blinder=HASH_BLINDER, bare_blinder=9)


def test_publics_are_statement_value_direction_length_and_commitment() -> None:
    leaf = leaf_of(OCTETS)
    digest = hashlib.sha256(b"mpctls/1/hash-bridge\0\x01\0\x01" + bytes(32) + b"\x07\0\0\0" + b"\0").digest()
    assert require_bridge_publics(leaf, STATEMENT, 123) == (
        int.from_bytes(digest[:16], "big"),
        int.from_bytes(digest[16:], "big"),
        int.from_bytes(leaf.value[:16], "big"),
        int.from_bytes(leaf.value[16:], "big"),
        1,
        33,
        123,
    )


def test_a_statement_names_leaf_attestation_and_audience() -> None:
    audience = BoundAudience(audience="bank", nonce=bytes(16))
    others = (
        replace(STATEMENT, leaf=8),
        replace(STATEMENT, header_digest=bytes(31) + b"\x01"),
        replace(STATEMENT, audience=audience),
        replace(STATEMENT, audience=replace(audience, nonce=bytes(17))),
        replace(STATEMENT, blocks=Blocks.TWO),
    )
    assert len({statement.digest() for statement in (STATEMENT, *others)}) == 6


def test_a_bridge_begins_at_a_hash_commitment_with_sha256() -> None:
    encoding = EncodingCommitment(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of((0, 33)),
        lexical_class=LexicalClass.ANY,
        commitment=bytes(32),
        offset=bytes(32),
        factor=bytes(32),
    )
    for leaf in (encoding, leaf_of(OCTETS, HashAlgorithm.BLAKE3), leaf_of(OCTETS, HashAlgorithm.KECCAK256)):
        with rejects(Reason.ZERO_KNOWLEDGE_NOT_A_HASH_COMMITMENT):
            require_bridge_publics(leaf, STATEMENT, 1)


@pytest.mark.parametrize(("length", "blocks"), [(36, 1), (35, 2), (35, 0), (100, 2)])
def test_a_leaf_has_only_the_bridge_of_its_length(length: int, blocks: int) -> None:
    with rejects(Reason.ZERO_KNOWLEDGE_BRIDGE_LENGTH):
        require_bridge_publics(leaf_of(bytes(length)), replace(STATEMENT, blocks=blocks), 1)


@pytest.mark.parametrize("commitment", [ORDER, ORDER + 5, -1])
def test_a_bare_commitment_is_below_the_order(commitment: int) -> None:
    with rejects(Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL):
        require_bridge_publics(leaf_of(OCTETS), STATEMENT, commitment)
