"""The Prover: owns the TLS session's plaintext, and computes it together with the Notary.

The methods of `Prover` are the Prover's arrows of the sequence diagram, in order. `notarize` plays them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .attestation.commitment_proofs import check_lexical_class, draw_blinders, prove_commitments
from .attestation.validation import Expected, validate_attestation
from .channel.establishment import check_answer, session_request
from .channel.link import ENGINE_CHANNEL, Announcement, EngineChannel, Link
from .channel.messages import (
    Budget,
    CloseSession,
    CommitRequest,
    Disclosure,
    DisclosureAccepted,
    EncodingRequest,
    FinishedHash,
    IncludeCommitments,
    MerkleTreeRoot,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    Record,
    RecordedSessionParameters,
    SentRecord,
    SentRecordCiphertext,
    SessionAnswer,
    SessionClosed,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
    TagShare,
    TlsHandshakeData,
)
from .channel.session_parameters import engine_limits, parameters_digest, run_key_schedule
from .foundation import commitments as commit
from .foundation.artifacts import (
    Attestation,
    AttestationSecrets,
    ConnectionInfo,
    Extension,
    HandshakeData,
    HandshakeOpening,
    HashCommitment,
    HashSecret,
    KeyExchangeOpening,
    SecretCommitment,
    TranscriptCommitments,
)
from .foundation.compiled import warm_up
from .foundation.errors import Refused
from .foundation.hashes import commitment_value
from .foundation.identifiers import (
    CONNECTION_MODE,
    TLS_VERSION,
    Closure,
    Direction,
    HashAlgorithm,
    SessionKind,
    SignatureAlgorithm,
)
from .foundation.randomness import Randomness, SystemRandomness
from .foundation.signatures import VerifyingKey
from .foundation.transcript import Transcript
from .mpc.engine.prover import ProverEngine
from .mpc.engine.records import ProtectedRecord as EngineRecord
from .mpc.engine.records import SessionKeys
from .mpc.engine.tap import NoTap, PhaseCost, Tap
from .mpc.zero_knowledge.bits import octets_of
from .presentation.building import Selection, direct_disclosure
from .settings import (
    CLOSED,
    DEFAULT_TIME_TOLERANCE,
    OWN_PRODUCT,
    OWN_SCALAR,
    Clock,
    Deadlines,
    Progress,
    no_progress,
    system_clock,
)
from .tls import p256
from .tls.certificates import KeyExchange, verify_server
from .tls.connection import Connection, ConnectionLimits
from .tls.constants import CHANGE_CIPHER_SPEC_BODY, CLOSE_NOTIFY, FINISHED_SIZE, ContentType
from .tls.handshake import ChangeCipherSpec, ClientHandshake, ServerFlight
from .tls.protection import RecordOpener, additional_data
from .tls.record_layer import PlainRecord, ProtectedRecord, fragments, plain_records
from .tls.server_name import ServerName

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverSettings:
    """What a Prover needs to know before a session.

    `server_name` is proved, `host` and `port` are where to connect; `notary_key` is the only key whose signature is
    believed; `roots` are the certificate authorities the Server's chain must lead to.
    """

    server_name: ServerName
    host: str
    port: int
    notary_key: VerifyingKey
    roots: tuple[x509.Certificate, ...]
    budget: Budget
    kind: SessionKind = SessionKind.NOTARIZE
    extended_master_secret: bool = True
    time_tolerance: int = DEFAULT_TIME_TOLERANCE
    deadlines: Deadlines = field(default=Deadlines())
    clock: Clock = system_clock
    randomness: Randomness = field(default=SystemRandomness())
    progress: Progress = no_progress
    tap: Tap = field(default=NoTap())


class Prover:
    """One session of a Prover, from the first message to the signed attestation.

    Used as an async context manager over a `Link`; leaving it closes both connections. Whatever the peer or the Server
    does wrong is a `Refused` with its reason; the peer is told, except where the reason would tell it something.
    """

    engine_type: ClassVar[type[ProverEngine]] = ProverEngine

    def __init__(self, link: Link, settings: ProverSettings) -> None:
        self._link = link
        self._settings = settings
        self._tap = settings.tap
        if not isinstance(self._tap, NoTap):
            link.observe(self._tap.record)
        self._randomness = settings.randomness
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prover")
        self._connection: Connection | None = None
        self._sent: list[ProtectedRecord] = []
        self._received: list[ProtectedRecord] = []
        self._sent_octets = bytearray()
        self._received_length = 0
        self._transcript: Transcript | None = None
        self._silent = False
        self._whole_session: asyncio.Timeout | None = None

    async def __aenter__(self) -> Self:
        # Each wait has its own deadline; a Server that says a little before each must not have one for ever.
        self._whole_session = asyncio.timeout(self._settings.deadlines.session)
        await self._whole_session.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        late: Refused | None = None
        try:
            if self._whole_session is not None:
                await self._whole_session.__aexit__(kind, error, traceback)
        except TimeoutError:
            error = late = Refused("link/timeout", "the session took too long")
        try:
            if isinstance(error, Refused) and not self._silent:
                await self._link.refuse(error)
        finally:
            self._worker.shutdown(wait=False, cancel_futures=True)
            await self._link.close()
            if self._connection is not None:
                await self._connection.close()
        if late is not None:
            raise late from None

    # ── TLS session stage ──────────────────────────────────────────────────────────────────────────────────────────

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
        if recorded.digest != parameters_digest(self._answer.session_id, message):
            raise Refused("tls-session/recorded-parameters-mismatch", "the Notary recorded something else")
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
        self._handshake.check_server_finished(_exclusive_or(record.ciphertext, key_stream), expected)

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
            self._engine.finalise, _engine_records(self._sent), _engine_records(self._received)
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

    @property
    def octets_sent(self) -> int:
        """Octets sent to the Notary so far, frames included."""
        return self._link.octets_sent

    @property
    def octets_received(self) -> int:
        """Octets received from the Notary so far, frames included."""
        return self._link.octets_received

    @property
    def costs(self) -> Mapping[str, PhaseCost]:
        """Engine octets, rounds and seconds by phase so far."""
        return self._engine.costs

    # ── Data submission stage ──────────────────────────────────────────────────────────────────────────────────────

    async def submit_transcript_commit_config(
        self,
        config: Sequence[CommitRequest],
        *,
        tree_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
        body_hash_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
        prover_extensions: Sequence[Extension] = (),
    ) -> None:
        """Tell the Notary what to commit to: positions, lengths and classes, never octets.

        Refuses what this Prover could not prove (`data-submission/not-in-lexical-class`) or does not support.
        """
        self._progress("commitments")
        transcript = self._finished_transcript()
        for index, request in enumerate(config):
            if isinstance(request.kind, EncodingRequest):
                raise Refused("data-submission/unsupported-commitment-kind", f"entry {index}")
            octets = request.ranges.select(transcript.octets(request.direction))
            check_lexical_class(octets, request.lexical_class, f"entry {index}")
        self._config = SubmitTranscriptCommitConfig(
            config=tuple(config),
            tree_algorithm=tree_algorithm.value,
            body_hash_algorithm=body_hash_algorithm.value,
            prover_extensions=tuple(sorted(prover_extensions, key=lambda each: each.id.encode())),
        )
        await self._link.send(self._config)

    async def include_commitments(self) -> bytes:
        """Send the commitments, prove them in zero knowledge, and compare the tree's root; returns the root."""
        proof = self._engine.proof
        wires = await self._compute(draw_blinders, proof, len(self._config.config))
        blinders = [octets_of(proof.bits(each)) for each in wires]
        transcript = self._finished_transcript()
        commitments = [
            hash_commitment(request, transcript, blinder)
            for request, blinder in zip(self._config.config, blinders, strict=True)
        ]
        self._secrets = tuple(
            SecretCommitment(commitment=commitment, opening=HashSecret(blinder=blinder))
            for commitment, blinder in zip(commitments, blinders, strict=True)
        )
        await self._link.send(IncludeCommitments(commitments=tuple(commitments)))
        await self._compute(prove_commitments, proof, self._engine.plaintext, commitments, wires)
        root = await self._link.receive(MerkleTreeRoot)
        self._root = commit.tree_root(HashAlgorithm(self._config.tree_algorithm), commitments)
        if root.root != self._root:
            raise Refused("data-submission/root-mismatch", "the Notary built another tree")
        return self._root

    # ── Attestation generation stage ───────────────────────────────────────────────────────────────────────────────

    async def receive_signed_attestation(self) -> tuple[Attestation, AttestationSecrets]:
        """Take the attestation, validate every field of it against this session, and return it with its secrets."""
        self._progress("attestation")
        message = await self._link.receive(SignedAttestation)
        secrets = self._attestation_secrets(message.key_exchange_blinder)
        validate_attestation(message.attestation, self._expected(secrets))
        return message.attestation, secrets

    async def disclose(self, selection: Selection) -> AttestationSecrets:
        """In a session of kind `verify`: show the partner, which is the Verifier, the selection; nothing is signed."""
        self._progress("disclosure")
        secrets = self._attestation_secrets(bytes(32))
        algorithm = HashAlgorithm(self._config.tree_algorithm)
        identity, proof = direct_disclosure(algorithm, secrets, selection)
        await self._link.send(Disclosure(identity=identity, transcript=proof))
        await self._link.receive(DisclosureAccepted)
        return secrets

    def _attestation_secrets(self, key_exchange_blinder: bytes) -> AttestationSecrets:
        transcript = self._finished_transcript()
        return AttestationSecrets(
            server_name=self._settings.server_name.text,
            key_exchange=KeyExchangeOpening(
                client_random=self._client_random,
                server_random=self._flight.server_random,
                server_ephemeral_key=self._flight.server_ephemeral_key,
                blinder=key_exchange_blinder,
            ),
            handshake=HandshakeOpening(handshake_data=self._handshake_data, blinder=self._handshake_blinder),
            sent=transcript.sent,
            received=transcript.received,
            commitments=self._secrets,
        )

    def _expected(self, secrets: AttestationSecrets) -> Expected:
        parameters = self._session_parameters
        return Expected(
            verifying_key=self._settings.notary_key,
            body_hash_algorithm=HashAlgorithm(self._config.body_hash_algorithm),
            connection_info=ConnectionInfo(
                time=self._settings.clock(),
                mode=CONNECTION_MODE,
                tls_version=TLS_VERSION,
                cipher_suite=parameters.cipher_suite,
                extended_master_secret=parameters.extended_master_secret,
                sent_length=len(secrets.sent),
                received_length=len(secrets.received),
                closure=self._closure,
            ),
            time_tolerance=self._settings.time_tolerance,
            key_exchange=secrets.key_exchange,
            handshake_commitment=parameters.handshake_commitment,
            transcript_commitments=TranscriptCommitments(
                algorithm=self._config.tree_algorithm,
                leaf_count=len(self._secrets),
                root=self._root,
            ),
            prover_extensions=self._config.prover_extensions,
        )

    # ── Records and the two connections ────────────────────────────────────────────────────────────────────────────

    async def _protect(self, content_type: ContentType, content: bytes) -> ProtectedRecord:
        """Encrypt one record with the Notary's help and register it, complete, before it goes anywhere."""
        sequence = len(self._sent)
        announcement = Announcement(sequence_number=sequence, length=len(content))
        await self._link.send_frame(ENGINE_CHANNEL, announcement.encode())
        key_stream = await self._compute(self._engine.key_stream, sequence, len(content))
        ciphertext = _exclusive_or(content, key_stream)
        await self._link.send(
            SentRecordCiphertext(
                sequence_number=sequence, content_type=int(content_type), ciphertext=ciphertext
            )
        )
        share = await self._link.receive(TagShare)
        if share.sequence_number != sequence:
            raise Refused("link/unexpected-message", f"a tag share for record {share.sequence_number}")
        record = ProtectedRecord(
            content_type=content_type,
            explicit_nonce=sequence.to_bytes(8, "big"),
            ciphertext=ciphertext,
            tag=self._engine.complete_tag(sequence, int(content_type), ciphertext, share.share),
        )
        self._tap.record("protected record", record.encode())
        self._sent.append(record)
        await self._link.send(SentRecord(sequence_number=sequence, record=_registered(record)))
        return record

    async def _receive_record(self) -> ProtectedRecord | None:
        """The next protected record from the Server, registered before anything else happens to it."""
        record = await self._from_server()
        if record is None:
            return None
        if not isinstance(record, ProtectedRecord):
            raise Refused("tls/unexpected-message", "an unprotected record after ChangeCipherSpec")
        self._check_received(record)
        self._received.append(record)
        await self._link.send(ReceivedRecord(record=_registered(record)))
        return record

    def _check_received(self, record: ProtectedRecord) -> None:
        """Refuse here what the Notary would refuse, so that the reason is this party's own."""
        if not self._received:
            if record.content_type is not ContentType.HANDSHAKE:
                raise Refused("tls/unexpected-message", "the Server does not accept the client's Finished")
            if len(record.ciphertext) != FINISHED_SIZE:
                raise Refused("tls/malformed", f"Finished of {len(record.ciphertext)} octets")
        elif record.content_type is ContentType.HANDSHAKE:
            raise Refused("tls/unexpected-message", "a handshake message after Finished")
        if record.content_type is not ContentType.APPLICATION_DATA:
            return
        budget = self._settings.budget
        self._received_length += len(record.ciphertext)
        # The first received record is Finished.
        if self._received_length > budget.received_octets or len(self._received) > budget.received_records:
            raise Refused("mpc-tls/budget-exceeded", f"a response of more than {budget.received_octets} octets")

    async def _receive_flight(self) -> ServerFlight:
        while True:
            arrived = self._handshake.receive(await self._receive_plain())
            if isinstance(arrived, ServerFlight):
                return arrived

    async def _receive_change_cipher_spec(self) -> None:
        while not isinstance(self._handshake.receive(await self._receive_plain()), ChangeCipherSpec):
            pass
        self._server().begin_protection()

    async def _from_server(self) -> PlainRecord | ProtectedRecord | None:
        record = await self._server().receive()
        if record is not None:
            self._tap.record("received/server", record.encode())
        return record

    async def _receive_plain(self) -> PlainRecord:
        record = await self._from_server()
        if record is None:
            raise Refused("tls/truncated", "the Server closed during the handshake")
        if not isinstance(record, PlainRecord):
            raise Refused("tls/unexpected-message", "a protected record during the handshake")
        return record

    async def _say_goodbye(self, keys: SessionKeys) -> None:
        """Send the Server a close_notify: after close the Prover holds the keys; the record is nobody's evidence."""
        sequence = len(self._sent)
        nonce = sequence.to_bytes(8, "big")
        sealed = AESGCM(keys.client_key).encrypt(
            keys.client_initial_vector + nonce, CLOSE_NOTIFY, additional_data(sequence, ContentType.ALERT, 2)
        )
        record = ProtectedRecord(
            content_type=ContentType.ALERT, explicit_nonce=nonce, ciphertext=sealed[:2], tag=sealed[2:]
        )
        with contextlib.suppress(Refused):
            await self._server().send(record.encode())
        await self._server().close()

    def _server(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("send_tls_handshake_data comes first")
        return self._connection

    def _finished_transcript(self) -> Transcript:
        if self._transcript is None:
            raise RuntimeError("close comes first")
        return self._transcript

    async def _compute(self, function: Callable[..., R], *arguments: Any) -> R:
        """Run blocking computation off the event loop, no longer than a session may take."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._settings.deadlines.session):
                return await loop.run_in_executor(self._worker, functools.partial(function, *arguments))
        except TimeoutError:
            raise Refused("link/timeout", "the computation took too long") from None

    def _progress(self, phase: str) -> None:
        self._settings.progress(phase, self._link.octets_sent, self._link.octets_received)


async def notarize(
    link: Link,
    settings: ProverSettings,
    request: bytes,
    commit_config: Callable[[Transcript], Sequence[CommitRequest]],
    *,
    prover_extensions: Sequence[Extension] = (),
) -> tuple[Attestation, AttestationSecrets]:
    """Play all arrows of a Prover's session: one request, its response, commitments as `commit_config` chooses them.

    `request` is one complete HTTP/1.1 request that asks the Server to close the connection after its response.
    """
    async with Prover(link, settings) as prover:
        await prover.establish_mpc_tls_connection()
        await prover.send_tls_handshake_data()
        await prover.send_request(request)
        await prover.receive_response()
        transcript = await prover.close()
        await prover.submit_transcript_commit_config(
            commit_config(transcript), prover_extensions=prover_extensions
        )
        await prover.include_commitments()
        return await prover.receive_signed_attestation()


def hash_commitment(request: CommitRequest, transcript: Transcript, blinder: bytes) -> HashCommitment:
    """The hash commitment that a request asks for, to the octets of this transcript."""
    if isinstance(request.kind, EncodingRequest):
        raise Refused("data-submission/unsupported-commitment-kind", "an encoding commitment")
    octets = request.ranges.select(transcript.octets(request.direction))
    return HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=request.kind.algorithm,
        value=commitment_value(HashAlgorithm(request.kind.algorithm), octets, blinder),
    )


def _registered(record: ProtectedRecord) -> Record:
    return Record(
        content_type=int(record.content_type),
        version=TLS_VERSION,
        explicit_nonce=record.explicit_nonce,
        ciphertext=record.ciphertext,
        tag=record.tag,
    )


def _engine_records(records: Sequence[ProtectedRecord]) -> list[EngineRecord]:
    return [
        EngineRecord(
            content_type=int(each.content_type),
            explicit_nonce=each.explicit_nonce,
            ciphertext=each.ciphertext,
            tag=each.tag,
        )
        for each in records
    ]


def _exclusive_or(left: bytes, right: bytes | None) -> bytes:
    if right is None:
        raise RuntimeError("the engine opens key stream to the Prover")
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
