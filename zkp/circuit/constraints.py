"""The compiled circuit: rank-one constraints in sparse arrays, its inputs by name, and its witness program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .witness_program import WitnessProgram

Pairs = tuple[tuple[int, int], ...]
INTERMEDIATE_FORMAT = b"mpctls circuit v1\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearForms:
    """One linear combination of wires for each constraint, in compressed sparse rows.

    Row i holds the entries `offsets[i]` to `offsets[i + 1]`: wire numbers, ascending, and indices into the circuit's
    table of coefficients. Wire 0 is the constant one. All arrays are int32.
    """

    offsets: NDArray[np.int32]
    wires: NDArray[np.int32]
    coefficients: NDArray[np.int32]

    def rows(self, table: Sequence[int]) -> list[Pairs]:
        """The (wire, coefficient) pairs of every row, coefficients taken from `table`."""
        wires, factors = self.wires.tolist(), [table[index] for index in self.coefficients.tolist()]
        pairs = list(zip(wires, factors, strict=True))
        return [tuple(pairs[start:end]) for start, end in pairwise(self.offsets.tolist())]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInput:
    """`count` consecutive wires from `first` on that the caller of the circuit gives a value."""

    name: str
    first: int
    count: int
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circuit:
    """Constraints A·w * B·w = C·w over a prime field, one for each row of `left`, `right`, `product`.

    Wire 0 is the constant one, wires 1 to `public_count` are the public inputs in the order of their declaration.
    Immutable; made by `Builder.finish`.
    """

    modulus: int
    wire_count: int
    public_count: int
    coefficients: tuple[int, ...]
    left: LinearForms
    right: LinearForms
    product: LinearForms
    inputs: tuple[NamedInput, ...]
    labels: tuple[str, ...]
    """The gadget that each constraint belongs to."""
    program: WitnessProgram

    def rows(self) -> Iterator[tuple[Pairs, Pairs, Pairs]]:
        """The constraints as (wire, coefficient) pairs of left, right and product; wire 0 bears the constant."""
        sides = (forms.rows(self.coefficients) for forms in (self.left, self.right, self.product))
        return zip(*sides, strict=True)

    @property
    def constraint_count(self) -> int:
        """The number of rank-one constraints."""
        return len(self.labels)

    def digest(self) -> bytes:
        """SHA-256 of the relation: modulus, counts, coefficients and constraints, not the names or the program."""
        state = hashlib.sha256(INTERMEDIATE_FORMAT)
        width = (self.modulus.bit_length() + 7) // 8
        counts = (width, self.wire_count, self.public_count, len(self.coefficients), self.constraint_count)
        state.update(np.array(counts, dtype="<u4").tobytes())
        state.update(self.modulus.to_bytes(width, "little"))
        state.update(b"".join(value.to_bytes(width, "little") for value in self.coefficients))
        for forms in (self.left, self.right, self.product):
            for array in (forms.offsets, forms.wires, forms.coefficients):
                state.update(array.astype("<u4").tobytes())
        return state.digest()

    def witness(self, inputs: Mapping[str, Sequence[int]]) -> list[int]:
        """The value of every wire.

        Requires a value below the modulus for each wire of each named input, and no other names. Refuses with
        `zero-knowledge/unsatisfied`, naming the gadget and never a value, when a constraint fails.
        """
        return self.program.run(self.inputs, inputs)

    def public_values(self, witness: Sequence[int]) -> list[int]:
        """The values of the public inputs, in order."""
        return list(witness[1 : self.public_count + 1])
