"""What a party can record of its own session: its complete view, and what the session cost."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..duplex import Duplex


class Tap(Protocol):
    """Receives every octet string that a party receives or computes, with a label; off unless a test or tool
    gives one.
    """

    def record(self, label: str, octets: bytes) -> None:
        """Take one value of the party's view."""
        ...


class NoTap:
    """Records nothing."""

    __slots__ = ()

    def record(self, label: str, octets: bytes) -> None:
        return None


@dataclass(slots=True, kw_only=True)
class PhaseCost:
    """What one phase cost a party: octets of payload each way, rounds, seconds on the clock, AND gates.

    Gates are those garbled (preprocessing), evaluated (the phases of the plan) or proved (finalisation,
    submission).
    """

    octets_sent: int = 0
    octets_received: int = 0
    rounds: int = 0
    seconds: float = 0.0
    gates: int = 0


class MeasuredDuplex:
    """A duplex that counts octets, rounds and seconds by phase and shows the tap what arrives.

    A round is counted when a party receives after having sent.
    """

    __slots__ = ("_costs", "_duplex", "_phase", "_proved", "_sent_last", "_started", "_tap")

    def __init__(self, duplex: Duplex, tap: Tap) -> None:
        self._duplex = duplex
        self._tap = tap
        self._phase = PhaseCost()
        self._proved = 0
        self._sent_last = False
        self._started = time.monotonic()
        self._costs: dict[str, PhaseCost] = {}

    def begin(self, phase: str, gates: int, *, proved: int = 0) -> None:
        """Count what follows for this phase, which has `gates` AND gates; `proved` is the proof's total so
        far.
        """
        self._settle_seconds()
        self._phase.gates += proved - self._proved
        self._proved = proved
        self._phase = self._costs.setdefault(phase, PhaseCost())
        self._phase.gates += gates

    def settled(self, proved: int) -> Mapping[str, PhaseCost]:
        """Costs by phase up to now, in the order in which the phases began."""
        self._settle_seconds()
        self._phase.gates += proved - self._proved
        self._proved = proved
        return self._costs

    def send(self, kind: int, payload: bytes) -> None:
        self._phase.octets_sent += len(payload)
        self._sent_last = True
        self._duplex.send(kind, payload)

    def receive(self, kind: int, length: int) -> bytes:
        if self._sent_last:
            self._phase.rounds += 1
            self._sent_last = False
        payload = self._duplex.receive(kind, length)
        self._phase.octets_received += len(payload)
        self._tap.record(f"received/{kind:04x}", payload)
        return payload

    def _settle_seconds(self) -> None:
        now = time.monotonic()
        self._phase.seconds += now - self._started
        self._started = now
