"""The TLS session stage played by all parties: from a request to an authenticated transcript.

Nothing here decides anything; every check is in the step that is called. The order of the calls is the order
of `docs/protocol/formats.md`, section 9.1, and it is the security: nothing may move up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509

from .diagram import Role
from .digests import sha256
from .ideal.two_party_computation import TwoPartyComputation
from .ideal.zero_knowledge_proof import ZeroKnowledgeProof
from .identifiers import TLS_1_2, Direction, SessionKind, SignatureAlgorithm
from .key_exchange import (
    combined_public_key,
    forward_server_public_key,
    secure_two_party_computation,
    server_public_key,
    verifier_public_key,
)
from .key_exchange.combined_public_key import ServerBeforeKeyExchange
from .key_exchange.secure_two_party_computation import ReadyToCompute
from .link import Link
from .mpc_tls import close, finalisation, finished, key_schedule, key_share, records
from .mpc_tls.connection import Connection, KeyScheduleParameters
from .mpc_tls.messages import Budget, FinishedHash, Record
from .mpc_tls.views import Item, ViewLog, ViewStep
from .notary_states import NotaryAgreed, NotaryFinalised, NotaryKeyed, NotaryReady
from .ordinary_server import (
    OrdinaryServer,
    ServerConfiguration,
    client_hello,
    client_key_exchange,
    derive_keys,
    exchange_finished,
    read_record,
    respond,
    server_flight,
)
from .prover_states import ProverAgreed, ProverFinalised, ProverGreeted, ProverReady, TlsHandshake
from .randomness import Randomness
from .tls.constants import ContentType
from .tls.handshake_messages import HandshakeData, finished_message
from .tls.server_identity import KeyExchange, verify_server_identity
from .tls_session import (
    establish_mpc_tls_connection,
    send_tls_handshake_data,
    verify_and_record_session_parameters,
)

RANDOM_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPlan:
    """What the parties want of the connection. Requests and responses are the plaintexts of records."""

    kind: SessionKind
    signature_algorithms: tuple[SignatureAlgorithm, ...]
    cipher_suites: tuple[int, ...]
    budget: Budget
    server_name: str
    roots: tuple[x509.Certificate, ...]
    server: ServerConfiguration
    requests: tuple[bytes, ...]
    responses: tuple[bytes, ...]
    close_notify: bool
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRandomness:
    """A source of randomness for each role that draws; the computation's own is the fourth."""

    prover: Randomness
    notary: Randomness
    server: Randomness
    computation: Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionResult:
    """Both parties after finalisation, what each was shown, what the Server read, and the open proof."""

    prover: ProverFinalised
    notary: NotaryFinalised
    views: ViewLog
    server_read: bytes
    proof: ZeroKnowledgeProof


