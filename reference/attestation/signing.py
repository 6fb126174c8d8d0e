"""Header and signature of an attestation."""

from __future__ import annotations

from ..foundation.artifacts import Attestation, AttestationBody, Header
from ..foundation.digests import body_digest, signed_message
from ..foundation.errors import Refused
from ..foundation.identifiers import FORMAT_VERSION, HashAlgorithm
from ..foundation.signatures import SigningKey


def sign_attestation(
    body: AttestationBody,
    *,
    signing_key: SigningKey,
    body_hash_algorithm: HashAlgorithm,
    attestation_id: bytes,
) -> Attestation:
    """Run by the Notary: header over `body`, signed.

    Requires `attestation_id` to be 16 fresh random octets, and the body to carry this key: otherwise
    `attestation-generation/unexpected-key`.
    """
    if body.verifying_key != signing_key.verifying_key:
        raise Refused(
            "attestation-generation/unexpected-key", "the body carries another key than the one that signs"
        )
    header = Header(
        format_version=FORMAT_VERSION,
        signature_algorithm=signing_key.algorithm.value,
        body_hash_algorithm=body_hash_algorithm.value,
        attestation_id=attestation_id,
        body_digest=body_digest(body_hash_algorithm, body),
    )
    return Attestation(header=header, body=body, signature=signing_key.sign(signed_message(header)))
