"""QuickSilver's gates: the check holds for honest parties and fails for a wrong bit anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.mpc.circuits.circuit import Circuit
from mpctls.reference.mpc.kernels import proof
from mpctls.reference.mpc.kernels.binary_field import multiply
from mpctls.reference.mpc.kernels.proof import evaluate_bits, prove_gates, verify_gates
from tests.unit.kernels.circuits import FULL_ADDER, circuits, random_bits, random_words, run_in_the_clear

Words = NDArray[np.uint64]
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything both parties hold before the gates are run; keys follow from MACs and bits."""

    circuit: Circuit
    input_bits: Bits
    input_macs: Words
    and_macs: Words
    delta: Words
    challenge: Words

    def key(self, macs: Words, bits: Bits) -> Words:
        keys: Words = macs ^ (bits[..., None].astype(np.uint64) * self.delta)
        return keys

    def prove(self, state: Words) -> tuple[Bits, Words]:
        return prove_gates(
            self.circuit,
            input_bits=self.input_bits,
            input_macs=self.input_macs,
            and_macs=self.and_macs,
            challenge=self.challenge,
            state=state,
        )

    def verify(self, state: Words, and_bits: Bits) -> Words:
        return verify_gates(
            self.circuit,
            input_keys=self.key(self.input_macs, self.input_bits),
            and_keys=self.key(self.and_macs, and_bits),
            delta=self.delta,
            challenge=self.challenge,
            state=state,
        )

    def check(self, prover_sums: Words, verifier_sum: Words) -> bool:
        """Say whether U + W·Δ = V."""
        return np.array_equal(prover_sums[:2] ^ multiply(prover_sums[2:], self.delta), verifier_sum)


def session(circuit: Circuit, instances: int, seed: int) -> Session:
    return Session(
        circuit=circuit,
        input_bits=random_bits(seed, instances, circuit.input_count),
        input_macs=random_words(seed + 1, instances, circuit.input_count, 2),
        and_macs=random_words(seed + 2, instances, circuit.and_count, 2),
        delta=random_words(seed + 3, 2),
        challenge=random_words(seed + 4, 2),
    )


@given(circuit=circuits(), instances=st.integers(0, 21), seed=st.integers(0, 2**32))
def test_honest_parties_agree(circuit: Circuit, instances: int, seed: int) -> None:
    honest = session(circuit, instances, seed)
    start = random_words(seed + 5, 4)
    prover_sums = start.copy()
    verifier_sum = start[:2] ^ multiply(start[2:], honest.delta)
    expected, and_bits = evaluate_bits(circuit, honest.input_bits)
    output_bits, output_macs = honest.prove(prover_sums)
    output_keys = honest.verify(verifier_sum, and_bits)
    assert np.array_equal(expected, run_in_the_clear(circuit, honest.input_bits))
    assert np.array_equal(output_bits, expected)
    assert np.array_equal(output_keys, honest.key(output_macs, output_bits))
    assert honest.check(prover_sums, verifier_sum)


@given(
    circuit=circuits().filter(lambda circuit: circuit.and_count > 0),
    seed=st.integers(0, 2**32),
    data=st.data(),
)
def test_a_wrong_gate_is_caught(circuit: Circuit, seed: int, data: st.DataObject) -> None:
    """The prover commits to the wrong output of one AND gate, which is all that a false proof can be."""
    dishonest = session(circuit, 11, seed)
    _, and_bits = evaluate_bits(circuit, dishonest.input_bits)
    instance, gate = data.draw(st.integers(0, 10)), data.draw(st.integers(0, circuit.and_count - 1))
    and_bits[instance, gate] ^= 1
    prover_sums, verifier_sum = np.zeros(4, np.uint64), np.zeros(2, np.uint64)
    dishonest.prove(prover_sums)
    dishonest.verify(verifier_sum, and_bits)
    assert not dishonest.check(prover_sums, verifier_sum)


@pytest.mark.usefixtures("twin")
def test_sums_run_on_from_call_to_call() -> None:
    """Instances at once give the sums of one after the other: U ← Uχ + A0 and W ← Wχ + A1, in order."""
    both = session(FULL_ADDER, 9, 1)
    together, apart = np.zeros((2, 4), np.uint64)
    both.prove(together)
    for row in (slice(place, place + 1) for place in range(9)):
        prove_gates(
            FULL_ADDER,
            input_bits=both.input_bits[row],
            input_macs=both.input_macs[row],
            and_macs=both.and_macs[row],
            challenge=both.challenge,
            state=apart,
        )
    assert np.array_equal(together, apart)
    # The adder's AND gate has the operands a ^ b and a ^ carry.
    expected = np.zeros(4, np.uint64)
    for bits, macs, and_macs in zip(both.input_bits, both.input_macs, both.and_macs, strict=True):
        (left, right), (left_mac, right_mac) = (
            (bits[0] ^ bits[1], bits[0] ^ bits[2]),
            (macs[0] ^ macs[1], macs[0] ^ macs[2]),
        )
        linear = (int(left) * right_mac) ^ (int(right) * left_mac) ^ and_macs[0]
        expected[:2] = multiply(expected[:2], both.challenge) ^ multiply(left_mac, right_mac)
        expected[2:] = multiply(expected[2:], both.challenge) ^ linear
    assert np.array_equal(together, expected)


@given(circuit=circuits(), fill=st.sampled_from([0, 1, 2**64 - 1]), seed=st.integers(0, 2**32))
def test_portable_twins_agree_at_the_edges(circuit: Circuit, fill: int, seed: int) -> None:
    bits = random_bits(seed, 13, circuit.input_count)
    edge = Session(
        circuit=circuit,
        input_bits=bits,
        input_macs=np.full((*bits.shape, 2), fill, np.uint64),
        and_macs=np.full((13, circuit.and_count, 2), fill, np.uint64),
        delta=np.full(2, fill, np.uint64),
        challenge=np.full(2, fill ^ 1, np.uint64),
    )

    def everything() -> list[NDArray[np.generic]]:
        prover_sums, verifier_sum = random_words(seed, 4), random_words(seed, 2)
        output_bits, and_bits = evaluate_bits(circuit, bits)
        proved = edge.prove(prover_sums)
        keys = edge.verify(verifier_sum, and_bits)
        return [output_bits, and_bits, *proved, keys, prover_sums, verifier_sum]

    compiled = everything()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in vars(proof).copy().items():
            if isinstance(value, Kernel):
                patch.setattr(proof, name, value.portable)
        portable = everything()
    for ours, theirs in zip(compiled, portable, strict=True):
        assert np.array_equal(ours, theirs)


def test_wrong_arguments_are_refused() -> None:
    good = session(FULL_ADDER, 1, 2)
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        evaluate_bits(FULL_ADDER, np.full((1, 3), 2, np.uint8))
    with pytest.raises(ValueError, match="input bits"):
        evaluate_bits(FULL_ADDER, np.zeros((1, 4), np.uint8))
    with pytest.raises(ValueError, match="sums"):
        good.prove(np.zeros(2, np.uint64))
    with pytest.raises(ValueError, match="keys of AND gates"):
        good.verify(np.zeros(2, np.uint64), np.zeros((1, 2), np.uint8))