def run_connection(
    plan: ConnectionPlan,
    prover: ProverReady,
    notary: NotaryReady,
    link: Link,
    randomness: PartyRandomness,
) -> ConnectionResult:
    """Play the whole stage. Rejects with whatever the first step that refuses gives."""
    agreed_prover, agreed_notary = _agree(plan, prover, notary, link, randomness)
    computation = TwoPartyComputation()
    views = computation.views
    session_id = agreed_prover.terms.session_id

    # Key shares: commit, answer, open.
    prover_share, commitment = key_share.commit(session_id, randomness.prover)
    notary_share = key_share.accept_commitment(session_id, link.to_notary(commitment))
    notary_sent, answer = verifier_public_key.send(notary_share, randomness.notary)
    answer = link.to_prover(answer)
    prover_holds = verifier_public_key.receive(prover_share, answer)
    opening = link.to_notary(key_share.open_commitment(prover_holds))
    notary_holds = key_share.accept_opening(notary_sent, opening)
    keyed = NotaryKeyed(agreed=agreed_notary, client_random=notary_holds.client_random)
    for party, share in ((Role.PROVER, answer), (Role.NOTARY, opening)):
        views.show(party, ViewStep.PARAMETERS, Item.PEER_KEY_SHARE, share.public_key)
        views.show(party, ViewStep.PARAMETERS, Item.PEER_RANDOM, share.random)

    # TLS up to ServerHelloDone, with a Server that notices nothing.
    awaiting, combined = combined_public_key.send(prover_holds, randomness.prover)
    hello = client_hello(
        client_random=prover_holds.client_random,
        server_name=plan.server_name,
        cipher_suites=agreed_prover.terms.cipher_suites,
    )
    before = ServerBeforeKeyExchange(
        client_random=prover_holds.client_random,
        server_random=randomness.server.octets("server random", RANDOM_LENGTH),
        signing_key=plan.server.signing_key,
    )
    server_holds = combined_public_key.receive(before, combined)
    server_secret, server_key = server_public_key.send(server_holds, randomness.server)
    prover_keyed = server_public_key.receive(awaiting, server_key)
    flight = server_flight(
        plan.server, server_random=before.server_random, key_exchange_body=server_key.to_wire()
    )
    handshake_octets = hello + flight + client_key_exchange(combined.to_wire())
    extended = plan.server.extended_master_secret
    handshake = TlsHandshake(
        server_name=plan.server_name,
        tls_version=TLS_1_2,
        cipher_suite=plan.server.cipher_suite,
        client_random=prover_holds.client_random,
        server_random=before.server_random,
        extended_master_secret=extended,
        session_hash=sha256(handshake_octets) if extended else None,
        server_ephemeral_key=server_key.public_key,
        handshake_data=HandshakeData(
            certificates=plan.server.certificates,
            signature_algorithm=server_key.signature_algorithm,
            signature=server_key.signature,
        ),
    )
    _verify_server(handshake, plan.roots, plan.now)
    _show_handshake(views, handshake)

    # Send TLS Handshake Data; Verify and Record Session Parameters.
    greeted = ProverGreeted(agreed=agreed_prover, handshake=handshake)
    parameters_sent, parameters = send_tls_handshake_data.send(greeted, randomness.prover)
    received = send_tls_handshake_data.receive(keyed, link.to_notary(parameters))
    notary_recorded, digest = verify_and_record_session_parameters.send(received)
    prover_recorded = verify_and_record_session_parameters.receive(parameters_sent, link.to_prover(digest))
    _show_parameters(views, handshake, parameters.handshake_commitment)

    # Secure 2PC: pre-master secret and key schedule.
    prover_ready, forwarded = forward_server_public_key.send(prover_keyed, randomness.prover)
    # The Server's key crossed the link inside the handshake data; the Notary takes it from its record.
    forwarded = replace(forwarded, server_ephemeral_key=notary_recorded.parameters.server_ephemeral_key)
    notary_ready = forward_server_public_key.receive(notary_holds, forwarded)
    secret = secure_two_party_computation.perform(
        ReadyToCompute(prover=prover_ready, notary=notary_ready, computation=computation),
        randomness.computation,
    )
    schedule = KeyScheduleParameters(
        client_random=handshake.client_random,
        server_random=handshake.server_random,
        session_hash=handshake.session_hash,
    )
    connection = key_schedule.perform(secret, schedule, agreed_notary.terms.budget)
    connection = records.share_hash_key(connection, randomness.computation)
    server = derive_keys(
        pre_master_secret=server_secret.pre_master_secret,
        client_random=handshake.client_random,
        server_random=handshake.server_random,
        extended_master_secret=extended,
        handshake=handshake_octets,
    )

    # Finished, application data, close.
    connection, server = _finish_handshake(connection, server, link, randomness.computation)
    server_read = b""
    for request in plan.requests:
        connection, record = _write(
            connection, ContentType.APPLICATION_DATA, request, link, randomness.computation
        )
        server, octets = read_record(server, record)
        server_read += octets
    server, response = respond(server, plan.responses, close_notify=plan.close_notify)
    for record in response:
        connection = _register(connection, record, link)
    closed, confirmation = close.receive(connection, link.to_notary(close.send(connection)))
    link.to_prover(confirmation)
    authenticated = finalisation.perform(closed, secret.prover)
    return ConnectionResult(
        prover=ProverFinalised(
            connection=prover_recorded,
            transcript=authenticated.transcript,
            closure=authenticated.closure,
        ),
        notary=NotaryFinalised(
            connection=notary_recorded,
            sent_length=authenticated.sent_length,
            received_length=authenticated.received_length,
            closure=authenticated.closure,
        ),
        views=views,
        server_read=server_read,
        proof=authenticated.proof,
    )


