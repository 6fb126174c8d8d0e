"""Operations of data submission, and what they and the stage behind them take of a session so far."""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import DIGEST, NUMBER, NUMBERS, OCTETS, OCTETS_LIST, TEXT, Octets

SESSION = {
    "key": Field(
        shape=Octets(length=33),
        meaning="The Notary's signing key: signature algorithm (one octet) ‖ secret key (32: Ed25519 seed, or ECDSA "
        "scalar big-endian).",
    ),
    "session id": Field(shape=DIGEST, meaning="The id of the session."),
    "handshake": Field(
        shape=OCTETS, meaning="What the Prover sent of the handshake: BCS of the fields of TlsHandshakeData."
    ),
    "handshake data": Field(shape=OCTETS, meaning="BCS HandshakeData, which the Prover holds."),
    "handshake blinder": Field(shape=DIGEST, meaning="The blinder of the handshake commitment.", drawn=True),
    "server name": Field(shape=TEXT, meaning="The name that the Prover connected to."),
    "sent": Field(shape=OCTETS, meaning="Application data that was sent."),
    "received": Field(shape=OCTETS, meaning="Application data that was received."),
    "config": Field(shape=OCTETS_LIST, meaning="The entries of the config: BCS CommitRequest each."),
    "blinders": Field(
        shape=OCTETS_LIST,
        meaning="The blinder of each entry: 16 octets of a hash commitment, 32 (a scalar, little-endian) of an "
        "encoding commitment.",
        drawn=True,
    ),
    "released": Field(
        shape=OCTETS_LIST,
        meaning="What the Notary releases for each entry: k ‖ Δ (scalars of 32 octets, little-endian) of an encoding "
        "commitment, nothing of a hash commitment.",
        drawn=True,
    ),
    "tree algorithm": Field(shape=NUMBER, meaning="The hash algorithm of the tree."),
    "body algorithm": Field(shape=NUMBER, meaning="The hash algorithm of the body's digest."),
    "prover extensions": Field(
        shape=OCTETS_LIST, meaning="The extensions that the Prover asks for: BCS Extension each."
    ),
    "notary extensions": Field(
        shape=OCTETS_LIST, meaning="The extensions that the Notary adds: BCS Extension each."
    ),
    "closure": Field(
        shape=NUMBER, meaning="How the received direction ended: 0 unknown, 1 authenticated close_notify."
    ),
    "now": Field(shape=NUMBER, meaning="The clock of both, Unix seconds."),
    "key exchange blinder": Field(
        shape=DIGEST,
        meaning="The blinder of the key exchange commitment, which the Notary draws.",
        drawn=True,
    ),
    "attestation id": Field(
        shape=Octets(length=16), meaning="The id of the attestation, which the Notary draws.", drawn=True
    ),
}
"""A session whose connection is over; everything that the later stages depend on."""

KIND = Field(shape=NUMBER, meaning="The kind of the session: 0 notarize, 1 verify.")

_STAGE = "formats.md, sections 5 and 9.1"
_SESSIONS = (Feature.SESSIONS,)

FORMS = (
    Form(
        name="data_submission/submit",
        step="data_submission/submit_transcript_commit_config",
        summary="Submit the config, after the checks that the Prover makes itself.",
        role=Role.PROVER,
        source=_STAGE,
        takes={**SESSION, "kind": KIND},
        gives={"message": Field(shape=OCTETS, meaning="BCS SessionMessage SubmitTranscriptCommitConfig.")},
        features=_SESSIONS,
    ),
    Form(
        name="data_submission/check-config",
        step="data_submission/submit_transcript_commit_config",
        summary="Decide whether the Notary will sign a tree and extensions of this form.",
        role=Role.NOTARY,
        source=_STAGE,
        takes={
            **SESSION,
            "kind": KIND,
            "message": Field(shape=OCTETS, meaning="The BCS SessionMessage that arrives."),
            "largest count": Field(shape=NUMBER, meaning="How many entries the Notary takes."),
            "largest octets": Field(
                shape=NUMBER, meaning="How many octets the ranges of all entries may have together."
            ),
            "hash algorithms": Field(shape=NUMBERS, meaning="The hash algorithms that the Notary takes."),
        },
        features=_SESSIONS,
    ),
    Form(
        name="data_submission/commit",
        step="data_submission/include_encoded_commitment_or_hash_range",
        summary="Make all commitments: the Prover's message 16 and, with encoding entries, its message 21.",
        role=Role.PROVER,
        source=_STAGE,
        takes=SESSION,
        gives={
            "messages": Field(
                shape=OCTETS_LIST,
                meaning="BCS SessionMessage IncludeCommitments and, with encoding entries, EncodingCommitments; the "
                "engine gives m = k + Σ Δ^e·x_e of the released scalars.",
            )
        },
        features=_SESSIONS,
    ),
    Form(
        name="data_submission/check-commitments",
        step="data_submission/include_encoded_commitment_or_hash_range",
        summary="Take the Prover's commitments, proved by the engine, and build the tree over them.",
        role=Role.NOTARY,
        source=_STAGE,
        takes={
            **SESSION,
            "messages": Field(
                shape=OCTETS_LIST,
                meaning="What arrives: message 16, and message 21 where the config has encoding entries. The engine's "
                "proof is about the transcript and the blinders given here; it holds exactly where a commitment is to "
                "them, and the octets are of the class.",
            ),
        },
        gives={"root": Field(shape=OCTETS, meaning="BCS SessionMessage MerkleTreeRoot.")},
        features=_SESSIONS,
    ),
    Form(
        name="data_submission/root",
        step="data_submission/generate_merkle_tree_root",
        summary="Build the tree over the commitments of a session.",
        role=Role.NOTARY,
        source="formats.md, section 6",
        takes=SESSION,
        gives={"root": Field(shape=DIGEST, meaning="The root.")},
        features=_SESSIONS,
    ),
)
"""Those that run the two-party computation are properties of the suite, not operations of a vector."""
