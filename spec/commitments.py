"""Commitments to octets of the transcript: the leaves of the tree, and what opens them.

A hash commitment has the value

    H( context block ‖ u32 total length ‖ octets of the ranges in order ‖ blinder[16] )

with H one of SHA-256, BLAKE3 and Keccak-256. The context fills one whole block of the hash (BLAKE3: it is the
context of key derivation), so that a circuit that computes the value starts from a constant. Where the octets
stand is not in the value: the leaf says it. An encoding commitment is one about which predicates can be
proved: its leaf has its place here, its value is that of `zero_knowledge/field_encoding.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from .contexts import Context
from .digests import sha256
from .encoding import Choice, Limit, Octets16, Octets32, Structure, encode_as
from .hashes.blake3 import blake3_derive_key
from .hashes.keccak import keccak_256
from .identifiers import Direction, HashAlgorithm, LexicalClass
from .ranges import RangeSet
from .reasons import Reason, Rejection

SHA256_BLOCK_LENGTH = 64
KECCAK256_BLOCK_LENGTH = 136
BLINDER_LENGTH = 16

LARGEST_ENCODING_LENGTH = 65535
"""Octets of one encoding commitment."""

BN254_ORDER = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
"""The number of scalars of BN254, in which the encoding commitment computes (EIP-197)."""


def require_scalars(*scalars: bytes) -> None:
    """Require that each, a little-endian integer, is below the order of BN254.

    Rejects with encoding/not-canonical.
    """
    for scalar in scalars:
        if int.from_bytes(scalar, "little") >= BN254_ORDER:
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a scalar is not below the order of BN254")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCommitment(Structure):
    """A leaf that is opened by octets and blinder."""

    direction: Direction
    ranges: RangeSet
    lexical_class: LexicalClass
    algorithm: HashAlgorithm
    value: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingCommitment(Structure):
    """A leaf about which predicates can be proved: C, k and Δ as little-endian scalars of BN254.

    All three are zero until the commitment is made. Rejects with encoding/not-canonical when one is not below
    the order.
    """

    direction: Direction
    ranges: RangeSet
    lexical_class: LexicalClass
    commitment: Octets32
    offset: Octets32
    factor: Octets32

    def __post_init__(self) -> None:
        require_scalars(self.commitment, self.offset, self.factor)


TranscriptCommitment = Annotated[HashCommitment | EncodingCommitment, Choice()]


@dataclass(frozen=True, slots=True, kw_only=True)
class HashKind(Structure):
    """A hash commitment is wanted, with this hash function."""

    algorithm: HashAlgorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingKind(Structure):
    """An encoding commitment is wanted."""


CommitmentKind = Annotated[HashKind | EncodingKind, Choice()]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRequest(Structure):
    """One entry of a TranscriptCommitConfig: which octets, committed how, claimed to be of which class."""

    direction: Direction
    ranges: RangeSet
    kind: CommitmentKind
    lexical_class: LexicalClass


@dataclass(frozen=True, slots=True, kw_only=True)
class HashOpening(Structure):
    """The committed octets and the blinder."""

    octets: Annotated[bytes, Limit(2**24)]
    blinder: Octets16


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingOpening(Structure):
    """The committed octets and the blinder, a scalar.

    Rejects with encoding/not-canonical when the blinder is not below the order.
    """

    octets: Annotated[bytes, Limit(LARGEST_ENCODING_LENGTH)]
    blinder: Octets32

    def __post_init__(self) -> None:
        require_scalars(self.blinder)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldOpening(Structure):
    """The leaf is shown and proved to be in the tree; its octets are not shown."""


Opening = Annotated[HashOpening | EncodingOpening | WithheldOpening, Choice()]


@dataclass(frozen=True, slots=True, kw_only=True)
class HashSecret(Structure):
    """What the Prover keeps, beside the transcript, to open a hash commitment."""

    blinder: Octets16 = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingSecret(Structure):
    """What the Prover keeps, beside the transcript, to open an encoding commitment."""

    blinder: Octets32 = field(repr=False)


CommitmentSecret = Annotated[HashSecret | EncodingSecret, Choice()]


def encode_leaf(commitment: TranscriptCommitment) -> bytes:
    """Return the octets of a leaf of the tree."""
    return encode_as(TranscriptCommitment, commitment)


def hash_commitment_value(algorithm: HashAlgorithm, octets: bytes, blinder: bytes) -> bytes:
    """Return the 32-octet value of a hash commitment to `octets`, those of its ranges in order."""
    message = len(octets).to_bytes(4, "little") + octets + blinder
    match algorithm:
        case HashAlgorithm.SHA256:
            return sha256(Context.HASH_COMMITMENT_SHA256.padded(SHA256_BLOCK_LENGTH) + message)
        case HashAlgorithm.BLAKE3:
            return blake3_derive_key(Context.HASH_COMMITMENT_BLAKE3.value, message)
        case HashAlgorithm.KECCAK256:
            return keccak_256(Context.HASH_COMMITMENT_KECCAK256.padded(KECCAK256_BLOCK_LENGTH) + message)
