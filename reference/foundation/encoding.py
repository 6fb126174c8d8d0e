"""Canonical encoding (BCS): codecs that write a value in its only form and read nothing else.

A dataclass names the codec of each field in its metadata (`field(metadata=U32.wire)`); `Struct` turns the class into a
codec of its own. Reading checks every length against a limit before it allocates and refuses, with an `encoding/…`
reason, whatever writing would not have produced. Rules of form that concern several items (order, uniqueness) stand in
the `__post_init__` of the class, so that a value that exists is a value that encodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from .errors import Refused

T = TypeVar("T")
E = TypeVar("E")

WIRE = "codec"
"""Key of a field's metadata under which its codec stands."""

MAXIMUM_LENGTH = 2**32 - 1


class Reader:
    """A cursor over octets from outside; every read is bounded by what is left."""

    __slots__ = ("_octets", "_position")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._position = 0

    @property
    def remaining(self) -> int:
        return len(self._octets) - self._position

    def take(self, count: int) -> bytes:
        """Return the next `count` octets, or refuse with `encoding/truncated`."""
        if count > self.remaining:
            raise Refused(
                "encoding/truncated", f"{count} octets wanted at {self._position}, {self.remaining} left"
            )
        taken = self._octets[self._position : self._position + count]
        self._position += count
        return taken

    def unsigned_leb128(self) -> int:
        """Return a minimal ULEB128 number of at most 2^32 - 1."""
        value = 0
        for shift in range(0, 35, 7):
            octet = self.take(1)[0]
            value |= (octet & 0x7F) << shift
            if not octet & 0x80:
                if (octet == 0 and shift) or value > MAXIMUM_LENGTH:
                    break
                return value
        raise Refused("encoding/not-minimal", f"length or index before octet {self._position}")

    def finish(self) -> None:
        """Refuse with `encoding/trailing-octets` unless everything was read."""
        if self.remaining:
            raise Refused("encoding/trailing-octets", f"{self.remaining} octets after the value")


def write_unsigned_leb128(value: int, out: bytearray) -> None:
    """Append `value` as minimal ULEB128."""
    while value >= 0x80:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)


class Codec(Generic[T]):
    """How values of one type are written and read."""

    def write(self, value: T, out: bytearray) -> None:
        raise TypeError(f"{type(self).__name__} does not write")

    def read(self, reader: Reader) -> T:
        raise TypeError(f"{type(self).__name__} does not read")

    @property
    def wire(self) -> Mapping[str, Codec[T]]:
        """Metadata for a dataclass field that has this codec."""
        return {WIRE: self}

    def encode(self, value: T) -> bytes:
        """Return the canonical octets of `value`."""
        out = bytearray()
        self.write(value, out)
        return bytes(out)

    def decode(self, octets: bytes) -> T:
        """Return the value whose canonical form is exactly `octets`; refuses with an `encoding/…` reason."""
        reader = Reader(octets)
        value = self.read(reader)
        reader.finish()
        return value


class Unsigned(Codec[int]):
    """An unsigned integer of fixed width, little-endian; `allowed` lists the identifiers that exist."""

    def __init__(self, width: int, allowed: frozenset[int] | None = None) -> None:
        self._width = width
        self._allowed = allowed

    def write(self, value: int, out: bytearray) -> None:
        self._check(value)
        out += value.to_bytes(self._width, "little")

    def read(self, reader: Reader) -> int:
        value = int.from_bytes(reader.take(self._width), "little")
        self._check(value)
        return value

    def _check(self, value: int) -> None:
        if self._allowed is not None and value not in self._allowed:
            raise Refused("encoding/unknown-variant", f"identifier {value}")


class Boolean(Codec[bool]):
    """One octet, 0 or 1."""

    def write(self, value: bool, out: bytearray) -> None:
        out.append(1 if value else 0)

    def read(self, reader: Reader) -> bool:
        octet = reader.take(1)[0]
        if octet > 1:
            raise Refused("encoding/not-a-boolean", f"octet {octet}")
        return octet == 1


class Fixed(Codec[bytes]):
    """Exactly `count` raw octets."""

    def __init__(self, count: int) -> None:
        self._count = count

    def write(self, value: bytes, out: bytearray) -> None:
        if len(value) != self._count:
            raise Refused("encoding/not-canonical", f"{len(value)} octets where {self._count} are due")
        out += value

    def read(self, reader: Reader) -> bytes:
        return reader.take(self._count)


def _count(reader: Reader, maximum: int, minimum: int) -> int:
    count = reader.unsigned_leb128()
    _check_count(count, maximum, minimum)
    return count


