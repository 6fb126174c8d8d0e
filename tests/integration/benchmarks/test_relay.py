"""The shaped line of the network benchmark: its rate, its delay, its counts, and how it ends."""

from __future__ import annotations

import asyncio
import time

from benchmarks._relay import Relay, Way


def line(*, rate: float = 0.0, delay: float = 0.0) -> Relay:
    return Relay(
        upload=Way(octets_a_second=rate, delay=delay), download=Way(octets_a_second=rate, delay=delay)
    )


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


async def through(relay: Relay, octets: bytes) -> tuple[float, bytes]:
    """Send octets to an echo behind the line and read all that comes back; the seconds that took."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = await relay.listen(server.sockets[0].getsockname()[1])
    started = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(octets)
    writer.write_eof()
    received = await reader.read(-1)
    writer.close()
    server.close()
    return time.monotonic() - started, received


def test_octets_arrive_unchanged_and_are_counted_each_way() -> None:
    octets = bytes(range(256)) * 4096
    relay = line()
    _, received = asyncio.run(through(relay, octets))
    assert received == octets
    assert (relay.upload.octets, relay.download.octets) == (len(octets), len(octets))


def test_the_delay_is_added_each_way() -> None:
    seconds, received = asyncio.run(through(line(delay=0.2), b"there and back"))
    assert received == b"there and back"
    assert 0.4 <= seconds < 0.8


def test_octets_leave_at_the_rate_of_the_line() -> None:
    """Two megabytes at one megabyte a second, there and back at once: two seconds and a little."""
    octets = bytes(2_000_000)
    seconds, received = asyncio.run(through(line(rate=1e6), octets))
    assert received == octets
    assert 2.0 <= seconds < 3.0


def test_connections_share_the_line() -> None:
    async def both(relay: Relay) -> float:
        started = time.monotonic()
        await asyncio.gather(through(relay, bytes(500_000)), through(relay, bytes(500_000)))
        return time.monotonic() - started

    assert asyncio.run(both(line(rate=1e6))) >= 1.0


def test_what_is_under_way_is_bounded() -> None:
    """A sender waits once the line is full: it does not hand megabytes over to the relay's memory."""

    async def handed_over() -> int:
        relay = line(rate=1e5)
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = await relay.listen(server.sockets[0].getsockname()[1])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(bytes(20_000_000))
        await asyncio.sleep(0.5)
        taken = relay.upload.octets
        writer.transport.abort()
        server.close()
        return taken

    assert asyncio.run(handed_over()) < 1_000_000
