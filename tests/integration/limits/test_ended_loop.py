"""The thread that computes, when the event loop ends between taking an operation and beginning with it."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from mpctls.reference.channel.link import EngineChannel, Link
from mpctls.reference.foundation.errors import Refused


def test_a_loop_that_ends_before_it_begins_does_not_hold_the_thread() -> None:
    async def link() -> Link:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        return Link(*await asyncio.open_connection(*server.sockets[0].getsockname()), deadline=20.0)

    loop = asyncio.new_event_loop()
    channel = EngineChannel(loop.run_until_complete(link()), loop)
    ender = threading.Timer(0.2, loop.close)
    ender.start()
    began = time.monotonic()
    with pytest.raises(Refused, match=r"link/closed.*the event loop has ended"):
        channel.receive(1, 8)
    ender.join()
    assert time.monotonic() - began < 10
