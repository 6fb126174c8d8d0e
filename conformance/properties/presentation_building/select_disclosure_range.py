"""A selection opens every hash commitment that lies inside it, and no octet that is not selected.

Compared: the indices of the opened leaves; or the reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import EncodingSecret, HashSecret
from mpctls.spec.files import AttestationSecrets
from mpctls.spec.ranges import RangeSet

from ...fields import Fields, flag, numbers
from ...property import Operation
from ..drawing import flipped, range_sets
from ..presentations import attested, choices, encoded, selected

_FAULTS = ("honest", "honest", "bounds", "uncovered", "nothing", "blinder", "other kind", "octet", "key exchange",
           "handshake", "length", "order", "other attestation")  # fmt: skip


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields = draw(choices())
    secrets = AttestationSecrets.decode(fields["secrets"])
    commitments = secrets.commitments
    opening = commitments[0].opening
    match draw(st.sampled_from(_FAULTS)):
        case "bounds":
            fields["sent ranges"] = encoded(RangeSet.of((0, len(secrets.sent) + 1)))
        case "uncovered":
            fields["received ranges"] = encoded(draw(range_sets(len(secrets.received))))
        case "nothing":
            fields["sent ranges"] = fields["received ranges"] = encoded(None)
            fields["identity"] = flag(False)
        case "blinder":
            changed = replace(commitments[0], opening=replace(opening, blinder=flipped(opening.blinder)))
            secrets = replace(secrets, commitments=(changed, *commitments[1:]))
        case "other kind":
            hashed = isinstance(opening, HashSecret)
            other = EncodingSecret(blinder=bytes(32)) if hashed else HashSecret(blinder=bytes(16))
            secrets = replace(secrets, commitments=(replace(commitments[0], opening=other), *commitments[1:]))
        case "octet":
            first = commitments[0].commitment
            octets = secrets.sent if first.direction == 0 else secrets.received
            changed_octets = flipped(octets, first.ranges.ranges[0].start)
            name = "sent" if first.direction == 0 else "received"
            change: dict[str, Any] = {name: changed_octets}
            secrets = replace(secrets, **change)
        case "key exchange":
            opened = secrets.key_exchange
            secrets = replace(secrets, key_exchange=replace(opened, blinder=flipped(opened.blinder)))
        case "handshake":
            hidden = secrets.handshake
            secrets = replace(secrets, handshake=replace(hidden, blinder=flipped(hidden.blinder)))
        case "length":
            secrets = replace(secrets, received=secrets.received + b"\0")
        case "order" if len(commitments) > 1:
            secrets = replace(secrets, commitments=commitments[1:] + commitments[:1])
        case "other attestation":
            fields["attestation"] = draw(attested())[0].encode()
    fields["secrets"] = secrets.encode()
    return fields


def _select(fields: Fields) -> Fields:
    return {"opened": numbers(selected(fields).opened)}


OPERATIONS = (Operation(name="presentation_building/select", inputs=_inputs, specification=_select),)
