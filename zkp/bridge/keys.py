"""Keys of PLONK for bridges, kept in memory and, where there is a folder, on disk under digests."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..plonk.keys import ProvingKey, make_keys, make_verifying_key
from ..plonk.proof import VerifyingKey
from ..plonk.snarkjs import verifying_key_from_json, verifying_key_to_json
from ..setup.files import write_atomically
from ..setup.powers import Setup
from .circuit import compile_bridge

_LABEL: Final = b"mpctls keys of a hash bridge\0"


class BridgeKeys:
    """Keys by the number of blocks and the digest of their setup; safe for several threads.

    `folder` (optional) keeps verifying keys between processes, as far as it can be written. What stands in it is
    believed as far as its form can be checked: it belongs to its user.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._proving: dict[bytes, ProvingKey] = {}
        self._verifying: dict[bytes, VerifyingKey] = {}
        self._lock = threading.RLock()

    def proving_key(self, blocks: int, setup: Setup) -> ProvingKey:
        """The Prover's key, of the last setup alone; refuses with `zero-knowledge/setup-too-small`."""
        digest = _key_digest(blocks, setup)
        with self._lock:
            if digest not in self._proving:
                known = self._verifying.get(digest) or self._stored(digest)
                self._proving.clear()  # hundreds of megabytes
                key = make_keys(compile_bridge(blocks).table, setup, verifying_key=known)
                self._proving[digest] = key
                self._keep(digest, key.verifying_key)
            return self._proving[digest]

    def verifying_key(self, blocks: int, setup: Setup) -> VerifyingKey:
        """The Verifier's key, made by itself; refuses as `proving_key`."""
        digest = _key_digest(blocks, setup)
        with self._lock:
            known = self._verifying.get(digest) or self._stored(digest)
            if known is None:
                known = make_verifying_key(compile_bridge(blocks).table, setup)
            self._keep(digest, known)
            return known

    def _keep(self, digest: bytes, key: VerifyingKey) -> None:
        self._verifying[digest] = key
        path = self._path(digest)
        if path is not None and not path.exists():
            with suppress(OSError):  # not kept, so made anew next time
                write_atomically(path, verifying_key_to_json(key).encode("utf-8"))

    def _stored(self, digest: bytes) -> VerifyingKey | None:
        path = self._path(digest)
        if path is None or not path.exists():
            return None
        try:
            return verifying_key_from_json(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, Refused):
            return None  # not readable any more: made anew

    def _path(self, digest: bytes) -> Path | None:
        return None if self._folder is None else self._folder / f"{digest.hex()}.verifying-key.json"


def _key_digest(blocks: int, setup: Setup) -> bytes:
    return sha256(_LABEL, compile_bridge(blocks).identity, setup.digest)
