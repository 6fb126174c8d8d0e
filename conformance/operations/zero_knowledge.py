"""Operations of predicates: commitments that proofs open, predicates, statements, and the verifiers of proofs.

They belong to steps of foundation and of verification. Scalars are 32 octets little-endian in the protocol's own
formats; what goes into a proof system (publics, points, proofs) is big-endian, as the files of snarkjs mean it.
"""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import (
    DIGEST,
    FLAG,
    NUMBER,
    NUMBERS,
    OCTETS,
    TEXT,
    ListOf,
    Maybe,
    Octets,
    OrEmpty,
    Tuple,
)

_COMMITMENTS = (Feature.ENCODING_COMMITMENTS,)
_PREDICATES = (Feature.PREDICATES,)
_G1, _G2 = Octets(length=64), Octets(length=128)
_IN_G1 = "x ‖ y, each 32 octets big-endian; infinity is zeros"
_IN_G2 = "x_0 ‖ x_1 ‖ y_0 ‖ y_1, each 32 octets big-endian, for x = x_0 + x_1·i"

_DIRECTION = Field(shape=NUMBER, meaning="0 sent, 1 received.")
_SCALAR = "a number below r, little-endian"
_PUBLICS = Field(
    shape=ListOf(item=DIGEST),
    meaning="The public inputs in order, each 32 octets big-endian, perhaps not below r.",
)
_AUDIENCE = Field(
    shape=Maybe(item=Tuple(items=(TEXT, OCTETS))),
    meaning="Audience and nonce of the presentation's binding; null without a binding.",
)
_PREDICATE = Field(shape=OCTETS, meaning="BCS Predicate (section 2).")
_CLASS = "1 string of JSON, 2 number, 3 literal, 4 value of a header"
_TOKENS = Field(
    shape=ListOf(item=Tuple(items=(NUMBER, OCTETS))),
    meaning="For each field, in order, the lexical class that says what kind of token it is "
    f"({_CLASS}), and its octets.",
)
_TREES = Field(
    shape=ListOf(item=Tuple(items=(NUMBER, ListOf(item=DIGEST)))),
    meaning="The trees that the condition names by their roots: the depth of each and the value hashes of its "
    f"members, each {_SCALAR}.",
)
_DESCRIBED = {
    "octets": Field(shape=OCTETS, meaning="BCS Predicate."),
    "digest": Field(shape=DIGEST, meaning="SHA-256(context predicate ‖ octets)."),
    "json": Field(
        shape=TEXT,
        meaning="The JSON form in the spelling of RFC 8785: no white space, members of each object in the order of "
        "their names, only those escapes that JSON needs.",
    ),
}
_PLONK_KEY = (
    NUMBER,
    NUMBER,
    ListOf(item=_G1),
    _G2,
)
_PLONK_KEY_MEANING = (
    "the power of two of the circuit's rows, how many public inputs it has, the commitments Qm, Ql, Qr, Qo, Qc, S1, "
    f"S2, S3 ({_IN_G1}), and [τ] of G2 ({_IN_G2}); k_1 = 2 and k_2 = 3"
)

