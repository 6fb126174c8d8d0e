"""Powers of a setup made ready for commitments: computed once for each setup and size, then kept in memory and on disk.

A file holds the table of `FixedBases` and ends with a SHA-256 digest of what is before it. It lies in a folder that
only its user can write to; a file that is damaged or cannot be read is made anew.
"""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path
from typing import Final

import numpy as np

from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.kernel_cache import cache_folder

from ..bn254.fixed_bases import FixedBases, fixed_width
from ..bn254.limbs import Words
from ..bn254.multi_scalar import window_count
from .files import write_atomically
from .powers import Setup

_HEAD: Final = b"mpctls" + bytes([17]) + (1).to_bytes(2, "little")
_DIGEST: Final = 32
_POINT: Final = 64


@functools.lru_cache(maxsize=4)
def prepared_powers(setup: Setup, size_log2: int) -> FixedBases:
    """Return the powers for tables of 2^size_log2 rows, ready for commitments.

    Refuses with `zero-knowledge/setup-too-small` when the setup has fewer.
    """
    return prepared_points(setup.prefix(size_log2), setup.digest)


def prepared_points(points: Words, digest: bytes) -> FixedBases:
    """Return points uint64[n, 2, 4] ready for commitments; `digest`, 32 octets, and n name them."""
    width = fixed_width(len(points))
    folder = cache_folder(f"setup-{digest.hex()}")
    path = None if folder is None else folder / f"powers-{len(points)}-{width}"
    head = _HEAD + digest + len(points).to_bytes(4, "little") + bytes([width])
    known = None if path is None else _read(path, head, (window_count(width), len(points), 2, 4))
    if known is not None:
        return FixedBases.of_table(known, width=width)
    bases = FixedBases(points, width=width)
    if path is not None:
        octets = head + bases.table.astype("<u8", copy=False).tobytes()
        with contextlib.suppress(OSError):  # not kept, so computed again by the next process
            write_atomically(path, octets + sha256(octets))
    return bases


def _read(path: Path, head: bytes, shape: tuple[int, ...]) -> Words | None:
    """Return the table in a file, or None when there is no such file or it is not what was written."""
    expected = len(head) + shape[0] * shape[1] * _POINT + _DIGEST
    try:
        if path.stat().st_size != expected:
            return None
        octets = path.read_bytes()
    except OSError:
        return None
    content, digest = octets[:-_DIGEST], octets[-_DIGEST:]
    if content[: len(head)] != head or sha256(content) != digest:
        return None
    return np.frombuffer(content, "<u8", offset=len(head)).astype(np.uint64).reshape(shape)
