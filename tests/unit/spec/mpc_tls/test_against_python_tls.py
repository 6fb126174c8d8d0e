"""The specification's Prover and Notary speak TLS 1.2 with Python's own `ssl`, which cannot tell.

The handshake messages are written here, octet by octet, because the specification only has those it checks.
"""

from __future__ import annotations

import hashlib
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mpctls.spec.ideal.two_party_computation import TwoPartyComputation
from mpctls.spec.identifiers import Closure, Direction
from mpctls.spec.key_exchange import (
    combined_public_key,
    forward_server_public_key,
    secure_two_party_computation,
    server_public_key,
    verifier_public_key,
)
from mpctls.spec.key_exchange.server_public_key import ServerPublicKey
from mpctls.spec.mpc_tls import finalisation, key_schedule, key_share
from mpctls.spec.mpc_tls.close import receive, send
from mpctls.spec.mpc_tls.connection import Connection, KeyScheduleParameters
from mpctls.spec.mpc_tls.finished import open_verify_data, verify_server_finished
from mpctls.spec.mpc_tls.messages import Budget, FinishedHash, Record
from mpctls.spec.mpc_tls.records import (
    answer_ciphertext,
    complete_record,
    decrypt_server_finished,
    encrypt,
    register_received,
    register_sent,
    report_received,
    share_hash_key,
)
from mpctls.spec.randomness import Randomness
from mpctls.spec.tls.constants import ContentType, HandshakeType
from mpctls.spec.tls.handshake_messages import (
    HandshakeData,
    decode_certificates,
    decode_server_key_exchange,
    finished_message,
    handshake_message,
)
from mpctls.spec.tls.server_identity import KeyExchange, verify_server_identity
from tests.unit.spec.tls.certificates import NOW, SigningKey, authority, make_certificate, rsa_key

SESSION = bytes(range(32))
BUDGET = Budget(sent_octets=200, sent_records=4, received_octets=500, received_records=4)
REQUEST, ANSWER = b"GET /account HTTP/1.1\r\nHost: bank.example\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nbalance 12"


class PythonServer:
    """A TLS server of the standard library between two buffers."""

    def __init__(self, key: SigningKey, folder: Path) -> None:
        pem = folder / "server.pem"
        certificate = make_certificate(key, ["bank.example"])
        pem.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_TICKET
        context.load_cert_chain(pem)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def take(self, octets: bytes) -> list[tuple[int, bytes]]:
        """Give the server octets during the handshake; return the records it answers, as (type, fragment)."""
        self._incoming.write(octets)
        with suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self.records()

    def deliver(self, octets: bytes) -> bytes:
        """Give the server a record of application data; return what it reads."""
        self._incoming.write(octets)
        return self.tls.read(1000)

    def say_goodbye(self) -> None:
        """Send close_notify; the client's own never comes."""
        with suppress(ssl.SSLWantReadError):
            self.tls.unwrap()

    def records(self) -> list[tuple[int, bytes]]:
        """The records that the server has written since the last call."""
        octets = self._outgoing.read()
        records = []
        while octets:
            end = 5 + int.from_bytes(octets[3:5], "big")
            records.append((octets[0], octets[5:end]))
            octets = octets[end:]
        return records


def _plain(content_type: int, fragment: bytes) -> bytes:
    return bytes([content_type, 3, 3]) + len(fragment).to_bytes(2, "big") + fragment


def _client_hello(client_random: bytes, suite: int, extended: bool) -> bytes:
    extensions = b"\x00\x0a\x00\x04\x00\x02\x00\x17" + b"\x00\x0b\x00\x02\x01\x00"
    extensions += b"\x00\x0d\x00\x08\x00\x06\x04\x03\x08\x04\x04\x01"
    extensions += b"\x00\x17\x00\x00" if extended else b""
    body = b"\x03\x03" + client_random + b"\0" + b"\0\4" + suite.to_bytes(2, "big") + b"\x00\xff" + b"\1\0"
    return (
        b"\1"
        + (len(body) + 2 + len(extensions)).to_bytes(3, "big")
        + body
        + (len(extensions).to_bytes(2, "big") + extensions)
    )


def _handshake_messages(records: list[tuple[int, bytes]]) -> dict[int, bytes]:
    stream = b"".join(fragment for kind, fragment in records if kind == ContentType.HANDSHAKE)
    messages: dict[int, bytes] = {}
    while stream:
        end = 4 + int.from_bytes(stream[1:4], "big")
        messages[stream[0]] = stream[4:end]
        stream = stream[end:]
    return messages


def _protected(content_type: int, fragment: bytes) -> Record:
    return Record(
        content_type=content_type,
        explicit_nonce=fragment[:8],
        ciphertext=fragment[8:-16],
        tag=fragment[-16:],
    )


