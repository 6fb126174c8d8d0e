"""A service that is told to end, with sessions open: it ends at once, with success, and says so to its peers."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from mpctls.reference.channel.link import Link, PeerRefused
from mpctls.reference.channel.messages import SessionAnswer
from mpctls.reference.command_line.connections import Address
from mpctls.reference.command_line.output import Document
from mpctls.reference.command_line.service import Service, ServiceOptions
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE
from tests.fuzz.test_sessions import alone

OPTIONS = ServiceOptions(
    listen=Address(host="127.0.0.1", port=0),
    keys=(),
    tls_certificate=None,
    tls_key=None,
    insecure_link=False,
    sessions=16,
    max_sent=1,
    max_received=1,
    max_commitments=1,
    engines=(ENGINE_PROFILE,),
    session_seconds=60,
    stop_at_end_of_input=False,
)


@pytest.mark.parametrize("readers", [4])
def test_peers_that_do_not_read_hold_up_neither_the_end_nor_the_news(readers: int) -> None:
    """Every other peer reads nothing, while megabytes wait for it."""

    async def session(link: Link) -> Document:
        await link.send_frame(1, bytes(2**22))
        await asyncio.sleep(60)
        return {}

    async def play() -> tuple[float, int]:
        events: asyncio.Queue[Document] = asyncio.Queue()
        service = asyncio.create_task(Service(OPTIONS, session, events.put_nowait).run(None))
        port = (await events.get())["port"]
        connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2 * readers)]
        links = [Link(*each, deadline=10.0) for each in connections[::2]]
        for _, writer in connections:
            writer.write((2).to_bytes(4, "little") + b"\x00?")
        for link in links:
            link.agree()
            await link.receive_frame(1, 2**22 + 1)
        began = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)
        told = 0
        for link in links:
            with pytest.raises(Refused, match="link/closed") as refused:
                await link.receive(SessionAnswer)
            told += isinstance(refused.value, PeerRefused)
            await link.close()
        await service
        for _, writer in connections:
            writer.close()
        return time.monotonic() - began, told

    seconds, told = alone(play())
    assert told == readers
    assert seconds < 6