def _check_count(count: int, maximum: int, minimum: int) -> None:
    if count > maximum:
        raise Refused("encoding/limit-exceeded", f"{count} items, at most {maximum}")
    if count < minimum:
        raise Refused("encoding/not-canonical", f"{count} items, at least {minimum}")


class Octets(Codec[bytes]):
    """A length and that many octets, between `minimum` and `maximum`."""

    def __init__(self, maximum: int, minimum: int = 0) -> None:
        self._maximum = maximum
        self._minimum = minimum

    def write(self, value: bytes, out: bytearray) -> None:
        _check_count(len(value), self._maximum, self._minimum)
        write_unsigned_leb128(len(value), out)
        out += value

    def read(self, reader: Reader) -> bytes:
        return reader.take(_count(reader, self._maximum, self._minimum))


class Text(Codec[str]):
    """UTF-8 text of at most `maximum` octets."""

    def __init__(self, maximum: int) -> None:
        self._octets = Octets(maximum)

    def write(self, value: str, out: bytearray) -> None:
        try:
            octets = value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("encoding/not-utf8", "text with a lone surrogate") from None
        self._octets.write(octets, out)

    def read(self, reader: Reader) -> str:
        try:
            return self._octets.read(reader).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused("encoding/not-utf8", f"octet {error.start} of a text") from None


class Vector(Codec[tuple[E, ...]]):
    """A count and that many items, between `minimum` and `maximum`."""

    def __init__(self, item: Codec[E], maximum: int, minimum: int = 0) -> None:
        self._item = item
        self._maximum = maximum
        self._minimum = minimum

    def write(self, value: tuple[E, ...], out: bytearray) -> None:
        _check_count(len(value), self._maximum, self._minimum)
        write_unsigned_leb128(len(value), out)
        for item in value:
            self._item.write(item, out)

    def read(self, reader: Reader) -> tuple[E, ...]:
        return self._items(reader, _count(reader, self._maximum, self._minimum))

    def _items(self, reader: Reader, count: int) -> tuple[E, ...]:
        items: list[E] = []
        for _ in range(count):
            items.append(self._item.read(reader))
        return tuple(items)


class Option(Codec[E | None]):
    """Nothing (0x00), or a value after 0x01."""

    def __init__(self, item: Codec[E]) -> None:
        self._item = item
        self._tag = Boolean()

    def write(self, value: E | None, out: bytearray) -> None:
        self._tag.write(value is not None, out)
        if value is not None:
            self._item.write(value, out)

    def read(self, reader: Reader) -> E | None:
        return self._item.read(reader) if self._tag.read(reader) else None


class Struct(Codec[E]):
    """A dataclass whose fields carry codecs, written in their order."""

    def __init__(self, structure: type[E]) -> None:
        self._structure = structure
        self._fields: tuple[tuple[str, Codec[Any]], ...] = tuple(
            (each.name, each.metadata[WIRE])
            for each in fields(structure)  # type: ignore[arg-type]
        )

    def write(self, value: E, out: bytearray) -> None:
        for name, codec in self._fields:
            codec.write(getattr(value, name), out)

    def read(self, reader: Reader) -> E:
        return self._structure(**{name: codec.read(reader) for name, codec in self._fields})


class Variant(Codec[E]):
    """One of several dataclasses, written as its ULEB128 index and its fields."""

    def __init__(self, cases: Sequence[type[Any]]) -> None:
        self._cases = tuple(Struct(case) for case in cases)
        self._index = {case: index for index, case in enumerate(cases)}

    def write(self, value: E, out: bytearray) -> None:
        index = self._index[type(value)]
        write_unsigned_leb128(index, out)
        self._cases[index].write(value, out)

    def read(self, reader: Reader) -> E:
        index = reader.unsigned_leb128()
        if index >= len(self._cases):
            raise Refused("encoding/unknown-variant", f"case {index} of {len(self._cases)}")
        value: E = self._cases[index].read(reader)
        return value


class Enumeration(Codec[E]):
    """One of a fixed list of values, written as its ULEB128 index."""

    def __init__(self, values: Sequence[E]) -> None:
        self._values = tuple(values)
        self._index = {value: index for index, value in enumerate(values)}

    def write(self, value: E, out: bytearray) -> None:
        write_unsigned_leb128(self._index[value], out)

    def read(self, reader: Reader) -> E:
        index = reader.unsigned_leb128()
        if index >= len(self._values):
            raise Refused("encoding/unknown-variant", f"value {index} of {len(self._values)}")
        return self._values[index]


U8 = Unsigned(1)
U16 = Unsigned(2)
U32 = Unsigned(4)
U64 = Unsigned(8)
BOOLEAN = Boolean()
DIGEST = Fixed(32)
