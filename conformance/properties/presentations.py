"""Attestations with their secrets, and presentations of them, as inputs of the last two stages."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.attestation import Attestation
from mpctls.spec.extensions import holder_key_of
from mpctls.spec.files import AttestationSecrets, encode_file
from mpctls.spec.identifiers import Direction
from mpctls.spec.presentation import Presentation
from mpctls.spec.presentation_building import (
    combine_identity_proof,
    generate_transcript_proof,
    select_disclosure_range,
    send_presentation,
)
from mpctls.spec.presentation_building.send_presentation import Holder
from mpctls.spec.prover_states import DisclosureSelection, ProverAttested, ProverSelected
from mpctls.spec.ranges import RangeSet
from mpctls.spec.verifier_policy import BindingRequest

from ..fields import Fields, flag, number, optional, read_flag, read_optional
from .attestations import HOLDER, notary_signed, secrets_of, sessions
from .certificates import NOW

REQUEST = BindingRequest(audience="verifier.example", nonce=b"never used before")


def encoded(ranges: RangeSet | None) -> bytes:
    """A selection of one direction."""
    return optional(None if ranges is None else ranges.encode())


def decoded(octets: bytes) -> RangeSet | None:
    """The selection of one direction."""
    found = read_optional(octets)
    return None if found is None else RangeSet.decode(found)


@st.composite
def attested(draw: DrawFn) -> tuple[Attestation, AttestationSecrets]:
    """An attestation and what opens it."""
    fields = draw(sessions())
    return notary_signed(fields).attestation, secrets_of(fields)


@st.composite
def selections(draw: DrawFn, secrets: AttestationSecrets) -> DisclosureSelection:
    """Some commitments' ranges, joined, so that the selection can be shown."""
    chosen: dict[Direction, set[int]] = {direction: set() for direction in Direction}
    for secret in secrets.commitments:
        if draw(st.booleans()):
            chosen[secret.commitment.direction] |= secret.commitment.ranges.positions()
    sent, received = (RangeSet.holding(chosen[direction]) for direction in Direction)
    identity = True if sent is None and received is None else draw(st.booleans())
    return DisclosureSelection(sent=sent, received=received, identity=identity)


def state_of(fields: Fields) -> ProverAttested:
    """The Prover with an attestation."""
    return ProverAttested(
        attestation=Attestation.decode(fields["attestation"]),
        secrets=AttestationSecrets.decode(fields["secrets"]),
    )


def selection_of(fields: Fields) -> DisclosureSelection:
    """What is to be shown."""
    return DisclosureSelection(
        sent=decoded(fields["sent ranges"]),
        received=decoded(fields["received ranges"]),
        identity=read_flag(fields["identity"]),
    )


def selected(fields: Fields) -> ProverSelected:
    """The Prover with its choice made."""
    return select_disclosure_range.perform(state_of(fields), selection_of(fields))


@st.composite
def choices(draw: DrawFn) -> dict[str, bytes]:
    """An attestation, its secrets and a selection that can be shown."""
    attestation, secrets = draw(attested())
    selection = draw(selections(secrets))
    return {
        "attestation": attestation.encode(),
        "secrets": secrets.encode(),
        "sent ranges": encoded(selection.sent),
        "received ranges": encoded(selection.received),
        "identity": flag(selection.identity),
    }


def unbound(fields: Fields) -> Presentation:
    """The presentation of a choice, without a binding."""
    combined = combine_identity_proof.perform(generate_transcript_proof.perform(selected(fields)))
    return Presentation(
        attestation=combined.attested.attestation,
        identity=combined.identity,
        transcript=combined.transcript,
        predicates=(),
        binding=None,
    )


@st.composite
def presentations(draw: DrawFn) -> Presentation:
    """Presentations that an honest Prover sends, bound where the attestation has a holder."""
    fields = draw(choices())
    combined = combine_identity_proof.perform(generate_transcript_proof.perform(selected(fields)))
    holder = None
    if holder_key_of(combined.attested.attestation.body.prover_extensions) is not None:
        holder = Holder(signing_key=HOLDER, request=REQUEST, issued=NOW, expiry=NOW + 600)
    presented, _ = send_presentation.send(combined, holder)
    return presented.presentation


def file_of(presentation: Presentation) -> bytes:
    """The octets that travel."""
    return encode_file(presentation)


def times(**named: int) -> dict[str, bytes]:
    """Numbers as fields."""
    return {name: number(value) for name, value in named.items()}


def without_binding(presentation: Presentation) -> Presentation:
    """The presentation of a thief who leaves the binding out."""
    return replace(presentation, binding=None)
