"""A test that asks for `twin` runs twice: with the kernels of this machine and with their portable twins."""

from __future__ import annotations

import pytest

from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.mpc.garbling import half_gates, three_halves
from mpctls.reference.mpc.kernels import (
    aes,
    binary_field,
    circular_hash,
    garbling_lanes,
    proof,
    three_halves_lanes,
)

MODULES = (
    aes,
    binary_field,
    circular_hash,
    garbling_lanes,
    half_gates,
    proof,
    three_halves,
    three_halves_lanes,
)


@pytest.fixture(params=["native", "portable"])
def twin(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Replace all kernels by their portable twins for the second run."""
    if request.param == "portable":
        for module in MODULES:
            for name, value in vars(module).copy().items():
                if isinstance(value, Kernel):
                    monkeypatch.setattr(module, name, value.portable)
    return str(request.param)
