"""The vectors as the mutants meet them: cases with fields and a specified outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..fields import Fields
from ..operations.registry import form_of
from ..outcomes import Accepted, Outcome, Rejected
from ..protocol.messages import Accept
from ..running.cases import Case as Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector of one operation."""

    id: str
    step: str
    operation: str
    fields: Fields
    expected: Outcome


def cases_of(vectors: Iterable[Vector]) -> tuple[Case, ...]:
    """The cases of vectors; whole sessions, which are no single operation, are left to the search for attacks."""
    return tuple(_case(vector) for vector in vectors if vector.operation and vector.calls[0].kind == "run")


def _case(vector: Vector) -> Case:
    (call,) = vector.calls
    form = form_of(call.operation)
    expected: Outcome
    if isinstance(call.expected, Accept):
        expected = Accepted(output=form.output_fields(call.expected.output))
    else:
        expected = Rejected(stage=call.expected.stage, reason=call.expected.reason)
    return Case(
        id=vector.id,
        step=vector.step,
        operation=call.operation,
        fields=form.input_fields(call.input, call.randomness),
        expected=expected,
    )
