"""Operations of attestation generation: what the Notary states and signs, and what the Prover takes."""

from __future__ import annotations

from .data_submission import SESSION
from .form import Feature, Field, Form, Role
from .shapes import FLAG, NUMBER, OCTETS, OCTETS_LIST, Octets

_SOURCE = "formats.md, sections 7 and 9.1"
_SESSIONS = (Feature.SESSIONS,)

FORMS = (
    Form(
        name="attestation_generation/start-body",
        step="attestation_generation/build_attestation_body",
        summary="Say whose statement it is, what the Prover claims and what the Notary adds.",
        role=Role.NOTARY,
        source=_SOURCE,
        takes=SESSION,
        gives={
            "verifying key": Field(shape=OCTETS, meaning="BCS VerifyingKey of the Notary."),
            "prover extensions": Field(shape=OCTETS_LIST, meaning="BCS Extension each."),
            "notary extensions": Field(shape=OCTETS_LIST, meaning="BCS Extension each."),
        },
        features=_SESSIONS,
    ),
    Form(
        name="attestation_generation/complete-body",
        step="attestation_generation/include_connection_info_keys_and_commitment",
        summary="Complete the body of the attestation.",
        role=Role.NOTARY,
        source=_SOURCE,
        takes=SESSION,
        gives={"body": Field(shape=OCTETS, meaning="BCS AttestationBody.")},
        features=_SESSIONS,
    ),
    Form(
        name="attestation_generation/sign",
        step="attestation_generation/sign_with_private_key",
        summary="Sign the header of the attestation.",
        role=Role.NOTARY,
        source=_SOURCE,
        takes=SESSION,
        gives={
            "header": Field(shape=OCTETS, meaning="BCS Header."),
            "signature": Field(shape=Octets(length=64), meaning="The signature (formats.md, section 2)."),
        },
        features=_SESSIONS,
    ),
    Form(
        name="attestation_generation/return",
        step="attestation_generation/return_signed_attestation",
        summary="Return the attestation to the Prover.",
        role=Role.NOTARY,
        source=_SOURCE,
        takes=SESSION,
        gives={"message": Field(shape=OCTETS, meaning="BCS SessionMessage SignedAttestation.")},
        features=_SESSIONS,
    ),
    Form(
        name="attestation_generation/accept",
        step="attestation_generation/return_signed_attestation",
        summary="Check root and attestation against what the Prover saw, and keep what opens them.",
        role=Role.PROVER,
        source=_SOURCE,
        takes={
            **SESSION,
            "messages": Field(shape=OCTETS_LIST, meaning="What arrives: BCS SessionMessage 17, then 18."),
            "tolerance": Field(
                shape=NUMBER,
                meaning="By how many seconds the attested time may differ from the Prover's clock.",
            ),
            "deviates": Field(
                shape=FLAG,
                meaning="Whether what the Notary released does not fit what it gave in the conversion, which the "
                "Prover finds and keeps silent about until it has read 18. Only with encoding entries.",
            ),
        },
        gives={"secrets": Field(shape=OCTETS, meaning="BCS AttestationSecrets.")},
        features=_SESSIONS,
    ),
)
