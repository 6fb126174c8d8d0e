"""Server programs as processes: start, wait for what they say, stop."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STOP_SECONDS: Final = 5
_START_SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServer:
    """A running server with two pages: a small one, and one that needs several records."""

    port: int
    small: tuple[str, bytes]
    large: tuple[str, bytes]


@contextmanager
def server_process(
    command: Sequence[str],
    *,
    folder: Path,
) -> Iterator[subprocess.Popen[str]]:
    """Run a program in `folder`, its standard output readable, and end exactly this process afterwards.

    What it says on standard error is kept for the message of an error that leaves this context.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        subprocess.Popen(
            list(command),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        try:
            yield process
        except BaseException as error:
            complaints.seek(0)
            error.add_note(f"{process.args!r} said on standard error: {complaints.read()[-4000:]!r}")
            raise
        finally:
            process.terminate()
            try:
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def line_with(process: subprocess.Popen[str], start: str) -> str:
    """Return the rest of the first line of output that begins with `start`; ends a program that hangs."""
    if process.stdout is None:
        raise RuntimeError("the process was started without a pipe")
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if line.startswith(start):
                return line.removeprefix(start).strip()
    finally:
        watchdog.cancel()
    raise RuntimeError(f"{process.args!r} ended without saying {start!r}")


def wait_for_port(process: subprocess.Popen[str], port: int) -> None:
    """Return once something accepts connections on the loopback port; fails when nothing does."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen on port {port}")
