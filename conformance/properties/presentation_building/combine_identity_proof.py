"""Which Server it was is shown whole or not at all.

Compared: the identity proof octet for octet, or that there is none.
"""

from __future__ import annotations

from mpctls.spec.presentation_building import combine_identity_proof as step
from mpctls.spec.presentation_building import generate_transcript_proof

from ...fields import Fields, optional
from ...property import Operation
from ..presentations import choices, selected


def _combine(fields: Fields) -> Fields:
    identity = step.perform(generate_transcript_proof.perform(selected(fields))).identity
    return {"identity": optional(None if identity is None else identity.encode())}


OPERATIONS = (Operation(name="presentation_building/identity-proof", inputs=choices, specification=_combine),)
