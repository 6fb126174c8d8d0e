"""The client's side of a full TLS 1.2 handshake, without any secret (RFC 5246, section 7.3; 7627; 8422).

Who computes the pre-master secret, the keys and the two verify data is the caller's business: the two-party
computation in a session, one local key in `plain_client`. This machine writes the client's messages, checks
the order and form of the server's, and hashes both.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum, auto, unique

from ..foundation.errors import Refused
from . import p256
from .alerts import alert_name, is_close_notify, receive_alert
from .constants import (
    CHANGE_CIPHER_SPEC_BODY,
    FINISHED_SIZE,
    RANDOM_SIZE,
    CipherSuite,
    ContentType,
    HandshakeType,
    SignatureScheme,
)
from .hello import ClientHello, ServerHello, decode_server_hello
from .messages import (
    EMPTY_CERTIFICATE,
    HandshakeMessage,
    HandshakeReassembly,
    ServerKeyExchange,
    check_certificate_request,
    client_key_exchange,
    decode_certificate,
    decode_server_key_exchange,
    finished,
)
from .record_layer import PlainRecord
from .server_name import ServerName

_MAXIMUM_WARNINGS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFlight:
    """Everything the server said up to ServerHelloDone; the signature is not verified yet.

    `server_ephemeral_key` is 65 octets and on the curve, `certificate_chain` DER with the server's own first.
    """

    server_random: bytes
    cipher_suite: CipherSuite
    extended_master_secret: bool
    certificate_chain: tuple[bytes, ...]
    server_ephemeral_key: bytes
    signature_scheme: SignatureScheme
    signature: bytes
    certificate_requested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCipherSpec:
    """The server's ChangeCipherSpec: what follows is protected."""


@unique
class _State(Enum):
    START = auto()
    SERVER_HELLO = auto()
    CERTIFICATE = auto()
    SERVER_KEY_EXCHANGE = auto()
    CERTIFICATE_REQUEST_OR_DONE = auto()
    SERVER_HELLO_DONE = auto()
    CLIENT_KEY_EXCHANGE = auto()
    CLIENT_FINISHED = auto()
    CHANGE_CIPHER_SPEC = auto()
    SERVER_FINISHED = auto()
    DONE = auto()


