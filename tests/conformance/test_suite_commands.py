"""Vectors before implementations, by the command: outputs, exit codes, reports."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from mpctls.conformance.command_line import ADAPTER_BROKE, COMMANDS, CONFORMS, DOES_NOT_CONFORM, USAGE, main
from mpctls.conformance.command_line.skeletons import LANGUAGES
from mpctls.conformance.running.cases import read_corpus, shipped
from tests.capabilities import program, requires

from .faux.program import VICTIM

FAMILY = "foundation/merkle/multiproofs"
PROGRAM = Path(__file__).parent / "faux" / "program.py"
SUITE_OF_PYTHON = f"exec:{sys.executable} -m mpctls.conformance.adapters.reference"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One small family."""
    directory = tmp_path_factory.mktemp("vectors")
    (directory / FAMILY).parent.mkdir(parents=True)
    shutil.copy(shipped() / f"{FAMILY}.json", directory / f"{FAMILY}.json")
    return directory


def invoked(*arguments: object) -> Result:
    """The command."""
    return CliRunner().invoke(main, [str(each) for each in arguments])


def liar(lie: str, folder: Path) -> tuple[str, str, str, Path]:
    """Options that put a lie before the suite."""
    return "-i", f"exec:{sys.executable} {PROGRAM} {lie} {folder}", "--vectors", folder


