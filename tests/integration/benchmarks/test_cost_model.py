"""The cost model against whole sessions: octets each way within a tenth, for both profiles and both commitments."""

from __future__ import annotations

import pytest
from benchmarks.cost_model import predict
from benchmarks.network import NETWORKS, compare
from benchmarks.session import Committed, measure

from mpctls.reference.channel.messages import Budget
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE, THREE_HALVES_SILENT_ENGINE_PROFILE


@pytest.mark.slow
@pytest.mark.end_to_end
@pytest.mark.parametrize("profile", [ENGINE_PROFILE, THREE_HALVES_SILENT_ENGINE_PROFILE])
@pytest.mark.parametrize("committed", Committed)
def test_every_measured_octet_count_is_within_a_tenth_of_the_model(
    profile: str, committed: Committed
) -> None:
    (measured,) = measure([(1, 4)], 1, profile, committed)
    row = compare(NETWORKS["gigabit"], measured, profile, committed)
    assert all(abs(difference) < 0.1 for difference in row.differences), row.differences
    assert row.online_round_trips <= 24


def test_the_price_of_a_request_is_its_tables_and_of_a_response_its_proof() -> None:
    """One more kilobyte of request: 64 blocks of 5,120 gates, garbled and proved; of response: proved, and hashed."""

    def sends(request: int, response: int, *, profile: str = ENGINE_PROFILE) -> int:
        budget = Budget(
            sent_octets=request, sent_records=1, received_octets=2 * response, received_records=64
        )
        return predict(
            budget, profile, request=request, response=response, committed_request=False
        ).prover_sends

    gates = 64 * 5120
    a_gate = 32 + (1 + 15) / 8
    assert sends(2048, 65536) - sends(1024, 65536) == pytest.approx(a_gate * gates, rel=0.05)
    proved = (sends(1024, 65536 + 65536) - sends(1024, 65536)) / 64
    hashed = 16 * 22_271
    assert proved == pytest.approx((1 + 15) / 8 * (gates + hashed), rel=0.05)
