"""When kernels compile and when they do not, where results are kept, and what if they cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mpctls.reference.foundation import kernel_cache
from mpctls.reference.foundation.compiled import (
    ARRAY,
    WORD,
    Progress,
    _digest,
    compiled,
    generated,
    inlined,
    processor_features,
    subscribe,
    vector_instruction,
)
from mpctls.reference.foundation.kernel_cache import cache_folder

Words = NDArray[np.uint64]

MULTIPLY = """
import sys
import numpy as np
from mpctls.reference.mpc.kernels import binary_field
print("numba" in sys.modules)
print(binary_field.multiply(np.array([[0, 1 << 63]], np.uint64), np.array([2, 0], np.uint64)).tolist())
print(binary_field._multiply.state, "numba" in sys.modules)
"""


def start(program: str, **environment: str) -> subprocess.Popen[str]:
    variables = {name: os.environ.get(name, "") for name in ("PATH", "PYTHONPATH", "XDG_CACHE_HOME")}
    return subprocess.Popen(
        [sys.executable, "-c", program], env=variables | environment, stdout=subprocess.PIPE, text=True
    )


def lines(process: subprocess.Popen[str]) -> list[str]:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output.splitlines()


def fill(out: Words) -> None:
    out[:] = 7


@pytest.mark.parametrize("variable", ["MPCTLS_PORTABLE", "NUMBA_DISABLE_JIT"])
def test_importing_kernels_loads_no_compiler_and_portable_twins_need_none(variable: str) -> None:
    imported, product, state = lines(start(MULTIPLY, **{variable: "1"}))
    assert (imported, product, state) == ("False", "[[135, 0]]", "portable False")


def test_processor_without_the_instructions_gets_the_portable_twin() -> None:
    """LLVM would end the process if it were asked for an instruction that its target does not have."""
    _, product, state = lines(start(MULTIPLY, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES=""))
    assert (product, state) == ("[[135, 0]]", "portable True")


def test_cache_is_shared_locked_and_survives_damage(tmp_path: Path) -> None:
    """Two processes start at once: one compiles, the other waits and loads. Then the cache is damaged."""
    both = [start(MULTIPLY, XDG_CACHE_HOME=str(tmp_path)) for _ in range(2)]
    results = [lines(process) for process in both]
    assert {product for _, product, _ in results} == {"[[135, 0]]"}
    native = "pclmul" in processor_features()
    assert sorted(state for _, _, state in results) == (
        ["compiled True", "loaded True"] if native else ["portable True"] * 2
    )
    indices = list(tmp_path.rglob("*.nbi"))
    assert len(indices) == (1 if native else 0)
    for index in indices:
        index.write_bytes(index.read_bytes()[:20])
        _, product, state = lines(start(MULTIPLY, XDG_CACHE_HOME=str(tmp_path)))
        assert (product, state) == ("[[135, 0]]", "compiled True")


def test_folders_of_others_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a cached kernel runs it: whoever may write to the folder may run code as this user."""
    shared, linked, occupied, own = (tmp_path / name for name in ("shared", "linked", "occupied", "own"))
    shared.mkdir()
    shared.chmod(0o777)
    linked.symlink_to(own)
    occupied.write_text("a file")
    candidates = [shared, linked, occupied, own]
    monkeypatch.setattr(kernel_cache, "_candidates", lambda: iter(candidates))
    folder = cache_folder("digest")
    assert folder == own / "kernels" / "digest"
    assert own.stat().st_mode & 0o777 == 0o700
    candidates.remove(own)
    own.chmod(0o770)
    assert cache_folder("digest") is None


def test_kernels_run_without_any_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_cache, "_candidates", lambda: iter([]))
    kernel = compiled("uint64[:]", portable=fill)(fill)
    events: list[Progress] = []
    unsubscribe = subscribe(events.append)
    out = np.zeros(2, np.uint64)
    kernel(out)
    kernel(out)
    unsubscribe()
    assert out.tolist() == [7, 7]
    assert kernel.state == "compiled"
    assert [(event.kernel, event.cached) for event in events] == [("fill", False)]
    assert 1 <= events[0].number <= events[0].total


def test_kernel_whose_feature_is_missing_runs_its_twin() -> None:
    def twin(out: Words) -> None:
        out[:] = 9

    kernel = compiled("uint64[:]", features=("no-such-feature",), portable=twin)(fill)
    out = np.zeros(1, np.uint64)
    kernel(out)
    assert out.tolist() == [9]
    assert kernel.state == "portable"


def test_mistakes_of_programmers_are_named() -> None:
    with pytest.raises(ValueError, match="float64"):
        compiled("float64[:]", portable=fill)
    block = np.uint64(1), np.uint64(2)
    with pytest.raises(TypeError, match=r"llvm\.x86\.aesni\.aesenc"):
        vector_instruction("llvm.x86.aesni.aesenc")(block, block)


def add_with_carry(builder: Any, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
    """Emit the sum of two numbers of two words, which Python's operators on uint64 cannot carry."""
    low = builder.add(left[0], right[0])
    carry = builder.zext(builder.icmp_unsigned("<", low, left[0]), low.type)
    return [low, builder.add(builder.add(left[1], right[1]), carry)]


def write_product(builder: Any, out: Any, row: Any, factors: Sequence[Any]) -> Sequence[Any]:
    builder.store(builder.mul(*factors), builder.gep(out, [row]))
    return []


def unused(numbers: Words, out: Words) -> None:
    """Stand where a portable twin has to be named."""


carried = generated(2, 2, result=2)(add_with_carry)
written = generated(ARRAY, WORD, 2, result=0)(write_product)


@inlined
def doubled(number: tuple[np.uint64, np.uint64]) -> tuple[np.uint64, np.uint64]:
    sums: tuple[np.uint64, np.uint64] = carried(number, number)
    return sums


def sums_and_products(numbers: Words, out: Words) -> None:
    sums = doubled(carried((numbers[0], numbers[1]), (numbers[2], numbers[3])))
    out[0], out[1] = sums
    written(out, np.uint64(2), (numbers[0], numbers[1]))


def test_generated_instructions_take_and_return_words_and_arrays() -> None:
    kernel = compiled("const uint64[:], uint64[:]", portable=unused)(sums_and_products)
    numbers = np.array([(1 << 64) - 1, 5, 1, 6], np.uint64)
    out = np.zeros(3, np.uint64)
    kernel(numbers, out)
    assert out.tolist() == [0, 2 * (5 + 6 + 1), (-5) % (1 << 64)]
    with pytest.raises(TypeError, match="add_with_carry"):
        carried((1, 2), (3, 4))


def test_kernels_whose_generators_differ_in_a_variant_are_cached_apart() -> None:
    def digest(variant: str) -> str:
        part = generated(2, 2, result=2, variant=variant)(add_with_carry)
        names = {**globals(), "carried": part}
        return _digest(FunctionType(sums_and_products.__code__, names, "kernel"))

    assert digest("one") == digest("one")
    assert digest("one") != digest("another")
