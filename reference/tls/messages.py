"""Handshake messages after the hellos, and their reassembly from records (RFC 5246, section 7.4; 8422)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused
from .constants import (
    HANDSHAKE_HEADER_SIZE,
    KEY_EXCHANGE_SCHEMES,
    MAXIMUM_CERTIFICATE,
    MAXIMUM_CERTIFICATE_MESSAGE,
    MAXIMUM_CERTIFICATES,
    MAXIMUM_SIGNATURE,
    NAMED_CURVE,
    POINT_SIZE,
    SECP256R1,
    VERIFY_DATA_SIZE,
    CipherSuite,
    HandshakeType,
    SignatureScheme,
)
from .wire import WireReader, vector

# The longest body each message of a server may have; a type that is not listed here never begins.
_MAXIMUM_BODY: Final = {
    HandshakeType.HELLO_REQUEST: 0,
    HandshakeType.SERVER_HELLO: 1 << 13,
    HandshakeType.NEW_SESSION_TICKET: 1 << 16,
    HandshakeType.CERTIFICATE: MAXIMUM_CERTIFICATE_MESSAGE,
    HandshakeType.SERVER_KEY_EXCHANGE: 1 << 11,
    HandshakeType.CERTIFICATE_REQUEST: 1 << 16,
    HandshakeType.SERVER_HELLO_DONE: 0,
    HandshakeType.FINISHED: VERIFY_DATA_SIZE,
    HandshakeType.CERTIFICATE_STATUS: 1 << 16,
}


def handshake_message(kind: HandshakeType, body: bytes) -> bytes:
    """Return one handshake message: type, length in three octets, body."""
    return bytes([kind]) + vector(3, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeMessage:
    """One complete message of the server; `encoded` is what enters the transcript hash."""

    kind: HandshakeType
    encoded: bytes

    @property
    def body(self) -> bytes:
        """The message without its header."""
        return self.encoded[HANDSHAKE_HEADER_SIZE:]


class HandshakeReassembly:
    """Joins the fragments of handshake records into messages and cuts coalesced messages apart.

    Buffers at most one record beside one message, whose announced length is checked against the limit of its
    type as soon as its header is there. Refuses `tls/malformed` for a type no server sends and for a length
    over the limit.
    """

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def incomplete(self) -> bool:
        """Whether octets of an unfinished message are waiting."""
        return bool(self._buffer)

    def add(self, fragment: bytes) -> None:
        """Take the fragment of the next handshake record."""
        self._buffer += fragment

    def next_message(self) -> HandshakeMessage | None:
        """Return the next complete message, or None while octets of it are missing."""
        if not self._buffer:
            return None
        try:
            kind = HandshakeType(self._buffer[0])
            limit = _MAXIMUM_BODY[kind]
        except (ValueError, KeyError):
            raise Refused("tls/malformed", f"handshake type {self._buffer[0]} is not a server's") from None
        if len(self._buffer) < HANDSHAKE_HEADER_SIZE:
            return None
        length = int.from_bytes(self._buffer[1:HANDSHAKE_HEADER_SIZE], "big")
        if length > limit:
            raise Refused("tls/malformed", f"{kind.name.lower()} of {length} octets, at most {limit}")
        end = HANDSHAKE_HEADER_SIZE + length
        if len(self._buffer) < end:
            return None
        encoded = bytes(self._buffer[:end])
        del self._buffer[:end]
        return HandshakeMessage(kind=kind, encoded=encoded)


def decode_certificate(body: bytes) -> tuple[bytes, ...]:
    """Return the DER certificates of a Certificate message, the server's own first (RFC 5246, section 7.4.2).

    Refuses `tls/certificate-missing` for an empty list and `tls/malformed` for anything else that is not a
    list of 1 to 16 certificates of at most 65535 octets. The certificates themselves are not parsed here.
    """
    outer = WireReader(body, "Certificate")
    entries = WireReader(outer.vector(3), "certificate list")
    outer.finish()
    chain: list[bytes] = []
    while entries.remaining:
        if len(chain) == MAXIMUM_CERTIFICATES:
            raise Refused("tls/malformed", f"more than {MAXIMUM_CERTIFICATES} certificates")
        chain.append(entries.vector(3, minimum=1, maximum=MAXIMUM_CERTIFICATE))
    if not chain:
        raise Refused("tls/certificate-missing", "the server sent no certificate")
    return tuple(chain)


EMPTY_CERTIFICATE: Final = handshake_message(HandshakeType.CERTIFICATE, vector(3, b""))
"""What a client without a certificate answers to a CertificateRequest (RFC 5246, section 7.4.6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKeyExchange:
    """The server's ephemeral point (65 octets) and its signature over randoms and point."""

    public_key: bytes
    signature_scheme: SignatureScheme
    signature: bytes


def key_exchange_parameters(public_key: bytes) -> bytes:
    """Return ServerECDHParams of a P-256 point: named curve, secp256r1, point (RFC 8422, section 5.4)."""
    return bytes([NAMED_CURVE]) + SECP256R1.to_bytes(2, "big") + vector(1, public_key)


def decode_server_key_exchange(body: bytes, suite: CipherSuite) -> ServerKeyExchange:
    """Return the fields of a ServerKeyExchange (RFC 8422, section 5.4).

    Refuses `tls/unsupported-group` for anything but the named curve secp256r1, `key-exchange/invalid-point`
    for a point that is not 65 octets beginning with 4, `tls/unsupported-signature-scheme` for a scheme that
    was not offered or does not belong to the suite, and `tls/malformed`. Whether the point lies on the curve
    is checked by `p256.decode_point`.
    """
    reader = WireReader(body, "ServerKeyExchange")
    curve_type = reader.integer(1)
    group = reader.integer(2) if curve_type == NAMED_CURVE else None
    if group != SECP256R1:
        raise Refused("tls/unsupported-group", f"curve type {curve_type}, group {group}")
    public_key = reader.vector(1)
    if len(public_key) != POINT_SIZE or public_key[0] != 4:
        raise Refused(
            "key-exchange/invalid-point", f"a point of {len(public_key)} octets that is not uncompressed"
        )
    number = reader.integer(2)
    try:
        scheme = SignatureScheme(number)
    except ValueError:
        raise Refused("tls/unsupported-signature-scheme", f"scheme {number:#06x} was not offered") from None
    if scheme not in KEY_EXCHANGE_SCHEMES[suite]:
        raise Refused("tls/unsupported-signature-scheme", f"{scheme.name.lower()} in {suite.name}")
    signature = reader.vector(2, minimum=1, maximum=MAXIMUM_SIGNATURE)
    reader.finish()
    return ServerKeyExchange(public_key=public_key, signature_scheme=scheme, signature=signature)


def check_certificate_request(body: bytes) -> None:
    """Refuse a CertificateRequest that is not well formed, with `tls/malformed` (RFC 5246, section 7.4.4)."""
    reader = WireReader(body, "CertificateRequest")
    reader.vector(1, minimum=1)
    schemes = reader.vector(2, minimum=2)
    names = WireReader(reader.vector(2), "certificate authorities")
    reader.finish()
    if len(schemes) % 2:
        raise Refused("tls/malformed", "CertificateRequest: half a signature scheme")
    while names.remaining:
        names.vector(2, minimum=1)


def client_key_exchange(public_key: bytes) -> bytes:
    """Return the ClientKeyExchange message for a 65-octet point (RFC 8422, section 5.7)."""
    return handshake_message(HandshakeType.CLIENT_KEY_EXCHANGE, vector(1, public_key))


def finished(verify_data: bytes) -> bytes:
    """Return the Finished message of 16 octets for 12 octets of verify data (RFC 5246, section 7.4.9)."""
    if len(verify_data) != VERIFY_DATA_SIZE:
        raise ValueError("verify data is 12 octets")
    return handshake_message(HandshakeType.FINISHED, verify_data)
