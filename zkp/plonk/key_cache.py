"""Keys of tables that were met before: verifying keys by the digests of table and setup, in a folder of the user's own.

What takes time in making keys are the commitments; the rest is made anew, so a file holds a verifying key alone.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.kernel_cache import cache_folder

from ..circuit.gates import GateTable
from ..setup.files import write_atomically
from ..setup.powers import Setup
from .keys import ProvingKey, make_keys, make_verifying_key, table_digest
from .proof import VerifyingKey

_HEAD: Final = b"mpctls" + bytes([18]) + (1).to_bytes(2, "little")
_DIGEST: Final = 32


def proving_key(table: GateTable, setup: Setup) -> ProvingKey:
    """Return the keys of a table under a setup, with the commitments made before if they were; see `make_keys`."""
    digest = table_digest(table)
    path = _path(digest, setup)
    known = _read(path, digest, setup)
    key = make_keys(table, setup, verifying_key=known)
    if known is None:
        _write(path, digest, setup, key.verifying_key)
    return key


def verifying_key(table: GateTable, setup: Setup) -> VerifyingKey:
    """Return the verifying key of a table under a setup, made before or now; see `make_verifying_key`."""
    digest = table_digest(table)
    path = _path(digest, setup)
    key = _read(path, digest, setup)
    if key is None:
        key = make_verifying_key(table, setup)
        _write(path, digest, setup, key)
    return key


def _path(digest: bytes, setup: Setup) -> Path | None:
    folder = cache_folder(f"setup-{setup.digest.hex()}")
    return None if folder is None else folder / f"key-{digest.hex()}"


def _read(path: Path | None, digest: bytes, setup: Setup) -> VerifyingKey | None:
    """Return the key in a file, or None when there is none or it is not what was written."""
    if path is None:
        return None
    try:
        octets = path.read_bytes()
    except OSError:
        return None
    head = _HEAD + digest + setup.digest
    content, checksum = octets[:-_DIGEST], octets[-_DIGEST:]
    if not content.startswith(head) or sha256(content) != checksum:
        return None
    try:
        return VerifyingKey.from_octets(content[len(head) :])
    except Refused:
        return None


def _write(path: Path | None, digest: bytes, setup: Setup, key: VerifyingKey) -> None:
    if path is None:
        return
    content = _HEAD + digest + setup.digest + key.to_octets()
    with contextlib.suppress(OSError):  # not kept, so made again by the next process
        write_atomically(path, content + sha256(content))
