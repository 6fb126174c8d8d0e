"""What the commands about vectors print, and what they exit with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from mpctls.conformance.command_line import CONFORMS, DOES_NOT_CONFORM, USAGE, main
from mpctls.conformance.generation.rendering import index_of
from mpctls.conformance.generation.schemas import schema_files
from mpctls.conformance.generation.writing import COMMITTED, write

_PATH = "foundation/merkle/certificate-transparency.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file of vectors, its index, and the schemas."""
    files = {_PATH: (COMMITTED / _PATH).read_text()}
    write({**files, **index_of(files), **schema_files()}, tmp_path / "vectors")
    return tmp_path / "vectors"


def test_the_vectors_of_each_operation_are_counted(folder: Path) -> None:
    result = CliRunner().invoke(main, ["vectors", "count", "--json", "--directory", str(folder)])
    assert json.loads(result.output) == {"foundation/build-tree": {"accepted": 8, "refused": 0}}


@pytest.mark.slow
def test_a_finding_ends_lint_with_one(folder: Path) -> None:
    result = CliRunner().invoke(main, ["vectors", "lint", "--counts", "--directory", str(folder)])
    assert result.exit_code == DOES_NOT_CONFORM
    assert "encoding/truncated: 0 vectors, fewer than 2" in result.output
    assert "     8  foundation/merkle/certificate-transparency" in result.output


def test_a_vector_that_went_ends_diff_with_one(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "new")
    document = json.loads((tmp_path / "new" / _PATH).read_text())
    del document["vectors"][3]
    (tmp_path / "new" / _PATH).write_text(json.dumps(document))
    result = CliRunner().invoke(main, ["vectors", "diff", str(folder), str(tmp_path / "new")])
    assert result.exit_code == DOES_NOT_CONFORM
    assert (
        "- foundation/merkle/certificate-transparency/leaves-4\n0 added, 1 removed, 0 changed"
        in result.output
    )
    assert CliRunner().invoke(main, ["vectors", "diff", str(folder), str(folder)]).exit_code == CONFORMS


def test_the_schema_of_an_operation_is_printed() -> None:
    printed = CliRunner().invoke(main, ["vectors", "schema", "foundation/sign"]).output
    assert json.loads(printed)["$id"] == "urn:mpctls:vectors:1:foundation:sign"
    assert CliRunner().invoke(main, ["vectors", "schema", "foundation/nothing"]).exit_code == USAGE
