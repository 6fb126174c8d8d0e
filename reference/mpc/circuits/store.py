"""Built circuits kept between runs, beside the compiled kernels, in a folder private to the user."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, ParamSpec, cast

import numpy as np

from ...foundation.errors import Refused
from ...foundation.kernel_cache import cache_folder
from .circuit import Circuit

P = ParamSpec("P")

_COLUMNS: Final = ("operations", "left", "right", "target", "outputs")
_DIGEST_OCTETS: Final = 32


def kept(build: Callable[P, Circuit]) -> Callable[P, Circuit]:
    """Build a circuit once in this process, and once on this machine where there is a place to keep it.

    A file is found by a digest of the sources of this package, so that it never outlives the code that made
    it; a file that is missing, damaged or malformed is as good as none, and so is a folder that cannot be
    written. The files hold arrays of integers and nothing that is executed.
    """

    @functools.wraps(build)
    def find(*arguments: P.args, **named: P.kwargs) -> Circuit:
        folder = _folder()
        if folder is None:
            return build(*arguments, **named)
        call = repr((build.__name__, arguments, sorted(named.items())))
        path = folder / f"{hashlib.sha256(call.encode()).hexdigest()[:32]}.npz"
        circuit = _load(path)
        if circuit is None:
            circuit = build(*arguments, **named)
            _save(path, circuit)
        return circuit

    return cast("Callable[P, Circuit]", functools.cache(find))


@functools.cache
def _folder() -> Path | None:
    """Return where this version's circuits are kept, or None without such a place."""
    digest = hashlib.sha256()
    try:
        for source in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(hashlib.sha256(source.read_bytes()).digest())
    except OSError:  # sources not readable: nothing would say what a kept circuit was made from
        return None
    return cache_folder(f"circuits-{digest.hexdigest()[:32]}")


def _load(path: Path) -> Circuit | None:
    """Read a kept circuit; None unless the file is whole and holds a circuit."""
    try:
        content = path.read_bytes()
        digest, body = content[:_DIGEST_OCTETS], content[_DIGEST_OCTETS:]
        if hashlib.sha256(body).digest() != digest:
            return None
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return Circuit(
                name=str(arrays["name"]),
                input_sizes=tuple(arrays["input_sizes"].tolist()),
                output_sizes=tuple(arrays["output_sizes"].tolist()),
                slot_count=int(arrays["slot_count"]),
                **{column: arrays[column] for column in _COLUMNS},
            )
    except (OSError, ValueError, KeyError, Refused):
        return None


def _save(path: Path, circuit: Circuit) -> None:
    """Write a circuit whole or not at all."""
    body = io.BytesIO()
    np.savez(
        body,
        name=np.array(circuit.name),
        input_sizes=np.array(circuit.input_sizes, dtype=np.int64),
        output_sizes=np.array(circuit.output_sizes, dtype=np.int64),
        slot_count=np.array(circuit.slot_count),
        **{column: getattr(circuit, column) for column in _COLUMNS},
    )
    content = body.getvalue()
    with contextlib.suppress(OSError):
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".partial")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
