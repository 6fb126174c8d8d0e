"""What the program prints: one document a command, as text or as JSON; complaints and progress on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from mpctls.reference.foundation import compiled
from mpctls.reference.foundation.errors import Refused

Document: TypeAlias = Mapping[str, Any]

_CLEAR: Final = "\r\x1b[K"


@dataclass(slots=True, kw_only=True)
class Invocation:
    """What the shared options of one run say."""

    as_json: bool = False
    debug: bool = False

    def write(self, document: Document, text: str) -> None:
        """Print a result: the document with `--json`, else the text, unless that is empty."""
        line = json.dumps(document, ensure_ascii=True) if self.as_json else text
        if line:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


def plain(text: str) -> str:
    """Text on one line, printable ASCII: what a file or its name put into it cannot act on a terminal."""
    return "".join(
        character if " " <= character <= "~" else character.encode("unicode_escape").decode("ascii")
        for character in text.encode("utf-8", "backslashreplace").decode("utf-8")
    )


def complain(refused: Refused) -> None:
    """Print one line `reason: detail` on standard error."""
    sys.stderr.write(plain(str(refused)) + "\n")
    sys.stderr.flush()


class Progress:
    """One line on a terminal that says what is being done; nothing where standard error is no terminal."""

    __slots__ = ("_enabled", "_start")

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """Replace the line."""
        if self._enabled:
            sys.stderr.write(f"{_CLEAR}{time.monotonic() - self._start:5.1f} s  {plain(text)}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._enabled:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


@contextmanager
def progress(invocation: Invocation) -> Iterator[Progress]:
    """Show progress for the time of a `with` block, compilation of kernels included."""
    line = Progress(enabled=not invocation.as_json and sys.stderr.isatty())

    def kernel(event: compiled.Progress) -> None:
        if not event.cached:
            line.say(f"compiling {event.kernel.strip('_')}, this first time")

    unsubscribe = compiled.subscribe(kernel)
    try:
        yield line
    finally:
        unsubscribe()
        line.clear()
