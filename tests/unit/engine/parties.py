"""A Prover and a Notary joined in memory, and a server simulated from its own key and plain TLS 1.2."""

from __future__ import annotations

import copy
import functools
import hashlib
import hmac
import queue
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import MemoryDuplex, memory_pair
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import Limits
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import (
    ProtectedRecord,
    SessionKeys,
    additional_data,
    finished_message,
)
from mpctls.reference.mpc.engine.tap import NoTap, Tap

SESSION_ID = bytes(range(32))
CLIENT_RANDOM = hashlib.sha256(b"client").digest()
SERVER_RANDOM = hashlib.sha256(b"server").digest()
CLIENT_HASH = hashlib.sha256(b"handshake up to the client's Finished").digest()
SERVER_HASH = hashlib.sha256(b"handshake up to the server's Finished").digest()
SESSION_HASH = hashlib.sha256(b"handshake up to ClientKeyExchange").digest()


def pseudorandom(secret: bytes, seed: bytes, length: int) -> bytes:
    """P_SHA256 of RFC 5246 section 5."""
    output, link = b"", seed
    while len(output) < length:
        link = hmac.digest(secret, link, "sha256")
        output += hmac.digest(secret, link + seed, "sha256")
    return output[:length]


def encrypt_block(key: bytes, block: bytes) -> bytes:
    """AES-128 of one block."""
    return Cipher(AES(key), ECB()).encryptor().update(block)


GONE = 0xFFFF
PROFILE: ContextVar[str] = ContextVar("engine profile", default=ENGINE_PROFILE)
"""The profile of sessions that are given none; tests/integration/cheaters plays all of them."""
Step: TypeAlias = Callable[[], Any]
Tamper: TypeAlias = Callable[[int, bytes], bytes]


def unchanged(kind: int, payload: bytes) -> bytes:
    """Send what was to be sent."""
    return payload


class Tampered:
    """One end of a duplex whose owner changes what its honest code sends."""

    def __init__(self, duplex: MemoryDuplex) -> None:
        self.duplex = duplex
        self.tamper: Tamper = unchanged

    def send(self, kind: int, payload: bytes) -> None:
        self.duplex.send(kind, self.tamper(kind, payload))

    def receive(self, kind: int, length: int) -> bytes:
        return self.duplex.receive(kind, length)


@dataclass
class Server:
    """What the server of the session knows: every key."""

    extended: bool = False
    prover_scalar: int = 0x1B2C3D4E5F
    notary_scalar: int = 0x5F4E3D2C1B
    scalar: int = 0xC0FFEE123456789
    pre_master_secret: bytes = field(init=False)
    master_secret: bytes = field(init=False)
    client_key: bytes = field(init=False)
    server_key: bytes = field(init=False)
    client_vector: bytes = field(init=False)
    server_vector: bytes = field(init=False)
    client_verify_data: bytes = field(init=False)
    server_verify_data: bytes = field(init=False)

    def __post_init__(self) -> None:
        x, _ = self._point(self.prover_scalar + self.notary_scalar)
        secret = x.to_bytes(32, "big")
        label, seed = b"master secret", CLIENT_RANDOM + SERVER_RANDOM
        if self.extended:
            label, seed = b"extended master secret", SESSION_HASH
        master = pseudorandom(secret, label + seed, 48)
        self.pre_master_secret, self.master_secret = secret, master
        block = pseudorandom(master, b"key expansion" + SERVER_RANDOM + CLIENT_RANDOM, 40)
        self.client_key, self.server_key = block[:16], block[16:32]
        self.client_vector, self.server_vector = block[32:36], block[36:40]
        self.client_verify_data = pseudorandom(master, b"client finished" + CLIENT_HASH, 12)
        self.server_verify_data = pseudorandom(master, b"server finished" + SERVER_HASH, 12)

    def client_hash_key(self) -> bytes:
        """H of the client's direction."""
        return encrypt_block(self.client_key, bytes(16))

    def prover_point(self) -> tuple[int, int]:
        return self._point(self.prover_scalar)

    def notary_point(self) -> tuple[int, int]:
        return self._point(self.notary_scalar)

    def protect(self, sequence: int, content_type: int, content: bytes) -> ProtectedRecord:
        """A record of the server, with explicit nonces that are not its sequence numbers."""
        nonce = (0xABCD000000000000 + sequence).to_bytes(8, "big")
        associated = additional_data(sequence, content_type, len(content))
        protected = AESGCM(self.server_key).encrypt(self.server_vector + nonce, content, associated)
        return ProtectedRecord(
            content_type=content_type, explicit_nonce=nonce, ciphertext=protected[:-16], tag=protected[-16:]
        )

    def accept(self, sequence: int, record: ProtectedRecord) -> bytes:
        """Decrypt a record of the client; raises InvalidTag."""
        associated = additional_data(sequence, record.content_type, len(record.ciphertext))
        nonce = self.client_vector + record.explicit_nonce
        return AESGCM(self.client_key).decrypt(nonce, record.ciphertext + record.tag, associated)

    def _point(self, scalar: int) -> tuple[int, int]:
        """`scalar` times the server's public key."""
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        numbers = (
            ec.derive_private_key(scalar * self.scalar % order, ec.SECP256R1()).public_key().public_numbers()
        )
        return numbers.x, numbers.y