def _agree(
    plan: ConnectionPlan, prover: ProverReady, notary: NotaryReady, link: Link, randomness: PartyRandomness
) -> tuple[ProverAgreed, NotaryAgreed]:
    """Establish MPC-TLS Connection: request and signed answer."""
    requested, request = establish_mpc_tls_connection.send(
        prover,
        kind=plan.kind,
        cipher_suites=plan.cipher_suites,
        signature_algorithms=plan.signature_algorithms,
        budget=plan.budget,
        randomness=randomness.prover,
    )
    accepted = establish_mpc_tls_connection.receive(notary, link.to_notary(request))
    agreed_notary, answer = establish_mpc_tls_connection.answer(accepted, randomness.notary)
    agreed_prover = establish_mpc_tls_connection.accept(requested, link.to_prover(answer))
    return agreed_prover, agreed_notary


def _verify_server(handshake: TlsHandshake, roots: Sequence[x509.Certificate], now: int) -> None:
    """What any TLS client does before it sends a key: the Prover refuses a wrong Server itself."""
    verify_server_identity(
        server_name=handshake.server_name,
        handshake_data=handshake.handshake_data,
        key_exchange=KeyExchange(
            cipher_suite=handshake.cipher_suite,
            client_random=handshake.client_random,
            server_random=handshake.server_random,
            server_ephemeral_key=handshake.server_ephemeral_key,
        ),
        roots=roots,
        time=now,
    )


def _finish_handshake(
    connection: Connection, server: OrdinaryServer, link: Link, randomness: Randomness
) -> tuple[Connection, OrdinaryServer]:
    """Exchange both Finished; each is the record with sequence number 0 of its direction."""
    client_hash = FinishedHash(direction=Direction.SENT, hash=sha256(server.handshake))
    connection, verify_data = finished.open_verify_data(connection, link.to_notary(client_hash))
    client_finished = finished_message(verify_data)
    server_hash = FinishedHash(direction=Direction.RECEIVED, hash=sha256(server.handshake + client_finished))
    connection, record = _write(connection, ContentType.HANDSHAKE, client_finished, link, randomness)
    server, server_finished = exchange_finished(server, record)
    connection = _register(connection, server_finished, link)
    connection, verify_data = finished.open_verify_data(connection, link.to_notary(server_hash))
    finished.verify_server_finished(records.decrypt_server_finished(connection), verify_data)
    return connection, server


def _write(
    connection: Connection, content_type: ContentType, plaintext: bytes, link: Link, randomness: Randomness
) -> tuple[Connection, Record]:
    """One sent record: ciphertext, tag share, registration, and only then the Server."""
    connection, ciphertext = records.encrypt(connection, content_type, plaintext, randomness)
    connection, share = records.answer_ciphertext(connection, link.to_notary(ciphertext))
    connection, registration = records.complete_record(connection, link.to_prover(share))
    connection = records.register_sent(connection, link.to_notary(registration))
    return connection, registration.record


def _register(connection: Connection, record: Record, link: Link) -> Connection:
    connection, registration = records.report_received(connection, record)
    return records.register_received(connection, link.to_notary(registration))


def _show_handshake(views: ViewLog, handshake: TlsHandshake) -> None:
    """What the Server's flight tells the Prover."""
    for item, octets in (
        (Item.SERVER_RANDOM, handshake.server_random),
        (Item.SERVER_EPHEMERAL_KEY, handshake.server_ephemeral_key),
        (Item.CERTIFICATES, b"".join(handshake.handshake_data.certificates)),
        (Item.SERVER_SIGNATURE, handshake.handshake_data.signature),
    ):
        views.show(Role.PROVER, ViewStep.PARAMETERS, item, octets)


def _show_parameters(views: ViewLog, handshake: TlsHandshake, commitment: bytes) -> None:
    """What the handshake data tell the Notary."""
    for item, octets in (
        (Item.CLIENT_RANDOM, handshake.client_random),
        (Item.SERVER_RANDOM, handshake.server_random),
        (Item.SERVER_EPHEMERAL_KEY, handshake.server_ephemeral_key),
        (Item.MASTER_SECRET_MODE, handshake.session_hash or b""),
        (Item.HANDSHAKE_COMMITMENT, commitment),
    ):
        views.show(Role.NOTARY, ViewStep.PARAMETERS, item, octets)
