"""Range sets against sets of integers, and their one canonical form."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.ranges import MAXIMUM_RANGES, RANGE_SET, Range, RangeSet

from .refusals import refused

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)
SETS = PAIRS.filter(lambda pairs: any(start < end for start, end in pairs)).map(RangeSet.of)


def members(ranges: RangeSet | tuple[Range, ...]) -> set[int]:
    return {octet for each in ranges for octet in range(each.start, each.end)}


@given(PAIRS.filter(lambda pairs: any(start < end for start, end in pairs)))
def test_of_covers_exactly_the_pairs_in_canonical_form(pairs: list[tuple[int, int]]) -> None:
    found = RangeSet.of(pairs)
    assert members(found) == {octet for start, end in pairs for octet in range(start, end)}
    assert RANGE_SET.decode(RANGE_SET.encode(found)) == found
    assert found.total == len(members(found))
    assert found.end == max(members(found)) + 1


@given(SETS, st.lists(SETS, max_size=4))
def test_missing_is_the_difference(wanted: RangeSet, others: list[RangeSet]) -> None:
    missing = wanted.missing_from(others)
    assert members(missing) == members(wanted) - set().union(*(members(each) for each in others))
    if missing:
        assert RangeSet(ranges=missing).ranges == missing


@given(SETS, SETS)
def test_within_is_the_subset_relation(one: RangeSet, other: RangeSet) -> None:
    assert one.within(other) == (members(one) <= members(other))


@given(SETS)
def test_select_reads_the_octets_in_order(ranges: RangeSet) -> None:
    octets = bytes(range(40))
    assert ranges.select(octets) == bytes(sorted(members(ranges)))


def test_select_refuses_what_is_out_of_bounds() -> None:
    with refused("presentation-building/range-out-of-bounds"):
        RangeSet.of([(0, 5)]).select(b"abcd")
    assert RangeSet.of([(0, 4)]).select(b"abcd") == b"abcd"


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(0, 0)],
        [(3, 2)],
        [(0, 2), (2, 4)],
        [(0, 3), (2, 4)],
        [(4, 6), (0, 2)],
        [(0, 2), (0, 2)],
        [(0, 2), (4, 4)],
        [(0, 2**32 - 1), (2**32 - 1, 2**32 - 1)],
    ],
)
def test_other_forms_are_refused(pairs: list[tuple[int, int]]) -> None:
    octets = bytes([len(pairs)]) + b"".join(number.to_bytes(4, "little") for pair in pairs for number in pair)
    with refused("encoding/not-canonical"):
        RANGE_SET.decode(octets)
    with refused("encoding/not-canonical"):
        RangeSet(ranges=tuple(Range(start=start, end=end) for start, end in pairs))


def test_bounds_that_no_transcript_has_are_refused() -> None:
    with refused("encoding/not-canonical"):
        RangeSet.of([(0, 2**32)])
    assert RangeSet.of([(0, 2**32 - 1)]).end == 2**32 - 1


def test_a_set_that_exists_is_a_set_that_encodes() -> None:
    most = RangeSet.of([(3 * place, 3 * place + 1) for place in range(MAXIMUM_RANGES)])
    assert RANGE_SET.decode(RANGE_SET.encode(most)) == most
    with refused("encoding/limit-exceeded"):
        RangeSet.of([(3 * place, 3 * place + 1) for place in range(MAXIMUM_RANGES + 1)])


def test_the_largest_sets_are_compared_quickly() -> None:
    most = RangeSet.of([(3 * place, 3 * place + 2) for place in range(MAXIMUM_RANGES)])
    parts = [RangeSet.of([(3 * place, 3 * place + 1)]) for place in range(MAXIMUM_RANGES)]
    started = time.monotonic()
    assert all(each.within(most) for each in parts[:64])
    assert most.within(most)
    assert len(most.missing_from(parts)) == MAXIMUM_RANGES
    assert time.monotonic() - started < 10
