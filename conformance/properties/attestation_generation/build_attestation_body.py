"""The body says whose statement it is, what the Prover claims and what the Notary adds, each in its own list.

Compared: the Notary's key and both lists of extensions, octet for octet.
"""

from __future__ import annotations

from mpctls.spec.attestation_generation import build_attestation_body as step

from ...fields import Fields, listed
from ...property import Operation
from ..attestations import notary_rooted, sessions


def _build(fields: Fields) -> Fields:
    started = step.perform(notary_rooted(fields))
    return {
        "verifying key": started.verifying_key.encode(),
        "prover extensions": listed([each.encode() for each in started.prover_extensions]),
        "notary extensions": listed([each.encode() for each in started.notary_extensions]),
    }


OPERATIONS = (Operation(name="attestation_generation/start-body", inputs=sessions, specification=_build),)
