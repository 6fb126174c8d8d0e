"""The command of the suite: what it prints, and what it exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mpctls.conformance.adapter import AdapterBrokeError
from mpctls.conformance.adapters import reference_in_process
from mpctls.conformance.catalogue import steps
from mpctls.conformance.command_line import ADAPTER_BROKE, CONFORMS, DOES_NOT_CONFORM, USAGE, main
from mpctls.conformance.fields import Fields
from mpctls.conformance.outcomes import Accepted, Outcome
from tests.broken_reference.breaks import BREAKS

RANGES = ["properties", "--step", "foundation/ranges", "--seed", "7"]


def test_every_step_is_listed() -> None:
    result = CliRunner().invoke(main, ["list", "--steps", "--json"])
    listed = [each["id"] for each in json.loads(result.output)]
    assert listed[: len(list(steps()))] == [step.id for step in steps()]


def test_a_conforming_step_exits_with_zero_and_the_same_seed_draws_the_same() -> None:
    outputs = [CliRunner().invoke(main, [*RANGES, "--json"]) for _ in range(2)]
    assert [each.exit_code for each in outputs] == [CONFORMS, CONFORMS]
    counts = [json.loads(each.output)["steps"][0] for each in outputs]
    assert counts[0]["accepted"] == counts[1]["accepted"] > 0
    assert counts[0]["rejected"] > 0


def test_a_difference_exits_with_one_and_shows_a_counter_example() -> None:
    with BREAKS["foundation/ranges"].applied():
        result = CliRunner().invoke(main, RANGES)
    assert result.exit_code == DOES_NOT_CONFORM
    assert "failed" in result.output
    assert "foundation/select-ranges: specified accepted" in result.output
    assert "properties --seed 7" in result.output


def test_an_implementation_that_crashes_exits_with_three(monkeypatch: pytest.MonkeyPatch) -> None:
    class Crashing:
        name = "crashing"

        def run(self, operation: str, fields: Fields) -> Outcome:
            raise AdapterBrokeError("no outcome")

    monkeypatch.setattr(reference_in_process, "ReferenceInProcess", Crashing)
    assert CliRunner().invoke(main, RANGES).exit_code == ADAPTER_BROKE


def test_an_implementation_that_accepts_everything_does_not_conform(monkeypatch: pytest.MonkeyPatch) -> None:
    class Credulous:
        name = "credulous"

        def run(self, operation: str, fields: Fields) -> Outcome:
            return Accepted(output={})

    monkeypatch.setattr(reference_in_process, "ReferenceInProcess", Credulous)
    result = CliRunner().invoke(
        main, ["properties", "--step", "verification/verify_signature_validity", "--seed", "1"]
    )
    assert result.exit_code == DOES_NOT_CONFORM


@pytest.mark.parametrize(
    "arguments",
    [
        ["properties", "--stage", "nowhere"],
        ["properties", "--step", "nothing"],
        ["properties", "--seed", "-1"],
    ],
)
def test_what_is_no_step_is_a_matter_of_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == USAGE


def test_a_step_is_explained() -> None:
    result = CliRunner().invoke(main, ["explain", "key_exchange/secure_two_party_computation"])
    assert "never the shares" in result.output
    assert "Secure 2PC" in result.output


def test_what_a_property_finds_is_a_file_that_replays(tmp_path: Path) -> None:
    with BREAKS["foundation/ranges"].applied():
        found = CliRunner().invoke(main, [*RANGES, "--failures", str(tmp_path)])
        [path] = tmp_path.iterdir()
        assert f"mpctls-conformance replay {path}" in found.output
        assert CliRunner().invoke(main, ["replay", str(path)]).exit_code == DOES_NOT_CONFORM
    assert CliRunner().invoke(main, ["replay", str(path)]).exit_code == CONFORMS


def test_properties_are_asked_of_any_implementation_for_what_it_has() -> None:
    address = "py:tests.conformance.faux.tree:TREE"
    arguments = ["properties", "-i", address, "--seed", "1", "--json", "--examples", "10"]
    steps = {}
    for step in ("merkle", "framing"):
        result = CliRunner().invoke(main, [*arguments, "--step", f"foundation/{step}"])
        [steps[step]] = json.loads(result.stdout)["steps"]
    assert steps["framing"]["verdict"] == "unsupported"
    assert steps["merkle"]["verdict"] == "unsupported" or steps["merkle"]["accepted"] > 0
