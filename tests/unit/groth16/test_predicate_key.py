"""`predicate-key`: the key of a predicate as other programs take it is the one that its Verifier makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.command_line.program import ExitCode, run
from mpctls.zkp.plonk.snarkjs import verifying_key_from_json
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.predicate.text_form import read_text
from mpctls.zkp.setup.files import write_setup
from mpctls.zkp.setup.making import make_development_setup

PREDICATE = "response $.open: boolean is true"
FIELD = "4:json-literal"
SETUP = make_development_setup(11, "predicate key")


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    write_setup(tmp_path / "setup", SETUP)
    return tmp_path / "setup"


def arguments(setup: Path, *more: str) -> list[str]:
    out = str(setup.parent / "key.json")
    return ["predicate-key", PREDICATE, out, "--setup", str(setup), "--accept-development", *more]


def test_the_key_is_the_one_that_a_verifier_makes(setup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments(setup, "--field", FIELD), "--json"]) == ExitCode.FINE
    key = verifying_key_from_json((setup.parent / "key.json").read_text())
    shape = Shape(length=4, kind=LexicalClass.JSON_LITERAL)
    assert key == KeyCache().verifying_key(read_text(PREDICATE), (shape,), SETUP)
    document = json.loads(capsys.readouterr().out)
    assert document["digest"] == key.digest().hex()
    assert document["public_count"] == key.public_count == 2 + 4


@pytest.mark.parametrize(
    "field", ["4", "0:json-literal", "x:json-literal", "4:any", "4:json", "65536:json-literal", ":"]
)
def test_a_field_is_a_length_and_a_kind(setup: Path, field: str) -> None:
    assert run(arguments(setup, "--field", field)) == ExitCode.USAGE


def test_every_field_of_the_predicate_has_its_shape(setup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(setup, "--field", FIELD, "--field", FIELD)) == ExitCode.REFUSED
    assert capsys.readouterr().err.startswith("command/field-count")
    assert not (setup.parent / "key.json").exists()


def test_a_setup_of_known_secret_is_refused(setup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [each for each in arguments(setup, "--field", FIELD) if each != "--accept-development"]
    assert run(given) == ExitCode.REFUSED
    assert capsys.readouterr().err.startswith("zero-knowledge/development-setup")
