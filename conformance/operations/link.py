"""Operations of the link between Prover and Notary."""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import FLAG, NUMBER, OCTETS

FORMS = (
    Form(
        name="foundation/read-frame",
        step="foundation/framing",
        summary="Read the first frame of what a peer sent before it closed the connection.",
        role=Role.ANY,
        source="formats.md, section 9",
        takes={
            "octets": Field(
                shape=OCTETS,
                meaning="All octets that arrive, then the connection ends; the frame's channel and message are those "
                "that the party waits for.",
            ),
            "answered": Field(
                shape=FLAG,
                meaning="Whether the Notary has answered the session request before, which changes limits.",
            ),
        },
        gives={
            "channel": Field(shape=NUMBER, meaning="0 session messages, 1 engine."),
            "body": Field(shape=OCTETS, meaning="The octets of the frame behind its channel."),
        },
        features=(Feature.SESSIONS,),
    ),
)
