"""Finalisation: from registered ciphertexts to an authenticated transcript, in an order that is the security.

1. The Notary opens its inputs. 2. The Prover recomputes everything it was shown, silently stopping at a
difference, checks the tags of both directions, and decrypts. 3. It proves to the Notary, over the same key
wires, the hash key of each direction and the tag mask of each record; the Notary recomputes *all* tags and
compares them with those registered. 4. The contents of record 0 of each direction and of an alert are proved.
Only then is the transcript authenticated and data submission begins. The proof asserts equality with what was
seen, and opens nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from ..algebra.p256 import COORDINATE_LENGTH, FIELD_PRIME
from ..diagram import Role
from ..ideal.two_party_computation import TwoPartyComputation
from ..ideal.zero_knowledge_proof import ZeroKnowledgeProof
from ..identifiers import Closure, Direction
from ..key_exchange.secure_two_party_computation import SecretShares, share_name
from ..reasons import Reason, Rejection
from ..states import require_state
from ..tls.constants import (
    CLIENT_FINISHED_LABEL,
    CLOSE_NOTIFY,
    KEY_BLOCK_LENGTH,
    KEY_EXPANSION_LABEL,
    MASTER_SECRET_LENGTH,
    SERVER_FINISHED_LABEL,
    VERIFY_DATA_LENGTH,
    ContentType,
)
from ..tls.galois_counter_mode import hash_key, key_stream, tag_mask, xor
from ..tls.handshake_messages import finished_message
from ..tls.pseudorandom_function import TrafficKeys, master_secret_seed, split_key_block
from ..tls.record_protection import (
    RecordAuthenticationError,
    WriteKey,
    expected_tag,
    explicit_nonce_of,
    record_nonce,
    unprotect,
)
from ..tls.split_pseudorandom_function import keyed_states, split_pseudorandom_function
from ..transcript import Transcript
from .close import ClosedConnection
from .connection import (
    CLIENT_IMPLICIT_NONCE,
    CLIENT_KEY,
    SERVER_IMPLICIT_NONCE,
    SERVER_KEY,
    Connection,
    KeyScheduleParameters,
)
from .finished import verify_data_name
from .messages import Record
from .record_state_machine import application_data, application_data_length
from .views import Item, Observation

_KEY_NAMES = {
    Direction.SENT: (CLIENT_KEY, CLIENT_IMPLICIT_NONCE),
    Direction.RECEIVED: (SERVER_KEY, SERVER_IMPLICIT_NONCE),
}
_RECOMPUTED_ITEMS = (
    Item.INNER_STATE,
    Item.CHAIN_VALUE,
    Item.IMPLICIT_NONCE,
    Item.CLIENT_VERIFY_DATA,
    Item.SERVER_VERIFY_DATA,
    Item.KEY_STREAM,
    Item.KEY_STREAM_OF_SERVER_FINISHED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedConnection:
    """What a session leaves: the Prover's transcript, what the Notary may attest, and the proof's witnesses.

    `proof` holds the witnesses "sent" and "received": the application data of each direction as the
    *registered* records decrypt under the session's key wires, for the statements of data submission. What
    the Prover says its transcript is does not matter there.
    """

    transcript: Transcript = field(repr=False)
    sent_length: int
    received_length: int
    closure: Closure
    proof: ZeroKnowledgeProof = field(repr=False)


def perform(state: ClosedConnection, prover_shares: SecretShares) -> AuthenticatedConnection:
    """Run by both parties after close.

    Rejects, in this order: at the Prover with mpc-tls/values-differ (never told to the peer),
    mpc-tls/tag-mismatch; at the Notary with mpc-tls/proof-invalid, mpc-tls/tag-mismatch,
    mpc-tls/client-finished-mismatch, mpc-tls/server-finished-mismatch, mpc-tls/alert-not-close-notify.
    """
    require_state(state, ClosedConnection)
    connection = state.connection
    computation = connection.computation
    opened = computation.open_notary_inputs()
    notary_share = int.from_bytes(opened[share_name(Role.NOTARY, 1)], "big")
    secret = (prover_shares.first_run + notary_share) % FIELD_PRIME
    keys = recompute(connection, secret, computation.views.of(Role.PROVER))
    transcript = decrypt(connection, keys)
    prove_tags(computation, Direction.SENT, connection.notary.sent)
    prove_tags(computation, Direction.RECEIVED, connection.notary.received)
    prove_contents(connection)
    return AuthenticatedConnection(
        transcript=transcript,
        sent_length=application_data_length(connection.notary.sent),
        received_length=application_data_length(connection.notary.received),
        closure=(
            Closure.CLOSE_NOTIFY_NOT_RECEIVED
            if connection.notary.alert is None
            else Closure.CLOSE_NOTIFY_RECEIVED
        ),
        proof=_proof_about_transcript(connection),
    )


def recompute(
    connection: Connection, pre_master_secret: int, observations: tuple[Observation, ...]
) -> TrafficKeys:
    """Run by the Prover in the clear: every value it was shown must be the one the secret gives.

    Rejects with mpc-tls/values-differ, upon which the Prover falls silent: what it sends must not depend on
    it.
    """
    expected, keys = _recompute_key_schedule(
        pre_master_secret.to_bytes(COORDINATE_LENGTH, "big"),
        connection.parameters,
        connection.finished_hashes,
    )
    client = _write_key(keys, Direction.SENT)
    server = _write_key(keys, Direction.RECEIVED)
    expected[Item.KEY_STREAM] = [
        _stream(client, explicit_nonce_of(number), len(plaintext))
        for number, plaintext in enumerate(connection.prover.plaintexts)
    ]
    expected[Item.KEY_STREAM_OF_SERVER_FINISHED] = [
        _stream(server, record.explicit_nonce, len(record.ciphertext))
        for record in connection.prover.received[:1]
    ]
    for item in _RECOMPUTED_ITEMS:
        shown = [observation.octets for observation in observations if observation.item is item]
        if shown != expected[item][: len(shown)]:
            raise Rejection(Reason.MPC_TLS_VALUES_DIFFER, item)
    return keys


def decrypt(connection: Connection, keys: TrafficKeys) -> Transcript:
    """Run by the Prover: check the tags of all its records, of both directions, before it uses an octet.

    Rejects with mpc-tls/tag-mismatch. What stays is application data.
    """
    plaintexts: dict[Direction, list[bytes]] = {}
    for direction, records in (
        (Direction.SENT, connection.prover.sent),
        (Direction.RECEIVED, connection.prover.received),
    ):
        plaintexts[direction] = []
        for number, record in enumerate(records):
            try:
                plaintext = unprotect(
                    _write_key(keys, direction), sequence_number=number, record=record.protected()
                )
            except RecordAuthenticationError as error:
                raise Rejection(
                    Reason.MPC_TLS_TAG_MISMATCH, f"{direction.name.lower()} record {number}"
                ) from error
            if record.content_type == ContentType.APPLICATION_DATA:
                plaintexts[direction].append(plaintext)
    return Transcript(
        sent=b"".join(plaintexts[Direction.SENT]), received=b"".join(plaintexts[Direction.RECEIVED])
    )


def _recompute_key_schedule(
    pre_master_secret: bytes, parameters: KeyScheduleParameters, finished_hashes: dict[Direction, bytes]
) -> tuple[dict[Item, list[bytes]], TrafficKeys]:
    """The values of the key schedule that were opened, in the order in which they were."""
    seed = master_secret_seed(
        client_random=parameters.client_random,
        server_random=parameters.server_random,
        session_hash=parameters.session_hash,
    )
    before = keyed_states(pre_master_secret)
    master = split_pseudorandom_function(before, seed.label, seed.seed, MASTER_SECRET_LENGTH)
    states = keyed_states(master.octets)
    expansion = split_pseudorandom_function(
        states, KEY_EXPANSION_LABEL, parameters.server_random + parameters.client_random, KEY_BLOCK_LENGTH
    )
    keys = split_key_block(expansion.octets)
    expected = {
        Item.INNER_STATE: [before.inner, states.inner],
        Item.CHAIN_VALUE: [*master.chain, *expansion.chain],
        Item.IMPLICIT_NONCE: [keys.client_implicit_nonce, keys.server_implicit_nonce],
        Item.CLIENT_VERIFY_DATA: [],
        Item.SERVER_VERIFY_DATA: [],
    }
    for direction, label, item in (
        (Direction.SENT, CLIENT_FINISHED_LABEL, Item.CLIENT_VERIFY_DATA),
        (Direction.RECEIVED, SERVER_FINISHED_LABEL, Item.SERVER_VERIFY_DATA),
    ):
        if direction in finished_hashes:
            finished = split_pseudorandom_function(
                states, label, finished_hashes[direction], VERIFY_DATA_LENGTH
            )
            expected[Item.CHAIN_VALUE] += finished.chain
            expected[item].append(finished.octets)
    return expected, keys


def _write_key(keys: TrafficKeys, direction: Direction) -> WriteKey:
    if direction is Direction.SENT:
        return WriteKey(key=keys.client_key, implicit_nonce=keys.client_implicit_nonce)
    return WriteKey(key=keys.server_key, implicit_nonce=keys.server_implicit_nonce)


def _stream(key: WriteKey, explicit_nonce: bytes, length: int) -> bytes:
    return key_stream(key.key, record_nonce(key.implicit_nonce, explicit_nonce), length)


def prove_tags(computation: TwoPartyComputation, direction: Direction, records: tuple[Record, ...]) -> None:
    """The Notary recomputes every registered tag from proved H and E(J0)."""
    key, implicit_nonce = _KEY_NAMES[direction]
    key_of_hash = computation.prove_opening(Item.HASH_KEY, hash_key, key)
    for number, record in enumerate(records):
        mask = computation.prove_opening(
            Item.TAG_MASK, partial(_tag_mask, record.explicit_nonce), key, implicit_nonce
        )
        tag = expected_tag(
            key_of_hash=key_of_hash, mask=mask, sequence_number=number, record=record.protected()
        )
        if tag != record.tag:
            raise Rejection(Reason.MPC_TLS_TAG_MISMATCH, f"{direction.name.lower()} record {number}")


def prove_contents(connection: Connection) -> None:
    """Record 0 of each direction is the computed Finished; an alert is close_notify."""
    computation = connection.computation
    for direction, records, reason in (
        (Direction.SENT, connection.notary.sent, Reason.MPC_TLS_CLIENT_FINISHED_MISMATCH),
        (Direction.RECEIVED, connection.notary.received, Reason.MPC_TLS_SERVER_FINISHED_MISMATCH),
    ):
        if not records or direction not in connection.finished_hashes:
            raise Rejection(reason, "there is no Finished")
        finished = finished_message(computation.opened(verify_data_name(direction)))
        _prove_plaintext(computation, direction, records[0], finished, reason)
    alert = connection.notary.alert
    if alert is not None:
        _prove_plaintext(
            computation, Direction.RECEIVED, alert, CLOSE_NOTIFY, Reason.MPC_TLS_ALERT_NOT_CLOSE_NOTIFY
        )


def _proof_about_transcript(connection: Connection) -> ZeroKnowledgeProof:
    """The witnesses of data submission: registered ciphertexts decrypted inside the machine."""
    records = {Direction.SENT: connection.notary.sent, Direction.RECEIVED: connection.notary.received}
    return connection.computation.proof_about(
        {
            direction.name.lower(): partial(_application_data, direction, records[direction])
            for direction in records
        },
        *_KEY_NAMES[Direction.SENT],
        *_KEY_NAMES[Direction.RECEIVED],
    )


def _application_data(direction: Direction, records: tuple[Record, ...], *key_wires: bytes) -> bytes:
    client_key, client_implicit_nonce, server_key, server_implicit_nonce = key_wires
    key = (
        WriteKey(key=client_key, implicit_nonce=client_implicit_nonce)
        if direction is Direction.SENT
        else WriteKey(key=server_key, implicit_nonce=server_implicit_nonce)
    )
    return b"".join(
        xor(record.ciphertext, _stream(key, record.explicit_nonce, len(record.ciphertext)))
        for record in application_data(records)
    )


def _prove_plaintext(
    computation: TwoPartyComputation, direction: Direction, record: Record, plaintext: bytes, reason: Reason
) -> None:
    """Prove that a registered record decrypts to a public plaintext, under the same key wires."""
    stream = xor(record.ciphertext, plaintext)

    def holds(key: bytes, implicit_nonce: bytes) -> bool:
        nonce = record_nonce(implicit_nonce, record.explicit_nonce)
        return key_stream(key, nonce, len(stream)) == stream

    computation.prove_statement(holds, *_KEY_NAMES[direction], reason=reason)


def _tag_mask(explicit_nonce: bytes, key: bytes, implicit_nonce: bytes) -> bytes:
    return tag_mask(key, record_nonce(implicit_nonce, explicit_nonce))
