"""A party that dies or stalls in the middle of a session ends the other's session, and nothing is signed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.process import line_with, server_process
from tests.sessions.processes import ROOT, Programs, programs

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

_SECONDS = 120


@contextmanager
def prover(running: Programs, *options: str) -> Iterator[subprocess.Popen[str]]:
    with server_process(running.prover_command(*options), folder=ROOT) as process:
        yield process


def nothing_signed(folder: Path) -> bool:
    return not (folder / "attestation").exists() and not (folder / "secrets").exists()


@pytest.mark.parametrize("phase", ["preprocessing", "key schedule", "proof"])
def test_the_end_of_the_notary_ends_the_session(phase: str, tmp_path: Path) -> None:
    """Preprocessing, in mid-handshake, and after close."""
    with programs(tmp_path) as running, prover(running) as process:
        line_with(process, f"phase {phase}")
        running.notary.send_signal(signal.SIGKILL)
        assert line_with(process, "refused ") == "link/closed"
        assert process.wait(timeout=_SECONDS) == 1
        assert nothing_signed(tmp_path)


def test_the_end_of_a_prover_ends_its_session_alone(tmp_path: Path) -> None:
    """The Notary serves the next Prover as if nothing had happened."""
    with programs(tmp_path) as running:
        with prover(running) as process:
            line_with(process, "phase key schedule")
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=_SECONDS)
        assert running.notary.poll() is None
        assert nothing_signed(tmp_path)
        with prover(running) as process:
            assert process.wait(timeout=_SECONDS) == 0
        assert running.notarized().secrets.server_name == "localhost"


def test_a_notary_that_stalls_is_left_at_the_deadline(tmp_path: Path) -> None:
    with programs(tmp_path) as running, prover(running, "--deadline", "8") as process:
        line_with(process, "phase key shares")
        os.kill(running.notary.pid, signal.SIGSTOP)
        try:
            assert line_with(process, "refused ") == "link/timeout"
            assert process.wait(timeout=_SECONDS) == 1
        finally:
            os.kill(running.notary.pid, signal.SIGCONT)
        assert nothing_signed(tmp_path)


def test_a_prover_that_stalls_is_ended_by_the_deadline(tmp_path: Path) -> None:
    with programs(tmp_path, notary_options=["--deadline", "8"]) as running, prover(running) as process:
        line_with(process, "phase key shares")
        os.kill(process.pid, signal.SIGSTOP)
        try:
            assert line_with(running.notary, "ended ") == "link/timeout"
        finally:
            os.kill(process.pid, signal.SIGCONT)
        assert line_with(process, "refused ") in ("link/timeout", "link/closed")
        assert process.wait(timeout=_SECONDS) == 1
        assert nothing_signed(tmp_path)
