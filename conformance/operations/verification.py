"""Operations of verification: what a Verifier believes, and how it reads an exchange of which parts stay hidden."""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import (
    NUMBER,
    OCTETS,
    OCTETS_LIST,
    TEXT,
    TEXT_LIST,
    ListOf,
    Maybe,
    OrEmpty,
    Tuple,
)

_FILE = Field(shape=OCTETS, meaning="The file of a presentation, as it arrives (formats.md, section 8).")
_TRUST = Field(
    shape=ListOf(item=Tuple(items=(OCTETS, NUMBER, NUMBER))),
    meaning="The trust store: for each Notary its BCS VerifyingKey, and the first and last second (Unix) of attested "
    "times that are believed.",
)
_NOW = Field(shape=NUMBER, meaning="The Verifier's clock, Unix seconds.")
_ROOTS = Field(shape=OCTETS_LIST, meaning="The trusted root certificates, each in DER.")
_RUNS = ListOf(item=Tuple(items=(NUMBER, OCTETS)))
_AUTHENTICATED = (
    "the authenticated octets as runs, ascending and not adjacent: where each begins, and its octets"
)
_RANGES = ListOf(item=Tuple(items=(NUMBER, NUMBER)))
_TOKEN = Tuple(items=(NUMBER, NUMBER, _RANGES, Maybe(item=OCTETS), OrEmpty(item=NUMBER)))
_TOKEN_WORDS = (
    "[lexical class, direction, its ranges as [start, end], its octets or null where they stay hidden, "
    "the index of the leaf that it is or null]"
)
_NAMED_TOKENS = ListOf(item=Tuple(items=(TEXT, OrEmpty(item=_TOKEN))))
_MESSAGE = Tuple(items=(_NAMED_TOKENS, _NAMED_TOKENS))
_MESSAGE_WORDS = (
    "its header fields in order, each with its name in lower case and its value, and the leaf values of its "
    f"JSON content in order, each with its path and its token; a token is {_TOKEN_WORDS}, and null where it is empty"
)


def _direction(name: str, of: str) -> dict[str, Field]:
    return {
        f"{name} length": Field(shape=NUMBER, meaning=f"How many octets were {of}."),
        f"{name} runs": Field(shape=_RUNS, meaning=f"Of what was {of}, {_AUTHENTICATED}."),
    }


_BOTH_DIRECTIONS = {**_direction("sent", "sent"), **_direction("received", "received")}
_EXCHANGE = {
    **_BOTH_DIRECTIONS,
    "leaves": Field(
        shape=ListOf(item=Tuple(items=(NUMBER, OCTETS))),
        meaning="The leaves that are shown, opened or not, by index: BCS TranscriptCommitment each.",
    ),
    "closure": Field(
        shape=NUMBER, meaning="How the received direction ended: 0 unknown, 1 authenticated close_notify."
    ),
    "server name": Field(shape=Maybe(item=TEXT), meaning="The proven name of the Server, or null."),
    "redactable": Field(
        shape=TEXT_LIST,
        meaning="Names of request headers whose values may stay hidden besides those of the page.",
    ),
    "methods": Field(shape=Maybe(item=TEXT_LIST), meaning="The methods that are taken; null for any."),
    "targets": Field(
        shape=Maybe(item=TEXT_LIST), meaning="The request targets that are taken; null for any."
    ),
}

FORMS = (
    Form(
        name="verification/signature",
        step="verification/verify_signature_validity",
        summary="Read a presentation, and believe its attestation or not.",
        role=Role.VERIFIER,
        source="formats.md, section 9.2, step 1",
        takes={"file": _FILE, "trust": _TRUST, "now": _NOW},
    ),
    Form(
        name="verification/consistency",
        step="verification/check_commitment_consistency",
        summary="Check identity and openings of a presentation whose attestation is believed.",
        role=Role.VERIFIER,
        source="formats.md, section 9.2, steps 2 and 3",
        takes={
            "presentation": Field(shape=OCTETS, meaning="BCS Presentation; its signature is not looked at."),
            "roots": _ROOTS,
        },
    ),
    Form(
        name="verification/verify",
        step="verification/reconstruct_partial_transcript",
        summary="Verify a whole presentation, and read what it shows.",
        role=Role.VERIFIER,
        source="formats.md, section 9.2",
        takes={
            "file": _FILE,
            "trust": _TRUST,
            "roots": _ROOTS,
            "now": _NOW,
            "server names": Field(
                shape=Maybe(item=TEXT_LIST),
                meaning="The Servers that are expected; null when any, or none, will do.",
            ),
            "maximum age": Field(
                shape=Maybe(item=NUMBER),
                meaning="How old an attestation may be, in seconds; null for any age.",
            ),
            "required extensions": Field(shape=TEXT_LIST, meaning="Ids of extensions that must be there."),
            "challenge": Field(
                shape=Maybe(item=Tuple(items=(TEXT, OCTETS))),
                meaning="Audience and nonce of the binding that the Verifier asked for; null when it asked for none.",
            ),
        },
        gives={
            "server name": Field(
                shape=Maybe(item=TEXT), meaning="The name of the Server; null when it is not shown."
            ),
            **_BOTH_DIRECTIONS,
        },
    ),
    Form(
        name="verification/structured-view",
        step="verification/structured_view",
        summary="Read an HTTP exchange of which tokens stay hidden, or refuse the whole view.",
        role=Role.VERIFIER,
        source="structure.md",
        takes=_EXCHANGE,
        gives={
            "method": Field(shape=TEXT, meaning="The method of the request."),
            "target": Field(shape=TEXT, meaning="The target of the request."),
            "status": Field(shape=NUMBER, meaning="The status of the response."),
            "request": Field(shape=_MESSAGE, meaning=f"The request: {_MESSAGE_WORDS}."),
            "response": Field(shape=_MESSAGE, meaning=f"The response: {_MESSAGE_WORDS}."),
        },
        features=(Feature.STRUCTURE,),
    ),
    Form(
        name="verification/named-field",
        step="verification/structured_view",
        summary="Find the token that a name means: a header field or a path into JSON.",
        role=Role.VERIFIER,
        source="structure.md",
        takes={
            **_EXCHANGE,
            "side": Field(shape=NUMBER, meaning="Whose message: 0 the request, 1 the response."),
            "name": Field(shape=TEXT, meaning="The name, such as `header host` or `$.balance`."),
        },
        gives={"token": Field(shape=_TOKEN, meaning=f"The token: {_TOKEN_WORDS}.")},
        features=(Feature.STRUCTURE,),
    ),
)
