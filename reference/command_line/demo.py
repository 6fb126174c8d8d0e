"""`mpctls demo`: a whole session on this machine, with real processes, and a forgery that is refused."""

from __future__ import annotations

import contextlib
import json
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click

from ..foundation.artifacts import ATTESTATION_SECRETS_FILE
from ..foundation.errors import Refused
from ..foundation.files import read_file, write_file
from .arrows import (
    ATTESTATION_GENERATION,
    DATA_SUBMISSION,
    PRESENTATION_BUILDING,
    TLS_SESSION,
    VERIFICATION,
    Arrow,
)
from .common import Invocation, shared_options
from .demo_server import BALANCE, SERVER_NAME
from .escaping import escape_line, escape_octets
from .output import Document, Output
from .progress import octets
from .verify import render_verified

_PROGRAM: Final = (sys.executable, "-m", __package__)
_HIDDEN: Final = "request:header:authorization"
_SHOWN: Final = b"EUR"
_FORGED: Final = b"EUS"
_PREDICATE: Final = "response $.balance: decimal(2) >= {}"
_TRUE: Final = 1000
_FALSE: Final = 1000000
_PHASES: Final = {
    "session request": "answered by the Notary, signed with the key the Prover trusts",
    "preprocessing": "oblivious transfers, and the garbled circuits of the session",
    "key shares": "the client's public key is the sum of two shares",
    "handshake": "with the server, whose chain and signature the Prover checks",
    "pre-master secret": "as two shares; neither party has it",
    "key schedule": "traffic keys that exist inside the computation only",
    "finished": "both Finished messages, computed and checked together",
    "request": "handshake complete, neither party holds a key; the request is encrypted together",
    "response": "ciphertexts registered as they arrive, unread",
    "close": "nothing more is computed for this connection",
    "proof": "every value of the session is proved; the Prover deciphers the response",
    "commitments": "to what the registered ciphertexts hold, proved in zero knowledge",
    "attestation": "signed, and checked field by field by the Prover",
}
_ARROWS_BEFORE: Final[Mapping[str, tuple[Arrow, ...]]] = {
    "session request": TLS_SESSION[:1],
    "handshake": TLS_SESSION[1:],
    "commitments": DATA_SUBMISSION,
    "attestation": ATTESTATION_GENERATION,
}


def _render(document: Mapping[str, Any]) -> str:
    match document["event"]:
        case "arrow":
            lane = f"{document['sender']} -> {document['receiver']}"
            return f"  {lane:<20} {document['text']:<40} {document['path']}"
        case "phase":
            traffic = f"{octets(document['octets_sent'])} up, {octets(document['octets_received'])} down"
            return (
                f"      {document['seconds']:6.2f} s  {document['phase']}: {document['meaning']} ({traffic})"
            )
        case "preparing":
            return f"  compiling {document['name']} ({document['number']} of {document['total']}), this first time"
        case "command":
            return f"\n$ {document['command']}"
        case _:
            return str(document["text"])


