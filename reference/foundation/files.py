"""Reading and writing files: bounded reads, and writes that either happen whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from .errors import Refused

MAXIMUM_FILE = 2**27


def read_file(path: Path, limit: int = MAXIMUM_FILE) -> bytes:
    """The octets of a file of at most `limit` octets; refuses with `command/unreadable-file`."""
    try:
        with path.open("rb") as stream:
            octets = stream.read(limit + 1)
    except OSError as error:
        raise Refused("command/unreadable-file", f"{path}: {error.strerror}") from None
    if len(octets) > limit:
        raise Refused("command/unreadable-file", f"{path}: more than {limit} octets")
    return octets


def write_file(path: Path, octets: bytes, *, secret: bool) -> None:
    """Write a file through a temporary one beside it; 0600 when `secret`, else 0644 less the umask.

    Refuses with `command/unwritable-file`; whatever happens, `path` holds either its old or its new content.
    """
    temporary = path.parent / f".mpctls-{secrets.token_hex(8)}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
        with os.fdopen(handle, "wb") as stream:
            stream.write(octets)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise Refused("command/unwritable-file", f"{path}: {error.strerror}") from None
