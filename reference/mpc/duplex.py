"""The two ends of the engine's message stream, as the two-party computation sees them."""

from __future__ import annotations

import queue
from typing import Protocol

from ..foundation.errors import Refused


class Duplex(Protocol):
    """An ordered, reliable, blocking message stream between the two parties.

    A message is a kind (u16, see the engine profile) and a payload. The receiver always states the one kind and the
    exact length it expects; anything else is refused with `engine/unexpected-message`. A deadline that passes is
    refused with `link/timeout`, a peer that went away with `link/closed`.
    """

    def send(self, kind: int, payload: bytes) -> None:
        """Send one message; may buffer, never blocks on the peer for ever."""
        ...

    def receive(self, kind: int, length: int) -> bytes:
        """Return the payload of the next message, which must have this kind and exactly this length in octets."""
        ...


class MemoryDuplex:
    """One end of an in-process pair, for tests and benchmarks that run both parties as threads."""

    __slots__ = ("_incoming", "_outgoing", "_timeout", "octets_sent")

    def __init__(
        self,
        *,
        incoming: queue.SimpleQueue[tuple[int, bytes]],
        outgoing: queue.SimpleQueue[tuple[int, bytes]],
        timeout: float,
    ) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._timeout = timeout
        self.octets_sent = 0

    def send(self, kind: int, payload: bytes) -> None:
        self.octets_sent += len(payload) + 2
        self._outgoing.put((kind, payload))

    def receive(self, kind: int, length: int) -> bytes:
        try:
            arrived, payload = self._incoming.get(timeout=self._timeout)
        except queue.Empty:
            raise Refused("link/timeout", "no engine message arrived in time") from None
        if arrived != kind or len(payload) != length:
            raise Refused(
                "engine/unexpected-message",
                f"expected kind {kind} of {length} octets, got kind {arrived} of {len(payload)}",
            )
        return payload


def memory_pair(timeout: float = 60.0) -> tuple[MemoryDuplex, MemoryDuplex]:
    """Return two connected ends; `timeout` in seconds bounds every wait."""
    there: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
    back: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
    return (
        MemoryDuplex(incoming=back, outgoing=there, timeout=timeout),
        MemoryDuplex(incoming=there, outgoing=back, timeout=timeout),
    )
