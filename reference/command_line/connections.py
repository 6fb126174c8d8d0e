"""The connection under a link: TLS 1.3, or plain TCP where that is allowed, and then said."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from ..channel.link import Link
from ..foundation.errors import Refused
from ..foundation.files import read_file

CONNECT_SECONDS: Final = 15.0
_CERTIFICATE_LIMIT: Final = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host name or address, and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether nothing sent there leaves this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse_address(text: str) -> Address:
    """Read `HOST:PORT`, with brackets around an IPv6 address; anything else is a usage error."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise click.BadParameter("put brackets around an IPv6 address")
    if not colon or not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise click.BadParameter(f"{text!r} is no HOST:PORT")
    return Address(host=host, port=int(port))


def server_security(
    listen: Address, *, certificate: Path | None, key: Path | None, insecure: bool
) -> ssl.SSLContext | None:
    """The TLS context of a listening role, or None for plain TCP: on loopback, or when the operator insists.

    Refuses with `command/insecure-link` plain TCP elsewhere, and with `command/unsuitable-key` a certificate and key
    that cannot be used.
    """
    if certificate is None or key is None:
        if certificate is not None or key is not None:
            raise click.UsageError("--tls-certificate and --tls-key go together")
        if not listen.is_loopback and not insecure:
            raise Refused(
                "command/insecure-link", f"{listen} needs --tls-certificate and --tls-key, or --insecure-link"
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    read_file(certificate, _CERTIFICATE_LIMIT), read_file(key, _CERTIFICATE_LIMIT)
    try:
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (ssl.SSLError, ValueError):
        raise Refused(
            "command/unsuitable-key",
            f"{certificate} and {key} are not a certificate chain and its key in PEM",
        ) from None
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecurity:
    """How a connecting role secures the link.

    `context` is None for plain TCP; `pinned` (DER) is the one certificate accepted, if it is given.
    """

    context: ssl.SSLContext | None
    pinned: bytes | None = None

    @property
    def description(self) -> str:
        if self.context is None:
            return "plain TCP"
        return "TLS 1.3, pinned certificate" if self.pinned is not None else "TLS 1.3, validated certificate"


def client_security(
    peer: Address, *, certificate: Path | None, roots: Path | None, insecure: bool
) -> ClientSecurity:
    """TLS 1.3 with the pinned certificate or one valid for the peer's name; plain TCP on loopback or on request."""
    if insecure and (certificate is not None or roots is not None):
        raise click.UsageError("--insecure-link contradicts --link-certificate and --link-roots")
    if certificate is not None and roots is not None:
        raise click.UsageError("give either --link-certificate or --link-roots")
    if certificate is None and roots is None and (insecure or peer.is_loopback):
        return ClientSecurity(context=None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if certificate is not None:
        text = read_file(certificate, _CERTIFICATE_LIMIT).decode("ascii", "ignore")
        start, end = text.find(ssl.PEM_HEADER), text.find(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)
        try:
            pinned = ssl.PEM_cert_to_DER_cert(text[max(start, 0) : end])
            context.load_verify_locations(cadata=pinned)
        except (ssl.SSLError, ValueError):
            raise Refused(
                "command/malformed-certificate", f"{certificate} holds no certificate in PEM"
            ) from None
        # The certificate itself is the anchor, whatever its name and issuer; it is compared after connecting.
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return ClientSecurity(context=context, pinned=pinned)
    if roots is None:
        import certifi

        roots = Path(certifi.where())
    try:
        context.load_verify_locations(cadata=read_file(roots, 2**24).decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError):
        raise Refused("command/malformed-certificate", f"{roots} holds no certificates in PEM") from None
    return ClientSecurity(context=context)


async def open_link(peer: Address, security: ClientSecurity) -> Link:
    """Connect to a Notary or Verifier; refuses with `command/unreachable`."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(
                peer.host,
                peer.port,
                ssl=security.context,
                server_hostname=peer.host if security.context is not None else None,
            )
    except TimeoutError:
        raise Refused("command/unreachable", f"{peer} does not answer") from None
    except ssl.SSLCertVerificationError as error:
        raise Refused(
            "command/unreachable", f"{peer}: its certificate is not trusted: {error.verify_message}"
        ) from None
    except OSError as error:
        raise Refused("command/unreachable", f"{peer}: {error.strerror or error}") from None
    if security.pinned is not None:
        connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
        presented = connection.getpeercert(binary_form=True)
        if presented is None or not hmac.compare_digest(presented, security.pinned):
            writer.close()
            raise Refused("command/unreachable", f"{peer} has another certificate than the pinned one")
    return Link(reader, writer)
