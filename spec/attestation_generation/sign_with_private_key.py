"""Notary → Notary, "Sign with Private Key": the header, which names every algorithm, is signed."""

from __future__ import annotations

from ..attestation import Attestation, Header
from ..identifiers import FORMAT_VERSION
from ..notary_states import NotaryBodyComplete, NotarySigned
from ..randomness import Randomness
from ..states import require_attesting

ATTESTATION_ID_LENGTH = 16


def perform(state: NotaryBodyComplete, randomness: Randomness) -> NotarySigned:
    """Sign the body through its digest.

    Run by the Notary. Draws "attestation id". Rejects with attestation-generation/out-of-order.
    """
    require_attesting(state, NotaryBodyComplete)
    header = Header(
        format_version=FORMAT_VERSION,
        signature_algorithm=state.signing_key.algorithm,
        body_hash_algorithm=state.body_hash_algorithm,
        attestation_id=randomness.octets("attestation id", ATTESTATION_ID_LENGTH),
        body_digest=state.body.digest(state.body_hash_algorithm),
    )
    signature = state.signing_key.sign(header.signature_input())
    return NotarySigned(
        attestation=Attestation(header=header, body=state.body, signature=signature),
        key_exchange_blinder=state.key_exchange_blinder,
    )
