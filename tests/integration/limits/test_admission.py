"""Who gets a session's place when many want one: a request does, and neither silence nor a refusal holds one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from mpctls.reference.channel.admission import HEARD_OUT_AT_ONCE, WAITING_FOR_EACH_PLACE, Admission
from mpctls.reference.channel.link import Link, PeerRefused
from mpctls.reference.channel.messages import SessionAnswer
from mpctls.reference.command_line.output import Document
from mpctls.reference.command_line.service import Service
from mpctls.reference.foundation.errors import Refused
from tests.fuzz.arena import serving, tls_context
from tests.fuzz.test_sessions import alone
from tests.sessions.running import connect

from .test_shutdown import OPTIONS

SERVED = bytes(10)
FULL = "tls-session/budget-exceeded"


class Doorman:
    """An admission to sessions that say a word, then last until the peer ends them; counts connections it still has."""

    def __init__(self, places: int, *, deadline: float = 10.0) -> None:
        self._admission = Admission(places)
        self._deadline = deadline
        self.connections = 0

    async def session(self, link: Link) -> None:
        await link.send_frame(0, SERVED)
        with contextlib.suppress(Refused):
            await link.receive_frame(0, 100)
            await link.receive_frame(0, 100)
        await link.close()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._admission.run(Link(reader, writer), self.session, deadline=self._deadline)
        finally:
            self.connections -= 1


async def asking(port: int) -> Link:
    link = await connect(port, deadline=5.0)
    await link.send_frame(0, b"a request")
    return link


async def reason(link: Link) -> str:
    with pytest.raises(PeerRefused) as refused:
        await link.receive(SessionAnswer)
    return refused.value.reason


async def served(link: Link) -> bool:
    return await link.receive_frame(0, 100) == SERVED


@contextlib.asynccontextmanager
async def ending(*links: Link) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await asyncio.gather(*(link.close() for link in links))


def test_silent_connections_hold_no_place() -> None:
    async def play() -> bool:
        async with serving(Doorman(1).handle) as port:
            silent = [await connect(port) for _ in range(3)]
            link = await asking(port)
            async with ending(link, *silent):
                return await served(link)

    assert alone(play())


def test_what_has_been_silent_longest_makes_room_and_hears_why() -> None:
    async def play() -> tuple[str, bool]:
        async with serving(Doorman(1).handle) as port:
            silent = [await connect(port, deadline=5.0) for _ in range(WAITING_FOR_EACH_PLACE + 1)]
            heard = await reason(silent[0])
            # The newest of them had its turn: the others still wait.
            await silent[1].send_frame(0, b"a request")
            async with ending(*silent):
                return heard, await served(silent[1])

    assert alone(play()) == (FULL, True)


def test_a_request_that_finds_no_place_is_refused_at_once() -> None:
    async def play() -> tuple[str, float]:
        async with serving(Doorman(1).handle) as port:
            late = await connect(port, deadline=5.0)
            first = await asking(port)
            assert await served(first)
            began = time.monotonic()
            await late.send_frame(0, b"a request")
            async with ending(first, late):
                return await reason(late), time.monotonic() - began

    heard, seconds = alone(play())
    assert heard == FULL
    assert seconds < 0.5


def test_silence_ends_at_the_deadline() -> None:
    async def play() -> str:
        async with serving(Doorman(1, deadline=0.3).handle) as port:
            link = await connect(port, deadline=5.0)
            async with ending(link):
                return await reason(link)

    assert alone(play()) == "link/timeout"


def test_a_flood_is_told_why_and_is_not_kept() -> None:
    """Refused peers that stay: most of them are let go at once, the others within a second or two."""
    flood = 2 * HEARD_OUT_AT_ONCE

    async def play() -> tuple[set[str], int, int]:
        doorman = Doorman(1)
        async with serving(doorman.handle) as port:
            first = await asking(port)
            assert await served(first)
            refused = [await connect(port, deadline=5.0) for _ in range(flood)]
            reasons = {await reason(link) for link in refused}
            kept = doorman.connections
            await asyncio.sleep(2.5)
            left = doorman.connections
            async with ending(first, *refused):
                return reasons, kept, left

    reasons, kept, left = alone(play())
    assert reasons == {FULL}
    assert kept <= HEARD_OUT_AT_ONCE + 1
    assert left == 1


def test_refused_peers_that_stay_do_not_keep_a_service_from_the_next() -> None:
    """They are no sessions: a place that becomes free is free."""

    async def session(link: Link) -> Document:
        await link.send_frame(0, SERVED)
        await link.receive_frame(0, 100)
        with contextlib.suppress(Refused):
            await link.receive_frame(0, 100)
        await link.close()
        return {}

    async def play() -> bool:
        events: asyncio.Queue[Document] = asyncio.Queue()
        service = Service(replace(OPTIONS, sessions=1), session, events.put_nowait)
        running = asyncio.create_task(service.run(None))
        port = (await events.get())["port"]
        first = await asking(port)
        assert await served(first)
        refused = [await connect(port, deadline=5.0) for _ in range(3)]
        assert [await reason(link) for link in refused] == [FULL] * 3
        await first.close()
        while (await events.get())["event"] != "session-ended":
            pass
        link = await asking(port)
        async with ending(link, *refused):
            found = await served(link)
        running.cancel()
        await asyncio.wait([running])
        return found

    assert alone(play())


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="a system with other names for it")
def test_a_peer_whose_machine_is_gone_is_missed_within_a_minute() -> None:
    """Its connection does not end: only the system can ask."""

    async def play() -> tuple[int, int]:
        options: list[int] = []

        async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = Link(reader, writer)
            connection = writer.get_extra_info("socket")
            options.append(connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
            idle, interval, count = (
                connection.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            options.append(idle + interval * count)
            await link.close()

        async with serving(look) as port:
            link = await connect(port, deadline=5.0)
            with pytest.raises(Refused, match="link/closed"):
                await link.receive(SessionAnswer)
            await link.close()
        return options[0], options[1]

    asked, seconds = alone(play())
    assert asked
    assert seconds <= 60


@pytest.mark.slow
def test_a_handshake_that_does_not_begin_ends_at_the_deadline_of_a_request() -> None:
    async def session(link: Link) -> Document:
        raise AssertionError("no session begins")

    async def play() -> float:
        events: asyncio.Queue[Document] = asyncio.Queue()
        running = asyncio.create_task(Service(OPTIONS, session, events.put_nowait).run(tls_context()))
        reader, writer = await asyncio.open_connection("127.0.0.1", (await events.get())["port"])
        began = time.monotonic()
        assert await reader.read() == b""
        writer.close()
        running.cancel()
        await asyncio.wait([running])
        return time.monotonic() - began

    assert alone(play()) < OPTIONS.deadlines().request + 5
