"""Circuits for kernels: one made by hand with slots reused, and random ones."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.mpc.circuits.circuit import AND, INV, XOR, Circuit, evaluate_lanes


def from_gates(
    inputs: int, gates: list[tuple[int, int, int, int]], outputs: list[int], slots: int
) -> Circuit:
    """Make a circuit of (operation, left, right, target) rows."""
    columns = np.array(gates, np.int32).reshape(-1, 4).T
    return Circuit(
        name="test",
        input_sizes=(inputs,),
        output_sizes=(len(outputs),),
        operations=columns[0].astype(np.uint8),
        left=columns[1].copy(),
        right=columns[2].copy(),
        target=columns[3].copy(),
        outputs=np.array(outputs, np.int32),
        slot_count=slots,
    )


FULL_ADDER = from_gates(
    3,  # a, b and carry; sum = a ^ b ^ carry, carry out = a ^ ((a ^ b) & (a ^ carry))
    [(XOR, 0, 1, 1), (XOR, 1, 2, 3), (XOR, 0, 2, 2), (AND, 1, 2, 2), (XOR, 0, 2, 0), (INV, 0, 0, 4)],
    [3, 0, 4],
    5,
)


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """Draw small circuits whose gates overwrite slots, their own operands among them."""
    inputs = draw(st.integers(1, 5))
    slots = inputs + draw(st.integers(0, 4))
    held = list(range(inputs))
    gates = []
    for _ in range(draw(st.integers(0, 25))):
        operation = draw(st.sampled_from([XOR, AND, AND, INV]))
        left = draw(st.sampled_from(held))
        right = left if operation == INV else draw(st.sampled_from(held))
        target = draw(st.integers(0, slots - 1))
        gates.append((operation, left, right, target))
        if target not in held:
            held.append(target)
    outputs = draw(st.lists(st.sampled_from(held), max_size=4))
    return from_gates(inputs, gates, outputs, slots)


def run_in_the_clear(circuit: Circuit, bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Evaluate uint8[m, inputs] with plain integers, independently of the kernels."""
    lanes = [sum(int(bit) << lane for lane, bit in enumerate(column)) for column in bits.T]
    outputs = evaluate_lanes(circuit, lanes, lanes=len(bits))
    rows = [[(value >> lane) & 1 for value in outputs] for lane in range(len(bits))]
    return np.array(rows, np.uint8).reshape(len(bits), len(outputs))


def random_words(seed: int, *shape: int) -> NDArray[np.uint64]:
    """Draw uint64 of a shape from a seed."""
    return np.random.default_rng(seed).integers(0, 2**64, size=shape, dtype=np.uint64)


def random_bits(seed: int, *shape: int) -> NDArray[np.uint8]:
    """Draw zeros and ones of a shape from a seed."""
    return np.random.default_rng(seed).integers(0, 2, size=shape, dtype=np.uint8)
