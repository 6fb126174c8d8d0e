"""The arrows of the attestation sequence diagram: who sends what to whom, and where it is in the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One arrow; `module` is relative to the package, `function` a function or method in it."""

    stage: str
    sender: str
    receiver: str
    text: str
    module: str
    function: str

    @property
    def path(self) -> str:
        """Where to read it."""
        return f"reference/{self.module.replace('.', '/')}.py {self.function}"


def _stage(stage: str, *rows: tuple[str, str, str, str, str]) -> tuple[Arrow, ...]:
    return tuple(
        Arrow(stage=stage, sender=sender, receiver=receiver, text=text, module=module, function=function)
        for sender, receiver, text, module, function in rows
    )


_P, _N, _V = "Prover", "Notary", "Verifier"

TLS_SESSION: Final = _stage(
    "TLS session",
    (_P, _N, "Establish MPC-TLS Connection", "prover_connection", "ProverConnection.establish_mpc_tls_connection"),
    (_P, _N, "Send TLS Handshake Data", "prover_connection", "ProverConnection.send_tls_handshake_data"),
    (
        _N,
        _P,
        "Verify and Record Session Parameters",
        "notary_connection",
        "NotaryConnection.verify_and_record_session_parameters",
    ),
)
DATA_SUBMISSION: Final = _stage(
    "Data submission",
    (_P, _N, "Submit TranscriptCommitConfig", "prover", "Prover.submit_transcript_commit_config"),
    (_P, _N, "Include Encoded Commitment/Hash Range", "prover", "Prover.include_commitments"),
    (_N, _P, "Generate Merkle Tree Root", "notary_session", "NotarySession.generate_merkle_tree_root"),
)
ATTESTATION_GENERATION: Final = _stage(
    "Attestation generation",
    (_N, _N, "Build AttestationBody", "notary_session", "NotarySession.build_attestation_body"),
    (_N, _N, "Include Connection Info/Keys/Commitment", "notary_session", "NotarySession.connection_info"),
    (_N, _N, "Sign with Private Key", "notary_session", "NotarySession.sign_with_private_key"),
    (_N, _P, "Return Signed Attestation", "notary_session", "NotarySession.return_signed_attestation"),
)
PRESENTATION_BUILDING: Final = _stage(
    "Presentation building",
    (_P, _P, "Select Disclosure Range (Sent/Recv)", "presentation.building", "select_commitments"),
    (_P, _P, "Generate TranscriptProof", "presentation.building", "transcript_proof"),
    (_P, _P, "Combine IdentityProof", "presentation.building", "identity_proof"),
    (_P, _V, "Send Presentation", "presentation.binding", "check_ready_to_send"),
)
VERIFICATION: Final = _stage(
    "Verification",
    (_V, _V, "Verify Signature Validity", "presentation.verification", "verify_signature"),
    (_V, _V, "Check Commitment Consistency", "presentation.verification", "verify_commitments"),
    (_V, _V, "Reconstruct PartialTranscript", "foundation.transcript", "reconstruct"),
)
ARROWS: Final = TLS_SESSION + DATA_SUBMISSION + ATTESTATION_GENERATION + PRESENTATION_BUILDING + VERIFICATION
