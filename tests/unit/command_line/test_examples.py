"""The stored examples: they verify as they are, and in no other way."""

from __future__ import annotations

import base64
import random
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mpctls.reference.command_line.failures import ExitCode
from mpctls.reference.presentation import predicates

from .runs import BELIEVED, EXAMPLES, NOW, Run, mpctls, reason

CHALLENGE = ("--audience", "https://verifier.example", "--nonce", bytes(range(16)).hex())
PRESENTATIONS = ("presentation.mpctls", "bound-presentation.mpctls")
SETUP = ("--setup", str(EXAMPLES / "setup.mpctls"))
FLIPS = 40
COMMAND = re.compile(r"^\$ mpctls (.*)$", re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def keys_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No key is used that another state of the compiler left in the user's own folder."""
    folder = tmp_path_factory.mktemp("predicate-keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predicates, "cache_folder", lambda digest: folder)
        yield


def verify(path: Path, *more: str) -> Run:
    return mpctls("verify", path, *BELIEVED, *NOW, *more)


def octets(direction: dict[str, Any]) -> bytes:
    return b"".join(base64.b64decode(run.get("base64", "")) for run in direction["runs"])


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_presentations_verify_without_token_and_balance(name: str) -> None:
    document = verify(EXAMPLES / name, "--json").document
    assert document["verified"]
    assert document["notary"]["name"] == "example notary"
    assert document["server_name"] == "bank.example"
    assert document["closure"] == "close_notify"
    assert document["time"] == 1767225600
    sent, received = (document["transcript"][each] for each in ("sent", "received"))
    assert [run["redacted"] for run in sent["runs"]] == [False, True, False]
    assert [run["redacted"] for run in received["runs"]] == [False, True, False]
    assert b"Authorization: \r\n" in octets(sent)
    assert b'"currency":"EUR","balance":"","verified":true}' in octets(received)


def test_the_text_says_what_the_document_says() -> None:
    text = verify(EXAMPLES / "presentation.mpctls").output
    assert "attested by example notary" in text
    assert "2026-01-01 00:00:00 UTC" in text
    assert '"balance":"⟦redacted 7 octets⟧"' in text
    assert "  | Authorization: ⟦redacted 39 octets⟧\n" in text


def test_the_bound_one_answers_its_challenge_and_no_other() -> None:
    bound = EXAMPLES / "bound-presentation.mpctls"
    assert verify(bound, *CHALLENGE).code == ExitCode.FINE
    other = ("--audience", "https://other.example", *CHALLENGE[2:])
    assert reason(verify(bound, *other)) == "verification/binding-audience-mismatch"
    other = (*CHALLENGE[:2], "--nonce", bytes(16).hex())
    assert reason(verify(bound, *other)) == "verification/binding-nonce-mismatch"
    assert reason(verify(EXAMPLES / "presentation.mpctls", *CHALLENGE)) == "verification/binding-required"


def test_a_predicate_about_the_hidden_balance_is_verified_with_the_setup_and_not_without() -> None:
    path = EXAMPLES / "predicate-presentation.mpctls"
    document = verify(path, *SETUP, "--json").document
    (proved,) = document["predicates"]
    assert proved["meaning"].endswith(
        "at $.balance of the response, read with 2 decimal places, is at least 1000"
    )
    assert proved["setup"]["origin"] == "own"
    assert b'"balance":"","verified":true}' in octets(document["transcript"]["received"])
    assert reason(verify(path)) == "zero-knowledge/untrusted-setup"


def test_the_committed_balance_proves_what_is_true_and_nothing_else(tmp_path: Path) -> None:
    def present(predicate: str) -> Run:
        return mpctls(
            "present",
            EXAMPLES / "committed-attestation.mpctls",
            "--secrets",
            EXAMPLES / "committed-secrets.mpctls",
            "--prove",
            predicate,
            *SETUP,
            "--out",
            tmp_path / "made.mpctls",
        )

    assert reason(present("response $.balance: decimal(2) > 2718.28")) == "predicate/false"
    assert reason(present("response $.balance: integer > 0")) == "predicate/malformed-field"
    assert reason(present('response $.holder: text(20) = "Ada Example"')) == (
        "presentation-building/field-not-committed"
    )
    assert not list(tmp_path.iterdir())
    assert present("response $.balance: decimal(2) = 2718.28").code == ExitCode.FINE
    assert verify(tmp_path / "made.mpctls", *SETUP).code == ExitCode.FINE


def test_a_flipped_bit_in_the_proof_of_a_predicate_is_refused(tmp_path: Path) -> None:
    whole = (EXAMPLES / "predicate-presentation.mpctls").read_bytes()
    draw = random.Random("predicate-presentation.mpctls")
    flipped = tmp_path / "flipped.mpctls"
    for position in (0, 7, len(whole) - 1, *draw.sample(range(len(whole)), FLIPS)):
        changed = bytearray(whole)
        changed[position] ^= 1 << draw.randrange(8)
        flipped.write_bytes(changed)
        result = verify(flipped, *SETUP)
        assert result.code == ExitCode.REFUSED, position
        stage = reason(result).partition("/")[0]
        assert stage in ("verification", "encoding", "structure", "predicate", "zero-knowledge"), position
        assert not result.output


def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(folder)
    page = (folder / "README.md").read_text(encoding="utf-8").replace("\\\n", "")
    commands = [shlex.split(found) for found in COMMAND.findall(page)]
    assert {command[0] for command in commands} == {"verify", "present", "inspect"}
    assert len(commands) == 9
    for command in commands:
        result = mpctls(*command)
        assert result.code == ExitCode.FINE, (command, result.errors)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--server-name", "bank.example"), None),
        (("--server-name", "other.example"), "verification/server-not-allowed"),
        (("--max-age", "1"), "verification/attestation-too-old"),
        (("--require-extension", "holder-key"), "verification/required-extension-missing"),
    ],
)
def test_what_a_verifier_demands(more: tuple[str, ...], said: str | None) -> None:
    result = verify(EXAMPLES / "presentation.mpctls", *more)
    assert result.code == (ExitCode.FINE if said is None else ExitCode.REFUSED)
    assert said is None or reason(result) == said


