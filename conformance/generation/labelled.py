"""Randomness of vectors: a stream of octets for each label, the same on every machine and in every version."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

_SEPARATOR = b"mpctls vectors 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Octets that depend on a label alone; labels of one family begin with its step and name."""

    label: str

    def octets(self, length: int, part: str = "") -> bytes:
        """The first octets of the stream of a part: SHA-256 of separator, label, part and a counter."""
        prefix = b"\0".join((_SEPARATOR, self.label.encode(), part.encode(), b""))
        blocks = (sha256(prefix + counter.to_bytes(4, "big")).digest() for counter in range(-(-length // 32)))
        return b"".join(blocks)[:length]

    def below(self, bound: int, part: str = "") -> int:
        """A number below a bound, of 16 octets more than it has, so that none is favoured."""
        return int.from_bytes(self.octets((bound.bit_length() + 7) // 8 + 16, part), "big") % bound

    def of(self, part: str) -> Labelled:
        """The randomness of a part."""
        return Labelled(label=f"{self.label}/{part}")
