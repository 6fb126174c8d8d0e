"""The program `mpctls`: one module a command."""

from __future__ import annotations

from typing import Final

YOUNG_OBJECTS: Final = 100_000
"""Objects that are made before Python looks for unreachable ones: what a process makes as it starts (modules, compiled
kernels) stays, and to walk it at every 700th new object takes a twentieth of a short command's time.
"""

SERVICES: Final = frozenset({"notary", "verifier"})
"""Commands that run until they are stopped: unreachable objects of their sessions must not pile up."""


def main() -> None:
    """Run the program with the arguments of this process and end the process with its exit code."""
    import gc
    import sys

    if SERVICES.isdisjoint(sys.argv):
        gc.set_threshold(YOUNG_OBJECTS)
    from .program import run

    sys.exit(run(sys.argv[1:]))
