"""The binding of a presentation to its holder, one audience and a short time."""

from __future__ import annotations

from dataclasses import replace

from .extensions import holder_key_of
from .presentation import Binding, Presentation, binding_signature_input
from .reasons import Reason, Rejection
from .signatures import SigningKey, verify_signature
from .verifier_policy import BindingRequest

CLOCK_TOLERANCE = 300
"""Seconds by which the clock of another party may be ahead of the Verifier's."""


def bind(
    presentation: Presentation,
    holder_key: SigningKey,
    *,
    audience: str,
    nonce: bytes,
    issued: int,
    expiry: int,
) -> Presentation:
    """Return the presentation with a binding by the holder.

    Run by the Prover, after all other parts are final: the signature covers them. Times are in Unix seconds.
    """
    signed = binding_signature_input(
        header=presentation.attestation.header,
        presentation=presentation,
        audience=audience,
        nonce=nonce,
        issued=issued,
        expiry=expiry,
    )
    binding = Binding(
        audience=audience, nonce=nonce, issued=issued, expiry=expiry, signature=holder_key.sign(signed)
    )
    return replace(presentation, binding=binding)


def require_binding(presentation: Presentation, request: BindingRequest | None, now: int) -> None:
    """Require a valid binding when the attestation carries a holder key or the Verifier asked for one.

    Run by the Verifier, on a presentation whose signature is valid. A binding is never optional for an
    attestation with a holder key: otherwise a thief would just leave it out. Rejects with
    verification/binding-required, verification/binding-without-holder-key,
    verification/binding-signature-invalid, verification/binding-audience-mismatch,
    verification/binding-nonce-mismatch, verification/binding-not-yet-valid, verification/binding-expired.
    """
    holder_key = holder_key_of(presentation.attestation.body.prover_extensions)
    binding = presentation.binding
    if binding is None:
        if holder_key is not None or request is not None:
            raise Rejection(Reason.VERIFICATION_BINDING_REQUIRED)
        return
    if holder_key is None:
        raise Rejection(Reason.VERIFICATION_BINDING_WITHOUT_HOLDER_KEY)
    signed = binding_signature_input(
        header=presentation.attestation.header,
        presentation=presentation,
        audience=binding.audience,
        nonce=binding.nonce,
        issued=binding.issued,
        expiry=binding.expiry,
    )
    invalid = Reason.VERIFICATION_BINDING_SIGNATURE_INVALID
    verify_signature(holder_key, binding.signature, signed, otherwise=invalid)
    if request is not None and binding.audience != request.audience:
        raise Rejection(Reason.VERIFICATION_BINDING_AUDIENCE_MISMATCH)
    if request is not None and binding.nonce != request.nonce:
        raise Rejection(Reason.VERIFICATION_BINDING_NONCE_MISMATCH)
    if binding.issued > now + CLOCK_TOLERANCE or binding.issued > binding.expiry:
        raise Rejection(Reason.VERIFICATION_BINDING_NOT_YET_VALID, f"issued at {binding.issued}, now {now}")
    if now > binding.expiry:
        raise Rejection(Reason.VERIFICATION_BINDING_EXPIRED, f"expired at {binding.expiry}, now {now}")
