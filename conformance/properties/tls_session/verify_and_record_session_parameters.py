"""Both parties record the same parameters of the same session: the Notary says which by one digest.

Compared: the digest octet for octet.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.messages import TlsHandshakeData
from mpctls.spec.notary_states import NotaryParametersReceived
from mpctls.spec.tls_session import verify_and_record_session_parameters as step

from ...fields import Fields
from ...property import Operation
from ..drawing import DIGESTS
from ..handshakes import agreed, handshakes


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    return {"session id": draw(DIGESTS), "handshake": draw(handshakes()).encode()}


def _record(fields: Fields) -> Fields:
    received = NotaryParametersReceived(
        agreed=agreed(fields["session id"]), parameters=TlsHandshakeData.decode(fields["handshake"])
    )
    _, message = step.send(received)
    return {"digest": message.digest}


OPERATIONS = (Operation(name="tls_session/record", inputs=_inputs, specification=_record),)
