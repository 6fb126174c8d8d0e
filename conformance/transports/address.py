"""Where an implementation is: `exec:COMMAND`, `tcp:HOST:PORT` or `py:MODULE:OBJECT`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from shlex import quote
from typing import TypeAlias

from .channel import Channel

REFERENCE = "py:mpctls.conformance.adapters.reference:reference"
"""Our reference, in this process."""
KINDS = "exec:COMMAND, tcp:HOST:PORT, py:MODULE:OBJECT"

Opener: TypeAlias = Callable[[], Channel]


class AddressError(ValueError):
    """Text that is no address of an implementation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an implementation is, read."""

    kind: str
    rest: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.rest}"

    @property
    def is_default(self) -> bool:
        """Whether it is what stands where no address is given."""
        return str(self) == REFERENCE

    @property
    def ours(self) -> bool:
        """Whether it is the reference, whose reasons are always compared."""
        return self.is_default or self.rest.endswith("mpctls.conformance.adapters.reference")

    def opener(self, *, workers: int) -> Opener:
        """What begins a conversation; with more than one worker an object is served by processes of its own."""
        if self.kind == "exec":
            from .program import Program

            return lambda: Program(self.rest)
        if self.kind == "tcp":
            from .network import Connection

            host, _, port = self.rest.rpartition(":")
            return lambda: Connection(host.strip("[]"), int(port))
        module, _, name = self.rest.partition(":")
        if workers > 1:
            from .program import Program

            command = " ".join(
                map(quote, (sys.executable, "-m", f"{__package__}.serve_object", module, name))
            )
            return lambda: Program(command)
        from .in_process import InProcess, implementation_at

        return lambda: InProcess(implementation_at(module, name))


def read_address(text: str) -> Address:
    """An address. Raises AddressError."""
    kind, colon, rest = text.partition(":")
    if not colon or kind not in ("exec", "tcp", "py"):
        raise AddressError(f"{text!r} is none of {KINDS}")
    if kind == "exec" and not rest.strip():
        raise AddressError("exec: needs a command")
    if kind == "tcp":
        host, _, port = rest.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
            raise AddressError(f"{text!r} is not tcp:HOST:PORT")
    if kind == "py":
        module, _, name = rest.partition(":")
        if not all(part.isidentifier() for part in (*module.split("."), name)):
            raise AddressError(f"{text!r} is not py:MODULE:OBJECT")
    return Address(kind=kind, rest=rest)
