"""Stands for an engine in which every proof holds: sessions go on to what follows proofs, without their cost.

What engines really prove and convert is compared where both run; here a role's own order and messages are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.circuit import Circuit
from mpctls.reference.mpc.conversion.messages import Entry, Released
from mpctls.reference.mpc.engine.tap import NoTap
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, bits_of


class BelievedProof:
    """Serves prescribed blinders as its random bits; a wire is the bit that it carries."""

    def __init__(self, blinders: Sequence[bytes]) -> None:
        self._blinders = list(blinders)

    def random_bits(self, count: int) -> Wires:
        """The bits of the next blinder, or of none where only the Prover has them."""
        drawn = bits_of(self._blinders.pop(0)) if self._blinders else np.zeros(count, np.uint8)
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
        """Wires of the right number: what they would carry is nobody's question here."""
        return np.zeros((len(inputs), circuit.output_count), np.int64)

    def reserve(self, gates: int) -> None:
        """Nothing is consumed here."""

    def assert_equal(self, wires: Wires, bits: Bits) -> None:
        """Holds."""

    def flush(self) -> None:
        """Everything is proved."""

    def conclude(self) -> None:
        """The proof has ended well."""


class BelievedPlaintext:
    """Wires for any position of either direction."""

    def sent(self, start: int, stop: int) -> Wires:
        """Eight for each octet."""
        return np.zeros(8 * (stop - start), np.int64)

    received = sent


class BelievedEngine:
    """Converts as prescribed for each leaf: to `messages` at the Prover, to `released` at both.

    With `deviates` the release is one that the Prover's check does not let pass.
    """

    tap = NoTap()

    def __init__(
        self,
        *,
        blinders: Sequence[bytes] = (),
        messages: Mapping[int, int] | None = None,
        released: Mapping[int, Released] | None = None,
        deviates: bool = False,
    ) -> None:
        self.proof: Any = BelievedProof(blinders)
        self.plaintext: Any = BelievedPlaintext()
        self._messages = messages or {}
        self._released = released or {}
        self._deviates = deviates
        self._entries: tuple[int, ...] = ()

    def convert(self, entries: Sequence[Entry]) -> tuple[int, ...]:
        """The message of each entry."""
        self._entries = tuple(each.index for each in entries)
        return tuple(self._messages.get(index, 0) for index in self._entries)

    def release(self, registered: Sequence[bytes]) -> tuple[Released, ...]:
        """Offset and factor of each entry, once all are registered."""
        if len(registered) != len(self._entries):
            raise ValueError("a release before all commitments are registered")
        return self._all_released()

    def receive_release(self) -> None:
        """It arrives, whatever is in it."""

    def check_release(self) -> tuple[Released, ...]:
        """What was released, or the refusal of a Prover to which the Notary lied."""
        if self._deviates:
            raise Refused("data-submission/conversion-check-failed", "as prescribed")
        return self._all_released()

    def _all_released(self) -> tuple[Released, ...]:
        return tuple(self._released[index] for index in self._entries)
