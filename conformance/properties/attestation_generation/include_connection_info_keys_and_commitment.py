"""The body holds what the Notary itself saw of the connection, and commitments instead of what could be matched.

Compared: the complete body octet for octet.
"""

from __future__ import annotations

from ...fields import Fields
from ...property import Operation
from ..attestations import notary_signed, sessions


def _complete(fields: Fields) -> Fields:
    return {"body": notary_signed(fields).attestation.body.encode()}


OPERATIONS = (
    Operation(name="attestation_generation/complete-body", inputs=sessions, specification=_complete),
)
