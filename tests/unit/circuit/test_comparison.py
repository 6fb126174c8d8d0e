"""Order and equality: exact at every boundary, and never of numbers without proved ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit.bounded import Bounded, bounded_by_width, bounded_constant
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.comparison import (
    assert_at_most,
    assert_nonzero,
    at_most,
    between,
    equal,
    increasing_canonical,
    is_equal,
    less_than,
)
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.circuit.selection import choose, conjunction, disjunction, exclusive_or, one_hot, select
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused

EDGES = st.sampled_from([0, 1, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1]) | st.integers(0, 2**64 - 1)


ELEMENTS = st.integers(0, SCALAR_MODULUS - 1) | st.sampled_from([0, 1, SCALAR_MODULUS - 1])


def _pair(builder: Builder, x: tuple[Expression, ...]) -> tuple[Bounded, Bounded]:
    return bounded_by_width(builder, x[0], 64), bounded_by_width(builder, x[1], 64)


ORDER = gadget(
    2,
    lambda builder, x: [compare(builder, *_pair(builder, x)) for compare in (less_than, at_most, equal)],
)
INCREASING = gadget(3, lambda builder, x: [increasing_canonical(builder, x)])


@given(EDGES, EDGES)
def test_order_of_integers(left: int, right: int) -> None:
    assert ORDER(left, right) == [left < right, left <= right, left == right]


@pytest.mark.parametrize("value", [2**64, SCALAR_MODULUS - 1, SCALAR_MODULUS // 2])
def test_numbers_out_of_their_range_have_no_order(value: int) -> None:
    for pair in ((value, 0), (0, value)):
        with refused("zero-knowledge/unsatisfied"):
            ORDER(*pair)


def test_order_is_that_of_signed_integers() -> None:
    def build(builder: Builder, x: tuple[Expression, ...]) -> list[Expression]:
        low, high = (bounded_by_width(builder, wire, 8).minus(bounded_constant(builder, 100)) for wire in x)
        return [less_than(builder, low, high), between(builder, low, bounded_constant(builder, -1), high)]

    built = gadget(2, build)
    assert built(0, 100) == [1, 0]
    assert built(99, 98) == [0, 0]
    assert built(99, 99) == [0, 1]
    assert built(99, 255) == [1, 1]


def test_bounds_decide_without_constraints() -> None:
    builder = Builder()
    small, large = bounded_by_width(builder, builder.private("x"), 8), bounded_constant(builder, 256)
    before = builder.constraint_count
    assert less_than(builder, small, large).constant == 1
    assert less_than(builder, large, small).constant == 0
    assert equal(builder, small, large).constant == 0
    assert_at_most(builder, small, large)
    assert builder.constraint_count == before
    with refused("zero-knowledge/unsatisfied"):
        assert_at_most(builder, large, small)


def test_bounds_are_carried_along() -> None:
    builder = Builder()
    x = bounded_by_width(builder, builder.private("x"), 3)
    y = x.times(-2).plus(bounded_constant(builder, 5)).minus(x)
    assert (y.low, y.high) == (5 - 21, 5)


def test_numbers_that_may_exceed_the_field_are_refused() -> None:
    builder = Builder()
    x = bounded_by_width(builder, builder.private("x"), 240)
    with refused("predicate/too-large"):
        x.times(1 << 13)


@given(
    st.lists(
        st.integers(0, SCALAR_MODULUS - 1) | st.sampled_from([0, 1, SCALAR_MODULUS - 1]),
        min_size=3,
        max_size=3,
    )
)
def test_order_of_canonical_integers(values: list[int]) -> None:
    assert INCREASING(*values) == [values[0] < values[1] < values[2]]


@pytest.mark.parametrize("half", [0, 1, 2**127 - 1])
def test_equal_upper_halves_leave_it_to_the_lower(half: int) -> None:
    values = [half, half + (1 << 127), half + (1 << 127) + 1]
    assert INCREASING(*values) == [1]
    assert INCREASING(values[0], values[2], values[1]) == [0]


def test_equality_of_elements_and_inequality_asserted() -> None:
    built = gadget(2, lambda builder, x: [is_equal(builder, x[0], x[1])])
    assert [built(3, 3), built(3, 4), built(0, SCALAR_MODULUS - 1)] == [[1], [0], [0]]

    def build(builder: Builder, x: tuple[Expression, ...]) -> list[Expression]:
        assert_nonzero(builder, x[0] - 5)
        return []

    apart = gadget(1, build)
    assert apart(4) == []
    with refused("zero-knowledge/unsatisfied"):
        apart(5)


def test_logic_and_choice() -> None:
    def build(builder: Builder, x: tuple[Expression, ...]) -> list[Expression]:
        flags = one_hot(builder, x[2], 3)
        return [
            conjunction(builder, x[:2]),
            disjunction(builder, x[:2]),
            exclusive_or(builder, x[0], x[1]),
            select(builder, x[0], 10, 20),
            choose(builder, flags, [7, 8, x[2] * 100]),
        ]

    built = gadget(3, build)
    assert built(1, 0, 2) == [0, 1, 1, 10, 200]
    assert built(1, 1, 1) == [1, 1, 0, 10, 8]
    assert built(0, 0, 0) == [0, 0, 0, 20, 7]
    with refused("zero-knowledge/unsatisfied"):
        built(0, 0, 3)
