"""Sparse matrices over F_r in compressed rows, and their products with vectors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import compiled

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import Words, load, scalar_add, scalar_multiply, store
from ..bn254.portable import RADIX, integers, rows

_NONE = np.uint64(0)


def _apply_portable(
    offsets: NDArray[np.int64], columns: NDArray[np.int32], factors: Words, vector: Words, out: Words
) -> None:
    inverse_of_radix = pow(RADIX, -1, SCALAR_MODULUS)
    values, entries = integers(vector), integers(factors)
    terms = [
        entries[k] * values[column] * inverse_of_radix % SCALAR_MODULUS
        for k, column in enumerate(columns.tolist())
    ]
    bounds = offsets.tolist()
    out[:] = rows(sum(terms[start:end]) % SCALAR_MODULUS for start, end in pairwise(bounds))


@compiled(
    "const int64[:], const int32[:], const uint64[:,:], const uint64[:,:], uint64[:,:]",
    portable=_apply_portable,
)
def _apply(
    offsets: NDArray[np.int64], columns: NDArray[np.int32], factors: Words, vector: Words, out: Words
) -> None:
    for row in range(np.uint64(len(out))):
        total = (_NONE, _NONE, _NONE, _NONE)
        for entry in range(np.uint64(offsets[row]), np.uint64(offsets[np.uint64(row) + np.uint64(1)])):
            value = load(vector, np.uint64(columns[entry]))
            total = scalar_add(total, scalar_multiply(load(factors, np.uint64(entry)), value))
        store(out, np.uint64(row), total)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparseMatrix:
    """Row i holds the entries `offsets[i]` to `offsets[i + 1]`.

    `offsets` int64[rows + 1]; `columns` int32[entries], all below `column_count`; `factors` uint64[entries, 4].
    """

    offsets: NDArray[np.int64]
    columns: NDArray[np.int32]
    factors: Words
    column_count: int

    @classmethod
    def of_entries(
        cls, places: NDArray[np.int64], columns: NDArray[np.int32], factors: Words, shape: tuple[int, int]
    ) -> SparseMatrix:
        """The matrix of (row, column) `shape` with these entries, which may come in any order of their rows."""
        order = np.argsort(places, kind="stable")
        counts = np.bincount(places, minlength=shape[0])
        offsets = np.zeros(shape[0] + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        return cls(
            offsets=offsets,
            columns=np.ascontiguousarray(columns[order]),
            factors=np.ascontiguousarray(factors[order]),
            column_count=shape[1],
        )

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self.offsets) - 1

    def apply(self, vector: Words) -> Words:
        """The product with a vector uint64[column_count, 4], as uint64[rows, 4]; runs without Python's lock."""
        if vector.shape != (self.column_count, 4):
            raise ValueError("a vector has one element, uint64[4], for each column")
        out = SCALAR.zero(self.row_count)
        _apply(self.offsets, self.columns, self.factors, np.ascontiguousarray(vector), out)
        return out

    def transposed(self) -> SparseMatrix:
        """The matrix with rows and columns exchanged."""
        places = np.repeat(np.arange(self.row_count, dtype=np.int32), np.diff(self.offsets))
        return self.of_entries(
            self.columns.astype(np.int64), places, self.factors, (self.column_count, self.row_count)
        )
