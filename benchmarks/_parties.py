"""The parties that whole sessions are measured with: a Server, and a Notary in a process of its own, on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority

from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import VERIFYING_KEY, SigningKey
from mpctls.reference.mpc.circuits.catalogue import and_counts
from mpctls.reference.mpc.engine.profiles import PROFILES
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.settings import NotaryLimits

KILOBYTE = 1024


def peak_memory() -> int:
    """Octets of resident memory this process needed at most.

    Where the kernel tells, without what the process that started this one needed: that is in `ru_maxrss` too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        if "VmHWM" in fields:
            return int(fields["VmHWM"].split()[0]) * KILOBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE


async def serve_notary(places: int) -> None:
    """The Notary's process: says its key and its port, then its memory and time for each line on standard input."""
    # Whoever measures knows how each session ended, and why it is to end as it does.
    logging.getLogger("mpctls").setLevel(logging.ERROR)
    key = SigningKey.generate(SignatureAlgorithm.ED25519)
    notary = Notary(
        NotarySettings(
            signing_keys=(key,),
            engine_profiles=frozenset(PROFILES),
            limits=NotaryLimits(sessions=places),
        )
    )
    and_counts()
    warm_up()
    server = await asyncio.start_server(notary.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "key": VERIFYING_KEY.encode(key.verifying_key).hex()}), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"peak_memory": peak_memory(), "seconds": time.process_time()}), flush=True)
    server.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """A TLS server on loopback, and the certificate (PEM) it is trusted by."""

    port: int
    root: str


@contextmanager
def local_server() -> Iterator[LocalServer]:
    """Keep an HTTPS server open, in threads of this process."""
    with ExitStack() as stack:
        authority = Authority.create()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        chain, key = authority.issue("ecdsa", ["localhost"]).write(folder)
        port = stack.enter_context(account_server(server_context(chain, key)))
        yield LocalServer(port=port, root=authority.root_pem.decode())


class NotaryProcess:
    """A Notary's process: where it listens, the octets of its key in hexadecimal, and what it says of itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        said = self._read()
        self.port: int = said["port"]
        self.key: str = said["key"]

    def ask(self) -> dict[str, float]:
        """Processor seconds and octets of memory at most, so far."""
        if self._process.stdin is None:
            raise RuntimeError("the Notary was started without pipes")
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        said: dict[str, float] = self._read()
        return said

    def _read(self) -> Any:
        if self._process.stdout is None:
            raise RuntimeError("the Notary was started without pipes")
        return json.loads(self._process.stdout.readline())


@contextmanager
def notary_process(places: int = 16) -> Iterator[NotaryProcess]:
    """Keep a Notary running that has places for so many sessions at once."""
    command = [sys.executable, "-m", "benchmarks.session", "--notary", "--places", str(places)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield NotaryProcess(process)
        finally:
            process.terminate()
