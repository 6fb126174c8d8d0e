"""An ordinary HTTPS server with an account page, on Python's `ssl`, TLS 1.2 only.

As a process of its own, `python -m tests.servers.account_server --chain chain.pem --key key.pem` prints
`port N` once it listens, and serves until its standard input ends.

GET /account       JSON with a balance; needs the Authorization header `Bearer <TOKEN>`, else 401
GET /statement     JSON with numbers, dates and texts of several kinds
GET /large?size=N  N octets of text; with `&chunked` in chunks instead of with Content-Length
"""

from __future__ import annotations

import argparse
import json
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

TOKEN: Final = "correct-horse-battery-staple"
ACCOUNT: Final[Mapping[str, object]] = {
    "account": {"holder": "Ada Example", "number": "DE02 1203 0000 0000 2020 51"},
    "balance": "2718.28",
    "currency": "EUR",
    "verified": True,
}
STATEMENT: Final = (
    b'{"balance":2718.28,"limit":9000.00,"debt":-12.5,"born":"2004-02-29","holder":"Ada Example",'
    b'"iban":"DE02120300000000202051","verified":true,"entries":[{"amount":"100.00"},{"amount":"250.50"}]}'
)
MAXIMUM_SIZE: Final = 1 << 24
_CHUNK: Final = 5000
# OpenSSL's SSL_OP_NO_EXTENDED_MASTER_SECRET, which Python's module does not name.
_NO_EXTENDED_MASTER_SECRET: Final = ssl.Options(1)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    # One write for the whole head, so that the number of records does not depend on the header count.
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        query = parse_qs(target.query, keep_blank_values=True)
        if target.path == "/account":
            self._account()
        elif target.path == "/statement":
            self._answer(HTTPStatus.OK, STATEMENT, "application/json")
        elif target.path == "/large":
            self._large(query)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"no such page\n", "text/plain")

    def _account(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(HTTPStatus.UNAUTHORIZED, b'{"error":"unauthorized"}', "application/json")
            return
        self._answer(HTTPStatus.OK, json.dumps(ACCOUNT, separators=(",", ":")).encode(), "application/json")

    def _large(self, query: Mapping[str, list[str]]) -> None:
        text = query.get("size", ["0"])[0]
        size = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else MAXIMUM_SIZE + 1
        if size > MAXIMUM_SIZE:
            self._answer(HTTPStatus.BAD_REQUEST, b"bad size\n", "text/plain")
            return
        self._answer(HTTPStatus.OK, large_body(size), "text/plain", chunked="chunked" in query)

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str, *, chunked: bool = False) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not chunked:
            self.wfile.write(body)
            return
        for start in range(0, len(body), _CHUNK):
            piece = body[start : start + _CHUNK]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def version_string(self) -> str:
        return "account-server"

    def date_time_string(self, timestamp: float | None = None) -> str:
        # A fixed date: the same request gives the same octets on every day.
        return "Thu, 01 Jan 2026 00:00:00 GMT"

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Say nothing: requests carry a token."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # Here and not in get_request: a slow handshake then holds up its own thread alone.
        request.settimeout(30)
        with self._context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)
            try:
                wrapped.unwrap()
            except (OSError, ValueError):
                return

    def shutdown_request(self, request: Any) -> None:
        # After a handshake the wrapped socket owns the connection and has closed it.
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that breaks off is part of many tests."""


def large_body(size: int) -> bytes:
    """Return the `size` octets of /large: numbered lines of 32 octets."""
    return b"".join(b"line %25d\n" % number for number in range(size // 31 + 1))[:size]


def server_context(
    chain: Path, key: Path, *, extended_master_secret: bool = True, key_log: Path | None = None
) -> ssl.SSLContext:
    """Return a context for TLS 1.2 alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chain, key)
    if not extended_master_secret:
        context.options |= _NO_EXTENDED_MASTER_SECRET
    if key_log is not None:
        context.keylog_filename = str(key_log)
    return context


@contextmanager
def account_server(context: ssl.SSLContext) -> Iterator[int]:
    """Serve in threads of this process; yields the port."""
    with _Server(context) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(timeout=10)


def main() -> None:
    """Serve as a process of its own until standard input ends."""
    parser = argparse.ArgumentParser(description="HTTPS server with an account page, TLS 1.2 only")
    parser.add_argument("--chain", type=Path, required=True, help="PEM file: own certificate, intermediates")
    parser.add_argument("--key", type=Path, required=True, help="PEM file: private key")
    parser.add_argument("--no-extended-master-secret", action="store_true")
    arguments = parser.parse_args()
    context = server_context(
        arguments.chain, arguments.key, extended_master_secret=not arguments.no_extended_master_secret
    )
    with account_server(context) as port:
        print(f"port {port}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
