"""`mpctls prove` against three independent servers, both certificate types, small and many-record responses."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from mpctls.reference.http.message import parse_response
from tests.capabilities import requires
from tests.end_to_end.programs import Site, service
from tests.integration.sessions.test_servers import python_server
from tests.servers.authority import Authority, Kind, ServerCertificate
from tests.servers.nginx_server import nginx_server
from tests.servers.openssl_server import openssl_server
from tests.servers.process import WebServer

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(400)]

PROVE = ("--out", "attestation.mpctls", "--secrets", "secrets.mpctls", "--presentation", "shown.mpctls")
VERIFY = ("--trust-store", "store.json", "--roots", "root.pem", "--server-name", "localhost", "--json")
Start = Callable[[ServerCertificate, Path], AbstractContextManager[WebServer]]


def received(shown: dict[str, Any]) -> bytes:
    """The octets of the received direction, all of which must be shown."""
    runs = shown["transcript"]["received"]["runs"]
    assert not any(run["redacted"] for run in runs)
    return b"".join(base64.b64decode(run["base64"], validate=True) for run in runs)


@pytest.mark.parametrize(
    ("start", "kind", "large"),
    [
        pytest.param(python_server, "rsa", False, id="python-rsa-small"),
        pytest.param(python_server, "ecdsa", True, id="python-ecdsa-large"),
        pytest.param(openssl_server, "ecdsa", False, id="openssl-ecdsa-small", marks=requires("openssl")),
        pytest.param(openssl_server, "rsa", True, id="openssl-rsa-large", marks=requires("openssl")),
        pytest.param(nginx_server, "rsa", False, id="nginx-rsa-small", marks=requires("nginx")),
        pytest.param(nginx_server, "ecdsa", True, id="nginx-ecdsa-large", marks=requires("nginx")),
    ],
)
def test_what_is_proved_and_verified_is_the_page(start: Start, kind: Kind, large: bool, tmp_path: Path) -> None:
    authority = Authority.create()
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    pages = tmp_path / "server"
    pages.mkdir()
    with start(authority.issue(kind, ["localhost"]), pages) as server:
        site = Site(folder=tmp_path, port=server.port)
        assert site.run("keygen", "--out", "notary.pem", "--trust-store", "store.json").returncode == 0
        with service(site, "notary", "--key", "notary.pem") as running:
            path, body = server.large if large else server.small
            proved = site.prove(running.port, "--disclose", "received", "--hash", "blake3", *PROVE, path=path)
            assert proved.returncode == 0, proved.stderr
            verified = site.run("verify", "shown.mpctls", *VERIFY)
            assert verified.returncode == 0, verified.stderr
            shown = json.loads(verified.stdout)
            assert shown["server_name"] == "localhost"
            octets = received(shown)
            assert parse_response(octets).content(octets) == body
