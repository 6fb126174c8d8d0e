"""From gates that each define a wire of their own to a circuit over few, reused slots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .circuit import INV, Circuit


def allocate(
    *,
    name: str,
    input_sizes: tuple[int, ...],
    output_sizes: tuple[int, ...],
    gates: Sequence[tuple[int, int, int]],
    outputs: Sequence[int],
) -> Circuit:
    """Return the circuit of these gates, in the same order, with every wire in a slot.

    Wires 0 … inputs - 1 are the inputs; gate g, a triple (operation, left wire, right wire), defines wire
    inputs + g. Requires that gates read only earlier wires. A slot is free again after the last reading of
    its wire, and the slot freed last is taken first, which keeps a kernel's memory in the nearest cache.
    """
    input_count = sum(input_sizes)
    wires = input_count + len(gates)
    never = len(gates)
    last_reading = [-1] * wires
    for position, (_, left, right) in enumerate(gates):
        last_reading[left] = position
        last_reading[right] = position
    for wire in outputs:
        last_reading[wire] = never
    slots = list(range(input_count)) + [0] * len(gates)
    free = [slot for slot in range(input_count - 1, -1, -1) if last_reading[slot] < 0]
    slot_count = input_count
    lefts, rights, targets = [0] * never, [0] * never, [0] * never
    for position, (_, left, right) in enumerate(gates):
        left_slot = lefts[position] = slots[left]
        right_slot = rights[position] = slots[right]
        if last_reading[left] == position:
            free.append(left_slot)
        if left != right and last_reading[right] == position:
            free.append(right_slot)
        if free:
            slot = free.pop()
        else:
            slot = slot_count
            slot_count += 1
        wire = input_count + position
        slots[wire] = targets[position] = slot
        if last_reading[wire] < 0:
            free.append(slot)
    return Circuit(
        name=name,
        input_sizes=input_sizes,
        output_sizes=output_sizes,
        operations=np.array([operation for operation, _, _ in gates], dtype=np.uint8),
        left=np.array(lefts, dtype=np.int32),
        right=np.array(rights, dtype=np.int32),
        target=np.array(targets, dtype=np.int32),
        outputs=np.array([slots[wire] for wire in outputs], dtype=np.int32),
        slot_count=slot_count,
    )


def wires_of(circuit: Circuit) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Undo the allocation: gates that each define a wire of their own, and the wires of the outputs."""
    current = list(range(circuit.slot_count))
    gates: list[tuple[int, int, int]] = []
    columns = (circuit.operations, circuit.left, circuit.right, circuit.target)
    for operation, left, right, target in zip(*(column.tolist() for column in columns), strict=True):
        gates.append((operation, current[left], current[left] if operation == INV else current[right]))
        current[target] = circuit.input_count + len(gates) - 1
    return gates, [current[slot] for slot in circuit.outputs.tolist()]
