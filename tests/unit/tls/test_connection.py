"""The socket to the server: deadlines, limits, ends of the stream (catalogue E3)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.connection import Connection, ConnectionLimits
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.record_layer import PlainRecord

LIMITS = ConnectionLimits(connect_seconds=5, wait_seconds=5, close_seconds=1, received_octets=1000)
RECORD = PlainRecord(content_type=ContentType.HANDSHAKE, fragment=b"fragment")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def with_server(
    serve: Serve, use: Callable[[Connection], Awaitable[None]], limits: ConnectionLimits = LIMITS
) -> None:
    """Run `use` on a connection to a server that does `serve` and closes."""

    async def session() -> None:
        done = asyncio.Event()

        async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await serve(reader, writer)
            writer.close()
            done.set()

        async with await asyncio.start_server(serve_and_close, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with await Connection.open("127.0.0.1", port, limits) as connection:
                await use(connection)
            await asyncio.wait_for(done.wait(), 10)

    asyncio.run(session())


def sending(octets: bytes) -> Serve:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(octets)
        await writer.drain()

    return serve


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


def test_records_then_the_end_of_the_stream() -> None:
    async def use(connection: Connection) -> None:
        assert [await connection.receive() for _ in range(3)] == [RECORD, RECORD, None]

    with_server(sending(RECORD.encode() * 2), use)


def refused(serve: Serve, limits: ConnectionLimits = LIMITS) -> str:
    reasons: list[str] = []

    async def use(connection: Connection) -> None:
        with pytest.raises(Refused) as refusal:
            while await connection.receive() is not None:
                pass
        reasons.append(refusal.value.reason)

    with_server(serve, use, limits)
    return reasons[0]


@pytest.mark.parametrize("size", [1, 4, 5, 12])
def test_stream_that_ends_inside_a_record_is_refused(size: int) -> None:
    assert refused(sending(RECORD.encode() + RECORD.encode()[:size])) == "tls/truncated"


def test_more_octets_than_allowed_are_refused() -> None:
    assert refused(sending(RECORD.encode() * 100)) == "tls/limit-exceeded"


def test_a_silent_server_is_left_at_the_deadline() -> None:
    assert refused(silent, ConnectionLimits(wait_seconds=0.05)) == "tls/timeout"


def test_a_server_that_does_not_read_is_left_at_the_deadline() -> None:
    release = asyncio.Event()

    async def deaf(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await release.wait()

    async def use(connection: Connection) -> None:
        with pytest.raises(Refused) as refusal:
            while True:
                await connection.send(bytes(1 << 22))
        assert refusal.value.reason == "tls/timeout"
        release.set()

    with_server(deaf, use, ConnectionLimits(wait_seconds=0.2, close_seconds=0.1))


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    plain = writer.get_extra_info("socket")
    # Closing with a linger time of zero sends a reset.
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_reset_is_told_from_an_end() -> None:
    async def use(connection: Connection) -> None:
        await connection.send(b"x")
        with pytest.raises(Refused) as refusal:
            await connection.receive()
        assert refusal.value.reason == "tls/connection-lost"
        await connection.close()

    with_server(reset, use)


def test_sending_goes_on_after_the_servers_end() -> None:
    arrived: list[bytes] = []

    async def half_closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write_eof()
        arrived.append(await reader.read())

    async def use(connection: Connection) -> None:
        assert await connection.receive() is None
        await connection.send(RECORD.encode())

    with_server(half_closing, use)
    assert arrived == [RECORD.encode()]


def test_a_port_without_a_server_is_refused() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with pytest.raises(Refused) as refusal:
            asyncio.run(Connection.open("127.0.0.1", port, LIMITS))
    assert refusal.value.reason == "tls/connect-failed"
