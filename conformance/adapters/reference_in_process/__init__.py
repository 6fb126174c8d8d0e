"""Our reference as an implementation under test, called in this process.

The only place of the suite that imports `mpctls.reference` and `mpctls.zkp`. Each module holds the operations of one
part, by name; a refusal of the reference becomes an outcome, any other exception says that the implementation broke.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from mpctls.reference.foundation.errors import Refused

from ...adapter import AdapterBrokeError
from ...fields import Fields
from ...outcomes import Accepted, Outcome, Rejected

Handler = Callable[[Fields], Fields]


@cache
def _handlers() -> Mapping[str, Handler]:
    from . import (
        commitment_proofs,
        connection,
        foundation,
        key_exchange,
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

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError for anything but a result or a refusal with a reason."""
        try:
            return Accepted(output=_handlers()[operation](fields))
        except Refused as refused:
            return Rejected.of(refused.reason)
        # Whatever else comes out of an implementation, it is the suite's finding and not its end.
        except Exception as error:
            raise AdapterBrokeError(f"{operation}: {type(error).__name__}: {error}") from error
