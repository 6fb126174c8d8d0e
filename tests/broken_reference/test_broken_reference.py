"""The reference is broken once for each step, and that step's property is one that notices."""

from __future__ import annotations

import pytest

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.catalogue import Step, steps
from mpctls.conformance.property import operations_of
from mpctls.conformance.runner import Verdict, run_step

from .breaks import BREAKS

STEPS = {step.id: step for step in steps()}
SEED = 1
EXAMPLES = 100

_LONG = {
    step.id
    for step in STEPS.values()
    if all(each.two_party or each.takes_seconds for each in operations_of(step))
}


def _notices(step: Step) -> bool:
    result = run_step(step, ReferenceInProcess(), examples=EXAMPLES, seed_number=SEED, shrink=False)
    if result.verdict is Verdict.BROKE:
        raise AssertionError(result.counter_example)
    return result.verdict is Verdict.FAILED


def test_there_is_a_break_for_every_step() -> None:
    assert set(BREAKS) == set(STEPS)


@pytest.mark.parametrize("name", [name for name in BREAKS if name not in _LONG])
def test_the_property_of_the_broken_step_notices(name: str) -> None:
    with BREAKS[name].applied():
        assert _notices(STEPS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_LONG))
def test_the_property_of_the_broken_computation_notices(name: str) -> None:
    with BREAKS[name].applied():
        assert _notices(STEPS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(STEPS))
def test_the_same_examples_pass_on_the_unbroken_reference(name: str) -> None:
    assert not _notices(STEPS[name])
