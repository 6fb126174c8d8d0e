"""Whole sessions over socket pairs whose preprocessing was done once: cheap enough to attack many times.

Prover, Notary and a TLS server run in one event loop. Every session gets its own copy of one pair of prepared engines.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import Budget, CommitRequest
from mpctls.reference.channel.session_parameters import engine_limits
from mpctls.reference.foundation import reasons
from mpctls.reference.foundation.artifacts import Attestation, AttestationSecrets
from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.tap import NoTap, Tap
from mpctls.reference.notary import Notary, NotarySession, NotarySettings
from mpctls.reference.prover import Prover, ProverSettings
from mpctls.reference.settings import Deadlines, NotaryLimits, Progress, no_progress
from mpctls.reference.tls.server_name import parse_server_name
from tests.servers.account_server import server_context
from tests.servers.authority import Authority
from tests.sessions.running import commit_request_headers
from tests.unit.engine.parties import Session

KEY: Final = SigningKey.generate(SignatureAlgorithm.ED25519)
REQUEST: Final = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
RESPONSE: Final = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}"
BUDGET: Final = Budget(sent_octets=48, sent_records=2, received_octets=256, received_records=4)
# Short, so that a silent peer costs little; long beside what an honest session takes on a busy machine.
DEADLINES: Final = Deadlines(peer=5.0, server=5.0, session=15.0)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LinkType = Callable[..., Link]


class ReadyProverEngine(ProverEngine):
    """Keeps what an earlier preprocessing made."""

    def preprocess(self) -> None:
        if not self._prepared:
            super().preprocess()


class ReadyNotaryEngine(NotaryEngine):
    """Keeps what an earlier preprocessing made."""

    def preprocess(self) -> None:
        if not self._prepared:
            super().preprocess()


@functools.cache
def _prepared() -> Session:
    warm_up()  # no party's deadline may run while kernels are compiled
    session = Session(
        limits=engine_limits(BUDGET), prover_type=ReadyProverEngine, notary_type=ReadyNotaryEngine
    )
    session.preprocess()
    return session


@functools.cache
def authority() -> Authority:
    return Authority.create()


@functools.cache
def tls_context() -> ssl.SSLContext:
    with tempfile.TemporaryDirectory() as folder:
        chain, key = authority().issue("ecdsa", ["localhost"]).write(Path(folder))
        return server_context(chain, key)


class ReadySession(NotarySession):
    """A Notary's session with a prepared engine; it keeps the refusal that ended it."""

    engine_type: ClassVar[Any]
    refused: Refused | None = None

    async def refuse(self, refused: Refused) -> None:
        self.refused = refused
        await super().refuse(refused)


@dataclass
class Ended:
    """How a session ended at both parties: what was returned, the refusal, or another exception."""

    notary: Attestation | Refused | BaseException | None = None
    prover: Attestation | Refused | BaseException | None = None

    def check(self) -> None:
        """Both parties ended well or with a refusal that has a known reason."""
        for each in (self.notary, self.prover):
            if isinstance(each, Refused):
                assert is_known(each.reason), each.reason
            elif not isinstance(each, Attestation):
                raise AssertionError(f"ended with {each!r}") from each


def is_known(reason: str) -> bool:
    """Whether a reason is one of the formats page or a local one of this implementation."""
    return reason in reasons.NORMATIVE or reason.partition("/")[0] in reasons.LOCAL


async def pair() -> tuple[Streams, Streams]:
    """Two connected pairs of streams."""
    left, right = socket.socketpair()
    return await asyncio.open_connection(sock=left), await asyncio.open_connection(sock=right)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(RESPONSE)
        writer.close()
        await writer.wait_closed()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.transport.abort()


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a loopback port, which is yielded; what handlers still do at the end is cancelled."""
    tasks: list[asyncio.Task[None]] = []

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.create_task(handler(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def tls_server() -> AbstractAsyncContextManager[int]:
    """An ordinary TLS 1.2 server in this event loop; yields its port."""
    return serving(_answer, tls_context())


@dataclass
class Arena:
    """One session to be played, with the links that either side uses and the limits of both."""

    port: int
    prover_link: LinkType = Link
    notary_link: LinkType = Link
    request: bytes = REQUEST
    commit_config: Callable[[Transcript], Sequence[CommitRequest]] = commit_request_headers
    budget: Budget = BUDGET
    deadlines: Deadlines = DEADLINES
    notary_deadlines: Deadlines | None = None
    limits: NotaryLimits = field(default_factory=NotaryLimits)
    notary_type: type[Notary] = Notary
    tap: Tap = field(default_factory=NoTap)
    progress: Progress = no_progress
    session: ReadySession | None = None
    secrets: AttestationSecrets | None = None

    def __post_init__(self) -> None:
        self._engines = _prepared().fork()

    def notary(self) -> Notary:
        """A Notary whose sessions have this arena's prepared engine."""
        arena = self

        class Once(ReadySession):
            engine_type: ClassVar[Any] = staticmethod(
                lambda duplex, *_, **_named: arena._engine("notary", duplex)
            )

            def __init__(self, link: Link, settings: NotarySettings) -> None:
                super().__init__(link, settings)
                arena.session = self

        class Ready(self.notary_type):  # type: ignore[name-defined,misc]
            session_type = Once

        settings = NotarySettings(
            signing_keys=(KEY,),
            limits=self.limits,
            deadlines=self.notary_deadlines or self.deadlines,
            tap=self.tap,
        )
        notary: Notary = Ready(settings)
        return notary

    def prover(self, streams: Streams) -> Prover:
        """A Prover with this arena's prepared engine."""
        arena = self

        class Once(Prover):
            engine_type: ClassVar[Any] = staticmethod(
                lambda duplex, *_, **_named: arena._engine("prover", duplex)
            )

        return Once(self.prover_link(*streams, deadline=self.deadlines.peer), self.prover_settings())

    def prover_settings(self) -> ProverSettings:
        return ProverSettings(
            server_name=parse_server_name("localhost"),
            host="127.0.0.1",
            port=self.port,
            notary_key=KEY.verifying_key,
            roots=(authority().root,),
            budget=self.budget,
            deadlines=self.deadlines,
            tap=self.tap,
            progress=self.progress,
        )

    async def serve(self, streams: Streams) -> Attestation | Refused | BaseException | None:
        """Run the Notary's side; everything that ends it is a value here."""
        link = self.notary_link(*streams, deadline=self.deadlines.peer)
        try:
            signed = await self.notary().serve(link)
        except Exception as error:
            return error
        return signed if signed is not None or self.session is None else self.session.refused

    async def prove(self, streams: Streams) -> Attestation | Refused | BaseException | None:
        """Run the Prover's side; everything that ends it is a value here."""
        try:
            async with self.prover(streams) as prover:
                await prover.establish_mpc_tls_connection()
                await prover.send_tls_handshake_data()
                await prover.send_request(self.request)
                await prover.receive_response()
                transcript = await prover.close()
                await prover.submit_transcript_commit_config(self.commit_config(transcript))
                await prover.include_commitments()
                attestation, self.secrets = await prover.receive_signed_attestation()
                return attestation
        except Exception as error:
            return error

    async def play(self) -> Ended:
        """Play the session to both ends."""
        prover_end, notary_end = await pair()
        notary, prover = await asyncio.gather(self.serve(notary_end), self.prove(prover_end))
        return Ended(notary=notary, prover=prover)

    def _engine(self, role: str, duplex: Any) -> Any:
        engine: Any = getattr(self._engines, role)
        engine.duplex._duplex = duplex
        engine.tap = self.tap
        return engine
