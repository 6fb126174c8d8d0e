"""The demo: real processes, a redacted presentation, a refused forgery, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from mpctls.reference.command_line.arrows import ARROWS
from mpctls.reference.command_line.failures import ExitCode

from .programs import PROGRAM, interruptible

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(280)]


def test_the_demo_ends_with_a_verified_presentation_and_a_refused_forgery(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = subprocess.run(
        [*PROGRAM, "demo", "--keep", str(kept)], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == ExitCode.FINE, done.stderr
    assert done.stderr == ""
    token = (kept / "authorization.txt").read_text(encoding="ascii").split()[-1]
    output = done.stdout
    verified = output[output.index("verified ") :]
    assert "| Authorization: ⟦redacted 39 octets⟧" in verified
    assert '"balance":"⟦redacted 7 octets⟧"' in verified
    assert "2718.28" not in verified
    assert token not in output
    assert "proved        the number at $.balance of the response" in verified and "1000" in verified
    assert "refused       predicate/false" in output
    assert "REFUSED       verification/opening-mismatch" in verified
    assert "REFUSED       zero-knowledge/proof-invalid" in verified
    assert [output.index(f"{arrow.text} ") for arrow in ARROWS] == sorted(
        output.index(f"{arrow.text} ") for arrow in ARROWS
    )
    assert all(arrow.path in output for arrow in ARROWS)


def children(process: int) -> list[int]:
    """Processes below a process, from /proc."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                fields = (
                    (each / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
                )
            except OSError:
                continue
            if int(fields[1]) == process:
                found.append(int(each.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_no_process_and_no_file(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [*PROGRAM, "demo", "--json"]
    with (
        interruptible(),
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process,
    ):
        started: list[int] = []
        for line in process.stdout or ():
            if json.loads(line)["event"] == "arrow":
                started = children(process.pid)
                process.send_signal(number)
                break
        _, errors = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED, errors
    assert len(started) >= 3
    assert not [each for each in started if Path(f"/proc/{each}").exists()]
    assert list(tmp_path.iterdir()) == []
