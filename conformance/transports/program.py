"""`exec:COMMAND`: the implementation is a program, spoken to over its standard streams."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from contextlib import suppress

from ..adapter import AdapterBrokeError, AdapterHungError
from .channel import Descriptors


class Program:
    """A running program; it leads its own process group, so that whatever it starts ends with it."""

    def __init__(self, command: str) -> None:
        try:
            self._process = subprocess.Popen(
                shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise AdapterBrokeError(f"cannot be started: {error}") from None
        streams = self._process.stdin, self._process.stdout, self._process.stderr
        writing, reading, errors = (stream.fileno() for stream in streams if stream is not None)
        self._lines = Descriptors(reading, writing, errors)

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send a line and give back the one that answers. Raises AdapterBrokeError, AdapterHungError."""
        try:
            return self._lines.exchange(line, seconds)
        except AdapterHungError:
            raise
        except AdapterBrokeError as error:
            raise AdapterBrokeError(f"{error}{self._ending()}") from None

    def finish(self, line: bytes, seconds: float) -> None:
        """Send the last line; the program must end by itself, with exit code 0."""
        try:
            self._lines.end(line, seconds)
            code = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AdapterHungError(f"it goes on {seconds:g} s after the last message") from None
        finally:
            self.abandon()
        if code:
            raise AdapterBrokeError(f"exit code {code} after the last message")

    def abandon(self) -> None:
        """Kill the program and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def errors(self) -> str:
        """The last of what it wrote to standard error since the last call."""
        closed = self._process.stderr is None or self._process.stderr.closed
        return "" if closed else self._lines.errors()

    def _ending(self) -> str:
        """How the program ended, if it has."""
        try:
            code = self._process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            return ""
        return f" (exit code {code})" if code >= 0 else f" (killed by signal {-code})"
