"""Sums of segments on eight lanes: every length, and points that are equal, opposite or infinite anywhere."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.compiled import portable_forced, processor_features
from mpctls.zkp.bn254 import fixed_bases, lane_multiples, path
from mpctls.zkp.bn254.additions import Additions
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1
from mpctls.zkp.bn254.fixed_bases import FixedBases
from mpctls.zkp.bn254.fused_lanes import FusedLanes
from mpctls.zkp.bn254.lane_sums import FUSED, LONGEST, LaneSums
from mpctls.zkp.bn254.lanes import Lanes
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.bn254.madd_lanes import EmulatedMaddLanes, MaddLanes

from .oracle import EDGES, multiples, scalars, small_multiples

_R = SCALAR_MODULUS
_KNOWN = 24
_FUSED_HERE = [FUSED] if processor_features().issuperset(FusedLanes.features) else []
_EMULATED_HERE = (
    [] if portable_forced() else [pytest.param(LaneSums(EmulatedMaddLanes), marks=pytest.mark.slow)]
)

each = pytest.mark.parametrize("sums", [*_FUSED_HERE, *_EMULATED_HERE], ids=lambda sums: sums.lanes.__name__)


@functools.cache
def table() -> Words:
    """Return k·G for k from 0 to _KNOWN - 1."""
    return small_multiples(G1, _KNOWN)


@functools.cache
def _multiple(logarithm: int) -> bytes:
    octets: bytes = multiples(G1, [logarithm % _R])[0].tobytes()
    return octets


def check(sums: LaneSums, segments: Sequence[Sequence[int]]) -> None:
    """Compare with known logarithms; k stands for k·G, entries of negative k for negated points."""
    entries = np.array([2 * abs(k) + (k < 0) for segment in segments for k in segment], np.int32)
    ends = np.array([0, *itertools.accumulate(map(len, segments))], np.int64)
    found = sums.sum_segments(G1.flat(table()), entries, ends).reshape(-1, 2, 4)
    assert [point.tobytes() for point in found] == [_multiple(sum(segment)) for segment in segments]


@each
def test_segments_of_every_length(sums: LaneSums) -> None:
    check(sums, [[1 + (length + k) % (_KNOWN - 1) for k in range(length)] for length in range(40)])
    long = [LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST, 3, 0, 5 * LONGEST + 7]
    check(sums, [[1 + k % (_KNOWN - 1) for k in range(length)] for length in long])
    check(sums, [])
    check(sums, [[]] * 17)


@each
def test_equal_opposite_and_infinite_points_in_every_lane_and_place(sums: LaneSums) -> None:
    pairs = [[a, b] for a in range(-3, 4) for b in range(-3, 4)]
    check(sums, pairs)
    check(sums, [pair for pair in pairs for _ in range(8)])
    check(sums, [[1] * length for length in range(1, 2 * LONGEST, 9)])
    check(sums, [[k, -k] * 20 for k in range(_KNOWN)])
    check(sums, [[0] * length for length in range(20)])
    check(sums, [[5, 3, 2, 8], [2, 8, 3, 5], [1, 2, 3, -6], [4, 0, 0, 4], [0, 7, -7, 0]])


@each
@pytest.mark.parametrize("spoiled", [0, 3, 1000, 3999])
def test_one_exceptional_pair_spoils_no_other_in_its_batch(sums: LaneSums, spoiled: int) -> None:
    segments = [[1 + k % 11, 12 + k % 12] for k in range(4000)]
    for exception in ([9, 9], [9, -9], [0, 9]):
        segments[spoiled] = exception
        check(sums, segments)


@each
@settings(max_examples=40, deadline=None)
@given(
    segments=st.lists(
        st.lists(st.integers(-_KNOWN + 1, _KNOWN - 1), max_size=12)
        | st.lists(st.sampled_from([0, 1, -1]), max_size=30),
        max_size=30,
    )
)
def test_any_segments(sums: LaneSums, segments: list[list[int]]) -> None:
    check(sums, segments)


@pytest.mark.parametrize("lanes", [MaddLanes, FusedLanes], ids=lambda lanes: str(lanes.__name__))
def test_every_instruction_stays_within_its_bounds(lanes: type[Lanes]) -> None:
    """Emitting raises OutOfBounds where a limb or a column could overflow, also for a processor that is not here."""
    from llvmlite import ir

    word = ir.IntType(64)
    instructions: list[Any] = list(Additions(lanes).names.values())
    for instruction in instructions:
        kinds = [word.as_pointer() if operand < 0 else word for operand in instruction.operands]
        function = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), kinds), "emitted")
        builder = ir.IRBuilder(function.append_basic_block())
        assert instruction.generator(builder, *function.args) == []
        assert sum(len(block.instructions) for block in function.blocks) > 10


@pytest.mark.parametrize("width", [2, 5, 8, 13])
def test_sorting_and_weighing_with_their_portable_twins(width: int) -> None:
    values = scalars([*EDGES, 2 ** (width - 1), 2**width - 1, 0x1234_5678_9ABC_DEF0**3 % _R])
    windows, buckets = -(-255 // width), 1 << (width - 1)
    for first, last, table_rows in ((0, windows, 20), (0, windows, 0), (windows // 3, windows // 2, 0)):
        results = []
        for sort in (lane_multiples._sort, lane_multiples._sort.portable):
            entries = np.zeros((last - first) * len(values), np.int32)
            ends = np.zeros((1 if table_rows else last - first) * buckets + 1, np.int64)
            sort(values, width, first, last, table_rows, entries, ends)
            results.append((entries[: ends[-1]].tolist(), ends.tolist()))
        assert results[0] == results[1]
    for chosen in (range(7), [0] * 5, [3, 0, 22, 22, 0], [0, 0, 1]):
        points, sums = G1.flat(table()[list(chosen)]), []
        for weigh in (lane_multiples._weigh, lane_multiples._weigh.portable):
            out = np.empty(8, np.uint64)
            weigh(points, out)
            sums.append(out.tobytes())
        assert sums == [_multiple(sum(k << bit for bit, k in enumerate(chosen)))] * 2


@pytest.mark.parametrize("width", range(2, 17))
def test_tables_of_every_width_on_lanes_and_point_by_point(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [*EDGES, 2 ** (width - 1), 2**width - 1, 2 ** (2 * width - 1), 0x1234_5678_9ABC_DEF0**3 % _R]
    bases = FixedBases(table()[1 : len(values) + 1], width=width)
    expected = multiples(G1, [sum(k * value for k, value in enumerate(values, 1)) % _R])[0]
    assert np.array_equal(bases.commit(scalars(values)), expected)
    monkeypatch.setattr(fixed_bases, "chosen_sums", lambda: None)
    assert np.array_equal(bases.commit(scalars(values)), expected)


def test_the_path_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = "avx2" if _FUSED_HERE else "scalar"
    if processor_features().issuperset(MaddLanes.features):
        expected = "ifma"
    assert path.kernel_path() == ("portable" if portable_forced() else expected)
    monkeypatch.setattr(path, "chosen_sums", lambda: None)
    assert path.kernel_path() == ("portable" if portable_forced() else "scalar")
    monkeypatch.setenv("MPCTLS_PORTABLE", "1")
    assert path.kernel_path() == "portable"
