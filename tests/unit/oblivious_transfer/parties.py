"""Two parties as threads, and a link on which one of them cheats."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex, MemoryDuplex, memory_pair
from mpctls.reference.mpc.oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender

A = TypeVar("A")
B = TypeVar("B")

SESSION = bytes(range(32))
DIRECTION = b"prover to notary"
TIMEOUT = 20.0
_NO_SUCH_KIND = 0xFFFF


def run_both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run both parties at the same time and return what each returns."""
    with ThreadPoolExecutor(2) as pool:
        results = pool.submit(first), pool.submit(second)
        return results[0].result(TIMEOUT), results[1].result(TIMEOUT)


def refusal_of(honest: Callable[[], object], link: Duplex, other: Callable[[], object], reason: str) -> None:
    """Check that `honest`, whose end is `link`, refuses for `reason`; then wake the other party."""
    with ThreadPoolExecutor(2) as pool:
        refused, other_end = pool.submit(honest), pool.submit(other)
        with pytest.raises(Refused) as caught:
            refused.result(TIMEOUT)
        assert caught.value.reason == reason
        link.send(_NO_SUCH_KIND, b"")
        other_end.exception(TIMEOUT)


class CheatingDuplex:
    """A link whose owner changes what it sends: `change` gets kind, number within the kind, payload."""

    def __init__(self, link: MemoryDuplex, change: Callable[[int, int, bytes], bytes]) -> None:
        self._link = link
        self._change = change
        self._sent: dict[int, int] = {}

    def send(self, kind: int, payload: bytes) -> None:
        number = self._sent.get(kind, 0)
        self._sent[kind] = number + 1
        self._link.send(kind, self._change(kind, number, payload))

    def receive(self, kind: int, length: int) -> bytes:
        return self._link.receive(kind, length)


def flipped(payload: bytes, bit: int) -> bytes:
    """The payload with one bit changed."""
    changed = bytearray(payload)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def flipping(kind: int, number: int, bit: int) -> Callable[[int, int, bytes], bytes]:
    """Change one bit of the `number`-th message of a kind."""

    def change(sent_kind: int, sent_number: int, payload: bytes) -> bytes:
        return flipped(payload, bit) if (sent_kind, sent_number) == (kind, number) else payload

    return change


def correlated_pair(
    log2_leaves: int,
    *,
    seed: bytes = b"",
    direction: bytes = DIRECTION,
    ends: tuple[Duplex, Duplex] | None = None,
    low_bit_one: bool = True,
) -> tuple[CorrelatedSender, CorrelatedReceiver]:
    """Set up both parties of correlated transfers."""
    sender_end, receiver_end = ends or memory_pair(TIMEOUT)
    return run_both(
        lambda: CorrelatedSender.setup(
            sender_end, SeededRandomness(b"sender" + seed), SESSION, direction, low_bit_one, log2_leaves
        ),
        lambda: CorrelatedReceiver.setup(
            receiver_end, SeededRandomness(b"receiver" + seed), SESSION, direction, log2_leaves
        ),
    )
