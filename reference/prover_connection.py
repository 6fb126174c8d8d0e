"""The Prover's side of the connection: the TLS session stage, up to the finished transcript.

The Server sees one ordinary client; the Notary helps with everything that needs a key, until the Prover closes.
"""

from __future__ import annotations

import asyncio

from .channel.establishment import check_answer, session_request
from .channel.link import EngineChannel
from .channel.messages import (
    CloseSession,
    FinishedHash,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    RecordedSessionParameters,
    SessionAnswer,
    SessionClosed,
    TlsHandshakeData,
)
from .channel.session_parameters import check_recorded_parameters, engine_limits, run_key_schedule
from .foundation import commitments as commit
from .foundation.artifacts import (
    HandshakeData,
)
from .foundation.compiled import warm_up
from .foundation.errors import Refused
from .foundation.identifiers import (
    TLS_VERSION,
    Closure,
    Direction,
    SignatureAlgorithm,
)
from .foundation.transcript import Transcript
from .prover_records import ProverRecords, engine_records, exclusive_or
from .settings import (
    CLOSED,
    OWN_PRODUCT,
    OWN_SCALAR,
)
from .tls import p256
from .tls.certificates import KeyExchange, verify_server
from .tls.connection import Connection, ConnectionLimits
from .tls.constants import CHANGE_CIPHER_SPEC_BODY, ContentType
from .tls.handshake import ClientHandshake, ServerFlight
from .tls.protection import RecordOpener
from .tls.record_layer import fragments, plain_records


