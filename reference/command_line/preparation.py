"""Before the first session: compile kernels and build circuits, and say how far that is."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kernel, or the circuits, are about to be made; `cached` when that is reading them from a file."""

    name: str
    number: int
    total: int
    cached: bool

    @property
    def description(self) -> str:
        verb = "loading" if self.cached else "compiling"
        return f"{verb} {self.name} ({self.number} of {self.total})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was made ready; `portable` kernels run as plain NumPy, because the processor lacks an instruction."""

    compiled: int
    loaded: int
    portable: int
    circuits: int
    seconds: float


def prepare(report: Callable[[Step], None]) -> Prepared:
    """Make everything ready that a session of either role needs; the second time this reads the cache."""
    start = time.monotonic()
    # These two import every module that holds a kernel: those imported so far are the ones warmed up.
    importlib.import_module("..notary", __package__)
    importlib.import_module("..prover", __package__)
    from ..foundation import compiled
    from ..mpc.circuits.catalogue import circuits

    total = 0

    def kernel(progress: compiled.Progress) -> None:
        nonlocal total
        total = progress.total + 1
        name = f"kernel {progress.kernel.strip('_')}"
        report(Step(name=name, number=progress.number, total=total, cached=progress.cached))

    unsubscribe = compiled.subscribe(kernel)
    try:
        kernels = compiled.warm_up()
    finally:
        unsubscribe()
    report(Step(name="circuits", number=total, total=total, cached=kernels.compiled == 0))
    return Prepared(
        compiled=kernels.compiled,
        loaded=kernels.loaded,
        portable=kernels.portable,
        circuits=len(circuits()),
        seconds=time.monotonic() - start,
    )
