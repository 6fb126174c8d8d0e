"""Sessions with the command line: Server, Notary or Verifier, and Prover as processes."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mpctls.reference.command_line.failures import ExitCode
from tests.servers.account_server import ACCOUNT, TOKEN

from .programs import HIDDEN, PROGRAM, Service, Site, interruptible, service, site

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(280)]
HIDE = [part for name in HIDDEN for part in ("--hide", name)]
STORED = ("--out", "attestation.mpctls", "--secrets", "secrets.mpctls")
NOTARY = ("notary", "--key", "notary.pem")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Service]]:
    """A site with an ECDSA certificate and a Notary that serves many sessions."""
    with site(tmp_path_factory.mktemp("site"), "ecdsa") as made, service(made, *NOTARY) as notary:
        yield made, notary


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def stored(made: Site) -> set[str]:
    return {path.name for path in made.folder.iterdir() if "mpctls" in path.name}


def refusal(done: subprocess.CompletedProcess[str], code: ExitCode) -> str:
    """The reason on the one line of standard error, after the expected exit code."""
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.splitlines()
    return line.partition(":")[0]


def verify(made: Site, name: str, *more: str) -> dict[str, Any]:
    done = made.run("verify", name, "--trust-store", "store.json", "--roots", "root.pem", "--json", *more)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def redactions(direction: dict[str, Any]) -> list[int]:
    return [run["end"] - run["start"] for run in direction["runs"] if run["redacted"]]


def test_from_a_page_to_a_presentation_without_token_and_balance(running: tuple[Site, Service]) -> None:
    made, notary = running
    done = made.prove(notary.port, *STORED, *HIDE, "--presentation", "presentation.mpctls")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    *phases, attested = events(done)
    assert attested["event"] == "attested"
    assert [each["phase"] for each in phases if each["event"] == "phase"][-1] == "attestation"
    assert stat.S_IMODE((made.folder / "secrets.mpctls").stat().st_mode) == 0o600
    began, ended = notary.event("session-began"), notary.event("session-ended")
    assert ended["session"] == began["session"]
    assert ended["signed"]
    assert (ended["sent_length"], ended["received_length"]) == (
        attested["sent_length"],
        attested["received_length"],
    )
    presentation = (made.folder / "presentation.mpctls").read_bytes()
    assert TOKEN.encode() not in presentation
    assert str(ACCOUNT["balance"]).encode() not in presentation
    document = verify(made, "presentation.mpctls", "--server-name", "localhost")
    assert redactions(document["transcript"]["sent"]) == [len(f"Bearer {TOKEN}")]
    assert redactions(document["transcript"]["received"]) == [len(str(ACCOUNT["balance"]))]


@pytest.mark.parametrize(
    ("algorithm", "hash_name"),
    [("ecdsa-secp256k1-keccak256", "keccak256"), ("ecdsa-p256-sha256", "blake3")],
)
def test_other_algorithms_and_a_holder(algorithm: str, hash_name: str, tmp_path: Path) -> None:
    with site(tmp_path, "rsa", extended_master_secret=False) as made:
        for name in ("other", "holder"):
            done = made.run(
                "keygen", "--algorithm", algorithm, "--out", f"{name}.pem", "--trust-store", f"{name}.json"
            )
            assert done.returncode == 0, done.stderr
        key = f"other.pem:{algorithm}"
        holder = ("--holder-key", f"holder.pem:{algorithm}")
        (made.folder / "store.json").write_bytes((made.folder / "other.json").read_bytes())
        silent = ("--engine", "half-gates-silent-1")
        with service(made, "notary", "--key", key, *silent) as notary:
            done = made.prove(
                notary.port, *STORED, "--commit", "fields", "--hash", hash_name, *holder, *silent
            )
            assert done.returncode == 0, done.stderr
        present = ("present", "attestation.mpctls", "--secrets", "secrets.mpctls", *HIDE)
        unbound = made.run(*present, "--out", "unbound.mpctls")
        assert refusal(unbound, ExitCode.REFUSED) == "presentation-building/binding-required"
        challenge = ("--audience", "https://v.example", "--nonce", "ab" * 16)
        done = made.run(*present, *challenge, *holder, "--out", "bound.mpctls")
        assert done.returncode == 0, done.stderr
        assert verify(made, "bound.mpctls", *challenge)["binding"]["audience"] == "https://v.example"
        assert "unbound.mpctls" not in stored(made)


def test_fields_committed_in_scalars_are_shown_or_withheld(running: tuple[Site, Service]) -> None:
    made, notary = running
    out = ("--out", "encoded.mpctls", "--secrets", "encoded-secrets.mpctls")
    names = ("--commit-field", "request:header:authorization", "--commit-fields", "all")
    done = made.prove(notary.port, *out, *names)
    assert done.returncode == 0, done.stderr
    # The token, five values of the account, and the rest of each direction.
    assert events(done)[-1]["commitments"] == 8
    present = ("present", "encoded.mpctls", "--secrets", "encoded-secrets.mpctls", *HIDE)
    done = made.run(*present, "--out", "encoded-presentation.mpctls")
    assert done.returncode == 0, done.stderr
    assert TOKEN.encode() not in (made.folder / "encoded-presentation.mpctls").read_bytes()
    document = verify(made, "encoded-presentation.mpctls")
    assert redactions(document["transcript"]["received"]) == [len(str(ACCOUNT["balance"]))]


def test_a_response_of_many_records(running: tuple[Site, Service]) -> None:
    made, notary = running
    out = ("--out", "large.mpctls", "--secrets", "large-secrets.mpctls")
    done = made.prove(notary.port, *out, "--max-response", "17500", path="/large?size=16800&chunked")
    assert done.returncode == 0, done.stderr
    assert events(done)[-1]["received_length"] > 16800


def test_the_verifier_in_the_notary_s_place(running: tuple[Site, Service]) -> None:
    made, _ = running
    before = stored(made)
    with service(made, "verifier", "--key", "notary.pem", "--roots", "root.pem") as verifier:
        done = made.prove(verifier.port, *HIDE, role="verifier")
        assert done.returncode == 0, done.stderr
        assert events(done)[-1]["event"] == "disclosed"
        ended = verifier.event("session-ended")
        shown = ended["disclosed"]
        assert shown["server_name"] == "localhost"
        assert shown["notary"] is None
        assert redactions(shown["transcript"]["sent"]) == [len(f"Bearer {TOKEN}")]
        assert redactions(shown["transcript"]["received"]) == [len(str(ACCOUNT["balance"]))]
    assert stored(made) == before


def test_a_verifier_refuses_a_server_it_did_not_ask_for(running: tuple[Site, Service]) -> None:
    made, _ = running
    more = ("--roots", "root.pem", "--server-name", "other.example")
    with service(made, "verifier", "--key", "notary.pem", *more) as verifier:
        done = made.prove(verifier.port, *HIDE, role="verifier")
        assert refusal(done, ExitCode.REFUSED) == "verification/server-not-allowed"
        assert verifier.event("session-ended")["disclosed"] is None


def test_a_notary_signs_for_no_verifier_session(running: tuple[Site, Service]) -> None:
    made, notary = running
    done = made.prove(notary.port, *HIDE, role="verifier")
    assert refusal(done, ExitCode.REFUSED) == "tls-session/unsupported-session-kind"


def test_another_notary_than_the_trusted_one(running: tuple[Site, Service], tmp_path: Path) -> None:
    made, notary = running
    done = made.run("keygen", "--out", tmp_path / "k.pem", "--trust-store", tmp_path / "s.json")
    assert done.returncode == 0
    before = stored(made)
    out = ("--out", "x.mpctls", "--secrets", "y.mpctls")
    done = made.prove(notary.port, *out, "--notary-key", str(tmp_path / "s.json"))
    assert refusal(done, ExitCode.REFUSED) == "tls-session/untrusted-notary"
    assert stored(made) == before


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--roots", "store.json"), ExitCode.REFUSED, "tls/roots-malformed"),
        (
            ("--hide", "request:header:nothing", "--presentation", "p.mpctls"),
            ExitCode.REFUSED,
            "http/unknown-field",
        ),
        (("--commit", "response:json:$.nothing"), ExitCode.REFUSED, "http/unknown-field"),
        (("--max-response", "100"), ExitCode.REFUSED, "mpc-tls/budget-exceeded"),
        (("--connect", "127.0.0.1:1"), ExitCode.PEER, "tls/connect-failed"),
        (("--engine", "half-gates-silent-1"), ExitCode.REFUSED, "tls-session/no-common-engine-profile"),
        (("--header", "Authorization: @env:MPCTLS_ABSENT"), ExitCode.REFUSED, "command/malformed-header"),
        (("--out", "absent/x.mpctls"), ExitCode.REFUSED, "command/unwritable-file"),
        (("--notary-name", "nobody"), ExitCode.REFUSED, "command/unknown-notary"),
    ],
)
def test_what_goes_wrong_is_said_and_stores_nothing(
    more: tuple[str, ...], code: ExitCode, said: str, running: tuple[Site, Service]
) -> None:
    made, notary = running
    before = stored(made)
    done = made.prove(notary.port, "--out", "no.mpctls", "--secrets", "none.mpctls", *more)
    assert refusal(done, code) == said
    assert stored(made) == before


def test_no_notary_there(running: tuple[Site, Service]) -> None:
    done = running[0].prove(1, *STORED)
    assert refusal(done, ExitCode.PEER) == "command/unreachable"


def prover(made: Site, port: int) -> subprocess.Popen[str]:
    """A Prover that is in the middle of its session when this returns."""
    arguments = [
        *made.prove_arguments(port=port),
        "--out",
        "cut.mpctls",
        "--secrets",
        "cut-secrets.mpctls",
        "--debug",
    ]
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=made.folder,
        env={**os.environ, "ACCOUNT": f"Bearer {TOKEN}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout or ():
        if json.loads(line).get("phase") == "preprocessing":
            break
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_notary_that_ends_in_mid_session(number: signal.Signals, running: tuple[Site, Service]) -> None:
    made, _ = running
    with service(made, *NOTARY) as notary, prover(made, notary.port) as process:
        notary.process.send_signal(number)
        _, errors = process.communicate(timeout=100)
        assert process.returncode == ExitCode.PEER, errors
        assert errors.startswith("link/closed")
        assert notary.process.wait(timeout=30) == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    assert not {"cut.mpctls", "cut-secrets.mpctls"} & stored(made)


def test_an_interrupted_prover_stores_nothing_and_harms_no_other(running: tuple[Site, Service]) -> None:
    made, notary = running
    with interruptible(), prover(made, notary.port) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=100)
        assert process.returncode == ExitCode.INTERRUPTED
        assert errors.splitlines()[-1].startswith("command/interrupted")
    assert not {"cut.mpctls", "cut-secrets.mpctls"} & stored(made)
    assert made.prove(notary.port, *STORED).returncode == 0


def test_logs_and_events_of_the_notary_hold_no_secret(tmp_path: Path) -> None:
    with site(tmp_path, "ecdsa") as made, service(made, *NOTARY) as notary:
        assert made.prove(notary.port, *STORED, "--commit", "fields").returncode == 0
        notary.process.send_signal(signal.SIGTERM)
        output, errors = notary.process.communicate(timeout=60)
        assert json.loads(output.splitlines()[-1])["event"] == "stopped"
    for secret in (TOKEN, str(ACCOUNT["balance"]), "localhost", "authorization", "PRIVATE KEY"):
        assert secret.lower() not in (output + errors).lower()


def test_sessions_at_once_and_not_more(running: tuple[Site, Service]) -> None:
    made, _ = running
    with service(made, *NOTARY, "--sessions", "2") as notary, prover(made, notary.port) as first:
        done = made.prove(notary.port, *STORED)
        assert done.returncode == 0, done.stderr
        _, errors = first.communicate(timeout=100)
        assert first.returncode == 0, errors
    (made.folder / "cut.mpctls").unlink()
    (made.folder / "cut-secrets.mpctls").unlink()
    with service(made, *NOTARY, "--sessions", "1") as notary:
        address = ("127.0.0.1", notary.port)
        # Who says nothing holds no place; who is in the middle of a session does, also when it says nothing more.
        with socket.create_connection(address), prover(made, notary.port) as first:
            first.send_signal(signal.SIGSTOP)
            done = made.prove(notary.port, *STORED)
            first.kill()
        assert refusal(done, ExitCode.REFUSED) == "tls-session/budget-exceeded"


def test_garbage_ends_one_session_and_no_other(running: tuple[Site, Service]) -> None:
    made, notary = running
    for octets in (b"GET / HTTP/1.1\r\n\r\n", bytes(100), b"\x05\x00\x00\x00\x00\xff\xff\xff\xff", b""):
        with socket.create_connection(("127.0.0.1", notary.port), timeout=30) as connection:
            connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert made.prove(notary.port, *STORED).returncode == 0


def test_the_link_is_tls_and_the_certificate_pinned(running: tuple[Site, Service]) -> None:
    made, _ = running
    certificate = ("--tls-certificate", "chain.pem", "--tls-key", "key.pem")
    with service(made, *NOTARY, *certificate) as notary:
        done = made.prove(notary.port, *STORED, "--link-certificate", "chain.pem")
        assert done.returncode == 0, done.stderr
        assert events(done)[0]["link"] == "TLS 1.3, pinned certificate"
        plain = made.prove(notary.port, *STORED)
        assert plain.returncode == ExitCode.PEER


def on_a_terminal(command: list[str]) -> str:
    """What a program writes to a terminal as its standard error."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(command, stderr=terminal, stdout=subprocess.DEVNULL) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                octets = os.read(controller, 65536)
            except OSError:  # Linux says so when the last holder of the terminal has closed it
                break
            if not octets:
                break
            shown += octets
        assert process.wait(timeout=60) == 0
    os.close(controller)
    return shown.decode("utf-8", "replace")


def test_progress_is_for_terminals(running: tuple[Site, Service]) -> None:
    done = running[0].run("warm-up")
    assert done.stdout.startswith("ready: ")
    assert done.stderr == ""
    assert "loading" in on_a_terminal([*PROGRAM, "warm-up"])


def test_check_tells_whether_a_site_works(running: tuple[Site, Service]) -> None:
    made, _ = running
    url = f"https://localhost:{made.port}/large?size=5000&chunked"
    document = json.loads(made.run("check", url, "--roots", "root.pem", "--json").stdout)
    assert document["works"]
    assert document["cipher_suite"] == "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
    assert document["http"]["framing"] == "chunked"
    assert document["cost"]["and_gates"] == sum(document["cost"]["and_gates_by_phase"].values())
    done = made.run("check", url)
    assert refusal(done, ExitCode.REFUSED) == "verification/certificate-invalid"
    done = made.run("check", "https://localhost:1/", "--roots", "root.pem")
    assert refusal(done, ExitCode.PEER) == "tls/connect-failed"
