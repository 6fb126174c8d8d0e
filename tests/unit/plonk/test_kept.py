"""What is kept between runs: powers made ready and verifying keys; damaged files are made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.bn254.fixed_bases import FixedBases
from mpctls.zkp.plonk import key_cache, keys
from mpctls.zkp.plonk.proof import KEY_OCTETS, VerifyingKey
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


def count_calls(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[None]:
    calls: list[None] = []
    original = getattr(module, name)

    def counted(*arguments: object, **named: object) -> object:
        calls.append(None)
        return original(*arguments, **named)

    monkeypatch.setattr(module, name, counted)
    return calls


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


def test_a_verifying_key_is_made_once_and_serves_prover_and_verifier(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = example()
    made = count_calls(monkeypatch, keys, "_commit")
    assert key_cache.verifying_key(case.table, setup()) == case.verifying_key
    assert key_cache.verifying_key(case.table, setup()) == case.verifying_key
    key = key_cache.proving_key(case.table, setup())
    assert len(made) == 1
    verify(case.verifying_key, case.publics, prove(key, case.witness))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_verifying_key_is_made_anew(folder: Path, damage: Damage) -> None:
    case = example()
    key_cache.proving_key(case.table, setup())
    path = file(folder, "key")
    written = path.read_bytes()
    path.write_bytes(damage(written))
    assert key_cache.verifying_key(case.table, setup()) == case.verifying_key
    assert path.read_bytes() == written


def test_without_a_place_to_write_keys_are_made_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (key_cache, bases):
        monkeypatch.setattr(module, "cache_folder", lambda _: None)
    bases.prepared_powers.cache_clear()
    case = example()
    assert key_cache.proving_key(case.table, setup()).verifying_key == case.verifying_key
    assert key_cache.verifying_key(case.table, setup()) == case.verifying_key


def test_the_digest_of_a_table_covers_what_makes_its_keys() -> None:
    table = example().table
    one, more = table.coefficient_indices.copy(), table.right.copy()
    one[2, 1] = (one[2, 1] + 1) % len(table.coefficients)
    more[3] += 1
    changed = [
        replace(table, public_count=1),
        replace(table, wire_count=table.wire_count + 1),
        replace(table, coefficient_indices=one),
        replace(table, right=more),
        replace(table, left=more),
        replace(table, additions=replace(table.additions, first=1)),
    ]
    assert len({keys.table_digest(each) for each in (table, *changed)}) == 7


def test_octets_give_back_a_verifying_key() -> None:
    key = replace(example().verifying_key, multiply_selector=None)
    assert VerifyingKey.from_octets(key.to_octets()) == key
    with pytest.raises(Refused) as refusal:
        VerifyingKey.from_octets(bytes(KEY_OCTETS - 1))
    assert refusal.value.reason == "zero-knowledge/malformed-key"
