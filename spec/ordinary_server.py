"""An ordinary TLS 1.2 server: the role that knows nothing of this protocol.

It answers a hello, takes one client key, checks the client's Finished and exchanges records, as RFC 5246
section 7.3 has it, and cannot tell that two parties share the client's secrets. Session tickets,
renegotiation and compression are not offered. The key exchange itself is `key_exchange/combined_public_key`
and `key_exchange/server_public_key`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .digests import sha256
from .identifiers import TLS_1_2
from .key_exchange.combined_public_key import ServerSigningKey
from .mpc_tls.messages import Record
from .reasons import Reason, Rejection
from .tls.constants import (
    CLIENT_FINISHED_LABEL,
    CLOSE_NOTIFY,
    SECP256R1,
    SERVER_FINISHED_LABEL,
    ContentType,
    SignatureScheme,
)
from .tls.handshake_messages import finished_message
from .tls.pseudorandom_function import (
    derive_master_secret,
    derive_traffic_keys,
    derive_verify_data,
    master_secret_seed,
)
from .tls.record_protection import WriteKey, explicit_nonce_of, protect, unprotect

_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE, _SERVER_KEY_EXCHANGE = 1, 2, 11, 12
_SERVER_HELLO_DONE, _CLIENT_KEY_EXCHANGE = 14, 16
_SERVER_NAME, _SUPPORTED_GROUPS, _POINT_FORMATS, _SIGNATURE_ALGORITHMS, _EXTENDED_MASTER_SECRET = (
    0,
    10,
    11,
    13,
    23,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfiguration:
    """What the Server is set up with: certificates in DER, leaf first, their key, and what it chooses."""

    certificates: tuple[bytes, ...]
    signing_key: ServerSigningKey
    cipher_suite: int
    extended_master_secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinaryServer:
    """The Server once both sides hold the pre-master secret: keys, handshake so far, records counted."""

    master_secret: bytes = field(repr=False)
    client: WriteKey = field(repr=False)
    server: WriteKey = field(repr=False)
    handshake: bytes
    received: int = 0
    sent: int = 0


# --- Handshake messages, as both sides put them together ---------------------------------------------------


def _vector(width: int, octets: bytes) -> bytes:
    return len(octets).to_bytes(width, "big") + octets


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _vector(3, body)


def _extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + _vector(2, body)


def client_hello(*, client_random: bytes, server_name: str, cipher_suites: tuple[int, ...]) -> bytes:
    """Return ClientHello: RFC 5246 section 7.4.1.2, with extensions of RFC 6066, 8422 and 7627."""
    suites = b"".join(suite.to_bytes(2, "big") for suite in cipher_suites)
    schemes = b"".join(scheme.to_bytes(2, "big") for scheme in SignatureScheme)
    host_name = b"\x00" + _vector(2, server_name.encode("ascii"))
    extensions = (
        _extension(_SERVER_NAME, _vector(2, host_name))
        + _extension(_SUPPORTED_GROUPS, _vector(2, SECP256R1.to_bytes(2, "big")))
        + _extension(_POINT_FORMATS, _vector(1, b"\x00"))
        + _extension(_SIGNATURE_ALGORITHMS, _vector(2, schemes))
        + _extension(_EXTENDED_MASTER_SECRET, b"")
    )
    no_session, no_compression = _vector(1, b""), _vector(1, b"\x00")
    body = TLS_1_2.to_bytes(2, "big") + client_random + no_session + _vector(2, suites) + no_compression
    return _message(_CLIENT_HELLO, body + _vector(2, extensions))


def server_flight(
    configuration: ServerConfiguration, *, server_random: bytes, key_exchange_body: bytes
) -> bytes:
    """Return ServerHello, Certificate, ServerKeyExchange and ServerHelloDone."""
    extensions = _extension(_POINT_FORMATS, _vector(1, b"\x00"))
    if configuration.extended_master_secret:
        extensions += _extension(_EXTENDED_MASTER_SECRET, b"")
    hello = (
        TLS_1_2.to_bytes(2, "big")
        + server_random
        + _vector(1, b"")
        + configuration.cipher_suite.to_bytes(2, "big")
        + b"\x00"
        + _vector(2, extensions)
    )
    certificates = b"".join(_vector(3, certificate) for certificate in configuration.certificates)
    return (
        _message(_SERVER_HELLO, hello)
        + _message(_CERTIFICATE, _vector(3, certificates))
        + _message(_SERVER_KEY_EXCHANGE, key_exchange_body)
        + _message(_SERVER_HELLO_DONE, b"")
    )


def client_key_exchange(body: bytes) -> bytes:
    """Return ClientKeyExchange."""
    return _message(_CLIENT_KEY_EXCHANGE, body)


# --- What the Server does with its keys --------------------------------------------------------------------


def derive_keys(
    *,
    pre_master_secret: bytes,
    client_random: bytes,
    server_random: bytes,
    extended_master_secret: bool,
    handshake: bytes,
) -> OrdinaryServer:
    """Compute the key schedule in the clear; `handshake` ends with ClientKeyExchange."""
    seed = master_secret_seed(
        client_random=client_random,
        server_random=server_random,
        session_hash=sha256(handshake) if extended_master_secret else None,
    )
    master_secret = derive_master_secret(pre_master_secret, seed)
    keys = derive_traffic_keys(master_secret, client_random=client_random, server_random=server_random)
    return OrdinaryServer(
        master_secret=master_secret,
        client=WriteKey(key=keys.client_key, implicit_nonce=keys.client_implicit_nonce),
        server=WriteKey(key=keys.server_key, implicit_nonce=keys.server_implicit_nonce),
        handshake=handshake,
    )


def read_record(server: OrdinaryServer, record: Record) -> tuple[OrdinaryServer, bytes]:
    """Decrypt the client's next record. Raises RecordAuthenticationError: a server would end it."""
    plaintext = unprotect(server.client, sequence_number=server.received, record=record.protected())
    return replace(server, received=server.received + 1), plaintext


