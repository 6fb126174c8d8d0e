"""The program `python -m mpctls.zkp`: its files, its exit codes, and what it leaves behind when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mpctls.zkp.circom_files import sections_octets, witness_octets
from mpctls.zkp.command_line import files
from mpctls.zkp.command_line.output import plain
from mpctls.zkp.command_line.program import ExitCode, run
from mpctls.zkp.groth16 import snarkjs
from mpctls.zkp.plonk import snarkjs as plonk_json
from tests.unit.plonk import circom_writers
from tests.unit.plonk.examples import example, setup

from .examples import MADE_BY_SNARKJS, PUBLICS, key, reason, verifying_key, witness
from .key_files import key_sections

PROOF = ("proof.json", "public.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with keys of both systems, a witness, and what snarkjs made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "groth16.zkey").write_bytes(sections_octets(b"zkey", 1, key_sections(key())))
    case = example()
    sections = circom_writers.proving_key(
        case.key, setup().prefix(case.verifying_key.size_log2), case.table.row_count
    )
    (tmp_path / "plonk.zkey").write_bytes(sections_octets(b"zkey", 1, sections))
    (tmp_path / "witness.wtns").write_bytes(witness_octets(witness()))
    made = json.loads(MADE_BY_SNARKJS.read_text())
    for name in ("key", "uncontributed_key", "public", "proof"):
        (tmp_path / f"made-{name}.json").write_text(json.dumps(made[name]))
    return tmp_path


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one line of standard output."""
    (line,) = capsys.readouterr().out.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


@pytest.mark.parametrize("system", ["plonk", "groth16"])
def test_a_proof_is_made_and_verified_with_files_alone(
    folder: Path, system: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prove", system, f"{system}.zkey", "witness.wtns", *PROOF]) == ExitCode.FINE
    assert json.loads((folder / "public.json").read_text()) == [str(number) for number in PUBLICS]
    assert run(["export-key", f"{system}.zkey", "key.json"]) == ExitCode.FINE
    capsys.readouterr()
    arguments = ["verify", system, "key.json", "public.json", "proof.json", "--accept-development", "--json"]
    assert run(arguments) == ExitCode.FINE
    assert document(capsys) == {
        "event": "verified",
        "system": system,
        "public": [str(number) for number in PUBLICS],
    }
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_outputs_may_be_named_by_options_or_by_default(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["prove", "groth16", "groth16.zkey", "witness.wtns"]
    assert run([*arguments, "--proof", "p", "--public", "u"]) == ExitCode.FINE
    assert (folder / "p").exists()
    assert (folder / "u").exists()
    assert run([*arguments, "q", "--public", "u"]) == ExitCode.FINE
    assert (folder / "q").exists()
    assert not (folder / "proof.json").exists()
    assert run(arguments) == ExitCode.FINE
    assert (folder / "proof.json").exists()
    assert (folder / "public.json").exists()
    assert run([*arguments, "p", "--proof", "q"]) == ExitCode.USAGE


def test_nothing_but_the_result_is_printed_where_there_is_no_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prove", "groth16", "groth16.zkey", "witness.wtns"]) == ExitCode.FINE
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("proved: proof.json, public.json\n", "")


def test_progress_is_shown_on_a_terminal_and_leaves_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run(["prove", "groth16", "groth16.zkey", "witness.wtns"]) == ExitCode.FINE
    shown = capsys.readouterr().err
    assert "proving, step 4 of 4" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_what_snarkjs_made_is_valid_and_with_another_public_input_it_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["verify", "groth16", "made-key.json", "made-public.json", "made-proof.json"]
    assert run(arguments) == ExitCode.FINE
    assert capsys.readouterr().out == "valid: a groth16 proof for 2 public inputs\n"
    (folder / "made-public.json").write_text(json.dumps([str(PUBLICS[0] + 1), str(PUBLICS[1])]))
    assert run([*arguments, "--json"]) == ExitCode.REFUSED
    printed = capsys.readouterr()
    assert json.loads(printed.out)["reason"] == "zero-knowledge/proof-invalid"
    assert printed.err.startswith("zero-knowledge/proof-invalid: ")


def test_a_key_of_known_secret_must_be_accepted_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "k").write_text(snarkjs.verifying_key_to_json(verifying_key()))
    assert run(["prove", "groth16", "groth16.zkey", "witness.wtns"]) == ExitCode.FINE
    arguments = ["verify", "groth16", "k", "public.json", "proof.json"]
    assert run(arguments) == ExitCode.REFUSED
    assert "zero-knowledge/development-setup" in capsys.readouterr().err
    assert run([*arguments, "--accept-development"]) == ExitCode.FINE
    assert run(["contract", "vyper", "k"]) == ExitCode.REFUSED


def test_the_digest_that_is_printed_is_that_of_the_key(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export-key", "groth16.zkey", "--json"]) == ExitCode.FINE
    assert document(capsys) == {
        "event": "exported",
        "system": "groth16",
        "key": "verification_key.json",
        "digest": verifying_key().digest().hex(),
    }
    assert run(["export-key", "plonk.zkey", "p.json"]) == ExitCode.FINE
    text = (folder / "p.json").read_text()
    assert plonk_json.verifying_key_from_json(text) == example().verifying_key


@pytest.mark.parametrize(
    ("language", "mark"), [("vyper", "# pragma version"), ("solidity", "pragma solidity")]
)
def test_a_contract_is_printed_or_written(
    folder: Path, language: str, mark: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["contract", language, "made-key.json", "--name", "Cubic"]) == ExitCode.FINE
    printed = capsys.readouterr().out
    assert mark in printed
    assert "CubicProofVerifier" in printed
    assert run(["contract", language, "made-key.json", "--name", "Cubic", "--out", "c"]) == ExitCode.FINE
    assert (folder / "c").read_text() == printed
    assert run(["contract", language, "made-key.json", "--name", "a b"]) == ExitCode.REFUSED


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["prove"], ExitCode.USAGE, "Missing argument"),
        (["prove", "stark", "a", "b"], ExitCode.USAGE, "is not one of"),
        (["nothing"], ExitCode.USAGE, "No such command"),
        (["prove", "plonk", "absent", "witness.wtns"], 1, "command/unreadable-file"),
        (["prove", "groth16", "groth16.zkey", "absent"], 1, "command/unreadable-file"),
        (["prove", "groth16", "groth16.zkey", "groth16.zkey"], 1, "zero-knowledge/malformed-witness"),
        (["prove", "groth16", "plonk.zkey", "witness.wtns"], 1, "zero-knowledge/malformed-key"),
        (["prove", "plonk", "groth16.zkey", "witness.wtns"], 1, "zero-knowledge/malformed-key"),
        (["prove", "groth16", "groth16.zkey", "witness.wtns", "no/p"], 1, "command/unwritable-file"),
        (["prove", "groth16", "groth16.zkey", "witness.wtns", "p", "./p"], 1, "command/unwritable-file"),
        (["verify", "groth16", "made-uncontributed_key.json", "made-public.json", "made-proof.json"], 1,
         "zero-knowledge/gamma-equals-delta"),
        (["verify", "plonk", "made-key.json", "made-public.json", "made-proof.json"], 1,
         "zero-knowledge/malformed-key"),
        (["verify", "groth16", "made-key.json", "witness.wtns", "made-proof.json"], 1,
         "zero-knowledge/malformed-proof"),
        (["verify", "groth16", "made-key.json", "long", "made-proof.json"], 1,
         "zero-knowledge/malformed-proof"),
        (["export-key", "witness.wtns"], 1, "zero-knowledge/malformed-key"),
        (["contract", "vyper", "made-public.json"], 1, "zero-knowledge/malformed-key"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_has_its_code_and_its_line(
    folder: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "long").write_bytes(b" " * ((1 << 20) + 1))
    before = set(folder.iterdir())
    assert run(arguments) == code
    assert said in capsys.readouterr().err
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in ("prove", "verify"))])
def test_help_is_no_failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == ExitCode.FINE
    assert "snarkjs" in capsys.readouterr().out


