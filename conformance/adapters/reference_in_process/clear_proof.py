"""Stands for the engine's proof where it is known what is proved about: every statement is computed on clear bits.

It is the ideal functionality of the proof under the reference's own statements: its circuits run, and what does not
hold is refused as the engine refuses it. That the engine proves the same is compared where both engines run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.circuit import Circuit
from mpctls.reference.mpc.kernels.proof import evaluate_bits
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, bits_of


class ClearProof:
    """A wire is the bit that it carries; blinders are prescribed, in the order in which they are drawn."""

    def __init__(self, blinders: Sequence[bytes]) -> None:
        self._blinders = list(blinders)
        self._holds = True

    def random_bits(self, count: int) -> Wires:
        """The bits of the next blinder."""
        drawn = bits_of(self._blinders.pop(0))
        if len(drawn) != count:
            raise ValueError(f"a blinder of {len(drawn)} bits where {count} are drawn")
        return drawn.astype(np.int64)

    def bits(self, wires: Wires) -> Bits:
        """The bits that wires carry."""
        return wires.astype(np.uint8)

    def constant(self, bits: Bits) -> Wires:
        """Wires of public bits."""
        return bits.astype(np.int64)

    def exclusive_or(self, left: Wires, right: Wires) -> Wires:
        """Wires of the sum."""
        return left ^ right

    def apply(self, circuit: Circuit, inputs: Wires) -> Wires:
        """Wires of what the circuit gives."""
        outputs, _ = evaluate_bits(circuit, inputs.astype(np.uint8))
        return outputs.astype(np.int64)

    def reserve(self, gates: int) -> None:
        """Nothing is consumed here."""

    def assert_equal(self, wires: Wires, bits: Bits) -> None:
        """Remember whether it holds; the proof says so at its end."""
        self._holds = self._holds and np.array_equal(wires.astype(np.uint8), bits)

    def flush(self) -> None:
        """Refuse with `mpc-tls/proof-invalid` what does not hold."""
        if not self._holds:
            raise Refused("mpc-tls/proof-invalid", "a statement does not hold")

    def conclude(self) -> None:
        """The proof has ended well."""
        self.flush()


class ClearPlaintext:
    """Wires of a transcript."""

    def __init__(self, sent: bytes, received: bytes) -> None:
        self._sent, self._received = bits_of(sent), bits_of(received)

    def sent(self, start: int, stop: int) -> Wires:
        """Eight for each octet that was sent."""
        return self._sent[8 * start : 8 * stop].astype(np.int64)

    def received(self, start: int, stop: int) -> Wires:
        """Eight for each octet that was received."""
        return self._received[8 * start : 8 * stop].astype(np.int64)
