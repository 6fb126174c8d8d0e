"""Runs a plan on the specification and on an implementation, and compares after every call."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..adapter import Adapter, UnsupportedError
from ..fields import listed, read_list
from ..generation.rendering import specified_operations
from ..outcomes import Accepted, Outcome
from ..property import Operation
from ..runner import DiffersError
from .plan import Call, Given, Listed, Made, Output, Plan, PlanError, Source
from .ways import WAYS, make


@dataclass(slots=True, kw_only=True)
class Interpreter:
    """A plan that is being run; `outcomes` are the specification's, one for each call."""

    adapter: Adapter
    strict: bool = True
    calls: list[Call] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def run(self, call: Call) -> Outcome | None:
        """Run one call on both; None where the implementation lacks it. Raises DiffersError, PlanError.

        What a call gives to later ones is the specification's output, which is the implementation's too by then.
        """
        operation = self._operation(call.operation)
        fields = {name: self.value(source) for name, source in call.fields.items()}
        expected = operation.specified(fields)
        self.calls.append(call)
        self.outcomes.append(expected)
        try:
            actual = self.adapter.run(operation.name, fields)
        except UnsupportedError:
            return None
        if not self._same(actual, expected):
            raise DiffersError(operation, fields, expected, actual)
        return expected

    @property
    def plan(self) -> Plan:
        """What was run so far."""
        return Plan(calls=tuple(self.calls))

    def value(self, source: Source) -> bytes:
        """The octets of a source. Raises PlanError."""
        match source:
            case Given(octets=octets):
                return octets
            case Listed(items=items):
                return listed([self.value(each) for each in items])
            case Made(way=way, one=one, other=other):
                if way not in WAYS:
                    raise PlanError(f"no way {way[:40]!r}")
                return make(way, self.value(one), self.value(other))
            case Output():
                return self._output(source)

    def _output(self, source: Output) -> bytes:
        outcome = self.outcomes[source.call]
        if not isinstance(outcome, Accepted) or source.field not in outcome.output:
            raise PlanError(f"call {source.call} gave no {source.field!r}")
        octets = outcome.output[source.field]
        if source.item is None:
            return octets
        items = read_list(octets)
        if not 0 <= source.item < len(items):
            raise PlanError(f"{source.field!r} of call {source.call} has no item {source.item}")
        return items[source.item]

    def _operation(self, name: str) -> Operation:
        known = specified_operations()
        if name not in known:
            raise PlanError(f"no operation {name[:60]!r}")
        return known[name]

    def _same(self, actual: Outcome, expected: Outcome) -> bool:
        if self.strict or isinstance(actual, Accepted) or isinstance(expected, Accepted):
            return actual == expected
        return actual.stage == expected.stage


def run_plan(plan: Plan, adapter: Adapter, *, strict: bool = True) -> list[Outcome]:
    """Run all calls of a plan; gives the specified outcomes. Raises DiffersError at the first difference."""
    interpreter = Interpreter(adapter=adapter, strict=strict)
    for call in plan.calls:
        interpreter.run(call)
    return interpreter.outcomes
