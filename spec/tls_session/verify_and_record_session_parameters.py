"""Notary → Prover, "Verify and Record Session Parameters": both hold the same parameters from here on."""

from __future__ import annotations

from ..messages import RecordedSessionParameters
from ..notary_states import NotaryParametersReceived, NotaryParametersRecorded
from ..prover_states import ProverParametersRecorded, ProverParametersSent
from ..reasons import Reason, Rejection
from ..states import require_message, require_state


def send(state: NotaryParametersReceived) -> tuple[NotaryParametersRecorded, RecordedSessionParameters]:
    """Record the parameters, for the computation and for the attestation, and say which they are.

    Run by the Notary once they have passed every check of `send_tls_handshake_data.receive`.
    """
    require_state(state, NotaryParametersReceived)
    digest = state.parameters.digest(state.agreed.terms.session_id)
    recorded = NotaryParametersRecorded(agreed=state.agreed, parameters=state.parameters)
    return recorded, RecordedSessionParameters(digest=digest)


def receive(state: ProverParametersSent, message: RecordedSessionParameters) -> ProverParametersRecorded:
    """Check that the Notary recorded what was sent, in this session.

    Run by the Prover before any secret of the connection is computed. Rejects with link/unexpected-message
    (or the reason of a refusal), tls-session/recorded-parameters-mismatch.
    """
    recorded = require_message(message, RecordedSessionParameters, state, ProverParametersSent)
    if recorded.digest != state.parameters.digest(state.agreed.terms.session_id):
        raise Rejection(Reason.TLS_SESSION_RECORDED_PARAMETERS_MISMATCH)
    return ProverParametersRecorded(
        agreed=state.agreed, handshake=state.handshake, handshake_blinder=state.handshake_blinder
    )
