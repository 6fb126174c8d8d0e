"""A config that is small and asks for much (attack catalogue, C14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mpctls.spec.data_submission import submit_transcript_commit_config
from mpctls.spec.identifiers import Direction
from mpctls.spec.notary_policy import NotaryPolicy
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason

from ..session.plans import RECEIVED, SENT, commit_request
from ..session.stages import changed, finalised, rejects, submit

OVERLAPPING = tuple(
    commit_request(Direction.RECEIVED, RangeSet.of((start, len(RECEIVED)))) for start in range(16)
)
OCTETS = sum(request.ranges.octet_count for request in OVERLAPPING)


def receive(config: tuple[object, ...], **limits: int) -> None:
    state = changed(finalised()[1], "connection.agreed.policy", NotaryPolicy(**limits))  # type: ignore[arg-type]
    submit_transcript_commit_config.receive(state, replace(submit()[1], config=config))  # type: ignore[arg-type]


def test_overlapping_ranges_count_as_often_as_they_are_committed() -> None:
    assert len(RECEIVED) < OCTETS
    receive(OVERLAPPING, largest_committed_octets=OCTETS)
    with rejects(Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS):
        receive(OVERLAPPING, largest_committed_octets=OCTETS - 1)


@pytest.mark.parametrize("end", [len(SENT) + 1, 2**32 - 1])
def test_octets_are_counted_before_ranges_are_looked_at(end: int) -> None:
    beyond = (commit_request(Direction.SENT, RangeSet.of((0, end))),)
    with rejects(Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS):
        receive(beyond, largest_committed_octets=len(SENT))
    with rejects(Reason.DATA_SUBMISSION_RANGE_OUT_OF_BOUNDS):
        receive(beyond, largest_committed_octets=2**32)
