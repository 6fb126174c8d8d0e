"""Prover → Verifier, "Send Presentation": all parts, bound to the holder if the attestation has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..binding import bind
from ..extensions import holder_key_of
from ..files import decode_file, encode_file
from ..presentation import Presentation
from ..prover_states import ProverIdentityCombined, ProverPresented
from ..reasons import Reason, Rejection
from ..signatures import SigningKey
from ..states import require_state
from ..verifier_policy import BindingRequest
from ..verifier_states import VerifierPresented, VerifierReady
from ..zero_knowledge.statements import PredicateProof


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPresentation:
    """A presentation as it travels: the octets of its file."""

    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who signs the binding, for whom, and for which time in Unix seconds."""

    signing_key: SigningKey
    request: BindingRequest
    issued: int
    expiry: int


def send(
    state: ProverIdentityCombined, holder: Holder | None = None, predicates: Sequence[PredicateProof] = ()
) -> tuple[ProverPresented, SentPresentation]:
    """Put the presentation together.

    Run by the Prover, which has proved the predicates for the audience and nonce of the holder's request.
    Rejects with presentation-building/holder-key-mismatch, presentation-building/binding-required.
    """
    require_state(state, ProverIdentityCombined)
    attestation = state.attested.attestation
    holder_key = holder_key_of(attestation.body.prover_extensions)
    presentation = Presentation(
        attestation=attestation,
        identity=state.identity,
        transcript=state.transcript,
        predicates=tuple(proof.encode() for proof in predicates),
        binding=None,
    )
    if holder is not None:
        if holder.signing_key.verifying_key != holder_key:
            raise Rejection(Reason.PRESENTATION_BUILDING_HOLDER_KEY_MISMATCH)
        presentation = bind(
            presentation,
            holder.signing_key,
            audience=holder.request.audience,
            nonce=holder.request.nonce,
            issued=holder.issued,
            expiry=holder.expiry,
        )
    elif holder_key is not None:
        raise Rejection(Reason.PRESENTATION_BUILDING_BINDING_REQUIRED)
    message = SentPresentation(octets=encode_file(presentation))
    return ProverPresented(attested=state.attested, presentation=presentation), message


def receive(state: VerifierReady, message: SentPresentation) -> VerifierPresented:
    """Decode the file of a presentation; nothing in it is believed yet.

    Run by the Verifier. Rejects with encoding/truncated, encoding/not-this-file-type,
    encoding/unknown-format-version, encoding/trailing-octets, encoding/not-minimal, encoding/limit-exceeded,
    encoding/not-a-boolean, encoding/unknown-variant, encoding/not-utf8, encoding/not-canonical.
    """
    require_state(state, VerifierReady)
    return VerifierPresented(ready=state, presentation=decode_file(Presentation, message.octets))
