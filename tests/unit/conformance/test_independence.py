"""The suite knows an implementation only through its adapter, and starts without drawing anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mpctls.conformance.catalogue import steps
from mpctls.conformance.fields import (
    flag,
    listed,
    number,
    numbers,
    optional,
    read_flag,
    read_list,
    read_number,
    read_numbers,
    read_optional,
)
from mpctls.conformance.outcomes import Accepted, Rejected, describe
from mpctls.spec.diagram import attestation_steps, key_exchange_steps
from tests.unit.packaging.imports import imported_modules, is_within

ROOT = Path(__file__).parents[3]
ADAPTER = Path("conformance/adapters/reference_in_process")


def test_only_the_adapter_imports_the_reference() -> None:
    for path in (ROOT / "conformance").rglob("*.py"):
        relative = path.relative_to(ROOT)
        imported = {name for _, name in imported_modules(path.read_text(encoding="utf-8"), relative)}
        touches = any(
            is_within(name, "mpctls.reference") or is_within(name, "mpctls.zkp") for name in imported
        )
        assert not touches or relative.is_relative_to(ADAPTER), relative


def test_the_adapter_does_not_import_the_specification() -> None:
    for path in (ROOT / ADAPTER).rglob("*.py"):
        for line, name in imported_modules(path.read_text(encoding="utf-8"), path.relative_to(ROOT)):
            assert not is_within(name, "mpctls.spec"), (path, line)


def test_every_arrow_has_a_property_in_its_place() -> None:
    known = [step.id for step in steps()]
    assert len(set(known)) == len(known)
    for arrow in (*attestation_steps(), *key_exchange_steps()):
        assert arrow.module.replace(".", "/") in known
    for step in steps():
        assert step.summary.endswith((".", ":", ";", ",")) or step.summary
        assert (ROOT / "conformance" / "properties" / f"{step.id}.py").is_file()


def test_the_command_starts_without_hypothesis_and_without_the_reference() -> None:
    probe = (
        "import sys; import mpctls.conformance.command_line; "
        "print([name for name in sys.modules if name.startswith(('hypothesis', 'galois', 'mpctls.reference'))])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"


def test_fields_hold_what_was_written() -> None:
    assert read_number(number(2**64 - 1)) == 2**64 - 1
    assert read_numbers(numbers([1, 2, 3])) == (1, 2, 3)
    assert read_list(listed([b"", b"a"])) == (b"", b"a")
    assert [read_flag(flag(value)) for value in (True, False)] == [True, False]
    assert [read_optional(optional(value)) for value in (None, b"", b"a")] == [None, b"", b"a"]


def test_an_outcome_says_stage_and_reason_or_its_octets() -> None:
    assert Rejected.of("verification/opening-mismatch") == Rejected(
        stage="verification", reason="opening-mismatch"
    )
    assert describe(Rejected.of("a/b")) == "rejected a/b"
    assert describe(Accepted(output={"x": bytes(100)}), 2) == "accepted x=0000… (100 octets)"
