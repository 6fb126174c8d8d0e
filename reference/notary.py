"""The Notary: holds half of every key, sees no plaintext, and signs what it verified.

The methods of `NotarySession` are the Notary's arrows of the sequence diagram, in order. `Notary` serves many sessions
at once; computation runs off the event loop.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from .attestation.commit_config import (
    check_commitments,
    check_config,
    check_prover_extensions,
    hash_commitments,
)
from .attestation.commitment_proofs import draw_blinders, prove_commitments
from .attestation.signing import sign_attestation
from .channel.establishment import answer_request
from .channel.link import Announcement, EngineChannel, Link, PeerRefused
from .channel.messages import (
    CloseSession,
    Disclosure,
    DisclosureAccepted,
    FinishedHash,
    IncludeCommitments,
    MerkleTreeRoot,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    RecordedSessionParameters,
    SentRecord,
    SentRecordCiphertext,
    SessionClosed,
    SessionRequest,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
    TagShare,
    TlsHandshakeData,
)
from .channel.session_parameters import (
    check_handshake_data,
    engine_limits,
    parameters_digest,
    run_key_schedule,
)
from .foundation import commitments as commit
from .foundation.artifacts import (
    Attestation,
    AttestationBody,
    ConnectionInfo,
    Extension,
    HashCommitment,
    KeyExchangeOpening,
    TranscriptCommitments,
)
from .foundation.compiled import warm_up
from .foundation.errors import Refused
from .foundation.identifiers import CONNECTION_MODE, Closure, Direction, HashAlgorithm, SessionKind
from .foundation.randomness import Randomness, SystemRandomness
from .foundation.signatures import SigningKey
from .mpc.engine.notary import NotaryEngine
from .mpc.engine.records import ProtectedRecord
from .mpc.engine.tap import NoTap, PhaseCost, Tap
from .settings import CLOSED, OWN_PRODUCT, OWN_SCALAR, Clock, Deadlines, NotaryLimits, system_clock
from .tls import p256
from .tls.registration import RecordRegister, RegisteredRecord

R = TypeVar("R")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotarySettings:
    """What a Notary is run with: its keys, one for each algorithm it offers, its limits and its clock."""

    signing_keys: tuple[SigningKey, ...]
    limits: NotaryLimits = field(default=NotaryLimits())
    kinds: frozenset[SessionKind] = frozenset({SessionKind.NOTARIZE})
    notary_extensions: tuple[Extension, ...] = ()
    deadlines: Deadlines = field(default=Deadlines())
    clock: Clock = system_clock
    randomness: Randomness = field(default=SystemRandomness())
    tap: Tap = field(default=NoTap())


class NotarySession:
    """One session of a Notary, from the Prover's request to the attestation it returns.

    Requires to be closed with `close`, whatever happened. Every refusal is a `Refused` with its reason.
    """

    engine_type: ClassVar[type[NotaryEngine]] = NotaryEngine

    def __init__(self, link: Link, settings: NotarySettings) -> None:
        self._link = link
        self._settings = settings
        self._tap = settings.tap
        if not isinstance(self._tap, NoTap):
            link.observe(self._tap.record)
        self._randomness = settings.randomness
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="notary")

    async def close(self) -> None:
        """Close the link and the worker."""
        await self._link.close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    # ── TLS session stage ──────────────────────────────────────────────────────────────────────────────────────────

    async def establish_mpc_tls_connection(self) -> SessionKind:
        """Answer a request for a session, signed, preprocess, and agree on a key share; returns the session's kind."""
        request = await self._link.receive(SessionRequest)
        self._answer, self._signing_key = answer_request(
            request,
            signing_keys=self._settings.signing_keys,
            kinds=self._settings.kinds,
            largest=self._settings.limits.budget,
            session_id=self._randomness.octets(32),
        )
        await self._link.send(self._answer)
        self._link.agree()
        self._engine = self.engine_type(
            EngineChannel(self._link, asyncio.get_running_loop()),
            self._randomness,
            self._answer.session_id,
            engine_limits(self._answer.budget),
            self._settings.tap,
        )
        await self._compute(self._engine.preprocess)
        await self._exchange_key_shares()
        return request.kind

    async def _exchange_key_shares(self) -> None:
        committed = await self._link.receive(ProverKeyShareCommitment)
        self._scalar = p256.random_scalar(self._randomness)
        self._tap.record(OWN_SCALAR, self._scalar.to_bytes(32, "big"))
        own_share, random = p256.public_point(self._scalar), self._randomness.octets(32)
        await self._link.send(NotaryKeyShare(public_key=own_share.encode(), random=random))
        opened = await self._link.receive(ProverKeyShare)
        prover_share = p256.decode_point(opened.public_key)
        session_id = self._answer.session_id
        if committed.commitment != commit.key_share_commitment(
            session_id, opened.public_key, opened.random, opened.blinder
        ):
            raise Refused("key-exchange/commitment-mismatch", "the Prover opened another key share")
        p256.add_points(own_share, prover_share)
        self._client_random = commit.client_random(opened.random, random)
        self._tap.record("client random", self._client_random)

    async def verify_and_record_session_parameters(self) -> None:
        """Check and record what the Prover says of the handshake, then derive the keys together."""
        message = await self._link.receive(TlsHandshakeData)
        self._parameters = check_handshake_data(
            message, cipher_suites=self._answer.cipher_suites, client_random=self._client_random
        )
        server_point = p256.decode_point(message.server_ephemeral_key)
        digest = parameters_digest(self._answer.session_id, message)
        await self._link.send(RecordedSessionParameters(digest=digest))
        share = p256.multiply_full(self._scalar, server_point)
        self._tap.record(OWN_PRODUCT, share.encode())
        await self._compute(self._engine.key_exchange, (share.x, share.y))
        await self._compute(run_key_schedule, self._engine, self._parameters)
        self._register = RecordRegister(self._answer.budget)
        await self._run_finished(Direction.SENT)
        await self._serve_until(lambda: bool(self._register.received))
        await self._run_finished(Direction.RECEIVED)
        nonce = self._register.received[0].record.explicit_nonce
        await self._compute(self._engine.server_finished_key_stream, nonce)

    async def _run_finished(self, direction: Direction) -> None:
        message = await self._link.receive(FinishedHash, deadline=self._settings.deadlines.session)
        if message.direction is not direction:
            raise Refused("link/unexpected-message", "the Finished hash of the other direction")
        run = self._engine.client_finished if direction is Direction.SENT else self._engine.server_finished
        await self._compute(run, message.hash)

    async def serve_records(self) -> None:
        """Help to protect and register records until the Prover closes; then help with nothing more, irrevocably."""
        await self._serve_until(lambda: False)
        self._register.close()
        self._engine.close()
        self._tap.record(CLOSED, b"")
        await self._link.send(SessionClosed())
        await self._compute(
            self._engine.finalise,
            _engine_records(self._register.sent),
            _engine_records(self._register.received),
        )

    async def _serve_until(self, done: Callable[[], bool]) -> None:
        """Serve records until `done`, or until the Prover closes the session."""
        while not done():
            message = await self._link.receive_or_announcement(
                SentRecordCiphertext,
                SentRecord,
                ReceivedRecord,
                CloseSession,
                deadline=self._settings.deadlines.session,
            )
            if isinstance(message, Announcement):
                await self._open_key_stream(message)
            elif isinstance(message, SentRecordCiphertext):
                self._register.request_tag_share(message)
                share = self._engine.tag_share(
                    message.sequence_number, message.content_type, message.ciphertext
                )
                self._tap.record("own tag share", share)
                await self._link.send(TagShare(sequence_number=message.sequence_number, share=share))
            elif isinstance(message, SentRecord):
                self._register.register_sent(message)
            elif isinstance(message, ReceivedRecord):
                self._register.register_received(message)
            elif self._register.received:
                return
            else:
                raise Refused("link/unexpected-message", "close during the handshake")

    async def _open_key_stream(self, announcement: Announcement) -> None:
        if self._register.awaits_registration:
            raise Refused("mpc-tls/unregistered-record", "the record before is not registered")
        await self._compute(self._engine.key_stream, announcement.sequence_number, announcement.length)

    # ── Data submission stage ──────────────────────────────────────────────────────────────────────────────────────

    async def submit_transcript_commit_config(self) -> None:
        """Receive and check what the Prover wants committed, and its statements."""
        message = await self._link.receive(
            SubmitTranscriptCommitConfig, deadline=self._settings.deadlines.session
        )
        # A config may name millions of ranges: too much for the event loop.
        check = functools.partial(
            check_config,
            sent_length=self._register.application_length(Direction.SENT),
            received_length=self._register.application_length(Direction.RECEIVED),
            maximum_commitments=self._settings.limits.commitments,
            hash_algorithms=self._settings.limits.hash_algorithms,
            document_algorithms=(message.tree_algorithm, message.body_hash_algorithm),
            maximum_octets=self._settings.limits.committed_octets,
        )
        await self._compute(check, message.config)
        check_prover_extensions(message.prover_extensions)
        self._config = message

    async def include_commitments(self) -> None:
        """Receive the commitments and verify in zero knowledge that they are to what the registered records hold."""
        blinders = await self._compute(draw_blinders, self._engine.proof, len(self._config.config))
        message = await self._link.receive(IncludeCommitments)
        await self._compute(check_commitments, self._config.config, message.commitments)
        self._commitments: Sequence[HashCommitment] = hash_commitments(message.commitments)
        await self._compute(
            prove_commitments, self._engine.proof, self._engine.plaintext, self._commitments, blinders
        )
        self._engine.proof.end()

    async def generate_merkle_tree_root(self) -> bytes:
        """Build the tree over the verified commitments and return its root to the Prover."""
        self._root = commit.tree_root(HashAlgorithm(self._config.tree_algorithm), self._commitments)
        await self._link.send(MerkleTreeRoot(root=self._root))
        return self._root

    # ── Attestation generation stage ───────────────────────────────────────────────────────────────────────────────

    def build_attestation_body(self, key_exchange_blinder: bytes) -> AttestationBody:
        """Build the body: this Notary's key, the connection as it saw it, and the commitments."""
        parameters = self._parameters
        exchange = KeyExchangeOpening(
            client_random=parameters.client_random,
            server_random=parameters.server_random,
            server_ephemeral_key=parameters.server_ephemeral_key,
            blinder=key_exchange_blinder,
        )
        return AttestationBody(
            verifying_key=self._signing_key.verifying_key,
            connection_info=self.connection_info(),
            key_exchange_commitment=commit.key_exchange_commitment(exchange),
            handshake_commitment=parameters.handshake_commitment,
            transcript_commitments=TranscriptCommitments(
                algorithm=self._config.tree_algorithm,
                leaf_count=len(self._commitments),
                root=self._root,
            ),
            prover_extensions=self._config.prover_extensions,
            notary_extensions=self._settings.notary_extensions,
        )

    def connection_info(self) -> ConnectionInfo:
        """Include Connection Info: what this Notary itself saw, at the time of its own clock."""
        closed = self._register.alert_received
        return ConnectionInfo(
            time=self._settings.clock(),
            mode=CONNECTION_MODE,
            tls_version=self._parameters.tls_version,
            cipher_suite=self._parameters.cipher_suite,
            extended_master_secret=self._parameters.extended_master_secret,
            sent_length=self._register.application_length(Direction.SENT),
            received_length=self._register.application_length(Direction.RECEIVED),
            closure=Closure.CLOSE_NOTIFY if closed else Closure.NOT_RECEIVED,
        )

    def sign_with_private_key(self, body: AttestationBody) -> Attestation:
        """Sign the body under a fresh random id."""
        return sign_attestation(
            body,
            signing_key=self._signing_key,
            body_hash_algorithm=HashAlgorithm(self._config.body_hash_algorithm),
            attestation_id=self._randomness.octets(16),
        )

    async def return_signed_attestation(self) -> Attestation:
        """Build, sign and return the attestation."""
        blinder = self._randomness.octets(32)
        attestation = self.sign_with_private_key(self.build_attestation_body(blinder))
        await self._link.send(SignedAttestation(attestation=attestation, key_exchange_blinder=blinder))
        return attestation

    # ── The partner is the Verifier: nothing is signed ─────────────────────────────────────────────────────────────

    async def receive_disclosure(self) -> tuple[AttestationBody, Disclosure]:
        """In a session of kind `verify`: what the Prover shows, with the body that a Notary would have signed."""
        message = await self._link.receive(Disclosure, deadline=self._settings.deadlines.session)
        if message.identity is not None:
            shown = message.identity.key_exchange
            parameters = self._parameters
            if (shown.client_random, shown.server_random, shown.server_ephemeral_key) != (
                parameters.client_random,
                parameters.server_random,
                parameters.server_ephemeral_key,
            ):
                raise Refused(
                    "verification/key-exchange-commitment-mismatch",
                    "another key exchange than this session's",
                )
        return self.build_attestation_body(bytes(32)), message

    async def accept_disclosure(self) -> None:
        """Tell the Prover that its disclosure was verified."""
        await self._link.send(DisclosureAccepted())

    async def refuse(self, refused: Refused) -> None:
        """Tell the Prover why the session ends."""
        await self._link.refuse(refused)

    @property
    def costs(self) -> Mapping[str, PhaseCost]:
        """Engine octets, rounds and seconds by phase so far."""
        return self._engine.costs

    async def _compute(self, function: Callable[..., R], *arguments: Any) -> R:
        """Run blocking computation off the event loop, no longer than a session may take."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._settings.deadlines.session):
                return await loop.run_in_executor(self._worker, functools.partial(function, *arguments))
        except TimeoutError:
            raise Refused("link/timeout", "the computation took too long") from None


class Notary:
    """A server that notarizes: many sessions at once, each on its own link, none of them harmed by another's end."""

    session_type: ClassVar[type[NotarySession]] = NotarySession

    def __init__(self, settings: NotarySettings) -> None:
        if SessionKind.VERIFY in settings.kinds:
            raise ValueError("a Notary signs; sessions of kind verify are a Verifier's")
        self._settings = settings
        self._sessions = asyncio.Semaphore(settings.limits.sessions)

    async def prepare(self) -> None:
        """Compile what sessions compute with, off the loop; called by whoever serves, before the first session."""
        await asyncio.to_thread(warm_up)

    async def serve(self, link: Link) -> Attestation | None:
        """Run one session to its end; returns what was signed, or None when the session was refused."""
        session = self.session_type(link, self._settings)
        try:
            async with asyncio.timeout(self._settings.deadlines.session):
                return await self._run(session)
        except Refused as refused:
            level = logging.INFO if isinstance(refused, PeerRefused) else logging.WARNING
            _log.log(level, "session ended: %s", refused)
            await session.refuse(refused)
        except TimeoutError:
            await session.refuse(Refused("link/timeout", "the session took too long"))
        finally:
            await session.close()
        return None

    async def _run(self, session: NotarySession) -> Attestation:
        await session.establish_mpc_tls_connection()
        await session.verify_and_record_session_parameters()
        await session.serve_records()
        await session.submit_transcript_commit_config()
        await session.include_commitments()
        await session.generate_merkle_tree_root()
        return await session.return_signed_attestation()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connection handler for `asyncio.start_server`: refuses early and cheaply when too many sessions run."""
        link = Link(reader, writer, deadline=self._settings.deadlines.peer)
        if self._sessions.locked():
            await link.refuse(Refused("tls-session/budget-exceeded", "too many sessions at once"))
            return
        async with self._sessions:
            await self.serve(link)


def _engine_records(records: Sequence[RegisteredRecord]) -> list[ProtectedRecord]:
    return [
        ProtectedRecord(
            content_type=each.record.content_type,
            explicit_nonce=each.record.explicit_nonce,
            ciphertext=each.record.ciphertext,
            tag=each.record.tag,
        )
        for each in records
    ]
