"""The socket to the server: records in and out, under deadlines and limits."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from ..foundation.errors import Refused
from .record_layer import Record, RecordParser

_READ_SIZE: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What a connection may cost: seconds for each kind of wait, octets received in all."""

    connect_seconds: float = 10.0
    wait_seconds: float = 30.0
    close_seconds: float = 2.0
    received_octets: int = 1 << 25


class Connection:
    """One TCP connection to a server, run by the Prover; knows records, not what is in them.

    Refuses `tls/connect-failed`, `tls/timeout` (a wait passed its deadline), `tls/connection-lost` (reset by
    the server), `tls/truncated` (the stream ends inside a record), `tls/limit-exceeded` (octets received),
    and what `RecordParser` refuses. The server's end of stream closes only its direction: sending goes on
    until it fails. Nothing is half-closed from this side, since servers take that for an abort; `close` ends
    both directions.
    """

    __slots__ = ("_limits", "_parser", "_reader", "_received", "_writer")

    def __init__(
        self, *, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: ConnectionLimits
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._parser = RecordParser()
        self._received = 0

    @classmethod
    async def open(cls, host: str, port: int, limits: ConnectionLimits) -> Self:
        """Connect to a host name or address; the name of the certificate is the caller's business."""
        try:
            async with asyncio.timeout(limits.connect_seconds):
                reader, writer = await asyncio.open_connection(host, port)
        except TimeoutError:
            raise Refused("tls/timeout", f"no connection to {host} port {port} in time") from None
        except OSError as error:
            raise Refused("tls/connect-failed", f"{host} port {port}: {error}") from None
        return cls(reader=reader, writer=writer, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def begin_protection(self) -> None:
        """Read every following record as a protected one."""
        self._parser.begin_protection()

    async def send(self, octets: bytes) -> None:
        """Send whole records."""
        try:
            async with asyncio.timeout(self._limits.wait_seconds):
                self._writer.write(octets)
                await self._writer.drain()
        except TimeoutError:
            raise Refused("tls/timeout", "the server does not read") from None
        except OSError as error:
            raise Refused("tls/connection-lost", str(error)) from None

    async def receive(self) -> Record | None:
        """Return the next record, or None once the server has ended its stream after a whole record."""
        while (record := self._parser.next_record()) is None:
            octets = await self._read()
            if not octets:
                if self._parser.incomplete:
                    raise Refused("tls/truncated", "the stream ends inside a record")
                return None
            self._received += len(octets)
            if self._received > self._limits.received_octets:
                raise Refused(
                    "tls/limit-exceeded", f"more than {self._limits.received_octets} octets received"
                )
            self._parser.add(octets)
        return record

    async def close(self) -> None:
        """End both directions; a server that is gone already is no error. May be called twice."""
        self._writer.close()
        with contextlib.suppress(OSError):
            async with asyncio.timeout(self._limits.close_seconds):
                await self._writer.wait_closed()

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(self._limits.wait_seconds):
                return await self._reader.read(_READ_SIZE)
        except TimeoutError:
            raise Refused("tls/timeout", "the server sends nothing") from None
        except OSError as error:
            raise Refused("tls/connection-lost", str(error)) from None
