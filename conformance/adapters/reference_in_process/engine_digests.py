"""What both engines of the profile send in one small session under seeded randomness, message by message.

Outside the normative vectors: a port of the same profile, with the same seeds and the same order of draws, finds here
the first message that it writes differently. `python -m mpctls.conformance.adapters.reference_in_process.engine_digests
FOLDER` writes the file below a folder of vectors.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from mpctls.reference.channel.messages import Budget, Record
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE, TLS_VERSION
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex, memory_pair
from mpctls.reference.mpc.engine.records import finished_message
from mpctls.reference.tls import p256
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.key_schedule import extended_master_secret, server_verify_data, traffic_keys
from mpctls.reference.tls.protection import RecordSealer
from mpctls.reference.tls.record_layer import ProtectedRecord

from .engines import SESSION_ID, Engines

FILE = f"engine/{ENGINE_PROFILE}/session.json"
_TIMEOUT = 60.0
_SEEDS = (b"mpctls engine digests: prover", b"mpctls engine digests: notary")
_SCALARS = (3, 5, 7)
"""Of the Prover, the Notary and the Server."""
_CLIENT_RANDOM, _SERVER_RANDOM, _SESSION_HASH = (bytes([octet]) * 32 for octet in (1, 2, 3))
_HANDSHAKE_HASHES = (bytes([4]) * 32, bytes([5]) * 32)
_REQUEST, _RESPONSE = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"


@dataclass(slots=True, kw_only=True)
class _Log:
    """What one party sent, in order, with the step in which it did."""

    step: str = "preprocessing"
    entries: list[dict[str, str | int]] = field(default_factory=list)


class _Recorded:
    """An end of a link that keeps the digest of what is sent."""

    def __init__(self, end: Duplex, log: _Log) -> None:
        self._end = end
        self._log = log

    def send(self, kind: int, payload: bytes) -> None:
        self._log.entries.append(
            {
                "step": self._log.step,
                "kind": kind,
                "octets": len(payload),
                "sha256": sha256(payload).hexdigest(),
            }
        )
        self._end.send(kind, payload)

    def receive(self, kind: int, length: int) -> bytes:
        return self._end.receive(kind, length)


def session() -> dict[str, object]:
    """Run the session; its public description and the digests of all messages of both engines."""
    logs = (_Log(), _Log())
    ends = memory_pair(_TIMEOUT)
    budget = Budget(
        sent_octets=len(_REQUEST), sent_records=1, received_octets=len(_RESPONSE), received_records=1
    )
    engines = Engines(
        budget,
        sources=(SeededRandomness(_SEEDS[0]), SeededRandomness(_SEEDS[1])),
        ends=(_Recorded(ends[0], logs[0]), _Recorded(ends[1], logs[1])),
    )
    received = _received_records()

    def begin(step: str) -> None:
        for log in logs:
            log.step = step

    prover, notary = engines.prover, engines.notary
    point = p256.public_point(_SCALARS[2])
    begin("key exchange")
    engines.key_exchange(*(p256.multiply_full(scalar, point) for scalar in _SCALARS[:2]))
    begin("master secret")
    engines.both(
        lambda: prover.master_secret(seed=_SESSION_HASH, extended=True),
        lambda: notary.master_secret(seed=_SESSION_HASH, extended=True),
    )
    begin("key expansion")
    seed = _SERVER_RANDOM + _CLIENT_RANDOM
    engines.both(lambda: prover.key_expansion(seed=seed), lambda: notary.key_expansion(seed=seed))
    begin("client finished")
    client, server = _HANDSHAKE_HASHES
    verify_data, _ = engines.both(
        lambda: prover.client_finished(client), lambda: notary.client_finished(client)
    )
    begin("sent record 0")
    engines.send(ContentType.HANDSHAKE, finished_message(verify_data))
    begin("server finished")
    engines.receive(received[0])
    engines.both(lambda: prover.server_finished(server), lambda: notary.server_finished(server))
    nonce = received[0].explicit_nonce
    engines.both(
        lambda: prover.server_finished_key_stream(nonce), lambda: notary.server_finished_key_stream(nonce)
    )
    begin("sent record 1")
    engines.send(ContentType.APPLICATION_DATA, _REQUEST)
    engines.receive(received[1])
    begin("finalisation")
    engines.close()
    engines.finalise()
    return {
        "profile": ENGINE_PROFILE,
        "seeds": {"prover": _SEEDS[0].hex(), "notary": _SEEDS[1].hex()},
        "randomness": "draw n, from 1, of k octets: SHAKE-256(u32 length of seed ‖ seed ‖ u64 n), little-endian; a "
        "number below a bound: of as many octets as the bound has and 16 more, little-endian, modulo the bound",
        "session_id": SESSION_ID.hex(),
        "budget": [budget.sent_octets, budget.sent_records, budget.received_octets, budget.received_records],
        "scalars": dict(zip(("prover", "notary", "server"), _SCALARS, strict=True)),
        "client_random": _CLIENT_RANDOM.hex(),
        "server_random": _SERVER_RANDOM.hex(),
        "session_hash": _SESSION_HASH.hex(),
        "handshake_hashes": [each.hex() for each in _HANDSHAKE_HASHES],
        "request": _REQUEST.hex(),
        "response": _RESPONSE.hex(),
        "sent_by_the_prover": logs[0].entries,
        "sent_by_the_notary": logs[1].entries,
    }


def rendered() -> str:
    """The file."""
    return json.dumps(session(), indent=1, ensure_ascii=True) + "\n"


def _received_records() -> list[Record]:
    """The Server's Finished and its response, as it makes them alone."""
    prover, notary, server = _SCALARS
    secret = p256.public_point((prover + notary) * server).x.to_bytes(32, "big")
    master = extended_master_secret(secret, session_hash=_SESSION_HASH)
    keys = traffic_keys(master, client_random=_CLIENT_RANDOM, server_random=_SERVER_RANDOM)
    sealer = RecordSealer(key=keys.server_key, salt=keys.server_salt)
    finished = finished_message(server_verify_data(master, _HANDSHAKE_HASHES[1]))
    return [_registered(each) for each in (sealer.finished(finished), sealer.application_data(_RESPONSE))]


def _registered(record: ProtectedRecord) -> Record:
    return Record(
        content_type=record.content_type,
        version=TLS_VERSION,
        explicit_nonce=record.explicit_nonce,
        ciphertext=record.ciphertext,
        tag=record.tag,
    )


if __name__ == "__main__":
    path = Path(sys.argv[1]) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rendered(), encoding="utf-8")