class ProverConnection(ProverRecords):
    """The arrows of the TLS session stage, in order, with what the key-exchange diagram has between them."""

    async def establish_mpc_tls_connection(self) -> None:
        """Ask for a session, check that the answer is the trusted Notary's, preprocess, and agree on a key share."""
        settings = self._settings
        # Compilation, at first use, takes longer than a peer waits.
        self._progress("preparation")
        await self._compute(warm_up)
        self._progress("session request")
        request = session_request(
            kind=settings.kind,
            signature_algorithms=(SignatureAlgorithm(settings.notary_key.algorithm),),
            budget=settings.budget,
            nonce=self._randomness.octets(32),
            engine_profiles=settings.engine_profiles,
        )
        await self._link.send(request)
        answer = await self._link.receive(SessionAnswer)
        self._answer = check_answer(request, answer, trusted=settings.notary_key)
        self._link.agree()
        self._engine = self.engine_type(
            EngineChannel(self._link, asyncio.get_running_loop()),
            self._randomness,
            answer.session_id,
            engine_limits(settings.budget),
            settings.tap,
            profile=answer.engine_profile,
        )
        self._progress("preprocessing")
        await self._compute(self._engine.preprocess)
        await self._exchange_key_shares()

    async def _exchange_key_shares(self) -> None:
        self._progress("key shares")
        self._scalar = p256.random_scalar(self._randomness)
        self._tap.record(OWN_SCALAR, self._scalar.to_bytes(32, "big"))
        own_share = p256.public_point(self._scalar)
        random, blinder = self._randomness.octets(32), self._randomness.octets(32)
        session_id = self._answer.session_id
        commitment = commit.key_share_commitment(session_id, own_share.encode(), random, blinder)
        await self._link.send(ProverKeyShareCommitment(commitment=commitment))
        share = await self._link.receive(NotaryKeyShare)
        notary_share = p256.decode_point(share.public_key)
        self._public_key = p256.add_points(own_share, notary_share)
        self._client_random = commit.client_random(random, share.random)
        self._tap.record("client random", self._client_random)
        await self._link.send(ProverKeyShare(public_key=own_share.encode(), random=random, blinder=blinder))

    async def send_tls_handshake_data(self) -> None:
        """Run TLS with the Server up to its ServerHelloDone, and give the Notary what it must check and record."""
        settings = self._settings
        self._progress("handshake")
        limits = ConnectionLimits(wait_seconds=settings.deadlines.server)
        self._connection = await Connection.open(settings.host, settings.port, limits)
        self._handshake = ClientHandshake(
            server_name=settings.server_name,
            client_random=self._client_random,
            extended_master_secret=settings.extended_master_secret,
        )
        hello = self._handshake.client_hello()
        await self._connection.send(plain_records(ContentType.HANDSHAKE, hello, first=True))
        self._flight = flight = await self._receive_flight()
        self._handshake_data = HandshakeData(
            certificates=flight.certificate_chain,
            signature_algorithm=int(flight.signature_scheme),
            signature=flight.signature,
        )
        self._check_server(flight)
        self._client_key_exchange = self._handshake.client_key_exchange(self._public_key.encode())
        self._handshake_blinder = self._randomness.octets(32)
        message = TlsHandshakeData(
            tls_version=TLS_VERSION,
            cipher_suite=int(flight.cipher_suite),
            client_random=self._client_random,
            server_random=flight.server_random,
            extended_master_secret=flight.extended_master_secret,
            session_hash=self._handshake.session_hash() if flight.extended_master_secret else None,
            server_ephemeral_key=flight.server_ephemeral_key,
            handshake_commitment=commit.handshake_commitment(self._handshake_data, self._handshake_blinder),
        )
        await self._link.send(message)
        recorded = await self._link.receive(RecordedSessionParameters)
        check_recorded_parameters(recorded, session_id=self._answer.session_id, message=message)
        self._session_parameters = message
        await self._complete_handshake()

    def _check_server(self, flight: ServerFlight) -> None:
        if int(flight.cipher_suite) not in self._answer.cipher_suites:
            raise Refused(
                "tls-session/unexpected-cipher-suite", f"the Server chose {int(flight.cipher_suite):#06x}"
            )
        verify_server(
            self._handshake_data,
            key_exchange=KeyExchange(
                cipher_suite=int(flight.cipher_suite),
                client_random=self._client_random,
                server_random=flight.server_random,
                server_ephemeral_key=flight.server_ephemeral_key,
            ),
            server_name=self._settings.server_name.text,
            time=self._settings.clock(),
            roots=self._settings.roots,
        )

    async def _complete_handshake(self) -> None:
        """Pre-master secret, key schedule and both Finished messages, neither party ever holding a key."""
        flight, engine = self._flight, self._engine
        self._progress("pre-master secret")
        share = p256.multiply_full(self._scalar, p256.decode_point(flight.server_ephemeral_key))
        self._tap.record(OWN_PRODUCT, share.encode())
        await self._compute(engine.key_exchange, (share.x, share.y))
        self._progress("key schedule")
        await self._compute(run_key_schedule, engine, self._session_parameters)
        self._progress("finished")
        finished_hash = self._handshake.client_finished_hash()
        await self._link.send(FinishedHash(direction=Direction.SENT, hash=finished_hash))
        verify_data = await self._compute(engine.client_finished, finished_hash)
        finished = await self._protect(ContentType.HANDSHAKE, self._handshake.client_finished(verify_data))
        connection = self._server()
        await connection.send(
            plain_records(ContentType.HANDSHAKE, self._client_key_exchange)
            + plain_records(ContentType.CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC_BODY)
            + finished.encode()
        )
        await self._receive_change_cipher_spec()
        record = await self._receive_record()
        if record is None:
            raise Refused("tls/truncated", "the Server closed before its Finished")
        server_hash = self._handshake.server_finished_hash()
        await self._link.send(FinishedHash(direction=Direction.RECEIVED, hash=server_hash))
        expected = await self._compute(engine.server_finished, server_hash)
        key_stream = await self._compute(engine.server_finished_key_stream, record.explicit_nonce)
        self._handshake.check_server_finished(exclusive_or(record.ciphertext, key_stream), expected)

    async def send_request(self, request: bytes) -> None:
        """Encrypt the request with the Notary's help, register each record, and send it to the Server."""
        self._progress("request")
        for content in fragments(request):
            record = await self._protect(ContentType.APPLICATION_DATA, content)
            self._sent_octets += content
            await self._server().send(record.encode())

    async def receive_response(self) -> None:
        """Register every record the Server sends, unread, until it closes; it is deciphered after `close`."""
        self._progress("response")
        while (record := await self._receive_record()) is not None:
            if record.content_type is ContentType.ALERT:
                break

    async def close(self) -> Transcript:
        """Close the session and finalise it: only now is the transcript readable, and authenticated for both."""
        self._progress("close")
        await self._link.send(CloseSession())
        await self._link.receive(SessionClosed)
        self._engine.close()
        self._tap.record(CLOSED, b"")
        self._progress("proof")
        # Whatever this Prover finds wrong from here on, the Notary must not learn which value it was.
        self._silent = True
        keys = await self._compute(
            self._engine.finalise, engine_records(self._sent), engine_records(self._received)
        )
        self._silent = False
        self._tap.record("client key", keys.client_key)
        self._tap.record("server key", keys.server_key)
        opener = RecordOpener(key=keys.server_key, salt=keys.server_initial_vector)
        received = b"".join(
            content
            for record, content in [(record, opener.open(record)) for record in self._received]
            if record.content_type is ContentType.APPLICATION_DATA
        )
        self._closure = Closure.CLOSE_NOTIFY if opener.close_notify_received else Closure.NOT_RECEIVED
        await self._say_goodbye(keys)
        self._tap.record("received octets", received)
        self._transcript = Transcript(sent=bytes(self._sent_octets), received=received)
        return self._transcript
