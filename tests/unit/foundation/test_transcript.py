"""Partial transcripts against a mask kept octet by octet."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.identifiers import Direction
from mpctls.reference.foundation.ranges import Range, RangeSet
from mpctls.reference.foundation.transcript import PartialTranscript, Transcript, reconstruct

from .refusals import refused

WHOLE = bytes(range(100, 140))
SETS = (
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5)
    .filter(lambda pairs: any(start < end for start, end in pairs))
    .map(RangeSet.of)
)


def octets_of(ranges: tuple[Range, ...]) -> set[int]:
    return {octet for each in ranges for octet in range(each.start, each.end)}


@given(st.lists(SETS, max_size=4), st.integers(0, 40), st.integers(0, 40))
def test_what_is_opened_can_be_read_and_nothing_else(sets: list[RangeSet], start: int, end: int) -> None:
    partial = reconstruct(40, [(each, each.select(WHOLE)) for each in sets])
    shown = octets_of(tuple(piece for each in sets for piece in each))
    assert octets_of(partial.authenticated) == shown
    assert octets_of(partial.redacted) == set(range(40)) - shown
    for runs in (partial.authenticated, partial.redacted):
        assert not runs or RangeSet(ranges=runs).ranges == runs
    if start <= end and set(range(start, end)) <= shown:
        assert partial.read(start, end) == WHOLE[start:end]
    else:
        with refused("verification/octet-not-authenticated"):
            partial.read(start, end)


@given(SETS, SETS, st.data())
def test_overlapping_openings_must_agree(one: RangeSet, other: RangeSet, data: st.DataObject) -> None:
    common = sorted(octets_of(one.ranges) & octets_of(other.ranges))
    changed = bytearray(WHOLE)
    place = data.draw(st.sampled_from(common or [sorted(octets_of(other.ranges))[0]]))
    changed[place] ^= 1
    openings = [(one, one.select(WHOLE)), (other, other.select(bytes(changed)))]
    for order in (openings, openings[::-1]):
        if common:
            with refused("verification/overlapping-openings-differ"):
                reconstruct(40, order)
        else:
            assert reconstruct(40, order).read(place, place + 1) == bytes([changed[place]])


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (0, 41), (3, 2), (41, 41), (-1, -1)])
def test_reading_outside_the_direction_is_refused(start: int, end: int) -> None:
    partial = reconstruct(40, [(RangeSet.of([(0, 40)]), WHOLE)])
    with refused("verification/octet-not-authenticated"):
        partial.read(start, end)


def test_directions_do_not_mix_and_nothing_is_shown_in_a_representation() -> None:
    sent = reconstruct(6, [(RangeSet.of([(0, 6)]), b"secret")])
    partial = PartialTranscript(sent=sent, received=reconstruct(6, []))
    assert partial.direction(Direction.SENT) is sent
    assert partial.direction(Direction.RECEIVED).redacted == (Range(start=0, end=6),)
    whole = Transcript(sent=b"secret", received=b"hidden")
    assert (whole.octets(Direction.SENT), whole.octets(Direction.RECEIVED)) == (b"secret", b"hidden")
    assert "secret" not in repr(partial) + repr(whole) and "hidden" not in repr(whole)


def test_many_overlapping_openings_are_joined_quickly() -> None:
    length = 2**16
    octets = bytes(length)
    openings = [(RangeSet.of([(0, length - step)]), octets[: length - step]) for step in range(256)]
    openings += [(RangeSet.of([(place, place + 1)]), b"\0") for place in range(0, length, 16)]
    started = time.monotonic()
    assert reconstruct(length, openings).read(0, length) == octets
    assert time.monotonic() - started < 10
