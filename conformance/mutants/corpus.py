"""The vectors as the mutants meet them: questions with fields, in order, and their specified outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..adapters.specification import Specification
from ..fields import Fields
from ..operations.registry import form_of
from ..outcomes import Accepted, Outcome, Rejected
from ..protocol.messages import Accept
from ..running.cases import Call
from ..running.cases import Case as Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked: `run` an operation, or `open`, `step` and `close` a role."""

    kind: str
    operation: str
    role: str
    handle: str
    fields: Fields
    expected: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector."""

    id: str
    step: str
    questions: tuple[Question, ...]

    @property
    def reasons(self) -> frozenset[str]:
        """The reason codes that it expects."""
        refused = (each.expected for each in self.questions)
        return frozenset(f"{each.stage}/{each.reason}" for each in refused if isinstance(each, Rejected))

    def first_difference(self, adapter: Specification) -> tuple[Question, Outcome] | None:
        """The first question with another outcome, and that outcome. Raises AdapterBrokeError."""
        handles: dict[str, str] = {}
        for question in self.questions:
            outcome = _ask(adapter, question, handles)
            if outcome != question.expected:
                return question, outcome
        return None


def _ask(adapter: Specification, question: Question, handles: dict[str, str]) -> Outcome:
    match question.kind:
        case "run":
            return adapter.run(question.operation, question.fields)
        case "open":
            opened = adapter.open(question.role, question.fields)
            if not isinstance(opened, Accepted):
                return opened
            output = dict(opened.output)
            handles[question.handle] = output.pop("handle").decode()
            return Accepted(output=output)
        case "step":
            return adapter.step(handles[question.handle], question.operation, question.fields)
        case _:
            return adapter.close(handles[question.handle])


def cases_of(vectors: Iterable[Vector]) -> tuple[Case, ...]:
    """The cases of vectors."""
    return tuple(
        Case(id=each.id, step=each.step, questions=tuple(map(_question, each.calls))) for each in vectors
    )


def _question(call: Call) -> Question:
    form = form_of(call.operation) if call.operation else None
    expected: Outcome
    if isinstance(call.expected, Accept):
        expected = Accepted(output={} if form is None else form.output_fields(call.expected.output))
    else:
        expected = Rejected(stage=call.expected.stage, reason=call.expected.reason)
    return Question(
        kind=call.kind,
        operation=call.operation,
        role=call.role,
        handle=call.handle,
        fields={} if form is None else form.input_fields(call.input, call.randomness),
        expected=expected,
    )
