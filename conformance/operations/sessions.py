"""Operations of whole sessions: roles that keep state from the end of the connection on, one message after another."""

from __future__ import annotations

from .data_submission import KIND, SESSION
from .form import Feature, Field, Form, Role
from .shapes import FLAG, NUMBER, OCTETS, OCTETS_LIST, Maybe

_SOURCE = "formats.md, section 9.1, from 10 on"
_SESSIONS = (Feature.SESSIONS,)
NOTARY_STEP, PROVER_STEP, BOTH_STEP = "sessions/notary", "sessions/prover", "sessions/both"

_MESSAGE = Field(shape=OCTETS, meaning="BCS SessionMessage.")
_RANGES = "BCS RangeSet of octets to show, or null for none of this direction."
_COMMON = (
    "session id",
    "handshake",
    "sent",
    "received",
    "closure",
    "now",
    "blinders",
    "released",
)
_OF_NOTARY = ("key", "notary extensions", "key exchange blinder", "attestation id")
_OF_PROVER = ("handshake data", "handshake blinder", "server name")

FORMS = (
    Form(
        name="sessions/open-notary",
        step=NOTARY_STEP,
        summary="A Notary whose connection is over. Transcript, blinders and released scalars are what its engine has: "
        "the engine's proof is about these, and holds exactly of what is true of them.",
        role=Role.NOTARY,
        source=_SOURCE,
        takes={"kind": KIND, **{name: SESSION[name] for name in (*_COMMON, *_OF_NOTARY)}},
        features=_SESSIONS,
    ),
    Form(
        name="sessions/open-prover",
        step=PROVER_STEP,
        summary="A Prover whose connection is over. The engine gives it m = k + Σ Δ^e·x_e of the released scalars, and "
        "the released scalars once it has sent its message 21.",
        role=Role.PROVER,
        source=_SOURCE,
        takes={
            "kind": KIND,
            **{name: SESSION[name] for name in (*_COMMON, *_OF_PROVER)},
            "notary key": Field(shape=OCTETS, meaning="BCS VerifyingKey of the Notary that answered."),
            "tolerance": Field(
                shape=NUMBER,
                meaning="By how many seconds the attested time may differ from the Prover's clock.",
            ),
            "deviates": Field(
                shape=FLAG,
                meaning="Whether what the Notary releases will not fit what it gave in the conversion.",
            ),
        },
        features=_SESSIONS,
    ),
    Form(
        name="sessions/submit",
        step=PROVER_STEP,
        summary="The Prover's own move: submit the config.",
        role=Role.PROVER,
        source=_SOURCE,
        takes={
            name: SESSION[name]
            for name in ("config", "tree algorithm", "body algorithm", "prover extensions")
        },
        gives={"message": _MESSAGE},
        features=_SESSIONS,
    ),
    Form(
        name="sessions/commit",
        step=PROVER_STEP,
        summary="The Prover's own move: make all commitments; with encoding entries it is silent from here on.",
        role=Role.PROVER,
        source=_SOURCE,
        takes={},
        gives={
            "messages": Field(
                shape=OCTETS_LIST,
                meaning="Message 16 and, with encoding entries, message 21: BCS SessionMessage each.",
            )
        },
        features=_SESSIONS,
    ),
    Form(
        name="sessions/disclose",
        step=PROVER_STEP,
        summary="The Prover's own move in a session of kind verify: show ranges, and not who the Server is.",
        role=Role.PROVER,
        source=_SOURCE,
        takes={
            "sent ranges": Field(shape=Maybe(item=OCTETS), meaning=_RANGES),
            "received ranges": Field(shape=Maybe(item=OCTETS), meaning=_RANGES),
        },
        gives={"message": _MESSAGE},
        features=_SESSIONS,
    ),
    Form(
        name="sessions/attest",
        step=NOTARY_STEP,
        summary="The Notary's own move: build, sign and return the attestation. Out of order it is refused, and the "
        "session goes on as if it had not been asked for.",
        role=Role.NOTARY,
        source=_SOURCE,
        takes={},
        gives={"message": _MESSAGE},
        features=_SESSIONS,
    ),
    Form(
        name="sessions/deliver",
        step=BOTH_STEP,
        summary="A message arrives where a role awaits one. A refusal ends the session, as its last message does: "
        "whatever comes then is link/closed.",
        role=Role.ANY,
        source=_SOURCE,
        takes={"message": Field(shape=OCTETS, meaning="The body of a frame of channel 0.")},
        gives={
            "answers": Field(
                shape=OCTETS_LIST, meaning="What the role sends at once: BCS SessionMessage each."
            ),
            "secrets": Field(
                shape=Maybe(item=OCTETS),
                meaning="BCS AttestationSecrets that a Prover keeps when it takes the attestation, else null.",
            ),
        },
        features=_SESSIONS,
    ),
)
