"""Operations of presentation building: what the Prover opens, and how it travels."""

from __future__ import annotations

from .form import Field, Form, Role
from .shapes import FLAG, NUMBER, NUMBERS, OCTETS, TEXT, Maybe, Octets, Tuple

_CHOICE = {
    "attestation": Field(shape=OCTETS, meaning="BCS Attestation (formats.md, section 7)."),
    "secrets": Field(shape=OCTETS, meaning="BCS AttestationSecrets (formats.md, section 8)."),
    "sent ranges": Field(
        shape=Maybe(item=OCTETS), meaning="What to show of what was sent: BCS RangeSet, or null for nothing."
    ),
    "received ranges": Field(shape=Maybe(item=OCTETS), meaning="The same of what was received."),
    "identity": Field(shape=FLAG, meaning="Whether to show which Server it was."),
}
_SOURCE = "formats.md, section 9.1, P building a presentation"

FORMS = (
    Form(
        name="presentation_building/select",
        step="presentation_building/select_disclosure_range",
        summary="Choose the leaves to open for what shall be shown.",
        role=Role.PROVER,
        source=_SOURCE,
        takes=_CHOICE,
        gives={"opened": Field(shape=NUMBERS, meaning="Indices of the opened leaves, ascending.")},
    ),
    Form(
        name="presentation_building/transcript-proof",
        step="presentation_building/generate_transcript_proof",
        summary="Open the chosen leaves, and lead from them to the root.",
        role=Role.PROVER,
        source="formats.md, sections 6, 8 and 9.1",
        takes=_CHOICE,
        gives={
            "proof": Field(
                shape=Maybe(item=OCTETS), meaning="BCS TranscriptProof; null when no leaf is opened."
            )
        },
    ),
    Form(
        name="presentation_building/identity-proof",
        step="presentation_building/combine_identity_proof",
        summary="Open which Server it was, if that shall be shown.",
        role=Role.PROVER,
        source="formats.md, sections 8 and 9.1",
        takes=_CHOICE,
        gives={
            "identity": Field(
                shape=Maybe(item=OCTETS), meaning="BCS IdentityProof; null when it is not shown."
            )
        },
    ),
    Form(
        name="presentation_building/send",
        step="presentation_building/send_presentation",
        summary="Put the presentation together, bind it where somebody holds the attestation, and write its file.",
        role=Role.PROVER,
        source="formats.md, sections 8 and 9.1",
        takes={
            **_CHOICE,
            "holder": Field(
                shape=Maybe(item=Tuple(items=(NUMBER, Octets(length=32)))),
                meaning="Who signs the binding: signature algorithm, and secret key of 32 octets (Ed25519 seed, ECDSA "
                "scalar big-endian); null for nobody.",
            ),
            "audience": Field(shape=TEXT, meaning="For whom it is bound; nothing when there is no holder."),
            "nonce": Field(shape=OCTETS, meaning="The audience's nonce."),
            "issued": Field(shape=NUMBER, meaning="When it is bound, Unix seconds."),
            "expiry": Field(shape=NUMBER, meaning="Until when it is bound, Unix seconds."),
        },
        gives={"file": Field(shape=OCTETS, meaning="The file of the presentation (formats.md, section 8).")},
    ),
)
