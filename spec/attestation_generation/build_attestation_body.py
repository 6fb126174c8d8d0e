"""Notary → Notary, "Build AttestationBody": who states it, what the Prover claims, what the Notary adds."""

from __future__ import annotations

from ..identifiers import SessionKind
from ..notary_states import NotaryBodyStarted, NotaryRooted
from ..reasons import Reason, Rejection
from ..states import require_attesting


def perform(state: NotaryRooted) -> NotaryBodyStarted:
    """Start the body with the Notary's key and the two lists of extensions, each under its own name.

    Run by the Notary. Rejects with attestation-generation/out-of-order in another state, and in a session of
    kind verify, where nothing is signed.
    """
    require_attesting(state, NotaryRooted)
    agreed = state.finalised.connection.agreed
    if agreed.kind is not SessionKind.NOTARIZE:
        raise Rejection(
            Reason.ATTESTATION_GENERATION_OUT_OF_ORDER, "nothing is signed in a session of kind verify"
        )
    return NotaryBodyStarted(
        rooted=state,
        verifying_key=agreed.terms.verifying_key,
        prover_extensions=state.submission.prover_extensions,
        notary_extensions=agreed.policy.notary_extensions,
    )
