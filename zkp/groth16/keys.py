"""What the prover of a circuit knows beforehand: its constraints, and the points of its ceremony."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS, TWO_ADICITY
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.multi_scalar import multiply_sum
from ..circuit.constraints import Circuit, LinearForms
from .matrix import SparseMatrix
from .proof import VerifyingKey

MAXIMUM_SIZE_LOG2: Final = TWO_ADICITY - 1
"""The quotient is computed on a coset by a root of twice the order."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WirePoints:
    """Points of one group for some wires: `wires` int32[n], `points` uint64[n, rows, 4]; other wires have infinity."""

    wires: NDArray[np.int32]
    points: Words

    @classmethod
    def of(cls, points: Words, *, first: int = 0) -> WirePoints:
        """The finite ones among the points of the wires from `first` on."""
        finite = np.flatnonzero(points.any(axis=(1, 2)))
        return cls(
            wires=(finite + first).astype(np.int32),
            points=np.ascontiguousarray(points[finite]),
        )

    def sum(self, wires: Words) -> Words:
        """The sum of the points times the values of their wires; `wires` is uint64[n, 4]. On all cores."""
        return multiply_sum(self.points, wires[self.wires])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProvingKey:
    """Everything the prover knows beforehand of one circuit.

    For n = 2^size_log2 rows: `left` and `right` are the matrices A and B of n rows, with the rows of the public inputs
    after those of the constraints. `beta` and `delta` are points of G1, uint64[2, 4]; `left_points` (A), `right_points`
    (B in G1), `twist_points` (B in G2) and `private_points` (C) are those of wires; `quotient_points`, uint64[n, 2, 4],
    those of values of the quotient on the coset.
    """

    verifying_key: VerifyingKey
    size_log2: int
    left: SparseMatrix
    right: SparseMatrix
    beta: Words
    delta: Words
    left_points: WirePoints
    right_points: WirePoints
    twist_points: WirePoints
    private_points: WirePoints
    quotient_points: Words

    @property
    def wire_count(self) -> int:
        """Wires in all, the constant one included."""
        return self.left.column_count


def domain_size_log2(constraint_count: int, public_count: int) -> int:
    """The size of the domain of a circuit: a row for each constraint, each public input and the constant one.

    Refuses with `zero-knowledge/malformed-key` more than any domain has.
    """
    size_log2 = (constraint_count + public_count).bit_length()
    if size_log2 > MAXIMUM_SIZE_LOG2:
        raise Refused("zero-knowledge/malformed-key", f"{constraint_count} constraints")
    return size_log2


def matrices(circuit: Circuit) -> tuple[SparseMatrix, SparseMatrix, SparseMatrix]:
    """The matrices A, B, C of a circuit over F_r, each with 2^domain_size_log2 rows.

    After the rows of the constraints, A has one row for the constant one and one for each public input that holds its
    wire alone: so their polynomials are linearly independent, and a proof is one for its public inputs alone.
    """
    if circuit.modulus != SCALAR_MODULUS:
        raise ValueError("the circuit is not over the scalar field of BN254")
    table = SCALAR.encode(circuit.coefficients)
    rows = 1 << domain_size_log2(circuit.constraint_count, circuit.public_count)
    shape = (rows, circuit.wire_count)
    publics = np.arange(circuit.public_count + 1, dtype=np.int32)
    left, right, product = (
        _entries(forms, table) for forms in (circuit.left, circuit.right, circuit.product)
    )
    with_publics = (
        np.concatenate([left[0], circuit.constraint_count + publics.astype(np.int64)]),
        np.concatenate([left[1], publics]),
        np.concatenate([left[2], SCALAR.one(len(publics))]),
    )
    return (
        SparseMatrix.of_entries(*with_publics, shape),
        SparseMatrix.of_entries(*right, shape),
        SparseMatrix.of_entries(*product, shape),
    )


def _entries(forms: LinearForms, table: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
    """Row, column and factor of each entry."""
    counts = np.diff(forms.offsets)
    places = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    factors = table[forms.coefficients] if len(table) else SCALAR.zero(0)
    return places, forms.wires, factors
