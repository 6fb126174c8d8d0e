"""Where one gate of a circuit leads: gates whose output reaches outputs through exclusive or alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mpctls.reference.mpc.circuits.circuit import AND, XOR, Circuit


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAnd:
    """An AND gate after which there is none: number among the AND gates, outputs that it changes, its left operand.

    `left` is the circuit cut off before the gate, with the gate's left operand as only output.
    """

    number: int
    columns: tuple[int, ...]
    left: Circuit


def last_ands(circuit: Circuit) -> list[LastAnd]:
    """Every AND gate whose output enters no other AND gate, with the outputs of which it is a summand."""
    holder = list(range(circuit.slot_count))
    nodes = max(circuit.slot_count, circuit.input_count)
    operands: list[tuple[int, int]] = []
    for gate in range(circuit.gate_count):
        operands.append((holder[circuit.left[gate]], holder[circuit.right[gate]]))
        holder[circuit.target[gate]] = nodes + gate
    reached = [0] * (nodes + circuit.gate_count)
    entered = [False] * (nodes + circuit.gate_count)
    for column, slot in enumerate(circuit.outputs.tolist()):
        reached[holder[slot]] ^= 1 << column
    for gate in reversed(range(circuit.gate_count)):
        left, right = operands[gate]
        operation = circuit.operations[gate]
        for operand in (left, right) if operation in (XOR, AND) else (left,):
            if operation == AND:
                entered[operand] = True
            else:
                reached[operand] ^= reached[nodes + gate]
                entered[operand] |= entered[nodes + gate]
    numbers = np.cumsum(circuit.operations == AND) - 1
    return [
        LastAnd(
            number=int(numbers[gate]),
            columns=tuple(c for c in range(circuit.output_count) if reached[nodes + gate] >> c & 1),
            left=_left_operand(circuit, int(gate)),
        )
        for gate in np.flatnonzero(circuit.operations == AND)
        if reached[nodes + gate] and not entered[nodes + gate]
    ]


def _left_operand(circuit: Circuit, gate: int) -> Circuit:
    return replace(
        circuit,
        output_sizes=(1,),
        operations=circuit.operations[:gate].copy(),
        left=circuit.left[:gate].copy(),
        right=circuit.right[:gate].copy(),
        target=circuit.target[:gate].copy(),
        outputs=circuit.left[gate : gate + 1].copy(),
    )
