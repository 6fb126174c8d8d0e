"""Which kernels of BN254 this process runs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from mpctls.reference.foundation.compiled import portable_forced

from .lane_sums import FUSED, MADD, chosen_sums

KernelPath: TypeAlias = Literal["ifma", "avx2", "scalar", "portable"]


def kernel_path() -> KernelPath:
    """Return "ifma" or "avx2" for eight lanes by either, "scalar" for one element at a time, or "portable"."""
    if portable_forced():
        return "portable"
    chosen = chosen_sums()
    return "ifma" if chosen is MADD else "avx2" if chosen is FUSED else "scalar"
