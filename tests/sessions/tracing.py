"""Records every value that the implementation computes in this process, as far as Python names it.

Whenever a function of the implementation returns (a coroutine: also when it waits), its local variables and its
result go to the tap; whenever a role's method returns, so does all that the role holds. What remains unseen are values
inside one expression and inside a compiled kernel, whose arguments and results are seen; and, because they are
400 MB, the expansions of the oblivious transfers' seeds before they are folded. Seeds and folded values are seen.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import numpy as np

import mpctls.reference
from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.mpc.engine.tap import Tap
from tests.sessions import leaks

_SHORTEST: Final = 8
_DEEPEST: Final = 12
_PACKAGES: Final = tuple(
    str(Path(folder).resolve()) + "/" for package in (mpctls.reference, leaks) for folder in package.__path__
)
# Circuits are public and the same in every session; nothing of a session is computed while they are built.
_PUBLIC: Final = "/mpc/circuits/"
_OURS: Final = ("mpctls.reference", "tests.sessions.leaks")
_ROLES: Final = (
    "reference/prover.py",
    "reference/prover_connection.py",
    "reference/prover_records.py",
    "reference/notary.py",
    "reference/notary_connection.py",
    "reference/notary_session.py",
)
_STREAMS: Final = frozenset(
    {
        "aes.expand/expanded",
        "aes.expand/return",
        "correlated.Trees.fold/streams",
        "vole.fold/expanded",
        "vole.fold/streams",
    }
)
_STREAM_KERNELS: Final = frozenset({"_expand", "_fold"})


def trace(tap: Tap) -> None:
    """Record from here on, in this thread and all threads that start later."""
    tracer = _Tracer(tap)
    threading.setprofile(tracer.on_event)
    sys.setprofile(tracer.on_event)


class _Tracer:
    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._names: dict[CodeType, str | None] = {}

    def on_event(self, frame: FrameType, event: str, result: object) -> None:
        """Called by the interpreter."""
        if event != "return":
            return
        code = frame.f_code
        try:
            name = self._names[code]
        except KeyError:
            name = self._names[code] = _name(code)
        if name is None:
            return
        values = frame.f_locals
        if code is Kernel.__call__.__code__ and values["self"].function.__name__ in _STREAM_KERNELS:
            return
        for variable, value in [*values.items(), ("return", result)]:
            if f"{name}/{variable}" not in _STREAMS:
                self._emit(f"{name}/{variable}", value, 0)
        if code.co_filename.endswith(_ROLES):
            self._emit(f"{name}/held", values.get("self"), 0, everything=set())

    def _emit(self, label: str, value: Any, depth: int, *, everything: set[int] | None = None) -> None:
        if isinstance(value, bytes | bytearray | memoryview):
            self._octets(label, bytes(value))
        elif isinstance(value, str):
            self._octets(label, value.encode())
        elif isinstance(value, np.ndarray):
            self._array(label, value)
        elif isinstance(value, int):
            if value.bit_length() > 64:
                self._octets(label, value.to_bytes((value.bit_length() + 7) // 8, "big"))
        elif depth < _DEEPEST:
            for place, part in _parts(value, everything):
                self._emit(f"{label}/{place}", part, depth + 1, everything=everything)

    def _array(self, label: str, array: np.ndarray[Any, Any]) -> None:
        if array.dtype.kind != "u":
            return  # signed integers number wires; nothing is computed with others
        self._octets(label, array.tobytes())
        if array.dtype == np.uint8 and array.size >= 8 * _SHORTEST and array.max() <= 1:
            bits = array.reshape(-1)
            for start in range(8):
                self._octets(f"{label}/bits", np.packbits(bits[start:], bitorder="little").tobytes())

    def _octets(self, label: str, octets: bytes) -> None:
        if len(octets) >= _SHORTEST:
            self._tap.record(label, octets)


def _name(code: CodeType) -> str | None:
    path = str(Path(code.co_filename).resolve())
    if not path.startswith(_PACKAGES) or _PUBLIC in path:
        return None
    return f"{Path(path).stem}.{code.co_qualname}"


def _parts(value: Any, everything: set[int] | None) -> Iterator[tuple[str, Any]]:
    """What a container holds, or an object: a plain data object always, any other of ours when all is asked for."""
    if isinstance(value, tuple | list | set | frozenset):
        yield from ((str(place), part) for place, part in enumerate(tuple(value)))
    elif isinstance(value, dict):
        yield from ((str(place), part) for place, part in enumerate(list(value.values())))
    elif isinstance(value, type) or not any(
        parent.__module__.startswith(_OURS) for parent in type(value).__mro__
    ):
        return
    elif dataclasses.is_dataclass(value) or everything is not None:
        if everything is not None:
            if id(value) in everything or ".mpc.circuits." in type(value).__module__:
                return
            everything.add(id(value))
        for name in _attributes(value):
            if hasattr(value, name):
                yield name, getattr(value, name)


def _attributes(value: Any) -> Iterator[str]:
    yield from getattr(value, "__dict__", ())
    for parent in type(value).__mro__:
        slots = parent.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots
