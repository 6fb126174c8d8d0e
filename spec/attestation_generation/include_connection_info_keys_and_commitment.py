"""Notary → Notary, "Include Connection Info/Keys/Commitment": what the Notary itself saw and recorded."""

from __future__ import annotations

from ..attestation import AttestationBody, ConnectionInfo, key_exchange_commitment
from ..identifiers import TWO_PARTY_DEFERRED
from ..notary_states import NotaryBodyComplete, NotaryBodyStarted
from ..randomness import Randomness
from ..states import require_attesting

BLINDER_LENGTH = 32


def perform(state: NotaryBodyStarted, randomness: Randomness, *, now: int) -> NotaryBodyComplete:
    """Complete the body from the Notary's own record.

    Run by the Notary; `now` is its clock in Unix seconds. Draws "key exchange blinder": randoms and ephemeral
    key are only committed to, so that a presentation without an identity proof cannot be matched with a
    packet capture. Rejects with attestation-generation/out-of-order.
    """
    require_attesting(state, NotaryBodyStarted)
    finalised = state.rooted.finalised
    parameters = finalised.connection.parameters
    blinder = randomness.octets("key exchange blinder", BLINDER_LENGTH)
    body = AttestationBody(
        verifying_key=state.verifying_key,
        connection_info=ConnectionInfo(
            time=now,
            mode=TWO_PARTY_DEFERRED,
            tls_version=parameters.tls_version,
            cipher_suite=parameters.cipher_suite,
            extended_master_secret=parameters.extended_master_secret,
            sent_length=finalised.sent_length,
            received_length=finalised.received_length,
            closure=finalised.closure,
        ),
        key_exchange_commitment=key_exchange_commitment(
            client_random=parameters.client_random,
            server_random=parameters.server_random,
            server_ephemeral_key=parameters.server_ephemeral_key,
            blinder=blinder,
        ),
        handshake_commitment=parameters.handshake_commitment,
        transcript_commitments=state.rooted.transcript_commitments,
        prover_extensions=state.prover_extensions,
        notary_extensions=state.notary_extensions,
    )
    return NotaryBodyComplete(
        signing_key=finalised.connection.agreed.signing_key,
        body=body,
        body_hash_algorithm=state.rooted.submission.body_hash_algorithm,
        key_exchange_blinder=blinder,
    )
