"""Failures as files: the vector, the base that it comes from, what came out, and how to see it again.

Such a file is one of vectors: `replay` runs it, and so does `promote` after a look at it. What a run adds stands in the
member `failure`, which readers of vectors do not look at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote

from ..operations.shapes import Json
from ..transports.address import Address
from .cases import FORMAT_VERSION, Case
from .judging import GOOD
from .results import Result


def write_failures(
    results: Iterable[Result], directory: Path, address: Address, corpus: Mapping[str, Case]
) -> list[Path]:
    """Write a file for each result that is not good; gives their paths."""
    written = []
    for result in results:
        if result.verdict in GOOD:
            continue
        path = directory / f"{result.case.id.replace('/', '-')}.json"
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(failure(result, address, path, corpus), indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def failure(result: Result, address: Address, path: Path, corpus: Mapping[str, Case]) -> dict[str, Json]:
    """The document of one failure."""
    case = result.case
    bases = [] if case.base is None else [corpus[case.base].document]
    _, step_name, family, _ = case.id.split("/")
    chosen = [] if address.is_default else ["-i", str(address)]
    return {
        "format": FORMAT_VERSION,
        "step": f"{case.stage}/{step_name}",
        "family": family,
        "summary": "A vector that an implementation does not pass.",
        "vectors": [*bases, case.document],
        "failure": {
            "implementation": str(address),
            "verdict": result.verdict.value,
            "message": result.message,
            "got": [outcome.to_json() for outcome in result.got],
            "transcript": list(result.transcript),
            "stderr": result.errors,
            "replay": " ".join(map(quote, ["mpctls-conformance", "replay", *chosen, str(path)])),
        },
    }
