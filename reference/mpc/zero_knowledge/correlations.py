"""What the proof consumes: random bits of the Prover, authenticated under the Notary's secret difference."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np

from ..stock import Stock
from .bits import Bits, Blocks

# Correlations are extended at least so many at a time, to pay for the fixed cost and the round trip of an
# extension.
_SMALLEST_EXTENSION: Final = 1 << 16


class CorrelationReceiver(Protocol):
    """What `ProverReserve` needs of the receiver of correlated oblivious transfers."""

    def extend(self, count: int) -> tuple[Bits, Blocks]: ...

    def erase(self) -> None: ...


class CorrelationSender(Protocol):
    """What `NotaryReserve` needs of the sender of correlated oblivious transfers."""

    @property
    def delta(self) -> Blocks: ...

    def extend(self, count: int) -> Blocks: ...

    def erase(self) -> None: ...

    def erase_difference(self) -> None: ...


class ProverReserve:
    """The Prover's end: random bits r with MACs M, each given once, extended on demand in step with the
    Notary.
    """

    __slots__ = ("_bits", "_macs", "_receiver", "taken")

    def __init__(self, receiver: CorrelationReceiver) -> None:
        self._receiver = receiver
        self.taken = 0
        self._bits: Stock[np.uint8] = Stock(np.empty(0, np.uint8))
        self._macs: Stock[np.uint64] = Stock(np.empty((0, 2), np.uint64))

    def reserve(self, count: int) -> None:
        """Have at least `count` bits at hand; exchanges messages when there are fewer. `taken` counts those
        given.
        """
        missing = count - len(self._bits)
        if missing > 0:
            bits, macs = self._receiver.extend(max(missing, _SMALLEST_EXTENSION))
            self._bits.add(bits)
            self._macs.add(macs)

    def take(self, count: int) -> tuple[Bits, Blocks]:
        """Return the next `count` bits uint8[count] and MACs uint64[count, 2]."""
        self.reserve(count)
        self.taken += count
        return self._bits.take(count), self._macs.take(count)

    def erase(self) -> None:
        """Forget what was not used, and what would make more."""
        self._bits.erase()
        self._macs.erase()
        self._receiver.erase()


class NotaryReserve:
    """The Notary's end: keys K = M ⊕ r·Δ, each given once, extended on demand in step with the Prover."""

    __slots__ = ("_keys", "_sender", "taken")

    def __init__(self, sender: CorrelationSender) -> None:
        self._sender = sender
        self.taken = 0
        self._keys: Stock[np.uint64] = Stock(np.empty((0, 2), np.uint64))

    @property
    def delta(self) -> Blocks:
        """The secret difference Δ, uint64[2], of one session and one pair of parties."""
        return self._sender.delta

    def reserve(self, count: int) -> None:
        """Have at least `count` keys at hand; the Prover reserves at the same point."""
        missing = count - len(self._keys)
        if missing > 0:
            self._keys.add(self._sender.extend(max(missing, _SMALLEST_EXTENSION)))

    def take(self, count: int) -> Blocks:
        """Return the keys uint64[count, 2] of the next `count` bits."""
        self.reserve(count)
        self.taken += count
        return self._keys.take(count)

    def erase(self) -> None:
        """Forget what was not used, and what would make more."""
        self._keys.erase()
        self._sender.erase()

    def erase_difference(self) -> None:
        """Forget the secret difference."""
        self._sender.erase_difference()
