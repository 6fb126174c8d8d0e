"""Kinds of the proof's messages, and how octet strings of any length are cut into messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..duplex import Duplex

INPUT_CORRECTIONS: Final = 0x0500
GATE_CORRECTIONS: Final = 0x0501
CHALLENGE: Final = 0x0502
ANSWER: Final = 0x0503
OPENED_BITS: Final = 0x0504

LARGEST_MESSAGE: Final = 1 << 20


def send_octets(duplex: Duplex, kind: int, octets: bytes) -> None:
    """Send octets of any length as messages of at most 1 MiB; nothing at all when there are none."""
    for start, stop in _pieces(len(octets)):
        duplex.send(kind, octets[start:stop])


def receive_octets(duplex: Duplex, kind: int, length: int) -> bytes:
    """Receive what `send_octets` sent; the length in octets is known beforehand."""
    return b"".join([duplex.receive(kind, stop - start) for start, stop in _pieces(length)])


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    for start in range(0, length, LARGEST_MESSAGE):
        yield start, min(start + LARGEST_MESSAGE, length)
