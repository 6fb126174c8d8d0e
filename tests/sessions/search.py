"""Search of a view for secrets: every run of eight octets of each, in both byte and both bit orders."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tests.sessions.views import Part

Words: TypeAlias = NDArray[np.uint64]

WINDOW: Final = 8
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_TABLE_BITS: Final = 22
_AT_ONCE: Final = 1 << 18
_SHIFT: Final = np.uint64(64 - _TABLE_BITS)
_REVERSED_BITS: Final = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def orders(secret: bytes) -> tuple[bytes, ...]:
    """The octets of a secret forwards and backwards, with the bits of each octet in either order."""
    mirrored = secret.translate(_REVERSED_BITS)
    return secret, secret[::-1], mirrored, mirrored[::-1]


def windows(secret: bytes) -> Iterator[bytes]:
    """Every eight octets in a row of a secret, in all orders."""
    if len(secret) < WINDOW:
        raise ValueError(f"a secret is shorter than {WINDOW} octets")
    for form in orders(secret):
        for start in range(len(form) - WINDOW + 1):
            yield form[start : start + WINDOW]


def search(part: Part, needles: Iterable[bytes]) -> dict[bytes, str]:
    """Find which needles, of eight octets each, the view holds, and the label of a value that holds each."""
    wanted = np.unique(np.frombuffer(b"".join(needles), "<u8"))
    table = np.zeros(1 << _TABLE_BITS, np.bool_)
    table[_hash(wanted)] = True
    found: dict[bytes, str] = {}
    for offset in range(WINDOW):
        count = (len(part.octets) - offset) // WINDOW
        for first in range(0, count, _AT_ONCE):
            start = offset + WINDOW * first
            words = np.frombuffer(part.octets, "<u8", count=min(_AT_ONCE, count - first), offset=start)
            candidates = np.flatnonzero(table[_hash(words)])
            for index in candidates[np.isin(words[candidates], wanted)]:
                place = start + WINDOW * int(index)
                found[words[index].tobytes()] = part.labels[bisect.bisect_right(part.starts, place) - 1]
    return found


def _hash(words: Words) -> NDArray[np.intp]:
    return ((words * _FACTOR) >> _SHIFT).view(np.intp)
