"""The protocol between real processes: Prover, Notary and Verifier.

`Prover`, `Notary` and `Verifier` are imported on first use, so that a Verifier never loads the two-party computation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notary import Notary
    from .prover import Prover
    from .verifier import Verifier

__all__ = ["Notary", "Prover", "Verifier"]


def __getattr__(name: str) -> object:
    if name == "Prover":
        from .prover import Prover

        return Prover
    if name == "Notary":
        from .notary import Notary

        return Notary
    if name == "Verifier":
        from .verifier import Verifier

        return Verifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
