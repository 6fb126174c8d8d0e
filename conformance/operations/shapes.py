"""Shapes of fields: how named octets are written in JSON, and back, and the JSON Schema of both.

Inside the suite a field is a string of octets (`fields.py`); in vectors and on the adapter protocol it is JSON that
needs no knowledge of that. Octets are lower-case hexadecimal, numbers are integers (decimal text from 2^53 on), what
may be absent is `null`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..fields import flag, listed, number, optional, read_list, read_optional

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8259, section 6)."""
MOST_NUMBER = 2**64 - 1
_HEXADECIMAL = frozenset("0123456789abcdef")


class ShapeError(ValueError):
    """JSON that does not have the shape of a field. `where` is a path into the value."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where or 'the value'}: {what}")


class Shape(Protocol):
    """How one field is written."""

    @abstractmethod
    def to_json(self, octets: bytes) -> Json:
        """The JSON of a field's octets. Raises ValueError where the octets are not of this shape."""

    @abstractmethod
    def from_json(self, value: Json, where: str = "") -> bytes:
        """The octets of a field. Raises ShapeError."""

    @abstractmethod
    def schema(self) -> dict[str, Json]:
        """The JSON Schema (2020-12) of the field."""

    @abstractmethod
    def words(self) -> str:
        """The shape for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets:
    """A string of octets, of `length` octets if that is fixed."""

    length: int | None = None

    def to_json(self, octets: bytes) -> Json:
        """Lower-case hexadecimal."""
        if self.length not in (None, len(octets)):
            raise ValueError(f"{len(octets)} octets instead of {self.length}")
        return octets.hex()

    def from_json(self, value: Json, where: str = "") -> bytes:
        """The octets. Refuses upper case, white space, an odd number of digits, another length."""
        if not isinstance(value, str) or len(value) % 2 or not _HEXADECIMAL.issuperset(value):
            raise ShapeError(where, "not lower-case hexadecimal")
        if self.length not in (None, len(value) // 2):
            raise ShapeError(where, f"{len(value) // 2} octets instead of {self.length}")
        return bytes.fromhex(value)

    def schema(self) -> dict[str, Json]:
        """Text of pairs of hexadecimal digits."""
        count = "*" if self.length is None else f"{{{self.length}}}"
        return {"type": "string", "pattern": f"^([0-9a-f]{{2}}){count}$"}

    def words(self) -> str:
        """`octets`, with their number."""
        return "octets" if self.length is None else f"{self.length} octets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """UTF-8 text."""

    def to_json(self, octets: bytes) -> Json:
        """The text."""
        return octets.decode()

    def from_json(self, value: Json, where: str = "") -> bytes:
        """Its UTF-8. Refuses lone surrogates."""
        if not isinstance(value, str):
            raise ShapeError(where, "not text")
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise ShapeError(where, "text with half of a surrogate pair") from None

    def schema(self) -> dict[str, Json]:
        """Text."""
        return {"type": "string"}

    def words(self) -> str:
        """`text`."""
        return "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """An unsigned number below 2^64."""

    def to_json(self, octets: bytes) -> Json:
        """An integer; decimal text where JSON readers may round."""
        if len(octets) != 8:
            raise ValueError(f"a number of {len(octets)} octets")
        value = int.from_bytes(octets, "little")
        return value if value <= SAFE_INTEGER else str(value)

    def from_json(self, value: Json, where: str = "") -> bytes:
        """Eight octets. Refuses text where an integer would do, and whatever has two spellings."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= SAFE_INTEGER:
            return number(value)
        if isinstance(value, str) and 16 <= len(value) <= 20 and value.isascii() and value.isdigit():
            large = int(value)
            if SAFE_INTEGER < large <= MOST_NUMBER and value[0] != "0":
                return number(large)
        raise ShapeError(where, "not an unsigned number below 2^64")

    def schema(self) -> dict[str, Json]:
        """An integer, or decimal text of one above 2^53 − 1."""
        return {
            "oneOf": [
                {"type": "integer", "minimum": 0, "maximum": SAFE_INTEGER},
                {"type": "string", "pattern": "^[1-9][0-9]{15,19}$"},
            ]
        }

    def words(self) -> str:
        """`number`."""
        return "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Yes or no."""

    def to_json(self, octets: bytes) -> Json:
        """A boolean."""
        if octets not in (b"\0", b"\1"):
            raise ValueError("a flag is one octet, 0 or 1")
        return octets == b"\1"

    def from_json(self, value: Json, where: str = "") -> bytes:
        """One octet."""
        if not isinstance(value, bool):
            raise ShapeError(where, "neither true nor false")
        return flag(value)

    def schema(self) -> dict[str, Json]:
        """A boolean."""
        return {"type": "boolean"}

    def words(self) -> str:
        """`flag`."""
        return "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A list of unsigned numbers."""

    def to_json(self, octets: bytes) -> Json:
        """A list of numbers."""
        if len(octets) % 8:
            raise ValueError("numbers are eight octets each")
        return [Number().to_json(octets[start : start + 8]) for start in range(0, len(octets), 8)]

    def from_json(self, value: Json, where: str = "") -> bytes:
        """Eight octets each."""
        return b"".join(
            Number().from_json(item, f"{where}[{at}]") for at, item in enumerate(_array(value, where))
        )

    def schema(self) -> dict[str, Json]:
        """A list of numbers."""
        return {"type": "array", "items": Number().schema()}

    def words(self) -> str:
        """`list of numbers`."""
        return "list of numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list of one shape."""

    item: Shape

    def to_json(self, octets: bytes) -> Json:
        """A list."""
        return [self.item.to_json(each) for each in read_list(octets)]

    def from_json(self, value: Json, where: str = "") -> bytes:
        """The list as `fields.listed` writes it."""
        return listed(
            [self.item.from_json(item, f"{where}[{at}]") for at, item in enumerate(_array(value, where))]
        )

    def schema(self) -> dict[str, Json]:
        """A list."""
        return {"type": "array", "items": self.item.schema()}

    def words(self) -> str:
        """`list of …`."""
        return f"list of {self.item.words()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Maybe:
    """A shape, or `null` for nothing."""

    item: Shape

    def to_json(self, octets: bytes) -> Json:
        """The item, or null."""
        found = read_optional(octets)
        return None if found is None else self.item.to_json(found)

    def from_json(self, value: Json, where: str = "") -> bytes:
        """A list of one, or of none."""
        return optional(None if value is None else self.item.from_json(value, where))

    def schema(self) -> dict[str, Json]:
        """The item's, or null."""
        return {"oneOf": [{"type": "null"}, self.item.schema()]}

    def words(self) -> str:
        """`… or null`."""
        return f"{self.item.words()} or null"


