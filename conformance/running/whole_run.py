"""A whole run: cases in an order that a seed decides, over workers that each ask a process of their own."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from queue import Empty, SimpleQueue
from time import monotonic

from ..adapter import AdapterBrokeError
from ..operations.form import Feature
from ..operations.registry import forms
from ..protocol.messages import Hello
from ..transports.address import Opener
from ..transports.conversation import Conversation, Deadlines
from .cases import Case, Corpus
from .examining import Examiner
from .expected_failures import Entry, applied, unused
from .judging import Verdict
from .results import Result, Summary

GRACE = 0.5
"""Seconds that a worker has to end by itself when a run is left early."""
PART = 64
"""Cases of a family that one worker takes at once; a base that lies in another part is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does, and how."""

    corpus: Corpus
    cases: Sequence[Case]
    strict: bool
    workers: int = 1
    seed: int | None = None
    budget: float | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)
    expected_failures: tuple[Entry, ...] = ()


class Run:
    """Runs a plan once: `hello`, then all of `results`, then `summary`."""

    def __init__(
        self, plan: Plan, opener: Opener, traced: Callable[[int, str, bytes], None] | None = None
    ) -> None:
        self._plan = plan
        self._conversations = [
            Conversation(
                opener=opener,
                deadlines=plan.deadlines,
                traced=None if traced is None else _of_worker(traced, number),
            )
            for number in range(1, plan.workers + 1)
        ]
        self._parts: SimpleQueue[Sequence[Case]] = SimpleQueue()
        for part in parts(plan.cases, plan.seed):
            self._parts.put(part)
        self._results: SimpleQueue[Result | None] = SimpleQueue()
        self._counts: Counter[Verdict] = Counter()
        self._faults: list[str] = []
        self._stopping = threading.Event()
        self._begun = monotonic()

    def hello(self) -> Hello:
        """Who the implementation is. Raises AdapterBrokeError."""
        return self._conversations[0].hello()

    def errors(self) -> str:
        """What it had written to standard error when it broke first."""
        return self._conversations[0].errors

    def results(self) -> Iterator[Result]:
        """Every result as it comes. Closing the iterator ends the run."""
        threads = [
            threading.Thread(target=self._work, args=(conversation,), daemon=True)
            for conversation in self._conversations
        ]
        try:
            for thread in threads:
                thread.start()
            working = len(threads)
            while working:
                result = self._results.get()
                if result is None:
                    working -= 1
                    continue
                judged = applied(result, self._plan.expected_failures)
                self._counts[judged.verdict] += 1
                yield judged
        finally:
            self._stopping.set()
            for thread, conversation in zip(threads, self._conversations, strict=True):
                thread.join(timeout=GRACE)
                conversation.abandon()

    def summary(self) -> Summary:
        """What came out."""
        hello = self.hello_of_any()
        strange = sorted(set(hello.operations) - set(forms()))
        strange += sorted(set(hello.features) - {feature.value for feature in Feature})
        notes = [f"its hello names {name}, which this suite does not know" for name in strange]
        notes += [
            f"started again {conversation.restarts} times"
            for conversation in self._conversations
            if conversation.restarts
        ]
        not_run = len(self._plan.cases) - self._counts.total()
        if not_run and self._plan.budget is None:
            self._faults.append(f"{not_run} cases have no result")
        return Summary(
            hello=hello,
            counts=self._counts,
            not_run=not_run,
            seconds=monotonic() - self._begun,
            faults=tuple(self._faults),
            unused=unused(self._plan.expected_failures, self._plan.corpus.cases.values()),
            notes=tuple(notes),
        )

    def hello_of_any(self) -> Hello:
        """The hello that was given, by any worker. Raises AdapterBrokeError when there was none."""
        for conversation in self._conversations:
            if conversation.greeting is not None:
                return conversation.greeting
        raise AdapterBrokeError("no hello")

    def _work(self, conversation: Conversation) -> None:
        examiner = Examiner(
            conversation=conversation, corpus=self._plan.corpus.cases, strict=self._plan.strict
        )
        try:
            for case in self._taken():
                self._results.put(examiner.examine(case))
            if not self._stopping.is_set():
                conversation.stop()
        except AdapterBrokeError as error:
            self._faults.append(f"at the end: {error}")
        finally:
            conversation.abandon()
            self._results.put(None)

    def _taken(self) -> Iterator[Case]:
        """The cases of one worker, until all are taken or the run is over."""
        while True:
            try:
                part = self._parts.get_nowait()
            except Empty:
                return
            for case in part:
                if self._over():
                    return
                yield case

    def _over(self) -> bool:
        budget = self._plan.budget
        return self._stopping.is_set() or (budget is not None and monotonic() - self._begun > budget)


def parts(cases: Sequence[Case], seed: int | None) -> list[Sequence[Case]]:
    """Cases in parts of one family each: as they stand, or in the order that a seed gives everywhere."""
    families: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        families[case.family].append(case)
    if seed is None:
        ordered: Mapping[str, list[Case]] = families
    else:
        ordered = {name: _shuffled(families[name], seed) for name in sorted(families, key=_place(seed))}
    return [
        family[start : start + PART] for family in ordered.values() for start in range(0, len(family), PART)
    ]


def _shuffled(family: list[Case], seed: int) -> list[Case]:
    place = _place(seed)
    return sorted(family, key=lambda case: place(case.id))


def _place(seed: int) -> Callable[[str], bytes]:
    return lambda name: sha256(f"{seed} {name}".encode()).digest()


def _of_worker(traced: Callable[[int, str, bytes], None], number: int) -> Callable[[str, bytes], None]:
    return lambda direction, line: traced(number, direction, line)
