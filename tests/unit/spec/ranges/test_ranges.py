"""Sets of ranges in their only form, and transcripts whose unauthenticated octets cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.identifiers import Direction
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason
from mpctls.spec.transcript import PartialOctets, PartialTranscript, Run, Transcript, runs_of

from ..session.stages import rejects

POSITIONS = st.sets(st.integers(0, 60), min_size=1)


@pytest.mark.parametrize(
    "bounds",
    [
        [],
        [(1, 1)],
        [(2, 1)],
        [(0, 2), (2, 3)],
        [(0, 2), (1, 3)],
        [(4, 5), (0, 1)],
        [(0, 1), (0, 1)],
    ],
)
def test_only_the_canonical_form_exists(bounds: list[tuple[int, int]]) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        RangeSet.of(*bounds)
    octets = bytes([len(bounds)]) + b"".join(
        start.to_bytes(4, "little") + end.to_bytes(4, "little") for start, end in bounds
    )
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        RangeSet.decode(octets)


def test_a_set_has_known_octets() -> None:
    ranges = RangeSet.of((1, 2), (3, 0x01020304))
    assert ranges.encode().hex() == "02 01000000 02000000 03000000 04030201".replace(" ", "")
    assert str(ranges) == "1..2, 3..16909060"
    assert ranges.octet_count == 1 + 0x01020301


@given(POSITIONS)
def test_every_set_of_positions_has_one_form(positions: set[int]) -> None:
    ranges = RangeSet.holding(positions)
    assert ranges is not None
    assert ranges.positions() == positions
    assert ranges.octet_count == len(positions)
    assert RangeSet.decode(ranges.encode()) == ranges
    assert ranges.is_within(max(positions) + 1)
    assert not ranges.is_within(max(positions))
    octets = bytes(range(61))
    assert ranges.gather(octets) == bytes(sorted(positions))


def test_no_position_is_no_set() -> None:
    assert RangeSet.holding([]) is None


def test_a_transcript_has_two_directions_and_does_not_show() -> None:
    transcript = Transcript(sent=b"question", received=b"answer")
    assert transcript.octets(Direction.SENT) == b"question"
    assert transcript.octets(Direction.RECEIVED) == b"answer"
    assert "question" not in repr(transcript)


@given(POSITIONS, st.integers(0, 60), st.integers(0, 60))
def test_exactly_the_authenticated_octets_are_read(positions: set[int], start: int, end: int) -> None:
    partial = PartialOctets(length=61, runs=runs_of({position: position for position in positions}))
    assert partial.mask == tuple(position in positions for position in range(61))
    authenticated = partial.authenticated
    assert authenticated is not None
    assert authenticated.positions() == positions
    if start < end:
        if set(range(start, end)) <= positions:
            assert partial.read(start, end) == bytes(range(start, end))
        else:
            with rejects(Reason.VERIFICATION_OCTET_NOT_AUTHENTICATED):
                partial.read(start, end)


def test_an_octet_outside_every_run_is_not_authenticated() -> None:
    partial = PartialOctets(length=10, runs=(Run(start=2, octets=b"ab"), Run(start=6, octets=b"c")))
    assert partial[2] == ord("a")
    for position in (0, 1, 4, 5, 7, 9, 10, -1):
        with rejects(Reason.VERIFICATION_OCTET_NOT_AUTHENTICATED):
            partial[position]
    with rejects(Reason.VERIFICATION_OCTET_NOT_AUTHENTICATED):
        partial.read(3, 7)
    transcript = PartialTranscript(sent=partial, received=PartialOctets(length=0, runs=()))
    assert transcript.octets(Direction.SENT) is partial
    assert transcript.octets(Direction.RECEIVED).authenticated is None