def _write(connection: Connection, content_type: int, plaintext: bytes) -> tuple[Connection, bytes]:
    connection, ciphertext = encrypt(connection, content_type, plaintext, Randomness(plaintext))
    connection, share = answer_ciphertext(connection, ciphertext)
    connection, registration = complete_record(connection, share)
    return register_sent(connection, registration), registration.record.protected().to_wire()


def _read(connection: Connection, content_type: int, fragment: bytes) -> Connection:
    connection, message = report_received(connection, _protected(content_type, fragment))
    return register_received(connection, message)


@pytest.mark.parametrize("extended", [True, False], ids=["extended master secret", "plain master secret"])
@pytest.mark.parametrize("suite", [0xC02B, 0xC02F], ids=["ECDSA", "RSA"])
def test_a_session_with_an_unmodified_server(suite: int, extended: bool, tmp_path: Path) -> None:
    key: SigningKey = ec.generate_private_key(ec.SECP256R1()) if suite == 0xC02B else rsa_key()
    server = PythonServer(key, tmp_path)
    root = Randomness(b"session")

    committed, commitment = key_share.commit(SESSION, root.child("prover"))
    share_sent, share = verifier_public_key.send(
        key_share.accept_commitment(SESSION, commitment), root.child("notary")
    )
    prover = verifier_public_key.receive(committed, share)
    notary = key_share.accept_opening(share_sent, key_share.open_commitment(prover))

    client_hello = _client_hello(prover.client_random, suite, extended)
    flight = server.take(_plain(ContentType.HANDSHAKE, client_hello))
    heard = _handshake_messages(flight)
    server_random = heard[HandshakeType.SERVER_HELLO][2:34]
    key_exchange = decode_server_key_exchange(heard[HandshakeType.SERVER_KEY_EXCHANGE])
    verify_server_identity(
        server_name="bank.example",
        handshake_data=HandshakeData(
            certificates=decode_certificates(heard[HandshakeType.CERTIFICATE]),
            signature_algorithm=key_exchange.signature_algorithm,
            signature=key_exchange.signature,
        ),
        key_exchange=KeyExchange(
            cipher_suite=suite,
            client_random=prover.client_random,
            server_random=server_random,
            server_ephemeral_key=key_exchange.server_ephemeral_key,
        ),
        roots=(authority().certificate,),
        time=NOW,
    )

    awaits, client_key = combined_public_key.send(prover, root)
    holds = server_public_key.receive(
        awaits,
        ServerPublicKey(
            public_key=key_exchange.server_ephemeral_key,
            signature_algorithm=key_exchange.signature_algorithm,
            signature=key_exchange.signature,
        ),
    )
    prover_ready, forwarded = forward_server_public_key.send(holds, root)
    joint = secure_two_party_computation.perform(
        secure_two_party_computation.ReadyToCompute(
            prover=prover_ready,
            notary=forward_server_public_key.receive(notary, forwarded),
            computation=TwoPartyComputation(),
        ),
        root.child("computation"),
    )
    client_key_exchange = handshake_message(HandshakeType.CLIENT_KEY_EXCHANGE, client_key.to_wire())
    transcript = (
        client_hello
        + b"".join(fragment for kind, fragment in flight if kind == ContentType.HANDSHAKE)
        + client_key_exchange
    )
    connection = key_schedule.perform(
        joint,
        KeyScheduleParameters(
            client_random=prover.client_random,
            server_random=server_random,
            session_hash=hashlib.sha256(transcript).digest() if extended else None,
        ),
        BUDGET,
    )
    connection = share_hash_key(connection, root.child("hash powers"))
    connection, verify_data = open_verify_data(
        connection, FinishedHash(direction=Direction.SENT, hash=hashlib.sha256(transcript).digest())
    )
    finished = finished_message(verify_data)
    connection, record = _write(connection, ContentType.HANDSHAKE, finished)
    answer = server.take(
        _plain(ContentType.HANDSHAKE, client_key_exchange)
        + _plain(ContentType.CHANGE_CIPHER_SPEC, b"\1")
        + record
    )
    assert [kind for kind, _ in answer] == [ContentType.CHANGE_CIPHER_SPEC, ContentType.HANDSHAKE]
    connection = _read(connection, *answer[1])
    connection, verify_data = open_verify_data(
        connection,
        FinishedHash(direction=Direction.RECEIVED, hash=hashlib.sha256(transcript + finished).digest()),
    )
    verify_server_finished(decrypt_server_finished(connection), verify_data)

    connection, record = _write(connection, ContentType.APPLICATION_DATA, REQUEST)
    assert server.deliver(record) == REQUEST
    server.tls.write(ANSWER)
    server.say_goodbye()
    for kind, fragment in server.records():
        connection = _read(connection, kind, fragment)
    closed, _ = receive(connection, send(connection))
    result = finalisation.perform(closed, joint.prover)
    assert (result.transcript.sent, result.transcript.received) == (REQUEST, ANSWER)
    assert result.closure is Closure.CLOSE_NOTIFY_RECEIVED
