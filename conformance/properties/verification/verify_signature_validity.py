"""A presentation is read strictly, and believed only under a trusted Notary's signature over all that it states.

Compared: whether the signature is taken; or the reason. The Notary of a fault signs what it changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.attestation import Attestation
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import HashAlgorithm, SignatureAlgorithm
from mpctls.spec.presentation import Presentation
from mpctls.spec.presentation_building import send_presentation
from mpctls.spec.presentation_building.send_presentation import SentPresentation
from mpctls.spec.signatures import SigningKey, VerifyingKey
from mpctls.spec.trust_store import TrustedNotary, TrustStore
from mpctls.spec.verification import verify_signature_validity as step
from mpctls.spec.verifier_policy import VerifierPolicy
from mpctls.spec.verifier_states import VerifierReady

from ...fields import Fields, listed, number, read_list, read_number
from ...property import Operation
from ..certificates import NOW
from ..drawing import damaged, flipped, signing_key
from ..presentations import file_of, presentations

_FAULTS = (
    "honest", "honest", "damaged", "signature", "untrusted", "other algorithm", "expired", "not yet", "future",
    "body", "header", "header", "statement", "statement", "extension", "extension",
)  # fmt: skip


def trust(key: VerifyingKey, *, not_before: int = NOW - 1000, not_after: int = NOW + 1000) -> bytes:
    """A trust store with one entry."""
    return listed([listed([key.encode(), number(not_before), number(not_after)])])


def read_trust(octets: bytes) -> TrustStore:
    """The trust store of a case."""
    return TrustStore(
        notaries=tuple(
            TrustedNotary(
                name="notary",
                verifying_key=VerifyingKey.decode(key),
                not_before=read_number(not_before),
                not_after=read_number(not_after),
            )
            for key, not_before, not_after in map(read_list, read_list(octets))
        )
    )


def signed_again(presentation: Presentation, key: SigningKey, body: Any, **header: Any) -> Presentation:
    """The presentation over another body and header that the key signed."""
    before = presentation.attestation.header
    changed = replace(before, **{"body_digest": body.digest(before.body_hash_algorithm), **header})
    signature = key.sign(changed.signature_input())
    return replace(presentation, attestation=Attestation(header=changed, body=body, signature=signature))


def notary_key(presentation: Presentation) -> SigningKey:
    """The key that signed an honest presentation."""
    return signing_key(presentation.attestation.body.verifying_key.algorithm, 0)


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    presentation = draw(presentations())
    key = notary_key(presentation)
    attestation = presentation.attestation
    body = attestation.body
    store, now = trust(key.verifying_key), NOW
    match draw(st.sampled_from(_FAULTS)):
        case "damaged":
            octets = draw(damaged(file_of(presentation)))
            return {"file": octets, "trust": store, "now": number(now)}
        case "signature":
            presentation = replace(
                presentation,
                attestation=replace(
                    attestation, signature=flipped(attestation.signature, draw(st.integers(0, 63)))
                ),
            )
        case "untrusted":
            store = trust(signing_key(key.algorithm, 1).verifying_key)
        case "other algorithm":
            other = SignatureAlgorithm(key.algorithm % 4 + 1)
            presentation = signed_again(presentation, key, body, signature_algorithm=other)
        case "expired":
            store = trust(key.verifying_key, not_after=NOW - draw(st.integers(0, 1)))
        case "not yet":
            store = trust(key.verifying_key, not_before=NOW + draw(st.integers(0, 1)))
        case "future":
            now = NOW - draw(st.integers(299, 302))
        case "body":
            changed_body = replace(body, handshake_commitment=flipped(body.handshake_commitment))
            presentation = replace(presentation, attestation=replace(attestation, body=changed_body))
        case "header":
            changes: list[dict[str, Any]] = [
                {"format_version": draw(st.sampled_from((0, 2)))},
                {"body_digest": flipped(attestation.header.body_digest)},
                {"body_hash_algorithm": HashAlgorithm(attestation.header.body_hash_algorithm % 3 + 1)},
            ]
            digest = {"body_digest": attestation.header.body_digest}
            presentation = signed_again(
                presentation, key, body, **{**digest, **draw(st.sampled_from(changes))}
            )
        case "statement":
            info = body.connection_info
            other_info = draw(
                st.sampled_from(
                    (
                        replace(info, mode=draw(st.integers(2, 255))),
                        replace(info, mode=0),
                        replace(info, tls_version=0x0304),
                        replace(info, cipher_suite=0x1301),
                    )
                )
            )
            presentation = signed_again(presentation, key, replace(body, connection_info=other_info))
        case "extension":
            presentation = signed_again(presentation, key, replace(body, **draw(_extensions())))
    return {"file": file_of(presentation), "trust": store, "now": number(now)}


@st.composite
def _extensions(draw: DrawFn) -> dict[str, Any]:
    """One list of extensions with a fault, or with one that nobody needs to know."""
    where = draw(st.sampled_from(("prover_extensions", "notary_extensions")))
    name = draw(st.sampled_from(("holder-key", "notary/policy", "other")))
    value = draw(
        st.sampled_from((signing_key(SignatureAlgorithm.ED25519).verifying_key.encode(), b"", b"\1\0"))
    )
    return {where: (Extension(id=name, critical=draw(st.booleans()), value=value),)}


def _verify(fields: Fields) -> Fields:
    ready = VerifierReady(trust_store=read_trust(fields["trust"]), roots=(), policy=VerifierPolicy())
    presented = send_presentation.receive(ready, SentPresentation(octets=fields["file"]))
    step.perform(presented, now=read_number(fields["now"]))
    return {}


OPERATIONS = (Operation(name="verification/signature", inputs=_inputs, specification=_verify),)
