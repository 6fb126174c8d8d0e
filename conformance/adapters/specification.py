"""The specification itself as an implementation under test: what mutants are made of, and a check of the vectors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..adapter import AdapterBrokeError
from ..catalogue import steps
from ..fields import Fields
from ..outcomes import Outcome
from ..property import Operation, operations_of


@cache
def _operations() -> Mapping[str, Operation]:
    return {operation.name: operation for step in steps() for operation in operations_of(step)}


class Specification:
    """Runs operations on the specification."""

    name = "specification"

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError for anything but a result or a refusal with a reason."""
        try:
            return _operations()[operation].specified(fields)
        # A mutant may fail in any way; that is an outcome too.
        except Exception as error:
            raise AdapterBrokeError(f"{operation}: {type(error).__name__}: {error}") from error
