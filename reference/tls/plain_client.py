"""An ordinary TLS 1.2 client with keys of its own, on the same codecs as a session.

`mpctls check` uses it to tell whether a site would work; tests use it to hold the codecs against real
servers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from cryptography import x509

from ..foundation.artifacts import HandshakeData
from ..foundation.errors import Refused
from ..foundation.randomness import Randomness
from . import key_schedule, p256
from .certificates import KeyExchange, verify_server
from .connection import Connection, ConnectionLimits
from .constants import CHANGE_CIPHER_SPEC_BODY, RANDOM_SIZE, ContentType
from .handshake import ChangeCipherSpec, ClientHandshake, ServerFlight
from .protection import RecordOpener, RecordSealer
from .record_layer import PlainRecord, ProtectedRecord, fragments, plain_records
from .server_name import parse_server_name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainHandshake:
    """What a completed handshake agreed on; the server is verified."""

    flight: ServerFlight
    key_exchange: KeyExchange
    certificate_path: tuple[x509.Certificate, ...]
    master_secret: bytes = field(repr=False)


class PlainClient:
    """One connection after its handshake: application data both ways, then close."""

    __slots__ = ("_connection", "_opener", "_sealer", "handshake", "received_records")

    def __init__(
        self, *, connection: Connection, sealer: RecordSealer, opener: RecordOpener, handshake: PlainHandshake
    ) -> None:
        self._connection = connection
        self._sealer = sealer
        self._opener = opener
        self.handshake = handshake
        self.received_records = 0

    @classmethod
    async def establish(
        cls,
        connection: Connection,
        *,
        server_name: str,
        time: int,
        roots: Sequence[x509.Certificate],
        randomness: Randomness,
        extended_master_secret: bool = True,
    ) -> Self:
        """Run a full handshake and verify that it was with `server_name` at `time` (Unix seconds).

        Refuses what `ClientHandshake`, `verify_server`, `Connection` and `RecordOpener` refuse.
        """
        handshake = ClientHandshake(
            server_name=parse_server_name(server_name),
            client_random=(client_random := randomness.octets(RANDOM_SIZE)),
            extended_master_secret=extended_master_secret,
        )
        await connection.send(plain_records(ContentType.HANDSHAKE, handshake.client_hello(), first=True))
        flight = await _receive_flight(connection, handshake)
        key_exchange = KeyExchange(
            cipher_suite=flight.cipher_suite,
            client_random=client_random,
            server_random=flight.server_random,
            server_ephemeral_key=flight.server_ephemeral_key,
        )
        path = verify_server(
            handshake_data(flight), key_exchange=key_exchange, server_name=server_name, time=time, roots=roots
        )
        scalar = p256.random_scalar(randomness)
        key_exchange_message = handshake.client_key_exchange(p256.public_point(scalar).encode())
        master = _master_secret(scalar, flight, client_random, handshake.session_hash())
        keys = key_schedule.traffic_keys(
            master, client_random=client_random, server_random=flight.server_random
        )
        sealer = RecordSealer(key=keys.client_key, salt=keys.client_salt)
        opener = RecordOpener(key=keys.server_key, salt=keys.server_salt)
        verify_data = key_schedule.client_verify_data(master, handshake.client_finished_hash())
        await connection.send(
            plain_records(ContentType.HANDSHAKE, key_exchange_message)
            + plain_records(ContentType.CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC_BODY)
            + sealer.finished(handshake.client_finished(verify_data)).encode()
        )
        await _receive_change_cipher_spec(connection, handshake)
        expected = key_schedule.server_verify_data(master, handshake.server_finished_hash())
        handshake.check_server_finished(opener.open(await _receive_protected(connection)), expected)
        return cls(
            connection=connection,
            sealer=sealer,
            opener=opener,
            handshake=PlainHandshake(
                flight=flight, key_exchange=key_exchange, certificate_path=path, master_secret=master
            ),
        )

    @property
    def close_notify_received(self) -> bool:
        """Whether the server closed its direction with an authenticated close_notify."""
        return self._opener.close_notify_received

    async def send(self, content: bytes) -> None:
        """Send application data in as many records as it needs."""
        await self._connection.send(
            b"".join(self._sealer.application_data(fragment).encode() for fragment in fragments(content))
        )

    async def receive(self) -> bytes | None:
        """Return the application data of the next record, or None at the end.

        Whether that was close_notify or just the end of the stream, so that data may be missing,
        `close_notify_received` tells.
        """
        if self.close_notify_received:
            return None
        record = await self._connection.receive()
        if record is None:
            return None
        if not isinstance(record, ProtectedRecord):
            raise RuntimeError("the connection reads unprotected records after the handshake")
        content = self._opener.open(record)
        if self.close_notify_received:
            return None
        self.received_records += 1
        return content

    async def close(self) -> None:
        """Send close_notify and end the connection; a server that is gone already is no error."""
        try:
            await self._connection.send(self._sealer.close_notify().encode())
        except Refused as refusal:
            if refusal.reason != "tls/connection-lost":
                raise
        finally:
            await self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainExchange:
    """One request answered: the handshake, the octets received, and how the server ended them."""

    handshake: PlainHandshake
    response: bytes
    received_records: int
    close_notify_received: bool


async def fetch(
    *,
    host: str,
    port: int,
    server_name: str,
    request: bytes,
    time: int,
    roots: Sequence[x509.Certificate],
    randomness: Randomness,
    limits: ConnectionLimits,
    extended_master_secret: bool = True,
    complete: Callable[[bytes], bool] | None = None,
) -> PlainExchange:
    """Send `request` and return what comes back until `complete` says so or the server ends its stream.

    Refuses what `PlainClient.establish` refuses. An end without close_notify is reported, not refused:
    whether the response is whole is a question of its HTTP framing.
    """
    async with await Connection.open(host, port, limits) as connection:
        client = await PlainClient.establish(
            connection,
            server_name=server_name,
            time=time,
            roots=roots,
            randomness=randomness,
            extended_master_secret=extended_master_secret,
        )
        await client.send(request)
        response = bytearray()
        while (content := await client.receive()) is not None:
            response += content
            if complete is not None and complete(bytes(response)):
                break
        await client.close()
    return PlainExchange(
        handshake=client.handshake,
        response=bytes(response),
        received_records=client.received_records,
        close_notify_received=client.close_notify_received,
    )


def handshake_data(flight: ServerFlight) -> HandshakeData:
    """Return the part of the server's flight that identifies it."""
    return HandshakeData(
        certificates=flight.certificate_chain,
        signature_algorithm=flight.signature_scheme,
        signature=flight.signature,
    )


