"""Sources of randomness: the operating system's, and a seeded one for tests and digests that must repeat."""

from __future__ import annotations

import hashlib
import secrets
from typing import Protocol


class Randomness(Protocol):
    """Anything that yields uniformly random octets; every secret the reference draws comes through one."""

    def octets(self, count: int) -> bytes:
        """Return `count` fresh random octets."""
        ...

    def below(self, bound: int) -> int:
        """Return a uniform integer in [0, bound)."""
        ...


class SystemRandomness:
    """Randomness of the operating system; the only source used outside tests."""

    __slots__ = ()

    def octets(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def below(self, bound: int) -> int:
        return secrets.randbelow(bound)


class SeededRandomness:
    """A SHAKE-256 stream from a seed: the same seed gives the same octets on every machine. Never for production."""

    __slots__ = ("_counter", "_seed")

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._counter = 0

    def octets(self, count: int) -> bytes:
        self._counter += 1
        block = hashlib.shake_256(
            len(self._seed).to_bytes(4, "little") + self._seed + self._counter.to_bytes(8, "little")
        )
        return block.digest(count)

    def below(self, bound: int) -> int:
        if bound <= 0:
            raise ValueError("bound must be positive")
        size = (bound.bit_length() + 7) // 8 + 16
        return int.from_bytes(self.octets(size), "little") % bound
