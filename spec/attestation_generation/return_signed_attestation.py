"""Notary → Prover, "Return Signed Attestation": the Prover accepts exactly what it saw."""

from __future__ import annotations

from collections.abc import Sequence

from ..attestation import AttestationBody, ConnectionInfo, Header
from ..extensions import Extension
from ..files import AttestationSecrets
from ..identifiers import FORMAT_VERSION, TWO_PARTY_DEFERRED
from ..messages import SignedAttestation
from ..notary_states import NotaryDone, NotarySigned
from ..presentation import HandshakeOpening, KeyExchangeOpening
from ..prover_states import ProverAttested, ProverRooted
from ..reasons import Reason, Rejection
from ..signatures import verify_signature
from ..states import require_attesting, require_message


def send(state: NotarySigned) -> tuple[NotaryDone, SignedAttestation]:
    """Hand out the attestation, with the blinder that opens its key-exchange commitment, and forget the
    session.

    Run by the Notary. Rejects with attestation-generation/out-of-order.
    """
    require_attesting(state, NotarySigned)
    message = SignedAttestation(
        attestation=state.attestation, key_exchange_blinder=state.key_exchange_blinder
    )
    return NotaryDone(), message


def receive(
    state: ProverRooted,
    message: SignedAttestation,
    *,
    now: int,
    tolerance: int,
    known_extensions: frozenset[str] = frozenset(),
) -> ProverAttested:
    """Check every field of the attestation against the Prover's own view, and keep what opens it.

    Run by the Prover; `now` is its clock and `tolerance` how far the Notary's may be from it, in seconds;
    `known_extensions` are the ids of critical Notary extensions that it knows. Rejects, the first that fails,
    with link/unexpected-message (or the reason of a refusal), the objection that it kept silent about
    (data-submission/conversion-check-failed or data-submission/root-mismatch),
    attestation-generation/unexpected-key,
    attestation-generation/signature-invalid, attestation-generation/body-digest-mismatch,
    attestation-generation/unexpected-format, attestation-generation/connection-info-mismatch,
    attestation-generation/time-out-of-tolerance, attestation-generation/key-exchange-commitment-mismatch,
    attestation-generation/handshake-commitment-mismatch,
    attestation-generation/transcript-commitments-mismatch, attestation-generation/prover-extensions-mismatch,
    attestation-generation/notary-extension-invalid. After a release none of them is told to the Notary.
    """
    returned = require_message(message, SignedAttestation, state, ProverRooted)
    if state.objection is not None:
        raise Rejection(state.objection)
    attestation = returned.attestation
    header, body = attestation.header, attestation.body
    key = state.finalised.connection.agreed.terms.verifying_key
    if body.verifying_key != key:
        raise Rejection(Reason.ATTESTATION_GENERATION_UNEXPECTED_KEY)
    invalid = Reason.ATTESTATION_GENERATION_SIGNATURE_INVALID
    verify_signature(key, attestation.signature, header.signature_input(), otherwise=invalid)
    if header.body_digest != body.digest(header.body_hash_algorithm):
        raise Rejection(Reason.ATTESTATION_GENERATION_BODY_DIGEST_MISMATCH)
    _require_format(state, header)
    _require_connection_info(state, body.connection_info, now, tolerance)
    secrets = _secrets(state, returned.key_exchange_blinder)
    if body.key_exchange_commitment != secrets.key_exchange.commitment():
        raise Rejection(Reason.ATTESTATION_GENERATION_KEY_EXCHANGE_COMMITMENT_MISMATCH)
    _require_commitments(state, body, secrets)
    _require_notary_extensions(body.notary_extensions, known_extensions)
    return ProverAttested(attestation=attestation, secrets=secrets)


def _require_format(state: ProverRooted, header: Header) -> None:
    terms = state.finalised.connection.agreed.terms
    if (
        header.format_version != FORMAT_VERSION
        or header.signature_algorithm is not terms.signature_algorithm
        or header.body_hash_algorithm is not state.submission.body_hash_algorithm
        or not any(header.attestation_id)
    ):
        raise Rejection(Reason.ATTESTATION_GENERATION_UNEXPECTED_FORMAT)


def _require_connection_info(state: ProverRooted, info: ConnectionInfo, now: int, tolerance: int) -> None:
    handshake = state.finalised.connection.handshake
    seen = ConnectionInfo(
        time=info.time,
        mode=TWO_PARTY_DEFERRED,
        tls_version=handshake.tls_version,
        cipher_suite=handshake.cipher_suite,
        extended_master_secret=handshake.extended_master_secret,
        sent_length=len(state.finalised.transcript.sent),
        received_length=len(state.finalised.transcript.received),
        closure=state.finalised.closure,
    )
    if info != seen:
        raise Rejection(Reason.ATTESTATION_GENERATION_CONNECTION_INFO_MISMATCH)
    if abs(info.time - now) > tolerance:
        raise Rejection(
            Reason.ATTESTATION_GENERATION_TIME_OUT_OF_TOLERANCE, f"attested at {info.time}, now {now}"
        )


def _secrets(state: ProverRooted, key_exchange_blinder: bytes) -> AttestationSecrets:
    connection, transcript = state.finalised.connection, state.finalised.transcript
    handshake = connection.handshake
    return AttestationSecrets(
        server_name=handshake.server_name,
        key_exchange=KeyExchangeOpening(
            client_random=handshake.client_random,
            server_random=handshake.server_random,
            server_ephemeral_key=handshake.server_ephemeral_key,
            blinder=key_exchange_blinder,
        ),
        handshake=HandshakeOpening(
            handshake_data=handshake.handshake_data, blinder=connection.handshake_blinder
        ),
        sent=transcript.sent,
        received=transcript.received,
        commitments=state.committed,
    )


def _require_commitments(state: ProverRooted, body: AttestationBody, secrets: AttestationSecrets) -> None:
    if body.handshake_commitment != secrets.handshake.commitment():
        raise Rejection(Reason.ATTESTATION_GENERATION_HANDSHAKE_COMMITMENT_MISMATCH)
    if body.transcript_commitments != state.transcript_commitments:
        raise Rejection(Reason.ATTESTATION_GENERATION_TRANSCRIPT_COMMITMENTS_MISMATCH)
    if body.prover_extensions != state.submission.prover_extensions:
        raise Rejection(Reason.ATTESTATION_GENERATION_PROVER_EXTENSIONS_MISMATCH)


def _require_notary_extensions(extensions: Sequence[Extension], known: frozenset[str]) -> None:
    for extension in extensions:
        if not extension.is_of_notary or (extension.critical and extension.id not in known):
            raise Rejection(Reason.ATTESTATION_GENERATION_NOTARY_EXTENSION_INVALID, extension.id)
