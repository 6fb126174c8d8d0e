"""What a Prover's session stands on: two connections, and records registered before anything else happens."""

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

from .channel.link import ENGINE_CHANNEL, Announcement, Link
from .channel.messages import (
    Budget,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
    TagShare,
)
from .foundation.errors import Refused
from .foundation.identifiers import (
    DEFAULT_ENGINE_PROFILES,
    TLS_VERSION,
    SessionKind,
)
from .foundation.randomness import Randomness, SystemRandomness
from .foundation.signatures import VerifyingKey
from .foundation.transcript import Transcript
from .mpc.engine.prover import ProverEngine
from .mpc.engine.records import ProtectedRecord as EngineRecord
from .mpc.engine.records import SessionKeys
from .mpc.engine.tap import NoTap, PhaseCost, Tap
from .settings import (
    DEFAULT_TIME_TOLERANCE,
    Clock,
    Deadlines,
    Progress,
    no_progress,
    system_clock,
)
from .tls.connection import Connection
from .tls.constants import CLOSE_NOTIFY, FINISHED_SIZE, ContentType
from .tls.handshake import ChangeCipherSpec, ClientHandshake, ServerFlight
from .tls.protection import additional_data
from .tls.record_layer import PlainRecord, ProtectedRecord
from .tls.server_name import ServerName

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverSettings:
    """What a Prover needs to know before a session.

    `server_name` is proved, `host` and `port` are where to connect; `notary_key` is the only key whose signature is
    believed; `roots` are the certificate authorities the Server's chain must lead to;
    `engine_profiles` are offered in this order.
    """

    server_name: ServerName
    host: str
    port: int
    notary_key: VerifyingKey
    roots: tuple[x509.Certificate, ...]
    budget: Budget
    kind: SessionKind = SessionKind.NOTARIZE
    engine_profiles: tuple[str, ...] = DEFAULT_ENGINE_PROFILES
    extended_master_secret: bool = True
    time_tolerance: int = DEFAULT_TIME_TOLERANCE
    deadlines: Deadlines = field(default=Deadlines())
    clock: Clock = system_clock
    randomness: Randomness = field(default=SystemRandomness())
    progress: Progress = no_progress
    tap: Tap = field(default=NoTap())


class ProverRecords:
    """The two connections of a Prover's session, its worker, and its records.

    Used as an async context manager over a `Link`; leaving it closes both connections. Whatever the peer or the Server
    does wrong is a `Refused` with its reason; the peer is told, except where the reason would tell it something.
    """

    engine_type: ClassVar[type[ProverEngine]] = ProverEngine
    _engine: ProverEngine
    _handshake: ClientHandshake

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
        # It refers to the task, whose result may be this Prover: what is kept in a circle is freed late.
        whole_session, self._whole_session = self._whole_session, None
        try:
            if whole_session is not None:
                await whole_session.__aexit__(kind, error, traceback)
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

    async def _protect(self, content_type: ContentType, content: bytes) -> ProtectedRecord:
        """Encrypt one record with the Notary's help and register it, complete, before it goes anywhere."""
        sequence = len(self._sent)
        announcement = Announcement(sequence_number=sequence, length=len(content))
        await self._link.send_frame(ENGINE_CHANNEL, announcement.encode())
        key_stream = await self._compute(self._engine.key_stream, sequence, len(content))
        ciphertext = exclusive_or(content, key_stream)
        await self._link.send(
            SentRecordCiphertext(
                sequence_number=sequence, content_type=int(content_type), ciphertext=ciphertext
            )
        )
        share = await self._link.receive(TagShare)
        if share.sequence_number != sequence:
            raise Refused(
                "mpc-tls/sequence-number-mismatch", f"a tag share for record {share.sequence_number}"
            )
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
            raise Refused(
                "mpc-tls/budget-exceeded", f"a response of more than {budget.received_octets} octets"
            )

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


def _registered(record: ProtectedRecord) -> Record:
    return Record(
        content_type=int(record.content_type),
        version=TLS_VERSION,
        explicit_nonce=record.explicit_nonce,
        ciphertext=record.ciphertext,
        tag=record.tag,
    )


def engine_records(records: Sequence[ProtectedRecord]) -> list[EngineRecord]:
    return [
        EngineRecord(
            content_type=int(each.content_type),
            explicit_nonce=each.explicit_nonce,
            ciphertext=each.ciphertext,
            tag=each.tag,
        )
        for each in records
    ]


def exclusive_or(left: bytes, right: bytes | None) -> bytes:
    if right is None:
        raise RuntimeError("the engine opens key stream to the Prover")
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
