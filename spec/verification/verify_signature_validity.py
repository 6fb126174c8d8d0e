"""Verifier → Verifier, "Verify Signature Validity": a Notary that the Verifier trusts signed this body."""

from __future__ import annotations

from ..attestation import AttestationBody, ConnectionInfo
from ..binding import CLOCK_TOLERANCE
from ..extensions import holder_key_of
from ..identifiers import CIPHER_SUITES, FORMAT_VERSION, TLS_1_2, TWO_PARTY_DEFERRED
from ..reasons import Reason, Rejection
from ..signatures import verify_signature
from ..states import require_state
from ..verifier_states import VerifierPresented, VerifierSignatureValid


def perform(state: VerifierPresented, *, now: int) -> VerifierSignatureValid:
    """Require a valid signature by a key that the trust store holds, over a body that is understood.

    Run by the Verifier; `now` is in Unix seconds. The key in the body proves nothing by itself. Rejects, the
    first that fails, with verification/unknown-format-version, verification/algorithm-mismatch,
    verification/untrusted-notary, verification/notary-key-expired, verification/signature-invalid,
    verification/body-digest-mismatch, verification/unsupported-mode, verification/unsupported-tls-version,
    verification/unsupported-cipher-suite, verification/misplaced-extension,
    verification/unknown-critical-extension, verification/attested-in-the-future.
    """
    require_state(state, VerifierPresented)
    attestation = state.presentation.attestation
    header, body = attestation.header, attestation.body
    if header.format_version != FORMAT_VERSION:
        raise Rejection(Reason.VERIFICATION_UNKNOWN_FORMAT_VERSION, f"format version {header.format_version}")
    key, time = body.verifying_key, body.connection_info.time
    if header.signature_algorithm is not key.algorithm:
        raise Rejection(Reason.VERIFICATION_ALGORITHM_MISMATCH)
    notary = state.ready.trust_store.find(key)
    if notary is None:
        raise Rejection(Reason.VERIFICATION_UNTRUSTED_NOTARY)
    if not notary.not_before <= time <= notary.not_after:
        raise Rejection(Reason.VERIFICATION_NOTARY_KEY_EXPIRED, f"attested at {time}")
    verify_signature(
        notary.verifying_key,
        attestation.signature,
        header.signature_input(),
        otherwise=Reason.VERIFICATION_SIGNATURE_INVALID,
    )
    if header.body_digest != body.digest(header.body_hash_algorithm):
        raise Rejection(Reason.VERIFICATION_BODY_DIGEST_MISMATCH)
    _require_known_connection(body.connection_info)
    _require_known_extensions(body, state.ready.policy.known_critical_extensions)
    if time > now + CLOCK_TOLERANCE:
        raise Rejection(Reason.VERIFICATION_ATTESTED_IN_THE_FUTURE, f"attested at {time}, now {now}")
    return VerifierSignatureValid(ready=state.ready, presentation=state.presentation, notary_name=notary.name)


def _require_known_connection(info: ConnectionInfo) -> None:
    if info.mode != TWO_PARTY_DEFERRED:
        raise Rejection(Reason.VERIFICATION_UNSUPPORTED_MODE, f"mode {info.mode}")
    if info.tls_version != TLS_1_2:
        raise Rejection(Reason.VERIFICATION_UNSUPPORTED_TLS_VERSION, f"version {info.tls_version:#06x}")
    if info.cipher_suite not in CIPHER_SUITES:
        raise Rejection(Reason.VERIFICATION_UNSUPPORTED_CIPHER_SUITE, f"suite {info.cipher_suite:#06x}")


def _require_known_extensions(body: AttestationBody, known: frozenset[str]) -> None:
    """Require that each extension stands in its owner's list and that critical ones are understood."""
    for extension in body.prover_extensions:
        if extension.is_of_notary:
            raise Rejection(Reason.VERIFICATION_MISPLACED_EXTENSION, extension.id)
    for extension in body.notary_extensions:
        if not extension.is_of_notary:
            raise Rejection(Reason.VERIFICATION_MISPLACED_EXTENSION, extension.id)
    for extension in body.prover_extensions + body.notary_extensions:
        if extension.critical and extension.id not in known:
            raise Rejection(Reason.VERIFICATION_UNKNOWN_CRITICAL_EXTENSION, extension.id)
    try:
        holder_key_of(body.prover_extensions)
    except Rejection:
        raise Rejection(
            Reason.VERIFICATION_UNKNOWN_CRITICAL_EXTENSION, "the holder key is malformed"
        ) from None
