"""Server, Prover and Notary as separate operating-system processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from mpctls.reference.foundation.artifacts import ATTESTATION_FILE, ATTESTATION_SECRETS_FILE
from mpctls.reference.foundation.signatures import SigningKey
from tests.servers.authority import Authority, Kind
from tests.servers.process import line_with, server_process
from tests.sessions.running import Notarized, request, signing_key
from tests.sessions.views import View, read_view

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """A Server and a Notary that run, each in a process of its own, and what a Prover must know of them."""

    folder: Path
    server_port: int
    notary_port: int
    notary: subprocess.Popen[str]
    notary_key: SigningKey
    roots: tuple[x509.Certificate, ...] = field(repr=False)

    @property
    def key_log(self) -> Path:
        return self.folder / "key-log"

    def prover_command(self, *options: str) -> list[str]:
        """Command line of a Prover that notarizes the account page."""
        command = [sys.executable, "-m", "tests.sessions.prover_process"]
        command += ["--server", str(self.server_port), "--notary", str(self.notary_port)]
        command += ["--notary-key", str(self.folder / "notary-key"), "--root", str(self.folder / "root")]
        return [*command, "--request", str(self.folder / "request"), "--results", str(self.folder), *options]

    def notarized(self) -> Notarized:
        """What the Prover wrote."""
        return Notarized(
            attestation=ATTESTATION_FILE.decode((self.folder / "attestation").read_bytes()),
            secrets=ATTESTATION_SECRETS_FILE.decode((self.folder / "secrets").read_bytes()),
        )


@contextmanager
def programs(
    folder: Path,
    *,
    kind: Kind = "ecdsa",
    server_options: Sequence[str] = (),
    notary_options: Sequence[str] = (),
) -> Iterator[Programs]:
    """Run Server and Notary; `folder` takes everything they read and write."""
    authority = Authority.create()
    chain, key = authority.issue(kind, ["localhost"]).write(folder)
    notary_key = signing_key()
    (folder / "root").write_bytes(authority.root_pem)
    (folder / "notary-key").write_bytes(notary_key.to_pem())
    (folder / "request").write_bytes(request("/account", token=True))
    server_command = [sys.executable, "-m", "tests.sessions.server_process", "--chain", str(chain)]
    server_command += ["--key", str(key), "--key-log", str(folder / "key-log"), *server_options]
    notary_command = [sys.executable, "-m", "tests.sessions.notary_process"]
    notary_command += ["--key", str(folder / "notary-key"), *notary_options]
    with ExitStack() as stack:
        server = stack.enter_context(server_process(server_command, folder=ROOT))
        notary = stack.enter_context(server_process(notary_command, folder=ROOT))
        yield Programs(
            folder=folder,
            server_port=int(line_with(server, "port ")),
            notary_port=int(line_with(notary, "port ")),
            notary=notary,
            notary_key=notary_key,
            roots=(authority.root,),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSession:
    """One session with the complete views of both parties, and what the Server logged."""

    notarized: Notarized
    prover: View = field(repr=False)
    notary: View = field(repr=False)
    key_log: Path
    roots: tuple[x509.Certificate, ...] = field(repr=False)


def record_session(
    folder: Path, *, leak: str | None = None, server_options: Sequence[str] = ()
) -> RecordedSession:
    """Notarize the account page, each party a process that records its view; with `leak`, a faulty engine."""
    leaking = [] if leak is None else ["--leak", leak]
    with programs(
        folder,
        server_options=server_options,
        notary_options=["--view", str(folder / "notary-view"), *leaking],
    ) as running:
        command = running.prover_command("--view", str(folder / "prover-view"), *leaking)
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
        if finished.returncode != 0:
            raise RuntimeError(f"the Prover ended with {finished.stdout}\n{finished.stderr}")
        running.notary.communicate(timeout=60)
        notarized = running.notarized()
    return RecordedSession(
        notarized=notarized,
        prover=read_view(folder / "prover-view"),
        notary=read_view(folder / "notary-view"),
        key_log=folder / "key-log",
        roots=running.roots,
    )
