"""PLONK by zksnake (arkworks in Rust, from Python) over the very rows that our prover proves."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mpctls.zkp.circuit.gates import GateTable
from mpctls.zkp.plonk.permutation import previous_positions

_SELECTORS: Final = ("qM", "qL", "qR", "qO", "qC")


def available() -> bool:
    """Say whether zksnake is installed."""
    return importlib.util.find_spec("zksnake") is not None


@dataclass(slots=True, kw_only=True)
class _Rows:
    """A table in the attributes that zksnake reads of its own arithmetisation."""

    length: int
    qL: list[int]
    qR: list[int]
    qM: list[int]
    qO: list[int]
    qC: list[int]
    permutation: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """Medians of its proving and verifying, without the time to make its keys."""

    prove: float
    verify: float


def measured(
    table: GateTable, witness: Sequence[int], median: Callable[[Callable[[], object]], float]
) -> Seconds:
    """Prove and verify the rows of a table with zksnake.

    `witness` holds the circuit's wires, wire 0 first. Raises ValueError when zksnake does not accept its own proof,
    for then the rows were not what it proved.
    """
    from zksnake.plonk import Plonk

    size = 1 << max(3, (table.row_count - 1).bit_length())
    columns = np.zeros((3, size), np.int32)
    for column, wires in zip(columns, (table.left, table.right, table.output), strict=True):
        column[: table.row_count] = wires
    system = Plonk(_rows(table, columns, size))
    system.setup()
    values = table.extend(witness)
    private = [values[wire] for wire in columns.T.ravel().tolist()]
    publics = {row: -witness[1 + row] % table.modulus for row in range(table.public_count)}
    proof = system.prove(publics, private)
    if not system.verify(proof, publics):
        raise ValueError("zksnake refuses its own proof of these rows")
    return Seconds(
        prove=median(lambda: system.prove(publics, private)),
        verify=median(lambda: system.verify(proof, publics)),
    )


def _rows(table: GateTable, columns: NDArray[np.int32], size: int) -> _Rows:
    filling = [0] * (size - table.row_count)
    selectors = {
        name: [table.coefficients[index] for index in indices] + filling
        for name, indices in zip(_SELECTORS, table.coefficient_indices.T.tolist(), strict=True)
    }
    return _Rows(length=size, permutation=previous_positions(columns).tolist(), **selectors)