_FOUNDATION = (
    Form(
        name="foundation/poseidon",
        step="foundation/encoding_commitments",
        summary="Compute a Poseidon hash over the scalar field of BN254.",
        role=Role.ANY,
        source="formats.md, section 5.1; the Poseidon paper, eprint 2019/458, with circomlib's widths and constants",
        takes={
            "inputs": Field(
                shape=ListOf(item=DIGEST),
                meaning=f"One to sixteen inputs, each {_SCALAR}; the first state element is 0.",
            )
        },
        gives={"hash": Field(shape=DIGEST, meaning="The first element of the last state, little-endian.")},
        features=_COMMITMENTS,
    ),
    Form(
        name="foundation/hash-header",
        step="foundation/encoding_commitments",
        summary="Compute the header that says what a hash is for, its first input.",
        role=Role.ANY,
        source="formats.md, section 5.1",
        takes={
            "kind": Field(
                shape=NUMBER,
                meaning="1 encoding, 2 bare commitment, 3 leaf of a tree, 4 node of a tree, 5 pseudonym, 6 value.",
            ),
            "direction": _DIRECTION,
            "length": Field(shape=NUMBER, meaning="Octets, below 2^16."),
        },
        gives={"header": Field(shape=NUMBER, meaning="hdr, below 2^64.")},
        features=_COMMITMENTS,
    ),
    Form(
        name="foundation/encode-octets",
        step="foundation/encoding_commitments",
        summary="Encode octets as elements of the field, compute their message and commit to both.",
        role=Role.ANY,
        source="formats.md, section 5.1",
        takes={
            "direction": _DIRECTION,
            "octets": Field(shape=OCTETS, meaning="The octets y of the leaf, at least one."),
            "offset": Field(shape=DIGEST, meaning=f"k, {_SCALAR}."),
            "factor": Field(shape=DIGEST, meaning=f"Δ, {_SCALAR}."),
            "blinder": Field(shape=DIGEST, meaning=f"β, {_SCALAR}.", drawn=True),
        },
        gives={
            "elements": Field(shape=ListOf(item=DIGEST), meaning=f"x_1 … x_n, each {_SCALAR}."),
            "message": Field(shape=DIGEST, meaning=f"m = k + Σ Δ^e · x_e, {_SCALAR}."),
            "commitment": Field(shape=DIGEST, meaning=f"C, {_SCALAR}."),
        },
        features=_COMMITMENTS,
    ),
    Form(
        name="foundation/open-encoding",
        step="foundation/encoding_commitments",
        summary="Decide whether octets and a blinder open an encoding commitment to as many octets.",
        role=Role.VERIFIER,
        source="formats.md, section 5.1",
        takes={
            "direction": _DIRECTION,
            "octets": Field(shape=OCTETS, meaning="The octets; the leaf's range has as many."),
            "offset": Field(shape=DIGEST, meaning="k as it stands in the leaf."),
            "factor": Field(shape=DIGEST, meaning="Δ as it stands in the leaf."),
            "blinder": Field(shape=DIGEST, meaning="β."),
            "commitment": Field(shape=DIGEST, meaning="C as it stands in the leaf."),
        },
        gives={"opens": Field(shape=FLAG, meaning="Whether they do.")},
        features=_COMMITMENTS,
    ),
    Form(
        name="foundation/convert-labels",
        step="foundation/encoding_commitments",
        summary="Convert authenticated bits to the message of a leaf: what the Notary sends, and both results.",
        role=Role.ANY,
        source="formats.md, section 5.1",
        takes={
            "session id": Field(shape=DIGEST, meaning="The id of the session."),
            "index": Field(shape=NUMBER, meaning="The index of the leaf, below 2^32."),
            "octets": Field(
                shape=OCTETS,
                meaning="The octets of the leaf, whose bits are taken lowest first within each octet.",
            ),
            "keys": Field(shape=OCTETS, meaning="The Notary's keys K, 16 octets for each bit, in order."),
            "correlation": Field(shape=Octets(length=16), meaning="The Notary's Δ of the engine."),
            "factor": Field(shape=DIGEST, meaning=f"Δ_j, {_SCALAR}, not zero."),
        },
        gives={
            "differences": Field(
                shape=OCTETS, meaning=f"d for each bit, in order, 32 octets each, {_SCALAR}."
            ),
            "offset": Field(shape=DIGEST, meaning=f"k_j, {_SCALAR}."),
            "message": Field(shape=DIGEST, meaning=f"m_j as the Prover computes it, {_SCALAR}."),
        },
        features=_COMMITMENTS,
    ),
    Form(
        name="foundation/decode-predicate",
        step="foundation/predicates",
        summary="Decode a predicate and require that it is one that can be evaluated and compiled.",
        role=Role.ANY,
        source="predicates.md, sections 2 and 3",
        takes={"octets": Field(shape=OCTETS, meaning="What should be a BCS Predicate, to its last octet.")},
        gives=_DESCRIBED,
        features=_PREDICATES,
    ),
    Form(
        name="foundation/read-predicate",
        step="foundation/predicates",
        summary="Read the JSON form of a predicate and require that it can be evaluated and compiled.",
        role=Role.ANY,
        source="predicates.md, section 2",
        takes={"text": Field(shape=TEXT, meaning="What should be the JSON form of a predicate.")},
        gives=_DESCRIBED,
        features=_PREDICATES,
    ),
    Form(
        name="foundation/statement",
        step="foundation/statement",
        summary="Compute the statement of a predicate proof and the proof's public inputs.",
        role=Role.ANY,
        source="predicates.md, section 5, for compiler version 1",
        takes={
            "predicate": _PREDICATE,
            "header digests": Field(
                shape=ListOf(item=DIGEST), meaning="Of the attestations used, one to four."
            ),
            "leaves": Field(
                shape=ListOf(item=Tuple(items=(NUMBER, NUMBER, OCTETS))),
                meaning="For each field the attestation, the leaf's index there, and the leaf: BCS EncodingCommitment "
                "(formats.md, section 5), without the octet that says which kind of commitment it is.",
            ),
            "outputs": Field(shape=ListOf(item=DIGEST), meaning=f"For each pseudonym its value, {_SCALAR}."),
            "audience": _AUDIENCE,
        },
        gives={
            "digest": Field(shape=DIGEST, meaning="The statement."),
            "publics": Field(
                shape=ListOf(item=DIGEST), meaning="The publics in order, each 32 octets big-endian."
            ),
        },
        features=_PREDICATES,
    ),
    Form(
        name="foundation/decode-proof",
        step="foundation/statement",
        summary="Decode a predicate proof as a presentation holds it, and encode it again.",
        role=Role.ANY,
        source="predicates.md, section 5",
        takes={
            "octets": Field(shape=OCTETS, meaning="What should be a BCS PredicateProof, to its last octet.")
        },
        gives={"octets": Field(shape=OCTETS, meaning="The canonical octets, which are the same.")},
        features=_PREDICATES,
    ),
)

