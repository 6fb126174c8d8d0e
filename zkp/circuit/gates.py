"""Lowering of rank-one constraints to rows of PLONK with three wires each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .constraints import Circuit, Pairs

UNUSED: Final = 0
"""The wire of a slot whose selectors are zero; wire 0 has the value 0 in the witness of PLONK."""

Row = tuple[int, int, int, int, int, int, int, int]  # left, right, output, q_M, q_L, q_R, q_O, q_C
Linear = tuple[dict[int, int], int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Additions:
    """Wires beyond the circuit's: wire `first + i` is `left_factor[i] * left[i] + right_factor[i] * right[i]`.

    Each reads only wires with smaller numbers.
    """

    first: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    left_factor: tuple[int, ...]
    right_factor: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class GateTable:
    """PLONK rows q_M*a*b + q_L*a + q_R*b + q_O*c + q_C + PI = 0.

    `left`, `right`, `output` (int32, one for each row) are the wires a, b, c; `coefficient_indices` (int32, rows x 5)
    the selectors (multiply, left, right, output, constant) as indices into `coefficients`, canonical integers. Rows 0
    to public_count - 1 are the public rows: left is wire 1 + row, selector left is one and PI is minus the input.
    Wire 0 has the value zero here: constants stand in q_C.
    """

    modulus: int
    public_count: int
    wire_count: int
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    output: NDArray[np.int32]
    coefficients: tuple[int, ...]
    coefficient_indices: NDArray[np.int32]
    additions: Additions

    @property
    def row_count(self) -> int:
        """The number of rows, public ones included."""
        return len(self.left)

    @cached_property
    def selectors(self) -> NDArray[np.uint64]:
        """The selectors as canonical integers of four little-endian words: shape (rows, 5, 4)."""
        octets = b"".join(value.to_bytes(32, "little") for value in self.coefficients)
        table = np.frombuffer(octets, dtype="<u8").reshape(-1, 4).astype(np.uint64)
        return table[self.coefficient_indices]

    def extend(self, witness: Sequence[int]) -> list[int]:
        """The value of every wire of the rows from the witness of the circuit; wire 0 becomes zero."""
        modulus, additions = self.modulus, self.additions
        if len(witness) != additions.first:
            raise ValueError("this witness belongs to another circuit")
        values = [0, *witness[1:]]
        for left, right, left_factor, right_factor in zip(
            additions.left, additions.right, additions.left_factor, additions.right_factor, strict=True
        ):
            values.append((left_factor * values[left] + right_factor * values[right]) % modulus)
        return values


class _Lowering:
    """Rows and added wires while they are made."""

    def __init__(self, circuit: Circuit) -> None:
        self.modulus = circuit.modulus
        self.rows: list[Row] = [
            (wire, UNUSED, UNUSED, 0, 1, 0, 0, 0) for wire in range(1, circuit.public_count + 1)
        ]
        self.wire_count = circuit.wire_count
        self.left: list[int] = []
        self.right: list[int] = []
        self.left_factor: list[int] = []
        self.right_factor: list[int] = []
        self._sums: dict[tuple[int, int, int], int] = {}
        self._inverses: dict[int, int] = {}

    def constraint(self, left: Linear, right: Linear, product: Linear) -> None:
        """Rows for left * right = product."""
        if not left[0] or not right[0]:
            (terms, constant), factor = (right, left[1]) if not left[0] else (left, right[1])
            self._linear(self._difference((terms, constant), factor, product))
            return
        left_wire, left_factor = self._single(left[0])
        right_wire, right_factor = self._single(right[0])
        multiply = left_factor * right_factor
        from_left = left_factor * right[1]
        from_right = right_factor * left[1]
        terms, constant = dict(product[0]), left[1] * right[1] - product[1]
        from_left -= terms.pop(left_wire, 0)
        from_right -= terms.pop(right_wire, 0)
        output, output_factor = self._single(terms)
        self._row((left_wire, right_wire, output, multiply, from_left, from_right, -output_factor, constant))

    def _difference(self, left: Linear, factor: int, right: Linear) -> Linear:
        terms = {wire: coefficient * factor for wire, coefficient in left[0].items()}
        for wire, coefficient in right[0].items():
            terms[wire] = terms.get(wire, 0) - coefficient
        reduced = {wire: residue for wire, value in terms.items() if (residue := value % self.modulus)}
        return reduced, left[1] * factor - right[1]

    def _linear(self, form: Linear) -> None:
        """A row for a sum that is zero: its last two terms stand beside the sum of the others."""
        terms, constant = form
        if not terms:
            return
        wires = sorted(terms)
        head, tail = wires[:-2], wires[-2:]
        (left, left_factor) = self._single({wire: terms[wire] for wire in head})
        right, right_factor = tail[0], terms[tail[0]]
        output, output_factor = (tail[1], terms[tail[1]]) if len(tail) == 2 else (UNUSED, 0)
        self._row((left, right, output, 0, left_factor, right_factor, output_factor, constant))

    def _single(self, terms: dict[int, int]) -> tuple[int, int]:
        """One wire and a factor that together equal the sum of `terms`.

        Sums run from the smallest wire on and are kept up to a factor, so that sums with a common beginning share it.
        """
        if not terms:
            return UNUSED, 0
        (wire, scale), *others = sorted(terms.items())
        inverse = self._inverse(scale) if others else 0
        for other, coefficient in others:
            factor = coefficient * inverse % self.modulus
            key = (wire, other, factor)
            if key not in self._sums:
                self._sums[key] = self._added(wire, other, factor)
            wire = self._sums[key]
        return wire, scale

    def _added(self, left: int, right: int, right_factor: int) -> int:
        wire = self.wire_count
        self.wire_count += 1
        self.left.append(left)
        self.right.append(right)
        self.left_factor.append(1)
        self.right_factor.append(right_factor)
        self._row((left, right, wire, 0, 1, right_factor, -1, 0))
        return wire

    def _inverse(self, value: int) -> int:
        known = self._inverses.get(value)
        if known is None:
            known = self._inverses[value] = pow(value, -1, self.modulus)
        return known

    def _row(self, row: Row) -> None:
        left, right, output, multiply, *others = row
        if left == right and not multiply and left != UNUSED:
            others = [others[0] + others[1], 0, *others[2:]]
            right = UNUSED
        reduced = [value % self.modulus for value in (multiply, *others)]
        self.rows.append((left, right, output, *reduced))  # type: ignore[arg-type]


def lower(circuit: Circuit) -> GateTable:
    """The PLONK rows of `circuit`: public rows first, then for each constraint its sums and one row."""
    lowering = _Lowering(circuit)
    for left, right, product in circuit.rows():
        lowering.constraint(_linear(left), _linear(right), _linear(product))
    table: dict[int, int] = {}
    indices = [[table.setdefault(value, len(table)) for value in row[3:]] for row in lowering.rows]
    wires = np.array([row[:3] for row in lowering.rows], dtype=np.int32).reshape(-1, 3)
    return GateTable(
        modulus=circuit.modulus,
        public_count=circuit.public_count,
        wire_count=lowering.wire_count,
        left=wires[:, 0].copy(),
        right=wires[:, 1].copy(),
        output=wires[:, 2].copy(),
        coefficients=tuple(table),
        coefficient_indices=np.array(indices, dtype=np.int32).reshape(-1, 5),
        additions=Additions(
            first=circuit.wire_count,
            left=tuple(lowering.left),
            right=tuple(lowering.right),
            left_factor=tuple(lowering.left_factor),
            right_factor=tuple(lowering.right_factor),
        ),
    )


def _linear(pairs: Pairs) -> Linear:
    terms = dict(pairs)
    constant = terms.pop(0, 0)
    return terms, constant
