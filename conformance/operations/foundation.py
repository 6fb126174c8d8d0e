"""Operations that everything stands on: encoding, ranges, trees, commitments, signatures, server identity."""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import (
    DIGEST,
    FLAG,
    NUMBER,
    NUMBERS,
    OCTETS,
    OCTETS_LIST,
    TEXT,
    TEXT_LIST,
    ListOf,
    Octets,
    Tuple,
)

_HASH = "1 SHA-256, 2 BLAKE3, 3 Keccak-256 (formats.md, section 2)."
_SIGNATURE_ALGORITHM = (
    "1 Ed25519, 2 ECDSA P-256 with SHA-256, 3 and 4 ECDSA secp256k1 with SHA-256 and Keccak-256."
)
_TREE_ALGORITHM = Field(shape=NUMBER, meaning="The hash algorithm of the tree: " + _HASH)
_INDICES = Field(shape=NUMBERS, meaning="Indices of the opened leaves, strictly increasing.")
_PROOF = Field(
    shape=ListOf(item=DIGEST), meaning="The hashes of the multiproof, in the order of consumption."
)
_KEY = Field(shape=OCTETS, meaning="BCS VerifyingKey (formats.md, section 2).")
_ROOT = Field(shape=DIGEST, meaning="The root.")

FORMS = (
    Form(
        name="foundation/registry",
        step="foundation/registries",
        summary="List what the implementation knows of a registry of the formats.",
        role=Role.ANY,
        source="formats.md, sections 2, 3, 5, 8, 9 and all reason codes",
        takes={
            "list": Field(
                shape=TEXT,
                meaning="`reasons` (codes `stage/reason` of the layers artifacts and session messages, sorted by "
                "octets), `contexts` (with their final U+0000, sorted by octets), `constants` (protocol version, "
                "format version, engine profile, TLS version, connection mode, cipher suites, in this order), or "
                "one of `hash-algorithms`, `signature-algorithms`, `directions`, `lexical-classes`, "
                "`session-kinds`, `messages`, `leaf-kinds`, `openings`, `secrets`, `commitment-kinds`.",
            )
        },
        gives={
            "entries": Field(
                shape=TEXT_LIST,
                meaning="The entries. A constant is its name in lower case, a space and its value (decimal; TLS "
                "version and suites as 0x and four hexadecimal digits). An entry of a numbered list is its number "
                "in decimal, a space and its name: lower-case words joined by hyphens, a message as in section 9.",
            )
        },
    ),
    Form(
        name="foundation/decode",
        step="foundation/encoding",
        summary="Decode octets as a type of the formats and encode the value again.",
        role=Role.ANY,
        source="formats.md, sections 1, 4, 5, 7, 8, 9",
        takes={
            "type": Field(
                shape=TEXT,
                meaning="The type: `session-message` (the enum of section 9), `transcript-commitment`, `range-set`, "
                "`verifying-key`, `handshake-data`, `header`, `attestation-body`, `attestation`, "
                "`attestation-secrets`, `transcript-proof`, `presentation`; or a stored file (section 8) of a type: "
                "`attestation-file`, `attestation-secrets-file`, `presentation-file`.",
            ),
            "octets": Field(shape=OCTETS, meaning="What is decoded, to its last octet."),
        },
        gives={
            "octets": Field(shape=OCTETS, meaning="The canonical octets of the value, which are the same.")
        },
    ),
    Form(
        name="foundation/select-ranges",
        step="foundation/ranges",
        summary="Check that ranges are a RangeSet, and select its positions from the octets of a direction.",
        role=Role.ANY,
        source="formats.md, section 4",
        takes={
            "ranges": Field(
                shape=ListOf(item=Tuple(items=(NUMBER, NUMBER))),
                meaning="Start and end of each range, below 2^32, end exclusive.",
            ),
            "octets": Field(shape=OCTETS, meaning="All octets of the direction."),
        },
        gives={
            "count": Field(shape=NUMBER, meaning="How many positions the set holds."),
            "within": Field(shape=FLAG, meaning="Whether all of them are in bounds of the octets."),
            "selected": Field(shape=OCTETS, meaning="The octets there, in order; none when not in bounds."),
        },
    ),
    Form(
        name="foundation/build-tree",
        step="foundation/merkle",
        summary="Compute the root of a tree and the multiproof of some of its leaves.",
        role=Role.ANY,
        source="formats.md, section 6",
        takes={
            "algorithm": _TREE_ALGORITHM,
            "leaves": Field(
                shape=OCTETS_LIST,
                meaning="What is hashed after the octet 0x00 of each leaf, in order; at least one.",
            ),
            "opened": _INDICES,
        },
        gives={"root": _ROOT, "proof": _PROOF},
    ),
    Form(
        name="foundation/root-from-proof",
        step="foundation/merkle",
        summary="Compute the root that opened leaves and a multiproof lead to.",
        role=Role.VERIFIER,
        source="formats.md, section 6",
        takes={
            "algorithm": _TREE_ALGORITHM,
            "leaf count": Field(shape=NUMBER, meaning="How many leaves the tree has, below 2^32."),
            "opened": _INDICES,
            "leaves": Field(
                shape=OCTETS_LIST, meaning="The octets of the opened leaves, one for each index."
            ),
            "proof": _PROOF,
        },
        gives={"root": _ROOT},
    ),
    Form(
        name="foundation/hash",
        step="foundation/commitments",
        summary="Compute a hash.",
        role=Role.ANY,
        source="formats.md, section 2; FIPS 180-4; the BLAKE3 paper; Keccak with padding 0x01",
        takes={
            "algorithm": Field(shape=NUMBER, meaning=_HASH),
            "octets": Field(shape=OCTETS, meaning="What is hashed."),
        },
        gives={"digest": Field(shape=DIGEST, meaning="The hash.")},
    ),
    Form(
        name="foundation/hash-commitment",
        step="foundation/commitments",
        summary="Compute the value of a hash commitment.",
        role=Role.ANY,
        source="formats.md, section 5",
        takes={
            "algorithm": Field(shape=NUMBER, meaning=_HASH),
            "octets": Field(shape=OCTETS, meaning="The octets of the ranges, in order."),
            "blinder": Field(shape=Octets(length=16), meaning="The blinder."),
        },
        gives={"value": Field(shape=DIGEST, meaning="The value.")},
    ),
    Form(
        name="foundation/commit-documents",
        step="foundation/commitments",
        summary="Compute the commitments and the digest that stand in a body and a header, and what is signed.",
        role=Role.ANY,
        source="formats.md, section 7",
        takes={
            "handshake data": Field(shape=OCTETS, meaning="BCS HandshakeData."),
            "handshake blinder": Field(shape=DIGEST, meaning="The blinder of the handshake commitment."),
            "key exchange": Field(shape=OCTETS, meaning="BCS KeyExchangeOpening (section 8)."),
            "header": Field(shape=OCTETS, meaning="BCS Header."),
            "body": Field(shape=OCTETS, meaning="BCS AttestationBody, which need not be that of the header."),
            "algorithm": Field(shape=NUMBER, meaning="The hash algorithm of the body: " + _HASH),
        },
        gives={
            "handshake": Field(shape=DIGEST, meaning="The handshake commitment."),
            "key exchange": Field(shape=DIGEST, meaning="The key-exchange commitment."),
            "body digest": Field(shape=DIGEST, meaning="The digest of the body."),
            "signed": Field(shape=OCTETS, meaning="What is signed: context attestation-header ‖ BCS Header."),
        },
    ),
    Form(
        name="foundation/lexical-class",
        step="foundation/lexical_classes",
        summary="Decide whether octets are a word of a lexical class.",
        role=Role.ANY,
        source="formats.md, section 2; structure.md, section 4",
        takes={
            "class": Field(
                shape=NUMBER,
                meaning="0 any, 1 json-string-interior, 2 json-number, 3 json-literal, 4 header-value.",
            ),
            "octets": Field(shape=OCTETS, meaning="The octets."),
        },
        gives={"belongs": Field(shape=FLAG, meaning="Whether they are.")},
    ),
    Form(
        name="foundation/sign",
        step="foundation/signatures",
        summary="Sign a message; every signature is deterministic.",
        role=Role.ANY,
        source="formats.md, section 2",
        takes={
            "algorithm": Field(shape=NUMBER, meaning=_SIGNATURE_ALGORITHM),
            "secret": Field(
                shape=DIGEST,
                meaning="The private key: an Ed25519 seed (RFC 8032), or an ECDSA scalar, big-endian, 0 < d < n.",
            ),
            "message": Field(shape=OCTETS, meaning="What is signed, not hashed yet."),
        },
        gives={
            "key": _KEY,
            "signature": Field(shape=Octets(length=64), meaning="R ‖ S, or r ‖ s big-endian with s ≤ n/2."),
        },
    ),
    Form(
        name="foundation/verify-signature",
        step="foundation/signatures",
        summary="Verify a signature; an invalid one is refused with `verification/signature-invalid`.",
        role=Role.ANY,
        source="formats.md, section 2",
        takes={
            "key": _KEY,
            "message": Field(shape=OCTETS, meaning="What was signed, not hashed yet."),
            "signature": Field(shape=OCTETS, meaning="The signature, of any length."),
        },
    ),
    Form(
        name="foundation/read-key",
        step="foundation/signatures",
        summary="Decode a verifying key.",
        role=Role.ANY,
        source="formats.md, section 2",
        takes={"key": _KEY},
        gives={"key": _KEY},
    ),
    Form(
        name="foundation/verify-server",
        step="foundation/server_identity",
        summary="Check that a key exchange was signed by the Server of a name: its name, chain and signature.",
        role=Role.VERIFIER,
        source="formats.md, section 9.2, step 2 from the first `verification/server-name-mismatch` on",
        takes={
            "handshake data": Field(shape=OCTETS, meaning="BCS HandshakeData (formats.md, section 7)."),
            "suite": Field(shape=NUMBER, meaning="The cipher suite of the connection."),
            "client random": Field(shape=DIGEST, meaning="The client random."),
            "server random": Field(shape=DIGEST, meaning="The server random."),
            "ephemeral key": Field(
                shape=Octets(length=65), meaning="The server's ephemeral key S, as it was signed."
            ),
            "name": Field(shape=TEXT, meaning="The server name, which may be malformed."),
            "time": Field(shape=NUMBER, meaning="The attested time, Unix seconds."),
            "roots": Field(shape=OCTETS_LIST, meaning="The trusted root certificates, each in DER."),
        },
        features=(Feature.SERVER_IDENTITY,),
    ),
)
"""Every operation of foundation but those of encoding commitments, predicates and statements."""
