"""A Notary that deviates: the Prover stops before it sends anything that depends on its secrets, and says
nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.engine import messages
from mpctls.reference.mpc.engine.records import finished_message

from .parties import Session, exchanged, prepared
from .test_cheating_prover import changing


def flip_first_bit(payload: bytes) -> bytes:
    return bytes([payload[0] ^ 1]) + payload[1:]


def refusal_of_prover(session: Session) -> str:
    """Close and finalise; the reason for which the Prover stops, after having sent nothing."""
    session.prover.close()
    session.notary.close()
    refusal, gone = session.outcomes(
        lambda: session.prover.finalise(session.sent, session.received),
        lambda: session.notary.finalise(session.sent, session.received),
    )
    assert isinstance(refusal, Refused)
    assert isinstance(gone, Refused)
    assert session.prover.costs["finalisation"].octets_sent == 0
    return refusal.reason


def test_flipped_bit_of_the_comparison_is_noticed() -> None:
    session = prepared().fork()
    session.ends[1].tamper = changing(messages.RETURNED_BITS, flip_first_bit)
    with pytest.raises(Refused, match="engine/returned-value-not-authentic"):
        session.key_exchange()


def test_flipped_bit_of_the_key_stream_is_noticed_and_ends_the_session() -> None:
    session = prepared().fork()
    session.handshake()
    session.ends[1].tamper = changing(messages.RETURNED_BITS, flip_first_bit)
    with pytest.raises(Refused, match="engine/returned-value-not-authentic"):
        session.send(1, 23, b"GET / HTTP/1.1\r\n")
    with pytest.raises(Refused, match="engine/out-of-order"):
        session.prover.key_stream(2, 1)


def test_false_opened_input_is_not_accepted() -> None:
    session = exchanged().fork()
    session.ends[1].tamper = changing(messages.OPENED_INPUTS, flip_first_bit)
    assert refusal_of_prover(session) == "mpc-tls/notary-opening-invalid"


def test_early_opening_is_refused() -> None:
    session = prepared().fork()
    session.key_exchange()
    session.ends[1].send(messages.OPENED_INPUTS, bytes(96))
    with pytest.raises(Refused, match="engine/unexpected-message"):
        session.key_schedule()


def test_shown_value_that_differs_from_the_recomputation_stops_the_prover() -> None:
    session = exchanged().fork()
    shown = session.prover.ledger[1]
    assert shown.decoded is not None
    session.prover.ledger[1] = replace(shown, decoded=shown.decoded ^ np.uint8(1))
    assert refusal_of_prover(session) == "mpc-tls/values-differ"


@pytest.mark.parametrize(
    ("place", "reason"), [(0, "mpc-tls/tag-mismatch"), (1, "mpc-tls/tag-mismatch")], ids=["sent", "received"]
)
def test_prover_checks_all_tags_before_it_proves(place: int, reason: str) -> None:
    session = exchanged().fork()
    records = (session.sent, session.received)[place]
    records[1] = replace(records[1], tag=flip_first_bit(records[1].tag))
    assert refusal_of_prover(session) == reason


def test_prover_does_not_show_another_message_in_record_zero() -> None:
    session = prepared().fork()
    session.client_finished()
    session.received[0] = session.server.protect(0, 22, finished_message(bytes(12)))
    session.server_finished()
    session.exchange()
    assert refusal_of_prover(session) == "mpc-tls/server-finished-mismatch"


def test_prover_does_not_show_an_alert_that_is_no_close_notify() -> None:
    session = prepared().fork()
    session.closure = b"\x02\x28"
    session.handshake()
    session.exchange()
    assert refusal_of_prover(session) == "mpc-tls/alert-not-close-notify"
