"""Finished of both directions: verify_data is opened to both parties from a public handshake hash.

The hash comes from the Prover, who alone sees the handshake; the Notary cannot check it and need not: a lie
gives a verify_data that the Server refuses, or that differs from the Server's. Labels keep these uses of the
pseudorandom function apart from the key expansion.
"""

from __future__ import annotations

from dataclasses import replace

from ..diagram import Role
from ..identifiers import Direction
from ..reasons import Reason, Rejection
from ..states import require_state
from ..tls.constants import CLIENT_FINISHED_LABEL, SERVER_FINISHED_LABEL, VERIFY_DATA_LENGTH
from ..tls.handshake_messages import finished_message
from .connection import MASTER_SECRET, Connection
from .key_schedule import shared_pseudorandom_function
from .messages import FinishedHash
from .record_state_machine import require_readiness
from .views import Item, ViewStep

_LABELS = {Direction.SENT: CLIENT_FINISHED_LABEL, Direction.RECEIVED: SERVER_FINISHED_LABEL}
_ITEMS = {Direction.SENT: Item.CLIENT_VERIFY_DATA, Direction.RECEIVED: Item.SERVER_VERIFY_DATA}


def verify_data_name(direction: Direction) -> str:
    """The name of a direction's verify_data inside the machine."""
    return f"verify_data of the {'client' if direction is Direction.SENT else 'server'}"


def open_verify_data(connection: Connection, message: FinishedHash) -> tuple[Connection, bytes]:
    """Message 8, run by both parties: returns the 12 octets that both learn. Two compressions.

    Once for each direction, sent first. Rejects with link/unexpected-message, mpc-tls/record-after-close,
    mpc-tls/unregistered-record.
    """
    require_state(connection, Connection)
    order = (Direction.SENT, Direction.RECEIVED)
    done = len(connection.finished_hashes)
    if done == len(order) or message.direction is not order[done]:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "each Finished is computed once, the client's first")
    require_readiness(connection.notary)
    computation = connection.computation
    computation.views.show(Role.NOTARY, ViewStep.KEY_SCHEDULE, Item.HANDSHAKE_HASH, message.hash)
    name = verify_data_name(message.direction)
    shared_pseudorandom_function(
        computation,
        secret=MASTER_SECRET,
        label=_LABELS[message.direction],
        seed=message.hash,
        length=VERIFY_DATA_LENGTH,
        output=name,
    )
    verify_data = computation.open_to_both(ViewStep.KEY_SCHEDULE, _ITEMS[message.direction], name)
    hashes = {**connection.finished_hashes, message.direction: message.hash}
    return replace(connection, finished_hashes=hashes), verify_data


def verify_server_finished(plaintext: bytes, verify_data: bytes) -> None:
    """Run by the Prover on the decrypted received record 0, before any application data.

    Its tag is checked after close: the Notary gives no tag share of this direction. Rejects with
    mpc-tls/server-finished-mismatch.
    """
    if plaintext != finished_message(verify_data):
        raise Rejection(Reason.MPC_TLS_SERVER_FINISHED_MISMATCH)