def test_nothing_attested_in_the_future_is_believed() -> None:
    result = mpctls("verify", EXAMPLES / "presentation.mpctls", *BELIEVED, "--now", "1700000000", "--json")
    assert result.code == ExitCode.REFUSED
    assert result.document["reason"] == "verification/attested-in-the-future"
    assert reason(result) == "verification/attested-in-the-future"


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_one_flipped_bit_is_refused(name: str, tmp_path: Path) -> None:
    """At the first and last octet and at others chosen by a fixed seed."""
    whole = (EXAMPLES / name).read_bytes()
    draw = random.Random(name)
    flipped = tmp_path / name
    for position in (0, 7, len(whole) - 1, *draw.sample(range(len(whole)), FLIPS)):
        changed = bytearray(whole)
        changed[position] ^= 1 << draw.randrange(8)
        flipped.write_bytes(changed)
        result = verify(flipped)
        assert result.code == ExitCode.REFUSED, position
        assert reason(result).partition("/")[0] in ("verification", "encoding"), position
        assert not result.output


@pytest.mark.parametrize("name", ["attestation.mpctls", "secrets.mpctls"])
def test_a_flipped_bit_in_what_a_presentation_is_made_from_is_noticed(name: str, tmp_path: Path) -> None:
    """Either no presentation is made, or none that verifies (the Notary's signature is checked by the Verifier)."""
    draw = random.Random(name)
    for each in ("attestation.mpctls", "secrets.mpctls"):
        (tmp_path / each).write_bytes((EXAMPLES / each).read_bytes())
    whole = (EXAMPLES / name).read_bytes()
    for position in draw.sample(range(len(whole)), FLIPS):
        changed = bytearray(whole)
        changed[position] ^= 1 << draw.randrange(8)
        (tmp_path / name).write_bytes(changed)
        result = mpctls(
            "present",
            tmp_path / "attestation.mpctls",
            "--secrets",
            tmp_path / "secrets.mpctls",
            "--reveal",
            "sent",
            "--reveal",
            "received",
            "--out",
            tmp_path / "made.mpctls",
        )
        if result.code == ExitCode.FINE:
            result = verify(tmp_path / "made.mpctls")
        assert result.code == ExitCode.REFUSED, position
        assert reason(result)


@pytest.mark.parametrize("name", ["trust-store.json", "root.pem"])
def test_a_flipped_bit_in_what_is_believed_never_makes_another_believed(name: str, tmp_path: Path) -> None:
    """Such files are the Verifier's own: a changed one is refused, or still says the same of this presentation."""
    whole = (EXAMPLES / name).read_bytes()
    draw = random.Random(name)
    believed = {each: str(EXAMPLES / each) for each in ("trust-store.json", "root.pem")}
    believed[name] = str(tmp_path / name)
    for position in draw.sample(range(len(whole)), FLIPS):
        changed = bytearray(whole)
        changed[position] ^= 1 << draw.randrange(7)
        (tmp_path / name).write_bytes(changed)
        result = mpctls(
            "verify",
            EXAMPLES / "presentation.mpctls",
            "--trust-store",
            believed["trust-store.json"],
            "--roots",
            believed["root.pem"],
            *NOW,
        )
        assert result.code in (ExitCode.FINE, ExitCode.REFUSED, ExitCode.PEER), position
        assert "Traceback" not in result.errors
