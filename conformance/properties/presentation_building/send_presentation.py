"""A presentation travels as a file, bound to one audience where the attestation has a holder.

Compared: the file octet for octet; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.presentation_building import combine_identity_proof, generate_transcript_proof
from mpctls.spec.presentation_building import send_presentation as step
from mpctls.spec.signatures import SigningKey
from mpctls.spec.verifier_policy import BindingRequest

from ...fields import Fields, listed, number, optional, read_list, read_number, read_optional
from ...property import Operation
from ..attestations import HOLDER
from ..certificates import NOW
from ..drawing import LETTERS, signing_key
from ..presentations import choices, selected


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields = draw(choices())
    other = signing_key(HOLDER.algorithm, 2)
    holder = draw(st.sampled_from((HOLDER, HOLDER, other, None)))
    return {
        **fields,
        "holder": optional(None if holder is None else listed([number(holder.algorithm), holder.secret])),
        "audience": draw(st.text(LETTERS, max_size=20)).encode(),
        "nonce": draw(st.binary(min_size=16, max_size=64)),
        "issued": number(NOW),
        "expiry": number(NOW + draw(st.integers(0, 1000))),
    }


def _send(fields: Fields) -> Fields:
    combined = combine_identity_proof.perform(generate_transcript_proof.perform(selected(fields)))
    key = read_optional(fields["holder"])
    holder = None
    if key is not None:
        algorithm, secret = read_list(key)
        holder = step.Holder(
            signing_key=SigningKey(algorithm=SignatureAlgorithm(read_number(algorithm)), secret=secret),
            request=BindingRequest(audience=fields["audience"].decode(), nonce=fields["nonce"]),
            issued=read_number(fields["issued"]),
            expiry=read_number(fields["expiry"]),
        )
    _, message = step.send(combined, holder)
    return {"file": message.octets}


OPERATIONS = (Operation(name="presentation_building/send", inputs=_inputs, specification=_send),)
