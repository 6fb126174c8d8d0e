"""What the Prover tells of the handshake hides who the Server is, and the Notary refuses what was not agreed.

Compared: the commitment octet for octet; acceptance by the Notary, or its reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import CIPHER_SUITES, TLS_1_2, SessionKind
from mpctls.spec.messages import TlsHandshakeData
from mpctls.spec.notary_states import NotaryKeyed
from mpctls.spec.prover_states import ProverAgreed, ProverGreeted, TlsHandshake
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.tls_session import send_tls_handshake_data as step
from mpctls.spec.tls_session import verify_and_record_session_parameters

from ...fields import Fields, numbers, read_numbers
from ...property import Operation
from ..drawing import DIGESTS, PrescribedRandomness, structures
from ..handshakes import agreed, faulty, handshakes, point


@st.composite
def _commit_inputs(draw: DrawFn) -> Fields:
    return {"handshake data": draw(structures(HandshakeData)).encode(), "blinder": draw(DIGESTS)}


@st.composite
def _receive_inputs(draw: DrawFn) -> Fields:
    handshake = draw(handshakes())
    suites = draw(
        st.sampled_from((CIPHER_SUITES, CIPHER_SUITES, (handshake.cipher_suite,), CIPHER_SUITES[:1]))
    )
    presented = draw(faulty(handshake)) if draw(st.booleans()) else handshake
    return {
        "session id": draw(DIGESTS),
        "suites": numbers(suites),
        "client random": handshake.client_random,
        "handshake": presented.encode(),
    }


def _commit(fields: Fields) -> Fields:
    terms = agreed(bytes(32)).terms
    handshake = TlsHandshake(
        server_name="bank.example",
        tls_version=TLS_1_2,
        cipher_suite=CIPHER_SUITES[0],
        client_random=bytes(32),
        server_random=bytes(32),
        extended_master_secret=False,
        session_hash=None,
        server_ephemeral_key=point(1),
        handshake_data=HandshakeData.decode(fields["handshake data"]),
    )
    greeted = ProverGreeted(agreed=ProverAgreed(kind=SessionKind.NOTARIZE, terms=terms), handshake=handshake)
    _, message = step.send(greeted, PrescribedRandomness({"handshake blinder": fields["blinder"]}))
    return {"commitment": message.handshake_commitment}


def _receive(fields: Fields) -> Fields:
    keyed = NotaryKeyed(
        agreed=agreed(fields["session id"], read_numbers(fields["suites"])),
        client_random=fields["client random"],
    )
    received = step.receive(keyed, TlsHandshakeData.decode(fields["handshake"]))
    _, message = verify_and_record_session_parameters.send(received)
    return {"digest": message.digest}


OPERATIONS = (
    Operation(name="tls_session/commit-handshake", inputs=_commit_inputs, specification=_commit),
    Operation(name="tls_session/receive-handshake-data", inputs=_receive_inputs, specification=_receive),
)
