"""The Notary signs a header that names every algorithm and holds the digest of the whole body.

Compared: header and signature octet for octet, for all algorithms.
"""

from __future__ import annotations

from ...fields import Fields
from ...property import Operation
from ..attestations import notary_signed, sessions


def _sign(fields: Fields) -> Fields:
    attestation = notary_signed(fields).attestation
    return {"header": attestation.header.encode(), "signature": attestation.signature}


OPERATIONS = (Operation(name="attestation_generation/sign", inputs=sessions, specification=_sign),)
