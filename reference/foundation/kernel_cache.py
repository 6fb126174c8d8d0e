"""Where compiled kernels are kept between runs: one private folder per user and per digest, and its lock."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


def cache_folder(digest: str) -> Path | None:
    """Return a writable folder of this user for kernels with this digest, or None without a place to write.

    Tried in order: `$XDG_CACHE_HOME/mpctls`, `~/.cache/mpctls`, a folder of the user's own under the system's
    folder for temporary files. Loading a compiled kernel runs its code, so a folder that belongs to another
    user or that others may write to is passed over.
    """
    for base in _candidates():
        folder = base / "kernels" / digest
        try:
            for part in (base, base / "kernels", folder):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not _is_private(part):
                    break
            else:
                with tempfile.TemporaryFile(dir=folder):
                    return folder
        except OSError:
            continue
    return None


def _candidates() -> Iterator[Path]:
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(configured):  # the XDG base directory specification: relative values are ignored
        yield Path(configured) / "mpctls"
    with contextlib.suppress(RuntimeError):  # raised when the user has no home
        yield Path.home() / ".cache" / "mpctls"
    with contextlib.suppress(OSError):  # FileNotFoundError when no folder for temporary files is usable
        yield Path(tempfile.gettempdir()) / f"mpctls-{os.getuid()}"


def _is_private(folder: Path) -> bool:
    status = folder.lstat()
    mine = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@contextlib.contextmanager
def folder_lock(folder: Path | None) -> Iterator[None]:
    """Hold the folder's lock, waiting for another process that compiles; do nothing without a folder."""
    if folder is None:
        yield
        return
    import fcntl

    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # no locks here: at worst two processes compile the same
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
