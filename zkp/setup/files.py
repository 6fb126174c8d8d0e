"""Files of setups: magic `mpctls`, type, version, the canonical content; written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from mpctls.reference.foundation.errors import Refused

from ..bn254.curve import G1, G2
from .powers import MAXIMUM_LABEL, MAXIMUM_SIZE_LOG2, MINIMUM_SIZE_LOG2, Origin, Setup, power_count

_HEAD: Final = b"mpctls" + bytes([16]) + (1).to_bytes(2, "little")
_FIRST: Final = len(_HEAD)
_G1_OCTETS: Final = 64
_G2_OCTETS: Final = 128


def write_setup(path: Path, setup: Setup) -> None:
    """Write a setup's file, atomically."""
    write_atomically(path, _HEAD + setup.content)


def read_setup(path: Path, *, accept_development: bool = False) -> Setup:
    """Read a setup's file and check its points; not its structure, which `check_structure` does.

    Rejects with `zero-knowledge/malformed-setup` a file of another type, version or length,
    `zero-knowledge/development-setup` unless that is accepted, and with the reasons of points
    (`zero-knowledge/point-…`).
    """
    size = path.stat().st_size
    longest = _FIRST + 3 + MAXIMUM_LABEL
    with path.open("rb") as stream:
        head = stream.read(longest)
        origin, label, size_log2, start = _read_head(head)
        points = power_count(size_log2) * _G1_OCTETS
        if size != start + points + _G2_OCTETS:
            raise Refused("zero-knowledge/malformed-setup", f"{size} octets do not hold 2^{size_log2} powers")
        if origin is Origin.DEVELOPMENT and not accept_development:
            raise Refused("zero-knowledge/development-setup", f"the secret of {label!r} is known to everyone")
        stream.seek(start)
        octets = stream.read(points + _G2_OCTETS)
    if len(octets) != points + _G2_OCTETS:
        raise Refused("zero-knowledge/malformed-setup", "the file ended while it was read")
    powers = G1.from_octets(octets[:points])
    tau = G2.from_octets(octets[points:])
    return Setup(
        origin=origin, label=label, size_log2=size_log2, powers=powers, tau=np.ascontiguousarray(tau[0])
    )


def _read_head(head: bytes) -> tuple[Origin, str, int, int]:
    """Return origin, label, size and where the points begin."""
    if head[:_FIRST] != _HEAD:
        raise Refused("zero-knowledge/malformed-setup", "the file does not begin as a setup of version 1")
    if len(head) < _FIRST + 3 or head[_FIRST] >= len(Origin):
        raise Refused("zero-knowledge/malformed-setup", "the origin is unknown")
    length = head[_FIRST + 1]
    end = _FIRST + 2 + length
    if length > MAXIMUM_LABEL or len(head) <= end:
        raise Refused("zero-knowledge/malformed-setup", "the label is too long")
    label = head[_FIRST + 2 : end]
    if not label.isascii():
        raise Refused("zero-knowledge/malformed-setup", "the label is not ASCII")
    size_log2 = head[end]
    if not MINIMUM_SIZE_LOG2 <= size_log2 <= MAXIMUM_SIZE_LOG2:
        raise Refused("zero-knowledge/malformed-setup", f"a setup of 2^{size_log2}")
    return Origin(head[_FIRST]), label.decode("ascii"), size_log2, end + 1


def write_atomically(path: Path, octets: bytes) -> None:
    """Write a file under another name and rename it: a reader sees the old file, or the whole new one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(octets)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
