"""The Prover's side of the proof: it knows every bit and its MAC."""

from __future__ import annotations

import hashlib

import numpy as np

from ...foundation.errors import Refused
from ..duplex import Duplex
from ..kernels.proof import evaluate_bits, prove_gates
from .batch import (
    BATCH_GATES,
    CHALLENGE_OCTETS,
    MASK_BITS,
    Gates,
    Growing,
    Proof,
    Sum,
    Wires,
    combine_mask,
)
from .bits import Bits, Blocks, blocks_from_octets, blocks_to_octets, octets_of
from .correlations import ProverReserve
from .messages import ANSWER, CHALLENGE, GATE_CORRECTIONS, INPUT_CORRECTIONS, OPENED_BITS, send_octets


class ProverProof(Proof):
    """Proves to the Notary. `correlation` yields its authenticated random bits; see `Proof` for the methods
    in common.
    """

    def __init__(
        self,
        duplex: Duplex,
        *,
        session_id: bytes,
        correlation: ProverReserve,
        batch_gates: int = BATCH_GATES,
    ) -> None:
        super().__init__(session_id, batch_gates)
        self._duplex = duplex
        self._correlation = correlation
        self._bits: Growing[np.uint8] = Growing(np.array([0, 1], np.uint8))
        self._macs: Growing[np.uint64] = Growing(np.zeros((2, 2), np.uint64))
        self._gate_corrections: list[Bits] = []
        self._gate_macs: list[Blocks] = []

    def bits(self, wires: Wires) -> Bits:
        """Return the bits that wires carry; secret."""
        return self._bits.items[wires]

    def macs(self, wires: Wires) -> Blocks:
        """Return the MACs of wires, uint64[…, 2]. Rejects wires of a batch not yet proved:
        `engine/batch-open`.
        """
        self._require_authenticated(wires)
        return self._macs.items[wires]

    def private_input(self, bits: Bits) -> Wires:
        """Commit to bits of the Prover's choice and return their wires; costs a correlated bit and a
        correction bit each.
        """
        wires = self.random_bits(bits.size)
        corrections = self._bits.items[wires] ^ bits.ravel()
        self._bits.items[wires] = bits.ravel()
        send_octets(self._duplex, INPUT_CORRECTIONS, octets_of(corrections))
        return wires.reshape(bits.shape)

    def open(self, wires: Wires) -> Bits:
        bits = self.bits(wires)
        send_octets(self._duplex, OPENED_BITS, octets_of(bits))
        self.assert_equal(wires, bits)
        return bits

    def _grow(self, count: int) -> None:
        self._bits.extend(count)
        self._macs.extend(count)

    def _keep(self, wires: Wires, mark: int) -> None:
        end = mark + len(wires)
        self._bits.items[mark:end] = self._bits.items[wires]
        self._macs.items[mark:end] = self._macs.items[wires]
        self._bits.truncate(end)
        self._macs.truncate(end)

    def _reserve(self, count: int) -> None:
        self._correlation.reserve(count)

    def _take_random(self, wires: Wires) -> None:
        self._bits.items[wires], self._macs.items[wires] = self._correlation.take(len(wires))

    def _add_sum(self, step: Sum) -> None:
        self._bits.items[step.outputs] = self.bits(step.left) ^ self.bits(step.right)

    def _add_gates(self, step: Gates) -> None:
        outputs, gate_bits = evaluate_bits(step.circuit, self.bits(step.inputs))
        self._bits.items[step.outputs] = outputs
        random_bits, macs = self._correlation.take(step.and_count)
        self._gate_corrections.append(gate_bits.ravel() ^ random_bits)
        self._gate_macs.append(macs)

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        if not np.array_equal(self.bits(wires), bits):
            raise Refused("mpc-tls/values-differ", "a wire does not carry the bit that was to be asserted")

    def _erase(self) -> None:
        self._correlation.erase()

    def _prove_batch(self) -> None:
        mask_bits, mask_macs = self._correlation.take(MASK_BITS)
        corrections = (
            np.concatenate(self._gate_corrections) if self._gate_corrections else np.empty(0, np.uint8)
        )
        send_octets(self._duplex, GATE_CORRECTIONS, octets_of(corrections))
        challenge = blocks_from_octets(self._duplex.receive(CHALLENGE, CHALLENGE_OCTETS))[0]
        sums = self._run_steps(challenge)
        sums[:2] ^= combine_mask(mask_macs)
        sums[2:] ^= blocks_from_octets(octets_of(mask_bits))[0]
        self._duplex.send(ANSWER, blocks_to_octets(sums) + self._assertion_digest())
        self._gate_corrections.clear()
        self._gate_macs.clear()

    def _run_steps(self, challenge: Blocks) -> Blocks:
        """Give every wire of the batch its MAC; return the sums U and W, uint64[4]."""
        sums = np.zeros(4, np.uint64)
        macs = iter(self._gate_macs)
        for step in self._steps:
            if isinstance(step, Sum):
                self._macs.items[step.outputs] = self._macs.items[step.left] ^ self._macs.items[step.right]
            else:
                _, self._macs.items[step.outputs] = prove_gates(
                    step.circuit,
                    input_bits=self.bits(step.inputs),
                    input_macs=self._macs.items[step.inputs],
                    and_macs=next(macs).reshape(len(step.inputs), -1, 2),
                    challenge=challenge,
                    state=sums,
                )
        return sums

    def _assertion_digest(self) -> bytes:
        digest = hashlib.sha256(self._assertion_header())
        for assertion in self._assertions:
            digest.update(blocks_to_octets(self._macs.items[assertion.wires]))
        return digest.digest()