def _master_secret(scalar: int, flight: ServerFlight, client_random: bytes, session_hash: bytes) -> bytes:
    point = p256.decode_point(flight.server_ephemeral_key)
    premaster = p256.multiply_x(scalar, point).to_bytes(32, "big")
    if flight.extended_master_secret:
        return key_schedule.extended_master_secret(premaster, session_hash=session_hash)
    return key_schedule.master_secret(
        premaster, client_random=client_random, server_random=flight.server_random
    )


async def _receive_plain(connection: Connection) -> PlainRecord:
    record = await connection.receive()
    if record is None:
        raise Refused("tls/truncated", "the stream ends during the handshake")
    if not isinstance(record, PlainRecord):
        raise RuntimeError("the connection reads protected records before ChangeCipherSpec")
    return record


async def _receive_flight(connection: Connection, handshake: ClientHandshake) -> ServerFlight:
    while True:
        received = handshake.receive(await _receive_plain(connection))
        if isinstance(received, ServerFlight):
            return received


async def _receive_change_cipher_spec(connection: Connection, handshake: ClientHandshake) -> None:
    while not isinstance(handshake.receive(await _receive_plain(connection)), ChangeCipherSpec):
        pass
    connection.begin_protection()


async def _receive_protected(connection: Connection) -> ProtectedRecord:
    record = await connection.receive()
    if record is None:
        raise Refused("tls/truncated", "the stream ends before the server's Finished")
    if not isinstance(record, ProtectedRecord):
        raise RuntimeError("the connection reads unprotected records after ChangeCipherSpec")
    return record
