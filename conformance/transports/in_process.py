"""`py:MODULE:OBJECT`: the implementation is an object of this process.

It is asked in the same lines as a program, so that both transports give the same results; only a deadline cannot be
kept, because nothing stops a function from outside.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

from ..adapter import AdapterBrokeError
from ..protocol.serving import Implementation, answer_line
from ..protocol.strict_json import ProtocolError

_METHODS = ("hello", "run", "open", "step", "close")


class InProcess:
    """A conversation with an object."""

    def __init__(self, implementation: Implementation) -> None:
        self._implementation = implementation

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """The line that answers; `seconds` is not looked at."""
        try:
            with redirect_stdout(sys.stderr):
                answer = answer_line(self._implementation, line)
        except ProtocolError as error:
            raise AdapterBrokeError(str(error)) from error
        if answer is None:
            raise AdapterBrokeError("no answer")
        return answer.removesuffix(b"\n")

    def finish(self, line: bytes, seconds: float) -> None:
        """Nothing is left to end."""

    def abandon(self) -> None:
        """Nothing is left to end."""

    def errors(self) -> str:
        """Nothing: it shares our standard error."""
        return ""


def implementation_at(module: str, name: str) -> Implementation:
    """The object of a module, or what it gives when it is a class or a function. Raises AdapterBrokeError.

    Modules of the current folder are found too, as `python -m` finds them.
    """
    try:
        if "" not in sys.path and str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        found = getattr(import_module(module), name)
        made: Implementation = found() if isinstance(found, type) or not hasattr(found, "hello") else found
        missing = [method for method in _METHODS if not callable(getattr(made, method, None))]
    # An author's module may raise anything while it is imported, and an object while it is looked at.
    except Exception as error:
        raise AdapterBrokeError(f"py:{module}:{name}: {type(error).__name__}: {error}") from error
    if missing:
        raise AdapterBrokeError(f"py:{module}:{name}: no implementation: it cannot {', '.join(missing)}")
    return made
