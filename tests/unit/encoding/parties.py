"""Both sides of a conversion over a pair in memory, with bits that a trusted dealer has authenticated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mpctls.reference.encoding_commitment import commitment_value
from mpctls.reference.foundation.field_encoding import scalar_octets
from mpctls.reference.foundation.identifiers import Direction
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.conversion.messages import CHECK_TRANSFERS, Entry, Released
from mpctls.reference.mpc.conversion.notary import NotaryConversion
from mpctls.reference.mpc.conversion.prover import ProverConversion
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import bits_of
from mpctls.reference.mpc.zero_knowledge.correlations import NotaryReserve, ProverReserve
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof
from mpctls.reference.mpc.zero_knowledge.verifier import NotaryProof
from tests.unit.zero_knowledge.dealer import SESSION_ID, Dealer

Ranges = Sequence[tuple[int, int]]
BLINDER = 7**80


class Tampered:
    """The Notary's end of the pair, which may change what its honest code sends."""

    def __init__(self) -> None:
        self.prover, self.notary = memory_pair(5.0)
        self.change: Callable[[int, bytes], bytes] = lambda kind, payload: payload
        self.sent: list[tuple[int, bytes]] = []

    def send(self, kind: int, payload: bytes) -> None:
        self.sent.append((kind, payload))
        self.notary.send(kind, self.change(kind, payload))

    def receive(self, kind: int, length: int) -> bytes:
        return self.notary.receive(kind, length)


@dataclass(kw_only=True)
class Conversation:
    """A Prover that holds `octets`, and a Notary that holds the keys of their bits; both have concluded the proof."""

    octets: bytes
    notary_type: type[NotaryConversion] = NotaryConversion
    seed: bytes = b"notary"
    conclude: bool = True

    def __post_init__(self) -> None:
        dealer = Dealer()
        self.ends = Tampered()
        macs, keys = ProverReserve(dealer.receiver()), NotaryReserve(dealer.sender())
        bits, reserved_macs = macs.take(CHECK_TRANSFERS)
        reserved = keys.take(CHECK_TRANSFERS)
        self.prover_proof = ProverProof(self.ends.prover, session_id=SESSION_ID, correlation=macs)
        source = SeededRandomness(self.seed)
        self.notary_proof = NotaryProof(self.ends, source, session_id=SESSION_ID, correlation=keys)
        self.prover_wires = self.prover_proof.private_input(bits_of(self.octets))
        self.notary_wires = self.notary_proof.private_input(8 * len(self.octets))
        if self.conclude:
            self.prover_proof.conclude()
            self.notary_proof.conclude()
        self.prover = ProverConversion(
            self.ends.prover,
            session_id=SESSION_ID,
            proof=self.prover_proof,
            bits=bits,
            macs=reserved_macs,
        )
        self.notary = self.notary_type(
            self.ends, source, session_id=SESSION_ID, proof=self.notary_proof, reserved=reserved
        )
        self.reserved = (bits, reserved_macs, reserved)

    def convert(self, *ranges: tuple[int, int], first: int = 0) -> tuple[int, ...]:
        """Convert ranges of the octets, one entry for each, from leaf index `first` on."""
        self.ranges = ranges

        def entries(wires: Wires) -> list[Entry]:
            return [
                Entry(index=first + number, wires=wires[8 * start : 8 * end])
                for number, (start, end) in enumerate(ranges)
            ]

        self.notary.convert(entries(self.notary_wires))
        return self.prover.convert(entries(self.prover_wires))

    def commit(self, messages: Sequence[int]) -> tuple[bytes, ...]:
        """The Prover's values for these authenticators."""
        pairs = zip(self.ranges, messages, strict=True)
        return tuple(
            commitment_value(Direction.SENT, self.octets[start:end], message=message, blinder=BLINDER)
            for (start, end), message in pairs
        )

    def release(self) -> tuple[Released, ...]:
        """Release to the Prover, which has committed to as many values as there are entries."""
        released = self.notary.release([scalar_octets(1)] * len(self.ranges))
        self.prover.receive_release()
        return released
