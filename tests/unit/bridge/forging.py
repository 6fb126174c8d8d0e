"""A Prover that fills in a witness as it likes: values of single wires are replaced, and what follows is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from mpctls.zkp.circuit.constraints import Circuit
from mpctls.zkp.circuit.witness_program import ASSERTIONS, HINT, execute


class Forger:
    """One circuit and the part of its constraints that each label names."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._inputs = {
            wire for each in circuit.inputs for wire in range(each.first, each.first + each.count)
        }

    @cached_property
    def _rows(self) -> list[tuple[tuple[tuple[int, int], ...], ...]]:
        return [tuple(row) for row in self._circuit.rows()]

    def _read(self, label: str) -> set[int]:
        return {
            wire
            for row, name in zip(self._rows, self._circuit.labels, strict=True)
            if name == label
            for terms in row
            for wire, _ in terms
        }

    def inputs(self, label: str) -> set[int]:
        """The inputs that constraints of a label read."""
        return self._read(label) & self._inputs

    def wires(self, label: str) -> list[int]:
        """The wires that were made for constraints of a label, in the order in which they were made."""
        return sorted(self._read(label) - self._inputs - {0})

    def products(self, label: str) -> list[int]:
        """The wires that constraints of a label set equal to a product or a sum."""
        rows = zip(self._rows, self._circuit.labels, strict=True)
        return [row[2][0][0] for row, name in rows if name == label and row[2]]

    def values(self, inputs: Mapping[str, Sequence[int]], changes: Mapping[int, int]) -> list[int]:
        """The value of every wire where those of `changes` have the given ones, whatever constraints say."""
        values = [0] * self._circuit.wire_count
        values[0] = 1
        for each in self._circuit.inputs:
            values[each.first : each.first + each.count] = inputs[each.name]
        for operation in self._circuit.program.operations:
            if operation[0] in ASSERTIONS:
                continue
            execute(values, (operation,), self._circuit.modulus)
            first, count = operation[1], operation[2] if operation[0] == HINT else 1
            for wire in range(first, first + count):
                values[wire] = changes.get(wire, values[wire])
        return values

    def violated(self, values: Sequence[int]) -> set[str]:
        """The labels of the constraints that do not hold: without them, the witness would be accepted."""
        labels = set()
        for row, label in zip(self._rows, self._circuit.labels, strict=True):
            left, right, product = (sum(factor * values[wire] for wire, factor in terms) for terms in row)
            if (left * right - product) % self._circuit.modulus:
                labels.add(label)
        return labels
