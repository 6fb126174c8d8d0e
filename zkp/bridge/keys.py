"""Keys of PLONK for bridges, kept in memory and, where there is a folder, on disk under digests."""

from __future__ import annotations

import threading
from pathlib import Path

from ..plonk.kept_keys import KeptKeys, key_name
from ..plonk.keys import ProvingKey, make_keys, make_verifying_key
from ..plonk.proof import VerifyingKey
from ..setup.powers import Setup
from .circuit import compile_bridge


class BridgeKeys:
    """Keys by the number of blocks and the digest of their setup; safe for several threads.

    `folder` (optional) keeps verifying keys between processes, as far as it can be written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._kept = KeptKeys(folder)
        self._proving: dict[bytes, ProvingKey] = {}
        self._verifying: dict[bytes, VerifyingKey] = {}
        self._lock = threading.RLock()

    def proving_key(self, blocks: int, setup: Setup) -> ProvingKey:
        """The Prover's key, of the last setup alone; refuses with `zero-knowledge/setup-too-small`."""
        name = key_name(compile_bridge(blocks).identity, setup)
        with self._lock:
            if name not in self._proving:
                known = self._verifying.get(name) or self._kept.read(name)
                self._proving.clear()  # hundreds of megabytes
                key = make_keys(compile_bridge(blocks).table, setup, verifying_key=known)
                self._proving[name] = key
                self._keep(name, key.verifying_key)
            return self._proving[name]

    def verifying_key(self, blocks: int, setup: Setup) -> VerifyingKey:
        """The Verifier's key, made by itself; refuses as `proving_key`."""
        name = key_name(compile_bridge(blocks).identity, setup)
        with self._lock:
            known = self._verifying.get(name) or self._kept.read(name)
            if known is None:
                known = make_verifying_key(compile_bridge(blocks).table, setup)
            self._keep(name, known)
            return known

    def _keep(self, name: bytes, key: VerifyingKey) -> None:
        self._verifying[name] = key
        self._kept.write(name, key)
