"""AES-128-GCM protection of TLS 1.2 records by a party that holds the keys (RFC 5288; 5246, 6.2.3.3)."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..foundation.errors import Refused
from .alerts import alert_name, is_close_notify, receive_alert
from .constants import (
    CLOSE_NOTIFY,
    EXPLICIT_NONCE_SIZE,
    FINISHED_SIZE,
    MAXIMUM_FRAGMENT,
    PROTOCOL_VERSION,
    TAG_SIZE,
    ContentType,
)
from .key_schedule import KEY_SIZE, SALT_SIZE
from .record_layer import ProtectedRecord

_MAXIMUM_SEQUENCE: Final = (1 << 64) - 1


def additional_data(sequence_number: int, content_type: ContentType, length: int) -> bytes:
    """Return the 13 authenticated octets: sequence number, type, version, length of the plaintext."""
    return (
        sequence_number.to_bytes(8, "big")
        + bytes([content_type])
        + PROTOCOL_VERSION
        + length.to_bytes(2, "big")
    )


class RecordSealer:
    """The sending direction: numbers and protects records; the explicit nonce is the sequence number.

    Order: one Finished message, application data, at most one close_notify; another order raises
    RuntimeError.
    """

    __slots__ = ("_cipher", "_closed", "_salt", "_sequence_number")

    def __init__(self, *, key: bytes, salt: bytes) -> None:
        self._cipher, self._salt = _cipher(key, salt), salt
        self._sequence_number = 0
        self._closed = False

    def finished(self, message: bytes) -> ProtectedRecord:
        """Protect the Finished message of 16 octets as the first record."""
        if self._sequence_number or len(message) != FINISHED_SIZE:
            raise RuntimeError("the first record is one Finished message")
        return self._seal(ContentType.HANDSHAKE, message)

    def application_data(self, content: bytes) -> ProtectedRecord:
        """Protect 1 to 2^14 octets."""
        if not self._sequence_number or not 0 < len(content) <= MAXIMUM_FRAGMENT:
            raise RuntimeError("application data is 1 to 2^14 octets after Finished")
        return self._seal(ContentType.APPLICATION_DATA, content)

    def close_notify(self) -> ProtectedRecord:
        """Protect close_notify as the last record."""
        record = self._seal(ContentType.ALERT, CLOSE_NOTIFY)
        self._closed = True
        return record

    def _seal(self, content_type: ContentType, plaintext: bytes) -> ProtectedRecord:
        if self._closed or self._sequence_number > _MAXIMUM_SEQUENCE:
            raise RuntimeError("nothing follows close_notify")
        explicit_nonce = self._sequence_number.to_bytes(EXPLICIT_NONCE_SIZE, "big")
        associated = additional_data(self._sequence_number, content_type, len(plaintext))
        sealed = self._cipher.encrypt(self._salt + explicit_nonce, plaintext, associated)
        self._sequence_number += 1
        return ProtectedRecord(
            content_type=content_type,
            explicit_nonce=explicit_nonce,
            ciphertext=sealed[:-TAG_SIZE],
            tag=sealed[-TAG_SIZE:],
        )


class RecordOpener:
    """The receiving direction: checks every tag, and the order the protocol allows after ChangeCipherSpec.

    The first record is a handshake record of 16 octets, then application data, then at most one alert, which
    is close_notify. `open` refuses anything else: `tls/unexpected-message` (another type, a second handshake
    message, anything after close_notify), `tls/repeated-nonce`, `tls/bad-record-mac` and
    `tls/alert-received`.
    """

    __slots__ = ("_cipher", "_nonces", "_salt", "_sequence_number", "close_notify_received")

    def __init__(self, *, key: bytes, salt: bytes) -> None:
        self._cipher, self._salt = _cipher(key, salt), salt
        self._sequence_number = 0
        self._nonces: set[bytes] = set()
        self.close_notify_received = False

    def open(self, record: ProtectedRecord) -> bytes:
        """Return the plaintext of the next record; close_notify, two octets, closes the direction."""
        self._check_order(record)
        if record.explicit_nonce in self._nonces:
            raise Refused("tls/repeated-nonce", f"record {self._sequence_number}")
        associated = additional_data(self._sequence_number, record.content_type, len(record.ciphertext))
        try:
            plaintext = self._cipher.decrypt(
                self._salt + record.explicit_nonce, record.ciphertext + record.tag, associated
            )
        except InvalidTag:
            raise Refused("tls/bad-record-mac", f"record {self._sequence_number}") from None
        self._nonces.add(record.explicit_nonce)
        self._sequence_number += 1
        if record.content_type is ContentType.ALERT:
            receive_alert(plaintext)
            if not is_close_notify(plaintext):
                raise Refused("tls/alert-received", f"warning {alert_name(plaintext)}")
            self.close_notify_received = True
        return plaintext

    def _check_order(self, record: ProtectedRecord) -> None:
        if self.close_notify_received:
            raise Refused("tls/unexpected-message", "a record after close_notify")
        if self._sequence_number == 0:
            allowed = record.content_type is ContentType.HANDSHAKE and len(record.ciphertext) == FINISHED_SIZE
            # A server that dislikes the client's Finished answers with an alert under its own new keys.
            allowed = allowed or record.content_type is ContentType.ALERT
        else:
            allowed = record.content_type in (ContentType.APPLICATION_DATA, ContentType.ALERT)
        if not allowed:
            kind = record.content_type.name.lower()
            raise Refused("tls/unexpected-message", f"record {self._sequence_number}: {kind}")


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    if len(key) != KEY_SIZE or len(salt) != SALT_SIZE:
        raise ValueError("an AES-128-GCM direction has a key of 16 octets and a salt of 4")
    return AESGCM(key)
