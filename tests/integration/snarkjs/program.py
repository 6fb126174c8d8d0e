"""Running snarkjs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests import capabilities

SECONDS = 120


def snarkjs(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command of snarkjs; it ends with 0 when it succeeds and when a proof is valid."""
    command = [capabilities.program("node"), capabilities.program("snarkjs"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


def require(*arguments: str | Path) -> None:
    """Run one command that must succeed."""
    finished = snarkjs(*arguments)
    assert finished.returncode == 0, finished.stdout + finished.stderr
