"""The Notary's record state machine: which records may be protected, registered and received, and in what order.

Formats page, section 9.1. The machine is pure bookkeeping: it sees ciphertexts and never a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..channel.messages import (
    MAXIMUM_RECORD,
    Budget,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
)
from ..foundation.errors import Refused
from ..foundation.identifiers import TLS_VERSION, Direction

HANDSHAKE: Final = 22
APPLICATION_DATA: Final = 23
ALERT: Final = 21
FINISHED_LENGTH: Final = 16
ALERT_LENGTH: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredRecord:
    """A record as registered, with its direction and the sequence number the Notary gave it."""

    direction: Direction
    sequence_number: int
    record: Record

    @property
    def associated_data(self) -> bytes:
        """The 13 authenticated octets of RFC 5246 section 6.2.3.3."""
        return associated_data(self.sequence_number, self.record.content_type, len(self.record.ciphertext))


def associated_data(sequence_number: int, content_type: int, length: int) -> bytes:
    """Sequence number ‖ type ‖ version ‖ plaintext length."""
    return (
        sequence_number.to_bytes(8, "big")
        + bytes([content_type])
        + TLS_VERSION.to_bytes(2, "big")
        + length.to_bytes(2, "big")
    )


class RecordRegister:
    """The registered records of one session, and the rules under which another may join; kept by the Notary.

    Every method refuses with the `mpc-tls/…` reason of the formats page and leaves the register unchanged.
    """

    __slots__ = ("_budget", "_closed", "_lengths", "_nonces", "_outstanding", "_records", "received", "sent")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._closed = False
        self._outstanding: SentRecordCiphertext | None = None
        self._nonces: set[bytes] = set()
        self._records = dict.fromkeys(Direction, 0)
        self._lengths = dict.fromkeys(Direction, 0)
        self.sent: list[RegisteredRecord] = []
        self.received: list[RegisteredRecord] = []

    @property
    def awaits_registration(self) -> bool:
        """Whether a tag share was given for a record that is not registered yet."""
        return self._outstanding is not None

    @property
    def alert_received(self) -> bool:
        return bool(self.received) and self.received[-1].record.content_type == ALERT

    def application_length(self, direction: Direction) -> int:
        """Octets of application data in one direction."""
        return self._lengths[direction]

    def application_records(self, direction: Direction) -> list[RegisteredRecord]:
        """The application-data records of one direction, in order."""
        records = self.sent if direction is Direction.SENT else self.received
        return [each for each in records if each.record.content_type == APPLICATION_DATA]

    def close(self) -> None:
        """Refuse every record from here on; only once, and a tag share must not be outstanding."""
        if self._closed:
            raise Refused("link/unexpected-message", "close after close")
        if self._outstanding is not None:
            raise Refused(
                "mpc-tls/unregistered-record", "a tag share was given for a record that is not registered"
            )
        self._closed = True

    def request_tag_share(self, message: SentRecordCiphertext) -> None:
        """Accept one ciphertext under the next sequence number: the only one that will ever get a tag share for it."""
        if self._closed:
            raise Refused("mpc-tls/record-after-close", "a record to send")
        if message.sequence_number != len(self.sent) + (1 if self._outstanding is not None else 0):
            raise Refused("mpc-tls/sequence-number-mismatch", f"sent record {message.sequence_number}")
        if self._outstanding is not None:
            raise Refused(
                "mpc-tls/unregistered-record", f"record {self._outstanding.sequence_number} is not registered"
            )
        self._check_form(
            message.sequence_number, message.content_type, len(message.ciphertext), received=False
        )
        self._check_budget(Direction.SENT, message.content_type, len(message.ciphertext))
        self._outstanding = message

    def register_sent(self, message: SentRecord) -> RegisteredRecord:
        """Register the complete record whose tag share was just given."""
        asked = self._outstanding
        if asked is None:
            raise Refused("link/unexpected-message", "no tag share is outstanding")
        record = message.record
        if message.sequence_number != asked.sequence_number:
            raise Refused("mpc-tls/sequence-number-mismatch", f"sent record {message.sequence_number}")
        if (record.content_type, record.version, record.explicit_nonce, record.ciphertext) != (
            asked.content_type,
            TLS_VERSION,
            asked.sequence_number.to_bytes(8, "big"),
            asked.ciphertext,
        ):
            raise Refused("mpc-tls/registered-record-differs", f"sent record {message.sequence_number}")
        registered = RegisteredRecord(
            direction=Direction.SENT, sequence_number=asked.sequence_number, record=record
        )
        self._outstanding = None
        self._append(self.sent, registered)
        return registered

    def register_received(self, message: ReceivedRecord) -> RegisteredRecord:
        """Register and number a record from the Server."""
        record = message.record
        sequence_number = len(self.received)
        if self._closed:
            raise Refused("mpc-tls/record-after-close", "a received record")
        if self._outstanding is not None:
            raise Refused(
                "mpc-tls/unregistered-record", f"record {self._outstanding.sequence_number} is not registered"
            )
        if self.alert_received:
            raise Refused("mpc-tls/record-after-alert", f"received record {sequence_number}")
        if record.version != TLS_VERSION:
            raise Refused("mpc-tls/unexpected-record-version", f"received record {sequence_number}")
        self._check_form(sequence_number, record.content_type, len(record.ciphertext), received=True)
        if record.explicit_nonce in self._nonces:
            raise Refused("mpc-tls/repeated-nonce", f"received record {sequence_number}")
        self._check_budget(Direction.RECEIVED, record.content_type, len(record.ciphertext))
        self._nonces.add(record.explicit_nonce)
        registered = RegisteredRecord(
            direction=Direction.RECEIVED, sequence_number=sequence_number, record=record
        )
        self._append(self.received, registered)
        return registered

    def _append(self, records: list[RegisteredRecord], registered: RegisteredRecord) -> None:
        records.append(registered)
        if registered.record.content_type == APPLICATION_DATA:
            self._records[registered.direction] += 1
            self._lengths[registered.direction] += len(registered.record.ciphertext)

    def _check_form(self, sequence_number: int, content_type: int, length: int, *, received: bool) -> None:
        if sequence_number == 0:
            types, lengths = (HANDSHAKE,), (FINISHED_LENGTH, FINISHED_LENGTH)
        elif received and content_type == ALERT:
            types, lengths = (ALERT,), (ALERT_LENGTH, ALERT_LENGTH)
        else:
            types, lengths = (APPLICATION_DATA,), (1, MAXIMUM_RECORD)
        if content_type not in types:
            raise Refused(
                "mpc-tls/unexpected-content-type", f"type {content_type} at record {sequence_number}"
            )
        if not lengths[0] <= length <= lengths[1]:
            raise Refused("mpc-tls/unexpected-record-length", f"{length} octets at record {sequence_number}")

    def _check_budget(self, direction: Direction, content_type: int, length: int) -> None:
        if content_type != APPLICATION_DATA:
            return
        sending = direction is Direction.SENT
        records = self._budget.sent_records if sending else self._budget.received_records
        octets = self._budget.sent_octets if sending else self._budget.received_octets
        if self._records[direction] >= records:
            raise Refused("mpc-tls/budget-exceeded", f"more than {records} records {direction.name.lower()}")
        if self._lengths[direction] + length > octets:
            raise Refused("mpc-tls/budget-exceeded", f"more than {octets} octets {direction.name.lower()}")
