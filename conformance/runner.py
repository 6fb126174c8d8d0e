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
        self.operation, self.fields, self.expected, self.actual = operation, fields, expected, actual
        super().__init__(
            f"{operation.name}: specified {describe(expected)}; implementation {describe(actual)}; "
            f"input {describe_fields(fields)}"
        )


@dataclass(slots=True, kw_only=True)
class Count:
    """How many examples were compared, by the specified outcome."""

    accepted: int = 0
    rejected: int = 0

    def add(self, expected: Outcome) -> None:
        """One more."""
        if isinstance(expected, Accepted):
            self.accepted += 1
        else:
            self.rejected += 1


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
    strict: bool = True,
) -> Iterator[Result]:
    """Run the property of each step; `started` is told before each."""
    for step in steps:
        started(step)
        yield run_step(step, adapter, examples=examples, seed_number=seed_number, strict=strict)


def run_step(
    step: Step,
    adapter: Adapter,
    *,
    examples: int,
    seed_number: int | None = None,
    shrink: bool = True,
    strict: bool = True,
) -> Result:
    """Run one step's property to its first difference; without a number the current profile decides the seed.

    Operations that the implementation lacks are left out; with `strict` reasons are compared, else stages.
    """
    count = Count()
    begun = monotonic()
    verdict, counter_example, found = Verdict.PASSED, None, None
    lacking: list[str] = []
    try:
        for operation in operations_of(step):
            try:
                check(
                    operation,
                    adapter,
                    examples=examples,
                    seed_number=seed_number,
                    count=count,
                    shrink=shrink,
                    strict=strict,
                )
            except UnsupportedError as lack:
                lacking.append(str(lack))
        if lacking and not count.accepted + count.rejected:
            verdict, counter_example = Verdict.UNSUPPORTED, "; ".join(lacking)
    except DiffersError as difference:
        verdict, counter_example, found = Verdict.FAILED, str(difference), difference
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
    strict: bool = True,
) -> None:
    """Compare `examples` outcomes of one operation. Raises DiffersError for the smallest difference found.

    Raises UnsupportedError when the implementation lacks what every example needs.
    """
    phases = tuple(
        each for each in Phase if each is not Phase.explain and (shrink or each is not Phase.shrink)
    )
    if operation.two_party or operation.takes_seconds:
        # The first example is always the simplest one.
        ratio = TWO_PARTY_RATIO if operation.two_party else SECONDS_RATIO
        examples = max(2, examples // ratio)
        phases = (Phase.explicit, Phase.generate)
    tally = count or Count()
    lacking: list[UnsupportedError] = []

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
        try:
            actual = adapter.run(operation.name, fields)
        except UnsupportedError as lack:
            lacking.append(lack)
            return
        tally.add(expected)
        if not _same(actual, expected, strict=strict):
            raise DiffersError(operation, fields, expected, actual)

    before = tally.accepted + tally.rejected
    test = compare if seed_number is None else seed(seed_number)(compare)
    test()
    if lacking and tally.accepted + tally.rejected == before:
        raise lacking[0]


def _same(actual: Outcome, expected: Outcome, *, strict: bool) -> bool:
    if strict or isinstance(actual, Accepted) or isinstance(expected, Accepted):
        return actual == expected
    return actual.stage == expected.stage
