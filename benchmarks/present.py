"""What one predicate costs a user: seconds of whole processes that present it and verify it.

    python -m benchmarks.present [--json] [--repeat 5]

The session is that of examples/, whose balance is committed. Each process starts Python, reads its files, makes or
verifies a proof of `balance >= 1000`, and ends; kernels, keys and byte code are cached by a first run that is not
measured, the last also where PYTHONDONTWRITEBYTECODE is set: an installed package comes with its byte code. A process
that only prints its version is measured beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_EXAMPLES: Final = Path(__file__).parent.parent / "examples"
_PREDICATE: Final = "response $.balance: decimal(2) >= 1000"


def commands(folder: Path) -> dict[str, list[str]]:
    """The arguments of `mpctls` that are measured, by name."""
    out = str(folder / "presentation.mpctls")
    return {
        "nothing": ["--version"],
        "present": [
            "present",
            "committed-attestation.mpctls",
            "--secrets",
            "committed-secrets.mpctls",
            "--hide",
            "request:header:authorization",
            "--prove",
            _PREDICATE,
            "--setup",
            "setup.mpctls",
            "--out",
            out,
        ],
        "verify": [
            "verify",
            out,
            "--trust-store",
            "trust-store.json",
            "--roots",
            "root.pem",
            "--setup",
            "setup.mpctls",
        ],
    }


def seconds(arguments: Sequence[str]) -> float:
    """The seconds of one process, which must succeed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    command = [sys.executable, "-m", "mpctls.reference.command_line", *arguments]
    finished = subprocess.run(
        command, cwd=_EXAMPLES, env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {finished.stderr.strip()}")
    return time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--repeat", type=int, default=5, help="processes of which the median is taken")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        measured: dict[str, float] = {}
        for each, command in commands(Path(name)).items():
            seconds(command)  # with caches that may be cold
            measured[each] = statistics.median(seconds(command) for _ in range(options.repeat))
    if options.json:
        print(json.dumps(measured, indent=2))
        return
    for each, median in measured.items():
        print(f"mpctls {each:<9}{median:>7.2f} s")


if __name__ == "__main__":
    main()
