"""TLS 1.2 records as data, and the parser that finds them in a byte stream (RFC 5246, section 6; 5288)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused
from .constants import (
    EXPLICIT_NONCE_SIZE,
    MAXIMUM_FRAGMENT,
    PROTECTION_OVERHEAD,
    PROTOCOL_VERSION,
    RECORD_HEADER_SIZE,
    TAG_SIZE,
    ContentType,
)

_FIRST_RECORD_VERSION: Final = b"\x03\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRecord:
    """A record before ChangeCipherSpec; `fragment` is 1 to 2^14 octets."""

    content_type: ContentType
    fragment: bytes

    def encode(self, *, version: bytes = PROTOCOL_VERSION) -> bytes:
        """Return header and fragment."""
        return bytes([self.content_type]) + version + len(self.fragment).to_bytes(2, "big") + self.fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedRecord:
    """A record after ChangeCipherSpec: explicit nonce (8 octets), ciphertext (1 to 2^14), tag (16)."""

    content_type: ContentType
    explicit_nonce: bytes
    ciphertext: bytes
    tag: bytes

    @property
    def header(self) -> bytes:
        """The five octets before the explicit nonce."""
        length = PROTECTION_OVERHEAD + len(self.ciphertext)
        return bytes([self.content_type]) + PROTOCOL_VERSION + length.to_bytes(2, "big")

    def encode(self) -> bytes:
        """Return the record as sent."""
        return self.header + self.explicit_nonce + self.ciphertext + self.tag


Record = PlainRecord | ProtectedRecord


def plain_records(content_type: ContentType, content: bytes, *, first: bool = False) -> bytes:
    """Return `content` in as many plaintext records as it needs.

    `first` marks the ClientHello, whose record says version 3.1 for servers that read it before they
    negotiate (RFC 5246, appendix E.1).
    """
    version = _FIRST_RECORD_VERSION if first else PROTOCOL_VERSION
    return b"".join(
        PlainRecord(content_type=content_type, fragment=fragment).encode(version=version)
        for fragment in fragments(content)
    )


def fragments(content: bytes, size: int = MAXIMUM_FRAGMENT) -> Iterator[bytes]:
    """Yield `content` in pieces of at most `size` octets, in order."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


class RecordParser:
    """Cuts the octets of one direction into records, whatever pieces they arrive in.

    `next_record` yields plaintext records until `begin_protection` is called, which the caller does once it
    has accepted the peer's ChangeCipherSpec. A length is checked as soon as the header is there, so at most
    one record is waited for. Refuses `tls/record-overflow`, `tls/unsupported-version`,
    `tls/unexpected-message` (an unknown content type, a second ChangeCipherSpec) and `tls/malformed` (an
    empty record, a protected one too short for nonce and tag). A record without content is refused in both
    states: it authenticates nothing that is said, and floods of them cost only the receiver.
    """

    __slots__ = ("_buffer", "_protected")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._protected = False

    @property
    def incomplete(self) -> bool:
        """Whether octets are waiting that form no complete record."""
        return bool(self._buffer)

    def begin_protection(self) -> None:
        """Read every following record as a protected one."""
        self._protected = True

    def add(self, data: bytes) -> None:
        """Take octets from the stream."""
        self._buffer += data

    def next_record(self) -> Record | None:
        """Return the next complete record, or None while octets of it are missing."""
        if not self._buffer:
            return None
        content_type = self._content_type()
        if len(self._buffer) < RECORD_HEADER_SIZE:
            return None
        self._check_version(content_type)
        length = int.from_bytes(self._buffer[3:RECORD_HEADER_SIZE], "big")
        self._check_length(length)
        end = RECORD_HEADER_SIZE + length
        if len(self._buffer) < end:
            return None
        fragment = bytes(self._buffer[RECORD_HEADER_SIZE:end])
        del self._buffer[:end]
        if not self._protected:
            return PlainRecord(content_type=content_type, fragment=fragment)
        return ProtectedRecord(
            content_type=content_type,
            explicit_nonce=fragment[:EXPLICIT_NONCE_SIZE],
            ciphertext=fragment[EXPLICIT_NONCE_SIZE:-TAG_SIZE],
            tag=fragment[-TAG_SIZE:],
        )

    def _content_type(self) -> ContentType:
        try:
            content_type = ContentType(self._buffer[0])
        except ValueError:
            raise Refused("tls/unexpected-message", f"content type {self._buffer[0]}") from None
        if self._protected and content_type is ContentType.CHANGE_CIPHER_SPEC:
            raise Refused("tls/unexpected-message", "a second ChangeCipherSpec")
        return content_type

    def _check_version(self, content_type: ContentType) -> None:
        version = bytes(self._buffer[1:3])
        # A server without TLS 1.2 says so in an alert under its own version; that answer is worth more than
        # its header.
        foreign_alert = (
            content_type is ContentType.ALERT and not self._protected and version[0] == PROTOCOL_VERSION[0]
        )
        if version != PROTOCOL_VERSION and not foreign_alert:
            raise Refused("tls/unsupported-version", f"record of version {version.hex()}")

    def _check_length(self, length: int) -> None:
        overhead = PROTECTION_OVERHEAD if self._protected else 0
        if length > MAXIMUM_FRAGMENT + overhead:
            raise Refused("tls/record-overflow", f"record of {length} octets")
        if length <= overhead:
            raise Refused("tls/malformed", f"record of {length} octets has no content")
