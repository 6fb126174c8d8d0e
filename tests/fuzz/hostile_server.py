"""An ordinary TLS server behind somebody who changes, adds or withholds one of its records."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tests.fuzz.arena import serving, tls_server

FINISHED: Final = 5
"""The first protected record, after four messages in a record each and ChangeCipherSpec."""
_HEADER: Final = 5


class Trick(Enum):
    """What becomes of the records of the server's direction from one of them on."""

    PIECEMEAL = "every octet by itself"
    FLIP = "one bit of the record flipped"
    CONTENT_TYPE = "another content type"
    VERSION = "another version"
    LENGTH = "another length in the header"
    OVERSIZED = "a record longer than the longest"
    EMPTY = "a record without content before it"
    DUPLICATE = "twice"
    ALERT = "an alert before it"
    WARNINGS = "many warnings before it"
    HELLO_REQUEST = "a handshake record before it"
    APPLICATION_DATA = "application data before it"
    CHANGE_CIPHER_SPEC = "a ChangeCipherSpec before it"
    RANDOM = "anything before it"
    CLOSE = "the end of the stream in the midst of it"
    RESET = "a reset instead of it"
    AFTERWARDS = "more records after the last"
    DROP = "withheld"
    SILENCE = "nothing more, the connection open"


@dataclass(frozen=True)
class Interference:
    """At record `at` of the server, do `trick`; `place` and `octets` for those tricks that need them."""

    at: int
    trick: Trick
    place: int = 0
    octets: bytes = b"\x00"

    def interfere(self, record: bytes) -> bytes:
        """What is sent in place of the record; the connection itself is the caller's business."""
        place = self.place % len(record)
        match self.trick:
            case Trick.FLIP:
                place = _HEADER + self.place % (len(record) - _HEADER)
                return record[:place] + bytes([record[place] ^ 1 << self.place % 8]) + record[place + 1 :]
            case Trick.CONTENT_TYPE:
                return bytes([(20, 21, 22, 23, 24, 0, 255)[self.place % 7]]) + record[1:]
            case Trick.VERSION:
                return record[:1] + (self.place % 2**16).to_bytes(2, "big") + record[3:]
            case Trick.LENGTH:
                return record[:3] + (self.place % 2**14).to_bytes(2, "big") + record[5:]
            case Trick.OVERSIZED:
                return record[:3] + (2**14 + 25 + self.place % 2**15).to_bytes(2, "big") + record[5:]
            case Trick.EMPTY:
                return record[:3] + bytes(2) + record
            case Trick.DUPLICATE:
                return record + record
            case Trick.ALERT:
                return _record(21, bytes([1 + self.place % 2, self.place % 256])) + record
            case Trick.WARNINGS:
                return 10 * _record(21, b"\x01\x5a") + record
            case Trick.HELLO_REQUEST:
                return _record(22, bytes(4 if self.at < FINISHED else 28)) + record
            case Trick.APPLICATION_DATA:
                return _record(23, bytes(24) + self.octets) + record
            case Trick.CHANGE_CIPHER_SPEC:
                return _record(20, b"\x01") + record
            case Trick.RANDOM:
                return self.octets + record
            case Trick.CLOSE | Trick.RESET | Trick.SILENCE:
                return record[:place]
            case Trick.DROP:
                return b""
            case _:
                return record


@asynccontextmanager
async def hostile_server(interference: Interference | None) -> AsyncIterator[int]:
    """Serve behind the interference; yields the port to connect to."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, to_server = await asyncio.open_connection("127.0.0.1", port)
        try:
            async with asyncio.TaskGroup() as both:
                upward = both.create_task(_copy(reader, to_server))
                await _records(behind, writer, interference)
                upward.cancel()
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            to_server.transport.abort()
            writer.close()

    async with tls_server() as port, serving(meet) as hostile_port:
        yield hostile_port


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while octets := await reader.read(2**16):
            writer.write(octets)
        writer.write_eof()
    except OSError:
        writer.transport.abort()


async def _records(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, interference: Interference | None
) -> None:
    number = 0
    while True:
        try:
            header = await reader.readexactly(_HEADER)
        except asyncio.IncompleteReadError:
            break
        record = header + await reader.readexactly(int.from_bytes(header[3:], "big"))
        if interference is not None and interference.trick is Trick.PIECEMEAL:
            for octet in record:
                writer.write(bytes([octet]))
                await asyncio.sleep(0)
        elif interference is not None and number == interference.at:
            writer.write(interference.interfere(record))
            if interference.trick is Trick.RESET:
                connection = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                return
            if interference.trick is Trick.CLOSE:
                return
            if interference.trick is Trick.SILENCE:
                await reader.read()
                await asyncio.sleep(60)
        else:
            writer.write(record)
        await writer.drain()
        number += 1
    if interference is not None and interference.trick is Trick.AFTERWARDS:
        writer.write(_record(23, bytes(25)) + interference.octets)
        await writer.drain()


def _record(content_type: int, fragment: bytes) -> bytes:
    return bytes([content_type]) + b"\x03\x03" + len(fragment).to_bytes(2, "big") + fragment
