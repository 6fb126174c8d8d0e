"""Verifying keys that are kept for the next process: found by what they were made of, and bounded in number."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mpctls.zkp.plonk import kept_keys
from mpctls.zkp.plonk.kept_keys import KeptKeys, key_name
from mpctls.zkp.setup.making import make_development_setup

from .examples import example, setup

KEY = example().verifying_key
CIRCUIT = bytes(range(32))


@pytest.fixture
def name() -> bytes:
    return key_name(CIRCUIT, setup())


def test_a_key_is_found_by_the_next_process(tmp_path: Path, name: bytes) -> None:
    KeptKeys(tmp_path).write(name, KEY)
    assert KeptKeys(tmp_path).read(name) == KEY


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff", b"[]", b" " * (1 << 17)])
def test_a_key_that_cannot_be_read_is_none(tmp_path: Path, name: bytes, damaged: bytes) -> None:
    KeptKeys(tmp_path).write(name, KEY)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damaged)
    assert KeptKeys(tmp_path).read(name) is None


def test_a_changed_octet_is_another_key_or_none(tmp_path: Path, name: bytes) -> None:
    KeptKeys(tmp_path).write(name, KEY)
    (file,) = tmp_path.iterdir()
    octets = file.read_bytes()
    digit = octets.index(b'"Ql"') + 12
    file.write_bytes(octets[:digit] + bytes([octets[digit] ^ 1]) + octets[digit + 1 :])
    assert KeptKeys(tmp_path).read(name) is None


def test_a_name_is_of_circuit_and_setup_and_of_the_code_that_makes_keys(
    name: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_setup = make_development_setup(setup().size_log2, "another")
    names = {name, key_name(bytes(32), setup()), key_name(CIRCUIT, other_setup)}
    (tmp_path / "circuit").mkdir()
    source = tmp_path / "circuit" / "gadget.py"
    monkeypatch.setattr(kept_keys, "_ROOM", tmp_path)
    monkeypatch.setattr(kept_keys, "_SOURCES", ("circuit",))
    for text in ("rows = 1", "rows = 2"):
        source.write_text(text)
        kept_keys._sources_digest.cache_clear()
        names.add(key_name(CIRCUIT, setup()))
    kept_keys._sources_digest.cache_clear()
    assert len(names) == 5


def test_the_keys_used_longest_ago_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_keys, "MAXIMUM_KEPT", 2)
    kept, names = KeptKeys(tmp_path), [bytes([number]) * 32 for number in range(3)]
    for age, each in enumerate(names[:2]):
        kept.write(each, KEY)
        os.utime(tmp_path / f"{each.hex()}.verifying-key.json", ns=(age, age))
    assert kept.read(names[0]) == KEY  # used now
    kept.write(names[2], KEY)
    assert [kept.read(each) is not None for each in names] == [True, False, True]


def test_without_a_folder_nothing_is_kept(name: bytes) -> None:
    KeptKeys(None).write(name, KEY)
    assert KeptKeys(None).read(name) is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path, name: bytes) -> None:
    KeptKeys(tmp_path / "missing").write(name, KEY)
    assert KeptKeys(tmp_path / "missing").read(name) is None
