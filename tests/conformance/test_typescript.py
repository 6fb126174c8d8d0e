"""The second implementation, in TypeScript: it conforms; made wrong in one place, the report leads to that place."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mpctls.conformance.running.cases import shipped

from ..capabilities import TYPESCRIPT_ADAPTER, program, requires
from ..end_to_end.browser import browsing

pytestmark = [pytest.mark.end_to_end, requires("typescript-adapter")]

WHOLE_RUN_SECONDS = 150
PROGRAM = "build/adapter/main.js"
SUITE = (sys.executable, "-m", "mpctls.conformance")
ALGORITHMS = (
    "ed25519",
    "ecdsa-p256-sha256",
    "ecdsa-secp256k1-sha256",
    "ecdsa-secp256k1-keccak256",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run of the suite ended, and its records of cases."""

    code: int
    printed: str
    cases: tuple[Mapping[str, Any], ...]

    def failed(self) -> dict[str, Mapping[str, Any]]:
        return {case["id"]: case for case in self.cases if case["verdict"] == "failed"}


def suite(package: Path, report: Path, *arguments: str) -> Report:
    """Run vectors on the adapter of a package."""
    address = f"exec:{program('node')} {package / PROGRAM}"
    command = [*SUITE, "run", "-i", address, "--strict-reasons", "--json-lines", str(report), *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    records = [json.loads(line) for line in report.read_text().splitlines()]
    cases = tuple(record for record in records if record["type"] == "case")
    return Report(code=finished.returncode, printed=finished.stdout + finished.stderr, cases=cases)


@pytest.mark.timeout(300)
def test_it_conforms(tmp_path: Path) -> None:
    report = suite(TYPESCRIPT_ADAPTER, tmp_path / "report.jsonl")
    assert report.code == 0, report.printed
    verdicts = {case["verdict"] for case in report.cases}
    assert verdicts == {"passed", "unsupported"}
    passed = {case["operation"] for case in report.cases if case["verdict"] == "passed"}
    named = {case["operation"] for case in report.cases if not case["message"].startswith("its hello")}
    assert passed == named
    assert sum(case["seconds"] for case in report.cases) < WHOLE_RUN_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongChange:
    """A change of one line, and what the report says of it."""

    file: str
    line: str
    instead: str
    vectors: str
    found: str
    step: str
    field: str | None
    message: str
    explained: tuple[str, ...]


WRONG = {
    "the leaf prefix is left out": WrongChange(
        file="merkle.ts",
        line="hash(algorithm, LEAF, leaf)",
        instead="hash(algorithm, leaf)",
        vectors="foundation/merkle/trees",
        found="foundation/merkle/trees/sha256-1",
        step="foundation/merkle",
        field="root",
        message="root differs from octet 0",
        explained=("`leaf_hash`: H(0x00 ‖ leaf)", "nodes.0..0"),
    ),
    "a high s is accepted": WrongChange(
        file="algorithms.ts",
        line="s > order / 2n",
        instead="s >= order",
        vectors="foundation/signatures",
        found="foundation/signatures/verify-ecdsa-p256-sha256/high-s",
        step="foundation/signatures",
        field=None,
        message="accepted what must be refused with verification/signature-invalid",
        explained=("0 < s ≤ n/2", "n - s"),
    ),
    "the number of leaves is not looked at": WrongChange(
        file="merkle.ts",
        line="walk(0, leafCount, opened)",
        instead="walk(0, opened[opened.length - 1].index + 1, opened)",
        vectors="foundation/merkle/multiproofs",
        found="foundation/merkle/multiproofs/honest",
        step="foundation/merkle",
        field=None,
        message="specified is acceptance; refused with verification/merkle-proof-invalid",
        explained=("a tree of n > 1 leaves splits at the largest", "leaf_count: 7"),
    ),
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the sources, with the modules of the original."""
    copy = tmp_path / "package"
    ignored = shutil.ignore_patterns("node_modules", "build")
    shutil.copytree(TYPESCRIPT_ADAPTER, copy, ignore=ignored)
    (copy / "node_modules").symlink_to(TYPESCRIPT_ADAPTER / "node_modules")
    return copy


@pytest.mark.parametrize("change", WRONG.values(), ids=list(WRONG))
def test_a_wrong_change_is_found_and_explained(change: WrongChange, package: Path, tmp_path: Path) -> None:
    source = package / "src" / change.file
    text = source.read_text()
    assert text.count(change.line) == 1
    source.write_text(text.replace(change.line, change.instead))
    compiler = package / "node_modules" / "typescript" / "bin" / "tsc"
    subprocess.run(
        [program("node"), str(compiler), "--noCheck", "--declaration", "false"],
        cwd=package,
        check=True,
        timeout=100,
    )

    report = suite(package, tmp_path / "report.jsonl", change.vectors)
    assert report.code == 1
    case = report.failed()[change.found]
    assert case["step"] == change.step
    assert change.message in case["message"]
    assert change.field == (case["first_difference"] or {}).get("field")
    assert f"failed {change.found}" in report.printed
    assert case["comment"] in report.printed
    explained = subprocess.run(
        [*SUITE, "explain", change.found], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert all(text in explained for text in change.explained), explained


def test_the_core_needs_nothing_of_node_and_is_exported() -> None:
    for module in (TYPESCRIPT_ADAPTER / "build").rglob("*.js"):
        if module.parent.name != "adapter":
            assert "node:" not in module.read_text(), module
    script = (
        "import * as all from 'mpctls-verifier'; import 'mpctls-verifier/node-identity'; console.log(all)"
    )
    command = [program("node"), "--input-type=module", "-e", script]
    printed = subprocess.run(
        command, cwd=TYPESCRIPT_ADAPTER, capture_output=True, text=True, timeout=30, check=True
    )
    assert "verifyPresentation" in printed.stdout


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The package over HTTP, and a folder of files below /given/; gives where."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            name = path.partition("?")[0]
            if name.startswith("/given/"):
                return os.fspath(folder / Path(name).name)
            return super().translate_path(path)

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002
            """Says nothing."""

    handler = functools.partial(Handler, directory=os.fspath(TYPESCRIPT_ADAPTER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def accepted_presentations() -> Iterator[Mapping[str, Any]]:
    """The vectors of whole presentations that are accepted without a challenge."""
    for path in sorted((shipped() / "verification").rglob("*.json")):
        for vector in json.loads(path.read_text())["vectors"]:
            if vector["operation"] == "verification/verify" and "accept" in vector["expected"]:
                taken = vector["input"]
                if (
                    "predicates" not in vector["features"]
                    and taken["server_names"] is taken["challenge"] is None
                ):
                    yield vector


def trust_store(trust: list[list[Any]]) -> str:
    """The JSON file of a trust store that a vector gives."""
    notaries = [
        {
            "name": "Notary",
            "algorithm": ALGORITHMS[int(key[:2], 16) - 1],
            "key": key[4:],
            "not_before": before,
            "not_after": after,
        }
        for key, before, after in trust
    ]
    return json.dumps({"notaries": notaries})


@requires("chromium")
@pytest.mark.parametrize("named", [False, True], ids=["without an identity", "with an identity"])
def test_a_page_verifies_a_presentation(named: bool, tmp_path: Path) -> None:
    vector = next(
        each
        for each in accepted_presentations()
        if (each["expected"]["accept"]["server_name"] is not None) == named
    )
    taken = vector["input"]
    (tmp_path / "presentation").write_bytes(bytes.fromhex(taken["file"]))
    (tmp_path / "trust").write_text(trust_store(taken["trust"]))
    with served(tmp_path) as address, browsing(program("chromium")) as page:
        query = f"?presentation=/given/presentation&trust=/given/trust&now={taken['now']}"
        page.command("Page.navigate", url=f"{address}/browser/index.html{query}")
        page.wait("document.getElementById('result')?.textContent")
        result = page.evaluate("document.getElementById('result').textContent")
    if named:
        assert result == "This page cannot decide it: without server-identity"
    else:
        assert result.startswith("Verified.")
        assert f"Sent: {vector['expected']['accept']['sent_length']} octets" in result
