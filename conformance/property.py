"""A property: operations whose outcome the specification determines, and where their inputs come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from mpctls.spec.reasons import Rejection

from .catalogue import Step
from .fields import Fields
from .outcomes import Accepted, Outcome, Rejected

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: how to draw its fields, faults included, and what the specification says of them.

    `two_party` marks what runs the whole two-party computation and is drawn far less often; there the output is what
    the ideal functionality defines, never a share. `takes_seconds` marks what does so in the specification, which
    computes pairings in plain Python; it is drawn less often.
    """

    name: str
    inputs: Callable[[], SearchStrategy[Fields]]
    specification: Callable[[Fields], Fields]
    two_party: bool = False
    takes_seconds: bool = False

    def specified(self, fields: Fields) -> Outcome:
        """The outcome that every implementation must have."""
        try:
            return Accepted(output=self.specification(fields))
        except Rejection as rejection:
            return Rejected.of(rejection.reason.value)


def operations_of(step: Step) -> tuple[Operation, ...]:
    """The operations of a step's property."""
    operations: tuple[Operation, ...] = import_module(step.module).OPERATIONS
    return operations
