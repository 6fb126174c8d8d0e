"""`openssl s_server` as a web server, TLS 1.2 only. Needs the capability `openssl`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.capabilities import program
from tests.servers.authority import ServerCertificate
from tests.servers.process import WebServer, line_with, server_process

_SMALL: Final = b'{"balance":"2718.28"}'
_LARGE: Final = bytes(range(32, 127)) * 600


@contextmanager
def openssl_server(
    certificate: ServerCertificate, folder: Path, *, options: Sequence[str] = ()
) -> Iterator[WebServer]:
    """Serve two files of `folder`; `options` are added to the command line."""
    chain, key = certificate.write(folder)
    for name, body in (("small", _SMALL), ("large", _LARGE)):
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        (folder / name).write_bytes(head.encode() + body)
    command = [program("openssl"), "s_server", "-accept", "127.0.0.1:0", "-4", "-tls1_2", "-HTTP"]
    command += ["-cert", str(chain), "-cert_chain", str(chain), "-key", str(key), *options]
    with server_process(command, folder=folder) as process:
        address = line_with(process, "ACCEPT ")
        port = int(address.rpartition(":")[2])
        yield WebServer(port=port, small=("/small", _SMALL), large=("/large", _LARGE))
