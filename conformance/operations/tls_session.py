"""Operations: the agreement of Prover and Notary, and what the Notary records of the handshake."""

from __future__ import annotations

from .form import Field, Form, Role
from .shapes import DIGEST, NUMBER, NUMBERS, OCTETS, TEXT_LIST, ListOf, Octets, Tuple

_ESTABLISH = "tls_session/establish_mpc_tls_connection"
_SEND = "tls_session/send_tls_handshake_data"
_VERIFY = "tls_session/verify_and_record_session_parameters"
_REQUEST = Field(
    shape=OCTETS, meaning="BCS SessionRequest (formats.md, section 9), without the index of the message."
)
_SESSION_ID = Field(shape=DIGEST, meaning="The id of the session, from the answer.")
_HANDSHAKE = Field(
    shape=OCTETS, meaning="BCS TlsHandshakeData (formats.md, section 9), without the index of the message."
)
_DIGEST = Field(
    shape=DIGEST,
    meaning="SHA-256(context session-parameters ‖ session id ‖ BCS TlsHandshakeData), the content of "
    "RecordedSessionParameters.",
)

FORMS = (
    Form(
        name="tls_session/request",
        step=_ESTABLISH,
        summary="Ask for a session.",
        role=Role.PROVER,
        source="formats.md, section 9",
        takes={
            "kind": Field(shape=NUMBER, meaning="The session kind: 0 notarize, 1 verify."),
            "profiles": Field(shape=TEXT_LIST, meaning="Engine profiles, in order of preference."),
            "algorithms": Field(
                shape=NUMBERS, meaning="Numbers of the signature algorithms, in order of preference."
            ),
            "budget": Field(
                shape=Octets(length=12),
                meaning="BCS Budget: u32 sent octets ‖ u16 sent records ‖ u32 received octets ‖ u16 received "
                "records, little-endian.",
            ),
            "nonce": Field(shape=DIGEST, meaning="The nonce of the request.", drawn=True),
        },
        gives={
            "message": Field(
                shape=OCTETS,
                meaning="SessionMessage with the index of SessionRequest: protocol version 1, "
                "TLS version 0x0303, suites 0xC02B and 0xC02F in this order, and the inputs.",
            )
        },
    ),
    Form(
        name="tls_session/answer",
        step=_ESTABLISH,
        summary="Decide whether a request can be served; choose and sign the terms.",
        role=Role.NOTARY,
        source="formats.md, section 9.1, item 1",
        takes={
            "request": _REQUEST,
            "keys": Field(
                shape=ListOf(item=Tuple(items=(NUMBER, DIGEST))),
                meaning="The Notary's attestation keys, at most one of an algorithm: number of the signature "
                "algorithm; secret key (seed of Ed25519, or scalar big-endian).",
            ),
            "profiles": Field(shape=TEXT_LIST, meaning="The engine profiles that the Notary serves."),
            "kinds": Field(shape=NUMBERS, meaning="The session kinds that the Notary serves."),
            "largest": Field(
                shape=Octets(length=12), meaning="BCS Budget: the Notary's limit of each component."
            ),
            "session id": Field(shape=DIGEST, meaning="The id of the new session.", drawn=True),
        },
        gives={
            "message": Field(
                shape=OCTETS,
                meaning="SessionMessage with the index of SessionAnswer. The Notary supports protocol version 1, "
                "TLS version 0x0303, suites 0xC02B and 0xC02F. ECDSA is "
                "deterministic here (RFC 6979), with s in the lower half.",
            )
        },
    ),
    Form(
        name="tls_session/accept",
        step=_ESTABLISH,
        summary="Decide whether an answer comes from the trusted Notary and offers what was asked for.",
        role=Role.PROVER,
        source="formats.md, section 9.1, item 2",
        takes={
            "request": _REQUEST,
            "answer": Field(
                shape=OCTETS,
                meaning="BCS SessionAnswer (formats.md, section 9), without the index of the message.",
            ),
            "trusted": Field(shape=OCTETS, meaning="BCS VerifyingKey of the Notary that the Prover trusts."),
        },
    ),
    Form(
        name="tls_session/commit-handshake",
        step=_SEND,
        summary="Commit to certificates and signature of the Server.",
        role=Role.PROVER,
        source="formats.md, sections 3 and 7",
        takes={
            "handshake data": Field(
                shape=OCTETS,
                meaning="BCS HandshakeData: certificates in DER, leaf first; scheme; signature. Its content is "
                "not looked at.",
            ),
            "blinder": Field(shape=DIGEST, meaning="The blinder of the commitment.", drawn=True),
        },
        gives={
            "commitment": Field(
                shape=DIGEST,
                meaning="SHA-256(context handshake-commitment ‖ blinder ‖ BCS HandshakeData).",
            )
        },
    ),
    Form(
        name="tls_session/receive-handshake-data",
        step=_SEND,
        summary="Check the public values of the handshake and say what is recorded.",
        role=Role.NOTARY,
        source="formats.md, section 9.1, item 5",
        takes={
            "session id": _SESSION_ID,
            "suites": Field(shape=NUMBERS, meaning="The cipher suites of the answer."),
            "client random": Field(
                shape=DIGEST, meaning="The client random that both parties made for this session."
            ),
            "handshake": _HANDSHAKE,
        },
        gives={"digest": _DIGEST},
    ),
    Form(
        name="tls_session/record",
        step=_VERIFY,
        summary="Compute the digest of the recorded parameters.",
        role=Role.ANY,
        source="formats.md, section 9, derived values",
        takes={"session id": _SESSION_ID, "handshake": _HANDSHAKE},
        gives={"digest": _DIGEST},
    ),
    Form(
        name="tls_session/accept-recorded",
        step=_VERIFY,
        summary="Check that the Notary recorded what was sent, in this session.",
        role=Role.PROVER,
        source="formats.md, section 9.1, item 5",
        takes={
            "session id": _SESSION_ID,
            "handshake": _HANDSHAKE,
            "digest": Field(shape=DIGEST, meaning="The content of RecordedSessionParameters that came."),
        },
    ),
)
