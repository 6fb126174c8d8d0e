"""Whole sessions between honest parties, against keys, streams and tags computed plainly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block, aes_key_schedule
from mpctls.reference.mpc.circuits.p256 import pre_master_secret_states
from mpctls.reference.mpc.circuits.sha256 import hmac_key_states, hmac_outer
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import Limits, and_count_by_phase, session_plan
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import finished_message
from mpctls.reference.mpc.zero_knowledge.bits import bits_of, octets_of

from .parties import Server, Session, prepared

REQUESTS = (b"GET /account HTTP/1.1\r\n", b"Host: bank.example\r\n\r\n")
RESPONSE = b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"balance": 17}'


class View:
    """Records everything that one party receives and computes."""

    def __init__(self) -> None:
        self.values: list[tuple[str, bytes]] = []

    def record(self, label: str, octets: bytes) -> None:
        self.values.append((label, octets))

    def __contains__(self, secret: bytes) -> bool:
        return any(secret in octets or secret[::-1] in octets for _, octets in self.values)


@dataclass
class Finished:
    """A finished session with both views; `before_close` counts the values of the Prover's view before close."""

    session: Session
    prover_view: View
    notary_view: View
    before_close: int


@pytest.fixture(scope="module")
def finished() -> Finished:
    """A session with requests of two records, the second using the budget to its last octet."""
    prover_view, notary_view = View(), View()
    session = Session(
        limits=Limits(sent_octets=sum(map(len, REQUESTS)), sent_records=2, largest_sent_record=23),
        requests=REQUESTS,
        response=RESPONSE,
        prover_view=prover_view,
        notary_view=notary_view,
    )
    session.preprocess()
    session.handshake()
    session.exchange()
    before_close = len(prover_view.values)
    session.finalise()
    return Finished(
        session=session, prover_view=prover_view, notary_view=notary_view, before_close=before_close
    )


@pytest.fixture
def session(finished: Finished) -> Session:
    return finished.session


def test_server_accepts_what_was_sent(session: Session) -> None:
    assert session.delivered == [finished_message(session.server.client_verify_data), *REQUESTS]


def test_opened_values_are_those_of_plain_tls(session: Session) -> None:
    server = session.server
    for engine in (session.prover, session.notary):
        assert engine.client_initial_vector == server.client_vector
        assert engine.server_initial_vector == server.server_vector
        assert engine.verify_data == {
            "client-finished": server.client_verify_data,
            "server-finished": server.server_verify_data,
        }


def test_prover_has_the_keys_after_close(session: Session) -> None:
    assert session.keys is not None
    assert (session.keys.client_key, session.keys.server_key) == (
        session.server.client_key,
        session.server.server_key,
    )
    assert session.server.client_key.hex() not in repr(session.keys)


def test_views_hold_nothing_they_must_not(finished: Finished) -> None:
    server, notary = finished.session.server, finished.notary_view
    prover = View()
    prover.values = finished.prover_view.values[: finished.before_close]
    for secret in (server.client_key, server.server_key, server.master_secret, server.pre_master_secret):
        assert secret not in notary
        assert secret not in prover
    for line in (*REQUESTS, RESPONSE):
        assert line not in notary
    assert server.client_hash_key() not in prover
    assert server.client_verify_data in notary
    assert server.client_verify_data in prover


def test_plaintext_wires_carry_the_transcript(session: Session) -> None:
    sent = b"".join(REQUESTS)

    def prove() -> tuple[bytes, bytes, bytes]:
        plaintext, proof = session.prover.plaintext, session.prover.proof
        wires = [plaintext.sent(0, len(sent)), plaintext.received(5, 37), plaintext.received(17, 49)]
        found = [octets_of(proof.bits(part)) for part in wires]
        for part, value in zip(wires, found, strict=True):
            proof.assert_equal(part, bits_of(value))
        proof.flush()
        return found[0], found[1], found[2]

    def verify() -> None:
        plaintext, proof = session.notary.plaintext, session.notary.proof
        proof.assert_equal(plaintext.sent(0, len(sent)), bits_of(sent))
        proof.assert_equal(plaintext.received(5, 37), bits_of(RESPONSE[5:37]))
        proof.assert_equal(plaintext.received(17, 49), bits_of(RESPONSE[17:49]))
        proof.flush()

    found, _ = session.both(prove, verify)
    assert found == (sent, RESPONSE[5:37], RESPONSE[17:49])


