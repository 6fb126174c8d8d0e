"""The program as a whole: exit codes, one line for a failure, start without what is not needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from mpctls.reference.command_line import arrows, inspect, program
from mpctls.reference.command_line.failures import ExitCode, exit_code, failure_line
from mpctls.reference.command_line.program import COMMANDS
from mpctls.reference.foundation.errors import Refused

from .runs import BELIEVED, EXAMPLES, mpctls, reason


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = mpctls(name, "--help")
    assert result.code == ExitCode.FINE
    assert "--json" in result.output
    assert "--debug" in result.output


def test_help_lists_commands_and_exit_codes() -> None:
    result = mpctls("--help")
    assert result.code == ExitCode.FINE
    assert all(f"  {name} " in result.output for name in COMMANDS)
    assert all(f"  {code.value} " in result.output for code in ExitCode)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("verify",),
        ("verify", "file", "--trust-store", "x", "--nonsense"),
        ("verify", "file", "--trust-store", "x", "--audience", "a"),
        ("verify", "file", "--trust-store", "x", "--nonce", "00"),
        ("present", "a", "--secrets", "b", "--out", "c"),
        ("present", "a", "--secrets", "b", "--out", "c", "--reveal", "sent", "--hide", "sent"),
        ("present", "a", "--secrets", "b", "--out", "c", "--hide", "sent", "--audience", "x"),
        ("prove", "https://a.example", "--notary-key", "k"),
        ("prove", "https://a.example", "--notary-key", "k", "--notary", "h"),
        ("prove", "https://a.example", "--notary-key", "k", "--notary", "::1:7"),
        ("prove", "https://a.example", "--notary-key", "k", "--notary", "h:1"),
        ("prove", "https://a.example", "--notary-key", "k", "--notary", "h:1", "--verifier", "h:2"),
        ("prove", "https://a.example", "--notary-key", "k", "--verifier", "h:1"),
        (
            "prove",
            "https://a.example",
            "--notary-key",
            "k",
            "--verifier",
            "h:1",
            "--hide",
            "sent",
            "--out",
            "o",
        ),
        ("keygen", "--out", "k", "--algorithm", "rot13"),
        ("keygen", "--out", "k", "--not-before", "yesterday"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    result = mpctls(*arguments)
    assert result.code == ExitCode.USAGE
    assert "Error: " in result.errors
    assert not result.output


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        ("verification/opening-mismatch", ExitCode.REFUSED),
        ("encoding/truncated", ExitCode.REFUSED),
        ("command/unreadable-file", ExitCode.REFUSED),
        ("tls/invalid-server-name", ExitCode.REFUSED),
        ("link/closed", ExitCode.PEER),
        ("link/timeout", ExitCode.PEER),
        ("tls/connect-failed", ExitCode.PEER),
        ("command/unreachable", ExitCode.PEER),
    ],
)
def test_exit_codes(refusal: str, code: ExitCode) -> None:
    assert exit_code(Refused(refusal)) == code


def test_a_failure_is_one_line_whatever_it_says() -> None:
    assert failure_line(Refused("a/b", "x\ny\x1b[2J")) == "a/b: x\\x0ay\\x1b[2J"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def fail(_octets: bytes) -> dict[str, object]:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(inspect, "file_document", fail)
    return monkeypatch


def test_a_bug_is_one_line_and_a_code_of_its_own(failing: pytest.MonkeyPatch) -> None:
    result = mpctls("inspect", EXAMPLES / "root.pem")
    assert result.code == ExitCode.BUG
    assert reason(result) == "command/bug"
    assert "--debug" in result.errors
    assert "secret detail" not in result.errors


def test_debug_shows_the_traceback_of_a_bug(failing: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        mpctls("inspect", EXAMPLES / "root.pem", "--debug")


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "command/interrupted"),
        (OSError(5, "Input/output error"), ExitCode.REFUSED, "command/system-error"),
        (Refused("link/closed", "gone"), ExitCode.PEER, "link/closed"),
        (click.UsageError("no"), ExitCode.USAGE, "Usage"),
    ],
)
def test_what_ends_a_command(
    raised: BaseException, code: ExitCode, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_octets: bytes) -> dict[str, object]:
        raise raised

    monkeypatch.setattr(inspect, "file_document", fail)
    result = mpctls("inspect", EXAMPLES / "root.pem")
    assert result.code == code
    assert said in result.errors
    assert "Traceback" not in result.errors


def test_a_reader_that_goes_away_is_no_failure_to_talk_about() -> None:
    command = [
        sys.executable,
        "-m",
        "mpctls.reference.command_line",
        "inspect",
        str(EXAMPLES / "secrets.mpctls"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=60) == ExitCode.REFUSED
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        (("inspect", "absent"), {"event": "refused"}),
        (("verify", "absent", *BELIEVED), {"verified": False}),
        (("check", "http://a.example/"), {"works": False}),
    ],
)
def test_json_says_why(arguments: tuple[str, ...], document: dict[str, object]) -> None:
    result = mpctls(*arguments, "--json")
    assert result.code == ExitCode.REFUSED
    assert document.items() <= result.document.items()
    assert result.errors == f"{result.document['reason']}: {result.document['detail']}\n"


def loaded(*arguments: str) -> set[str]:
    """Modules in a fresh process after the program has run there."""
    script = (
        "import sys; from mpctls.reference.command_line.program import run; code = run(sys.argv[1:]);"
        "print('\\n'.join(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("inspect", str(EXAMPLES / "presentation.mpctls")),
        ("verify", str(EXAMPLES / "presentation.mpctls"), *BELIEVED),
        ("prove", "--help"),
    ],
)
def test_reading_starts_without_what_computes(arguments: tuple[str, ...]) -> None:
    assert not {"numpy", "numba", "galois", "rich"} & loaded(*arguments)


def test_the_module_is_the_program() -> None:
    command = [sys.executable, "-m", "mpctls.reference.command_line", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("mpctls ")


@pytest.mark.parametrize("arrow", arrows.ARROWS, ids=lambda arrow: arrow.text)
def test_every_arrow_of_the_demo_is_where_it_says(arrow: arrows.Arrow) -> None:
    root = Path(program.__file__).resolve().parents[2]
    names = arrow.function.split(".")
    source = (root / arrow.path.split()[0]).read_text(encoding="utf-8")
    assert all(f"def {name}(" in source or f"class {name}" in source for name in names)


def test_the_demo_knows_all_arrows() -> None:
    assert len(arrows.ARROWS) == 17
