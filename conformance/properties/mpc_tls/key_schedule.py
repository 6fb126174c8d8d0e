"""The key schedule opens to both parties what the table of views lists, and nothing else.

Compared: every value that is opened to each party, in order: inner states, A(i), implicit nonces.
"""

from __future__ import annotations

from mpctls.spec.diagram import Role

from ...fields import Fields
from ...property import Operation
from ..connections import after_key_schedule, handshake_fields, opened_to


def _derive(fields: Fields) -> Fields:
    _, connection = after_key_schedule(fields)
    return {"prover": opened_to(connection, Role.PROVER), "notary": opened_to(connection, Role.NOTARY)}


OPERATIONS = (
    Operation(
        name="mpc_tls/key-schedule",
        inputs=lambda: handshake_fields().map(lambda drawn: drawn[0]),
        specification=_derive,
        two_party=True,
    ),
)
