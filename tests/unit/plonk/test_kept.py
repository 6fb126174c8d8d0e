"""What is kept between runs: powers made ready for commitments; damaged files are made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.fixed_bases import FixedBases
from mpctls.zkp.plonk import keys
from mpctls.zkp.plonk.prover import prove
from mpctls.zkp.plonk.verifier import verify
from mpctls.zkp.setup import bases
from mpctls.zkp.setup.making import make_own_setup

from .examples import example, setup

Damage = Callable[[bytes], bytes]

DAMAGES: list[Damage] = [
    lambda octets: b"",
    lambda octets: octets[:-1],
    lambda octets: octets + b"\0",
    lambda octets: octets[:200] + bytes([octets[200] ^ 1]) + octets[201:],
    lambda octets: octets[:-1] + bytes([octets[-1] ^ 1]),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of this test's own, and nothing kept in memory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    bases.prepared_powers.cache_clear()
    yield tmp_path
    bases.prepared_powers.cache_clear()


def file(folder: Path, beginning: str) -> Path:
    (found,) = folder.rglob(f"{beginning}-*")
    return found


def test_powers_are_made_ready_once_and_read_by_the_next_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bases.prepared_powers(setup(), 3)
    assert bases.prepared_powers(setup(), 3) is first
    bases.prepared_powers.cache_clear()
    monkeypatch.setattr(FixedBases, "__init__", None)  # whatever computes them fails
    again = bases.prepared_powers(setup(), 3)
    assert np.array_equal(again.table, first.table)
    assert again.width == first.width


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_powers_are_made_anew(folder: Path, damage: Damage) -> None:
    first = bases.prepared_powers(setup(), 3)
    path = file(folder, "powers")
    written = path.read_bytes()
    path.write_bytes(damage(written))
    bases.prepared_powers.cache_clear()
    assert np.array_equal(bases.prepared_powers(setup(), 3).table, first.table)
    assert path.read_bytes() == written


def test_powers_of_one_setup_do_not_serve_another(folder: Path) -> None:
    bases.prepared_powers(setup(), 3)
    path = file(folder, "powers")
    other = make_own_setup(3)
    expected = bases.prepared_powers(other, 3).table.copy()
    (own,) = (each for each in folder.rglob("powers-*") if each != path)
    own.write_bytes(path.read_bytes())
    bases.prepared_powers.cache_clear()
    assert np.array_equal(bases.prepared_powers(other, 3).table, expected)


def test_without_a_place_to_write_powers_are_made_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases, "cache_folder", lambda _: None)
    bases.prepared_powers.cache_clear()
    assert np.array_equal(bases.prepared_powers(setup(), 3).table[0], setup().prefix(3))


def test_a_setup_that_is_too_small_is_refused_before_anything_is_kept(folder: Path) -> None:
    with pytest.raises(Refused) as refusal:
        bases.prepared_powers(setup(), 5)
    assert refusal.value.reason == "zero-knowledge/setup-too-small"
    assert not list(folder.rglob("powers-*"))


def test_a_verifying_key_made_before_saves_the_commitments(monkeypatch: pytest.MonkeyPatch) -> None:
    case = example()
    assert keys.make_verifying_key(case.table, setup()) == case.verifying_key
    monkeypatch.setattr(keys, "_commit", None)  # whatever commits fails
    key = keys.make_keys(case.table, setup(), verifying_key=case.verifying_key)
    verify(case.verifying_key, case.publics, prove(key, case.witness))
