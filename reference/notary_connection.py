"""The Notary's side of the connection: the TLS session stage, up to the proof of all its records."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from .channel.establishment import answer_request
from .channel.link import Announcement, EngineChannel, Link
from .channel.messages import (
    CloseSession,
    FinishedHash,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    RecordedSessionParameters,
    SentRecord,
    SentRecordCiphertext,
    SessionClosed,
    SessionRequest,
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
    Extension,
)
from .foundation.errors import Refused
from .foundation.identifiers import DEFAULT_ENGINE_PROFILES, Direction, SessionKind
from .foundation.randomness import Randomness, SystemRandomness
from .foundation.signatures import SigningKey
from .mpc.engine.notary import NotaryEngine
from .mpc.engine.records import ProtectedRecord
from .mpc.engine.tap import NoTap, PhaseCost, Tap
from .settings import CLOSED, OWN_PRODUCT, OWN_SCALAR, Clock, Deadlines, NotaryLimits, system_clock
from .tls import p256
from .tls.registration import RecordRegister, RegisteredRecord

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotarySettings:
    """What a Notary is run with: its keys, one for each algorithm it offers, its limits and its clock."""

    signing_keys: tuple[SigningKey, ...]
    limits: NotaryLimits = field(default=NotaryLimits())
    kinds: frozenset[SessionKind] = frozenset({SessionKind.NOTARIZE})
    engine_profiles: frozenset[str] = frozenset(DEFAULT_ENGINE_PROFILES)
    notary_extensions: tuple[Extension, ...] = ()
    deadlines: Deadlines = field(default=Deadlines())
    clock: Clock = system_clock
    randomness: Randomness = field(default=SystemRandomness())
    tap: Tap = field(default=NoTap())


class NotaryConnection:
    """The arrows of the TLS session stage at the Notary, in order; it helps with nothing after close.

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
        self._kind = SessionKind.NOTARIZE
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="notary")

    async def close(self) -> None:
        """Close the link and the worker."""
        await self._link.close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    # ── TLS session stage ──────────────────────────────────────────────────────────────────────────────────────────

    async def establish_mpc_tls_connection(self) -> SessionKind:
        """Answer a request for a session, signed, preprocess, and agree on a key share; returns the session's kind."""
        deadlines = self._settings.deadlines
        request = await self._link.receive(SessionRequest, deadline=min(deadlines.request, deadlines.peer))
        self._answer, self._signing_key = answer_request(
            request,
            signing_keys=self._settings.signing_keys,
            kinds=self._settings.kinds,
            largest=self._settings.limits.budget,
            session_id=self._randomness.octets(32),
            engine_profiles=self._settings.engine_profiles,
        )
        await self._link.send(self._answer)
        self._link.agree()
        self._engine = self.engine_type(
            EngineChannel(self._link, asyncio.get_running_loop()),
            self._randomness,
            self._answer.session_id,
            engine_limits(self._answer.budget),
            self._settings.tap,
            profile=self._answer.engine_profile,
        )
        await self._compute(self._engine.preprocess)
        await self._exchange_key_shares()
        self._kind = request.kind
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
        # One record at a time, whole, before this party helps with the next: also when no tag share was asked for.
        if self._register.awaits_registration or announcement.sequence_number > len(self._register.sent):
            raise Refused("mpc-tls/unregistered-record", "the record before is not registered")
        await self._compute(self._engine.key_stream, announcement.sequence_number, announcement.length)

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
