"""What `notary` and `verifier` share: listening, one event a session, limits, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from ..channel.admission import Admission
from ..channel.link import Link
from ..channel.messages import Budget, Refusal
from ..foundation.errors import Refused
from ..foundation.identifiers import DEFAULT_ENGINE_PROFILES, ENGINE_PROFILES, HashAlgorithm
from ..settings import Deadlines, NotaryLimits
from .common import FILE
from .connections import Address, parse_address
from .output import Document

C = TypeVar("C", bound=Callable[..., Any])
Event = Callable[[Document], None]
ENDING = Refused("link/closed", "this side shuts down")
_FAREWELL_SECONDS: Final = 1.0


def service_options(command: C) -> C:
    """The options of a listening role."""
    options = [
        click.option(
            "--listen",
            type=parse_address,
            metavar="HOST:PORT",
            default="127.0.0.1:7047",
            show_default=True,
            help="Where to listen; port 0 lets the system choose, and the event says which.",
        ),
        click.option(
            "--key",
            "keys",
            multiple=True,
            required=True,
            metavar="KEY.pem[:ALGORITHM]",
            help="Private key; once for each algorithm offered.",
        ),
        click.option("--tls-certificate", type=FILE, help="Certificate chain (PEM) of the link's TLS 1.3."),
        click.option("--tls-key", type=FILE, help="Private key (PEM) of that certificate."),
        click.option(
            "--insecure-link", is_flag=True, help="Allow plain TCP on an address other machines can reach."
        ),
        click.option(
            "--sessions",
            type=click.IntRange(1, 1024),
            default=16,
            show_default=True,
            help="Sessions at once.",
        ),
        click.option(
            "--max-sent",
            type=click.IntRange(1, 2**24),
            default=16384,
            show_default=True,
            help="Octets of requests.",
        ),
        click.option(
            "--max-received",
            type=click.IntRange(1, 2**24),
            default=2**22,
            show_default=True,
            help="Octets of responses.",
        ),
        click.option(
            "--max-commitments",
            type=click.IntRange(1, 4096),
            default=1024,
            show_default=True,
            help="Commitments.",
        ),
        click.option(
            "--engine",
            "engines",
            multiple=True,
            type=click.Choice(ENGINE_PROFILES),
            default=DEFAULT_ENGINE_PROFILES,
            show_default=True,
            help="An engine profile that is accepted; several times for several.",
        ),
        click.option(
            "--session-seconds",
            type=click.FloatRange(1, 86400),
            default=900,
            show_default=True,
            help="Longest duration of one session.",
        ),
        click.option(
            "--stop-at-end-of-input",
            is_flag=True,
            help="Shut down when standard input ends: for a program that starts this one.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """What `service_options` were given."""

    listen: Address
    keys: tuple[str, ...]
    tls_certificate: Path | None
    tls_key: Path | None
    insecure_link: bool
    sessions: int
    max_sent: int
    max_received: int
    max_commitments: int
    engines: tuple[str, ...]
    session_seconds: float
    stop_at_end_of_input: bool

    def limits(self) -> NotaryLimits:
        return NotaryLimits(
            budget=Budget(
                sent_octets=self.max_sent,
                sent_records=64,
                received_octets=self.max_received,
                received_records=4096,
            ),
            commitments=self.max_commitments,
            sessions=self.sessions,
            hash_algorithms=frozenset(HashAlgorithm),
        )

    def engine_profiles(self) -> frozenset[str]:
        return frozenset(self.engines)

    def deadlines(self) -> Deadlines:
        return Deadlines(session=self.session_seconds)


class Service:
    """Accepts connections, runs `session` on each, and reports the begin and end of every one as an event."""

    def __init__(
        self, options: ServiceOptions, session: Callable[[Link], Awaitable[Document]], report: Event
    ) -> None:
        self._options = options
        self._session = session
        self._report = report
        self._running: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._admission = Admission(options.sessions)
        self._count = 0

    async def run(self, security: ssl.SSLContext | None) -> None:
        """Listen until SIGTERM, SIGINT or the end of standard input; then tell all sessions and end them.

        Refuses with `command/address-not-usable`.
        """
        listen = self._options.listen
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        if self._options.stop_at_end_of_input:
            watcher = asyncio.create_task(_end_of_input())
            watcher.add_done_callback(lambda _: ended.set())
        try:
            server = await asyncio.start_server(
                self._accept,
                listen.host,
                listen.port,
                ssl=security,
                # A handshake precedes admission: it must not be a way to stay for a minute without a request.
                ssl_handshake_timeout=None if security is None else self._options.deadlines().request,
            )
        except OSError as error:
            raise Refused("command/address-not-usable", f"{listen}: {error.strerror or error}") from None
        port = server.sockets[0].getsockname()[1]
        link = "TLS 1.3" if security is not None else "plain TCP"
        self._report({"event": "listening", "host": listen.host, "port": port, "link": link})
        async with server:
            await ended.wait()
            server.close()
            await self._end_sessions()
        self._report({"event": "stopped", "sessions": self._count})

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._running[task] = writer
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # One session's failure is no other session's: it is said, and the service goes on.
            self._report({"event": "session-failed", "error": type(error).__name__})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._admission.run(
            Link(reader, writer), self._run_session, deadline=self._options.deadlines().request
        )

    async def _run_session(self, link: Link) -> None:
        self._count += 1
        number = self._count
        self._report({"event": "session-began", "session": number})
        outcome = await self._session(link)
        document = {"event": "session-ended", "session": number, **outcome}
        self._report(document | {"octets_sent": link.octets_sent, "octets_received": link.octets_received})

    async def _end_sessions(self) -> None:
        running = dict(self._running)
        # All at once: a peer that does not read must not hold up the end, nor the news for the others.
        await asyncio.gather(*(_tell(writer) for writer in running.values()))
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=5)


async def _tell(writer: asyncio.StreamWriter) -> None:
    """Tell a peer that this side shuts down; a frame is written in one go, so another one may be put after it."""
    link = Link(asyncio.StreamReader(), writer, deadline=_FAREWELL_SECONDS)
    with contextlib.suppress(Refused):
        await link.send(Refusal(reason=ENDING.reason))
    await link.close()


async def _end_of_input() -> None:
    """Return when standard input ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except ValueError:
        raise click.UsageError("--stop-at-end-of-input needs a pipe as standard input") from None
    while await reader.read(4096):
        pass
