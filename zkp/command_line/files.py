"""Files that the program reads and writes: texts of limited length, and results that appear whole and together."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mpctls.reference.foundation.errors import Refused

from ..snarkjs_json import MAXIMUM_OCTETS

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MODE: Final = 0o666


def require_file(path: Path) -> Path:
    """Refuse with `command/unreadable-file` what cannot be read as a file."""
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise _unreadable(path, error) from None


def read_text(path: Path, reason: str) -> str:
    """Read a text; refuses with `command/unreadable-file`, and with `reason` what is too long or not UTF-8."""
    try:
        with path.open("rb") as stream:
            octets = stream.read(MAXIMUM_OCTETS + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(octets) > MAXIMUM_OCTETS:
        raise Refused(reason, f"{path}: more than {MAXIMUM_OCTETS} octets")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(reason, f"{path}: not UTF-8") from None


def require_writable(paths: Sequence[Path]) -> None:
    """Refuse with `command/unwritable-file`, before any work, places where files cannot be written."""
    for path in paths:
        if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            raise Refused("command/unwritable-file", f"{path}: no file can be written there")
    if len({path.resolve() for path in paths}) != len(paths):
        raise Refused("command/unwritable-file", "results would overwrite one another")


def write_together(results: Sequence[tuple[Path, str | bytes]]) -> None:
    """Write texts and octets, each whole or not at all, and all or none of them.

    Each is written beside its place and synchronised, before the first takes its place. Signals that end the process
    wait until the last has; when one fails, those before it are removed. Whoever is killed without a signal handler
    between two of them leaves the first ones: so the last is what counts, and an old one is removed before all.
    """
    staged: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for path, contents in results:
            octets = contents.encode("utf-8") if isinstance(contents, str) else contents
            staged.append((_staged(path, octets), path))
        with _unbroken():
            try:
                if len(results) > 1:
                    results[-1][0].unlink(missing_ok=True)
                for temporary, path in staged:
                    temporary.replace(path)
                    placed.append(path)
            except OSError:
                for path in placed:
                    path.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Refused("command/unwritable-file", f"{error.filename}: {error.strerror}") from None
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink()


def _staged(path: Path, octets: bytes) -> Path:
    """Write a file beside its place, with the mode that new files have."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(octets)
            stream.flush()
            os.fchmod(stream.fileno(), _MODE & ~_mask())
            os.fsync(stream.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _mask() -> int:
    """The mask of modes of new files, which can be asked for only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def _unbroken() -> Iterator[None]:
    """Let signals that end the process wait for the end of the block, in whichever thread they arrive."""
    arrived: list[int] = []
    before = {number: signal.signal(number, lambda got, _: arrived.append(got)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for got in arrived:
            signal.raise_signal(got)


def _unreadable(path: Path, error: OSError) -> Refused:
    return Refused("command/unreadable-file", f"{path}: {error.strerror}")
