"""Where the reference implementation does what a step specifies; a reader holds the two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COMMIT = ("reference/attestation/commit_config.py", "reference/attestation/commitment_hashes.py")
_SIGN = ("reference/attestation/signing.py",)
_BUILD = ("reference/presentation/building.py",)
_VERIFY = ("reference/presentation/verification.py",)
_RECORDS = ("reference/mpc/engine", "reference/prover_records.py", "reference/notary_connection.py")

IMPLEMENTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "foundation/registries": ("reference/foundation/identifiers.py", "reference/foundation/reasons.py"),
        "foundation/encoding": ("reference/foundation/encoding.py", "reference/foundation/artifacts.py"),
        "foundation/framing": ("reference/channel/link.py",),
        "foundation/ranges": ("reference/foundation/ranges.py",),
        "foundation/merkle": ("reference/foundation/merkle.py",),
        "foundation/commitments": ("reference/foundation/commitments.py", "reference/foundation/digests.py"),
        "foundation/lexical_classes": ("reference/attestation/commitment_proofs.py",),
        "foundation/signatures": ("reference/foundation/signatures.py",),
        "foundation/server_identity": ("reference/tls/certificates.py",),
        "foundation/encoding_commitments": (
            "reference/foundation/field_encoding.py",
            "reference/encoding_commitment.py",
        ),
        "foundation/predicates": ("zkp",),
        "foundation/statement": ("zkp",),
        "tls_session": (
            "reference/channel/establishment.py",
            "reference/channel/session_parameters.py",
            "reference/prover.py",
            "reference/notary.py",
        ),
        "key_exchange": ("reference/mpc/share_conversion", "reference/mpc/engine"),
        "mpc_tls": _RECORDS,
        "data_submission": (*_COMMIT, "reference/attestation/commitment_proofs.py"),
        "attestation_generation": (*_SIGN, "reference/attestation/validation.py"),
        "presentation_building": _BUILD,
        "presentation_building/send_presentation": (*_BUILD, "reference/presentation/binding.py"),
        "verification": _VERIFY,
        "verification/verify_signature_validity": (*_VERIFY, "reference/presentation/trust.py"),
        "verification/structured_view": ("reference/http/structure.py", "reference/http/message.py"),
        "verification/predicate_evaluation": ("reference/presentation/predicates.py", "zkp"),
        "verification/plonk_proof": ("zkp",),
        "verification/groth16_proof": ("zkp",),
        "verification/hash_bridge": ("zkp",),
    }
)


def implemented(step: str) -> tuple[str, ...]:
    """Files and folders of the reference, by step or else by its stage."""
    return IMPLEMENTED.get(step) or IMPLEMENTED[step.partition("/")[0]]