@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (3, 3), (4, 3), (0, 1000)])
def test_plaintext_outside_the_transcript_is_refused(session: Session, start: int, stop: int) -> None:
    with pytest.raises(Refused, match="data-submission/range-out-of-bounds"):
        session.notary.plaintext.received(start, stop)


def test_costs_are_counted_by_phase(session: Session) -> None:
    for engine in (session.prover, session.notary):
        costs = engine.costs
        counted = and_count_by_phase(engine.plan)
        assert costs["preprocessing"].gates == engine.plan.and_count
        assert {name: costs[name].gates for name in counted if name != "records"} == {
            name: gates for name, gates in counted.items() if name != "records"
        }
        assert costs["finalisation"].gates >= sum(costs[name].gates for name in counted)
        assert all(cost.seconds >= 0 and cost.rounds <= 12 for cost in costs.values())
    assert session.prover.costs["records"].octets_sent == session.notary.costs["records"].octets_received > 0


@pytest.mark.parametrize(
    ("limits", "pool"), [(Limits(sent_octets=1024, sent_records=1, largest_sent_record=1024), 64),
                         (Limits(sent_octets=1000, sent_records=7, largest_sent_record=500), 69)]
)  # fmt: skip
def test_and_count_is_exactly_the_formula(limits: Limits, pool: int) -> None:
    blocks = 1 + 2 + 1 + limits.sent_records + pool
    plan = session_plan(limits)
    assert aes_encrypt_block().and_count == 5120
    assert plan.and_count == (
        pre_master_secret_states().and_count
        + 12 * hmac_outer().and_count
        + hmac_key_states(48).and_count
        + 2 * aes_key_schedule().and_count
        + blocks * 5120
    )
    assert sum(and_count_by_phase(plan).values()) == plan.and_count


def test_extended_master_secret_and_a_truncated_session() -> None:
    session = Session(server=Server(extended=True), closure=None)
    session.run()
    assert session.keys is not None
    assert session.keys.server_key == session.server.server_key


def test_nothing_is_computed_after_close() -> None:
    session = prepared().fork()
    session.handshake()
    session.prover.close()
    session.notary.close()
    for engine in (session.prover, session.notary):
        with pytest.raises(Refused, match="engine/out-of-order"):
            engine.key_stream(1, 16)
    with pytest.raises(Refused, match="engine/out-of-order"):
        session.notary.tag_share(0, 22, bytes(16))


def test_finalisation_needs_close_and_the_finished_records() -> None:
    session = prepared().fork()
    session.handshake()
    with pytest.raises(Refused, match="engine/out-of-order"):
        session.notary.finalise(session.sent, session.received)
    session.notary.close()
    with pytest.raises(Refused, match="mpc-tls/server-finished-mismatch"):
        session.notary.finalise(session.sent, [])


@pytest.mark.parametrize("engine_type", [ProverEngine, NotaryEngine])
def test_steps_out_of_order_are_refused(engine_type: type[ProverEngine | NotaryEngine]) -> None:
    session = Session()
    engine = session.prover if engine_type is ProverEngine else session.notary
    steps: tuple[Callable[[], object], ...] = (
        lambda: engine.key_exchange((1, 1)),
        lambda: engine.master_secret(seed=bytes(64), extended=False),
        lambda: engine.key_expansion(seed=bytes(64)),
        lambda: engine.client_finished(bytes(32)),
        lambda: engine.key_stream(0, 16),
        lambda: engine.server_finished(bytes(32)),
        lambda: engine.server_finished_key_stream(bytes(8)),
    )
    for step in steps:
        with pytest.raises(Refused, match="engine/out-of-order"):
            step()


def test_masks_and_wire_labels_do_not_repeat(session: Session) -> None:
    masks = np.concatenate([mask.reshape(-1, 128) for mask in session.prover.masks.values()])
    assert len(np.unique(masks, axis=0)) == len(masks)
