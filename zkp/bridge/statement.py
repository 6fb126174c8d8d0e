"""What a bridge is about: the leaf, the statement's digest, the public inputs (predicates page, section 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mpctls.reference.foundation.contexts import HASH_BRIDGE
from mpctls.reference.foundation.encoding import DIGEST, U8, U16, U32, Option, Struct
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm

from ..bn254.constants import SCALAR_MODULUS
from ..statement import Audience, statement_limbs
from .lengths import blocks_of

VERSION: Final = 1

Progress = Callable[[str, int, int], None]
"""Called with a step ("keys", "witness", "prove"), how many of its parts are done, and how many it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashLeaf:
    """A hash commitment as its signed leaf shows it; `length` counts the octets in its ranges, `value` has 32."""

    index: int
    direction: Direction
    length: int
    algorithm: HashAlgorithm
    value: bytes

    @property
    def blocks(self) -> int:
        """How many blocks its bridge has.

        Refuses with `zero-knowledge/not-a-hash-commitment` other hashes than SHA-256, then with
        `zero-knowledge/bridge-length`.
        """
        if self.algorithm is not HashAlgorithm.SHA256:
            raise Refused("zero-knowledge/not-a-hash-commitment", "bridges are for SHA-256 alone")
        return blocks_of(self.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashSecret:
    """A hash commitment with what opens it: the octets, and its blinder of 16."""

    leaf: HashLeaf
    octets: bytes = field(repr=False)
    blinder: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashBridge:
    """A bridge as the Prover makes it: the bare commitment B, and the octets of the proof."""

    blocks: int
    commitment: int
    proof: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BareCommitment:
    """What a verified bridge says: `value` B commits to the `length` octets of the leaf, sent or received."""

    direction: Direction
    length: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSetting:
    """The attestation that has the leaf, and the audience exactly when the presentation has a binding."""

    header_digest: bytes
    audience: Audience | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    version: int = field(metadata=U16.wire)
    blocks: int = field(metadata=U8.wire)
    header_digest: bytes = field(metadata=DIGEST.wire)
    leaf: int = field(metadata=U32.wire)
    audience: Audience | None = field(metadata=Option(Struct(Audience)).wire)


_STATEMENT: Final = Struct(_Statement)


def bridge_statement(blocks: int, leaf: int, setting: BridgeSetting) -> bytes:
    """The digest that ties a bridge to an attestation, a leaf and an audience; Prover and Verifier compute it."""
    statement = _Statement(
        version=VERSION,
        blocks=blocks,
        header_digest=setting.header_digest,
        leaf=leaf,
        audience=setting.audience,
    )
    return sha256(HASH_BRIDGE, _STATEMENT.encode(statement))


def bridge_publics(leaf: HashLeaf, setting: BridgeSetting, commitment: int) -> list[int]:
    """All public inputs in their order; refuses as `HashLeaf.blocks`."""
    statement = bridge_statement(leaf.blocks, leaf.index, setting)
    return [
        *statement_limbs(statement),
        *statement_limbs(leaf.value),
        leaf.direction.value,
        leaf.length,
        commitment,
    ]


def require_publics(bridge: HashBridge, leaf: HashLeaf, setting: BridgeSetting) -> list[int]:
    """The public inputs of a bridge of this leaf; run by the Verifier.

    Rejects, first that fails: `zero-knowledge/not-a-hash-commitment`, `zero-knowledge/bridge-length`,
    `zero-knowledge/public-input-not-canonical`.
    """
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


def silent(step: str, done: int, total: int) -> None:
    """No report of progress."""
