"""Files appear whole or not at all, and secrets are nobody else's to read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from mpctls.reference.foundation.files import read_file, write_file

from .refusals import refused


@pytest.fixture(autouse=True)
def usual_mask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("secret", "expected"), [(True, 0o600), (False, 0o644)])
def test_secrets_are_readable_by_their_owner_only(tmp_path: Path, secret: bool, expected: int) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    target.chmod(0o666)
    write_file(target, b"new", secret=secret)
    assert (read_file(target), mode(target)) == (b"new", expected)
    assert os.listdir(tmp_path) == ["file"]


def test_the_mask_of_the_process_holds_for_public_files(tmp_path: Path) -> None:
    os.umask(0o077)
    write_file(tmp_path / "file", b"", secret=False)
    assert mode(tmp_path / "file") == 0o600
    assert os.umask(0o077) == 0o077


def test_a_secret_is_never_readable_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    synchronise = os.fsync

    def look(handle: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        synchronise(handle)

    monkeypatch.setattr(os, "fsync", look)
    write_file(tmp_path / "file", b"secret", secret=True)
    assert seen == [0o600]


@pytest.mark.parametrize("failing", ["fsync", "replace", "open", "fdopen"])
@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, existing: bool
) -> None:
    target = tmp_path / "file"
    if existing:
        target.write_bytes(b"old")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with refused("command/unwritable-file"):
        write_file(target, b"new secret", secret=True)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == (["file"] if existing else [])
    assert not existing or target.read_bytes() == b"old"


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "file", tmp_path):
        with refused("command/unwritable-file"):
            write_file(path, b"", secret=True)
    assert os.listdir(tmp_path) == []


def test_reading_is_bounded(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(bytes(10))
    assert read_file(target, 10) == bytes(10)
    with refused("command/unreadable-file"):
        read_file(target, 9)
    for path in (tmp_path / "missing", tmp_path):
        with refused("command/unreadable-file"):
            read_file(path)
