"""Checking a setup's structure once: what passed is remembered by its digest, in a folder of the user's own."""

from __future__ import annotations

import contextlib

from mpctls.reference.foundation.kernel_cache import cache_folder

from .powers import Setup, check_structure

_MARK = "structure-checked"


def require_structure(setup: Setup) -> None:
    """Check that a setup's points are powers of one secret, unless a setup with this digest passed before.

    Run by every Prover before it proves, so that zero knowledge does not depend on who made the setup. Rejects with
    `zero-knowledge/setup-structure-invalid`.
    """
    folder = cache_folder(f"setup-{setup.digest.hex()}")
    mark = None if folder is None else folder / _MARK
    if mark is not None and mark.exists():
        return
    check_structure(setup.powers, setup.tau)
    if mark is not None:
        with contextlib.suppress(OSError):  # not remembered, so checked again next time
            mark.touch()
