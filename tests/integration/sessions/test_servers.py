"""Whole sessions with three independent servers; what is presented afterwards is what the server said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mpctls.reference.foundation.identifiers import ENGINE_PROFILE, SILENT_ENGINE_PROFILE, Closure
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.presentation.verification import VerifiedPresentation
from tests.capabilities import requires
from tests.servers.account_server import account_server, large_body, server_context
from tests.servers.authority import Authority, Kind, ServerCertificate
from tests.servers.nginx_server import nginx_server
from tests.servers.openssl_server import openssl_server
from tests.servers.process import WebServer
from tests.sessions.running import (
    Notarized,
    Page,
    connect,
    listening,
    notarize,
    present_and_verify,
    prover_settings,
    request,
    signing_key,
)

pytestmark = pytest.mark.timeout(400)


@contextmanager
def python_server(certificate: ServerCertificate, folder: Path) -> Iterator[WebServer]:
    with account_server(server_context(*certificate.write(folder))) as port:
        yield WebServer(
            port=port,
            small=("/large?size=200&chunked", large_body(200)),
            large=("/large?size=40000&chunked", large_body(40_000)),
        )


SERVERS = {"python": python_server, "openssl": openssl_server, "nginx": nginx_server}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    server: str
    kind: Kind
    extended_master_secret: bool
    large: bool
    pieces: int
    engine_profile: str


def case(
    server: str,
    kind: Kind,
    *,
    extended: bool,
    large: bool,
    pieces: int,
    engine_profile: str = ENGINE_PROFILE,
) -> object:
    marks = [] if server == "python" else [requires(server)]
    if server != "python" or large:
        marks.append(pytest.mark.slow)
    chosen = Case(
        server=server,
        kind=kind,
        extended_master_secret=extended,
        large=large,
        pieces=pieces,
        engine_profile=engine_profile,
    )
    name = f"{server}-{kind}-{'extended' if extended else 'plain'}-{'large' if large else 'small'}-{pieces}"
    name += f"-{engine_profile}" if engine_profile != ENGINE_PROFILE else ""
    return pytest.param(chosen, id=name, marks=marks)


# Every pair of two of: server, certificate, master secret, size, number of request records.
CASES = [
    case("python", "rsa", extended=False, large=False, pieces=3),
    case("python", "ecdsa", extended=True, large=True, pieces=1),
    case("openssl", "rsa", extended=True, large=True, pieces=3),
    case("openssl", "ecdsa", extended=False, large=False, pieces=1),
    case("nginx", "rsa", extended=True, large=False, pieces=1),
    case("nginx", "ecdsa", extended=False, large=True, pieces=3),
    case("python", "ecdsa", extended=True, large=False, pieces=1, engine_profile=SILENT_ENGINE_PROFILE),
]


@pytest.mark.parametrize("case", CASES)
def test_a_presentation_is_what_the_server_said(case: Case, tmp_path: Path) -> None:
    authority = Authority.create()
    with SERVERS[case.server](authority.issue(case.kind), tmp_path) as server:
        path, body = server.large if case.large else server.small
        whole = request(path)
        size = -(-len(whole) // case.pieces)
        page = Page(
            port=server.port,
            roots=(authority.root,),
            pieces=tuple(whole[start : start + size] for start in range(0, len(whole), size)),
            received_octets=2**17,
        )
        assert len(page.pieces) == case.pieces
        key = signing_key()

        async def session() -> tuple[Notarized, VerifiedPresentation]:
            notary = Notary(
                NotarySettings(signing_keys=(key,), engine_profiles=frozenset({case.engine_profile}))
            )
            await notary.prepare()
            async with listening(notary.handle) as port:
                settings = prover_settings(
                    page,
                    key.verifying_key,
                    extended_master_secret=case.extended_master_secret,
                    engine_profiles=(case.engine_profile,),
                )
                notarized = await notarize(await connect(port), settings, page.pieces)
            return notarized, present_and_verify(notarized, key.verifying_key, page.roots)

        notarized, shown = asyncio.run(session())
    info = notarized.attestation.body.connection_info
    assert info.extended_master_secret is case.extended_master_secret
    assert (info.sent_length, info.received_length) == (len(whole), shown.transcript.received.length)
    assert info.closure is Closure.CLOSE_NOTIFY
    assert shown.server_name == "localhost"
    assert b"".join(octets for _, octets in shown.transcript.sent.pieces) == whole
    received = b"".join(octets for _, octets in shown.transcript.received.pieces)
    head, _, content = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (dechunked(content) if b"chunked" in head else content) == body


def dechunked(content: bytes) -> bytes:
    """The body of a chunked message (RFC 9112, section 7.1) without trailers."""
    body = b""
    while content != b"0\r\n\r\n":
        size, _, rest = content.partition(b"\r\n")
        length = int(size, 16)
        body += rest[:length]
        assert rest[length : length + 2] == b"\r\n"
        content = rest[length + 2 :]
    return body
