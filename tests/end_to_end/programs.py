"""The project's programs as processes of their own, with a server of the tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.servers.account_server import TOKEN, account_server, server_context
from tests.servers.authority import Authority, Kind

PROGRAM: Final = (sys.executable, "-m", "mpctls.reference.command_line")
HIDDEN: Final = ("request:header:authorization", "response:json:$.balance")
_SECONDS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A folder with root certificate, keys and trust store, and the port of an HTTPS server."""

    folder: Path
    port: int

    def run(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*PROGRAM, *(str(each) for each in arguments)],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )

    def prove_arguments(self, *, path: str = "/account", role: str = "notary", port: int) -> list[str]:
        """`prove` for a page of the server, whose token is in the environment."""
        return [
            "prove",
            f"https://localhost:{self.port}{path}",
            "--roots",
            "root.pem",
            f"--{role}",
            f"127.0.0.1:{port}",
            "--notary-key",
            "store.json",
            "--header",
            "Authorization: @env:ACCOUNT",
            "--json",
        ]

    def prove(
        self, port: int, *more: object, path: str = "/account", role: str = "notary"
    ) -> subprocess.CompletedProcess[str]:
        """Run `prove` to its end."""
        arguments = self.prove_arguments(path=path, role=role, port=port)
        return self.run(*arguments, *more, ACCOUNT=f"Bearer {TOKEN}")


@contextmanager
def site(folder: Path, kind: Kind, *, extended_master_secret: bool = True) -> Iterator[Site]:
    """A server with a certificate of this kind, and keys for a Notary."""
    authority = Authority.create()
    (folder / "root.pem").write_bytes(authority.root_pem)
    chain, key = authority.issue(kind, ["localhost"]).write(folder)
    context = server_context(chain, key, extended_master_secret=extended_master_secret)
    with account_server(context) as port:
        made = Site(folder=folder, port=port)
        done = made.run("keygen", "--out", "notary.pem", "--trust-store", "store.json")
        assert done.returncode == 0, done.stderr
        yield made


@contextmanager
def interruptible() -> Iterator[None]:
    """Let processes started in the block obey SIGINT, which a run in the background of a shell makes them ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Service:
    """A running `notary` or `verifier`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port = 0

    def event(self, name: str) -> Mapping[str, Any]:
        """The next event of this name; fails when the process ends or says nothing for long."""
        watchdog = threading.Timer(_SECONDS, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout or ():
                event: Mapping[str, Any] = json.loads(line)
                if event["event"] == name:
                    return event
        finally:
            watchdog.cancel()
        raise AssertionError(f"ended without {name}: {(self.process.stderr or sys.stdin).read()}")


@contextmanager
def service(made: Site, *arguments: str) -> Iterator[Service]:
    """Run `notary` or `verifier` until the block ends; ends exactly this process."""
    command: Sequence[str] = (*PROGRAM, *arguments, "--listen", "127.0.0.1:0", "--json", "--verbose")
    with subprocess.Popen(
        command, cwd=made.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        running = Service(process)
        try:
            running.port = running.event("listening")["port"]
            yield running
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
