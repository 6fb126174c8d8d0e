"""What a process that verifies pays before it verifies anything."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["mpctls.reference.verifier", "mpctls.reference.presentation.predicates"])
def test_importing_the_verifier_loads_nothing_compiled(module: str) -> None:
    program = f"import sys, {module}; print('numba' in sys.modules, 'llvmlite' in sys.modules)"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.split() == ["False", "False"]
