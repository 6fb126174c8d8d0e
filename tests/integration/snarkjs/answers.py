"""Asking snarkjs many questions in one process of node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests import capabilities

SCRIPT: Final = Path(__file__).with_suffix(".cjs")
SECONDS: Final = 200


def verification(key: str, publics: str, proof: str) -> dict[str, Any]:
    """The question whether snarkjs accepts a proof, of JSON texts in its formats; it answers with a truth value."""
    return {"key": json.loads(key), "publics": json.loads(publics), "proof": json.loads(proof)}


def proving(key: Path, witness: Path) -> dict[str, Any]:
    """The request for a proof, from a `.zkey` and a `.wtns` file; it is answered with `proof` and `publics`."""
    return {"provingKey": str(key), "witness": str(witness)}


def answers(questions: Sequence[dict[str, Any]]) -> list[Any]:
    """What snarkjs answers, in order; an error of its own is an error here."""
    finished = subprocess.run(
        [capabilities.program("node"), str(SCRIPT)],
        input=json.dumps(list(questions)),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    answered: list[Any] = json.loads(finished.stdout)
    assert len(answered) == len(questions)
    return answered