_EVALUATION = (
    Form(
        name="verification/read-value",
        step="verification/predicate_evaluation",
        summary="Read the token of a field as a type.",
        role=Role.PROVER,
        source="predicates.md, sections 1 and 4",
        takes={
            "type": Field(shape=OCTETS, meaning="BCS Type (section 2)."),
            "class": Field(shape=NUMBER, meaning=f"The lexical class of the token: {_CLASS}."),
            "octets": Field(shape=OCTETS, meaning="The token."),
        },
        gives={
            "number": Field(
                shape=OrEmpty(item=TEXT),
                meaning="In decimal the value of an integer, a decimal (times 10^scale), a boolean (1 or 0) or a date "
                "(days since 0001-01-01); null for text and bytes.",
            ),
            "octets": Field(
                shape=OrEmpty(item=OCTETS), meaning="The value of text or bytes; null for the others."
            ),
            "hash": Field(shape=DIGEST, meaning="The value hash, little-endian."),
        },
        features=_PREDICATES,
    ),
    Form(
        name="verification/evaluate-predicate",
        step="verification/predicate_evaluation",
        summary="Evaluate a predicate about tokens in plain.",
        role=Role.PROVER,
        source="predicates.md, sections 1 to 4",
        takes={"predicate": _PREDICATE, "tokens": _TOKENS, "trees": _TREES},
        gives={
            "holds": Field(shape=FLAG, meaning="Whether the condition holds."),
            "outputs": Field(
                shape=ListOf(item=DIGEST), meaning="The pseudonyms in order, each little-endian."
            ),
        },
        features=_PREDICATES,
    ),
    Form(
        name="verification/satisfy-circuit",
        step="verification/predicate_evaluation",
        summary="Decide whether the circuit of a predicate can be satisfied for committed tokens.",
        role=Role.PROVER,
        source="predicates.md, sections 1 to 5: the circuit forces exactly what the sections mean",
        takes={"predicate": _PREDICATE, "tokens": _TOKENS, "trees": _TREES},
        gives={
            "satisfied": Field(
                shape=FLAG, meaning="Whether it can, by a Prover that goes on although a token is malformed."
            )
        },
        features=(Feature.PREDICATES, Feature.CIRCUITS),
    ),
    Form(
        name="verification/value-tree",
        step="verification/predicate_evaluation",
        summary="Compute the root of a tree of value hashes.",
        role=Role.ANY,
        source="predicates.md, section 4",
        takes={
            "depth": Field(shape=NUMBER, meaning="1 to 32."),
            "members": Field(
                shape=ListOf(item=DIGEST),
                meaning="The members' value hashes, little-endian, at most 2^depth - 2, in any order.",
            ),
        },
        gives={"root": Field(shape=DIGEST, meaning="The root, little-endian.")},
        features=_PREDICATES,
    ),
    Form(
        name="verification/verify-predicates",
        step="verification/predicate_evaluation",
        summary="Verify the predicates of a presentation whose signature was verified, after its openings.",
        role=Role.VERIFIER,
        source="formats.md, section 9.2, step 3, and predicates.md, section 6",
        takes={
            "presentation": Field(
                shape=OCTETS,
                meaning="BCS Presentation without a proof of identity; neither signature nor binding is checked.",
            ),
            "server name": Field(
                shape=Maybe(item=TEXT),
                meaning="The Server's name as a proof of identity has shown it, or null.",
            ),
            "setups": Field(
                shape=ListOf(item=Tuple(items=(DIGEST, TEXT, NUMBER))),
                meaning="The setups that the Verifier accepts: digest, origin (`ceremony`, `own`, `development`), and "
                "the power of two of the rows that it is large enough for.",
            ),
            "development": Field(
                shape=FLAG, meaning="Whether the Verifier's policy accepts development setups."
            ),
            "rows": Field(
                shape=NUMBER, meaning="How many rows the circuits of all predicates may have together."
            ),
            "keys": Field(
                shape=ListOf(item=Tuple(items=_PLONK_KEY)),
                meaning="For each predicate, in order, the verifying key that is taken for what compiling it under its "
                f"setup gives: {_PLONK_KEY_MEANING}.",
            ),
        },
        gives={
            "predicates": Field(
                shape=ListOf(item=Tuple(items=(DIGEST, NUMBERS, ListOf(item=DIGEST), DIGEST))),
                meaning="For each predicate its digest, the indices of its fields' leaves, its outputs "
                "(little-endian), and the digest of its setup.",
            )
        },
        features=(Feature.PREDICATES, Feature.PLONK),
    ),
)

