"""What a Verifier knows of a field's octets: their number and the kind of token they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from mpctls.reference.foundation.encoding import U16, Struct, Vector
from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.identifiers import LEXICAL_CLASS, LexicalClass

from .canonical import encode
from .conditions import MAXIMUM_FIELDS, Predicate
from .types import FieldType, require_kind, require_length

COMPILER_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The number of octets of a token and its kind."""

    length: int = field(metadata=U16.wire)
    kind: LexicalClass = field(metadata=LEXICAL_CLASS.wire)


_SHAPES: Final = Vector(Struct(Shape), MAXIMUM_FIELDS)


def require_shape(field_type: FieldType, shape: Shape) -> None:
    """Refuse a type that does not go with a shape.

    With `predicate/type-does-not-match-token`, `predicate/field-too-long` or, for an empty token,
    `predicate/malformed-field`.
    """
    require_kind(field_type, shape.kind)
    require_length(field_type, shape.length)


def circuit_identity(predicate: Predicate, shapes: tuple[Shape, ...]) -> bytes:
    """SHA-256 that names a circuit: of the compiler's version, the shapes, and the predicate's canonical octets.

    Circuits with one identity are equal, so keys may be kept under it.
    """
    version = COMPILER_VERSION.to_bytes(2, "little")
    return sha256(b"mpctls circuit of a predicate\0", version, _SHAPES.encode(shapes), encode(predicate))
