"""Running the program inside the process of the test."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpctls.reference.command_line.program import run

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
BELIEVED = ("--trust-store", str(EXAMPLES / "trust-store.json"), "--roots", str(EXAMPLES / "root.pem"))
NOW = ("--now", "1800000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run returned and printed."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON object that was printed."""
        document: dict[str, Any] = json.loads(self.output)
        return document


def mpctls(*arguments: object) -> Run:
    """Run the program with these arguments."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = run([str(each) for each in arguments])
    return Run(code=int(code), output=_text(output), errors=_text(errors))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def reason(result: Run) -> str:
    """The reason of a refusal, which must be the only line on standard error."""
    lines = result.errors.splitlines()
    assert len(lines) == 1, result.errors
    return lines[0].partition(":")[0]