@dataclass
class Session:
    """Both engines, what the session layer above would carry between them, and what became of it."""

    limits: Limits = field(
        default_factory=lambda: Limits(sent_octets=40, sent_records=2, largest_sent_record=30)
    )
    server: Server = field(default_factory=Server)
    prover_type: type[ProverEngine] = ProverEngine
    notary_type: type[NotaryEngine] = NotaryEngine
    prover_profile: str = field(default_factory=PROFILE.get)
    notary_profile: str = field(default_factory=PROFILE.get)
    requests: tuple[bytes, ...] = (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",)
    response: bytes = b"HTTP/1.1 200 OK\r\n\r\n{}"
    closure: bytes | None = b"\x01\x00"
    finished: bytes | None = None
    timeout: float = 20.0
    prover_view: Tap = field(default_factory=NoTap)
    notary_view: Tap = field(default_factory=NoTap)

    def __post_init__(self) -> None:
        prover_end, notary_end = memory_pair(self.timeout)
        self.ends = (Tampered(prover_end), Tampered(notary_end))
        self.prover = self.prover_type(
            self.ends[0],
            SeededRandomness(b"prover"),
            SESSION_ID,
            self.limits,
            self.prover_view,
            self.prover_profile,
        )
        self.notary = self.notary_type(
            self.ends[1],
            SeededRandomness(b"notary"),
            SESSION_ID,
            self.limits,
            self.notary_view,
            self.notary_profile,
        )
        self.sent: list[ProtectedRecord] = []
        self.received: list[ProtectedRecord] = []
        self.keys: SessionKeys | None = None
        self.delivered: list[bytes] = []

    def fork(self) -> Session:
        """A copy of the session as it stands, between two steps, that goes its own way from here."""
        shared = [a.circuit for a in (*self.prover.plan.applications, *self.notary.plan.applications)]
        memo: dict[int, Any] = {id(circuit): circuit for circuit in shared}
        for end in self.ends:
            memo[id(end.duplex._incoming)] = queue.SimpleQueue()
        return copy.deepcopy(self, memo)

    def outcomes(self, prover: Step, notary: Step) -> tuple[Any, Any]:
        """Run one step at both parties, each in a thread; what each returned, or the refusal it raised.

        A party that refuses goes away: the other finds the link closed.
        """
        results: list[Any] = [None, None]

        def work(place: int, step: Step) -> None:
            try:
                results[place] = step()
            except Refused as refusal:
                results[place] = refusal
                self.ends[place].send(GONE, b"")

        threads = [
            threading.Thread(target=work, args=(place, step), daemon=True)
            for place, step in enumerate((prover, notary))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results[0], results[1]

    def both(self, prover: Step, notary: Step) -> tuple[Any, Any]:
        """Run one step at both parties; a refusal is raised, that of the party that refused first."""
        results = self.outcomes(prover, notary)
        refusals = [result for result in results if isinstance(result, Refused)]
        if refusals:
            raise min(refusals, key=lambda refusal: f"kind {GONE} " in refusal.detail)
        return results

    def preprocess(self) -> None:
        self.both(self.prover.preprocess, self.notary.preprocess)

    def key_exchange(self) -> None:
        self.both(
            lambda: self.prover.key_exchange(self.server.prover_point()),
            lambda: self.notary.key_exchange(self.server.notary_point()),
        )

    def key_schedule(self) -> None:
        extended = self.server.extended
        seed = SESSION_HASH if extended else CLIENT_RANDOM + SERVER_RANDOM
        self.both(
            lambda: self.prover.master_secret(seed=seed, extended=extended),
            lambda: self.notary.master_secret(seed=seed, extended=extended),
        )
        vectors = SERVER_RANDOM + CLIENT_RANDOM
        self.both(
            lambda: self.prover.key_expansion(seed=vectors), lambda: self.notary.key_expansion(seed=vectors)
        )
        self.both(
            lambda: self.prover.client_finished(CLIENT_HASH), lambda: self.notary.client_finished(CLIENT_HASH)
        )

    def send(self, sequence: int, content_type: int, content: bytes) -> ProtectedRecord:
        """Send one record the way the session layer does, and register it."""
        length = len(content)
        stream, nothing = self.both(
            lambda: self.prover.key_stream(sequence, length), lambda: self.notary.key_stream(sequence, length)
        )
        assert nothing is None
        ciphertext = bytes(a ^ b for a, b in zip(content, stream, strict=True))
        share = self.notary.tag_share(sequence, content_type, ciphertext)
        tag = self.prover.complete_tag(sequence, content_type, ciphertext, share)
        record = ProtectedRecord(
            content_type=content_type,
            explicit_nonce=sequence.to_bytes(8, "big"),
            ciphertext=ciphertext,
            tag=tag,
        )
        self.sent.append(record)
        return record

    def client_finished(self) -> None:
        """From key exchange to the client's Finished."""
        self.key_exchange()
        self.key_schedule()
        message = finished_message(self.prover.verify_data["client-finished"])
        record = self.send(0, 22, self.finished or message)
        self.received.append(self.server.protect(0, 22, finished_message(self.server.server_verify_data)))
        if self.prover.verify_data["client-finished"] == self.server.client_verify_data:
            self.delivered.append(self.server.accept(0, record))

    def server_finished(self) -> bytes:
        """Both open the server's verify_data; the key stream of its record, as the Prover gets it."""
        self.both(
            lambda: self.prover.server_finished(SERVER_HASH), lambda: self.notary.server_finished(SERVER_HASH)
        )
        nonce = self.received[0].explicit_nonce
        stream, nothing = self.both(
            lambda: self.prover.server_finished_key_stream(nonce),
            lambda: self.notary.server_finished_key_stream(nonce),
        )
        assert nothing is None
        assert isinstance(stream, bytes)
        return stream

    def handshake(self) -> None:
        """From key exchange to the server's Finished, which the Prover checks."""
        self.client_finished()
        stream = self.server_finished()
        content = bytes(a ^ b for a, b in zip(self.received[0].ciphertext, stream, strict=True))
        assert content == finished_message(self.prover.verify_data["server-finished"])

    def exchange(self) -> None:
        """Requests and response, up to close."""
        for number, request in enumerate(self.requests, start=1):
            self.delivered.append(self.server.accept(number, self.send(number, 23, request)))
        self.received.append(self.server.protect(1, 23, self.response))
        if self.closure is not None:
            self.received.append(self.server.protect(2, 21, self.closure))

    def finalise(self) -> None:
        self.prover.close()
        self.notary.close()
        self.keys, _ = self.both(
            lambda: self.prover.finalise(self.sent, self.received),
            lambda: self.notary.finalise(self.sent, self.received),
        )

    def run(self) -> None:
        """The whole session."""
        self.preprocess()
        self.handshake()
        self.exchange()
        self.finalise()


@functools.cache
def prepared(prover_type: type[ProverEngine] = ProverEngine) -> Session:
    """A session after preprocessing; to be forked."""
    session = Session(prover_type=prover_type)
    session.preprocess()
    return session


@functools.cache
def exchanged(prover_type: type[ProverEngine] = ProverEngine) -> Session:
    """A session after request and response, before close; to be forked."""
    session = prepared(prover_type).fork()
    session.handshake()
    session.exchange()
    return session