def write_record(
    server: OrdinaryServer, content_type: ContentType, plaintext: bytes
) -> tuple[OrdinaryServer, Record]:
    """Encrypt the Server's next record. Its explicit nonces count, on which nobody relies."""
    record = protect(
        server.server,
        sequence_number=server.sent,
        content_type=content_type,
        explicit_nonce=explicit_nonce_of(server.sent),
        plaintext=plaintext,
    )
    after = replace(server, sent=server.sent + 1)
    return after, Record(
        content_type=record.content_type,
        version=record.version,
        explicit_nonce=record.explicit_nonce,
        ciphertext=record.ciphertext,
        tag=record.tag,
    )


def exchange_finished(server: OrdinaryServer, record: Record) -> tuple[OrdinaryServer, Record]:
    """Check the client's Finished and return the Server's.

    Rejects with mpc-tls/client-finished-mismatch, which on the wire is the alert decrypt_error.
    """
    server, plaintext = read_record(server, record)
    verify_data = derive_verify_data(server.master_secret, CLIENT_FINISHED_LABEL, sha256(server.handshake))
    expected = finished_message(verify_data)
    if plaintext != expected:
        raise Rejection(Reason.MPC_TLS_CLIENT_FINISHED_MISMATCH)
    server = replace(server, handshake=server.handshake + expected)
    verify_data = derive_verify_data(server.master_secret, SERVER_FINISHED_LABEL, sha256(server.handshake))
    return write_record(server, ContentType.HANDSHAKE, finished_message(verify_data))


def respond(
    server: OrdinaryServer, octets: tuple[bytes, ...], *, close_notify: bool
) -> tuple[OrdinaryServer, tuple[Record, ...]]:
    """Send application data, one record for each item, and then close_notify or nothing."""
    records = []
    for plaintext in octets:
        server, record = write_record(server, ContentType.APPLICATION_DATA, plaintext)
        records.append(record)
    if close_notify:
        server, record = write_record(server, ContentType.ALERT, CLOSE_NOTIFY)
        records.append(record)
    return server, tuple(records)
