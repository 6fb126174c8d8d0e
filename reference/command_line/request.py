"""One HTTP/1.1 request from a URL and options; secrets come from files or the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..foundation.errors import Refused
from ..foundation.files import read_file
from ..tls.server_name import ServerName, parse_server_name

MAXIMUM_BODY: Final = 2**24
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?|")
_TARGET = re.compile(r"[\x21-\x7e]+")
_OWN_HEADERS: Final = frozenset({"host", "content-length", "transfer-encoding", "upgrade", "expect"})
_DEMANDED: Final = {"accept-encoding": "identity", "connection": "close"}
"""What every request says: parts of coded content, or of a response that others follow, cannot be shown."""
_BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
_FROM_ENVIRONMENT: Final = "@env:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a URL leads: the server to prove, its port, and the target of the request line."""

    server_name: ServerName
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The value of the Host header field (RFC 9110, section 7.2)."""
        name = self.server_name.text
        host = f"[{name}]" if ":" in name else name
        return host if self.port == 443 else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One header field; its value may be a secret."""

    name: str
    value: str = field(repr=False)


def parse_location(url: str) -> Location:
    """Read an https URL; refuses with `command/malformed-url` and `tls/invalid-server-name`.

    A fragment is dropped. Octets outside printable ASCII must be percent-encoded by the caller.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("command/malformed-url", str(error)) from None
    if parts.scheme != "https" or not parts.hostname:
        raise Refused("command/malformed-url", "the URL begins with https:// and names a server")
    if parts.username is not None or parts.password is not None:
        raise Refused(
            "command/malformed-url", "user name and password do not belong into the URL; use --header"
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _TARGET.fullmatch(target):
        raise Refused("command/malformed-url", "path and query are printable ASCII; percent-encode the rest")
    return Location(
        server_name=parse_server_name(parts.hostname), port=443 if port is None else port, target=target
    )


def read_headers(arguments: Iterable[str]) -> tuple[Header, ...]:
    """Read header arguments: `Name: value`, `Name: @env:VARIABLE`, or `@FILE` with one header field a line.

    Refuses with `command/malformed-header` and `command/unreadable-file`; the detail never holds a value.
    """
    return tuple(header for each in arguments for header in _read(each))


def _read(argument: str) -> Iterator[Header]:
    if argument.startswith("@"):
        path = Path(argument[1:])
        # Not `splitlines`: in Latin-1 a second octet of UTF-8 may be what Unicode calls the end of a line.
        lines = read_file(path, 65536).decode("latin-1").split("\n")
        for number, line in enumerate(lines, 1):
            if line.strip(" \t\r"):
                yield _parse(line.removesuffix("\r"), f"{path} line {number}")
        return
    yield _parse(argument, "--header")


def _parse(line: str, where: str) -> Header:
    name, colon, value = line.partition(":")
    value = value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(name):
        raise Refused("command/malformed-header", f"{where}: no 'Name: value'")
    if name.lower() in _OWN_HEADERS:
        raise Refused("command/malformed-header", f"{where}: {name} is set by this program")
    if value.startswith(_FROM_ENVIRONMENT):
        variable = value.removeprefix(_FROM_ENVIRONMENT)
        if variable not in os.environ:
            raise Refused("command/malformed-header", f"{where}: the environment has no {variable!r}")
        value = os.environ[variable]
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise Refused("command/malformed-header", f"{where}: the value of {name} is not Latin-1") from None
    if not _VALUE.fullmatch(value):
        raise Refused("command/malformed-header", f"{where}: the value of {name} holds control characters")
    return Header(name=name, value=value)


def build_request(location: Location, *, method: str, headers: Iterable[Header], body: bytes | None) -> bytes:
    """The octets of one request that asks for content without coding, and for an end after its response.

    Refuses with `command/malformed-header` a method that is none, and with `http/accept-encoding` or
    `http/connection` header fields that ask for anything else.
    """
    if not _TOKEN.fullmatch(method) or method.upper() == "CONNECT":
        raise Refused("command/malformed-header", f"{method!r} is no method")
    given = tuple(headers)
    for each in given:
        demanded = _DEMANDED.get(each.name.lower(), each.value)
        if each.value.lower() != demanded.lower():
            raise Refused(f"http/{each.name.lower()}", f"{each.name} is always {demanded!r} here")
    named = {each.name.lower() for each in given}
    lines = [f"{method} {location.target} HTTP/1.1", f"Host: {location.authority}"]
    lines += ["Accept-Encoding: identity"] if "accept-encoding" not in named else []
    lines += [f"{each.name}: {each.value}" for each in given]
    if body is not None or method in _BODY_METHODS:
        lines.append(f"Content-Length: {len(body or b'')}")
    lines += ["Connection: close"] if "connection" not in named else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
