"""Verifier → Verifier, "Reconstruct PartialTranscript": octets that may be read, and no others.

The last step, so it is also where binding and policy decide: before they have, no octet leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..attestation import AttestationBody
from ..binding import require_binding
from ..states import require_state
from ..transcript import PartialTranscript
from ..verifier_policy import require_policy
from ..verifier_states import VerifierConsistent
from ..zero_knowledge.presented_predicates import VerifiedPredicate
from .check_commitment_consistency import reconstruct


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPresentation:
    """What a Verifier knows after every check: who attested, which Server (if shown), what was said, and what
    holds of what stays hidden.
    """

    notary_name: str
    body: AttestationBody
    server_name: str | None
    transcript: PartialTranscript
    predicates: tuple[VerifiedPredicate, ...] = ()


def perform(state: VerifierConsistent, *, now: int) -> VerifiedPresentation:
    """Return what the presentation proves.

    Run by the Verifier; `now` is in Unix seconds. Reading an octet that is not authenticated gives
    verification/octet-not-authenticated. Rejects, the first that fails, with verification/binding-required,
    verification/binding-without-holder-key, verification/binding-signature-invalid,
    verification/binding-audience-mismatch, verification/binding-nonce-mismatch,
    verification/binding-not-yet-valid, verification/binding-expired; verification/identity-required,
    verification/server-not-allowed, verification/attestation-too-old,
    verification/required-extension-missing.
    """
    require_state(state, VerifierConsistent)
    presentation, policy = state.presentation, state.ready.policy
    body, identity = presentation.attestation.body, presentation.identity
    transcript = reconstruct(state.openings, body.connection_info)
    require_binding(presentation, policy.binding, now)
    require_policy(policy, body, identity, now)
    return VerifiedPresentation(
        notary_name=state.notary_name,
        body=body,
        server_name=identity.server_name if identity is not None else None,
        transcript=transcript,
        predicates=state.predicates,
    )
