"""Connections for tests: a Server that holds the keys in the plain, and Prover and Notary that do not."""

from __future__ import annotations

from dataclasses import dataclass

from mpctls.spec.algebra.p256 import FIELD_PRIME
from mpctls.spec.ideal.two_party_computation import TwoPartyComputation
from mpctls.spec.identifiers import Direction
from mpctls.spec.key_exchange.secure_two_party_computation import SecretShares, join
from mpctls.spec.mpc_tls import key_schedule
from mpctls.spec.mpc_tls.close import ClosedConnection, receive, send
from mpctls.spec.mpc_tls.connection import Connection, KeyScheduleParameters
from mpctls.spec.mpc_tls.finished import open_verify_data
from mpctls.spec.mpc_tls.messages import Budget, FinishedHash, Record, SentRecord
from mpctls.spec.mpc_tls.records import (
    answer_ciphertext,
    complete_record,
    encrypt,
    register_received,
    register_sent,
    report_received,
    share_hash_key,
)
from mpctls.spec.randomness import Randomness
from mpctls.spec.tls.constants import SERVER_FINISHED_LABEL, ContentType
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.pseudorandom_function import (
    derive_master_secret,
    derive_traffic_keys,
    derive_verify_data,
    master_secret_seed,
)
from mpctls.spec.tls.record_protection import ProtectedRecord, WriteKey, protect, unprotect

PRE_MASTER_SECRET = 0x1234_5678 << 200
BUDGET = Budget(sent_octets=100, sent_records=3, received_octets=100, received_records=3)
PARAMETERS = KeyScheduleParameters(client_random=b"c" * 32, server_random=b"s" * 32, session_hash=b"h" * 32)
HASHES = {Direction.SENT: b"1" * 32, Direction.RECEIVED: b"2" * 32}
SHARES = SecretShares(first_run=7, second_run=FIELD_PRIME - 9)


@dataclass(slots=True)
class Server:
    """The Server's end of the record layer: it opens what it gets and counts what it sends."""

    client: WriteKey
    server: WriteKey
    finished: bytes
    received: int = 0
    sent: int = 0

    def open(self, record: Record) -> bytes:
        """Decrypt the next record, as any TLS server does."""
        plaintext = unprotect(self.client, sequence_number=self.received, record=record.protected())
        self.received += 1
        return plaintext

    def write(self, content_type: int, plaintext: bytes, explicit_nonce: bytes | None = None) -> Record:
        """Protect the next record; explicit nonces need not be counters."""
        nonce = explicit_nonce or (1 << 40 | self.sent).to_bytes(8, "big")
        record = protect(
            self.server,
            sequence_number=self.sent,
            content_type=content_type,
            explicit_nonce=nonce,
            plaintext=plaintext,
        )
        self.sent += 1
        return from_protected(record)


def from_protected(record: ProtectedRecord) -> Record:
    """The record of a session message."""
    return Record(
        content_type=record.content_type,
        version=record.version,
        explicit_nonce=record.explicit_nonce,
        ciphertext=record.ciphertext,
        tag=record.tag,
    )


def make_server(parameters: KeyScheduleParameters = PARAMETERS) -> Server:
    """A Server with the keys of the secret that `make_connection` shares."""
    master_secret = derive_master_secret(
        PRE_MASTER_SECRET.to_bytes(32, "big"),
        master_secret_seed(
            client_random=parameters.client_random,
            server_random=parameters.server_random,
            session_hash=parameters.session_hash,
        ),
    )
    keys = derive_traffic_keys(
        master_secret, client_random=parameters.client_random, server_random=parameters.server_random
    )
    return Server(
        client=WriteKey(key=keys.client_key, implicit_nonce=keys.client_implicit_nonce),
        server=WriteKey(key=keys.server_key, implicit_nonce=keys.server_implicit_nonce),
        finished=finished_message(
            derive_verify_data(master_secret, SERVER_FINISHED_LABEL, HASHES[Direction.RECEIVED])
        ),
    )


def make_connection(parameters: KeyScheduleParameters = PARAMETERS, budget: Budget = BUDGET) -> Connection:
    """A connection after the key schedule and the sharing of hash powers."""
    notary = SecretShares(
        first_run=(PRE_MASTER_SECRET - SHARES.first_run) % FIELD_PRIME,
        second_run=(PRE_MASTER_SECRET - SHARES.second_run) % FIELD_PRIME,
    )
    joint = join(TwoPartyComputation(), SHARES, notary)
    return share_hash_key(key_schedule.perform(joint, parameters, budget), Randomness(b"powers"))


def write(connection: Connection, content_type: int, plaintext: bytes) -> tuple[Connection, SentRecord]:
    """One honest sent record, all three messages."""
    connection, ciphertext = encrypt(
        connection, content_type, plaintext, Randomness(len(connection.prover.sent).to_bytes(2, "big"))
    )
    connection, share = answer_ciphertext(connection, ciphertext)
    connection, registration = complete_record(connection, share)
    return register_sent(connection, registration), registration


def read(connection: Connection, record: Record) -> Connection:
    """One honest received record."""
    connection, message = report_received(connection, record)
    return register_received(connection, message)


def shake_hands(connection: Connection, server: Server) -> Connection:
    """Both Finished messages, honestly."""
    connection, verify_data = open_verify_data(
        connection, FinishedHash(direction=Direction.SENT, hash=HASHES[Direction.SENT])
    )
    connection, registration = write(connection, ContentType.HANDSHAKE, finished_message(verify_data))
    server.open(registration.record)
    connection = read(connection, server.write(ContentType.HANDSHAKE, server.finished))
    connection, _ = open_verify_data(
        connection, FinishedHash(direction=Direction.RECEIVED, hash=HASHES[Direction.RECEIVED])
    )
    return connection


def close(connection: Connection) -> ClosedConnection:
    """Both halves of close."""
    closed, _ = receive(connection, send(connection))
    return closed
