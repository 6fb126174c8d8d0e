"""The specification itself as an implementation under test: what mutants are made of, and a check of the vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from mpctls.spec.reasons import Rejection

from ..adapter import AdapterBrokeError
from ..catalogue import steps
from ..fields import Fields
from ..outcomes import Accepted, Outcome, Rejected
from ..property import Operation, operations_of
from ..whole_sessions.roles import SpecifiedRole, opened


@cache
def _operations() -> Mapping[str, Operation]:
    return {operation.name: operation for step in steps() for operation in operations_of(step)}


class Specification:
    """Runs operations on the specification."""

    name = "specification"

    def __init__(self) -> None:
        self._roles: dict[str, SpecifiedRole] = {}
        self._opened = 0

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError for anything but a result or a refusal with a reason."""
        try:
            return _operations()[operation].specified(fields)
        # A mutant may fail in any way; that is an outcome too.
        except Exception as error:
            raise AdapterBrokeError(f"{operation}: {type(error).__name__}: {error}") from error

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin a role. Raises AdapterBrokeError."""

        def begin() -> Fields:
            self._opened += 1
            handle = f"{role}-{self._opened}"
            self._roles[handle] = opened(role, fields)
            return {"handle": handle.encode()}

        return _outcome(f"open {role}", begin)

    def step(self, handle: str, operation: str, fields: Fields) -> Outcome:
        """Let the role behind a handle run one operation. Raises AdapterBrokeError."""
        return _outcome(operation, lambda: self._roles[handle].run(operation, fields))

    def close(self, handle: str) -> Outcome:
        """Forget what stands behind a handle."""
        self._roles.pop(handle)
        return Accepted(output={})


def _outcome(what: str, work: Callable[[], Fields]) -> Outcome:
    try:
        return Accepted(output=work())
    except Rejection as rejection:
        return Rejected.of(rejection.reason.value)
    except Exception as error:
        raise AdapterBrokeError(f"{what}: {type(error).__name__}: {error}") from error
