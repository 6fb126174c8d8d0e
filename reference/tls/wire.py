"""Exact reading and writing of the length-prefixed fields of TLS messages (RFC 5246, section 4)."""

from __future__ import annotations

from ..foundation.errors import Refused


class WireReader:
    """Reads fields of one message front to back; a field that does not fit is refused with `tls/malformed`.

    Nothing is copied before its length is known to lie inside the message, and `finish` refuses octets left
    over.
    """

    __slots__ = ("_data", "_name", "_position")

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._position = 0

    @property
    def remaining(self) -> int:
        """Octets not read yet."""
        return len(self._data) - self._position

    def octets(self, count: int) -> bytes:
        """Return exactly `count` octets."""
        if count > self.remaining:
            raise Refused("tls/malformed", f"{self._name}: {count} octets announced, {self.remaining} left")
        start = self._position
        self._position = start + count
        return self._data[start : self._position]

    def integer(self, size: int) -> int:
        """Return a big-endian unsigned integer of `size` octets."""
        return int.from_bytes(self.octets(size), "big")

    def vector(self, prefix: int, *, minimum: int = 0, maximum: int | None = None) -> bytes:
        """Return a vector with its length in `prefix` octets before it, within both bounds."""
        length = self.integer(prefix)
        if length < minimum or (maximum is not None and length > maximum):
            raise Refused("tls/malformed", f"{self._name}: vector of {length} octets")
        return self.octets(length)

    def finish(self) -> None:
        """Refuse octets after the last field."""
        if self.remaining:
            raise Refused("tls/malformed", f"{self._name}: {self.remaining} octets after the end")


def vector(prefix: int, content: bytes) -> bytes:
    """Return `content` behind its length in `prefix` octets."""
    return len(content).to_bytes(prefix, "big") + content