class ClientHandshake:
    """One handshake as the client, run by the Prover; sans-IO.

    Order of calls: `client_hello`; `receive` for each plaintext record until it returns a `ServerFlight`;
    `client_key_exchange`; `session_hash`; `client_finished`; `receive` until it returns `ChangeCipherSpec`;
    `server_finished_hash` and `check_server_finished`. A call out of this order raises RuntimeError, a
    message of the server out of order is refused with `tls/unexpected-message`. One object serves one
    handshake with one client random.
    """

    __slots__ = (
        "_certificate_chain",
        "_certificate_requested",
        "_client_hello",
        "_key_exchange",
        "_reassembly",
        "_server_hello",
        "_state",
        "_transcript",
        "_warnings",
    )

    def __init__(
        self, *, server_name: ServerName, client_random: bytes, extended_master_secret: bool = True
    ) -> None:
        if len(client_random) != RANDOM_SIZE:
            raise ValueError("a client random is 32 octets")
        self._client_hello = ClientHello(
            client_random=client_random,
            host_name=server_name.host_name,
            extended_master_secret=extended_master_secret,
        )
        self._state = _State.START
        self._reassembly = HandshakeReassembly()
        self._transcript = hashlib.sha256()
        self._warnings = 0
        self._server_hello: ServerHello | None = None
        self._certificate_chain: tuple[bytes, ...] = ()
        self._key_exchange: ServerKeyExchange | None = None
        self._certificate_requested = False

    def client_hello(self) -> bytes:
        """Return the ClientHello message."""
        self._enter(_State.START, _State.SERVER_HELLO)
        return self._hashed(self._client_hello.encode())

    def receive(self, record: PlainRecord) -> ServerFlight | ChangeCipherSpec | None:
        """Take the next plaintext record of the server; return what it completes, if anything.

        Refuses `tls/unexpected-message`, `tls/malformed`, `tls/alert-received` (a fatal alert, close_notify,
        more than four warnings) and everything the decoders of the messages refuse.
        """
        if record.content_type is ContentType.ALERT:
            self._receive_alert(record.fragment)
            return None
        if record.content_type is ContentType.HANDSHAKE:
            return self._receive_handshake(record.fragment)
        if record.content_type is ContentType.CHANGE_CIPHER_SPEC:
            return self._receive_change_cipher_spec(record.fragment)
        raise Refused("tls/unexpected-message", "application data before the handshake is complete")

    def client_key_exchange(self, public_key: bytes) -> bytes:
        """Return ClientKeyExchange with the client's point of 65 octets.

        Before it stands an empty Certificate if the server requested one.
        """
        p256.decode_point(public_key)
        self._enter(_State.CLIENT_KEY_EXCHANGE, _State.CLIENT_FINISHED)
        certificate = EMPTY_CERTIFICATE if self._certificate_requested else b""
        return self._hashed(certificate + client_key_exchange(public_key))

    def session_hash(self) -> bytes:
        """Return SHA-256 of all messages up to ClientKeyExchange (RFC 7627, section 3)."""
        self._require(_State.CLIENT_FINISHED)
        return self._transcript.digest()

    def client_finished_hash(self) -> bytes:
        """Return the hash under the client's Finished.

        It is the session hash, as this client sends no CertificateVerify.
        """
        return self.session_hash()

    def client_finished(self, verify_data: bytes) -> bytes:
        """Return the client's Finished, 16 octets for the caller to protect; the server's will cover it."""
        message = finished(verify_data)
        self._enter(_State.CLIENT_FINISHED, _State.CHANGE_CIPHER_SPEC)
        return self._hashed(message)

    def server_finished_hash(self) -> bytes:
        """Return the hash under the server's Finished."""
        if self._state not in (_State.CHANGE_CIPHER_SPEC, _State.SERVER_FINISHED):
            raise RuntimeError("the server's Finished hash exists between both Finished messages")
        return self._transcript.digest()

    def check_server_finished(self, message: bytes, verify_data: bytes) -> None:
        """Accept the decrypted Finished message if it is `verify_data` behind the right header.

        Refuses `tls/malformed` for another length and `mpc-tls/server-finished-mismatch` for other content.
        """
        self._require(_State.SERVER_FINISHED)
        if len(message) != FINISHED_SIZE:
            raise Refused("tls/malformed", f"Finished of {len(message)} octets")
        if not hmac.compare_digest(message, finished(verify_data)):
            raise Refused("mpc-tls/server-finished-mismatch", "the server's Finished is not the expected one")
        self._state = _State.DONE

    def _require(self, state: _State) -> None:
        if self._state is not state:
            raise RuntimeError(f"called in state {self._state.name}, not {state.name}")

    def _enter(self, before: _State, after: _State) -> None:
        self._require(before)
        self._state = after

    def _hashed(self, messages: bytes) -> bytes:
        self._transcript.update(messages)
        return messages

    def _receive_alert(self, fragment: bytes) -> None:
        receive_alert(fragment)
        self._warnings += 1
        if is_close_notify(fragment) or self._warnings > _MAXIMUM_WARNINGS:
            raise Refused("tls/alert-received", f"{alert_name(fragment)} during the handshake")

    def _receive_change_cipher_spec(self, fragment: bytes) -> ChangeCipherSpec:
        if self._state is not _State.CHANGE_CIPHER_SPEC or self._reassembly.incomplete:
            raise Refused("tls/unexpected-message", f"ChangeCipherSpec in state {self._state.name.lower()}")
        if fragment != CHANGE_CIPHER_SPEC_BODY:
            raise Refused("tls/malformed", "ChangeCipherSpec is one octet 1")
        self._state = _State.SERVER_FINISHED
        return ChangeCipherSpec()

    def _receive_handshake(self, fragment: bytes) -> ServerFlight | None:
        self._reassembly.add(fragment)
        while (message := self._reassembly.next_message()) is not None:
            self._receive_message(message)
            self._hashed(message.encoded)
        if self._state is not _State.CLIENT_KEY_EXCHANGE:
            return None
        if self._reassembly.incomplete:
            raise Refused("tls/unexpected-message", "handshake octets after ServerHelloDone")
        return self._flight()

    def _receive_message(self, message: HandshakeMessage) -> None:
        kind, state = message.kind, self._state
        if kind is HandshakeType.SERVER_HELLO and state is _State.SERVER_HELLO:
            self._server_hello = decode_server_hello(message.body, self._client_hello)
            self._state = _State.CERTIFICATE
        elif kind is HandshakeType.CERTIFICATE and state is _State.CERTIFICATE:
            self._certificate_chain = decode_certificate(message.body)
            self._state = _State.SERVER_KEY_EXCHANGE
        elif kind is HandshakeType.SERVER_KEY_EXCHANGE and state is _State.SERVER_KEY_EXCHANGE:
            self._key_exchange = decode_server_key_exchange(message.body, self._chosen().cipher_suite)
            p256.decode_point(self._key_exchange.public_key)
            self._state = _State.CERTIFICATE_REQUEST_OR_DONE
        elif kind is HandshakeType.CERTIFICATE_REQUEST and state is _State.CERTIFICATE_REQUEST_OR_DONE:
            check_certificate_request(message.body)
            self._certificate_requested = True
            self._state = _State.SERVER_HELLO_DONE
        elif kind is HandshakeType.SERVER_HELLO_DONE and state in (
            _State.CERTIFICATE_REQUEST_OR_DONE,
            _State.SERVER_HELLO_DONE,
        ):
            self._state = _State.CLIENT_KEY_EXCHANGE
        else:
            raise Refused("tls/unexpected-message", f"{kind.name.lower()} in state {state.name.lower()}")

    def _chosen(self) -> ServerHello:
        if self._server_hello is None:
            raise RuntimeError("no ServerHello yet")
        return self._server_hello

    def _flight(self) -> ServerFlight:
        chosen, key_exchange = self._chosen(), self._key_exchange
        if key_exchange is None:
            raise RuntimeError("no ServerKeyExchange yet")
        return ServerFlight(
            server_random=chosen.server_random,
            cipher_suite=chosen.cipher_suite,
            extended_master_secret=chosen.extended_master_secret,
            certificate_chain=self._certificate_chain,
            server_ephemeral_key=key_exchange.public_key,
            signature_scheme=key_exchange.signature_scheme,
            signature=key_exchange.signature,
            certificate_requested=self._certificate_requested,
        )