def test_a_bug_is_reported_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mpctls.zkp.command_line import systems

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(systems, "prove", broken)
    arguments = ["prove", "groth16", "groth16.zkey", "witness.wtns"]
    assert run(arguments) == ExitCode.BUG
    assert capsys.readouterr().err.startswith("command/bug: ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        run([*arguments, "--debug"])


def test_what_files_say_cannot_act_on_a_terminal() -> None:
    assert plain("a\x1b[2J\n\u202eb\udcff") == "a\\x1b[2J\\n\\u202eb\\udcff"


# Results appear whole and together


def test_when_one_result_cannot_take_its_place_the_other_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "proof.json":
            raise OSError(28, "No space left on device", str(target))
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    results = [(tmp_path / "public.json", "[]"), (tmp_path / "proof.json", "{}")]
    assert reason(lambda: files.write_together(results)) == "command/unwritable-file"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_between_two_results_waits_for_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    replaced, heard = Path.replace, list[int]()
    before = signal.signal(number, lambda got, _: heard.append(got))

    def interrupted(self: Path, target: Path) -> Path:
        signal.raise_signal(number)
        assert not heard
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    try:
        files.write_together([(tmp_path / "public.json", "[]"), (tmp_path / "proof.json", "{}")])
    finally:
        signal.signal(number, before)
    assert heard == [number, number]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PROOF)


def test_files_have_the_mode_of_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        files.write_together([(tmp_path / "a", "x")])
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.slow
def test_whoever_is_killed_between_two_results_leaves_no_proof_with_other_public_inputs(
    tmp_path: Path,
) -> None:
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from mpctls.zkp.command_line.files import write_together\n"
        "replaced, done = Path.replace, []\n"
        "def killed(self, target):\n"
        "    if len(done) == int(sys.argv[1]):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    done.append(target)\n"
        "    return replaced(self, target)\n"
        "Path.replace = killed\n"
        "write_together([(Path('public.json'), 'new'), (Path('proof.json'), 'new')])\n"
    )
    for count in (0, 1):
        for name in PROOF:
            (tmp_path / name).write_text("old")
        finished = subprocess.run([sys.executable, "-c", program, str(count)], cwd=tmp_path, check=False)
        assert finished.returncode == -signal.SIGKILL
        assert not (tmp_path / "proof.json").exists()
        assert (tmp_path / "public.json").read_text() == ("old", "new")[count]


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_whoever_is_stopped_while_it_proves_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    """The program stops itself when the prover reports its third step, as a kill from outside would."""
    before = set(folder.iterdir())
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in a background job
        "from mpctls.zkp.command_line.output import Progress\n"
        "from mpctls.zkp.command_line.program import run\n"
        "said = Progress.say\n"
        "def say(self, text):\n"
        "    said(self, text)\n"
        "    if 'step 3' in text:\n"
        "        os.kill(os.getpid(), int(sys.argv[1]))\n"
        "Progress.say = say\n"
        "sys.exit(run(['prove', 'groth16', 'groth16.zkey', 'witness.wtns']))\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program, str(int(number))],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = ExitCode.INTERRUPTED if number == signal.SIGINT else -number
    assert finished.returncode == expected, finished.stderr
    assert set(folder.iterdir()) == before