_PROOFS = (
    Form(
        name="verification/plonk-proof",
        step="verification/plonk_proof",
        summary="Verify a proof of PLONK.",
        role=Role.VERIFIER,
        source="predicates.md, sections 5 and 7: eprint 2019/953, section 8.3, with the transcript of snarkjs 0.7",
        takes={
            "power": Field(shape=NUMBER, meaning="The key: the power of two of the circuit's rows."),
            "public count": Field(shape=NUMBER, meaning="The key: how many public inputs the circuit has."),
            "polynomials": Field(
                shape=ListOf(item=_G1),
                meaning=f"The key: the commitments Qm, Ql, Qr, Qo, Qc, S1, S2, S3 ({_IN_G1}); k_1 = 2 and k_2 = 3.",
            ),
            "tau": Field(shape=_G2, meaning=f"The key: [τ] of G2, {_IN_G2}."),
            "publics": _PUBLICS,
            "proof": Field(shape=OCTETS, meaning="What should be the 768 octets of a proof."),
        },
        features=(Feature.PLONK,),
    ),
    Form(
        name="verification/groth16-proof",
        step="verification/groth16_proof",
        summary="Verify a proof of Groth16 under a key that is not trusted to be one.",
        role=Role.VERIFIER,
        source="predicates.md, sections 7 and 8: eprint 2016/260, section 3.2",
        takes={
            "alpha": Field(shape=_G1, meaning=f"The key: α, {_IN_G1}."),
            "beta": Field(shape=_G2, meaning=f"The key: β, {_IN_G2}; infinity is zeros."),
            "gamma": Field(shape=_G2, meaning="The key: γ, likewise."),
            "delta": Field(shape=_G2, meaning="The key: δ, likewise."),
            "inputs": Field(shape=ListOf(item=_G1), meaning="The key: IC_0, IC_1, …"),
            "publics": _PUBLICS,
            "proof": Field(
                shape=Octets(length=256),
                meaning="A ‖ B ‖ C, their coordinates as in the key; zeros are no point.",
            ),
        },
        features=(Feature.GROTH16,),
    ),
    Form(
        name="verification/bare-commitment",
        step="verification/hash_bridge",
        summary="Compute a bare commitment.",
        role=Role.PROVER,
        source="predicates.md, section 8",
        takes={
            "direction": _DIRECTION,
            "octets": Field(shape=OCTETS, meaning="The octets, at least one."),
            "blinder": Field(shape=DIGEST, meaning=f"β, {_SCALAR}.", drawn=True),
        },
        gives={"commitment": Field(shape=DIGEST, meaning=f"B, {_SCALAR}.")},
        features=(Feature.HASH_BRIDGES,),
    ),
    Form(
        name="verification/bridge-publics",
        step="verification/hash_bridge",
        summary="Check what a hash bridge is about, and compute the public inputs of its proof.",
        role=Role.VERIFIER,
        source="predicates.md, section 8",
        takes={
            "index": Field(shape=NUMBER, meaning="The index of the leaf, below 2^32."),
            "direction": Field(shape=NUMBER, meaning="The leaf's direction: 0 sent, 1 received."),
            "start": Field(shape=NUMBER, meaning="The start of the leaf's only range."),
            "end": Field(shape=NUMBER, meaning="Its end, exclusive."),
            "algorithm": Field(
                shape=NUMBER, meaning="The hash algorithm of the leaf: 1 SHA-256, 2 BLAKE3, 3 Keccak-256."
            ),
            "value": Field(shape=DIGEST, meaning="The value of the leaf's hash commitment."),
            "blocks": Field(shape=NUMBER, meaning="How many blocks the bridge says that it is for."),
            "header digest": Field(shape=DIGEST, meaning="The header digest of the attestation."),
            "commitment": Field(shape=DIGEST, meaning="B, little-endian, perhaps not below r."),
            "audience": _AUDIENCE,
        },
        gives={
            "publics": Field(
                shape=ListOf(item=DIGEST), meaning="The publics in order, each 32 octets big-endian."
            )
        },
        features=(Feature.HASH_BRIDGES,),
    ),
)

FORMS: tuple[Form, ...] = (*_FOUNDATION, *_EVALUATION, *_PROOFS)
"""Every operation that needs the field of the proofs."""
