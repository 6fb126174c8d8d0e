"""Whole connections in two parties; few, for each takes the computation of both."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.algebra.p256 import ORDER
from mpctls.spec.mpc_tls.messages import Budget, Record
from mpctls.spec.tls.constants import CLOSE_NOTIFY, SERVER_FINISHED_LABEL
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.pseudorandom_function import (
    derive_master_secret,
    derive_traffic_keys,
    derive_verify_data,
    master_secret_seed,
)
from mpctls.spec.tls.record_protection import WriteKey

from ...fields import Fields, listed, optional
from ...operations.shapes import Json
from ..key_exchange.points import octets, public_key, scalar
from ..labelled import Labelled
from ..tls_session.authoring import Accepted
from ..vector import Family, MutationKind, Vector
from .protection import protected

_STREAM = Labelled(label="mpc_tls/connections")
_REQUESTS = (b"GET / HTTP/1.1\r\n\r\n", b"bye")
_BUDGET = Budget(sent_octets=21, sent_records=2, received_octets=30, received_records=2)


class _Server:
    """A Server that knows everything, and both parties' scalars."""

    def __init__(self, *, extended: bool) -> None:
        prover, notary, own = (
            scalar(f"mpc_tls/connections/{party}") for party in ("prover", "notary", "server")
        )
        client_random, server_random = (
            _STREAM.octets(32, part) for part in ("client random", "server random")
        )
        session_hash = _STREAM.octets(32, "session hash") if extended else None
        hashes = [_STREAM.octets(32, f"handshake hash {number}") for number in range(2)]
        secret = public_key((prover + notary) * own % ORDER)[1:33]
        seed = master_secret_seed(
            client_random=client_random, server_random=server_random, session_hash=session_hash
        )
        master_secret = derive_master_secret(secret, seed)
        keys = derive_traffic_keys(master_secret, client_random=client_random, server_random=server_random)
        self.key = WriteKey(key=keys.server_key, implicit_nonce=keys.server_implicit_nonce)
        self.finished = finished_message(derive_verify_data(master_secret, SERVER_FINISHED_LABEL, hashes[1]))
        self.fields: Fields = {
            "prover scalar": octets(prover),
            "notary scalar": octets(notary),
            "server key": public_key(own),
            "client random": client_random,
            "server random": server_random,
            "session hash": optional(session_hash),
            "handshake hashes": listed(hashes),
        }
        self.known: dict[str, Json] = {
            "pre-master secret": secret.hex(),
            "master secret": master_secret.hex(),
            "client key": keys.client_key.hex(),
            "server key": keys.server_key.hex(),
            "client implicit nonce": keys.client_implicit_nonce.hex(),
            "server implicit nonce": keys.server_implicit_nonce.hex(),
        }

    def write(self, place: int, kind: int, content: bytes) -> Record:
        """A record with an explicit nonce that is no counter."""
        return protected(self.key, place, kind, content, _STREAM.octets(8, f"explicit {place}"))


def _schedule() -> Iterator[Vector]:
    server = _Server(extended=False)
    case = Accepted(operation="mpc_tls/key-schedule", name="plain", given=server.fields)
    yield case.vector("Without extended master secret.", intermediate=server.known)


def _finished() -> Iterator[Vector]:
    server = _Server(extended=True)
    given = {
        **server.fields,
        "budget": _BUDGET.encode(),
        "server finished": server.write(0, 22, server.finished).encode(),
    }
    case = Accepted(operation="mpc_tls/open-finished", name="extended", given=given)
    yield case.vector("With extended master secret, up to the Server's Finished.", intermediate=server.known)


def _sent() -> Iterator[Vector]:
    server = _Server(extended=True)
    given = {
        **server.fields,
        "budget": _BUDGET.encode(),
        "requests": listed(_REQUESTS),
        "server finished": server.write(0, 22, server.finished).encode(),
    }
    case = Accepted(operation="mpc_tls/send-records", name="two-requests", given=given)
    yield case.vector("Finished and two requests.", intermediate=server.known)


def _finalised() -> Iterator[Vector]:
    server = _Server(extended=True)
    records = [
        server.write(0, 22, server.finished),
        server.write(1, 23, b"HTTP/1.1 200 OK"),
        server.write(2, 21, CLOSE_NOTIFY),
    ]
    base = Accepted(
        operation="mpc_tls/finalise",
        name="closed",
        given={
            **server.fields,
            "budget": _BUDGET.encode(),
            "requests": listed(_REQUESTS),
            "received": listed([record.encode() for record in records]),
            "client finished": optional(None),
        },
    )
    yield base.vector("Requests, a response and close_notify.", intermediate=server.known)
    alert = server.write(2, 21, b"\2\x28")
    yield base.refused(
        "another-alert",
        "The last record is an alert that is not close_notify, under a valid tag.",
        "mpc-tls/alert-not-close-notify",
        MutationKind.REPLACE,
        "received.2",
        received=listed([record.encode() for record in (*records[:2], alert)]),
    )


FAMILIES = (
    Family(step="mpc_tls/key_schedule", name="two-parties", summary="Keys in two parties.", make=_schedule),
    Family(step="mpc_tls/finished", name="two-parties", summary="Finished in two parties.", make=_finished),
    Family(step="mpc_tls/records", name="two-parties", summary="Records in two parties.", make=_sent),
    Family(step="mpc_tls/finalisation", name="two-parties", summary="A whole connection.", make=_finalised),
)
