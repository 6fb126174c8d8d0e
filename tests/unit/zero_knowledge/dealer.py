"""A trusted dealer of correlated bits, and both sides of a proof run as threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import MemoryDuplex, memory_pair
from mpctls.reference.mpc.zero_knowledge.batch import BATCH_GATES
from mpctls.reference.mpc.zero_knowledge.bits import Bits, Blocks, blocks_from_octets, select, unpack
from mpctls.reference.mpc.zero_knowledge.correlations import NotaryReserve, ProverReserve
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof
from mpctls.reference.mpc.zero_knowledge.verifier import NotaryProof

SESSION_ID = bytes(32)
P = TypeVar("P")
N = TypeVar("N")


class Dealer:
    """Deals the same correlations to both ends, from a seed."""

    def __init__(self) -> None:
        source = SeededRandomness(b"dealer")
        self.delta = blocks_from_octets(source.octets(16))[0]
        self._prover = SeededRandomness(b"correlations")
        self._notary = SeededRandomness(b"correlations")

    def receiver(self) -> DealtReceiver:
        return DealtReceiver(self._prover)

    def sender(self) -> DealtSender:
        return DealtSender(self._notary, self.delta)


def _draw(source: SeededRandomness, count: int) -> tuple[Bits, Blocks]:
    bits = np.unpackbits(np.frombuffer(source.octets(-(-count // 8)), np.uint8), bitorder="little")[:count]
    return bits, blocks_from_octets(source.octets(16 * count))


class DealtReceiver:
    def __init__(self, source: SeededRandomness) -> None:
        self._source = source

    def extend(self, count: int) -> tuple[Bits, Blocks]:
        return _draw(self._source, count)

    def erase(self) -> None:
        """A dealer keeps nothing that would have to be forgotten."""


class DealtSender:
    def __init__(self, source: SeededRandomness, delta: Blocks) -> None:
        self._source = source
        self.delta = delta

    def extend(self, count: int) -> Blocks:
        bits, macs = _draw(self._source, count)
        return macs ^ select(bits, self.delta)

    def erase(self) -> None:
        """A dealer keeps nothing that would have to be forgotten."""

    def erase_difference(self) -> None:
        self.delta = np.zeros(2, np.uint64)


class Parties:
    """Both sides of a proof over a memory pair."""

    def __init__(self, prover_type: type[ProverProof] = ProverProof, batch_gates: int = BATCH_GATES) -> None:
        dealer = Dealer()
        self.ends: tuple[MemoryDuplex, MemoryDuplex] = memory_pair(10.0)
        self.prover = prover_type(
            self.ends[0],
            session_id=SESSION_ID,
            correlation=ProverReserve(dealer.receiver()),
            batch_gates=batch_gates,
        )
        self.notary = NotaryProof(
            self.ends[1],
            SeededRandomness(b"notary"),
            session_id=SESSION_ID,
            correlation=NotaryReserve(dealer.sender()),
            batch_gates=batch_gates,
        )

    def both(self, prover: Callable[[ProverProof], P], notary: Callable[[NotaryProof], N]) -> tuple[P, N]:
        """Run both sides; the Notary's refusal is raised here."""
        found: list[P] = []
        failed: list[Refused] = []

        def work() -> None:
            try:
                found.append(prover(self.prover))
            except Refused as refusal:
                failed.append(refusal)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        result = notary(self.notary)
        thread.join()
        if failed:
            raise failed[0]
        return found[0], result


def bits_from(octets: bytes) -> Bits:
    return unpack(octets, 8 * len(octets))
