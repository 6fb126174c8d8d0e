"""The transcript proof opens the chosen leaves and leads from them to the signed root.

Compared: the proof octet for octet.
"""

from __future__ import annotations

from mpctls.spec.presentation_building import generate_transcript_proof as step

from ...fields import Fields, optional
from ...property import Operation
from ..presentations import choices, selected


def _prove(fields: Fields) -> Fields:
    transcript = step.perform(selected(fields)).transcript
    return {"proof": optional(None if transcript is None else transcript.encode())}


OPERATIONS = (Operation(name="presentation_building/transcript-proof", inputs=choices, specification=_prove),)
