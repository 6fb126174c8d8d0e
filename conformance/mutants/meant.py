"""Which steps' vectors are meant for the checks of a module, and which modules hold no check of an implementation."""

from __future__ import annotations

from functools import cache

from ..catalogue import steps

_FOUNDATION = {
    "encoding": ("foundation/encoding", "foundation/predicates"),
    "source": ("foundation/encoding", "foundation/predicates"),
    "files": ("foundation/encoding",),
    "messages": ("foundation/encoding",),
    "attestation": ("foundation/encoding", "foundation/commitments"),
    "presentation": ("foundation/encoding", "verification/reconstruct_partial_transcript"),
    "extensions": ("foundation/encoding", "verification/verify_signature_validity"),
    "ranges": ("foundation/ranges", "foundation/encoding"),
    "merkle": ("foundation/merkle",),
    "commitments": ("foundation/commitments", "foundation/encoding", "foundation/encoding_commitments"),
    "lexical": ("foundation/lexical_classes",),
    "signatures": ("foundation/signatures", "foundation/encoding"),
    "tls.server_identity": ("foundation/server_identity",),
    "tls.handshake_messages": ("foundation/encoding", "tls_session/send_tls_handshake_data"),
    "tls.record_protection": ("mpc_tls/records", "mpc_tls/finalisation"),
    "tls.pseudorandom_function": ("mpc_tls/key_schedule",),
    "algebra.p256": ("key_exchange/verifier_public_key", "key_exchange/combined_public_key",
                     "key_exchange/server_public_key", "key_exchange/forward_server_public_key"),
    "algebra.point_addition": ("key_exchange/secure_two_party_computation",),
    "algebra.share_conversion": ("key_exchange/secure_two_party_computation",),
    "mpc_tls.key_share": ("key_exchange/verifier_public_key", "key_exchange/combined_public_key"),
    "binding": ("verification/reconstruct_partial_transcript",),
    "verifier_policy": ("verification/reconstruct_partial_transcript",),
    "transcript": ("verification/reconstruct_partial_transcript",),
    "disclosure": ("sessions/both", "verification/reconstruct_partial_transcript"),
    "framing": ("foundation/framing",),
    "zero_knowledge.scalar_field": ("foundation/encoding_commitments", "foundation/statement", "foundation/encoding"),
    "zero_knowledge.field_encoding": ("foundation/encoding_commitments",),
    "zero_knowledge.conversion": ("foundation/encoding_commitments",
                                  "data_submission/include_encoded_commitment_or_hash_range"),
    "zero_knowledge.predicate": ("foundation/predicates",),
    "zero_knowledge.predicate_terms": ("foundation/predicates",),
    "zero_knowledge.predicate_json": ("foundation/predicates",),
    "zero_knowledge.predicate_rules": ("foundation/predicates", "verification/predicate_evaluation"),
    "zero_knowledge.reading_predicates": ("foundation/predicates",),
    "closed_json": ("foundation/predicates",),
    "zero_knowledge.patterns": ("foundation/predicates",),
    "zero_knowledge.field_types": ("verification/predicate_evaluation", "foundation/predicates"),
    "zero_knowledge.evaluation": ("verification/predicate_evaluation",),
    "zero_knowledge.statements": ("foundation/statement", "foundation/encoding"),
    "zero_knowledge.presented_predicates": ("verification/predicate_evaluation",
                                            "verification/reconstruct_partial_transcript"),
    "zero_knowledge.plonk": ("verification/plonk_proof", "foundation/statement"),
    "zero_knowledge.groth16": ("verification/groth16_proof",),
    "zero_knowledge.bn254": ("verification/plonk_proof", "verification/groth16_proof", "foundation/statement"),
    "zero_knowledge.hash_bridges": ("verification/hash_bridge",),
}  # fmt: skip

NOT_OF_AN_IMPLEMENTATION = {
    "connection_run": "runs the parties of the specification against each other",
    "diagram": "reads the diagrams that the documents hold",
    "ideal": "stands for the two-party computation, which an implementation has in its place",
    "link": "carries messages between the parties of the specification",
    "mpc_tls.views": "says what each party may see of the ideal computation",
    "ordinary_server": "is a server, which the protocol leaves as it is",
    "randomness": "supplies random octets",
    "states": "says that a party's own code called a step too early",
    "trust_store": "reads a file of the command line, whose form is no part of the protocol",
}
"""Modules whose checks no vector can reach, and what they are for."""


@cache
def steps_meant(module: str) -> frozenset[str]:
    """The steps whose vectors are meant for a module's checks."""
    name = module.removeprefix("mpctls.spec.")
    if name in _FOUNDATION:
        return frozenset(_FOUNDATION[name])
    path = name.replace(".", "/")
    if path in {step.id for step in steps()}:
        return frozenset((path, "sessions/both"))
    stage = name.partition(".")[0]
    if stage == "structure":
        return frozenset(("verification/structured_view",))
    return frozenset((*(step.id for step in steps() if step.stage == stage), "sessions/both"))


def is_of_an_implementation(module: str) -> bool:
    """Whether an implementation has the checks of a module of the specification."""
    name = module.removeprefix("mpctls.spec.")
    return not any(name == each or name.startswith(f"{each}.") for each in NOT_OF_AN_IMPLEMENTATION)
