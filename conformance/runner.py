"""Runs properties: draws inputs with Hypothesis, compares outcomes, shrinks what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from time import monotonic

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException

from .adapter import Adapter, AdapterBrokeError, UnsupportedError
from .catalogue import Step
from .fields import Fields
from .outcomes import Accepted, Outcome, describe, describe_fields
from .property import Operation, operations_of

TWO_PARTY_RATIO = 25
"""For so many examples of another operation, one that runs the two-party computation."""
SECONDS_RATIO = 10
"""The same of what takes seconds in the specification."""


class Verdict(Enum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    BROKE = "broke"
    UNSUPPORTED = "unsupported"


class DiffersError(AssertionError):
    """Specification and implementation have different outcomes."""

    def __init__(self, operation: Operation, fields: Fields, expected: Outcome, actual: Outcome) -> None:
        self.operation, self.fields, self.expected = operation, fields, expected
        super().__init__(
            f"{operation.name}: specified {describe(expected)}; implementation {describe(actual)}; "
            f"input {describe_fields(fields)}"
        )


@dataclass(slots=True, kw_only=True)
class Count:
    """How many examples were compared, by the specified outcome."""

    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a step's property found. `counter_example` says where specification and implementation part."""

    step: Step
    verdict: Verdict
    accepted: int
    rejected: int
    seconds: float
    counter_example: str | None
    difference: DiffersError | None = None


def run_steps(
    steps: Iterable[Step],
    adapter: Adapter,
    *,
    examples: int,
    seed_number: int,
    started: Callable[[Step], None],
) -> Iterator[Result]:
    """Run the property of each step; `started` is told before each."""
    for step in steps:
        started(step)
        yield run_step(step, adapter, examples=examples, seed_number=seed_number)


def run_step(
    step: Step, adapter: Adapter, *, examples: int, seed_number: int | None = None, shrink: bool = True
) -> Result:
    """Run one step's property to its first difference; without a number the current profile decides the seed."""
    count = Count()
    begun = monotonic()
    verdict, counter_example, found = Verdict.PASSED, None, None
    try:
        for operation in operations_of(step):
            check(operation, adapter, examples=examples, seed_number=seed_number, count=count, shrink=shrink)
    except DiffersError as difference:
        verdict, counter_example, found = Verdict.FAILED, str(difference), difference
    except UnsupportedError as lack:
        verdict, counter_example = Verdict.UNSUPPORTED, str(lack)
    except (AdapterBrokeError, HypothesisException, ExceptionGroup) as error:
        verdict, counter_example = Verdict.BROKE, str(error)
    return Result(
        step=step,
        verdict=verdict,
        accepted=count.accepted,
        rejected=count.rejected,
        seconds=monotonic() - begun,
        counter_example=counter_example,
        difference=found,
    )


def check(
    operation: Operation,
    adapter: Adapter,
    *,
    examples: int,
    seed_number: int | None = None,
    count: Count | None = None,
    shrink: bool = True,
) -> None:
    """Compare `examples` outcomes of one operation. Raises DiffersError for the smallest difference found."""
    phases = tuple(
        each for each in Phase if each is not Phase.explain and (shrink or each is not Phase.shrink)
    )
    if operation.two_party or operation.takes_seconds:
        # The first example is always the simplest one.
        ratio = TWO_PARTY_RATIO if operation.two_party else SECONDS_RATIO
        examples = max(2, examples // ratio)
        phases = (Phase.explicit, Phase.generate)
    tally = count or Count()

    @settings(
        max_examples=examples,
        phases=phases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.inputs())
    def compare(fields: Fields) -> None:
        expected = operation.specified(fields)
        if isinstance(expected, Accepted):
            tally.accepted += 1
        else:
            tally.rejected += 1
        actual = adapter.run(operation.name, fields)
        if actual != expected:
            raise DiffersError(operation, fields, expected, actual)

    test = compare if seed_number is None else seed(seed_number)(compare)
    test()
