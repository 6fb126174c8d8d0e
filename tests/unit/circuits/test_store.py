"""Circuits kept between runs: found again, and never trusted when damaged."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from mpctls.reference.foundation import kernel_cache
from mpctls.reference.mpc.circuits import store
from mpctls.reference.mpc.circuits.builder import Builder
from mpctls.reference.mpc.circuits.circuit import Circuit


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(store, "_folder", lambda: tmp_path)
    yield tmp_path


def counted() -> tuple[Callable[[int], Circuit], list[int]]:
    """A circuit function as a new process sees it, and the list of its builds."""
    builds: list[int] = []

    def example(size: int) -> Circuit:
        builds.append(size)
        builder = Builder(f"example-{size}")
        left, right = builder.take_input(size), builder.take_input(size)
        pairs = zip(left, right, strict=True)
        return builder.finish([builder.and_(x, y) for x, y in pairs], [builder.xor(left[0], right[-1])])

    return store.kept(example), builds


def test_is_built_once_and_found_by_the_next_process(folder: Path) -> None:
    first, builds = counted()
    circuit = first(5)
    assert first(5) is circuit
    again, builds_again = counted()
    found = again(5)
    assert (builds, builds_again) == ([5], [])
    assert (found.name, found.input_sizes, found.output_sizes) == ("example-5", (5, 5), (5, 1))
    assert (found.slot_count, found.and_count) == (circuit.slot_count, 5)
    for column in ("operations", "left", "right", "target", "outputs"):
        assert np.array_equal(getattr(found, column), getattr(circuit, column))


def test_other_arguments_are_other_circuits(folder: Path) -> None:
    example, builds = counted()
    assert [example(size).and_count for size in (3, 4)] == [3, 4]
    assert builds == [3, 4]


def test_damaged_files_are_built_again(folder: Path) -> None:
    example, _ = counted()
    example(3)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    damaged = [whole[:size] for size in (0, 31, 32, 100, len(whole) - 1)]
    damaged += [
        whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), len(whole) // 40)
    ]
    for content in damaged:
        path.write_bytes(content)
        again, builds = counted()
        assert again(3).and_count == 3
        assert builds == [3]
        assert path.read_bytes() == whole


def test_builds_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (None, tmp_path / "absent"):
        monkeypatch.setattr(store, "_folder", lambda place=place: place)
        example, builds = counted()
        assert example(3).and_count == 3
        assert builds == [3]
    assert list(tmp_path.iterdir()) == []


def test_keeps_beside_the_kernels_by_a_digest_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    store._folder.cache_clear()
    try:
        place = store._folder()
    finally:
        store._folder.cache_clear()
    assert place is not None
    assert place.parent == tmp_path / "mpctls" / "kernels"
    assert kernel_cache.cache_folder(place.name) == place
