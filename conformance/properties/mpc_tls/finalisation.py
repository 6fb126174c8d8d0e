"""After close the transcript is authenticated for both parties, or refused by whoever finds the first fault.

Compared: what the Prover decrypts, what the Notary may attest of it, how the connection ended; or the reason.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.mpc_tls import close, finalisation
from mpctls.spec.mpc_tls.messages import Record
from mpctls.spec.tls.constants import ContentType

from ...fields import Fields, listed, number, optional, read_list, read_optional
from ...property import Operation
from ..connections import after_key_schedule, conversations, read, shake_hands, write
from ..drawing import flipped

_FAULTS = ("honest", "honest", "tag", "ciphertext", "order", "alert", "server finished", "client finished")


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields, written, server = draw(conversations())
    client_finished = None
    last = len(written) - 1
    match draw(st.sampled_from(_FAULTS)):
        case "tag":
            written[last] = replace(written[last], tag=flipped(written[last].tag, 9))
        case "ciphertext":
            written[1] = replace(written[1], ciphertext=flipped(written[1].ciphertext))
        case "order":
            # The Server counted this record elsewhere.
            written[1] = server.write(7, ContentType.APPLICATION_DATA, b"moved")
        case "alert":
            written = [each for each in written if each.content_type != ContentType.ALERT]
            written.append(server.write(len(written), ContentType.ALERT, b"\2\x28"))
        case "server finished":
            written[0] = server.write(0, ContentType.HANDSHAKE, b"\x14\0\0\x0c" + bytes(12))
        case "client finished":
            client_finished = b"\x14\0\0\x0c" + bytes(12)
    return {
        **fields,
        "received": listed([record.encode() for record in written]),
        "client finished": optional(client_finished),
    }


def finalised(fields: Fields) -> finalisation.AuthenticatedConnection:
    """The connection after close and proof."""
    held, connection = after_key_schedule(fields)
    received = [Record.decode(octets) for octets in read_list(fields["received"])]
    other = read_optional(fields["client finished"])
    connection = shake_hands(connection, fields, received[0], client_finished=other)
    for request in read_list(fields["requests"]):
        connection = write(connection, ContentType.APPLICATION_DATA, request)
    for record in received[1:]:
        connection = read(connection, record)
    closed, _ = close.receive(connection, close.send(connection))
    return finalisation.perform(closed, held.prover)


def _finalise(fields: Fields) -> Fields:
    authenticated = finalised(fields)
    return {
        "sent": authenticated.transcript.sent,
        "received": authenticated.transcript.received,
        "sent length": number(authenticated.sent_length),
        "received length": number(authenticated.received_length),
        "closure": number(authenticated.closure),
    }


OPERATIONS = (Operation(name="mpc_tls/finalise", inputs=_inputs, specification=_finalise, two_party=True),)
