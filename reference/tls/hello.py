"""ClientHello, ServerHello (RFC 5246, section 7.4.1) and extensions (RFC 6066, 7301, 7627, 8422, 5746)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused
from .constants import (
    HTTP_PROTOCOL,
    PROTOCOL_VERSION,
    RANDOM_SIZE,
    SECP256R1,
    UNCOMPRESSED,
    CipherSuite,
    ExtensionType,
    HandshakeType,
    SignatureScheme,
)
from .messages import handshake_message
from .wire import WireReader, vector

# The value HelloRetryRequest uses as its random (RFC 8446, section 4.1.3): a TLS 1.3 message in the place of
# a hello.
_HELLO_RETRY_REQUEST: Final = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)
_HOST_NAME: Final = 0
_MAXIMUM_EXTENSIONS: Final = 1 << 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHello:
    """The client's offer: TLS 1.2, two suites, P-256, no session to resume and none to keep.

    `host_name` is the ASCII name for the server_name extension, or None for an address (RFC 6066 forbids
    literals).
    """

    client_random: bytes
    host_name: str | None
    extended_master_secret: bool

    def encode(self) -> bytes:
        """Return the whole handshake message."""
        suites = b"".join(suite.to_bytes(2, "big") for suite in CipherSuite)
        body = (
            PROTOCOL_VERSION
            + self.client_random
            + vector(1, b"")
            + vector(2, suites)
            + vector(1, b"\x00")
            + vector(2, self._extensions())
        )
        return handshake_message(HandshakeType.CLIENT_HELLO, body)

    @property
    def offered(self) -> frozenset[ExtensionType]:
        """The extensions a ServerHello may answer."""
        absent = set()
        if self.host_name is None:
            absent.add(ExtensionType.SERVER_NAME)
        if not self.extended_master_secret:
            absent.add(ExtensionType.EXTENDED_MASTER_SECRET)
        return frozenset(set(ExtensionType) - absent)

    def _extensions(self) -> bytes:
        schemes = b"".join(scheme.to_bytes(2, "big") for scheme in SignatureScheme)
        contents = {
            ExtensionType.SUPPORTED_GROUPS: vector(2, SECP256R1.to_bytes(2, "big")),
            ExtensionType.EC_POINT_FORMATS: vector(1, bytes([UNCOMPRESSED])),
            ExtensionType.SIGNATURE_ALGORITHMS: vector(2, schemes),
            ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION: vector(2, vector(1, HTTP_PROTOCOL)),
            ExtensionType.EXTENDED_MASTER_SECRET: b"",
            ExtensionType.RENEGOTIATION_INFO: vector(1, b""),
        }
        if self.host_name is not None:
            name = bytes([_HOST_NAME]) + vector(2, self.host_name.encode("ascii"))
            contents[ExtensionType.SERVER_NAME] = vector(2, name)
        offered = self.offered
        return b"".join(
            kind.to_bytes(2, "big") + vector(2, contents[kind]) for kind in ExtensionType if kind in offered
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHello:
    """The server's choice, checked against what was offered."""

    server_random: bytes
    cipher_suite: CipherSuite
    extended_master_secret: bool


def decode_server_hello(body: bytes, hello: ClientHello) -> ServerHello:
    """Return the choice in a ServerHello body.

    Refuses `tls/unsupported-version`, `tls/unsupported-suite`, `tls/unsupported-compression`,
    `tls/bad-extension` (not offered, repeated, or with another content than the offer allows),
    `tls/renegotiation-info-missing`, `tls/reflected-random` and `tls/malformed`. A session id is read and
    ignored: none was offered, so none can be resumed. The last octets of the server random are not searched
    for a downgrade mark (RFC 8446, section 4.1.3): a server that could also speak TLS 1.3 sets it in every
    honest answer to an offer that ends at TLS 1.2.
    """
    reader = WireReader(body, "ServerHello")
    version = reader.octets(2)
    if version != PROTOCOL_VERSION:
        raise Refused("tls/unsupported-version", f"the server chose version {version.hex()}")
    server_random = reader.octets(RANDOM_SIZE)
    if server_random == _HELLO_RETRY_REQUEST:
        raise Refused("tls/unexpected-message", "a HelloRetryRequest answers an offer of TLS 1.2")
    if hmac.compare_digest(server_random, hello.client_random):
        raise Refused("tls/reflected-random", "the server returned the client random as its own")
    reader.vector(1, maximum=32)
    suite = reader.integer(2)
    try:
        cipher_suite = CipherSuite(suite)
    except ValueError:
        raise Refused("tls/unsupported-suite", f"the server chose suite {suite:#06x}") from None
    if reader.integer(1) != 0:
        raise Refused("tls/unsupported-compression", "the server chose a compression method")
    # RFC 5246, section 7.4.1.2, lets a server without extensions leave out the whole block.
    block = reader.vector(2, maximum=_MAXIMUM_EXTENSIONS) if reader.remaining else b""
    reader.finish()
    answered = _decode_extensions(block, hello.offered)
    if ExtensionType.RENEGOTIATION_INFO not in answered:
        # Without it, an attacker's own request may stand before ours on the server's side (RFC 5746, section
        # 4.1).
        raise Refused("tls/renegotiation-info-missing", "the server does not indicate secure renegotiation")
    return ServerHello(
        server_random=server_random,
        cipher_suite=cipher_suite,
        extended_master_secret=ExtensionType.EXTENDED_MASTER_SECRET in answered,
    )


def _decode_extensions(block: bytes, offered: frozenset[ExtensionType]) -> frozenset[ExtensionType]:
    reader = WireReader(block, "ServerHello extensions")
    answered: set[ExtensionType] = set()
    while reader.remaining:
        number = reader.integer(2)
        content = reader.vector(2)
        if number not in offered:
            raise Refused("tls/bad-extension", f"extension {number} was not offered")
        kind = ExtensionType(number)
        if kind in answered:
            raise Refused("tls/bad-extension", f"{kind.name.lower()} stands twice")
        if not _allowed_content(kind, content):
            raise Refused("tls/bad-extension", f"{kind.name.lower()} does not answer the offer")
        answered.add(kind)
    return frozenset(answered)


def _allowed_content(kind: ExtensionType, content: bytes) -> bool:
    if kind in (ExtensionType.SERVER_NAME, ExtensionType.EXTENDED_MASTER_SECRET):
        return content == b""
    if kind is ExtensionType.RENEGOTIATION_INFO:
        return content == vector(1, b"")
    if kind is ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION:
        return content == vector(2, vector(1, HTTP_PROTOCOL))
    if kind is ExtensionType.EC_POINT_FORMATS:
        # RFC 8422, section 5.1.2: a list that must contain the uncompressed format.
        return len(content) > 1 and content[0] == len(content) - 1 and UNCOMPRESSED in content[1:]
    # supported_groups and signature_algorithms are never answered in TLS 1.2 (RFC 8422, section 4; RFC 5246,
    # 7.4.1.4.1).
    return False
