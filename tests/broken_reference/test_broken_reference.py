"""The reference is broken once for each step, and that step's property is one that notices."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest

import mpctls.reference
import mpctls.zkp
from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.catalogue import Step, steps
from mpctls.conformance.property import operations_of
from mpctls.conformance.runner import DiffersError, Verdict, run_step

from .breaks import BREAKS

STEPS = {step.id: step for step in steps()}
SEED = 1
EXAMPLES = 100

_LONG = {
    step.id
    for step in STEPS.values()
    if any(each.two_party or each.takes_seconds for each in operations_of(step))
}


@pytest.fixture(scope="module", autouse=True)
def _everything_is_imported() -> None:
    """A module that is first imported while something is broken would keep what it took from there."""
    for room in (mpctls.reference, mpctls.zkp):
        for info in walk_packages(room.__path__, f"{room.__name__}."):
            if not info.name.endswith("__main__"):
                import_module(info.name)


def _noticed(step: Step) -> DiffersError:
    """The example by which the step's property notices the break."""
    result = run_step(step, ReferenceInProcess(), examples=EXAMPLES, seed_number=SEED, shrink=False)
    if result.verdict is not Verdict.FAILED or result.difference is None:
        raise AssertionError(result.counter_example or "the property did not notice")
    return result.difference


def _is_noticed(name: str) -> None:
    with BREAKS[name].applied():
        difference = _noticed(STEPS[name])
    # It is the break that was noticed: unbroken, the reference has the specified outcome of the same example.
    outcome = ReferenceInProcess().run(difference.operation.name, difference.fields)
    assert outcome == difference.expected


def test_there_is_a_break_for_every_step() -> None:
    assert set(BREAKS) == set(STEPS)


@pytest.mark.parametrize("name", [name for name in BREAKS if name not in _LONG])
def test_the_property_of_the_broken_step_notices(name: str) -> None:
    _is_noticed(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_LONG))
def test_the_property_of_the_broken_computation_notices(name: str) -> None:
    _is_noticed(name)
