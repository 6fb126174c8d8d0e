"""Every step of the reference has the outcomes that the specification gives, on good and on bad input."""

from __future__ import annotations

import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import settings

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.catalogue import Step, steps
from mpctls.conformance.property import Operation, operations_of
from mpctls.conformance.runner import check

SHARE = 5 / 2
"""For so many examples of the profile, one of each operation: there are many operations."""


def _cases() -> list[ParameterSet]:
    return [
        pytest.param(
            step,
            operation,
            id=f"{step.id}:{operation.name}",
            marks=[pytest.mark.slow] if operation.takes_seconds else [],
        )
        for step in steps()
        for operation in operations_of(step)
    ]


@pytest.mark.parametrize(("step", "operation"), _cases())
def test_the_reference_conforms(step: Step, operation: Operation) -> None:
    profile = settings.get_profile(settings.get_current_profile_name())
    check(operation, ReferenceInProcess(), examples=int(profile.max_examples / SHARE))
