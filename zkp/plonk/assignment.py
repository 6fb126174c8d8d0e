"""From a witness to the values in the table: added wires, then the three columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mpctls.reference.foundation.compiled import compiled
from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.limbs import Words, load, scalar_add, scalar_multiply, store
from ..bn254.portable import RADIX, integers, rows
from .keys import AddedWires, ProvingKey
from .permutation import Indices


def _extend_portable(
    left: Indices, right: Indices, left_factors: Words, right_factors: Words, first: np.uint64, wires: Words
) -> None:
    inverse_of_radix = pow(RADIX, -1, SCALAR_MODULUS)
    values = integers(wires[: int(first)])
    factors = zip(integers(left_factors), integers(right_factors), strict=True)
    pairs = zip(left.tolist(), right.tolist(), factors, strict=True)
    for one, other, (one_factor, other_factor) in pairs:
        total = values[one] * one_factor + values[other] * other_factor
        values.append(total * inverse_of_radix % SCALAR_MODULUS)
    wires[:] = rows(values)


@compiled(
    "const int32[:], const int32[:], const uint64[:,:], const uint64[:,:], uint64, uint64[:,:]",
    portable=_extend_portable,
)
def _extend(
    left: Indices, right: Indices, left_factors: Words, right_factors: Words, first: np.uint64, wires: Words
) -> None:
    for position in range(np.uint64(len(left))):
        one = scalar_multiply(load(left_factors, position), load(wires, np.uint64(left[position])))
        other = scalar_multiply(load(right_factors, position), load(wires, np.uint64(right[position])))
        store(wires, first + position, scalar_add(one, other))


def wire_values(additions: AddedWires, witness: Words) -> Words:
    """Return the values of all wires, uint64[n, 4], from those of the circuit's; wire 0 becomes zero.

    Refuses with `zero-knowledge/witness-count` a witness of another circuit.
    """
    if witness.shape != (additions.first, 4):
        raise Refused("zero-knowledge/witness-count", f"{len(witness)} values for {additions.first} wires")
    wires = np.zeros((additions.first + len(additions.left), 4), np.uint64)
    wires[1 : additions.first] = witness[1:]
    _extend(
        additions.left,
        additions.right,
        additions.left_factors,
        additions.right_factors,
        np.uint64(additions.first),
        wires,
    )
    return wires


def column_values(key: ProvingKey, witness: Words | Sequence[int]) -> Words:
    """Return the values of a, b, c on the rows, uint64[3, n, 4], of a witness as elements or integers."""
    elements = witness if isinstance(witness, np.ndarray) else SCALAR.encode(witness)
    return wire_values(key.additions, elements)[key.columns]
