"""Runs every mutant over the vectors that reach its check, and says which vector told it from the specification."""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from ..adapter import AdapterBrokeError
from ..adapters.specification import Specification
from ..outcomes import Rejected
from .corpus import Case
from .meant import steps_meant
from .mutant import Mutant
from .patching import patched
from .reaching import Reached, by_anchor, reach

LONGEST = 20
"""Seconds that a mutant may take over one vector; some never end."""
MOST_MEMORY = 6 * 2**30
"""Octets of address space of one mutant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """The vector that a mutant answered otherwise. `meant` says whether it is of a step meant for the check."""

    by: str
    meant: bool
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one mutant; `reached` counts the vectors that came to its check."""

    mutant: Mutant
    reached: int
    killed: Killed | None


class UnsoundCorpusError(RuntimeError):
    """The unchanged specification answers a vector otherwise than the vector says."""


def run_matrix(mutants: Sequence[Mutant], cases: Sequence[Case], *, jobs: int) -> Iterator[Row]:
    """The row of each mutant, in their order. Raises UnsoundCorpusError."""
    context = multiprocessing.get_context("fork")
    _SHARED.update(mutants=mutants, cases=cases)
    # In a process of its own: what the specification keeps from one call to the next must not hide a change later.
    with context.Pool(jobs, maxtasksperchild=1) as pool:
        parts = pool.map(_reach_part, [(index, jobs) for index in range(jobs)], chunksize=1)
    reached: list[Reached | None] = [None] * len(cases)
    for index, part in enumerate(parts):
        reached[index::jobs] = part
    complete = [each for each in reached if each is not None]
    wrong = [case.id for case, each in zip(cases, complete, strict=True) if not each.conforms]
    if wrong:
        raise UnsoundCorpusError(f"the specification differs from {len(wrong)} vectors, first {wrong[0]}")
    _SHARED["reached"] = complete
    _SHARED["anchors"] = by_anchor(complete)
    with context.Pool(jobs, maxtasksperchild=1) as pool:
        yield from (
            Row(mutant=mutant, reached=count, killed=killed)
            for mutant, (count, killed) in zip(
                mutants, pool.imap(_judge, range(len(mutants)), chunksize=1), strict=True
            )
        )


_SHARED: dict[str, object] = {}
"""What forked processes inherit, so that nothing large is sent to them."""


def _inherited() -> tuple[Sequence[Mutant], Sequence[Case]]:
    return _SHARED["mutants"], _SHARED["cases"]  # type: ignore[return-value]


def _reach_part(part: tuple[int, int]) -> list[Reached]:
    mutants, cases = _inherited()
    index, jobs = part
    return list(reach(mutants, cases[index::jobs]))


def _judge(number: int) -> tuple[int, Killed | None]:
    mutants, cases = _inherited()
    mutant = mutants[number]
    anchors: Mapping[object, tuple[int, ...]] = _SHARED["anchors"]  # type: ignore[assignment]
    reached: Sequence[Reached] = _SHARED["reached"]  # type: ignore[assignment]
    numbers = anchors.get((mutant.module, mutant.anchor), ())
    meant = steps_meant(mutant.module)

    def rank(at: int) -> tuple[bool, bool, float]:
        of_reason = mutant.reason in cases[at].reasons
        return cases[at].step not in meant, not of_reason, reached[at].seconds

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    with patched(mutant.module, mutant.build()):
        for at in sorted(numbers, key=rank):
            answer = _answer(cases[at])
            if answer is not None:
                return len(numbers), Killed(by=cases[at].id, meant=cases[at].step in meant, answer=answer)
    return len(numbers), None


def _answer(case: Case) -> str | None:
    """The mutant's answer where it is not the specified one."""
    signal.alarm(LONGEST)
    try:
        difference = case.first_difference(Specification())
    except AdapterBrokeError:
        return "broke"
    finally:
        signal.alarm(0)
    if difference is None:
        return None
    question, outcome = difference
    if isinstance(outcome, Rejected):
        return f"{outcome.stage}/{outcome.reason}"
    return "accepted" if isinstance(question.expected, Rejected) else "another output"


class _TooLongError(Exception):
    """A mutant did not end."""


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLongError
