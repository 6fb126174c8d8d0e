"""Prover → Prover, "Combine IdentityProof": which Server it was, if that shall be shown."""

from __future__ import annotations

from ..files import AttestationSecrets
from ..presentation import IdentityProof
from ..prover_states import ProverIdentityCombined, ProverTranscriptProved
from ..states import require_state


def perform(state: ProverTranscriptProved) -> ProverIdentityCombined:
    """Add name, key exchange and certificates, or leave all three out.

    Run by the Prover. A presentation without an identity proof does not tell the Server, and cannot be
    matched with a packet capture of the connection.
    """
    require_state(state, ProverTranscriptProved)
    identity = prove_identity(state.attested.secrets) if state.selection.identity else None
    return ProverIdentityCombined(attested=state.attested, identity=identity, transcript=state.transcript)


def prove_identity(secrets: AttestationSecrets) -> IdentityProof:
    """Return the opening of everything that says which Server it was."""
    return IdentityProof(
        server_name=secrets.server_name,
        key_exchange=secrets.key_exchange,
        handshake=secrets.handshake,
    )
