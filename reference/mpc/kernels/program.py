"""A circuit as kernels take it: its columns in one tuple."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..circuits.circuit import Circuit
from .blocks import Bits, Words

Slots: TypeAlias = NDArray[np.int32]
Program: TypeAlias = tuple[Bits, Slots, Slots, Slots, Slots]  # operations, left, right, target, outputs

PROGRAM = "(const uint8[:], const int32[:], const int32[:], const int32[:], const int32[:])"


def program(circuit: Circuit) -> Program:
    """Return the columns of a circuit; its constructor has checked every slot number."""
    return circuit.operations, circuit.left, circuit.right, circuit.target, circuit.outputs


def gates(columns: Program) -> Iterator[tuple[int, int, int, int]]:
    """Iterate over operation, left, right and target of each gate, for portable twins."""
    return zip(*(column.tolist() for column in columns[:4]), strict=True)


def spread(inputs: Words, slot_count: int) -> Words:
    """Lay blocks uint64[m, inputs, 2] out by slot, uint64[slot_count, m, 2], for portable twins."""
    wires = np.empty((slot_count, len(inputs), 2), np.uint64)
    wires[: inputs.shape[1]] = inputs.transpose(1, 0, 2)
    return wires
