"""Compiled predicates and their keys, kept in memory and, where there is a folder, on disk under digests."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final, Generic, TypeVar

from ..plonk.kept_keys import KeptKeys, key_name
from ..plonk.keys import ProvingKey, make_keys, make_verifying_key
from ..plonk.proof import VerifyingKey
from ..setup.powers import Setup
from .compile import CompiledPredicate, compile_predicate
from .conditions import Predicate
from .shapes import Shape, circuit_identity

KEPT: Final = 32

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
        self._kept = KeptKeys(folder)
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
        name = key_name(compiled.identity, setup)
        with self._lock:
            known = self._proving.get(name)
            if known is None:
                before = self._verifying.get(name) or self._kept.read(name)
                made = make_keys(compiled.table, setup, verifying_key=before)
                known = self._proving.put(name, made)
                self._keep(name, known.verifying_key)
            return known

    def verifying_key(self, predicate: Predicate, shapes: tuple[Shape, ...], setup: Setup) -> VerifyingKey:
        """The verifying key; refuses as `compile_predicate` and `proving_key`."""
        name = key_name(circuit_identity(predicate, shapes), setup)
        with self._lock:
            known = self._verifying.get(name) or self._kept.read(name)
            if known is None:
                known = make_verifying_key(self.compiled(predicate, shapes).table, setup)
                self._keep(name, known)
            return self._verifying.put(name, known)

    def _keep(self, name: bytes, key: VerifyingKey) -> None:
        self._verifying.put(name, key)
        self._kept.write(name, key)
