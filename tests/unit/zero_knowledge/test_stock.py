"""A stock gives out every row once, in order, without copying what lies in one array; it overwrites the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.mpc.stock import Stock


@given(lengths=st.lists(st.integers(0, 9), max_size=6), counts=st.lists(st.integers(0, 12), max_size=9))
def test_rows_come_out_in_order_and_once(lengths: list[int], counts: list[int]) -> None:
    stock: Stock[np.uint64] = Stock(np.empty((0, 2), np.uint64))
    whole = np.arange(2 * sum(lengths), dtype=np.uint64).reshape(-1, 2)
    for end, length in zip(np.cumsum(lengths), lengths, strict=True):
        stock.add(whole[int(end) - length : int(end)])
    given_out = 0
    for count in counts:
        if count > len(stock):
            with pytest.raises(ValueError, match="no more"):
                stock.take(count)
            continue
        np.testing.assert_array_equal(stock.take(count), whole[given_out : given_out + count])
        given_out += count
        assert len(stock) == len(whole) - given_out


def test_rows_of_one_array_are_not_copied() -> None:
    rows = np.arange(10, dtype=np.uint8)
    stock = Stock(np.empty(0, np.uint8))
    stock.add(rows)
    assert all(np.shares_memory(rows, stock.take(5)) for _ in range(2))


def test_what_is_left_is_overwritten_and_what_was_given_out_is_not() -> None:
    rows, more = np.ones(4, np.uint8), np.ones(3, np.uint8)
    stock = Stock(np.empty(0, np.uint8))
    for each in (rows, more):
        stock.add(each)
    stock.take(1)
    stock.erase()
    assert rows.tolist() == [1, 0, 0, 0]
    assert not more.any()
    assert len(stock) == 0
