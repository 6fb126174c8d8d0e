"""The commands of the tutorial, as they stand there, in a shell."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Its fixed ports would meet those of another run on this machine.
PORTS = ("7047", "7048")

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(290)]


def commands() -> list[tuple[str, str]]:
    """Each command of the page with the output that stands below it, if any."""
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


class Shell:
    """Runs commands in one folder; programs started with & run until the end of the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "bin").mkdir()
        program = folder / "bin" / "mpctls"
        program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -m mpctls.reference.command_line "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)
        (folder / "bin" / "python").symlink_to(sys.executable)
        path = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        self._environment = {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._background: list[tuple[subprocess.Popen[bytes], Path]] = []

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, command: str, *, ready: str) -> Path:
        """Start a program and return its output once that holds `ready`."""
        log = self._folder / f"background-{len(self._background)}.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["sh", "-c", f"exec {command}"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._background.append((process, log))
        shown = self._folder / "server.txt" if "server.txt" in command else log
        deadline = time.monotonic() + 100
        while ready not in (shown.read_text(encoding="utf-8") if shown.exists() else ""):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return log

    def end(self) -> None:
        for process, _ in self._background:
            process.send_signal(signal.SIGTERM)
        for process, _ in self._background:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    assert shutil.which("sh")
    running = Shell(tmp_path)
    yield running
    running.end()


def test_the_tutorial_works_as_it_stands(shell: Shell) -> None:
    ports = {port: free_port() for port in PORTS}
    outputs: dict[str, str] = {}
    logs: dict[str, Path] = {}
    for written, shown in commands():
        command = written
        for port, free in ports.items():
            command = command.replace(f":{port}", f":{free}")
        if command.endswith(" &"):
            name = command.split()[1]
            logs[name] = shell.start(command.removesuffix(" &"), ready="port ")
            continue
        done = shell.run(command)
        expected = 1 if shown.startswith("verification/") else 0
        assert done.returncode == expected, (command, done.stderr)
        assert done.stderr.startswith(shown.removesuffix("…")), command
        outputs[" ".join(command.split()[:3])] = done.stdout
    assert '"balance":"⟦redacted 7 octets⟧"' in outputs["mpctls verify presentation.mpctls"]
    assert "correct-horse" not in outputs["mpctls verify presentation.mpctls"]
    assert "bound to      https://shop.example" in outputs["mpctls verify bound.mpctls"]
    verifier = logs["verifier"].read_text(encoding="utf-8")
    assert "⟧EUR⟦" in verifier
    assert "attested by this Verifier, in the session itself" in verifier
