"""The extension's kernels against plain definitions, compiled and portable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.mpc.kernels import transpose, vole

portable = pytest.mark.parametrize("portable", [False, True])


def use_twins(patch: pytest.MonkeyPatch, portable: bool) -> None:
    if portable:
        for module in (transpose, vole):
            for name, value in vars(module).copy().items():
                if isinstance(value, Kernel):
                    patch.setattr(module, name, value.portable)


@portable
@settings(max_examples=10, deadline=None)
@given(blocks=st.integers(0, 70), seed=st.integers(0, 2**32))
def test_transposition_moves_every_bit(portable: bool, blocks: int, seed: int) -> None:
    columns = np.random.default_rng(seed).integers(0, 2**64, (128, blocks, 2), np.uint64)
    with pytest.MonkeyPatch.context() as patch:
        use_twins(patch, portable)
        rows = transpose.rows_of_columns(columns)
    column_bits = np.unpackbits(
        columns.astype("<u8").view(np.uint8).reshape(128, -1), axis=1, bitorder="little"
    )
    row_bits = np.unpackbits(rows.astype("<u8").view(np.uint8).reshape(-1, 16), axis=1, bitorder="little")
    np.testing.assert_array_equal(row_bits, column_bits.T)


@portable
@settings(max_examples=10, deadline=None)
@given(levels=st.integers(1, 6), blocks=st.integers(0, 9), seed=st.integers(0, 2**32))
def test_folding_weighs_each_stream_by_its_number(
    portable: bool, levels: int, blocks: int, seed: int
) -> None:
    streams = np.random.default_rng(seed).integers(0, 2**64, (1 << levels, blocks, 2), np.uint64)
    numbers = np.arange(1 << levels)
    expected = [np.bitwise_xor.reduce(streams[numbers >> bit & 1 == 1], axis=0) for bit in range(levels)]
    with pytest.MonkeyPatch.context() as patch:
        use_twins(patch, portable)
        total, weighted = vole.fold(streams.copy())
    np.testing.assert_array_equal(total, np.bitwise_xor.reduce(streams, axis=0))
    np.testing.assert_array_equal(weighted, np.stack(expected))


def test_shapes_that_are_no_matrix_of_128_columns_or_no_tree_are_rejected() -> None:
    with pytest.raises(ValueError, match="columns"):
        transpose.rows_of_columns(np.zeros((127, 1, 2), np.uint64))
    for leaves in (1, 3):
        with pytest.raises(ValueError, match="streams"):
            vole.fold(np.zeros((leaves, 1, 2), np.uint64))
