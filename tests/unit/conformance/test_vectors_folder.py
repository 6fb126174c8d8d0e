"""The folder of vectors: linting notices every fault that it is there for, and comparing says what may not change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mpctls.conformance.generation.differences import differences
from mpctls.conformance.generation.linting import lint
from mpctls.conformance.generation.schemas import schema_files
from mpctls.conformance.generation.second_validator import invalid
from mpctls.conformance.generation.writing import COMMITTED, documents, first_difference, read, write

_FILE = "foundation/merkle/multiproofs.json"
_KEPT = (_FILE, "foundation/merkle/certificate-transparency.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder: two files of vectors with their index, and all schemas."""
    write(schema_files(), tmp_path)
    for path in _KEPT:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(COMMITTED / path, tmp_path / path)
    _write_index(tmp_path)
    return tmp_path


def _write_index(folder: Path) -> None:
    entries = []
    for path in sorted(_KEPT):
        octets = (folder / path).read_bytes()
        count = len(json.loads(octets)["vectors"])
        entries.append({"path": path, "sha256": sha256(octets).hexdigest(), "vectors": count})
    (folder / "index.json").write_text(json.dumps({"format": 1, "files": entries}))


def _change(folder: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    document = json.loads((folder / _FILE).read_text())
    change(document["vectors"])
    (folder / _FILE).write_text(json.dumps(document))
    _write_index(folder)


def _findings(folder: Path) -> set[str]:
    """What is found beyond the reasons and fields that a small folder does not cover."""
    expected = ("fewer than", " has no ")
    return {each for each in lint(folder).findings if not any(text in each for text in expected)}


def _refused(vectors: list[dict[str, Any]]) -> dict[str, Any]:
    return next(vector for vector in vectors if "base" in vector)


@pytest.mark.slow
def test_an_untouched_folder_has_no_findings(folder: Path) -> None:
    assert _findings(folder) == set()
    assert lint(folder).validators == ("closed members and shapes", "jsonschema")


def _other_id(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["id"] = "foundation/merkle/elsewhere/honest"


def _same_id(vectors: list[dict[str, Any]]) -> None:
    vectors[-1]["id"] = vectors[-2]["id"]


def _same_input(vectors: list[dict[str, Any]]) -> None:
    vectors[-1]["input"] = vectors[-2]["input"]


def _no_such_base(vectors: list[dict[str, Any]]) -> None:
    _refused(vectors)["base"] = "foundation/merkle/multiproofs/nothing"


def _refused_base(vectors: list[dict[str, Any]]) -> None:
    first, second, *_ = (vector for vector in vectors if "base" in vector)
    second["base"] = first["id"]


def _no_base(vectors: list[dict[str, Any]]) -> None:
    del _refused(vectors)["base"]


def _another_member(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["note"] = ""


def _another_input(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["input"]["salt"] = ""


def _upper_case(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["input"]["leaves"][0] = "AB"


def _short_digest(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["expected"]["accept"]["root"] = "00"


def _no_comment(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["comment"] = ""


def _unknown_importance(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["importance"] = "low"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_other_id, "belongs elsewhere"),
        (_same_id, "stands twice"),
        (_same_input, "has the input of"),
        (_no_such_base, "is not accepted, or not there"),
        (_refused_base, "is not accepted, or not there"),
        (_no_base, "names no base"),
        (_another_member, "'note'"),
        (_another_input, "unknown ['salt']"),
        (_upper_case, "not lower-case hexadecimal"),
        (_short_digest, "1 octets instead of 32"),
        (_no_comment, "says nothing of itself"),
        (_unknown_importance, "importance low"),
    ],
)
def test_a_fault_of_a_vector_is_found(
    folder: Path, change: Callable[[list[dict[str, Any]]], None], found: str
) -> None:
    _change(folder, change)
    assert any(found in finding for finding in _findings(folder)), _findings(folder)


@pytest.mark.parametrize(
    "change",
    [_no_base, _another_member, _another_input, _upper_case, _short_digest, _no_comment, _unknown_importance],
)
def test_the_schemas_alone_find_what_has_another_form(
    folder: Path, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    _change(folder, change)
    assert any("$.vectors" in finding for finding in invalid(read(folder), documents(folder)))


def test_a_file_that_differs_from_its_index_is_found(folder: Path) -> None:
    (folder / _FILE).write_bytes((folder / _FILE).read_bytes() + b"\n")
    assert _findings(folder) == {f"{_FILE}: another digest than in the index"}


def test_a_file_that_is_not_in_the_index_is_found(folder: Path) -> None:
    shutil.copy(folder / _FILE, folder / "foundation/merkle/other.json")
    assert "foundation/merkle/other.json: not in the index" in _findings(folder)


def test_what_the_vectors_do_not_cover_is_found(folder: Path) -> None:
    findings = lint(folder).findings
    assert "encoding/truncated: 0 vectors, fewer than 2" in findings
    assert "foundation/encoding/tag-share: share has no truncate" in findings


def _reword(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["comment"] = "Other words."


def _ask_for_something_else(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["expected"] = {"reject": {"stage": "verification", "reason": "merkle-proof-invalid"}}


def _need_more(vectors: list[dict[str, Any]]) -> None:
    vectors[0]["features"] = ["blake3"]


def _drop(vectors: list[dict[str, Any]]) -> None:
    del vectors[0]


@pytest.mark.parametrize(
    ("change", "breaking"),
    [(_reword, False), (_ask_for_something_else, True), (_need_more, True), (_drop, True)],
)
def test_what_asks_for_something_else_breaks_a_version(
    folder: Path, change: Callable[[list[dict[str, Any]]], None], breaking: bool
) -> None:
    _change(folder, change)
    found = differences(COMMITTED, folder)
    assert ("foundation/merkle/multiproofs/honest" in found.breaking) is breaking
    assert "foundation/merkle/multiproofs/honest" in {*found.changed, *found.removed}


def test_what_is_new_breaks_nothing(folder: Path) -> None:
    found = differences(folder, COMMITTED)
    assert found.added
    assert found.breaking == ()


def test_the_first_differing_line_is_named(folder: Path) -> None:
    before = read(folder)
    write({**before, _FILE: before[_FILE].replace('"critical"', '"medium"', 1)}, folder)
    difference = first_difference(before, read(folder))
    assert difference is not None
    assert difference.startswith(f"{_FILE}, line ")
    assert '"importance": "medium", instead of "importance": "critical",' in difference


def test_writing_removes_what_nothing_generates(folder: Path) -> None:
    (folder / "README.md").write_text("stays")
    files = read(folder)
    del files[_FILE]
    write(files, folder)
    assert not (folder / _FILE).exists()
    assert (folder / "README.md").exists()
