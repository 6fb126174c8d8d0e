"""The Notary's record state machine: what it numbers, registers and refuses.

It holds no secret. Sequence number 0 of each direction is a handshake record of 16 octets, Finished; then
application data; in the received direction then at most one alert. The Notary counts itself, gives one tag
share for one ciphertext of each number, and registers the complete record before it helps with anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..identifiers import TLS_1_2
from ..reasons import Reason, Rejection
from ..tls.constants import CLOSE_NOTIFY, FINISHED_LENGTH, MAXIMUM_PLAINTEXT_LENGTH, ContentType
from ..tls.record_protection import explicit_nonce_of
from .messages import Budget, ReceivedRecord, Record, SentRecord, SentRecordCiphertext


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryRecords:
    """What the Notary registered, in order, and the ciphertext whose record is outstanding."""

    budget: Budget
    sent: tuple[Record, ...] = ()
    received: tuple[Record, ...] = ()
    pending: SentRecordCiphertext | None = None
    is_closed: bool = False

    @property
    def alert(self) -> Record | None:
        """The received alert, which is the last record, if there was one."""
        last = self.received[-1] if self.received else None
        return last if last is not None and last.content_type == ContentType.ALERT else None


def application_data(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """The records of a direction that carry its transcript."""
    return tuple(record for record in records if record.content_type == ContentType.APPLICATION_DATA)


def application_data_length(records: tuple[Record, ...]) -> int:
    """Octets of application data in a direction; ciphertext is as long as plaintext."""
    return sum(len(record.ciphertext) for record in application_data(records))


def require_readiness(state: NotaryRecords) -> int:
    """Whether the Notary helps with the next sent record: returns its sequence number, the Notary's own
    counter.

    Rejects with mpc-tls/record-after-close, mpc-tls/unregistered-record.
    """
    if state.is_closed:
        raise Rejection(Reason.MPC_TLS_RECORD_AFTER_CLOSE)
    if state.pending is not None:
        raise Rejection(Reason.MPC_TLS_UNREGISTERED_RECORD, f"record {state.pending.sequence_number}")
    return len(state.sent)


def accept_ciphertext(state: NotaryRecords, message: SentRecordCiphertext) -> NotaryRecords:
    """Message 9: take the one ciphertext of the next sequence number, for which a tag share is due.

    The Notary's counter is that of ciphertexts accepted: a second one for the same number is out of sequence,
    one for the next number while a record is outstanding comes too early.

    Rejects, in this order, with mpc-tls/record-after-close, mpc-tls/sequence-number-mismatch,
    mpc-tls/unregistered-record, mpc-tls/unexpected-content-type, mpc-tls/unexpected-record-length,
    mpc-tls/budget-exceeded.
    """
    if state.is_closed:
        raise Rejection(Reason.MPC_TLS_RECORD_AFTER_CLOSE)
    counter = len(state.sent) + (state.pending is not None)
    if message.sequence_number != counter:
        raise Rejection(Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH, f"expected {counter}")
    if state.pending is not None:
        raise Rejection(Reason.MPC_TLS_UNREGISTERED_RECORD, f"record {state.pending.sequence_number}")
    is_first = message.sequence_number == 0
    expected = ContentType.HANDSHAKE if is_first else ContentType.APPLICATION_DATA
    if message.content_type != expected:
        raise Rejection(Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE, f"{message.content_type}, not {expected}")
    _require_length(expected, len(message.ciphertext))
    if not is_first:
        _require_budget(
            application_data(state.sent),
            len(message.ciphertext),
            records=state.budget.sent_records,
            octets=state.budget.sent_octets,
        )
    return replace(state, pending=message)


def register_sent_record(state: NotaryRecords, message: SentRecord) -> NotaryRecords:
    """Message 11: register the complete record for which the tag share was given.

    Rejects, in this order, with link/unexpected-message, mpc-tls/sequence-number-mismatch,
    mpc-tls/registered-record-differs.
    """
    pending = state.pending
    if pending is None:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "no tag share is outstanding")
    if message.sequence_number != pending.sequence_number:
        raise Rejection(Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH, f"expected {pending.sequence_number}")
    record = message.record
    registered = (record.content_type, record.version, record.explicit_nonce, record.ciphertext)
    agreed = (
        pending.content_type,
        TLS_1_2,
        explicit_nonce_of(pending.sequence_number),
        pending.ciphertext,
    )
    if registered != agreed:
        raise Rejection(Reason.MPC_TLS_REGISTERED_RECORD_DIFFERS, f"record {message.sequence_number}")
    return replace(state, sent=(*state.sent, record), pending=None)


def register_received_record(state: NotaryRecords, message: ReceivedRecord) -> NotaryRecords:
    """Message 12: register a record of the Server; the Notary numbers it.

    Rejects, in this order, with mpc-tls/record-after-close, mpc-tls/unregistered-record,
    mpc-tls/record-after-alert, mpc-tls/unexpected-record-version, mpc-tls/unexpected-content-type,
    mpc-tls/unexpected-record-length, mpc-tls/repeated-nonce, mpc-tls/budget-exceeded.
    """
    record = message.record
    require_readiness(state)
    if state.alert is not None:
        raise Rejection(Reason.MPC_TLS_RECORD_AFTER_ALERT)
    if record.version != TLS_1_2:
        raise Rejection(Reason.MPC_TLS_UNEXPECTED_RECORD_VERSION, f"{record.version:#06x}")
    allowed = {ContentType.APPLICATION_DATA, ContentType.ALERT} if state.received else {ContentType.HANDSHAKE}
    if record.content_type not in allowed:
        raise Rejection(Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE, f"{record.content_type}")
    _require_length(ContentType(record.content_type), len(record.ciphertext))
    if any(record.explicit_nonce == earlier.explicit_nonce for earlier in state.received):
        raise Rejection(Reason.MPC_TLS_REPEATED_NONCE, f"record {len(state.received)}")
    if record.content_type == ContentType.APPLICATION_DATA:
        _require_budget(
            application_data(state.received),
            len(record.ciphertext),
            records=state.budget.received_records,
            octets=state.budget.received_octets,
        )
    return replace(state, received=(*state.received, record))


def close(state: NotaryRecords) -> NotaryRecords:
    """Message 13: nothing is registered afterwards.

    Rejects with link/unexpected-message when closed before, mpc-tls/unregistered-record when a tag share
    is outstanding: the Server may have accepted a record that the transcript would lack.
    """
    if state.is_closed:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "close after close")
    require_readiness(state)
    return replace(state, is_closed=True)


def _require_length(content_type: ContentType, length: int) -> None:
    lengths = {
        ContentType.HANDSHAKE: range(FINISHED_LENGTH, FINISHED_LENGTH + 1),
        ContentType.ALERT: range(len(CLOSE_NOTIFY), len(CLOSE_NOTIFY) + 1),
        ContentType.APPLICATION_DATA: range(1, MAXIMUM_PLAINTEXT_LENGTH + 1),
    }[content_type]
    if length not in lengths:
        raise Rejection(Reason.MPC_TLS_UNEXPECTED_RECORD_LENGTH, f"{length} octets")


def _require_budget(earlier: tuple[Record, ...], length: int, *, records: int, octets: int) -> None:
    if len(earlier) + 1 > records or application_data_length(earlier) + length > octets:
        raise Rejection(Reason.MPC_TLS_BUDGET_EXCEEDED)
