"""Verifying keys in a folder of the user's own, so that a second process need not make them again.

A key is kept under a digest of what it was made of: the names of its circuit and of its setup, and the sources that
compile circuits and make keys. When one of these files changes, what was kept before is not found again. A folder
belongs to its user: what stands in it is believed as far as its form can be checked.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..setup.files import write_atomically
from ..setup.powers import Setup
from .proof import VerifyingKey
from .snarkjs import verifying_key_from_json, verifying_key_to_json

MAXIMUM_KEPT: Final = 1000
"""Keys in one folder; those used longest ago go first."""

_LABEL: Final = b"mpctls kept verifying key\0"
_SUFFIX: Final = ".verifying-key.json"
_LONGEST: Final = 1 << 16
_ROOM: Final = Path(__file__).parent.parent
_SOURCES: Final = ("bridge", "circuit", "plonk", "predicate", "poseidon.py")


def key_name(circuit: bytes, setup: Setup) -> bytes:
    """The name of a key: of the circuit's identity (32 octets), the setup's digest, and the code that makes keys."""
    return sha256(_LABEL, _sources_digest(), circuit, setup.digest)


class KeptKeys:
    """Verifying keys by `key_name`; without a folder, or where it cannot be written, none is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, name: bytes) -> VerifyingKey | None:
        """The key of this name, unless there is none or it cannot be read any more."""
        path = self._path(name)
        if path is None:
            return None
        try:
            with path.open("rb") as stream:
                octets = stream.read(_LONGEST + 1)
            key = verifying_key_from_json(octets.decode("utf-8"))
            path.touch()
        except (OSError, UnicodeDecodeError, Refused):
            return None
        return key

    def write(self, name: bytes, key: VerifyingKey) -> None:
        """Keep a key, and let go of the oldest when there are too many."""
        path = self._path(name)
        if path is None or path.exists():
            return
        with suppress(OSError):  # not kept, so made anew next time
            write_atomically(path, verifying_key_to_json(key).encode("utf-8"))
            self._forget_oldest(path.parent)

    def _forget_oldest(self, folder: Path) -> None:
        kept = [(path.stat().st_mtime_ns, path) for path in folder.glob(f"*{_SUFFIX}")]
        for _, path in sorted(kept)[:-MAXIMUM_KEPT]:
            path.unlink(missing_ok=True)

    def _path(self, name: bytes) -> Path | None:
        return None if self._folder is None else self._folder / f"{name.hex()}{_SUFFIX}"


@functools.cache
def _sources_digest() -> bytes:
    state = hashlib.sha256()
    for path in _files():
        octets = path.read_bytes()
        for part in (path.relative_to(_ROOM).as_posix().encode("utf-8"), octets):
            state.update(len(part).to_bytes(8, "little"))
            state.update(part)
    return state.digest()


def _files() -> Iterable[Path]:
    for name in _SOURCES:
        path = _ROOM / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else (path,)
