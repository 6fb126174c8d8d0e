"""The handshake messages of TLS 1.2 that carry what the protocol checks and records, and `HandshakeData`.

Sources: RFC 5246 sections 7.4 (framing), 7.4.2 (Certificate), 7.4.9 (Finished); RFC 8422 sections 5.4
(ServerKeyExchange) and 5.7 (ClientKeyExchange). Integers are big-endian here, as everywhere in TLS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..algebra.p256 import POINT_LENGTH
from ..encoding import U16, Limit, Structure
from .constants import FINISHED_HEADER, NAMED_CURVE, SECP256R1, HandshakeType

MAXIMUM_CERTIFICATES = 16
MAXIMUM_CERTIFICATE_LENGTH = 65535
MAXIMUM_SIGNATURE_LENGTH = 1024

Certificate = Annotated[bytes, Limit(MAXIMUM_CERTIFICATE_LENGTH)]


class HandshakeMessageError(Exception):
    """A handshake message of the Server is malformed, or not what the agreed suite allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeData(Structure):
    """What the Server sent about its identity: certificates in DER, leaf first, and its signature.

    The Notary gets a hiding commitment to it; a Verifier gets it inside an identity proof.
    """

    certificates: Annotated[tuple[Certificate, ...], Limit(MAXIMUM_CERTIFICATES, minimum=1)]
    signature_algorithm: U16
    signature: Annotated[bytes, Limit(MAXIMUM_SIGNATURE_LENGTH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKeyExchange:
    """The Server's ephemeral point as 65 octets, not yet checked to be one, and the signature over it."""

    server_ephemeral_key: bytes
    signature_algorithm: int
    signature: bytes


class _Reader:
    """Octets of one message, read from the front; short input is refused."""

    def __init__(self, octets: bytes) -> None:
        self._rest = octets

    def take(self, count: int) -> bytes:
        if len(self._rest) < count:
            raise HandshakeMessageError("the message ends early")
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))

    @property
    def is_empty(self) -> bool:
        return not self._rest

    def finish(self) -> None:
        if self._rest:
            raise HandshakeMessageError("octets follow the message")


def handshake_message(kind: HandshakeType, body: bytes) -> bytes:
    """A whole handshake message: type, length in 24 bits, body."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def finished_message(verify_data: bytes) -> bytes:
    """The 16 octets that are record 0 of each direction."""
    return FINISHED_HEADER + verify_data


def decode_certificates(body: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a Certificate message in its order. Refuses none, too many, and other
    framing.
    """
    reader = _Reader(body)
    entries = _Reader(reader.vector(3))
    reader.finish()
    certificates: list[bytes] = []
    while not entries.is_empty:
        certificates.append(entries.vector(3))
    if not 1 <= len(certificates) <= MAXIMUM_CERTIFICATES:
        raise HandshakeMessageError(f"{len(certificates)} certificates, not 1 to {MAXIMUM_CERTIFICATES}")
    if any(len(certificate) > MAXIMUM_CERTIFICATE_LENGTH for certificate in certificates):
        raise HandshakeMessageError("a certificate is too long")
    return tuple(certificates)


def encode_key_exchange_parameters(server_ephemeral_key: bytes) -> bytes:
    """ServerECDHParams for P-256: 03 00 17, length 65, point."""
    return (
        bytes([NAMED_CURVE])
        + SECP256R1.to_bytes(2, "big")
        + bytes([len(server_ephemeral_key)])
        + server_ephemeral_key
    )


def signed_parameters(*, client_random: bytes, server_random: bytes, server_ephemeral_key: bytes) -> bytes:
    """What the Server signs: both randoms, client first, and the parameters. Always 133 octets."""
    return client_random + server_random + encode_key_exchange_parameters(server_ephemeral_key)


def encode_server_key_exchange(message: ServerKeyExchange) -> bytes:
    """The body of a ServerKeyExchange message."""
    return (
        encode_key_exchange_parameters(message.server_ephemeral_key)
        + message.signature_algorithm.to_bytes(2, "big")
        + len(message.signature).to_bytes(2, "big")
        + message.signature
    )


def decode_server_key_exchange(body: bytes) -> ServerKeyExchange:
    """Read a ServerKeyExchange body. Refuses another curve than P-256 and any length but 65 for the point."""
    reader = _Reader(body)
    if (reader.number(1), reader.number(2)) != (NAMED_CURVE, SECP256R1):
        raise HandshakeMessageError("the Server's key is not on the named curve P-256")
    point = reader.vector(1)
    if len(point) != POINT_LENGTH:
        raise HandshakeMessageError(f"the Server's point has {len(point)} octets")
    signature_algorithm = reader.number(2)
    signature = reader.vector(2)
    reader.finish()
    if len(signature) > MAXIMUM_SIGNATURE_LENGTH:
        raise HandshakeMessageError("the Server's signature is too long")
    return ServerKeyExchange(
        server_ephemeral_key=point, signature_algorithm=signature_algorithm, signature=signature
    )


def encode_client_key_exchange(public_key: bytes) -> bytes:
    """The body of a ClientKeyExchange message: length 65 and the point."""
    return bytes([len(public_key)]) + public_key


def decode_client_key_exchange(body: bytes) -> bytes:
    """The client's point, as the Server reads it."""
    reader = _Reader(body)
    point = reader.vector(1)
    reader.finish()
    return point
