"""`tcp:HOST:PORT`: the implementation listens, and the suite connects."""

from __future__ import annotations

import socket

from ..adapter import AdapterBrokeError
from .channel import Descriptors

CONNECTING = 10.0
"""Seconds until a connection must stand."""


class Connection:
    """One connection; a new one begins a conversation anew."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=CONNECTING)
        except OSError as error:
            raise AdapterBrokeError(f"cannot be reached: {error}") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = Descriptors(self._socket.fileno(), self._socket.fileno(), None)

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send a line and give back the one that answers. Raises AdapterBrokeError, AdapterHungError."""
        return self._lines.exchange(line, seconds)

    def finish(self, line: bytes, seconds: float) -> None:
        """Send the last line; the other side must close the connection."""
        try:
            self._lines.end(line, seconds)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close the connection."""
        self._socket.close()

    def errors(self) -> str:
        """Nothing: what it writes to standard error is elsewhere."""
        return ""
