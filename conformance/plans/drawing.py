"""Draws plans with Hypothesis, runs them as they are drawn, and shrinks one that finds a difference."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from ..adapter import Adapter
from ..fields import Fields
from ..runner import DiffersError
from .machine import Roles
from .plan import Plan, Source


class FoundError(DiffersError):
    """A difference, with the smallest plan that leads to it."""

    plan: Plan

    @classmethod
    def of(cls, difference: DiffersError, plan: Plan) -> FoundError:
        """A difference at the end of a plan."""
        found = cls(difference.operation, difference.fields, difference.expected, difference.actual)
        found.plan = plan
        return found


def draw_plans(
    adapter: Adapter, *, count: int, steps: int, seed_number: int | None = None, strict: bool = True
) -> int:
    """Run `count` plans of up to `steps` moves; gives the number of calls. Raises FoundError.

    Without a seed number the current profile decides.
    """
    tally = [0]

    class Machine(Roles):
        def call(self, operation: str, session: Fields, **fields: Source) -> int | None:
            tally[0] += 1
            try:
                return super().call(operation, session, **fields)
            except DiffersError as difference:
                raise FoundError.of(difference, self.interpreter.plan) from difference

    Machine.adapter, Machine.strict = adapter, strict
    machine = Machine if seed_number is None else seed(seed_number)(Machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=False,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    return tally[0]
