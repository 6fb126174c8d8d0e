"""Bad witnesses of large circuits, built by running the witness program with single values changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ..circuit.constraints import Circuit
from ..circuit.witness_program import ASSERTIONS, HINT, execute

_TRIALS = 60


class Replay:
    """One circuit with its honest witness for given inputs."""

    def __init__(self, circuit: Circuit, inputs: Mapping[str, Sequence[int]]) -> None:
        self._circuit = circuit
        self._honest = circuit.witness(inputs)
        self._inputs = {
            wire for item in circuit.inputs for wire in range(item.first, item.first + item.count)
        }
        self._rows = list(circuit.rows())
        self._of_wire: list[list[int]] = [[] for _ in range(circuit.wire_count)]
        for number, row in enumerate(self._rows):
            for wire in {wire for terms in row for wire, _ in terms}:
                self._of_wire[wire].append(number)
        self._steps = [
            (operation, range(operation[1], operation[1] + (operation[2] if operation[0] == HINT else 1)))
            for operation in circuit.program.operations
            if operation[0] not in ASSERTIONS
        ]

    def other_witness(self, without: int) -> list[int] | None:
        """A witness other than the honest one that meets all constraints but number `without`, if one is found."""
        for changes in islice(self._changes(without), _TRIALS):
            values = self._run(changes)
            near = [number for wire in changes for number in self._of_wire[wire]]
            if values != self._honest and all(
                self._satisfied(values, numbers, without) for numbers in (near, range(len(self._rows)))
            ):
                return values
        return None

    def _changes(self, without: int) -> Iterator[dict[int, int]]:
        """What to add to wires of the constraint: to one; or to one and another so that a sum of both stays the same.

        The other wire is moved as a bit would be flipped.
        """
        modulus, one = self._circuit.modulus, 0
        wires = sorted({wire for terms in self._rows[without] for wire, _ in terms} - self._inputs - {one})
        for wire in wires:
            for step in (1, -1, self._flip(wire)):
                yield {wire: step}
        for near in wires:
            for sums in (dict(terms) for number in self._of_wire[near] for terms in self._rows[number]):
                if near in sums:
                    for far in sums.keys() - {one, near} - self._inputs:
                        step = self._flip(far)
                        yield {near: -step * sums[far] * pow(sums[near], -1, modulus), far: step}

    def _flip(self, wire: int) -> int:
        return 1 - 2 * self._honest[wire]

    def _run(self, changes: Mapping[int, int]) -> list[int]:
        modulus = self._circuit.modulus
        values = list(self._honest)
        begun = False
        for operation, outputs in self._steps:
            changed = [wire for wire in outputs if wire in changes]
            begun = begun or bool(changed)
            if begun:
                execute(values, (operation,), modulus)
            for wire in changed:
                values[wire] = (values[wire] + changes[wire]) % modulus
        return values

    def _satisfied(self, values: Sequence[int], numbers: Iterable[int], without: int) -> bool:
        modulus = self._circuit.modulus
        for number in numbers:
            left, right, product = (
                sum(factor * values[wire] for wire, factor in terms) for terms in self._rows[number]
            )
            if (left * right - product) % modulus and number != without:
                return False
        return True
