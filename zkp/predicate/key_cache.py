"""Compiled predicates and their keys, kept in memory and, where there is a folder, on disk under digests.

A folder belongs to its user: what stands in it is believed as far as its form can be checked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Final, Generic, TypeVar

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..plonk.keys import ProvingKey, make_keys
from ..plonk.proof import VerifyingKey
from ..plonk.snarkjs import verifying_key_from_json, verifying_key_to_json
from ..setup.files import write_atomically
from ..setup.powers import Setup
from .compile import CompiledPredicate, compile_predicate
from .conditions import Predicate
from .shapes import Shape, circuit_identity

KEPT: Final = 32
_LABEL: Final = b"mpctls keys of a predicate\0"

T = TypeVar("T")


class _Recent(Generic[T]):
    """The values last used, by digest."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._values: OrderedDict[bytes, T] = OrderedDict()

    def get(self, key: bytes) -> T | None:
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: bytes, value: T) -> T:
        self._values[key] = value
        while len(self._values) > self._maximum:
            self._values.popitem(last=False)
        return value


class KeyCache:
    """Keys by the identity of their circuit and the digest of their setup.

    Safe for several threads. `folder` (optional) keeps verifying keys between processes, as far as it can be written.
    """

    def __init__(self, folder: Path | None = None, *, kept: int = KEPT) -> None:
        self._folder = folder
        self._compiled: _Recent[CompiledPredicate] = _Recent(kept)
        self._proving: _Recent[ProvingKey] = _Recent(max(1, kept // 4))
        self._verifying: _Recent[VerifyingKey] = _Recent(kept)
        self._lock = threading.RLock()

    def compiled(self, predicate: Predicate, shapes: tuple[Shape, ...]) -> CompiledPredicate:
        """The compiled predicate; refuses as `compile_predicate`."""
        identity = circuit_identity(predicate, shapes)
        with self._lock:
            known = self._compiled.get(identity)
            if known is None:
                known = self._compiled.put(identity, compile_predicate(predicate, shapes))
            return known

    def proving_key(self, compiled: CompiledPredicate, setup: Setup) -> ProvingKey:
        """The proving key; refuses with `zero-knowledge/setup-too-small` and `predicate/too-large`."""
        digest = _key_digest(compiled.identity, setup)
        with self._lock:
            known = self._proving.get(digest)
            if known is None:
                known = self._proving.put(digest, make_keys(compiled.table, setup))
                self._keep(digest, known.verifying_key)
            return known

    def verifying_key(self, predicate: Predicate, shapes: tuple[Shape, ...], setup: Setup) -> VerifyingKey:
        """The verifying key; refuses as `compile_predicate` and `proving_key`."""
        digest = _key_digest(circuit_identity(predicate, shapes), setup)
        with self._lock:
            known = self._verifying.get(digest) or self._stored(digest)
            if known is None:
                known = make_keys(self.compiled(predicate, shapes).table, setup).verifying_key
                self._keep(digest, known)
            return self._verifying.put(digest, known)

    def _keep(self, digest: bytes, key: VerifyingKey) -> None:
        self._verifying.put(digest, key)
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


def _key_digest(identity: bytes, setup: Setup) -> bytes:
    return sha256(_LABEL, identity, setup.digest)
