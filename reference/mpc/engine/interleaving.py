"""Garbled tables between the messages of set-up: the line carries them while set-up waits for its round trips.

Set-up takes ten round trips and a fifth of a second of computation, tables take most of the uplink and depend on
nothing of set-up but the coin. After each of its messages that lets the Notary go on, the Prover garbles and sends the
next chunks; the Notary answers first and takes the chunks before the Prover's next message. So the order of messages is
a function of their kinds, the same in every session of a plan and a profile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from ..duplex import Duplex
from ..oblivious_transfer.messages import (
    BASE_RECEIVER_POINTS,
    BASE_SENDER_POINT,
    CONSISTENCY_CHALLENGE,
    CONSISTENCY_RESPONSE,
    PUNCTURED_CHECK,
    SILENT_SEED,
    TREE_CHALLENGE,
)
from ..share_conversion.messages import LINEAR_EVALUATION_CORRECTIONS

FOLLOWED_BY_TABLES: Final = frozenset(
    {
        BASE_RECEIVER_POINTS,
        BASE_SENDER_POINT,
        PUNCTURED_CHECK,
        CONSISTENCY_CHALLENGE,
        CONSISTENCY_RESPONSE,
        LINEAR_EVALUATION_CORRECTIONS,
        SILENT_SEED,
        TREE_CHALLENGE,
    }
)
"""Kinds of the Prover's messages after which chunks follow, as long as there are any."""


OCTETS_AT_ONCE: Final = 3 << 19
"""Tables behind one message. Enough for the line not to fall idle in a round trip and what is computed in it (60 ms at
200 Mbit/s), and so few that the eleven places have not passed before set-up has ended: it waits behind them.
"""


class TableSendingDuplex:
    """The Prover's end during set-up; each step of `chunks` garbles one, sends it past this object and says how many
    octets its tables have.
    """

    __slots__ = ("_chunks", "_duplex")

    def __init__(self, duplex: Duplex, chunks: Iterator[int]) -> None:
        self._duplex = duplex
        self._chunks = chunks

    def start(self) -> None:
        """Send the first chunks, before the first message of set-up."""
        _advance(self._chunks)

    def send(self, kind: int, payload: bytes) -> None:
        self._duplex.send(kind, payload)
        if kind in FOLLOWED_BY_TABLES:
            _advance(self._chunks)

    def receive(self, kind: int, length: int) -> bytes:
        return self._duplex.receive(kind, length)

    def finish(self) -> None:
        """Send the chunks that are left; nothing follows a message from here on."""
        deque(self._chunks, maxlen=0)
        self._chunks = iter(())


class TableReceivingDuplex:
    """The Notary's end during set-up; each step of `chunks` receives one past this object and says how many octets its
    tables have.
    """

    __slots__ = ("_chunks", "_duplex", "_owed")

    def __init__(self, duplex: Duplex, chunks: Iterator[int]) -> None:
        self._duplex = duplex
        self._chunks = chunks
        self._owed = False

    def start(self) -> None:
        """The first chunks come before the first message of set-up."""
        self._owed = True

    def send(self, kind: int, payload: bytes) -> None:
        self._duplex.send(kind, payload)

    def receive(self, kind: int, length: int) -> bytes:
        if self._owed:
            self._owed = False
            _advance(self._chunks)
        payload = self._duplex.receive(kind, length)
        self._owed = kind in FOLLOWED_BY_TABLES
        return payload

    def finish(self) -> None:
        """Receive the chunks that are left."""
        deque(self._chunks, maxlen=0)
        self._chunks = iter(())


def _advance(chunks: Iterator[int]) -> None:
    """Take chunks until they have `OCTETS_AT_ONCE` octets of tables, the same ones at both ends."""
    octets = 0
    for chunk in chunks:
        octets += chunk
        if octets >= OCTETS_AT_ONCE:
            return
