"""The codec of nodes that contain each other, read with a bound on their number and depth."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from mpctls.reference.foundation.encoding import Codec, Reader, Variant
from mpctls.reference.foundation.errors import Refused

MAXIMUM_DEPTH: Final = 16
MAXIMUM_NODES: Final = 256
MAXIMUM_OCTETS: Final = 16_384

T = TypeVar("T")


class NodeReader(Reader):
    """A reader of a predicate's octets that counts nodes and their depth, and refuses with `predicate/too-large`."""

    __slots__ = ("_depth", "_nodes")

    def __init__(self, octets: bytes) -> None:
        super().__init__(octets)
        self._depth = 0
        self._nodes = 0

    def enter(self) -> None:
        """A Condition or Number begins."""
        self._depth += 1
        self._nodes += 1
        require_size(self._nodes, self._depth)

    def leave(self) -> None:
        """It ends."""
        self._depth -= 1


def require_size(nodes: int, depth: int) -> None:
    """Refuse with `predicate/too-large` more nodes or a greater depth than a predicate may have."""
    if nodes > MAXIMUM_NODES:
        raise Refused("predicate/too-large", f"more than {MAXIMUM_NODES} conditions and numbers")
    if depth > MAXIMUM_DEPTH:
        raise Refused("predicate/too-large", f"nested deeper than {MAXIMUM_DEPTH}")


class Node(Codec[T]):
    """The codec of a class of nodes that contain each other: the cases are bound after the classes exist."""

    def __init__(self) -> None:
        self._cases: Variant[T] | None = None

    def bind(self, cases: tuple[type[Any], ...]) -> None:
        """Name the cases, in the order of their indices."""
        self._cases = Variant(cases)

    @property
    def _bound(self) -> Variant[T]:
        if self._cases is None:
            raise TypeError("the cases of this codec are not bound yet")
        return self._cases

    def write(self, value: T, out: bytearray) -> None:
        self._bound.write(value, out)

    def read(self, reader: Reader) -> T:
        if not isinstance(reader, NodeReader):
            raise TypeError("nodes are read by a NodeReader, which bounds their depth")
        reader.enter()
        value = self._bound.read(reader)
        reader.leave()
        return value
