"""Both verify_data are opened to both parties, and the Prover takes no other Finished of the Server.

Compared: what is opened; acceptance of a Finished message, or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.diagram import Role
from mpctls.spec.identifiers import Direction
from mpctls.spec.mpc_tls.finished import verify_server_finished
from mpctls.spec.mpc_tls.messages import Record
from mpctls.spec.mpc_tls.records import decrypt_server_finished
from mpctls.spec.tls.constants import CLIENT_FINISHED_LABEL, SERVER_FINISHED_LABEL
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.pseudorandom_function import derive_verify_data

from ...fields import Fields, number, read_number
from ...property import Operation
from ..connections import after_key_schedule, conversations, opened_to, shake_hands
from ..drawing import DIGESTS, flipped


@st.composite
def _handshakes(draw: DrawFn) -> Fields:
    fields, written, _ = draw(conversations())
    kept = {name: octets for name, octets in fields.items() if name != "requests"}
    return {**kept, "server finished": written[0].encode()}


@st.composite
def _master_secrets(draw: DrawFn) -> Fields:
    return {
        "master secret": draw(st.binary(min_size=48, max_size=48)),
        "direction": number(draw(st.sampled_from(Direction))),
        "handshake hash": draw(DIGESTS),
    }


@st.composite
def _messages(draw: DrawFn) -> Fields:
    verify_data = draw(st.binary(min_size=12, max_size=12))
    message = finished_message(verify_data)
    if draw(st.booleans()):
        message = flipped(message, draw(st.integers(0, 15)))
    return {"message": message, "verify data": verify_data}


def _open(fields: Fields) -> Fields:
    _, connection = after_key_schedule(fields)
    connection = shake_hands(connection, fields, Record.decode(fields["server finished"]))
    return {
        "prover": opened_to(connection, Role.PROVER),
        "notary": opened_to(connection, Role.NOTARY),
        "server finished": decrypt_server_finished(connection),
    }


def _verify(fields: Fields) -> Fields:
    verify_server_finished(fields["message"], fields["verify data"])
    return {}


def _derive(fields: Fields) -> Fields:
    label = (CLIENT_FINISHED_LABEL, SERVER_FINISHED_LABEL)[read_number(fields["direction"])]
    return {"verify data": derive_verify_data(fields["master secret"], label, fields["handshake hash"])}


OPERATIONS = (
    Operation(name="mpc_tls/verify-data", inputs=_master_secrets, specification=_derive),
    Operation(name="mpc_tls/server-finished", inputs=_messages, specification=_verify),
    Operation(name="mpc_tls/open-finished", inputs=_handshakes, specification=_open, two_party=True),
)