class Demo:
    """One run: its folder, where it prints, and the processes it started, which end with it."""

    def __init__(self, folder: Path, output: Output) -> None:
        self._folder = folder
        self._output = output
        self._stage = ""

    def run(self) -> None:
        """Play everything; refuses with `command/demo-failed` when anything goes otherwise than it should."""
        started = time.monotonic()
        token = secrets.token_urlsafe(24)
        write_file(
            self._folder / "authorization.txt", f"Authorization: Bearer {token}\n".encode(), secret=True
        )
        self._call("keygen", "--out", "notary.pem", "--trust-store", "notaries.json")
        with self._server() as server_port, self._notary() as (notary_port, notary):
            self._prove(server_port, notary_port)
            self._show_views(notary)
        self._set_up()
        self._refuse_to_prove()
        self._present(token)
        self._verify()
        self._forge()
        self._overstate()
        self._say(f"\ndone in {time.monotonic() - started:.1f} s")

    def _say(self, text: str) -> None:
        self._write({"event": "note", "text": text})

    def _write(self, document: Document) -> None:
        self._output.write(document, _render)

    def _arrows(self, arrows: Sequence[Arrow]) -> None:
        for each in arrows:
            if each.stage != self._stage:
                self._stage = each.stage
                self._say(f"\n{each.stage}")
            self._write(
                {
                    "event": "arrow",
                    "stage": each.stage,
                    "sender": each.sender,
                    "receiver": each.receiver,
                    "text": each.text,
                    "path": each.path,
                }
            )

    # ── Processes ──────────────────────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _process(self, command: Sequence[str], log: str) -> Iterator[subprocess.Popen[str]]:
        """A process that runs for the block: told by the end of its input, then by a signal, to end."""
        with (
            (self._folder / log).open("wb") as errors,
            subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                _end(process)

    @contextlib.contextmanager
    def _server(self) -> Iterator[int]:
        module = f"{__package__}.demo_server"
        self._say(f"Server: an ordinary HTTPS server for {SERVER_NAME}, TLS 1.2, with a throw-away authority")
        with self._process(
            (sys.executable, "-m", module, ".", "--stop-at-end-of-input"), "server.log"
        ) as process:
            line = _line(process, "the server")
            yield int(line.removeprefix("port "))

    @contextlib.contextmanager
    def _notary(self) -> Iterator[tuple[int, subprocess.Popen[str]]]:
        arguments = ("notary", "--listen", "127.0.0.1:0", "--key", "notary.pem", "--stop-at-end-of-input")
        self._write({"event": "command", "command": shlex.join(("mpctls", *arguments))})
        with self._process((*_PROGRAM, *arguments, "--json"), "notary.log") as process:
            while (event := json.loads(_line(process, "the Notary")))["event"] != "listening":
                self._write(event)
            self._say(f"Notary: listening on port {event['port']} ({event['link']})")
            yield event["port"], process

    def _call(self, *arguments: str, allowed: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command of this program to its end; its exit code must be `allowed`."""
        self._write({"event": "command", "command": shlex.join(("mpctls", *arguments))})
        done = subprocess.run(
            (*_PROGRAM, *arguments, "--json"), cwd=self._folder, capture_output=True, text=True, check=False
        )
        if done.returncode != allowed:
            raise _failed(f"{arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done

    # ── The five stages ────────────────────────────────────────────────────────────────────────────────────────────

    def _prove(self, server_port: int, notary_port: int) -> None:
        arguments = (
            "prove",
            f"https://{SERVER_NAME}/account",
            "--connect",
            f"127.0.0.1:{server_port}",
            "--roots",
            "root.pem",
            "--header",
            "@authorization.txt",
            "--notary",
            f"127.0.0.1:{notary_port}",
            "--notary-key",
            "notaries.json",
            "--commit",
            "fields",
            "--commit-field",
            "response:json:$.balance",
            "--out",
            "attestation.mpctls",
            "--secrets",
            "secrets.mpctls",
        )
        self._write({"event": "command", "command": shlex.join(("mpctls", *arguments))})
        with self._process((*_PROGRAM, *arguments, "--json"), "prover.log") as process:
            for line in process.stdout or ():
                event = json.loads(line)
                if event["event"] == "phase" and event["phase"] in _PHASES:
                    self._arrows(_ARROWS_BEFORE.get(event["phase"], ()))
                    self._write(event | {"meaning": _PHASES[event["phase"]]})
            if process.wait() != 0:
                raise _failed(f"prove: {(self._folder / 'prover.log').read_text(encoding='utf-8').strip()}")

    def _show_views(self, notary: subprocess.Popen[str]) -> None:
        """What each party has afterwards: the Prover the response, the Notary its length."""
        opened = ATTESTATION_SECRETS_FILE.decode(read_file(self._folder / "secrets.mpctls"))
        body = opened.received.partition(b"\r\n\r\n")[2]
        self._say(f"\nProver reads: {escape_octets(body)}")
        while (event := json.loads(_line(notary, "the Notary")))["event"] != "session-ended":
            pass
        if (event.get("sent_length"), event.get("received_length")) != (
            len(opened.sent),
            len(opened.received),
        ):
            raise _failed("the Notary attested other lengths than the Prover's")
        self._say(
            f"Notary knows: {event['sent_length']} octets sent, {event['received_length']} received,"
            " and positions and classes of what is committed; no octet of either, and not which server"
        )

    def _set_up(self) -> None:
        """The Verifier makes the setup that it will accept proofs with."""
        self._say("\nVerifier: makes a setup of its own for proofs, and hands it to the Prover")
        self._call("setup", "new", "--power", "11", "--out", "setup.mpctls", "--trust-store", "notaries.json")

    def _prove_balance(self, threshold: int, *, allowed: int = 0) -> subprocess.CompletedProcess[str]:
        return self._call(
            "present",
            "attestation.mpctls",
            "--secrets",
            "secrets.mpctls",
            "--hide",
            _HIDDEN,
            "--prove",
            _PREDICATE.format(threshold),
            "--setup",
            "setup.mpctls",
            "--out",
            "presentation.mpctls",
            allowed=allowed,
        )

    def _refuse_to_prove(self) -> None:
        self._arrows(PRESENTATION_BUILDING)
        refusal = json.loads(self._prove_balance(_FALSE, allowed=1).stdout)
        if refusal["reason"] != "predicate/false":
            raise _failed(f"a false statement was refused with {refusal['reason']}")
        self._say(f"refused       {refusal['reason']}: {escape_line(refusal['detail'])}")

    def _present(self, token: str) -> None:
        self._prove_balance(_TRUE)
        presented = read_file(self._folder / "presentation.mpctls")
        if token.encode() in presented or BALANCE.encode() in presented:
            raise _failed("the presentation holds what it should hide")
        self._say(
            "presentation.mpctls holds neither the token nor the balance, and proves a statement about it"
        )

    def _verify(self) -> None:
        self._arrows(VERIFICATION)
        done = self._call(*_verify_arguments("presentation.mpctls"))
        verified = json.loads(done.stdout)
        if len(verified["predicates"]) != 1:
            raise _failed("the statement about the balance was not verified")
        self._output.write(
            {"event": "verified", **verified}, lambda document: render_verified(document, self._output)
        )

    def _forge(self) -> None:
        """Change one octet of what the presentation shows: the currency, EUR to EUS."""
        presented = read_file(self._folder / "presentation.mpctls")
        if presented.count(_SHOWN) != 1:
            raise _failed("the presentation does not show the currency once")
        forged = presented.replace(_SHOWN, _FORGED)
        write_file(self._folder / "forged.mpctls", forged, secret=False)
        changed = next(
            at for at, (left, right) in enumerate(zip(presented, forged, strict=True)) if left != right
        )
        change = f"{_SHOWN.decode()} became {_FORGED.decode()}"
        self._say(f"\nForgery: octet {changed} of the presentation changed: {change}")
        self._refused("forged.mpctls")

    def _overstate(self) -> None:
        """Claim another threshold than the proof is about."""
        presented = read_file(self._folder / "presentation.mpctls")
        stated, claimed = (number.to_bytes(16, "little") for number in (_TRUE, _FALSE))
        if presented.count(stated) != 1:
            raise _failed("the presentation does not hold the threshold once")
        write_file(self._folder / "overstated.mpctls", presented.replace(stated, claimed), secret=False)
        self._say(f"\nForgery: the statement changed from at least {_TRUE} to at least {_FALSE}")
        self._refused("overstated.mpctls")

    def _refused(self, presentation: str) -> None:
        done = self._call(*_verify_arguments(presentation), allowed=1)
        refusal = json.loads(done.stdout)
        text = f"REFUSED       {refusal['reason']}: {escape_line(refusal['detail'])}"
        self._write(
            {"event": "refused", "reason": refusal["reason"], "detail": refusal["detail"], "text": text}
        )


def _verify_arguments(presentation: str) -> tuple[str, ...]:
    return (
        "verify",
        presentation,
        "--trust-store",
        "notaries.json",
        "--roots",
        "root.pem",
        "--setup",
        "setup.mpctls",
    )


def _failed(detail: str) -> Refused:
    return Refused("command/demo-failed", detail)


def _line(process: subprocess.Popen[str], name: str) -> str:
    """The next line a process prints; refuses when it ended instead."""
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise _failed(f"{name} ended with {process.wait()} before it was ready")
    return line.strip()


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    for end in (None, process.terminate, process.kill):
        if end is not None:
            end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            return


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@click.command(
    "demo",
    help="""Watch a whole session on this machine: an HTTPS server, a Notary and a Prover as processes.

Ends with a verified presentation in which token and balance are redacted and the balance is proved to be large enough,
and with forgeries that are refused. Needs no network. The first time, kernels are compiled, which takes a minute or
two.""",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the files in this folder, which is made.",
)
@shared_options
@click.pass_obj
def command(invocation: Invocation, /, keep: Path | None) -> None:
    signal.signal(signal.SIGTERM, _interrupt)
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="mpctls-demo-") as folder:
            Demo(Path(folder), invocation.output).run()
        return
    if keep.exists() and any(keep.iterdir()):
        raise Refused("command/file-exists", f"{keep} is not empty")
    keep.mkdir(parents=True, exist_ok=True)
    Demo(keep, invocation.output).run()
    invocation.output.write({"event": "note", "text": f"files kept in {keep}"}, _render)
