"""The canonical encoding of every message and artifact: BCS, read strictly.

A type of `docs/protocol/formats.md` is a frozen dataclass derived from `Structure`; the annotations of its
fields are its format, in the order of the page:

    int annotated U8 U16 U32 U64           fixed width, little-endian
    bool                                   one octet, 0 or 1
    bytes annotated Fixed(n)               exactly n octets, raw
    bytes annotated Limit(maximum)         ULEB128 count, then the octets
    str annotated Limit(maximum)           the same, valid UTF-8
    tuple[T, ...] annotated Limit(maximum) ULEB128 count, then the items
    T | None                               0x00, or 0x01 and T
    an IndexEnum                           ULEB128 index
    an IdentifierEnum                      one octet
    a Structure                            its fields in order
    A | B | … annotated Choice()           ULEB128 index of the case, then the fields of that case

Decoding accepts only what encoding produces, so two different inputs never decode to equal values. A
structure whose format has a rule of order or form states it in `__post_init__` and gives
`encoding/not-canonical`.

Source: BCS, https://github.com/diem/bcs, without maps and without signed integers.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cache
from typing import Annotated, Any, Protocol, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from .reasons import Reason, Rejection
from .source import NestingError, NodeLimits, NotEncodableError, Source, encode_number

# --- What annotations of fields mean ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Width:
    """An unsigned integer of a fixed number of octets."""

    octets: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """Octets of exactly this number."""

    octets: int


@dataclass(frozen=True, slots=True)
class Limit:
    """The smallest and largest number of items of a vector, of octets or of text (in octets)."""

    maximum: int
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several structures: the index is its place in the union."""


U8 = Annotated[int, Width(1)]
U16 = Annotated[int, Width(2)]
U32 = Annotated[int, Width(4)]
U64 = Annotated[int, Width(8)]
Octets8 = Annotated[bytes, Fixed(8)]
Octets16 = Annotated[bytes, Fixed(16)]
Octets32 = Annotated[bytes, Fixed(32)]
Octets64 = Annotated[bytes, Fixed(64)]
Octets65 = Annotated[bytes, Fixed(65)]


class IndexEnum(IntEnum):
    """An enumeration without fields, carried as the ULEB128 index of the case."""


class IdentifierEnum(IntEnum):
    """A registered identifier, carried as one octet."""


