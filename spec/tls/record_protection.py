"""Protection of TLS 1.2 records with AES-128-GCM: nonce, additional data, and the record's four parts.

nonce = implicit[4] ‖ explicit[8]; additional data = u64 sequence number ‖ type ‖ version ‖ u16 plaintext
length. Source: RFC 5288 section 3, RFC 5246 section 6.2.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..identifiers import TLS_1_2
from .constants import EXPLICIT_NONCE_LENGTH, IMPLICIT_NONCE_LENGTH
from .galois_counter_mode import authentication_tag, hash_key, key_stream, tag_mask, xor


class RecordAuthenticationError(Exception):
    """A record's tag is not the one its key gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedRecord:
    """A record as it crosses the wire; its length field is implied.

    Explicit nonce 8 octets, ciphertext as long as the plaintext, tag 16 octets.
    """

    content_type: int
    version: int = TLS_1_2
    explicit_nonce: bytes
    ciphertext: bytes
    tag: bytes

    def to_wire(self) -> bytes:
        """The octets that are sent: header of 5 octets, explicit nonce, ciphertext, tag."""
        fragment = self.explicit_nonce + self.ciphertext + self.tag
        header = (
            bytes([self.content_type]) + self.version.to_bytes(2, "big") + len(fragment).to_bytes(2, "big")
        )
        return header + fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """The key and implicit nonce of one direction."""

    key: bytes
    implicit_nonce: bytes


def explicit_nonce_of(sequence_number: int) -> bytes:
    """The explicit nonce of a sent record: its sequence number. RFC 5288 leaves the choice to the sender."""
    return sequence_number.to_bytes(EXPLICIT_NONCE_LENGTH, "big")


def record_nonce(implicit_nonce: bytes, explicit_nonce: bytes) -> bytes:
    """The nonce of 12 octets."""
    if len(implicit_nonce) != IMPLICIT_NONCE_LENGTH or len(explicit_nonce) != EXPLICIT_NONCE_LENGTH:
        raise ValueError("a nonce has 4 implicit and 8 explicit octets")
    return implicit_nonce + explicit_nonce


def additional_data(*, sequence_number: int, content_type: int, version: int, length: int) -> bytes:
    """The 13 octets that the tag covers beside the ciphertext; the length is that of the plaintext."""
    return (
        sequence_number.to_bytes(8, "big")
        + bytes([content_type])
        + version.to_bytes(2, "big")
        + length.to_bytes(2, "big")
    )


def expected_tag(*, key_of_hash: bytes, mask: bytes, sequence_number: int, record: ProtectedRecord) -> bytes:
    """The tag a record must carry, from H and AES_K(J0) of that record."""
    return authentication_tag(
        key_of_hash=key_of_hash,
        mask=mask,
        additional_data=additional_data(
            sequence_number=sequence_number,
            content_type=record.content_type,
            version=record.version,
            length=len(record.ciphertext),
        ),
        ciphertext=record.ciphertext,
    )


def protect(
    write_key: WriteKey, *, sequence_number: int, content_type: int, explicit_nonce: bytes, plaintext: bytes
) -> ProtectedRecord:
    """Encrypt one record, as one party that holds the key does: the server, or P and N after close."""
    nonce = record_nonce(write_key.implicit_nonce, explicit_nonce)
    ciphertext = xor(plaintext, key_stream(write_key.key, nonce, len(plaintext)))
    untagged = ProtectedRecord(
        content_type=content_type, explicit_nonce=explicit_nonce, ciphertext=ciphertext, tag=b""
    )
    tag = expected_tag(
        key_of_hash=hash_key(write_key.key),
        mask=tag_mask(write_key.key, nonce),
        sequence_number=sequence_number,
        record=untagged,
    )
    return ProtectedRecord(
        content_type=content_type, explicit_nonce=explicit_nonce, ciphertext=ciphertext, tag=tag
    )


def unprotect(write_key: WriteKey, *, sequence_number: int, record: ProtectedRecord) -> bytes:
    """Check a record's tag and decrypt it. Refuses a wrong tag with `RecordAuthenticationError`."""
    nonce = record_nonce(write_key.implicit_nonce, record.explicit_nonce)
    tag = expected_tag(
        key_of_hash=hash_key(write_key.key),
        mask=tag_mask(write_key.key, nonce),
        sequence_number=sequence_number,
        record=record,
    )
    if tag != record.tag:
        raise RecordAuthenticationError(f"record {sequence_number} has another tag than its key gives")
    return xor(record.ciphertext, key_stream(write_key.key, nonce, len(record.ciphertext)))
