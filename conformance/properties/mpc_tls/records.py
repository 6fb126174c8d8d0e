"""Sent records are those that one holder of the key would make, and only the Prover sees their key stream.

Compared: every complete record octet for octet, its tag the sum of both shares, and whether the Notary's view is
without key stream and plaintext.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.diagram import Role
from mpctls.spec.mpc_tls.messages import Record
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.tls.constants import ContentType

from ...fields import Fields, flag, listed, read_list
from ...property import Operation
from ..connections import after_key_schedule, conversations, shake_hands, write


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields, written, _ = draw(conversations())
    return {**fields, "server finished": written[0].encode()}


def _send(fields: Fields) -> Fields:
    _, connection = after_key_schedule(fields)
    connection = shake_hands(connection, fields, Record.decode(fields["server finished"]))
    for request in read_list(fields["requests"]):
        connection = write(connection, ContentType.APPLICATION_DATA, request)
    seen = connection.computation.views.of(Role.NOTARY)
    return {
        "records": listed([record.encode() for record in connection.notary.sent]),
        "hidden from the notary": flag(all(each.item is not Item.KEY_STREAM for each in seen)),
    }


OPERATIONS = (Operation(name="mpc_tls/send-records", inputs=_inputs, specification=_send, two_party=True),)
