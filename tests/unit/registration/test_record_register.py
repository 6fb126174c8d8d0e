"""The record register: every rule of the state machine, and a random walk against the rules written down anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.channel.messages import (
    Budget,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction
from mpctls.reference.tls.registration import RecordRegister, associated_data
from tests.unit.foundation.refusals import refused

BUDGET = Budget(sent_octets=100, sent_records=3, received_octets=200, received_records=4)


def record(number: int, content_type: int, length: int, *, version: int = 0x0303) -> Record:
    return Record(
        content_type=content_type,
        version=version,
        explicit_nonce=number.to_bytes(8, "big"),
        ciphertext=bytes([number % 256]) * length,
        tag=bytes(16),
    )


def ciphertext(number: int, content_type: int, length: int) -> SentRecordCiphertext:
    return SentRecordCiphertext(
        sequence_number=number,
        content_type=content_type,
        ciphertext=record(number, content_type, length).ciphertext,
    )


def send(register: RecordRegister, number: int, content_type: int, length: int) -> None:
    register.request_tag_share(ciphertext(number, content_type, length))
    register.register_sent(SentRecord(sequence_number=number, record=record(number, content_type, length)))


def receive(register: RecordRegister, number: int, content_type: int, length: int) -> None:
    register.register_received(ReceivedRecord(record=record(number, content_type, length)))


def established(budget: Budget = BUDGET) -> RecordRegister:
    """A register after both Finished messages."""
    register = RecordRegister(budget)
    send(register, 0, 22, 16)
    receive(register, 0, 22, 16)
    return register


def test_a_session_of_records_is_registered() -> None:
    register = established()
    send(register, 1, 23, 60)
    send(register, 2, 23, 40)
    receive(register, 1, 23, 200)
    receive(register, 2, 21, 2)
    register.close()
    assert register.alert_received and not register.awaits_registration
    assert register.application_length(Direction.SENT) == 100
    assert register.application_length(Direction.RECEIVED) == 200
    assert [each.sequence_number for each in register.application_records(Direction.SENT)] == [1, 2]
    assert [each.sequence_number for each in register.application_records(Direction.RECEIVED)] == [1]
    assert [each.sequence_number for each in register.received] == [0, 1, 2]


def test_associated_data_is_that_of_the_tls_record() -> None:
    # RFC 5246 section 6.2.3.3: seq_num + type + version + length.
    assert associated_data(1, 23, 0x0102).hex() == "00000000000000011703030102"
    register = established()
    assert register.sent[0].associated_data.hex() == "00000000000000001603030010"


@pytest.mark.parametrize(
    ("number", "content_type", "length", "reason"),
    [
        (0, 23, 10, "sequence-number-mismatch"),
        (2, 23, 10, "sequence-number-mismatch"),
        (2**64 - 1, 23, 10, "sequence-number-mismatch"),
        (1, 22, 16, "unexpected-content-type"),
        (1, 21, 2, "unexpected-content-type"),
        (1, 20, 1, "unexpected-content-type"),
        (1, 23, 0, "unexpected-record-length"),
        (1, 23, 16385, "unexpected-record-length"),
        (1, 23, 101, "budget-exceeded"),
        # The first of several faults is named.
        (2, 22, 0, "sequence-number-mismatch"),
        (1, 22, 0, "unexpected-content-type"),
        (1, 23, 20000, "unexpected-record-length"),
    ],
)
def test_each_fault_of_a_sent_record_has_its_reason(
    number: int, content_type: int, length: int, reason: str
) -> None:
    register = established()
    with refused(f"mpc-tls/{reason}"):
        register.request_tag_share(ciphertext(number, content_type, length))
    assert not register.awaits_registration
    send(register, 1, 23, 10)


@pytest.mark.parametrize(
    ("content_type", "length", "reason"),
    [
        (23, 16, "unexpected-content-type"),
        (21, 2, "unexpected-content-type"),
        (22, 15, "unexpected-record-length"),
        (22, 17, "unexpected-record-length"),
    ],
)
def test_the_first_record_of_each_direction_is_the_finished(
    content_type: int, length: int, reason: str
) -> None:
    register = RecordRegister(BUDGET)
    with refused(f"mpc-tls/{reason}"):
        register.request_tag_share(ciphertext(0, content_type, length))
    with refused(f"mpc-tls/{reason}"):
        receive(register, 0, content_type, length)


def test_one_tag_share_is_outstanding_at_most() -> None:
    register = established()
    register.request_tag_share(ciphertext(1, 23, 10))
    assert register.awaits_registration
    with refused("mpc-tls/sequence-number-mismatch"):
        register.request_tag_share(ciphertext(1, 23, 10))
    with refused("mpc-tls/unregistered-record"):
        register.request_tag_share(ciphertext(2, 23, 10))
    with refused("mpc-tls/unregistered-record"):
        receive(register, 1, 23, 10)
    with refused("mpc-tls/unregistered-record"):
        register.close()
    register.register_sent(SentRecord(sequence_number=1, record=record(1, 23, 10)))
    with refused("link/unexpected-message"):
        register.register_sent(SentRecord(sequence_number=1, record=record(1, 23, 10)))


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (SentRecord(sequence_number=2, record=record(1, 23, 10)), "sequence-number-mismatch"),
        (SentRecord(sequence_number=1, record=record(1, 22, 10)), "registered-record-differs"),
        (
            SentRecord(sequence_number=1, record=record(1, 23, 10, version=0x0302)),
            "registered-record-differs",
        ),
        (
            SentRecord(sequence_number=1, record=replace(record(1, 23, 10), explicit_nonce=bytes(8))),
            "registered-record-differs",
        ),
        (
            SentRecord(
                sequence_number=1,
                record=replace(record(1, 23, 10), explicit_nonce=(1).to_bytes(8, "little")),
            ),
            "registered-record-differs",
        ),
        (
            SentRecord(sequence_number=1, record=replace(record(1, 23, 10), ciphertext=bytes(10))),
            "registered-record-differs",
        ),
        (SentRecord(sequence_number=1, record=record(1, 23, 9)), "registered-record-differs"),
        (SentRecord(sequence_number=0, record=record(0, 22, 9)), "sequence-number-mismatch"),
    ],
)
def test_only_the_record_that_was_asked_for_is_registered(sent: SentRecord, reason: str) -> None:
    register = established()
    register.request_tag_share(ciphertext(1, 23, 10))
    with refused(f"mpc-tls/{reason}"):
        register.register_sent(sent)
    assert register.awaits_registration and len(register.sent) == 1


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (record(1, 23, 10, version=0x0301), "unexpected-record-version"),
        (record(1, 22, 16), "unexpected-content-type"),
        (record(1, 20, 1), "unexpected-content-type"),
        (record(1, 24, 3), "unexpected-content-type"),
        (record(1, 23, 0), "unexpected-record-length"),
        (record(1, 23, 16385), "unexpected-record-length"),
        (record(1, 21, 1), "unexpected-record-length"),
        (record(1, 21, 3), "unexpected-record-length"),
        (record(0, 23, 10), "repeated-nonce"),
        (record(1, 23, 201), "budget-exceeded"),
        # The first of several faults is named.
        (record(0, 22, 0, version=0), "unexpected-record-version"),
        (record(0, 22, 0), "unexpected-content-type"),
        (record(0, 23, 0), "unexpected-record-length"),
        (record(0, 23, 201), "repeated-nonce"),
    ],
)
def test_each_fault_of_a_received_record_has_its_reason(received: Record, reason: str) -> None:
    register = established()
    with refused(f"mpc-tls/{reason}"):
        register.register_received(ReceivedRecord(record=received))
    assert len(register.received) == 1
    receive(register, 1, 23, 10)


def test_nothing_follows_an_alert_or_the_close() -> None:
    register = established()
    receive(register, 1, 21, 2)
    for content_type, length in ((23, 10), (21, 2)):
        with refused("mpc-tls/record-after-alert"):
            receive(register, 2, content_type, length)
    send(register, 1, 23, 10)
    register.close()
    with refused("mpc-tls/record-after-close"):
        receive(register, 2, 23, 10)
    with refused("mpc-tls/record-after-close"):
        register.request_tag_share(ciphertext(9, 22, 0))
    with refused("link/unexpected-message"):
        register.close()


def test_budgets_count_application_data_only() -> None:
    register = established(
        replace(BUDGET, sent_records=1, sent_octets=10, received_records=1, received_octets=10)
    )
    send(register, 1, 23, 10)
    with refused("mpc-tls/budget-exceeded"):
        register.request_tag_share(ciphertext(2, 23, 1))
    receive(register, 1, 23, 9)
    with refused("mpc-tls/budget-exceeded"):
        receive(register, 2, 23, 1)
    receive(register, 2, 21, 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "put", "get", "close"]),
            st.integers(0, 3),
            st.sampled_from([21, 22, 23]),
            st.sampled_from([0, 2, 16, 60]),
        ),
        max_size=14,
    )
)
def test_a_refused_message_changes_nothing(steps: list[tuple[str, int, int, int]]) -> None:
    """Whatever is tried, what is registered stays in order, within the budget, and complete."""
    register = RecordRegister(BUDGET)
    for action, number, content_type, length in steps:
        before = (list(register.sent), list(register.received), register.awaits_registration)
        try:
            if action == "ask":
                register.request_tag_share(ciphertext(number, content_type, length))
            elif action == "put":
                register.register_sent(
                    SentRecord(sequence_number=number, record=record(number, content_type, length))
                )
            elif action == "get":
                receive(register, number, content_type, length)
            else:
                register.close()
        except Refused:
            assert (list(register.sent), list(register.received), register.awaits_registration) == before
    for direction, records in ((Direction.SENT, register.sent), (Direction.RECEIVED, register.received)):
        assert [each.sequence_number for each in records] == list(range(len(records)))
        assert all(each.record.content_type != 21 for each in records[:-1])
        lengths = [len(each.record.ciphertext) for each in register.application_records(direction)]
        assert sum(lengths) == register.application_length(direction)
    assert register.application_length(Direction.SENT) <= BUDGET.sent_octets
    assert len(register.application_records(Direction.RECEIVED)) <= BUDGET.received_records
