"""The vectors as the mutants meet them: cases with fields and a specified outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Fields
from ..operations.registry import form_of
from ..outcomes import Accepted, Outcome, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector. `step` is the first two parts of its id, `base` the id of the accepted vector it comes from."""

    id: str
    operation: str
    fields: Fields
    expected: Outcome
    base: str | None

    @property
    def step(self) -> str:
        """`stage/step`."""
        return "/".join(self.id.split("/")[:2])


def cases_of(documents: Iterable[Mapping[str, Any]]) -> tuple[Case, ...]:
    """The cases of vector files; whole sessions, which are no single operation, are left to their own runner."""
    return tuple(
        _case(vector) for document in documents for vector in document["vectors"] if "operation" in vector
    )


def _case(vector: Mapping[str, Any]) -> Case:
    form = form_of(vector["operation"])
    expected = vector["expected"]
    outcome: Outcome
    if "accept" in expected:
        outcome = Accepted(output=form.output_fields(expected["accept"]))
    else:
        outcome = Rejected(stage=expected["reject"]["stage"], reason=expected["reject"]["reason"])
    return Case(
        id=vector["id"],
        operation=vector["operation"],
        fields=form.input_fields(vector["input"], vector["randomness"]),
        expected=outcome,
        base=vector.get("base"),
    )
