"""The statement that a proof is bound to, and its public inputs in their order.

Without it a proof about one attestation, one audience or one predicate would serve for another. The circuit
forces, for each field, the opening relation of its leaf and the lexical rule of its type, and the condition;
what is not forced but must be known to everybody is in the statement. `docs/protocol/predicates.md`, section
5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from ..commitments import EncodingCommitment, require_scalars
from ..contexts import Context
from ..digests import sha256
from ..encoding import U8, U16, U32, Fixed, Limit, Octets32, Structure
from ..presentation import Audience, Nonce
from .predicate import LARGEST_PREDICATE_LENGTH
from .scalar_field import decode_scalar

COMPILER_VERSION: Final = 1
PROOF_LENGTH: Final = 768
LARGEST_OUTPUT_COUNT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PredicateProof(Structure):
    """What a presentation holds for each predicate.

    `leaves` are the indices of its fields' leaves, in the order of the fields. Rejects with
    encoding/not-canonical when an output is not below the order of BN254.
    """

    predicate: Annotated[bytes, Limit(LARGEST_PREDICATE_LENGTH)]
    leaves: Annotated[tuple[U32, ...], Limit(16)]
    compiler_version: U16
    setup_digest: Octets32
    outputs: Annotated[tuple[Octets32, ...], Limit(LARGEST_OUTPUT_COUNT)]
    proof: Annotated[bytes, Fixed(PROOF_LENGTH)]

    def __post_init__(self) -> None:
        require_scalars(*self.outputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLeaf(Structure):
    """The leaf of one field: of which attestation, and its index there."""

    attestation: U8
    index: U32


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundAudience(Structure):
    """For whom a presentation is, and the nonce that it answers."""

    audience: Audience
    nonce: Nonce


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Structure):
    """What a proof is about, beside the values that the circuit computes with."""

    compiler_version: U16
    predicate_digest: Octets32
    header_digests: Annotated[tuple[Octets32, ...], Limit(4)]
    leaves: Annotated[tuple[FieldLeaf, ...], Limit(16)]
    audience: BoundAudience | None

    def digest(self) -> bytes:
        """Return the statement as a proof holds it."""
        return sha256(Context.STATEMENT.octets + self.encode())


def public_inputs(
    statement: Statement, leaves: Sequence[EncodingCommitment], outputs: Sequence[bytes]
) -> tuple[int, ...]:
    """Return the public inputs of a proof.

    The statement's digest as two numbers of 128 bits, which are below r where one of 256 bits would not be; for
    each field C, k, Δ and the number of its octets; the outputs.
    """
    digest = statement.digest()
    publics = [int.from_bytes(digest[:16], "big"), int.from_bytes(digest[16:], "big")]
    for leaf in leaves:
        scalars = (leaf.commitment, leaf.offset, leaf.factor)
        publics += [decode_scalar(scalar) for scalar in scalars]
        publics.append(leaf.ranges.octet_count)
    return (*publics, *(decode_scalar(output) for output in outputs))
