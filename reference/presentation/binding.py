"""Binding of a presentation to one audience, nonce and span of time by the holder's key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..foundation import contexts
from ..foundation.artifacts import HEADER, PRESENTATION, Binding, Presentation
from ..foundation.encoding import U64, Octets, Text
from ..foundation.errors import Refused
from ..foundation.hashes import sha256
from ..foundation.signatures import SigningKey
from .building import holder_key

CLOCK_TOLERANCE = 300
"""Seconds by which a time may lie in the Verifier's future."""

_AUDIENCE = Text(255)
_NONCE = Octets(64, 16)


def binding_message(
    presentation: Presentation, *, audience: str, nonce: bytes, issued: int, expiry: int
) -> bytes:
    """What the holder signs: header digest, digest of everything presented, audience, nonce and times."""
    return b"".join(
        (
            contexts.BINDING,
            sha256(contexts.HEADER_DIGEST, HEADER.encode(presentation.attestation.header)),
            sha256(contexts.PRESENTATION_DIGEST, PRESENTATION.encode(presentation.without_binding())),
            _AUDIENCE.encode(audience),
            _NONCE.encode(nonce),
            U64.encode(issued),
            U64.encode(expiry),
        )
    )


def bind(
    presentation: Presentation, *, holder: SigningKey, audience: str, nonce: bytes, issued: int, expiry: int
) -> Presentation:
    """The presentation with a binding by `holder`, which must be the attested holder key.

    Refuses with `presentation-building/holder-key-mismatch`.
    """
    attested = holder_key(presentation.attestation, reason="presentation-building/holder-key-mismatch")
    if attested != holder.verifying_key:
        raise Refused(
            "presentation-building/holder-key-mismatch", "the attestation carries another holder key or none"
        )
    message = binding_message(presentation, audience=audience, nonce=nonce, issued=issued, expiry=expiry)
    signature = holder.sign(message)
    binding = Binding(audience=audience, nonce=nonce, issued=issued, expiry=expiry, signature=signature)
    return replace(presentation, binding=binding)


def check_ready_to_send(presentation: Presentation) -> None:
    """Refuse with `presentation-building/binding-required` what has a holder key attested and no binding."""
    reason = "presentation-building/holder-key-mismatch"
    if presentation.binding is None and holder_key(presentation.attestation, reason=reason) is not None:
        raise Refused("presentation-building/binding-required", "the attestation carries a holder key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a Verifier asked a Prover to bind to."""

    audience: str
    nonce: bytes


def check_binding(presentation: Presentation, *, challenge: Challenge | None, now: int) -> None:
    """Run by the Verifier; a presentation of an attestation with a holder key is refused without a binding, always.

    Reasons in order: formats page, section 9.2, step 5. With a binding and no `challenge`, audience and nonce are the
    caller's to judge.
    """
    attested = holder_key(presentation.attestation, reason="verification/unknown-critical-extension")
    binding = presentation.binding
    if binding is None:
        if attested is not None or challenge is not None:
            raise Refused("verification/binding-required", "the presentation is not bound")
        return
    if attested is None:
        raise Refused("verification/binding-without-holder-key", "the attestation carries no holder key")
    message = binding_message(
        presentation,
        audience=binding.audience,
        nonce=binding.nonce,
        issued=binding.issued,
        expiry=binding.expiry,
    )
    attested.verify(binding.signature, message, reason="verification/binding-signature-invalid")
    if challenge is not None and binding.audience != challenge.audience:
        raise Refused("verification/binding-audience-mismatch", "the binding names another audience")
    if challenge is not None and binding.nonce != challenge.nonce:
        raise Refused("verification/binding-nonce-mismatch", "the binding answers another nonce")
    if binding.issued > now + CLOCK_TOLERANCE or binding.issued > binding.expiry:
        raise Refused("verification/binding-not-yet-valid", f"issued at {binding.issued}")
    if binding.expiry < now:
        raise Refused("verification/binding-expired", f"expired at {binding.expiry}")
