"""The Notary's side of the proof: it knows the keys and the secret difference, and no bit that is not shown
to it.
"""

from __future__ import annotations

import hashlib
import hmac

import numpy as np

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..kernels.binary_field import multiply
from ..kernels.proof import verify_gates
from ..kernels.selection import add_selected
from .batch import (
    BATCH_GATES,
    CHALLENGE_OCTETS,
    DIGEST_OCTETS,
    MASK_BITS,
    Gates,
    Growing,
    Proof,
    Sum,
    Wires,
    combine_mask,
)
from .bits import Bits, Blocks, blocks_from_octets, blocks_to_octets, packed_length, select, unpack
from .correlations import NotaryReserve
from .messages import ANSWER, CHALLENGE, GATE_CORRECTIONS, INPUT_CORRECTIONS, OPENED_BITS, receive_octets

_SUMS_OCTETS = 32


class NotaryProof(Proof):
    """Verifies what the Prover proves. `correlation` yields its keys; see `Proof` for the common methods."""

    def __init__(
        self,
        duplex: Duplex,
        randomness: Randomness,
        *,
        session_id: bytes,
        correlation: NotaryReserve,
        batch_gates: int = BATCH_GATES,
    ) -> None:
        super().__init__(session_id, batch_gates)
        self._duplex = duplex
        self._randomness = randomness
        self._correlation = correlation
        self._delta = correlation.delta
        self._keys: Growing[np.uint64] = Growing(np.stack([np.zeros(2, np.uint64), self._delta]))
        self._gate_keys: list[Blocks] = []

    @property
    def delta(self) -> Blocks:
        """The secret difference, uint64[2]."""
        return self._delta

    def keys(self, wires: Wires) -> Blocks:
        """Return the keys of wires, uint64[…, 2]. Rejects wires of a batch not yet proved:
        `engine/batch-open`.
        """
        self._require_authenticated(wires)
        return self._keys.items[wires]

    def erase_keys(self) -> None:
        """End the proof and forget all keys and the secret difference."""
        self.end()
        self._keys = Growing(np.zeros((0, 2), np.uint64))
        self._delta = np.zeros(2, np.uint64)
        self._correlation.erase_difference()

    def private_input(self, count: int) -> Wires:
        """Take the Prover's commitment to `count` bits and return their wires."""
        wires = self.random_bits(count)
        corrections = unpack(receive_octets(self._duplex, INPUT_CORRECTIONS, packed_length(count)), count)
        self._keys.items[wires] ^= select(corrections, self._delta)
        return wires

    def open(self, wires: Wires) -> Bits:
        count = wires.size
        bits = unpack(receive_octets(self._duplex, OPENED_BITS, packed_length(count)), count).reshape(
            wires.shape
        )
        self.assert_equal(wires, bits)
        return bits

    def _grow(self, count: int) -> None:
        self._keys.extend(count)

    def _keep(self, wires: Wires, mark: int) -> None:
        end = mark + len(wires)
        self._keys.items[mark:end] = self._keys.items[wires]
        self._keys.truncate(end)

    def _reserve(self, count: int) -> None:
        self._correlation.reserve(count)

    def _take_random(self, wires: Wires) -> None:
        self._keys.items[wires] = self._correlation.take(len(wires))

    def _add_sum(self, step: Sum) -> None:
        """Nothing to do before the corrections are here."""

    def _add_gates(self, step: Gates) -> None:
        self._gate_keys.append(self._correlation.take(step.and_count))

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        """Whether the wires carry these bits shows when the batch is proved."""

    def _erase(self) -> None:
        self._correlation.erase()

    def _prove_batch(self) -> None:
        mask_keys = self._correlation.take(MASK_BITS)
        count = self._pending_gates
        corrections = unpack(receive_octets(self._duplex, GATE_CORRECTIONS, packed_length(count)), count)
        octets = self._randomness.octets(CHALLENGE_OCTETS)
        self._duplex.send(CHALLENGE, octets)
        expected = self._run_steps(corrections, blocks_from_octets(octets)[0]) ^ combine_mask(mask_keys)
        answer = self._duplex.receive(ANSWER, _SUMS_OCTETS + DIGEST_OCTETS)
        constant, linear = blocks_from_octets(answer[:_SUMS_OCTETS])
        self._gate_keys.clear()
        if not np.array_equal(constant ^ multiply(linear, self._delta), expected):
            raise Refused("mpc-tls/proof-invalid", "the sums over the gates differ")
        if not hmac.compare_digest(self._assertion_digest(), answer[_SUMS_OCTETS:]):
            raise Refused("mpc-tls/proof-invalid", "an asserted bit differs")

    def _run_steps(self, corrections: Bits, challenge: Blocks) -> Blocks:
        """Give every wire of the batch its key; return the sum V, uint64[2]."""
        total = np.zeros(2, np.uint64)
        keys = iter(self._gate_keys)
        position = 0
        for step in self._steps:
            if isinstance(step, Sum):
                self._keys.items[step.outputs] = self._keys.items[step.left] ^ self._keys.items[step.right]
                continue
            corrected = next(keys)
            add_selected(corrected, corrections[position : position + step.and_count], self._delta)
            position += step.and_count
            self._keys.items[step.outputs] = verify_gates(
                step.circuit,
                input_keys=self._keys.items[step.inputs],
                and_keys=corrected.reshape(len(step.inputs), -1, 2),
                delta=self._delta,
                challenge=challenge,
                state=total,
            )
        return total

    def _assertion_digest(self) -> bytes:
        digest = hashlib.sha256(self._assertion_header())
        for assertion in self._assertions:
            keys = self._keys.items[assertion.wires] ^ select(assertion.bits, self._delta)
            digest.update(blocks_to_octets(keys))
        return digest.digest()
