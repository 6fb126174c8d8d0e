"""From a hash commitment of an attestation to a commitment that the Prover makes itself.

What was committed to by SHA-256 in a session would cost a proof about 30,000 multiplications for each block
and each time. A hash bridge pays them once: it proves that the hash commitment of a signed leaf and a bare
commitment

    B = Poseidon(hdr, β, x_1 … x_n)

hold the same octets. There is one circuit for each number of SHA-256 blocks after the block of the context,
so each has lengths of its own. `docs/protocol/predicates.md`, section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ..commitments import BLINDER_LENGTH, HashCommitment, TranscriptCommitment, hash_commitment_value
from ..contexts import Context
from ..digests import sha256
from ..encoding import U8, U16, U32, Octets32, Structure
from ..identifiers import Direction, HashAlgorithm
from ..reasons import Reason, Rejection
from .field_encoding import HeaderKind, elements_of, header
from .poseidon import poseidon
from .scalar_field import ORDER
from .statements import BoundAudience

BRIDGE_VERSION: Final = 1

BLOCK_LENGTH: Final = 64
"""Octets of a block of SHA-256."""

_BESIDE: Final = 4 + BLINDER_LENGTH + 1 + 8
"""Octets of the last blocks that are not the committed ones: length, blinder, and the least padding."""


class Blocks(IntEnum):
    """How many blocks of SHA-256 follow the block of the context."""

    ONE = 1
    TWO = 2

    @property
    def shortest(self) -> int:
        """The fewest octets that take so many blocks."""
        return (self - 1) * BLOCK_LENGTH - _BESIDE + 1 if self > 1 else 1

    @property
    def longest(self) -> int:
        """The most octets that fit."""
        return self * BLOCK_LENGTH - _BESIDE

    @property
    def element_count(self) -> int:
        """How many elements the bare commitment has, whatever the length."""
        return len(elements_of(bytes(self.longest)))


def blocks_of(length: int) -> Blocks:
    """Return which bridge `length` octets have.

    Rejects with zero-knowledge/bridge-length when they have none.
    """
    for blocks in Blocks:
        if blocks.shortest <= length <= blocks.longest:
            return blocks
    raise Rejection(Reason.ZERO_KNOWLEDGE_BRIDGE_LENGTH, f"{length} octets")


def bare_commitment(direction: Direction, octets: bytes, blinder: int) -> int:
    """Return B for octets of a direction under β, a scalar that is used once.

    Rejects with zero-knowledge/bridge-length octets that no bridge is made for.
    """
    elements = elements_of(octets)
    filling = [0] * (blocks_of(len(octets)).element_count - len(elements))
    return poseidon([header(HeaderKind.BARE, direction, len(octets)), blinder, *elements, *filling])


def bridges(
    leaf: HashCommitment, commitment: int, *, octets: bytes, hash_blinder: bytes, bare_blinder: int
) -> bool:
    """Whether the octets and both blinders open the leaf and the bare commitment: what a bridge proves.

    The Prover alone can say so, since octets and blinders are private.
    """
    return (
        len(octets) == leaf.ranges.octet_count
        and leaf.value == hash_commitment_value(HashAlgorithm.SHA256, octets, hash_blinder)
        and commitment == bare_commitment(leaf.direction, octets, bare_blinder)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeStatement(Structure):
    """What a bridge is about: a leaf of an attestation, and for whom it is made.

    Without it a bridge between equal values would serve for another attestation and another audience.
    """

    version: U16 = BRIDGE_VERSION
    blocks: U8
    header_digest: Octets32
    leaf: U32
    audience: BoundAudience | None

    def digest(self) -> bytes:
        """Return the statement as a proof holds it."""
        return sha256(Context.HASH_BRIDGE.octets + self.encode())


def require_bridge_publics(
    leaf: TranscriptCommitment, statement: BridgeStatement, commitment: int
) -> tuple[int, ...]:
    """Return the public inputs of the bridge from a signed leaf to a bare commitment.

    Run by the Verifier, which then verifies the proof. Statement and value are two numbers of 128 bits each,
    which are below r where one of 256 bits would not be. Rejects, the first that fails, with
    zero-knowledge/not-a-hash-commitment, zero-knowledge/bridge-length,
    zero-knowledge/public-input-not-canonical.
    """
    if not isinstance(leaf, HashCommitment) or leaf.algorithm is not HashAlgorithm.SHA256:
        raise Rejection(Reason.ZERO_KNOWLEDGE_NOT_A_HASH_COMMITMENT)
    length = leaf.ranges.octet_count
    if blocks_of(length) != statement.blocks:
        raise Rejection(
            Reason.ZERO_KNOWLEDGE_BRIDGE_LENGTH, f"{length} octets do not fill {statement.blocks} blocks"
        )
    if not 0 <= commitment < ORDER:
        raise Rejection(Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL, "the bare commitment")
    return (*_halves(statement.digest()), *_halves(leaf.value), leaf.direction, length, commitment)


def _halves(digest: bytes) -> tuple[int, int]:
    return int.from_bytes(digest[:16], "big"), int.from_bytes(digest[16:], "big")
