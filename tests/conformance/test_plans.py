"""Plans run on both sides, find what an implementation does otherwise, and can be run again from their file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.adapters.specification import Specification
from mpctls.conformance.command_line import main
from mpctls.conformance.fields import Fields, number
from mpctls.conformance.outcomes import Accepted, Outcome
from mpctls.conformance.plans.drawing import FoundError, draw_plans
from mpctls.conformance.plans.interpreter import run_plan
from mpctls.conformance.plans.plan import Call, Given, Listed, Made, Output, Plan, PlanError, Source
from mpctls.conformance.plans.ways import WAYS, make
from mpctls.conformance.runner import DiffersError
from mpctls.spec.identifiers import HashAlgorithm

SOURCES: st.SearchStrategy[Source] = st.recursive(
    st.builds(Given, st.binary(max_size=4)) | st.builds(Output, st.just(0), st.text(max_size=4), st.none()),
    lambda inner: (
        st.builds(Made, st.sampled_from(sorted(WAYS)), inner, inner)
        | st.builds(Listed, st.lists(inner, max_size=2).map(tuple))
    ),
    max_leaves=4,
)


class TakesEveryConfig(Specification):
    """A Notary that takes any config."""

    def run(self, operation: str, fields: Fields) -> Outcome:
        outcome = super().run(operation, fields)
        return Accepted(output={}) if operation == "data_submission/check-config" else outcome


@given(st.lists(st.dictionaries(st.text(max_size=4), SOURCES, max_size=2), min_size=1, max_size=3))
def test_a_plan_is_the_same_after_its_file(calls: list[dict[str, Source]]) -> None:
    first = Call(operation="foundation/hash", fields={})
    plan = Plan(calls=(first, *(Call(operation="o", fields=fields) for fields in calls)))
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize(
    "document",
    [
        {},
        [{"operation": "o"}],
        [{"operation": 1, "fields": {}}],
        [{"operation": "o", "fields": {"a": {"given": "0"}}}],
        [{"operation": "o", "fields": {"a": {"given": "00", "listed": []}}}],
        [{"operation": "o", "fields": {"a": {"output": {"call": 0, "field": "b", "item": None}}}}],
        [{"operation": "o", "fields": {"a": {"taken": "00"}}}],
    ],
)
def test_what_is_no_plan_is_refused(document: object) -> None:
    with pytest.raises(PlanError):
        Plan.from_json(document)  # type: ignore[arg-type]


@given(st.sampled_from(sorted(WAYS)), st.binary(max_size=40), st.binary(max_size=40))
def test_a_way_that_does_not_fit_leaves_things_as_they_are_or_changes_octets(
    way: str, one: bytes, other: bytes
) -> None:
    made = make(way, one, other)
    assert made == one or way.startswith("octets")


def test_outputs_of_one_call_are_inputs_of_the_next() -> None:
    tree = Call(
        operation="foundation/build-tree",
        fields={
            "algorithm": Given(number(HashAlgorithm.SHA256)),
            "leaves": Listed((Given(b"one"), Given(b"two"))),
            "opened": Given(number(1)),
        },
    )
    lead = Call(
        operation="foundation/root-from-proof",
        fields={
            "algorithm": Given(number(HashAlgorithm.SHA256)),
            "leaf count": Given(number(2)),
            "opened": Given(number(1)),
            "leaves": Listed((Given(b"two"),)),
            "proof": Listed((Made("octets: one bit at 0/10", Output(0, "proof", 0), Given(b"")),)),
        },
    )
    built, led = run_plan(Plan(calls=(tree, lead)), ReferenceInProcess())
    assert isinstance(built, Accepted) and isinstance(led, Accepted)
    assert built.output["root"] != led.output["root"]


def test_an_operation_that_is_none_is_refused() -> None:
    with pytest.raises(PlanError, match="no operation"):
        run_plan(Plan(calls=(Call(operation="nothing", fields={}),)), Specification())


def test_roles_in_any_order_with_an_attacker_do_the_same_in_the_reference() -> None:
    assert draw_plans(ReferenceInProcess(), count=2, steps=12, seed_number=7) > 0


@pytest.mark.slow
def test_longer_plans_do_the_same_in_the_reference() -> None:
    assert draw_plans(ReferenceInProcess(), count=10, steps=40) > 0


@pytest.mark.slow
def test_an_implementation_that_differs_is_found_shrunk_and_written(tmp_path: Path) -> None:
    with pytest.raises(FoundError) as found:
        draw_plans(TakesEveryConfig(), count=20, steps=20, seed_number=1)
    difference = found.value
    assert difference.operation.name == "data_submission/check-config"
    assert len(difference.plan.calls) <= 4
    with pytest.raises(DiffersError):
        run_plan(difference.plan, TakesEveryConfig())
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(difference.plan.to_json()), encoding="ascii")
    again = CliRunner().invoke(main, ["plans", str(path)])
    assert again.exit_code == 0, again.output
    assert "no difference" in again.output
