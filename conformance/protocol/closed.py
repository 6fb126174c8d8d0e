"""Closed objects: dataclasses that are read from JSON with exactly their members, and their JSON Schema."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..operations.shapes import SAFE_INTEGER, Json
from .strict_json import ProtocolError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Closed = TypeVar("Closed", bound=DataclassInstance)

NAMES_LIMIT = 1024
NAME_LENGTH = 256
TEXT_LENGTH = 2**16


class Kind(Protocol):
    """What a member may hold."""

    @abstractmethod
    def read(self, value: Json, where: str) -> Any:
        """The value as the dataclass keeps it. Raises ProtocolError."""

    @abstractmethod
    def schema(self) -> dict[str, Json]:
        """The JSON Schema (2020-12) of the member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """An integer from `least` that every JSON reader keeps exactly."""

    least: int = 0

    def read(self, value: Json, where: str) -> int:
        """The integer. Refuses booleans."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= SAFE_INTEGER:
            raise ProtocolError(f"{where}: not an integer from {self.least} to 2^53 - 1")
        return value

    def schema(self) -> dict[str, Json]:
        """An integer."""
        return {"type": "integer", "minimum": self.least, "maximum": SAFE_INTEGER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Text of `least` to `most` characters."""

    most: int = TEXT_LENGTH
    least: int = 0

    def read(self, value: Json, where: str) -> str:
        """The text."""
        if not isinstance(value, str) or not self.least <= len(value) <= self.most:
            raise ProtocolError(f"{where}: not text of {self.least} to {self.most} characters")
        return value

    def schema(self) -> dict[str, Json]:
        """Text."""
        return {"type": "string", "minLength": self.least, "maxLength": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, value: Json, where: str) -> str:
        """The word."""
        if not isinstance(value, str) or value not in self.words:
            raise ProtocolError(f"{where}: none of {', '.join(self.words)}")
        return value

    def schema(self) -> dict[str, Json]:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A list of one kind, no item twice."""

    item: Kind

    def read(self, value: Json, where: str) -> tuple[Any, ...]:
        """The items."""
        if not isinstance(value, list) or len(value) > NAMES_LIMIT:
            raise ProtocolError(f"{where}: not a list of at most {NAMES_LIMIT} items")
        items = tuple(self.item.read(each, f"{where}[{at}]") for at, each in enumerate(value))
        if len(set(items)) != len(items):
            raise ProtocolError(f"{where}: an item twice")
        return items

    def schema(self) -> dict[str, Json]:
        """A list."""
        return {
            "type": "array",
            "items": self.item.schema(),
            "maxItems": NAMES_LIMIT,
            "uniqueItems": True,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """An object whose members the form of an operation names."""

    def read(self, value: Json, where: str) -> Mapping[str, Json]:
        """The object."""
        return read_object(value, where)

    def schema(self) -> dict[str, Json]:
        """An object."""
        return {"type": "object"}


INTEGER, TEXT, NAME, MEMBERS = Integer(), Words(), Words(most=NAME_LENGTH, least=1), Members()
NAMES = Several(item=NAME)


def member(kind: Kind) -> Any:
    """A field of a closed object."""
    return field(metadata={"kind": kind})


def read_object(value: Json, where: str) -> Mapping[str, Json]:
    """An object. Raises ProtocolError for anything else."""
    if not isinstance(value, Mapping):
        raise ProtocolError(f"{where}: not an object")
    return value


def read_closed(target: type[Closed], value: Json, where: str, tag: str | None = None) -> Closed:
    """A closed object; `tag` is what its member `type` must say. Raises ProtocolError for missing or other members."""
    given = dict(read_object(value, where))
    if tag is not None and given.pop("type", None) != tag:
        raise ProtocolError(f"{where}: its type is not {tag!r}")
    known = {each.name: _kind(each) for each in fields(target)}
    if missing := sorted(known.keys() - given.keys()):
        raise ProtocolError(f"{where}: without {', '.join(missing)}")
    if other := sorted(given.keys() - known.keys()):
        raise ProtocolError(f"{where}: with unknown {', '.join(repr(name[:40]) for name in other[:4])}")
    return target(**{name: kind.read(given[name], f"{where}.{name}") for name, kind in known.items()})


def write_closed(message: DataclassInstance, tag: str | None = None) -> dict[str, Json]:
    """The object again."""
    written: dict[str, Json] = {} if tag is None else {"type": tag}
    for each in fields(message):
        value = getattr(message, each.name)
        write: Callable[[Any], Json] | None = getattr(_kind(each), "write", None)
        if write is not None:
            value = write(value)
        written[each.name] = list(value) if isinstance(value, tuple) else value
    return written


def closed_schema(target: type[DataclassInstance], tag: str | None = None) -> dict[str, Json]:
    """The JSON Schema of a closed object."""
    properties: dict[str, Json] = {} if tag is None else {"type": {"const": tag}}
    properties.update({each.name: _kind(each).schema() for each in fields(target)})
    return {
        "type": "object",
        "description": (target.__doc__ or "").partition("\n")[0],
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _kind(each: Field[Any]) -> Kind:
    kind: Kind = each.metadata["kind"]
    return kind
