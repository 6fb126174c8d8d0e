"""Our reference as an implementation under test, called in this process.

The only place of the suite that imports `mpctls.reference` and `mpctls.zkp`. Each module holds the operations of one
part, by name; a refusal of the reference becomes an outcome, any other exception says that the implementation broke.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from mpctls.reference.foundation.errors import Refused

from ...adapter import AdapterBrokeError
from ...fields import Fields
from ...outcomes import Accepted, Outcome, Rejected

if TYPE_CHECKING:
    from .sessions import ReferenceNotary, ReferenceProver

Handler = Callable[[Fields], Fields]


@cache
def _handlers() -> Mapping[str, Handler]:
    from . import (
        commitment_proofs,
        connection,
        foundation,
        key_exchange,
        link,
        predicates,
        presentation,
        proofs,
        proved_presentations,
        structure,
        submission,
        tls_session,
        zero_knowledge,
    )

    parts = (
        foundation,
        link,
        tls_session,
        key_exchange,
        connection,
        submission,
        commitment_proofs,
        presentation,
        predicates,
        structure,
        zero_knowledge,
        proofs,
        proved_presentations,
    )
    return {name: handler for part in parts for name, handler in part.HANDLERS.items()}


class ReferenceInProcess:
    """Runs operations on the reference."""

    name = "reference in process"

    def __init__(self) -> None:
        self._roles: dict[str, ReferenceNotary | ReferenceProver] = {}
        self._opened = 0

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError for anything but a result or a refusal with a reason."""
        return _outcome(operation, lambda: _handlers()[operation](fields))

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin a role. Raises AdapterBrokeError."""
        from .sessions import opened

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
        """Forget what stands behind a handle. Raises AdapterBrokeError."""

        def end() -> Fields:
            self._roles.pop(handle).close()
            return {}

        return _outcome(f"close {handle}", end)


def _outcome(what: str, work: Callable[[], Fields]) -> Outcome:
    try:
        return Accepted(output=work())
    except Refused as refused:
        return Rejected.of(refused.reason)
    # Whatever else comes out of an implementation, it is the suite's finding and not its end.
    except Exception as error:
        raise AdapterBrokeError(f"{what}: {type(error).__name__}: {error}") from error
