"""Keys of a circuit: what the prover needs of its table of gates under one setup, and the key that verifies."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.fixed_bases import FixedBases
from ..bn254.limbs import Words
from ..bn254.transform import Domain
from ..circuit.gates import GateTable
from ..setup.bases import prepared_powers
from ..setup.powers import Setup
from .permutation import sigma_values
from .proof import MAXIMUM_SIZE_LOG2, MINIMUM_SIZE_LOG2, VerifyingKey
from .quotient import on_cosets

RIGHT_SHIFT = 2
OUTPUT_SHIFT = 3
_SELECTORS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AddedWires:
    """Wires after those of the circuit: wire `first + i` is left_factor·w[left] + right_factor·w[right].

    `left`, `right` are int32[n], the factors uint64[n, 4]; each reads wires before its own.
    """

    first: int
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    left_factors: Words
    right_factors: Words

    def __post_init__(self) -> None:
        """Refuse with `zero-knowledge/malformed-key` a wire that reads itself or one after it."""
        numbers = self.first + np.arange(len(self.left))
        if any(((wires < 0) | (wires >= numbers)).any() for wires in (self.left, self.right)):
            raise Refused("zero-knowledge/malformed-key", "an added wire reads a wire that comes later")


@dataclass(frozen=True, kw_only=True, eq=False)
class ProvingKey:
    """Everything the prover knows beforehand of one circuit.

    For n = 2^size_log2 rows: `columns` int32[3, n], the wires of a, b, c (wire 0 where none); `selectors`
    uint64[5, n, 4] and `sigmas` uint64[3, n, 4], coefficients; `bases`, the powers of the setup made ready for
    commitments to up to n + 6 coefficients.
    """

    verifying_key: VerifyingKey
    additions: AddedWires
    columns: NDArray[np.int32]
    selectors: Words
    sigmas: Words
    bases: FixedBases

    @functools.cached_property
    def sigma_values(self) -> Words:
        """The sigmas on the rows, uint64[3, n, 4]."""
        return np.stack(Domain(self.verifying_key.size_log2).forward_many(list(self.sigmas)))

    @functools.cached_property
    def row_powers(self) -> Words:
        """The powers of the root, uint64[n, 4]."""
        key = self.verifying_key
        return SCALAR.powers(SCALAR.encode([key.root]), key.size)

    @functools.cached_property
    def selectors_on_cosets(self) -> Words:
        """The selectors on the cosets of the rows, uint64[3, 5, n, 4]."""
        return on_cosets(self.verifying_key.size_log2, list(self.selectors))

    @functools.cached_property
    def sigmas_on_cosets(self) -> Words:
        """The sigmas on the cosets of the rows, uint64[3, 3, n, 4]."""
        return on_cosets(self.verifying_key.size_log2, list(self.sigmas))

    @property
    def wire_count(self) -> int:
        """Wires in all, added ones included."""
        return self.additions.first + len(self.additions.left)


def table_size_log2(row_count: int) -> int:
    """The size of the table for so many rows; refuses with `zero-knowledge/malformed-key` more than any setup has."""
    size_log2 = max(MINIMUM_SIZE_LOG2, (row_count - 1).bit_length())
    if size_log2 > MAXIMUM_SIZE_LOG2:
        raise Refused("zero-knowledge/malformed-key", f"{row_count} rows")
    return size_log2


def make_keys(table: GateTable, setup: Setup, *, verifying_key: VerifyingKey | None = None) -> ProvingKey:
    """Make the keys of a table of gates over F_r; the verifying key is the proving key's `verifying_key`.

    Deterministic: Prover and Verifier get the same verifying key from the same table and setup. One that was made
    before of this very table and setup can be given, and saves the commitments. Rejects with
    `zero-knowledge/setup-too-small` a table larger than the setup.
    """
    columns = _columns(table)
    selectors, sigmas = _polynomials(table, columns)
    if verifying_key is None:
        verifying_key = _commit(table, setup, selectors, sigmas)
    return ProvingKey(
        verifying_key=verifying_key,
        additions=_additions(table),
        columns=columns,
        selectors=selectors,
        sigmas=sigmas,
        bases=prepared_powers(setup, verifying_key.size_log2),
    )


def make_verifying_key(table: GateTable, setup: Setup) -> VerifyingKey:
    """Make only what a Verifier needs; like `make_keys`."""
    return _commit(table, setup, *_polynomials(table, _columns(table)))


def _columns(table: GateTable) -> NDArray[np.int32]:
    if table.modulus != SCALAR_MODULUS:
        raise ValueError("the table is not over the scalar field of BN254")
    columns = np.zeros((3, 1 << table_size_log2(table.row_count)), np.int32)
    columns[:, : table.row_count] = (table.left, table.right, table.output)
    return columns


def _polynomials(table: GateTable, columns: NDArray[np.int32]) -> tuple[Words, Words]:
    """Return the coefficients of selectors, uint64[5, n, 4], and sigmas, uint64[3, n, 4]."""
    domain = Domain(table_size_log2(table.row_count))
    values = np.zeros((_SELECTORS, domain.size, 4), np.uint64)
    values[:, : table.row_count] = SCALAR.from_canonical(table.selectors).transpose(1, 0, 2)
    targets = sigma_values(columns, domain.root, (RIGHT_SHIFT, OUTPUT_SHIFT))
    return (
        np.stack([domain.inverse(selector) for selector in values]),
        np.stack([domain.inverse(sigma) for sigma in targets]),
    )


def _commit(table: GateTable, setup: Setup, selectors: Words, sigmas: Words) -> VerifyingKey:
    size_log2 = table_size_log2(table.row_count)
    bases = prepared_powers(setup, size_log2)
    points = G1.decode(np.stack(bases.commit_many([*selectors, *sigmas])))
    (tau,) = G2.decode(setup.tau[None])
    if tau is None:
        raise Refused("zero-knowledge/setup-structure-invalid", "the secret is zero")
    return VerifyingKey.of(
        points,
        tau,
        size_log2=size_log2,
        public_count=table.public_count,
        shifts=(RIGHT_SHIFT, OUTPUT_SHIFT),
    )


def _additions(table: GateTable) -> AddedWires:
    additions = table.additions
    return AddedWires(
        first=additions.first,
        left=np.array(additions.left, dtype=np.int32),
        right=np.array(additions.right, dtype=np.int32),
        left_factors=SCALAR.encode(additions.left_factor),
        right_factors=SCALAR.encode(additions.right_factor),
    )