def _array(value: Json, where: str) -> Sequence[Json]:
    if not isinstance(value, list | tuple):
        raise ShapeError(where, "not a list")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuple:
    """A list of fixed shapes, in order; inside the suite a list of their octets."""

    items: tuple[Shape, ...]

    def to_json(self, octets: bytes) -> Json:
        """A list with one item for each shape."""
        parts = read_list(octets)
        return [shape.to_json(part) for shape, part in zip(self.items, parts, strict=True)]

    def from_json(self, value: Json, where: str = "") -> bytes:
        """The list as `fields.listed` writes it."""
        parts = _array(value, where)
        if len(parts) != len(self.items):
            raise ShapeError(where, f"{len(parts)} items instead of {len(self.items)}")
        pairs = enumerate(zip(self.items, parts, strict=True))
        return listed([shape.from_json(part, f"{where}[{at}]") for at, (shape, part) in pairs])

    def schema(self) -> dict[str, Json]:
        """A list of exactly these."""
        return {
            "type": "array",
            "prefixItems": [shape.schema() for shape in self.items],
            "minItems": len(self.items),
            "maxItems": len(self.items),
        }

    def words(self) -> str:
        """`[…, …]`."""
        return "[" + ", ".join(shape.words() for shape in self.items) + "]"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrEmpty:
    """A shape, or nothing at all, which is no octets inside the suite and `null` in JSON."""

    item: Shape

    def to_json(self, octets: bytes) -> Json:
        """The item, or null."""
        return None if not octets else self.item.to_json(octets)

    def from_json(self, value: Json, where: str = "") -> bytes:
        """The item's octets, or none."""
        return b"" if value is None else self.item.from_json(value, where)

    def schema(self) -> dict[str, Json]:
        """The item's, or null."""
        return {"oneOf": [{"type": "null"}, self.item.schema()]}

    def words(self) -> str:
        """`… or null`."""
        return f"{self.item.words()} or null"


OCTETS, TEXT, NUMBER, NUMBERS, FLAG = Octets(), Text(), Number(), Numbers(), Flag()
DIGEST = Octets(length=32)
OCTETS_LIST, TEXT_LIST = ListOf(item=OCTETS), ListOf(item=TEXT)
