"""The Prover's complete check of the attestation it gets back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..foundation.artifacts import NOTARY_PREFIX, Attestation, ConnectionInfo, Extension, KeyExchangeOpening
from ..foundation.artifacts import TranscriptCommitments as SignedCommitments
from ..foundation.commitments import key_exchange_commitment
from ..foundation.digests import body_digest, signed_message
from ..foundation.errors import Refused
from ..foundation.identifiers import FORMAT_VERSION, HashAlgorithm
from ..foundation.signatures import VerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The Prover's own view of everything an attestation states; `connection_info.time` is the Prover's clock."""

    verifying_key: VerifyingKey
    body_hash_algorithm: HashAlgorithm
    connection_info: ConnectionInfo
    time_tolerance: int
    key_exchange: KeyExchangeOpening
    handshake_commitment: bytes
    transcript_commitments: SignedCommitments
    prover_extensions: tuple[Extension, ...]


def validate_attestation(attestation: Attestation, expected: Expected) -> Attestation:
    """Return the attestation when its signature and every field agree with the Prover's view.

    Run by the Prover on *Return Signed Attestation*. Refuses with the `attestation-generation/…` reasons in the order
    of the formats page, section 9.1.
    """
    header, body = attestation.header, attestation.body
    stage = "attestation-generation"
    if body.verifying_key != expected.verifying_key:
        raise Refused(
            f"{stage}/unexpected-key", "the attestation is under another key than this session's Notary"
        )
    expected.verifying_key.verify(
        attestation.signature, signed_message(header), reason=f"{stage}/signature-invalid"
    )
    if header.body_digest != body_digest(HashAlgorithm(header.body_hash_algorithm), body):
        raise Refused(f"{stage}/body-digest-mismatch", "the header does not cover this body")
    if (
        header.format_version != FORMAT_VERSION
        or header.signature_algorithm != expected.verifying_key.algorithm
        or header.body_hash_algorithm != expected.body_hash_algorithm.value
        or not any(header.attestation_id)
    ):
        raise Refused(f"{stage}/unexpected-format", "version, algorithms or attestation id")
    if replace(body.connection_info, time=expected.connection_info.time) != expected.connection_info:
        raise Refused(
            f"{stage}/connection-info-mismatch", "the connection info differs from the Prover's view"
        )
    if abs(body.connection_info.time - expected.connection_info.time) > expected.time_tolerance:
        raise Refused(f"{stage}/time-out-of-tolerance", f"the attested time is {body.connection_info.time}")
    if body.key_exchange_commitment != key_exchange_commitment(expected.key_exchange):
        raise Refused(
            f"{stage}/key-exchange-commitment-mismatch", "it does not open to this session's key exchange"
        )
    if body.handshake_commitment != expected.handshake_commitment:
        raise Refused(f"{stage}/handshake-commitment-mismatch", "it is not the one that was sent")
    if body.transcript_commitments != expected.transcript_commitments:
        raise Refused(f"{stage}/transcript-commitments-mismatch", "tree algorithm, leaf count or root")
    if body.prover_extensions != expected.prover_extensions:
        raise Refused(f"{stage}/prover-extensions-mismatch", "they are not the ones that were submitted")
    for each in body.notary_extensions:
        if not each.id.startswith(NOTARY_PREFIX) or each.critical:
            raise Refused(f"{stage}/notary-extension-invalid", f"{each.id}")
    return attestation