class Structure:
    """A message, an artifact or a part of one; subclasses are frozen dataclasses."""

    __slots__ = ()

    def encode(self) -> bytes:
        """Return the canonical octets. Raises NotEncodableError when a field does not fit its type."""
        return _codec(type(self)).write(self)

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Return the value whose canonical encoding is exactly `octets`.

        Rejects with encoding/truncated, encoding/trailing-octets, encoding/not-minimal,
        encoding/limit-exceeded, encoding/not-a-boolean, encoding/unknown-variant, encoding/not-utf8,
        encoding/not-canonical.
        """
        return cast(Self, _decode(_codec(cls), octets))


Decoded = TypeVar("Decoded", bound=Structure)


def encode_as(hint: object, value: object) -> bytes:
    """Return the canonical octets of a value of the annotated type `hint`."""
    return _codec(hint).write(value)


def decode_as(hint: object, octets: bytes) -> Any:
    """Return the value of type `hint` that `octets` encode. Rejects as `Structure.decode`."""
    return _decode(_codec(hint), octets)


def decode_bounded(
    structure: type[Decoded], octets: bytes, *, limits: NodeLimits, otherwise: Reason
) -> Decoded:
    """Return the value of a structure that can hold itself, with no more nodes than the limits allow.

    Rejects as `Structure.decode`, and with `otherwise` where a node too many begins.
    """
    source = Source(octets, limits)
    try:
        value = _codec(structure).read(source)
    except NestingError as error:
        raise Rejection(otherwise, str(error)) from None
    source.finish()
    return cast(Decoded, value)


# --- One codec for each kind of type ------------------------------------------------------------------------


class _Codec(Protocol):
    """How values of one type are written and read."""

    def write(self, value: Any) -> bytes: ...

    def read(self, source: Source) -> Any: ...


def _decode(codec: _Codec, octets: bytes) -> object:
    source = Source(octets)
    value = codec.read(source)
    source.finish()
    return value


@dataclass(frozen=True, slots=True)
class _Integer:
    width: int

    def write(self, value: int) -> bytes:
        if not 0 <= value < 1 << (8 * self.width):
            raise NotEncodableError(f"{value} is not an unsigned integer of {self.width} octets")
        return value.to_bytes(self.width, "little")

    def read(self, source: Source) -> int:
        return int.from_bytes(source.take(self.width), "little")


@dataclass(frozen=True, slots=True)
class _Boolean:
    def write(self, value: bool) -> bytes:
        return b"\x01" if value else b"\x00"

    def read(self, source: Source) -> bool:
        (octet,) = source.take(1)
        if octet > 1:
            raise Rejection(Reason.ENCODING_NOT_A_BOOLEAN, f"{octet} is neither 0 nor 1")
        return octet == 1


@dataclass(frozen=True, slots=True)
class _FixedOctets:
    count: int

    def write(self, value: bytes) -> bytes:
        if len(value) != self.count:
            raise NotEncodableError(f"{len(value)} octets where the type has {self.count}")
        return value

    def read(self, source: Source) -> bytes:
        return source.take(self.count)


def _require_items(count: int, limit: Limit) -> int:
    if not limit.minimum <= count <= limit.maximum:
        raise NotEncodableError(f"{count} items where the type has {limit.minimum} to {limit.maximum}")
    return count


@dataclass(frozen=True, slots=True)
class _Octets:
    limit: Limit

    def write(self, value: bytes) -> bytes:
        return encode_number(_require_items(len(value), self.limit)) + value

    def read(self, source: Source) -> bytes:
        count = source.count(self.limit.maximum)
        _require_minimum(count, self.limit)
        return source.take(count)


def _require_minimum(count: int, limit: Limit) -> None:
    if count < limit.minimum:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, f"{count} items, at least {limit.minimum} required")


@dataclass(frozen=True, slots=True)
class _Text:
    limit: Limit

    def write(self, value: str) -> bytes:
        return _Octets(self.limit).write(value.encode())

    def read(self, source: Source) -> str:
        octets = _Octets(self.limit).read(source)
        try:
            return octets.decode()
        except UnicodeDecodeError as error:
            raise Rejection(Reason.ENCODING_NOT_UTF8, f"octet {error.start} of a string") from None


@dataclass(frozen=True, slots=True)
class _Vector:
    item: _Codec
    limit: Limit

    def write(self, value: tuple[object, ...]) -> bytes:
        count = encode_number(_require_items(len(value), self.limit))
        return count + b"".join(self.item.write(item) for item in value)

    def read(self, source: Source) -> tuple[object, ...]:
        count = source.count(self.limit.maximum)
        _require_minimum(count, self.limit)
        return tuple(self.item.read(source) for _ in range(count))


@dataclass(frozen=True, slots=True)
class _Option:
    item: _Codec

    def write(self, value: object) -> bytes:
        return b"\x00" if value is None else b"\x01" + self.item.write(value)

    def read(self, source: Source) -> object:
        return self.item.read(source) if _Boolean().read(source) else None


@dataclass(frozen=True, slots=True)
class _Index:
    cases: type[IndexEnum]

    def write(self, value: IndexEnum) -> bytes:
        return encode_number(value)

    def read(self, source: Source) -> IndexEnum:
        return cast(IndexEnum, _member(self.cases, source.number()))


@dataclass(frozen=True, slots=True)
class _Identifier:
    cases: type[IdentifierEnum]

    def write(self, value: IdentifierEnum) -> bytes:
        return bytes([value])

    def read(self, source: Source) -> IdentifierEnum:
        (octet,) = source.take(1)
        return cast(IdentifierEnum, _member(self.cases, octet))


def _member(cases: type[IntEnum], number: int) -> IntEnum:
    if number not in cases._value2member_map_:
        raise Rejection(Reason.ENCODING_UNKNOWN_VARIANT, f"{number} is no {cases.__name__}")
    return cases(number)


@dataclass(frozen=True, slots=True)
class _Fields:
    structure: type[Structure]
    codecs: tuple[tuple[str, _Codec], ...]

    def write(self, value: Structure) -> bytes:
        return b"".join(codec.write(getattr(value, name)) for name, codec in self.codecs)

    def read(self, source: Source) -> Structure:
        return self.structure(**{name: codec.read(source) for name, codec in self.codecs})


@dataclass(frozen=True, slots=True)
class _Choice:
    cases: tuple[type[Structure], ...]

    def write(self, value: Structure) -> bytes:
        return encode_number(self.cases.index(type(value))) + _codec(type(value)).write(value)

    def read(self, source: Source) -> object:
        with source.within(self.cases):
            index = source.number()
            if index >= len(self.cases):
                raise Rejection(Reason.ENCODING_UNKNOWN_VARIANT, f"there is no case {index}")
            return _codec(self.cases[index]).read(source)


def _codec(hint: object) -> _Codec:
    """Return the codec that a type annotation describes."""
    return _make_codec(hint)


@cache
def _make_codec(hint: Any) -> _Codec:
    if get_origin(hint) is Annotated:
        return _annotated(*get_args(hint))
    if get_origin(hint) in {Union, types.UnionType}:
        item, absent = get_args(hint)
        if absent is not types.NoneType:
            raise TypeError(f"a union without Choice() is an option: {hint}")
        return _Option(_codec(item))
    if hint is bool:
        return _Boolean()
    if isinstance(hint, type) and issubclass(hint, IndexEnum):
        return _Index(hint)
    if isinstance(hint, type) and issubclass(hint, IdentifierEnum):
        return _Identifier(hint)
    if isinstance(hint, type) and issubclass(hint, Structure):
        hints = get_type_hints(hint, include_extras=True)
        names = [field.name for field in fields(cast(Any, hint))]
        return _Fields(hint, tuple((name, _codec(hints[name])) for name in names))
    raise TypeError(f"no encoding is defined for {hint}")


def _annotated(plain: Any, mark: object) -> _Codec:
    match mark:
        case Width() if plain is int:
            return _Integer(mark.octets)
        case Fixed() if plain is bytes:
            return _FixedOctets(mark.octets)
        case Limit() if plain is bytes:
            return _Octets(mark)
        case Limit() if plain is str:
            return _Text(mark)
        case Limit() if get_origin(plain) is tuple:
            return _Vector(_codec(get_args(plain)[0]), mark)
        case Choice():
            return _Choice(get_args(plain))
    raise TypeError(f"no encoding is defined for {plain} with {mark}")
