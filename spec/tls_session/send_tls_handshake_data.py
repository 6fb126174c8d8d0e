"""Prover → Notary, "Send TLS Handshake Data": what the Notary checks, and a commitment to the rest."""

from __future__ import annotations

from ..attestation import handshake_commitment
from ..messages import TlsHandshakeData
from ..mpc_tls.key_share import decode_public_key
from ..notary_states import NotaryKeyed, NotaryParametersReceived
from ..prover_states import ProverGreeted, ProverParametersSent
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..states import require_message, require_state

BLINDER_LENGTH = 32


def send(state: ProverGreeted, randomness: Randomness) -> tuple[ProverParametersSent, TlsHandshakeData]:
    """Tell the Notary the public values of the handshake, and hide certificates and signature in a
    commitment.

    Run by the Prover when ServerHelloDone has arrived. Draws "handshake blinder". The Notary need not learn
    which Server it is; an identity proof shows it to a Verifier later.
    """
    require_state(state, ProverGreeted)
    handshake = state.handshake
    blinder = randomness.octets("handshake blinder", BLINDER_LENGTH)
    parameters = TlsHandshakeData(
        tls_version=handshake.tls_version,
        cipher_suite=handshake.cipher_suite,
        client_random=handshake.client_random,
        server_random=handshake.server_random,
        extended_master_secret=handshake.extended_master_secret,
        session_hash=handshake.session_hash,
        server_ephemeral_key=handshake.server_ephemeral_key,
        handshake_commitment=handshake_commitment(handshake.handshake_data, blinder),
    )
    after = ProverParametersSent(
        agreed=state.agreed, handshake=handshake, handshake_blinder=blinder, parameters=parameters
    )
    return after, parameters


def receive(state: NotaryKeyed, message: TlsHandshakeData) -> NotaryParametersReceived:
    """Check that the connection is one that was agreed on and carries the client random of this session.

    Run by the Notary. Rejects, the first that fails, with link/unexpected-message,
    tls-session/unexpected-tls-version, tls-session/unexpected-cipher-suite,
    tls-session/client-random-mismatch, tls-session/session-hash-mismatch, key-exchange/invalid-point.
    """
    parameters = require_message(message, TlsHandshakeData, state, NotaryKeyed)
    terms = state.agreed.terms
    if parameters.tls_version != terms.tls_version:
        raise Rejection(Reason.TLS_SESSION_UNEXPECTED_TLS_VERSION, f"version {parameters.tls_version:#06x}")
    if parameters.cipher_suite not in terms.cipher_suites:
        raise Rejection(Reason.TLS_SESSION_UNEXPECTED_CIPHER_SUITE, f"suite {parameters.cipher_suite:#06x}")
    # A Server's signature over a random that the Prover chose alone could be an old one.
    if parameters.client_random != state.client_random:
        raise Rejection(Reason.TLS_SESSION_CLIENT_RANDOM_MISMATCH)
    if (parameters.session_hash is not None) != parameters.extended_master_secret:
        raise Rejection(Reason.TLS_SESSION_SESSION_HASH_MISMATCH)
    decode_public_key(parameters.server_ephemeral_key)
    return NotaryParametersReceived(agreed=state.agreed, parameters=parameters)
