"""What roles are configured with: limits, clocks, progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .channel.link import DEFAULT_DEADLINE
from .channel.messages import Budget
from .foundation.identifiers import HashAlgorithm

DEFAULT_TIME_TOLERANCE: Final = 300

CLOSED: Final = "closed"
OWN_SCALAR: Final = "own scalar"
OWN_PRODUCT: Final = "own product with the server's key"
"""Labels under which both roles show a tap the end of the session, after which nothing is computed jointly, and their
half of the key exchange."""


def system_clock() -> int:
    """Unix seconds by the system's clock."""
    return int(time.time())


def no_progress(phase: str, octets_sent: int, octets_received: int) -> None:
    """Report nothing."""


Clock = Callable[[], int]
Progress = Callable[[str, int, int], None]
"""Called with the name of the phase that begins and the octets sent and received so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds that one wait may take: for a first message, for the peer, for the Server; and a whole session."""

    request: float = 10.0
    peer: float = DEFAULT_DEADLINE
    server: float = 30.0
    session: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryLimits:
    """What a Notary grants: the largest budget of one session, and how many sessions run at once.

    The Notary keeps 32 octets for each garbled gate, about 10 KB for each octet that may be sent: with these limits at
    most 170 MB a session.
    `committed_octets` bounds all ranges of a session's commitments together: the proof takes 700 gates
    for each of their octets, and up to a kilobyte of memory unless they belong to a long commitment, which is proved in
    pieces; ranges of different commitments may overlap.
    `encoded_octets` bounds those of encoding commitments: 16 hashes and 256 octets of download for each.
    """

    budget: Budget = field(
        default=Budget(sent_octets=16384, sent_records=64, received_octets=2**22, received_records=4096)
    )
    commitments: int = 1024
    committed_octets: int = 2**20
    encoded_octets: int = 2**17
    sessions: int = 16
    hash_algorithms: frozenset[HashAlgorithm] = frozenset(HashAlgorithm)
