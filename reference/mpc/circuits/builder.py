"""The builder: gates one after another, folded and shared as they come, and a circuit at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NewType

from ...foundation.errors import Refused
from .allocation import allocate
from .circuit import AND, INV, XOR, Circuit

# Twice the number of the node that computes the value, plus one if the value is inverted.
Wire = NewType("Wire", int)
FALSE: Final = Wire(0)
TRUE: Final = Wire(1)

# Node numbers stay below this, so that a pair of them packs into one integer.
_NODE_LIMIT: Final = 1 << 32


class Builder:
    """Collects the gates of one circuit.

    A wire carries its inversion with it, so inverting costs nothing and cancels by itself; an INV gate
    appears only where an inverted value leaves the circuit. Constants are folded, equal gates are built once,
    and `finish` drops every gate that no output needs. Nothing depends on the environment: the same calls
    give the same circuit on every machine, which both parties rely on.
    """

    __slots__ = ("_ands", "_gates", "_input_sizes", "_name", "_xors")

    def __init__(self, name: str) -> None:
        self._name = name
        self._input_sizes: list[int] = []
        # Node 0 is the constant, then one node for each input bit, then one for each gate.
        self._gates: list[tuple[int, int, int]] = [(XOR, 0, 0)]
        self._xors: dict[int, int] = {}
        self._ands: dict[int, int] = {}

    def take_input(self, size: int) -> list[Wire]:
        """Open the next input group of `size` bits; all groups come before the first gate."""
        first = len(self._gates)
        if first != 1 + sum(self._input_sizes):
            raise Refused("circuit/malformed", "an input group follows a gate")
        self._input_sizes.append(size)
        self._gates.extend([(XOR, 0, 0)] * size)
        return [Wire(2 * node) for node in range(first, first + size)]

    def xor(self, left: Wire, right: Wire) -> Wire:
        """Return left ⊕ right."""
        inverted = (left ^ right) & 1
        low, high = left >> 1, right >> 1
        if low > high:
            low, high = high, low
        if low == 0:
            return Wire(2 * high | inverted)
        if low == high:
            return Wire(inverted)
        pair = low * _NODE_LIMIT + high
        node = self._xors.get(pair)
        if node is None:
            node = self._xors[pair] = len(self._gates)
            self._gates.append((XOR, low, high))
        return Wire(2 * node | inverted)

    def and_(self, left: Wire, right: Wire) -> Wire:
        """Return left ∧ right; the inversions of the operands move behind the gate: ¬a ∧ b = (a ∧ b) ⊕ b."""
        low, high = left >> 1, right >> 1
        if low == high:
            return left if left == right else FALSE
        if low == 0:
            return right if left else FALSE
        if high == 0:
            return left if right else FALSE
        if low > high:
            low, high = high, low
        pair = low * _NODE_LIMIT + high
        node = self._ands.get(pair)
        if node is None:
            node = self._ands[pair] = len(self._gates)
            self._gates.append((AND, low, high))
        product = Wire(2 * node)
        if left & 1:
            product = self.xor(product, Wire(right & ~1))
        if right & 1:
            product = self.xor(product, left)
        return product

    def or_(self, left: Wire, right: Wire) -> Wire:
        """Return left ∨ right, at the cost of one AND."""
        return self.invert(self.and_(self.invert(left), self.invert(right)))

    def invert(self, wire: Wire) -> Wire:
        """Return ¬wire, at no cost."""
        return Wire(wire ^ 1)

    def finish(self, *groups: Sequence[Wire]) -> Circuit:
        """Return the circuit whose output groups are these wires, without the gates they do not need."""
        input_count = sum(self._input_sizes)
        outputs = [wire for group in groups for wire in group]
        needed = self._needed([wire >> 1 for wire in outputs])
        # Renumbered: inputs from 0, then the gates that stay.
        wires = [-1, *range(input_count), *[-1] * (len(self._gates) - input_count - 1)]
        gates: list[tuple[int, int, int]] = []
        for node in range(input_count + 1, len(self._gates)):
            if needed[node]:
                operation, left, right = self._gates[node]
                wires[node] = input_count + len(gates)
                gates.append((operation, wires[left], wires[right]))
        inverted: dict[int, int] = {}
        results = []
        for wire in outputs:
            node = wire >> 1
            if node == 0 and wires[0] < 0:
                if not input_count:
                    raise Refused("circuit/malformed", "a circuit without inputs")
                wires[0] = input_count + len(gates)
                gates.append((XOR, 0, 0))
            if not wire & 1:
                results.append(wires[node])
                continue
            if node not in inverted:
                inverted[node] = input_count + len(gates)
                gates.append((INV, wires[node], wires[node]))
            results.append(inverted[node])
        return allocate(
            name=self._name,
            input_sizes=tuple(self._input_sizes),
            output_sizes=tuple(len(group) for group in groups),
            gates=gates,
            outputs=results,
        )

    def _needed(self, roots: Sequence[int]) -> bytearray:
        """Mark the nodes from which a root is reached."""
        needed = bytearray(len(self._gates))
        for node in roots:
            needed[node] = 1
        first_gate = 1 + sum(self._input_sizes)
        for node in range(len(self._gates) - 1, first_gate - 1, -1):
            if needed[node]:
                _, left, right = self._gates[node]
                needed[left] = 1
                needed[right] = 1
        return needed
