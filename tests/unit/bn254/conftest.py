"""Fields that compute with this machine's kernels, row by row without lanes, and with the portable twins."""

from __future__ import annotations

import pytest

from mpctls.zkp.bn254 import field as field_module
from mpctls.zkp.bn254 import transform
from mpctls.zkp.bn254.arithmetic import Kernels
from mpctls.zkp.bn254.field import BASE, SCALAR, Field


def without_lanes(*_arguments: object) -> None:
    """Stand for what chooses lanes, on a processor that has none."""


@pytest.fixture(params=["lanes", "rows", "portable"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with each of the ways to compute."""
    if request.param != "lanes":
        monkeypatch.setattr(field_module, "chosen_products", without_lanes)
        monkeypatch.setattr(transform, "chosen_passes", without_lanes)
    if request.param == "portable":
        for field in (BASE, SCALAR):
            for name in Kernels.__slots__:
                monkeypatch.setattr(field._kernels, name, getattr(field._kernels, name).portable)
        monkeypatch.setattr(transform, "_transform", transform._transform.portable)
    return str(request.param)


@pytest.fixture(params=[BASE, SCALAR], ids=["base", "scalar"])
def field(request: pytest.FixtureRequest) -> Field:
    """Return each of the two fields."""
    chosen: Field = request.param
    return chosen
