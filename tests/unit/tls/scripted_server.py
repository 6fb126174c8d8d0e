"""The server's messages written out by hand, so that every field can be wrong on purpose."""

from __future__ import annotations

from typing import Final

from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.handshake import ChangeCipherSpec, ClientHandshake, ServerFlight
from mpctls.reference.tls.record_layer import PlainRecord
from mpctls.reference.tls.server_name import parse_server_name

CLIENT_RANDOM: Final = bytes(range(32))
SERVER_RANDOM: Final = bytes(range(32, 64))
RSA_SUITE: Final = 0xC02F
ECDSA_SUITE: Final = 0xC02B
RENEGOTIATION_INFO: Final = (0xFF01, b"\x00")
EXTENDED_MASTER_SECRET: Final = (23, b"")
# The generator of P-256 (FIPS 186-5): a point that is certainly on the curve.
POINT: Final = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def server_hello(
    *,
    version: bytes = b"\x03\x03",
    random: bytes = SERVER_RANDOM,
    session_id: bytes = b"",
    suite: int = RSA_SUITE,
    compression: int = 0,
    extensions: tuple[tuple[int, bytes], ...] | None = (RENEGOTIATION_INFO, EXTENDED_MASTER_SECRET),
    trailing: bytes = b"",
) -> bytes:
    block = b""
    if extensions is not None:
        content = b"".join(
            number.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value for number, value in extensions
        )
        block = len(content).to_bytes(2, "big") + content
    body = version + random + bytes([len(session_id)]) + session_id + suite.to_bytes(2, "big")
    return message(2, body + bytes([compression]) + block + trailing)


def certificate(chain: tuple[bytes, ...] = (b"leaf", b"intermediate")) -> bytes:
    entries = b"".join(len(each).to_bytes(3, "big") + each for each in chain)
    return message(11, len(entries).to_bytes(3, "big") + entries)


def server_key_exchange(
    *,
    curve_type: int = 3,
    group: int = 23,
    point: bytes = POINT,
    scheme: int = 0x0804,
    signature: bytes = b"signature",
    trailing: bytes = b"",
) -> bytes:
    body = bytes([curve_type]) + group.to_bytes(2, "big") + bytes([len(point)]) + point
    body += scheme.to_bytes(2, "big") + len(signature).to_bytes(2, "big") + signature
    return message(12, body + trailing)


def certificate_request(
    *, types: bytes = b"\x01\x40", schemes: bytes = b"\x04\x01", names: bytes = b""
) -> bytes:
    body = bytes([len(types)]) + types + len(schemes).to_bytes(2, "big") + schemes
    return message(13, body + len(names).to_bytes(2, "big") + names)


HELLO_DONE: Final = message(14, b"")


def flight() -> bytes:
    """An honest flight, as far as a client can tell before it looks at certificates."""
    return server_hello() + certificate() + server_key_exchange() + HELLO_DONE


def started(*, extended_master_secret: bool = True) -> ClientHandshake:
    """A client that has sent its hello."""
    handshake = ClientHandshake(
        server_name=parse_server_name("server.test"),
        client_random=CLIENT_RANDOM,
        extended_master_secret=extended_master_secret,
    )
    handshake.client_hello()
    return handshake


def give(handshake: ClientHandshake, octets: bytes) -> ServerFlight | ChangeCipherSpec | None:
    """Hand over handshake octets in one record."""
    return handshake.receive(PlainRecord(content_type=ContentType.HANDSHAKE, fragment=octets))


def after_flight() -> ClientHandshake:
    """A client that has the whole flight of the server."""
    handshake = started()
    give(handshake, flight())
    return handshake


def before_change_cipher_spec() -> ClientHandshake:
    """A client that has sent its Finished."""
    handshake = after_flight()
    handshake.client_key_exchange(POINT)
    handshake.client_finished(bytes(12))
    return handshake
