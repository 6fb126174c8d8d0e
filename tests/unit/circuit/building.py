"""Small circuits for tests: private inputs named x, and the values of the outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit.builder import Builder, Value
from mpctls.zkp.circuit.constraints import Circuit
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.circuit.gates import GateTable

Build = Callable[[Builder, tuple[Expression, ...]], Sequence[Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gadget:
    """A compiled gadget with its outputs."""

    circuit: Circuit
    outputs: tuple[Expression, ...]

    def __call__(self, *inputs: int) -> list[int]:
        """The outputs, negative numbers as such."""
        witness = self.circuit.witness({"x": [value % self.circuit.modulus for value in inputs]})
        half = self.circuit.modulus // 2
        values = (output.value(witness) for output in self.outputs)
        return [value - self.circuit.modulus if value > half else value for value in values]


def gadget(inputs: int, build: Build, modulus: int = SCALAR_MODULUS) -> Gadget:
    """`build` over `inputs` private inputs."""
    builder = Builder(modulus)
    outputs = build(builder, builder.privates("x", inputs))
    circuit = builder.finish()
    return Gadget(circuit=circuit, outputs=tuple(builder.expression(value) for value in outputs))


def failing_rows(
    table: GateTable, wires: Sequence[int], publics: Sequence[int], rows: Iterable[int] | None = None
) -> list[int]:
    """Those of `rows`, or of all, whose equation does not hold."""
    failing = []
    for row in range(table.row_count) if rows is None else rows:
        a, b, c = (wires[int(column[row])] for column in (table.left, table.right, table.output))
        multiply, left, right, output, constant = (
            table.coefficients[int(index)] for index in table.coefficient_indices[row]
        )
        public = publics[row] if row < table.public_count else 0
        if (multiply * a * b + left * a + right * b + output * c + constant - public) % table.modulus:
            failing.append(row)
    return failing
