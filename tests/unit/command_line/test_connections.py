"""The connection under a link: when it may be plain, and whom TLS believes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import CloseSession
from mpctls.reference.command_line.connections import (
    Address,
    client_security,
    open_link,
    parse_address,
    server_security,
)
from mpctls.reference.foundation.errors import Refused
from tests.servers.authority import Authority

HERE = Address(host="127.0.0.1", port=1)
ELSEWHERE = Address(host="192.0.2.1", port=1)


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("a.example:1", "a.example", 1), ("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:65535", "::1", 65535)],
)
def test_addresses(text: str, host: str, port: int) -> None:
    address = parse_address(text)
    assert (address.host, address.port) == (host, port)
    assert str(address) == text


@pytest.mark.parametrize("text", ["", "a", "a:", ":1", "::1:1", "a:65536", "a:-1", "a:1x", "a:１", "[]:1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_address(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example", False),
    ],
)
def test_what_stays_on_this_machine(host: str, loopback: bool) -> None:
    assert Address(host=host, port=1).is_loopback == loopback


def test_plain_tcp_is_for_loopback_or_for_who_insists() -> None:
    assert server_security(HERE, certificate=None, key=None, insecure=False) is None
    assert server_security(ELSEWHERE, certificate=None, key=None, insecure=True) is None
    with refused("command/insecure-link"):
        server_security(ELSEWHERE, certificate=None, key=None, insecure=False)
    assert client_security(HERE, certificate=None, roots=None, insecure=False).context is None
    assert client_security(ELSEWHERE, certificate=None, roots=None, insecure=True).context is None
    context = client_security(ELSEWHERE, certificate=None, roots=None, insecure=False).context
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders with chain, key and root of two authorities."""
    folder = tmp_path_factory.mktemp("link")
    for name in ("one", "other"):
        authority = Authority.create()
        (folder / name).mkdir()
        (folder / name / "root.pem").write_bytes(authority.root_pem)
        authority.issue("ecdsa").write(folder / name)
    return folder


async def exchange(
    files: Path,
    *,
    context: ssl.SSLContext | None = None,
    certificate: Path | None = None,
    roots: Path | None = None,
) -> str:
    """Connect to a peer with the certificate `one`, and say one message; returns what the link is."""
    arrived = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer)
        await link.receive(CloseSession)
        arrived.set()
        await link.close()

    chain, key = files / "one" / "chain.pem", files / "one" / "key.pem"
    context = context or server_security(ELSEWHERE, certificate=chain, key=key, insecure=False)
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        address = Address(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        security = client_security(address, certificate=certificate, roots=roots, insecure=False)
        link = await open_link(address, security)
        await link.send(CloseSession())
        await asyncio.wait_for(arrived.wait(), 5)
        await link.close()
        return security.description


def test_a_pinned_or_validated_certificate_is_believed(files: Path) -> None:
    chain, root = files / "one" / "chain.pem", files / "one" / "root.pem"
    assert asyncio.run(exchange(files, certificate=chain)) == "TLS 1.3, pinned certificate"
    assert asyncio.run(exchange(files, roots=root)) == "TLS 1.3, validated certificate"


def test_another_certificate_is_not(files: Path) -> None:
    with refused("command/unreachable"):
        asyncio.run(exchange(files, certificate=files / "other" / "chain.pem"))
    with refused("command/unreachable"):
        asyncio.run(exchange(files, roots=files / "other" / "root.pem"))


def test_a_pin_of_the_issuer_is_no_pin_of_the_certificate(files: Path) -> None:
    with refused("command/unreachable"):
        asyncio.run(exchange(files, certificate=files / "one" / "root.pem"))


def test_older_tls_is_not_spoken(files: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files / "one" / "chain.pem", files / "one" / "key.pem")
    with refused("command/unreachable"):
        asyncio.run(exchange(files, context=context, certificate=files / "one" / "chain.pem"))


def test_what_is_no_certificate_or_key(files: Path) -> None:
    store = files / "nonsense"
    store.write_bytes(b"\xff nonsense")
    with refused("command/malformed-certificate"):
        client_security(ELSEWHERE, certificate=store, roots=None, insecure=False)
    with refused("command/malformed-certificate"):
        client_security(ELSEWHERE, certificate=None, roots=store, insecure=False)
    with refused("command/unsuitable-key"):
        server_security(
            ELSEWHERE,
            certificate=files / "one" / "chain.pem",
            key=files / "other" / "key.pem",
            insecure=False,
        )
    with refused("command/unreadable-file"):
        server_security(
            ELSEWHERE, certificate=files / "one" / "chain.pem", key=files / "absent", insecure=False
        )


def test_contradicting_options_are_usage_errors(files: Path) -> None:
    chain = files / "one" / "chain.pem"
    with pytest.raises(click.UsageError):
        server_security(HERE, certificate=chain, key=None, insecure=False)
    with pytest.raises(click.UsageError):
        client_security(HERE, certificate=chain, roots=chain, insecure=False)
    with pytest.raises(click.UsageError):
        client_security(HERE, certificate=chain, roots=None, insecure=True)
