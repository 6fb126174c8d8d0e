"""What a predicate proof is about: its fields as anyone sees them, the statement's digest and the public inputs.

Source: predicates page, section 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from mpctls.reference.foundation.contexts import STATEMENT
from mpctls.reference.foundation.encoding import (
    DIGEST,
    U8,
    U16,
    U32,
    Codec,
    Fixed,
    Octets,
    Option,
    Struct,
    Text,
    Vector,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.identifiers import Direction, LexicalClass

from .bn254.constants import SCALAR_MODULUS
from .predicate.canonical import digest
from .predicate.conditions import MAXIMUM_FIELDS, Predicate
from .predicate.evaluate import Token
from .predicate.nodes import MAXIMUM_OCTETS
from .predicate.shapes import COMPILER_VERSION, Shape

MAXIMUM_ATTESTATIONS: Final = 4
MAXIMUM_OUTPUTS: Final = 8
PROOF_OCTETS: Final = 768
_NONCE: Final[Codec[bytes]] = Octets(64, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicField:
    """A committed token as its leaf shows it.

    `attestation` is the place of its attestation in the statement's list, `index` the leaf's index there, `length` the
    octets in its ranges; C, k and Δ are `commitment`, `offset` and `factor`, scalars of BN254.
    """

    attestation: int
    index: int
    direction: Direction
    kind: LexicalClass
    length: int
    commitment: int
    offset: int
    factor: int

    @property
    def shape(self) -> Shape:
        """What the circuit depends on."""
        return Shape(length=self.length, kind=self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSecret:
    """A committed token with what opens its commitment: the octets and the blinder β."""

    public: PublicField
    octets: bytes = field(repr=False)
    blinder: int = field(repr=False)

    @property
    def token(self) -> Token:
        """The token as the language sees it."""
        return Token(kind=self.public.kind, octets=self.octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """For whom, and in answer to which nonce, a presentation is made."""

    audience: str = field(metadata=Text(255).wire)
    nonce: bytes = field(metadata=_NONCE.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a statement binds a proof to besides predicate and leaves.

    `header_digests` are those of the attestations used, in order; `audience` stands exactly when the presentation has a
    binding.
    """

    header_digests: tuple[bytes, ...]
    audience: Audience | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    attestation: int = field(metadata=U8.wire)
    index: int = field(metadata=U32.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    compiler_version: int = field(metadata=U16.wire)
    predicate_digest: bytes = field(metadata=DIGEST.wire)
    header_digests: tuple[bytes, ...] = field(metadata=Vector(DIGEST, MAXIMUM_ATTESTATIONS).wire)
    leaves: tuple[_Leaf, ...] = field(metadata=Vector(Struct(_Leaf), MAXIMUM_FIELDS).wire)
    audience: Audience | None = field(metadata=Option(Struct(Audience)).wire)


_STATEMENT: Final = Struct(_Statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredicateProof:
    """A proof as a presentation carries it: the predicate's canonical octets, a leaf for each field, and the proof."""

    predicate: bytes = field(metadata=Octets(MAXIMUM_OCTETS).wire)
    leaves: tuple[int, ...] = field(metadata=Vector(U32, MAXIMUM_FIELDS).wire)
    compiler_version: int = field(metadata=U16.wire)
    setup_digest: bytes = field(metadata=DIGEST.wire)
    outputs: tuple[bytes, ...] = field(metadata=Vector(DIGEST, MAXIMUM_OUTPUTS).wire)
    proof: bytes = field(metadata=Fixed(PROOF_OCTETS).wire)

    def __post_init__(self) -> None:
        if any(int.from_bytes(output, "little") >= SCALAR_MODULUS for output in self.outputs):
            raise Refused("encoding/not-canonical", "an output is not below the order of BN254")


PREDICATE_PROOF: Final[Struct[PredicateProof]] = Struct(PredicateProof)


def statement_digest(predicate: Predicate, fields: Sequence[PublicField], setting: Setting) -> bytes:
    """The digest that ties a proof to attestations, leaves, predicate, compiler and audience."""
    statement = _Statement(
        compiler_version=COMPILER_VERSION,
        predicate_digest=digest(predicate),
        header_digests=setting.header_digests,
        leaves=tuple(_Leaf(attestation=each.attestation, index=each.index) for each in fields),
        audience=setting.audience,
    )
    return sha256(STATEMENT, _STATEMENT.encode(statement))


def statement_limbs(statement: bytes) -> list[int]:
    """The two numbers of 128 bits that stand for a statement in a circuit, big-endian, the first half first."""
    return [int.from_bytes(statement[:16], "big"), int.from_bytes(statement[16:], "big")]


def field_publics(each: PublicField) -> list[int]:
    """C, k, Δ and L of a field."""
    return [each.commitment, each.offset, each.factor, each.length]


def public_inputs(statement: bytes, fields: Sequence[PublicField], outputs: Sequence[int]) -> list[int]:
    """All public inputs in their order."""
    return [
        *statement_limbs(statement),
        *(number for each in fields for number in field_publics(each)),
        *outputs,
    ]


def require_fields(predicate: Predicate, fields: Sequence[PublicField]) -> None:
    """Refuse with `zero-knowledge/field-mismatch` fields of another number, attestation or direction."""
    if len(fields) != len(predicate.fields):
        raise Refused(
            "zero-knowledge/field-mismatch", f"{len(fields)} fields, {len(predicate.fields)} expected"
        )
    for index, (named, given) in enumerate(zip(predicate.fields, fields, strict=True)):
        if (named.attestation, named.side) != (given.attestation, given.direction):
            raise Refused(
                "zero-knowledge/field-mismatch", f"field {index} is of another attestation or direction"
            )
