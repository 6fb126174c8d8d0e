"""Close: the Prover declares it, and from then on the Notary helps with nothing more, irrevocably.

Only after this are the Notary's inputs opened: a Prover that knew the keys while the Notary still registered
records could write the Server's part itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..reasons import Reason, Rejection
from ..states import require_state
from .connection import Connection
from .messages import CloseSession, SessionClosed
from .record_state_machine import close


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedConnection:
    """A connection on which nothing more is sent, received or registered."""

    connection: Connection


def send(connection: Connection) -> CloseSession:
    """Message 13, run by the Prover when the response is complete or the Server is gone."""
    require_state(connection, Connection)
    return CloseSession()


def receive(connection: Connection, message: CloseSession) -> tuple[ClosedConnection, SessionClosed]:
    """Message 13, run by the Notary, which answers message 14.

    Rejects with link/unexpected-message before the Server's Finished is registered and when closed before,
    with mpc-tls/unregistered-record.
    """
    if not connection.notary.received:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "close during the handshake")
    notary = close(connection.notary)
    connection.computation.close()
    return ClosedConnection(connection=replace(connection, notary=notary)), SessionClosed()