def records(text: str) -> list[dict[str, Any]]:
    """Lines of JSON."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.slow
def test_the_reference_gives_the_same_in_process_and_as_a_program(folder: Path) -> None:
    said = []
    for options in ([], ["-j", 2], ["-i", SUITE_OF_PYTHON]):
        result = invoked("run", "--vectors", folder, "--json", *options)
        assert result.exit_code == CONFORMS, result.output
        cases = [record for record in records(result.output) if record["type"] == "case"]
        said.append(sorted((each["id"], json.dumps(each["got"]), each["verdict"]) for each in cases))
    assert said[0] == said[1] == said[2] and len(said[0]) > 20


def test_a_run_is_told_with_table_and_verdict(folder: Path) -> None:
    result = invoked("run", *liar("Honest", folder))
    assert result.exit_code == CONFORMS
    assert "foundation" in result.output and "Honest 1 (Python): conforms" in result.output


def test_a_failure_is_told_with_its_fault_and_how_to_see_it_again(folder: Path) -> None:
    result = invoked("run", *liar("AcceptsAll", folder))
    assert result.exit_code == DOES_NOT_CONFORM
    assert f"failed {VICTIM}" in result.output
    assert "accepted what must be refused with verification/merkle-proof-invalid" in result.output
    assert f"the fault: remove of proof (all items), in {FAMILY}/honest" in result.output
    assert "mpctls-conformance replay" in result.output
    assert "AcceptsAll 1 (Python): does not conform" in result.output


@pytest.mark.parametrize("lie", ["StaleProtocol", "Crashes"])
def test_who_breaks_exits_with_three(lie: str, folder: Path) -> None:
    assert invoked("run", *liar(lie, folder)).exit_code == ADAPTER_BROKE


def test_a_selection_brings_the_bases_that_it_needs(folder: Path) -> None:
    result = invoked("run", *liar("Honest", folder), "--json", VICTIM)
    cases = [record for record in records(result.output) if record["type"] == "case"]
    assert [each["id"] for each in cases] == [VICTIM] and result.exit_code == CONFORMS
    refusing = invoked("run", *liar("RejectsAll", folder), VICTIM)
    assert refusing.exit_code == DOES_NOT_CONFORM and "is not accepted" in refusing.output


def test_a_budget_ends_a_run_early_and_says_so(folder: Path) -> None:
    result = invoked("run", *liar("Honest", folder), "--budget", 0)
    assert "not run: 2" in result.output


def test_expected_failures_make_a_run_pass_and_must_be_true(folder: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    refused = [case for case in read_corpus(folder).cases.values() if case.refused]
    known.write_text("".join(f'[[expected]]\nid = "{case.id}"\nreason = "why"\n' for case in refused))
    lying = invoked("run", *liar("AcceptsAll", folder), "--expected-failures", known)
    assert lying.exit_code == CONFORMS and "expected-failure" in lying.output
    honest = invoked("run", *liar("Honest", folder), "--expected-failures", known)
    assert honest.exit_code == DOES_NOT_CONFORM and "unexpected-pass" in honest.output
    known.write_text('[[expected]]\nid = "foundation/nothing"\nreason = "why"\n')
    unused = invoked("run", *liar("Honest", folder), "--expected-failures", known)
    assert unused.exit_code == DOES_NOT_CONFORM and "matches no vector: foundation/nothing" in unused.output


def test_reports_say_the_same(folder: Path, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"report.{name}" for name in ("jsonl", "xml", "md", "svg", "json")}
    options: list[object] = [
        "--json-lines",
        paths["jsonl"],
        "--junit",
        paths["xml"],
        "--markdown",
        paths["md"],
    ]
    lying = liar("AcceptsAll", folder)
    assert invoked("run", *lying, *options, "--badge", paths["svg"]).exit_code == DOES_NOT_CONFORM
    invoked("run", *lying, "--badge", paths["json"])
    first, *cases, last = records(paths["jsonl"].read_text())
    assert first["implementation"]["name"] == "AcceptsAll" and "started" not in first
    failed = [case for case in cases if case["verdict"] == "failed"]
    assert last["counts"]["failed"] == len(failed) > 5 and not last["conforms"]
    suites = ElementTree.parse(paths["xml"]).getroot()
    assert suites.get("tests") == str(len(cases)) and suites.get("failures") == str(len(failed))
    assert {each.get("name") for each in suites.iter("testcase") if len(each)} == {
        case["id"] for case in failed
    }
    text = paths["md"].read_text()
    assert "AcceptsAll 1: does not conform" in text and all(case["id"] in text for case in failed)
    assert f"{len(cases) - len(failed)} of {len(cases)}" in paths["svg"].read_text()
    assert json.loads(paths["json"].read_text())["color"] == "red"


def test_hostile_text_stays_text_in_every_report(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "hostile.py"
    text = PROGRAM.read_text().replace("index out of range", "</a><script>x</script>\\x00\\x1b[31m|`*[x](y)")
    source.write_text(text)
    told = invoked(
        "run",
        *("-i", f"exec:{sys.executable} {source} Errs {folder}", "--vectors", folder),
        *("--junit", tmp_path / "r.xml", "--markdown", tmp_path / "r.md", "--html", tmp_path / "r.html"),
    )
    assert "\ufffd[31m" in told.output and "\x1b" not in told.output and "\x00" not in told.output
    messages = [each.get("message") for each in ElementTree.parse(tmp_path / "r.xml").iter("error")]
    assert messages and all(
        message and "<script>" in message and "\x00" not in message for message in messages
    )
    outside_of_code = re.sub("`[^`]*`", "", (tmp_path / "r.md").read_text())
    assert "<script>" not in outside_of_code and "&#60;script&#62;" in outside_of_code
    assert "\\|" in outside_of_code and "\x1b" not in outside_of_code
    assert "<script>x" not in (tmp_path / "r.html").read_text()


@pytest.mark.slow
def test_a_failure_is_a_file_that_replays_and_a_promoted_one_is_asked_again(
    folder: Path, tmp_path: Path
) -> None:
    address = liar("AcceptsAll", folder)
    invoked("run", *address, "--failures", tmp_path / "failures", VICTIM)
    [path] = (tmp_path / "failures").iterdir()
    failure = json.loads(path.read_text())["failure"]
    assert failure["verdict"] == "failed" and failure["transcript"][-2].startswith("> ")
    again = invoked("replay", *address, path)
    assert (
        again.exit_code == DOES_NOT_CONFORM and "> {" in again.output and f"failed: {VICTIM}" in again.output
    )
    assert invoked("replay", path).exit_code == CONFORMS
    own = tmp_path / "own"
    (own / "x").mkdir(parents=True)
    promoted = invoked("promote", path, "--vectors", own, "--name", "no-hash")
    assert promoted.exit_code == 0, promoted.output
    assert list(read_corpus(own).cases) == [
        "foundation/merkle/promoted/no-hash-base",
        "foundation/merkle/promoted/no-hash",
    ]
    twice = invoked("promote", path, "--vectors", own, "--name", "again")
    assert twice.exit_code == USAGE and "the same question stands there already" in twice.output


@pytest.mark.slow
def test_what_the_specification_does_not_say_is_not_promoted(folder: Path, tmp_path: Path) -> None:
    document = json.loads((folder / f"{FAMILY}.json").read_text())
    [honest] = [each for each in document["vectors"] if each["id"].endswith("/honest")]
    honest["expected"]["accept"]["root"] = "00" * 32
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({**document, "vectors": [honest]}))
    (tmp_path / "own").mkdir()
    result = invoked("promote", path, "--vectors", tmp_path / "own")
    assert result.exit_code == USAGE and "the specification says" in result.output


def test_two_reports_are_compared(folder: Path, tmp_path: Path) -> None:
    reports = {}
    for lie in ("Honest", "AcceptsAll", "LacksHonestly"):
        reports[lie] = tmp_path / f"{lie}.jsonl"
        invoked("run", *liar(lie, folder), "--json-lines", reports[lie])
    worse = invoked("compare", reports["Honest"], reports["AcceptsAll"])
    assert worse.exit_code == DOES_NOT_CONFORM and f"{VICTIM}: passed → failed" in worse.output
    assert invoked("compare", reports["AcceptsAll"], reports["Honest"]).exit_code == CONFORMS
    lacking = invoked("compare", reports["Honest"], reports["LacksHonestly"], "--json")
    assert lacking.exit_code == DOES_NOT_CONFORM and json.loads(lacking.output)["no longer supported"]
    assert invoked("compare", reports["Honest"], PROGRAM).exit_code == USAGE


def test_a_trace_has_both_directions(folder: Path, tmp_path: Path) -> None:
    invoked("run", *liar("Honest", folder), "-j", 1, "--trace", tmp_path / "trace", VICTIM)
    lines = (tmp_path / "trace").read_text().splitlines()
    assert [line[:3] for line in lines] == ["1 >", "1 <"] * 3 + ["1 >"]
    assert lines[-1] == '1 > {"type":"stop"}'


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nothing/at/all"],
        ["run", "--stage", "nowhere"],
        ["run", "-i", "nonsense"],
        ["run", "--shard", "3/2"],
        ["run", "-i", "tcp:127.0.0.1:7", "-j", "2"],
        ["explain", "nothing"],
        ["replay", "nothing"],
        ["schema", "--operation", "nothing"],
        ["new-adapter", "cobol", "/nowhere"],
    ],
)
def test_what_cannot_be_meant_is_a_matter_of_usage(arguments: list[str], folder: Path) -> None:
    small = ["--vectors", folder] if arguments[0] in ("run", "explain") else []
    result = invoked(*arguments, *small)
    assert result.exit_code == USAGE and "Error" in result.output


def test_a_vector_is_explained(folder: Path) -> None:
    said = invoked("explain", VICTIM, "--vectors", folder).output
    for part in (
        "All hashes are missing.",
        "leaf_count: 7",
        'reject.reason: "merkle-proof-invalid"',
        f"of the accepted vector {FAMILY}/honest",
        "formats.md, section 6",
        "node = H(0x01",
        f"replay {VICTIM}",
    ):
        assert part in said


def test_vectors_and_operations_are_listed(folder: Path) -> None:
    assert f"- {VICTIM}" in invoked("list", "--vectors", folder).output
    listed = json.loads(invoked("list", "--vectors", folder, "--json", FAMILY).output)
    assert len(listed) == len(read_corpus(folder).cases)
    assert "foundation/build-tree" in invoked("list", "--operations").output


def test_every_command_says_what_it_does() -> None:
    for name in COMMANDS:
        said = invoked(name, "--help")
        assert said.exit_code == 0 and len(said.output) > 150


def _adapter(language: str, directory: Path) -> str:
    assert invoked("new-adapter", language, directory).exit_code == 0
    name, _ = LANGUAGES[language]
    assert invoked("new-adapter", language, directory).exit_code == USAGE
    return str(directory / name)


@pytest.mark.slow
def test_the_python_adapter_to_begin_with_passes_and_a_mistake_in_it_is_found(tmp_path: Path) -> None:
    path = Path(_adapter("python", tmp_path))
    address = f"exec:{sys.executable} {path}"
    good = invoked("run", "-i", address, "foundation/merkle")
    assert good.exit_code == CONFORMS, good.output
    path.write_text(path.read_text().replace('b"\\0" + ', ""))
    bad = invoked("run", "-i", address, "foundation/merkle")
    assert bad.exit_code == DOES_NOT_CONFORM
    assert "failed foundation/merkle/" in bad.output and "root differs from octet 0" in bad.output


@pytest.mark.slow
@requires("jq")
def test_the_shell_adapter_to_begin_with_passes(tmp_path: Path) -> None:
    assert program("jq")
    address = f"exec:bash {_adapter('shell', tmp_path)}"
    result = invoked(
        "run", "-i", address, "foundation/merkle/trees/sha256-?", "foundation/merkle/trees/blake3-1"
    )
    assert result.exit_code == CONFORMS, result.output
    assert "unsupported" in result.output
