"""Connections of both parties to a Server that knows every key, as inputs of the properties of mpc_tls."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.algebra.p256 import ORDER
from mpctls.spec.diagram import Role
from mpctls.spec.identifiers import Direction
from mpctls.spec.key_exchange import secure_two_party_computation
from mpctls.spec.key_exchange.secure_two_party_computation import HoldsPreMasterSecret
from mpctls.spec.mpc_tls import finished, key_schedule, records
from mpctls.spec.mpc_tls.connection import Connection, KeyScheduleParameters
from mpctls.spec.mpc_tls.messages import Budget, FinishedHash, Record
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.randomness import Randomness
from mpctls.spec.tls.constants import CLOSE_NOTIFY, SERVER_FINISHED_LABEL, ContentType
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.pseudorandom_function import (
    derive_master_secret,
    derive_traffic_keys,
    derive_verify_data,
    master_secret_seed,
)
from mpctls.spec.tls.record_protection import WriteKey, explicit_nonce_of, protect

from ..fields import Fields, listed, optional, read_list, read_optional
from .drawing import DIGESTS
from .handshakes import SCALARS, point
from .key_exchange.secure_two_party_computation import ready
from .key_exchange.verifier_public_key import scalar_octets

_OPENED = {
    Item.INNER_STATE,
    Item.CHAIN_VALUE,
    Item.IMPLICIT_NONCE,
    Item.CLIENT_VERIFY_DATA,
    Item.SERVER_VERIFY_DATA,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The Server of a case, with everything it derives."""

    key: WriteKey
    verify_data: bytes

    def write(self, sequence_number: int, content_type: int, plaintext: bytes) -> Record:
        """One protected record; explicit nonces are not counters, on which nobody may rely."""
        record = protect(
            self.key,
            sequence_number=sequence_number,
            content_type=content_type,
            explicit_nonce=explicit_nonce_of(1 << 40 | sequence_number),
            plaintext=plaintext,
        )
        return Record(
            content_type=record.content_type,
            version=record.version,
            explicit_nonce=record.explicit_nonce,
            ciphertext=record.ciphertext,
            tag=record.tag,
        )


@st.composite
def handshake_fields(draw: DrawFn) -> tuple[Fields, Server]:
    """Scalars, randoms and hashes of one connection, and its Server."""
    prover, notary, scalar = draw(SCALARS), draw(SCALARS), draw(SCALARS)
    if (prover - notary) % ORDER == 0:
        prover += 1
    client_random, server_random = draw(DIGESTS), draw(DIGESTS)
    session_hash = draw(st.none() | DIGESTS)
    hashes = [draw(DIGESTS), draw(DIGESTS)]
    secret = point((prover + notary) * scalar % ORDER)[1:33]
    seed = master_secret_seed(
        client_random=client_random, server_random=server_random, session_hash=session_hash
    )
    master_secret = derive_master_secret(secret, seed)
    keys = derive_traffic_keys(master_secret, client_random=client_random, server_random=server_random)
    fields = {
        "prover scalar": scalar_octets(prover),
        "notary scalar": scalar_octets(notary),
        "server key": point(scalar),
        "client random": client_random,
        "server random": server_random,
        "session hash": optional(session_hash),
        "handshake hashes": listed(hashes),
    }
    server = Server(
        key=WriteKey(key=keys.server_key, implicit_nonce=keys.server_implicit_nonce),
        verify_data=derive_verify_data(master_secret, SERVER_FINISHED_LABEL, hashes[1]),
    )
    return fields, server


@st.composite
def conversations(draw: DrawFn, *, close: bool = True) -> tuple[dict[str, bytes], list[Record], Server]:
    """A whole connection: requests, and what the Server sends, Finished first."""
    fields, server = draw(handshake_fields())
    requests = draw(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=2))
    responses = draw(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=2))
    plaintexts = [(ContentType.HANDSHAKE, finished_message(server.verify_data))]
    plaintexts += [(ContentType.APPLICATION_DATA, octets) for octets in responses]
    if close and draw(st.booleans()):
        plaintexts.append((ContentType.ALERT, CLOSE_NOTIFY))
    written = [server.write(number, kind, octets) for number, (kind, octets) in enumerate(plaintexts)]
    budget = Budget(
        sent_octets=sum(map(len, requests)),
        sent_records=len(requests),
        received_octets=sum(map(len, responses)),
        received_records=len(responses),
    )
    return {**fields, "requests": listed(requests), "budget": budget.encode()}, written, server


def after_key_schedule(fields: Fields) -> tuple[HoldsPreMasterSecret, Connection]:
    """Both parties with all keys inside the machine."""
    held = secure_two_party_computation.perform(ready(fields), Randomness(b"conversion"))
    parameters = KeyScheduleParameters(
        client_random=fields["client random"],
        server_random=fields["server random"],
        session_hash=read_optional(fields["session hash"]),
    )
    budget = (
        Budget.decode(fields["budget"])
        if "budget" in fields
        else Budget(sent_octets=16, sent_records=1, received_octets=64, received_records=4)
    )
    return held, key_schedule.perform(held, parameters, budget)


def opened_to(connection: Connection, role: Role) -> bytes:
    """Everything that the key schedule and Finished opened to a party, in order."""
    views = connection.computation.views
    return listed([seen.octets for seen in views.of(role) if seen.item in _OPENED])


def open_finished(connection: Connection, fields: Fields, direction: Direction) -> tuple[Connection, bytes]:
    """The verify_data of a direction."""
    hashes = read_list(fields["handshake hashes"])
    return finished.open_verify_data(connection, FinishedHash(direction=direction, hash=hashes[direction]))


def write(connection: Connection, kind: int, plaintext: bytes) -> Connection:
    """One sent record, registered."""
    label = len(connection.prover.sent).to_bytes(2, "big")
    connection, ciphertext = records.encrypt(connection, kind, plaintext, Randomness(b"mask" + label))
    connection, share = records.answer_ciphertext(connection, ciphertext)
    connection, registration = records.complete_record(connection, share)
    return records.register_sent(connection, registration)


def read(connection: Connection, record: Record) -> Connection:
    """One received record, registered."""
    connection, registration = records.report_received(connection, record)
    return records.register_received(connection, registration)


def shake_hands(
    connection: Connection, fields: Fields, server_finished: Record, *, client_finished: bytes | None = None
) -> Connection:
    """Both Finished; a Prover may send another than the computed one."""
    connection = records.share_hash_key(connection, Randomness(b"powers"))
    connection, verify_data = open_finished(connection, fields, Direction.SENT)
    connection = write(connection, ContentType.HANDSHAKE, client_finished or finished_message(verify_data))
    connection = read(connection, server_finished)
    connection, _ = open_finished(connection, fields, Direction.RECEIVED)
    return connection
