"""Decoding accepts exactly what encoding produces, for every type of the formats, and both give the same octets.

Compared: the octets of the value that was decoded, encoded again; or the reason.
"""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mpctls.spec.attestation import Attestation, AttestationBody, Header
from mpctls.spec.commitments import TranscriptCommitment
from mpctls.spec.encoding import decode_as, encode_as
from mpctls.spec.files import AttestationSecrets, decode_file, encode_file
from mpctls.spec.messages import SessionMessage
from mpctls.spec.presentation import Presentation, TranscriptProof
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import VerifyingKey
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields
from ...property import Operation
from ..drawing import damaged, values

TYPES: dict[str, Any] = {
    "session-message": SessionMessage,
    "transcript-commitment": TranscriptCommitment,
    "range-set": RangeSet,
    "verifying-key": VerifyingKey,
    "handshake-data": HandshakeData,
    "header": Header,
    "attestation-body": AttestationBody,
    "attestation": Attestation,
    "attestation-secrets": AttestationSecrets,
    "transcript-proof": TranscriptProof,
    "presentation": Presentation,
}
"""Types by the name that operations use."""

FILES: dict[str, Any] = {
    "attestation-file": Attestation,
    "attestation-secrets-file": AttestationSecrets,
    "presentation-file": Presentation,
}


@st.composite
def _encoded(draw: DrawFn) -> tuple[str, bytes]:
    """A type and a value of it; messages as often as all else, because there are many."""
    if draw(st.booleans()):
        case = draw(st.sampled_from(get_args(get_args(SessionMessage)[0])))
        return "session-message", encode_as(SessionMessage, draw(values(case)))
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(FILES)))
        return name, encode_file(draw(values(FILES[name])))
    name = draw(st.sampled_from(sorted(TYPES)))
    return name, encode_as(TYPES[name], draw(values(TYPES[name])))


@st.composite
def _octets(draw: DrawFn) -> Fields:
    name, octets = draw(_encoded())
    if draw(st.booleans()):
        octets = draw(damaged(octets))
    return {"type": name.encode(), "octets": octets}


def _garbage() -> SearchStrategy[Fields]:
    names = st.sampled_from(sorted([*TYPES, *FILES])).map(str.encode)
    return st.fixed_dictionaries({"type": names, "octets": st.binary(max_size=200)})


def _decode(fields: Fields) -> Fields:
    name = fields["type"].decode()
    if name in FILES:
        return {"octets": encode_file(decode_file(FILES[name], fields["octets"]))}
    return {"octets": encode_as(TYPES[name], decode_as(TYPES[name], fields["octets"]))}


OPERATIONS = (
    Operation(name="foundation/decode", inputs=lambda: _octets() | _garbage(), specification=_decode),
)
