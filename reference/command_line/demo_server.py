"""The demo's server: an ordinary HTTPS server on Python's `ssl`, with an account page and a throw-away authority.

As a process: `python -m mpctls.reference.command_line.demo_server FOLDER`. It reads the header field it demands from
`authorization.txt` in FOLDER, writes the root certificate of its authority to `root.pem`, prints its port, and serves
until a signal ends it, or with `--stop-at-end-of-input` the end of its standard input. It knows nothing of sessions.
"""

from __future__ import annotations

import datetime
import http.server
import json
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_NAME: Final = "bank.example"
BALANCE: Final = "2718.28"
ACCOUNT: Final = {"holder": "Ada Example", "currency": "EUR", "balance": BALANCE, "verified": True}


class _AccountPage(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    authorization = ""
    clock: Callable[[], float] = staticmethod(time.time)

    def do_GET(self) -> None:
        self.close_connection = True
        if self.path != "/account":
            self._answer(HTTPStatus.NOT_FOUND, {"error": "not found"})
        elif self.headers.get("Authorization") != self.authorization:
            self._answer(HTTPStatus.UNAUTHORIZED, {"error": "unauthorized"})
        else:
            self._answer(HTTPStatus.OK, ACCOUNT)

    def _answer(self, status: HTTPStatus, document: object) -> None:
        body = json.dumps(document, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "account-page"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.clock() if timestamp is None else timestamp)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Log nothing: requests carry a token."""


class AccountServer(http.server.ThreadingHTTPServer):
    """Serves the account page on a loopback port of the system's choice to who sends this Authorization header."""

    def __init__(
        self, context: ssl.SSLContext, authorization: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._context = context
        members = {"authorization": authorization, "clock": staticmethod(clock)}
        page = type("AccountPage", (_AccountPage,), members)
        super().__init__(("127.0.0.1", 0), page)

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(30)
        with self._context.wrap_socket(request, server_side=True) as connection:
            super().finish_request(connection, client_address)
            try:
                connection.unwrap()  # sends close_notify, as servers should
            except OSError:
                return


def make_authority(
    server_name: str, start: datetime.datetime, end: datetime.datetime
) -> tuple[bytes, bytes, bytes]:
    """A root, and a server certificate (P-256) under it: root, certificate and private key, in PEM."""
    root_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away demo root")])
    root = (
        _builder(root_name, root_name, root_key, root_key, start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    certificate = (
        _builder(x509.Name([]), root_name, server_key, root_key, start, end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(server_name)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    private = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return root.public_bytes(Encoding.PEM), certificate.public_bytes(Encoding.PEM), private


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    start: datetime.datetime,
    end: datetime.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def server_context(certificate: bytes, private_key: bytes) -> ssl.SSLContext:
    """A context for TLS 1.2; the private key touches a file, which `ssl` needs, for a moment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(certificate + private_key)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def main(folder: Path, *, stop_at_end_of_input: bool) -> None:
    """Serve until a signal, or the end of standard input, ends this."""
    line = (folder / "authorization.txt").read_text(encoding="ascii").strip()
    authorization = line.partition(":")[2].strip()
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    root, certificate, private_key = make_authority(SERVER_NAME, now - day, now + 7 * day)
    (folder / "root.pem").write_bytes(root)
    with AccountServer(server_context(certificate, private_key), authorization) as server:
        print(f"port {server.server_address[1]}", flush=True)
        if not stop_at_end_of_input:
            server.serve_forever()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), stop_at_end_of_input="--stop-at-end-of-input" in sys.argv[2:])
