"""Puts cases before one implementation, one after another, bases before what comes from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from ..adapter import AdapterBrokeError, AdapterHungError
from ..operations.form import Feature
from ..protocol.messages import Accept, Hello
from ..protocol.messages import Verdict as Got
from ..transports.conversation import Conversation
from .cases import Case
from .judging import Judgement, Verdict, judge
from .results import Result
from .sessions import ask, close_all

PATIENCE: Mapping[str, float] = {
    Feature.TWO_PARTY_COMPUTATION.value: 6.0,
    Feature.CIRCUITS.value: 4.0,
    Feature.PLONK.value: 4.0,
    Feature.GROTH16.value: 4.0,
}
"""How much longer than other operations those may take that need a feature."""
GIVES_UP_AFTER = 5
"""Crashes and hangs in a row after which the rest is not asked any more."""


@dataclass(slots=True, kw_only=True)
class Examiner:
    """Examines one implementation through one conversation. `corpus` holds the bases of the cases."""

    conversation: Conversation
    corpus: Mapping[str, Case]
    strict: bool
    _results: dict[str, Result] = field(default_factory=dict)
    _broken_in_a_row: int = 0

    def examine(self, case: Case) -> Result:
        """The result of a case; its base is examined first, if it was not yet."""
        known = self._results.get(case.id)
        if known is not None:
            return known
        without = self._without_asking(case)
        result = self._ask(case) if without is None else _unasked(case, without)
        self._results[case.id] = result
        return result

    def _without_asking(self, case: Case) -> Judgement | None:
        if self._broken_in_a_row >= GIVES_UP_AFTER:
            message = f"not asked: the implementation broke {self._broken_in_a_row} times in a row"
            return Judgement(verdict=Verdict.BROKE, message=message)
        try:
            lacking = sorted(case.operations - set(self.conversation.hello().operations))
        except AdapterBrokeError as error:
            self._broken_in_a_row += 1
            return Judgement(verdict=_broken(error), message=str(error))
        if lacking:
            return Judgement(verdict=Verdict.UNSUPPORTED, message=f"its hello does not name {lacking[0]}")
        return None if case.base is None else self._base(self.corpus[case.base])

    def _base(self, base: Case) -> Judgement | None:
        """What a base that was not accepted makes of the cases that come from it."""
        result = self.examine(base)
        accepted = len(result.got) == len(base.calls) == 1 and isinstance(result.got[0], Accept)
        if accepted or result.verdict is Verdict.PASSED:
            return None
        if result.verdict is Verdict.UNSUPPORTED:
            return Judgement(verdict=Verdict.UNSUPPORTED, message=f"its base {base.id}: {result.message}")
        message = (
            f"not asked: its base {base.id} is not accepted ({result.verdict.value}), and who refuses "
            "everything would pass"
        )
        return Judgement(verdict=Verdict.FAILED, message=message)

    def _ask(self, case: Case) -> Result:
        hello = self.conversation.hello()
        patience = max((PATIENCE.get(feature, 1.0) for feature in case.features), default=1.0)
        got: list[Got] = []
        self.conversation.transcript.clear()
        self.conversation.take_errors()
        begun = monotonic()
        try:
            judgement = self._calls(case, hello, patience, got)
            self._broken_in_a_row = 0
        except AdapterBrokeError as error:
            self._broken_in_a_row += 1
            judgement = Judgement(verdict=_broken(error), message=str(error))
        return Result(
            case=case,
            verdict=judgement.verdict,
            message=judgement.message,
            got=tuple(got),
            difference=judgement.difference,
            seconds=monotonic() - begun,
            transcript=tuple(self.conversation.transcript),
            errors="" if judgement.verdict is Verdict.PASSED else self.conversation.take_errors(),
        )

    def _calls(self, case: Case, hello: Hello, patience: float, got: list[Got]) -> Judgement:
        handles: dict[str, str] = {}
        judgement = Judgement(verdict=Verdict.PASSED)
        for at, call in enumerate(case.calls):
            outcome = ask(call, self.conversation, handles, patience)
            got.append(outcome)
            judgement = judge(case, call, outcome, hello, strict=self.strict)
            if judgement.verdict is not Verdict.PASSED:
                judgement = _at(judgement, at, len(case.calls))
                break
        close_all(self.conversation, handles)
        return judgement


def _at(judgement: Judgement, at: int, count: int) -> Judgement:
    if count == 1:
        return judgement
    return Judgement(
        verdict=judgement.verdict,
        message=f"operation {at + 1} of {count}: {judgement.message}",
        difference=judgement.difference,
    )


def _broken(error: AdapterBrokeError) -> Verdict:
    return Verdict.HANG if isinstance(error, AdapterHungError) else Verdict.BROKE


def _unasked(case: Case, judgement: Judgement) -> Result:
    return Result(
        case=case,
        verdict=judgement.verdict,
        message=judgement.message,
        got=(),
        difference=None,
        seconds=0.0,
        transcript=(),
        errors="",
    )
