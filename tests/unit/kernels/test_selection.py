"""Adding a difference where a bit says so: against the sum block by block."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.mpc.kernels.selection import _add_selected, add_selected

from .circuits import random_words


@given(bits=st.lists(st.integers(0, 1), max_size=9), seed=st.integers(0, 2**32))
def test_the_difference_is_added_where_the_bit_is_one(bits: list[int], seed: int) -> None:
    blocks, difference = random_words(seed, len(bits), 2), random_words(seed + 1, 2)
    chosen = np.array(bits, np.uint8)
    expected = [block ^ difference if bit else block for block, bit in zip(blocks, bits, strict=True)]
    for function in (add_selected, _add_selected.portable):
        sums = blocks.copy()
        function(sums, chosen, difference)
        assert np.array_equal(sums, np.array(expected).reshape(-1, 2))


@pytest.mark.parametrize("count", [0, 2])
def test_bits_and_blocks_are_of_one_number(count: int) -> None:
    with pytest.raises(ValueError, match="blocks"):
        add_selected(random_words(1, 1, 2), np.zeros(count, np.uint8), random_words(2, 2))
