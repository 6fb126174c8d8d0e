"""Both parties record the same parameters of the same session: the Notary says which by one digest.

Compared: the digest octet for octet; acceptance by the Prover, or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import SessionKind
from mpctls.spec.messages import RecordedSessionParameters, TlsHandshakeData
from mpctls.spec.notary_states import NotaryParametersReceived
from mpctls.spec.prover_states import ProverAgreed, ProverParametersSent, TlsHandshake
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.tls_session import verify_and_record_session_parameters as step

from ...fields import Fields
from ...property import Operation
from ..drawing import DIGESTS, flipped
from ..handshakes import agreed, handshakes


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    return {"session id": draw(DIGESTS), "handshake": draw(handshakes()).encode()}


@st.composite
def _accept_inputs(draw: DrawFn) -> Fields:
    fields = draw(_inputs())
    digest = _record(fields)["digest"]
    match draw(st.sampled_from(("honest", "digest", "session", "parameters"))):
        case "digest":
            digest = flipped(digest, draw(st.integers(0, 31)))
        case "session":
            digest = _record({**fields, "session id": flipped(fields["session id"])})["digest"]
        case "parameters":
            digest = _record({**fields, "handshake": draw(handshakes()).encode()})["digest"]
    return {**fields, "digest": digest}


def _record(fields: Fields) -> Fields:
    received = NotaryParametersReceived(
        agreed=agreed(fields["session id"]), parameters=TlsHandshakeData.decode(fields["handshake"])
    )
    _, message = step.send(received)
    return {"digest": message.digest}


def _accept(fields: Fields) -> Fields:
    parameters = TlsHandshakeData.decode(fields["handshake"])
    sent = ProverParametersSent(
        agreed=ProverAgreed(kind=SessionKind.NOTARIZE, terms=agreed(fields["session id"]).terms),
        handshake=TlsHandshake(
            server_name="bank.example",
            tls_version=parameters.tls_version,
            cipher_suite=parameters.cipher_suite,
            client_random=parameters.client_random,
            server_random=parameters.server_random,
            extended_master_secret=parameters.extended_master_secret,
            session_hash=parameters.session_hash,
            server_ephemeral_key=parameters.server_ephemeral_key,
            handshake_data=HandshakeData(certificates=(b"leaf",), signature_algorithm=0, signature=b""),
        ),
        handshake_blinder=bytes(32),
        parameters=parameters,
    )
    step.receive(sent, RecordedSessionParameters(digest=fields["digest"]))
    return {}


OPERATIONS = (
    Operation(name="tls_session/record", inputs=_inputs, specification=_record),
    Operation(name="tls_session/accept-recorded", inputs=_accept_inputs, specification=_accept),
)
