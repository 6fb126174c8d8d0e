"""The client against Python's `ssl`, `openssl s_server` and nginx, with RSA and ECDSA."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SystemRandomness
from mpctls.reference.tls.connection import ConnectionLimits
from mpctls.reference.tls.constants import CipherSuite
from mpctls.reference.tls.plain_client import PlainExchange, fetch
from tests.capabilities import program, requires
from tests.servers.account_server import TOKEN, account_server, large_body, server_context
from tests.servers.authority import TIME, Authority, Kind, ServerCertificate
from tests.servers.nginx_server import nginx_server
from tests.servers.openssl_server import openssl_server
from tests.servers.process import WebServer, line_with, server_process

LIMITS = ConnectionLimits(connect_seconds=10, wait_seconds=10, close_seconds=2, received_octets=1 << 20)
SUITES = {
    "rsa": CipherSuite.ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    "ecdsa": CipherSuite.ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
}
KINDS: tuple[Kind, ...] = ("rsa", "ecdsa")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


@pytest.fixture(scope="module")
def certificates(authority: Authority) -> dict[Kind, ServerCertificate]:
    return {kind: authority.issue(kind) for kind in KINDS}


@contextmanager
def python_server(certificate: ServerCertificate, folder: Path) -> Iterator[WebServer]:
    size = 40_000
    with account_server(server_context(*certificate.write(folder))) as port:
        yield WebServer(
            port=port,
            small=("/account", b'{"error":"unauthorized"}'),
            large=(f"/large?size={size}", large_body(size)),
        )


SERVERS = [
    pytest.param(python_server, id="python"),
    pytest.param(openssl_server, id="openssl", marks=requires("openssl")),
    pytest.param(nginx_server, id="nginx", marks=requires("nginx")),
]


def get(
    port: int,
    path: str,
    roots: tuple[x509.Certificate, ...],
    *,
    server_name: str = "localhost",
    extended_master_secret: bool = True,
    authorization: str | None = None,
    limits: ConnectionLimits = LIMITS,
    complete: Callable[[bytes], bool] | None = None,
) -> PlainExchange:
    headers = ["Host: localhost", "Connection: close"]
    if authorization is not None:
        headers.append(f"Authorization: {authorization}")
    request = "\r\n".join([f"GET {path} HTTP/1.1", *headers, "", ""]).encode()
    return asyncio.run(
        fetch(
            host="127.0.0.1",
            port=port,
            server_name=server_name,
            request=request,
            time=TIME,
            roots=roots,
            randomness=SystemRandomness(),
            limits=limits,
            extended_master_secret=extended_master_secret,
            complete=complete,
        )
    )


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("kind", KINDS)
def test_fetches_small_and_large_pages(
    server: object,
    kind: Kind,
    authority: Authority,
    certificates: dict[Kind, ServerCertificate],
    tmp_path: Path,
) -> None:
    assert callable(server)
    with server(certificates[kind], tmp_path) as running:
        for (path, body), extended in ((running.small, True), (running.large, False)):
            exchange = get(running.port, path, (authority.root,), extended_master_secret=extended)
            assert exchange.response.partition(b"\r\n\r\n")[2] == body
            assert exchange.close_notify_received
            assert exchange.handshake.flight.cipher_suite is SUITES[kind]
            assert exchange.handshake.flight.extended_master_secret is extended
            assert exchange.handshake.certificate_path[-1] == authority.root
        assert exchange.received_records > 2


@pytest.mark.parametrize("offered", [True, False])
@pytest.mark.parametrize("supported", [True, False])
def test_master_secret_is_the_servers(
    offered: bool,
    supported: bool,
    authority: Authority,
    certificates: dict[Kind, ServerCertificate],
    tmp_path: Path,
) -> None:
    log = tmp_path / "keys"
    chain, key = certificates["ecdsa"].write(tmp_path)
    context = server_context(chain, key, extended_master_secret=supported, key_log=log)
    with account_server(context) as port:
        exchange = get(
            port,
            "/account",
            (authority.root,),
            extended_master_secret=offered,
            authorization=f"Bearer {TOKEN}",
        )
    assert b'"balance":"2718.28"' in exchange.response
    assert exchange.handshake.flight.extended_master_secret is (offered and supported)
    fields = [line.split() for line in log.read_text().splitlines() if line.startswith("CLIENT_RANDOM ")]
    client_random = exchange.handshake.key_exchange.client_random
    assert fields == [["CLIENT_RANDOM", client_random.hex(), exchange.handshake.master_secret.hex()]]


def test_chunked_body_over_many_records(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    with account_server(server_context(*certificates["ecdsa"].write(tmp_path))) as port:
        exchange = get(port, "/large?size=12000&chunked", (authority.root,))
    assert exchange.response.endswith(b"\r\n0\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in exchange.response


def test_request_over_many_records(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    with account_server(server_context(*certificates["ecdsa"].write(tmp_path))) as port:
        exchange = get(port, "/account", (authority.root,), authorization="Bearer " + "x" * 40_000)
        assert exchange.response.startswith(b"HTTP/1.1 401 ")


def test_stops_where_the_caller_sees_the_end(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    with account_server(server_context(*certificates["ecdsa"].write(tmp_path))) as port:
        exchange = get(
            port, "/large?size=100000", (authority.root,), complete=lambda content: len(content) > 100
        )
    assert exchange.received_records == 1
    assert not exchange.close_notify_received


def test_address_instead_of_name(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    with account_server(server_context(*certificates["rsa"].write(tmp_path))) as port:
        exchange = get(port, "/account", (authority.root,), server_name="127.0.0.1")
    assert exchange.response.startswith(b"HTTP/1.1 401 ")


def test_server_as_a_process(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    chain, key = certificates["ecdsa"].write(tmp_path)
    command = [sys.executable, "-m", "tests.servers.account_server", "--chain", str(chain), "--key", str(key)]
    with server_process(command, folder=Path(__file__).parents[3]) as process:
        port = int(line_with(process, "port "))
        exchange = get(port, "/account", (authority.root,), authorization=f"Bearer {TOKEN}")
        assert exchange.response.startswith(b"HTTP/1.1 200 ")
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("server_name", "trusted", "reason"),
    [
        ("other.test", True, "verification/server-name-mismatch"),
        ("localhost", False, "verification/certificate-invalid"),
    ],
)
def test_refuses_another_server(
    server_name: str,
    trusted: bool,
    reason: str,
    authority: Authority,
    certificates: dict[Kind, ServerCertificate],
    tmp_path: Path,
) -> None:
    roots = (authority.root if trusted else Authority.create().root,)
    with (
        account_server(server_context(*certificates["ecdsa"].write(tmp_path))) as port,
        pytest.raises(Refused) as refusal,
    ):
        get(port, "/account", roots, server_name=server_name)
    assert refusal.value.reason == reason


@requires("openssl")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param(["-cipher", "AES128-GCM-SHA256"], "tls/alert-received", id="no common suite"),
        pytest.param(["-curves", "X25519"], "tls/alert-received", id="no common curve"),
    ],
)
def test_server_that_cannot_agree_says_so(
    options: list[str],
    reason: str,
    authority: Authority,
    certificates: dict[Kind, ServerCertificate],
    tmp_path: Path,
) -> None:
    with openssl_server(certificates["rsa"], tmp_path, options=options) as running:
        with pytest.raises(Refused) as refusal:
            get(running.port, "/small", (authority.root,))
        assert refusal.value.reason == reason


@requires("openssl")
def test_answers_a_certificate_request_with_an_empty_one(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    with openssl_server(certificates["rsa"], tmp_path, options=["-verify", "1"]) as running:
        exchange = get(running.port, "/small", (authority.root,))
    assert exchange.handshake.flight.certificate_requested
    assert exchange.response.endswith(running.small[1])


@requires("openssl")
def test_alert_under_new_keys(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    """A server that insists on a client certificate refuses after its side of the handshake."""
    with openssl_server(certificates["rsa"], tmp_path, options=["-Verify", "1"]) as running:
        with pytest.raises(Refused) as refusal:
            get(running.port, "/small", (authority.root,))
        assert refusal.value.reason == "tls/alert-received"


@requires("openssl")
def test_server_of_another_version(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    chain, key = certificates["rsa"].write(tmp_path)
    command = [program("openssl"), "s_server", "-accept", "127.0.0.1:0", "-4", "-tls1_3", "-www"]
    with server_process([*command, "-cert", str(chain), "-key", str(key)], folder=tmp_path) as process:
        port = int(line_with(process, "ACCEPT ").rpartition(":")[2])
        with pytest.raises(Refused) as refusal:
            get(port, "/", (authority.root,))
    assert (refusal.value.reason, refusal.value.detail) == ("tls/alert-received", "protocol_version")


def test_limit_on_received_octets(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    limits = ConnectionLimits(wait_seconds=10, received_octets=20_000)
    with (
        account_server(server_context(*certificates["ecdsa"].write(tmp_path))) as port,
        pytest.raises(Refused) as refusal,
    ):
        get(port, "/large?size=100000", (authority.root,), limits=limits)
    assert refusal.value.reason == "tls/limit-exceeded"


@contextmanager
def one_answer(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept one connection, let `answer` deal with it, close it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(10)
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(timeout=10)


def test_end_without_close_notify_is_reported(
    authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    context = server_context(*certificates["ecdsa"].write(tmp_path))

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False) as wrapped:
            wrapped.recv(1000)
            wrapped.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf a bo")
            wrapped.shutdown(socket.SHUT_WR)

    with one_answer(answer) as port:
        exchange = get(port, "/", (authority.root,))
    assert exchange.response.endswith(b"half a bo")
    assert not exchange.close_notify_received


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        pytest.param(b"", "tls/truncated", id="closes at once"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls/unexpected-message", id="speaks plain HTTP"),
        pytest.param(b"\x16\x03\x03\x00\x04\x02\x00", "tls/truncated", id="breaks off in a record"),
    ],
)
def test_no_handshake_with_other_servers(octets: bytes, reason: str, authority: Authority) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 14)
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)

    with one_answer(answer) as port:
        with pytest.raises(Refused) as refusal:
            get(port, "/", (authority.root,))
        assert refusal.value.reason == reason


@pytest.mark.parametrize("position", [20, 200, 700, 900, -20, -1])
def test_a_changed_octet_of_the_server_ends_the_connection(
    position: int, authority: Authority, certificates: dict[Kind, ServerCertificate], tmp_path: Path
) -> None:
    """Someone on the way flips one bit of what the server sends first, or of its Finished."""
    with account_server(server_context(*certificates["ecdsa"].write(tmp_path))) as server_port:

        def tamper(connection: socket.socket) -> None:
            with socket.create_connection(("127.0.0.1", server_port), timeout=10) as server:
                server.sendall(connection.recv(1 << 14))
                first = bytearray(server.recv(1 << 14))
                if position >= 0:
                    first[position] ^= 1
                connection.sendall(first)
                if position < 0 and (answer := connection.recv(1 << 14)):
                    server.sendall(answer)
                    second = bytearray(server.recv(1 << 14))
                    second[position] ^= 1
                    connection.sendall(second)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1 << 14)

        with one_answer(tamper) as port, pytest.raises(Refused) as refusal:
            get(port, "/account", (authority.root,))
    if position < 0:
        assert refusal.value.reason == "tls/bad-record-mac"
