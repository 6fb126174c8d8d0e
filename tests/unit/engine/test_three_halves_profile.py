"""Profile `three-halves-1`: the session of `half-gates-1` with smaller tables."""

from __future__ import annotations

from functools import cache

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import THREE_HALVES_ENGINE_PROFILE
from mpctls.reference.mpc.engine import messages
from mpctls.reference.mpc.engine.plan import SERVER_FINISHED_KEY_STREAM

from .parties import Session


def new() -> Session:
    return Session(prover_profile=THREE_HALVES_ENGINE_PROFILE, notary_profile=THREE_HALVES_ENGINE_PROFILE)


@cache
def _prepared() -> Session:
    session = new()
    session.preprocess()
    return session


def test_session_is_finished_and_a_gate_costs_24_octets_and_5_bits() -> None:
    session, usual = _prepared().fork(), Session()
    session.handshake()
    session.exchange()
    session.finalise()
    usual.run()
    assert session.delivered == usual.delivered != []
    sent = [each.notary.costs["preprocessing"].octets_received for each in (session, usual)]
    assert sent[1] - sent[0] == pytest.approx((32 - 24 - 5 / 8) * usual.prover.plan.and_count, rel=0.001)


def test_parties_of_different_garblings_do_not_run_on() -> None:
    with pytest.raises(Refused, match="engine/unexpected-message"):
        Session(prover_profile=THREE_HALVES_ENGINE_PROFILE).preprocess()


def test_tables_with_filling_bits_are_refused_when_they_arrive() -> None:
    session = new()
    session.ends[0].tamper = lambda kind, payload: (
        payload[:-1] + bytes([payload[-1] | 0x80]) if kind == messages.TABLES else payload
    )
    with pytest.raises(Refused, match="engine/not-canonical"):
        session.preprocess()


@pytest.mark.parametrize(
    "place", [0, 8, 16, -1], ids=["first slice", "second slice", "third slice", "controls"]
)
def test_changed_table_gives_no_value(place: int) -> None:
    session = _prepared().fork()
    session.client_finished()
    tables = session.notary.evaluator._tables[SERVER_FINISHED_KEY_STREAM]
    received = tables[0]
    assert received is not None
    changed = received.copy()
    size = 24 * session.prover.plan[SERVER_FINISHED_KEY_STREAM].circuit.and_count
    changed[:size].reshape(-1, 24)[:, place] ^= 1
    if place < 0:
        changed[:size] = received[:size]
        changed[size:-1] ^= 0xFF
    tables[0] = changed
    with pytest.raises(Refused, match="engine/output-label-unknown"):
        session.server_finished()
