"""nginx as a web server, TLS 1.2 only, as an ordinary user's process. Needs the capability `nginx`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.capabilities import program
from tests.servers.authority import ServerCertificate
from tests.servers.process import WebServer, server_process, wait_for_port

_SMALL: Final = b'{"balance":"2718.28"}'
_LARGE: Final = bytes(range(32, 127)) * 600

_CONFIGURATION: Final = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_timeout 0;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} ssl reuseport;
    server_name localhost;
    ssl_protocols TLSv1.2;
    ssl_certificate {chain};
    ssl_certificate_key {key};
    root {folder}/pages;
    location = /large {{ default_type text/plain; }}
  }}
}}
"""


@contextmanager
def nginx_server(certificate: ServerCertificate, folder: Path) -> Iterator[WebServer]:
    """Serve two static pages from `folder`.

    nginx cannot ask the system for a port, so this process holds one without listening on it, and nginx
    shares it.
    """
    chain, key = certificate.write(folder)
    pages = folder / "pages"
    pages.mkdir()
    (pages / "small").write_bytes(_SMALL)
    (pages / "large").write_bytes(_LARGE)
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reservation.bind(("127.0.0.1", 0))
        port = int(reservation.getsockname()[1])
        configuration = folder / "nginx.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, chain=chain, key=key))
        command = [program("nginx"), "-c", str(configuration), "-p", str(folder), "-e", "stderr"]
        with server_process(command, folder=folder) as process:
            wait_for_port(process, port)
            yield WebServer(port=port, small=("/small", _SMALL), large=("/large", _LARGE))
