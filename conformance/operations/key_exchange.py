"""Operations: key shares, the client's key, and the secret that neither party holds alone."""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import DIGEST, FLAG, NUMBER, OCTETS, Octets

_POINT = "65 octets 0x04 ‖ x ‖ y, coordinates big-endian, when it is a point."
_SCALAR = Field(
    shape=DIGEST, meaning="The party's scalar of P-256, big-endian, from 1 to the order less 1.", drawn=True
)
_PUBLIC_SCALARS = {
    name: Field(shape=DIGEST, meaning=f"The {name} of P-256, big-endian, from 1 to the order less 1.")
    for name in ("prover scalar", "notary scalar")
}
_SESSION_ID = Field(shape=DIGEST, meaning="The id of the session, from the answer.")
_RANDOM = Field(shape=DIGEST, meaning="The party's part of the client random.", drawn=True)
_SERVER_KEY = Field(shape=OCTETS, meaning="The Server's ephemeral key: " + _POINT)
_CLIENT_RANDOM = Field(
    shape=DIGEST,
    meaning="SHA-256(context client-random ‖ the Prover's random ‖ the Notary's random), all 32 octets.",
)
_COMMITMENT = Field(
    shape=DIGEST,
    meaning="SHA-256(context key-share-commitment ‖ session id ‖ public key ‖ random ‖ blinder) of the "
    "Prover's share.",
)
_ADDEND = Field(
    shape=Octets(length=65), meaning="The party's scalar times the Server's point, encoded as a point is."
)

FORMS = (
    Form(
        name="key_exchange/prover-share",
        step="key_exchange/verifier_public_key",
        summary="Commit to a key share; take the Notary's; open the commitment and add.",
        role=Role.PROVER,
        source="formats.md, section 9 (derived values) and section 9.1, item 4",
        takes={
            "session id": _SESSION_ID,
            "scalar": _SCALAR,
            "random": _RANDOM,
            "blinder": Field(shape=DIGEST, meaning="The blinder of the commitment.", drawn=True),
            "notary share": Field(
                shape=Octets(length=97), meaning="BCS NotaryKeyShare: public key of 65 octets ‖ random."
            ),
        },
        gives={
            "commitment": _COMMITMENT,
            "opening": Field(
                shape=Octets(length=129),
                meaning="BCS ProverKeyShare: public key of 65 octets ‖ random ‖ blinder.",
            ),
            "combined": Field(
                shape=Octets(length=65), meaning="The client's ephemeral key: the point sum of both shares."
            ),
            "client random": _CLIENT_RANDOM,
        },
    ),
    Form(
        name="key_exchange/notary-share",
        step="key_exchange/verifier_public_key",
        summary="Answer a commitment with a key share; take the opening.",
        role=Role.NOTARY,
        source="formats.md, section 9 (derived values) and section 9.1, item 4",
        takes={
            "session id": _SESSION_ID,
            "scalar": _SCALAR,
            "random": _RANDOM,
            "commitment": Field(
                shape=DIGEST, meaning="The commitment of the Prover, which came before the share was sent."
            ),
            "opening": Field(
                shape=Octets(length=129),
                meaning="BCS ProverKeyShare: public key of 65 octets ‖ random ‖ blinder.",
            ),
        },
        gives={
            "share": Field(
                shape=Octets(length=97), meaning="BCS NotaryKeyShare: public key of 65 octets ‖ random."
            ),
            "client random": _CLIENT_RANDOM,
        },
    ),
    Form(
        name="key_exchange/combine",
        step="key_exchange/combined_public_key",
        summary="Add both public shares and write what the Server gets.",
        role=Role.ANY,
        source="formats.md, section 9, derived values; RFC 8422, section 5.7",
        takes={
            "prover": Field(shape=OCTETS, meaning="The Prover's public share: " + _POINT),
            "notary": Field(shape=OCTETS, meaning="The Notary's public share: " + _POINT),
        },
        gives={
            "client key exchange": Field(
                shape=Octets(length=66),
                meaning="The body of ClientKeyExchange: the octet 65 and the point sum.",
            )
        },
    ),
    Form(
        name="key_exchange/server-key",
        step="key_exchange/server_public_key",
        summary="Read the Server's ephemeral key and multiply it.",
        role=Role.PROVER,
        source="RFC 8422, section 5.4; formats.md, section 9.1, item 5",
        takes={
            "scalar": _SCALAR,
            "suite": Field(shape=NUMBER, meaning="The cipher suite of the connection, 0xC02B or 0xC02F."),
            "body": Field(
                shape=OCTETS,
                meaning="The body of ServerKeyExchange: 03 00 17, length 65, point, u16 scheme, u16 length, "
                "signature (big-endian). The signature is not verified here.",
            ),
        },
        gives={
            "public key": Field(shape=Octets(length=65), meaning="The Server's ephemeral key."),
            "scheme": Field(shape=NUMBER, meaning="The signature scheme."),
            "signature": Field(shape=OCTETS, meaning="The signature."),
            "addend": _ADDEND,
        },
    ),
    Form(
        name="key_exchange/forwarded-server-key",
        step="key_exchange/forward_server_public_key",
        summary="Multiply the Server's key that the Prover reported.",
        role=Role.NOTARY,
        source="formats.md, section 9.1, items 5 and 6",
        takes={"scalar": _SCALAR, "server key": _SERVER_KEY},
        gives={"addend": _ADDEND},
    ),
    Form(
        name="key_exchange/pre-master-secret",
        step="key_exchange/secure_two_party_computation",
        summary="Compute, as one who knew both scalars, the secret that the two-party computation shares.",
        role=Role.ANY,
        source="formats.md, section 9.1, item 6; RFC 8422, section 5.10",
        takes={**_PUBLIC_SCALARS, "server key": _SERVER_KEY},
        gives={
            "pre-master secret": Field(
                shape=DIGEST,
                meaning="The x coordinate of the sum of both parties' products with the Server's point, "
                "big-endian. Refused when the products cancel. For equal products it exists, though two "
                "parties, whose slope needs different x coordinates, refuse there.",
            )
        },
    ),
    Form(
        name="key_exchange/joint-secret",
        step="key_exchange/secure_two_party_computation",
        summary="Run the conversion to shares of the pre-master secret twice, and compare the two sums.",
        role=Role.BOTH,
        source="formats.md, section 9.1, item 6",
        takes={**_PUBLIC_SCALARS, "server key": _SERVER_KEY},
        gives={
            "first run": Field(
                shape=DIGEST,
                meaning="The sum modulo p of both parties' shares of the first run, big-endian: the secret.",
            ),
            "second run": Field(shape=DIGEST, meaning="The same of the second run."),
            "runs agree": Field(shape=FLAG, meaning="The one bit that both parties learn."),
        },
        features=(Feature.TWO_PARTY_COMPUTATION,),
    ),
)
