"""The search of views: finds eight octets of a secret at every place and in every order, and nothing across values."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.settings import CLOSED
from tests.sessions.search import WINDOW, orders, search, windows
from tests.sessions.views import Recorder, read_view

SECRET = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")


def view(folder: Path, *values: bytes) -> Path:
    file = BytesIO()
    recorder = Recorder(file)
    for number, value in enumerate(values):
        recorder.record(f"value {number}", value)
    recorder.record(CLOSED, b"")
    path = folder / "view"
    path.write_bytes(file.getvalue())
    return path


@given(
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
    start=st.integers(0, 8),
    form=st.integers(0, 3),
)
def test_a_piece_of_a_secret_is_found(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes, start: int, form: int
) -> None:
    piece = orders(SECRET)[form][start : start + WINDOW]
    path = view(tmp_path_factory.mktemp("view"), bytes(300), before + piece + after)
    found = search(read_view(path).before, windows(SECRET))
    assert found[piece] == "value 1"
    assert set(found.values()) == {"value 1"}


def test_nothing_is_found_across_two_values(tmp_path: Path) -> None:
    part = read_view(view(tmp_path, SECRET[:7], SECRET[7:14])).before
    assert search(part, windows(SECRET)) == {}


def test_a_value_that_is_there_twice_keeps_both_labels(tmp_path: Path) -> None:
    large = SECRET * 20
    read = read_view(view(tmp_path, large, b"else", large))
    assert read.all("value 0") == read.all("value 2") == [large]
    assert read.before.octets.count(SECRET) == 20


def test_a_view_that_is_cut_off_is_not_read(tmp_path: Path) -> None:
    path = view(tmp_path, SECRET)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises((ValueError, IndexError)):
        read_view(path)
