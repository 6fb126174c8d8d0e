"""The Notary's record state machine: each refusal on its own, in the order of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.mpc_tls.messages import Budget, ReceivedRecord, Record, SentRecord, SentRecordCiphertext
from mpctls.spec.mpc_tls.record_state_machine import (
    NotaryRecords,
    accept_ciphertext,
    application_data_length,
    close,
    register_received_record,
    register_sent_record,
)
from mpctls.spec.reasons import Reason, Rejection

BUDGET = Budget(sent_octets=20, sent_records=2, received_octets=20, received_records=2)
EMPTY = NotaryRecords(budget=BUDGET)


def _ciphertext(number: int, content_type: int = 23, length: int = 5) -> SentRecordCiphertext:
    return SentRecordCiphertext(sequence_number=number, content_type=content_type, ciphertext=bytes(length))


def _record(content_type: int = 23, nonce: int = 0, length: int = 5, version: int = 0x0303) -> Record:
    return Record(
        content_type=content_type,
        version=version,
        explicit_nonce=nonce.to_bytes(8, "big"),
        ciphertext=bytes(length),
        tag=b"t" * 16,
    )


def _sent(state: NotaryRecords, number: int, content_type: int = 23, length: int = 5) -> NotaryRecords:
    state = accept_ciphertext(state, _ciphertext(number, content_type, length))
    record = _record(content_type, number, length)
    return register_sent_record(state, SentRecord(sequence_number=number, record=record))


def _received(state: NotaryRecords, *records: Record) -> NotaryRecords:
    for record in records:
        state = register_received_record(state, ReceivedRecord(record=record))
    return state


FIRST_SENT = _sent(EMPTY, 0, 22, 16)
PENDING = accept_ciphertext(FIRST_SENT, _ciphertext(1))
FIRST_RECEIVED = _received(EMPTY, _record(22, 100, 16))
ALERTED = _received(FIRST_RECEIVED, _record(21, 101, 2))


def test_an_honest_connection_is_registered_in_order() -> None:
    state = _sent(_sent(FIRST_SENT, 1, length=7), 2, length=13)
    state = _received(state, _record(22, 5, 16), _record(23, 9, 20), _record(21, 7, 2))
    assert [record.content_type for record in state.sent] == [22, 23, 23]
    assert (application_data_length(state.sent), application_data_length(state.received)) == (20, 20)
    assert state.alert == _record(21, 7, 2)
    assert close(state).is_closed


@pytest.mark.parametrize(
    ("state", "message", "reason"),
    [
        (close(FIRST_SENT), _ciphertext(1), Reason.MPC_TLS_RECORD_AFTER_CLOSE),
        (EMPTY, _ciphertext(1, 22, 16), Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH),
        (FIRST_SENT, _ciphertext(0, 22, 16), Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH),
        (FIRST_SENT, _ciphertext(2), Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH),
        (PENDING, _ciphertext(1), Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH),
        (PENDING, _ciphertext(2), Reason.MPC_TLS_UNREGISTERED_RECORD),
        (EMPTY, _ciphertext(0, 23, 16), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (FIRST_SENT, _ciphertext(1, 22, 16), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (FIRST_SENT, _ciphertext(1, 21, 2), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (FIRST_SENT, _ciphertext(1, 20, 1), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (EMPTY, _ciphertext(0, 22, 15), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (EMPTY, _ciphertext(0, 22, 17), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_SENT, _ciphertext(1, 23, 0), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_SENT, _ciphertext(1, 23, 16385), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_SENT, _ciphertext(1, 23, 21), Reason.MPC_TLS_BUDGET_EXCEEDED),
        (_sent(FIRST_SENT, 1), _ciphertext(2, 23, 16), Reason.MPC_TLS_BUDGET_EXCEEDED),
        (_sent(_sent(FIRST_SENT, 1), 2), _ciphertext(3, 23, 1), Reason.MPC_TLS_BUDGET_EXCEEDED),
    ],
)
def test_a_ciphertext_is_refused(state: NotaryRecords, message: SentRecordCiphertext, reason: Reason) -> None:
    with pytest.raises(Rejection) as refused:
        accept_ciphertext(state, message)
    assert refused.value.reason is reason


REGISTRATION = SentRecord(sequence_number=1, record=_record(23, 1))


@pytest.mark.parametrize(
    ("state", "message", "reason"),
    [
        (FIRST_SENT, REGISTRATION, Reason.LINK_UNEXPECTED_MESSAGE),
        (PENDING, replace(REGISTRATION, sequence_number=0), Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH),
        *(
            (
                PENDING,
                SentRecord(sequence_number=1, record=record),
                Reason.MPC_TLS_REGISTERED_RECORD_DIFFERS,
            )
            for record in (
                _record(22, 1),
                _record(23, 1, version=0x0302),
                _record(23, 2),
                _record(23, 1, length=6),
                replace(_record(23, 1), ciphertext=b"other"),
            )
        ),
    ],
)
def test_a_registration_is_refused(state: NotaryRecords, message: SentRecord, reason: Reason) -> None:
    with pytest.raises(Rejection) as refused:
        register_sent_record(state, message)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("state", "record", "reason"),
    [
        (close(FIRST_RECEIVED), _record(23, 1), Reason.MPC_TLS_RECORD_AFTER_CLOSE),
        (ALERTED, _record(23, 1), Reason.MPC_TLS_RECORD_AFTER_ALERT),
        (ALERTED, _record(21, 1, 2), Reason.MPC_TLS_RECORD_AFTER_ALERT),
        (FIRST_RECEIVED, _record(23, 1, version=0x0301), Reason.MPC_TLS_UNEXPECTED_RECORD_VERSION),
        (EMPTY, _record(23, 1), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (EMPTY, _record(21, 1, 2), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (FIRST_RECEIVED, _record(22, 1, 16), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (FIRST_RECEIVED, _record(20, 1, 1), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (FIRST_RECEIVED, _record(255, 1), Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE),
        (EMPTY, _record(22, 1, 15), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_RECEIVED, _record(21, 1, 3), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_RECEIVED, _record(23, 1, 0), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_RECEIVED, _record(23, 1, 16385), Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH),
        (FIRST_RECEIVED, _record(23, 100), Reason.MPC_TLS_REPEATED_NONCE),
        (FIRST_RECEIVED, _record(23, 1, 21), Reason.MPC_TLS_BUDGET_EXCEEDED),
        (_received(FIRST_RECEIVED, _record(23, 1)), _record(23, 2, 16), Reason.MPC_TLS_BUDGET_EXCEEDED),
        (
            _received(FIRST_RECEIVED, _record(23, 1), _record(23, 2)),
            _record(23, 3, 1),
            Reason.MPC_TLS_BUDGET_EXCEEDED,
        ),
    ],
)
def test_a_received_record_is_refused(state: NotaryRecords, record: Record, reason: Reason) -> None:
    with pytest.raises(Rejection) as refused:
        _received(state, record)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (PENDING, Reason.MPC_TLS_UNREGISTERED_RECORD),
        (close(FIRST_SENT), Reason.LINK_UNEXPECTED_MESSAGE),
    ],
)
def test_close_is_refused(state: NotaryRecords, reason: Reason) -> None:
    with pytest.raises(Rejection) as refused:
        close(state)
    assert refused.value.reason is reason


def test_an_alert_fits_a_spent_budget() -> None:
    spent = _received(FIRST_RECEIVED, _record(23, 1, 10), _record(23, 2, 10))
    assert _received(spent, _record(21, 3, 2)).alert is not None


@given(st.lists(st.tuples(st.integers(20, 24), st.integers(0, 3), st.integers(0, 20)), max_size=6))
def test_whatever_arrives_the_registered_records_keep_the_rules(
    arrivals: list[tuple[int, int, int]],
) -> None:
    state = EMPTY
    for content_type, nonce, length in arrivals:
        try:
            state = _received(state, _record(content_type, nonce, 16 if content_type == 22 else length))
        except Rejection:
            continue
    types = [record.content_type for record in state.received]
    assert types[:1] in ([], [22])
    assert set(types[1:-1]) <= {23}
    assert len({record.explicit_nonce for record in state.received}) == len(state.received)
    assert application_data_length(state.received) <= BUDGET.received_octets
