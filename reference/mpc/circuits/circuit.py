"""The form of a Boolean circuit that kernels run, and an evaluation in the clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from ...foundation.errors import Refused

XOR: Final = 0
AND: Final = 1
INV: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circuit:
    """A straight-line program of XOR, AND and INV gates over numbered slots.

    Slots hold one bit (in a kernel: one label or one authenticated bit) and are reused once their value is
    no longer read, so that the working set stays small. Gates run in order: `target[g]` becomes
    `left[g] op right[g]`; `target` may equal `left` or `right`, and an INV gate has `right == left`. The
    inputs occupy slots 0 … `input_count - 1`, group after group; a slot of an input may be overwritten after
    its last reading. `outputs` names the slots that hold the outputs after the last gate, group after group.

    Bits of a group: an octet string has bit i at bit (i mod 8) of octet i // 8; an integer has its least
    significant bit first. Both are the same integer when the octets are read little-endian.

    Ensures at construction: every slot number is in range, and no gate or output reads a slot before it holds
    a value. Rejects with `circuit/malformed`. Two circuits are equal only if they are the same object.
    """

    name: str
    input_sizes: tuple[int, ...]
    output_sizes: tuple[int, ...]
    operations: npt.NDArray[np.uint8]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    outputs: npt.NDArray[np.int32]
    slot_count: int
    and_count: int = field(init=False)

    def __post_init__(self) -> None:
        _check(self)
        for column in (self.operations, self.left, self.right, self.target, self.outputs):
            column.flags.writeable = False
        object.__setattr__(self, "and_count", int(np.count_nonzero(self.operations == AND)))

    @property
    def input_count(self) -> int:
        """Number of input bits over all groups."""
        return sum(self.input_sizes)

    @property
    def output_count(self) -> int:
        """Number of output bits over all groups."""
        return sum(self.output_sizes)

    @property
    def gate_count(self) -> int:
        """Number of gates of all three operations."""
        return len(self.operations)


def run(circuit: Circuit, *inputs: int) -> tuple[int, ...]:
    """Evaluate in the clear: one integer for each input group, one for each output group.

    Rejects an argument list that does not fit the input groups with `circuit/wrong-input`.
    """
    if len(inputs) != len(circuit.input_sizes):
        raise Refused("circuit/wrong-input", f"{circuit.name} has {len(circuit.input_sizes)} input groups")
    slots: list[int] = []
    for value, size in zip(inputs, circuit.input_sizes, strict=True):
        if value < 0 or value.bit_length() > size:
            raise Refused("circuit/wrong-input", f"an input of {circuit.name} exceeds its {size} bits")
        slots.extend((value >> position) & 1 for position in range(size))
    bits = evaluate_lanes(circuit, slots, lanes=1)
    results = []
    start = 0
    for size in circuit.output_sizes:
        results.append(sum(bit << position for position, bit in enumerate(bits[start : start + size])))
        start += size
    return tuple(results)


def evaluate_lanes(circuit: Circuit, inputs: Sequence[int], *, lanes: int) -> list[int]:
    """Evaluate many instances in the clear at once, one bit of every integer for each instance.

    Integer i of `inputs` holds input bit i of all instances. Returns
    one integer of `lanes` bits for each output bit. Rejects with `circuit/wrong-input`.
    """
    ones = (1 << lanes) - 1
    if len(inputs) != circuit.input_count or any(value < 0 or value > ones for value in inputs):
        raise Refused("circuit/wrong-input", f"{circuit.name} takes {circuit.input_count} bits a lane")
    slots = [*inputs, *[0] * (circuit.slot_count - len(inputs))]
    columns = (circuit.operations, circuit.left, circuit.right, circuit.target)
    gates = zip(*(column.tolist() for column in columns), strict=True)
    for operation, left, right, target in gates:
        if operation == XOR:
            slots[target] = slots[left] ^ slots[right]
        elif operation == AND:
            slots[target] = slots[left] & slots[right]
        else:
            slots[target] = slots[left] ^ ones
    return [slots[slot] for slot in circuit.outputs.tolist()]


def _check(circuit: Circuit) -> None:
    """Refuse columns that disagree in length or name slots that do not exist or hold nothing yet."""
    gates = len(circuit.operations)
    if circuit.operations.dtype != np.uint8 or circuit.operations.ndim != 1:
        raise Refused("circuit/malformed", "operations must be a vector of uint8")
    for column in (circuit.left, circuit.right, circuit.target, circuit.outputs):
        if column.dtype != np.int32 or column.ndim != 1:
            raise Refused("circuit/malformed", "slot numbers must be vectors of int32")
        if len(column) and (int(column.min()) < 0 or int(column.max()) >= circuit.slot_count):
            raise Refused("circuit/malformed", "a slot number is out of range")
    if not len(circuit.left) == len(circuit.right) == len(circuit.target) == gates:
        raise Refused("circuit/malformed", "the gate columns differ in length")
    if min((*circuit.input_sizes, *circuit.output_sizes), default=0) < 0:
        raise Refused("circuit/malformed", "a group has a negative size")
    if len(circuit.outputs) != circuit.output_count or circuit.slot_count < circuit.input_count:
        raise Refused("circuit/malformed", "the groups do not fit the slots")
    if gates and int(circuit.operations.max()) > INV:
        raise Refused("circuit/malformed", "an operation is unknown")
    inversions = circuit.operations == INV
    if np.any(circuit.left[inversions] != circuit.right[inversions]):
        raise Refused("circuit/malformed", "an INV gate has two operands")
    # The gate that first gives a slot its value; inputs hold theirs before the first gate.
    defined = np.full(circuit.slot_count, gates, dtype=np.int64)
    order = np.arange(gates, dtype=np.int64)
    defined[circuit.target[::-1]] = order[::-1]
    defined[: circuit.input_count] = -1
    if np.any(defined[circuit.left] >= order) or np.any(defined[circuit.right] >= order):
        raise Refused("circuit/malformed", "a gate reads a slot that holds nothing yet")
    if np.any(defined[circuit.outputs] >= gates):
        raise Refused("circuit/malformed", "an output slot holds nothing")
