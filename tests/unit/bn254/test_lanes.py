"""Eight lanes: the generators' bounds, the emulated instruction, and the code for the real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.zkp.bn254.bounds import Interval, OutOfBounds
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.field import BASE, SCALAR, Field
from mpctls.zkp.bn254.fused_lanes import FusedLanes
from mpctls.zkp.bn254.lanes import LANES, Lanes, exceeds, take_bits
from mpctls.zkp.bn254.madd_lanes import EmulatedMaddLanes, MaddLanes
from mpctls.zkp.bn254.passes import Passes
from mpctls.zkp.bn254.portable import rows
from mpctls.zkp.bn254.products import Products
from mpctls.zkp.bn254.transform import Domain
from tests.unit.bn254.numbers import edges
from tests.unit.bn254.representations import REPRESENTATIONS

ONE = np.uint64(1)
INTERVALS = st.tuples(st.integers(), st.integers()).map(lambda ends: Interval(min(ends), max(ends)))


@pytest.fixture(
    params=REPRESENTATIONS,
    ids=lambda lanes: str(lanes.__name__),
)
def lanes(request: pytest.FixtureRequest) -> type[Lanes]:
    """Return each representation that this processor can run."""
    chosen: type[Lanes] = request.param
    return chosen


def emitter(lanes: type[Lanes], modulus: int = SCALAR_MODULUS, operands: int = 3) -> Lanes:
    """Return a generator that writes into a function of its own, never run."""
    from llvmlite import ir

    word = ir.IntType(64)
    shape = ir.FunctionType(ir.VoidType(), [word.as_pointer()] * operands)
    module = ir.Module()
    module.triple = "x86_64-unknown-linux-gnu"
    function = ir.Function(module, shape, "emitted")
    return lanes(ir.IRBuilder(function.append_basic_block()), modulus)


@given(left=INTERVALS, right=INTERVALS, data=st.data(), bits=st.integers(0, 60))
def test_intervals_hold_what_they_say(
    left: Interval, right: Interval, data: st.DataObject, bits: int
) -> None:
    x = data.draw(st.integers(left.low, left.high))
    y = data.draw(st.integers(right.low, right.high))
    for interval, number in (
        (left + right, x + y),
        (left - right, x - y),
        (left * right, x * y),
        (left.times(-3), -3 * x),
        (left.shifted(bits), x >> bits),
        (left.shifted(bits), -(-x >> bits)),
        (left.union(right), x),
        (left.union(right), y),
    ):
        Interval(number, number).require(interval, "a number")
    assert abs(x) <= left.magnitude
    with pytest.raises(OutOfBounds, match="an end"):
        Interval(left.low, left.high + 1).require(left, "an end")


@given(
    st.lists(st.integers(0, (1 << 256) - 1), min_size=1, max_size=5), st.integers(0, 250), st.integers(1, 63)
)
def test_bits_and_comparisons_of_words(numbers: list[int], start: int, count: int) -> None:
    words = rows(numbers)
    assert take_bits(words, start, count).tolist() == [x >> start & (1 << count) - 1 for x in numbers]
    bound = numbers[-1]
    assert exceeds(words, bound).tolist() == [x > bound for x in numbers]


@pytest.mark.parametrize("field", [BASE, SCALAR], ids=["base", "scalar"])
def test_products_of_all_edges(lanes: type[Lanes], field: Field) -> None:
    numbers = edges(field.modulus)
    table = [(x, y) for x in numbers for y in numbers[:: len(numbers) // 16]]
    table = table[: len(table) // LANES * LANES]
    left, right = (field.encode(column) for column in zip(*table, strict=True))
    out = np.empty_like(left)
    assert Products(lanes, field.modulus).multiply(left, ONE, right, ONE, out) == len(table)
    assert field.decode(out) == [x * y % field.modulus for x, y in table]


@pytest.mark.parametrize("size_log2", [6, 7, 8])
def test_transforms_of_edges(lanes: type[Lanes], size_log2: int) -> None:
    """Rows all at an end of what is allowed drive every sum to its bound."""
    passes, size = passes_of(lanes), 1 << size_log2
    factors = passes.factors(size)
    domain, top = Domain(size_log2), SCALAR_MODULUS - 1
    numbers = edges(SCALAR_MODULUS)
    raw: list[list[int]] = [
        [top] * size,
        [0] * size,
        [1] * size,
        [top, 0] * (size // 2),
        [numbers[row % len(numbers)] for row in range(size)],
    ]
    for representatives in raw:
        words, out = rows(representatives), np.empty((size, 4), np.uint64)
        passes.transform(words, factors, out)
        assert (out == by_definition(domain, words)).all()


_PASSES: dict[type[Lanes], Passes] = {}


def passes_of(lanes: type[Lanes]) -> Passes:
    """Return kernels that are compiled once."""
    return _PASSES.setdefault(lanes, Passes(lanes))


def by_definition(domain: Domain, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    points = SCALAR.powers(SCALAR.encode([domain.root]), domain.size)
    return np.stack([SCALAR.evaluate(words, point) for point in points])


@pytest.mark.parametrize("representation", [MaddLanes, FusedLanes], ids=lambda lanes: str(lanes.__name__))
def test_factors_are_numbers_in_limbs(representation: type[Lanes]) -> None:
    numbers = edges(SCALAR_MODULUS)
    limbs = representation.encode_factors(rows(numbers), SCALAR_MODULUS)
    integers: NDArray[Any] = limbs.view(np.float64) if representation is FusedLanes else limbs
    for number, digits in zip(numbers, integers.tolist(), strict=True):
        value = sum(int(digit) << representation.radix * limb for limb, digit in enumerate(digits))
        assert (value - number) % SCALAR_MODULUS == 0
        assert abs(value) <= (SCALAR_MODULUS // 2 if representation is FusedLanes else SCALAR_MODULUS)


@pytest.mark.parametrize("representation", [MaddLanes, FusedLanes], ids=lambda lanes: str(lanes.__name__))
def test_sums_that_could_overflow_are_not_emitted(representation: type[Lanes]) -> None:
    emit = emitter(representation)
    total = emit.constant(SCALAR_MODULUS // 2)
    with pytest.raises(OutOfBounds):
        for _ in range(60):
            total = emit.add(total, total)
            emit.multiply(total, total)


@pytest.mark.parametrize("representation", [MaddLanes, FusedLanes], ids=lambda lanes: str(lanes.__name__))
def test_what_blocks_hold_is_closed_under_a_butterfly(representation: type[Lanes]) -> None:
    emit = emitter(representation)
    pointer = emit.builder.function.args[0]
    first, second = emit.load(pointer), emit.load(pointer)
    for result in (
        emit.add(first, second),
        emit.multiply(emit.subtract(first, second), emit.factor(pointer)),
    ):
        assert emit.settle(result).value.within(emit.stored)
        emit.store(pointer, result)


def test_code_for_the_instruction_is_what_compilers_of_its_processors_accept() -> None:
    """LLVM makes code for a processor that need not be this one."""
    assembly = assembly_for("icelake-server", MaddLanes)
    assert assembly.count("vpmadd52luq") > 40
    assert assembly.count("vpmadd52huq") > 40
    assert "vpmadd52" not in assembly_for("haswell", EmulatedMaddLanes)
    assert "vfmadd" in assembly_for("haswell", FusedLanes)


def assembly_for(processor: str, lanes: type[Lanes]) -> str:
    import llvmlite.binding as llvm

    emit = emitter(lanes, BASE_MODULUS)
    pointers: Sequence[Any] = emit.builder.function.args
    emit.multiply_rows(*pointers)
    emit.builder.ret_void()
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple("x86_64-unknown-linux-gnu")
    machine = target.create_target_machine(cpu=processor, opt=2)
    module = llvm.parse_assembly(str(emit.builder.module))
    module.verify()
    return str(machine.emit_assembly(module))
