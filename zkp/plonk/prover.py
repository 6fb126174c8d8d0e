"""The prover of PLONK (Gabizon, Williamson and Ciobotaru, 2019), in five rounds, in the dialect of snarkjs.

Commitments are blinded by nine random scalars and the split of the quotient by two more, so that a proof shows nothing
of the witness (Sefranek, 2024: without the last two it does). Two proofs of one witness have no element in common
except by chance. Variable time: whoever can time the prover may learn of the witness.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

import numpy as np

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import Randomness

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.curve import G1
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.transform import Domain
from .assignment import column_values
from .keys import ProvingKey
from .permutation import accumulated_products
from .polynomials import blinded, divided_by_linear, evaluated_many, weighted_sum
from .proof import AffinePoint, Proof
from .quotient import HIGHEST, on_cosets_later, quotient_parts
from .transcript import (
    combination_challenge,
    evaluation_challenge,
    opening_challenge,
    permutation_challenges,
)

ROUNDS: Final = 5
_BLINDERS: Final = 11

Progress = Callable[[int], None]
"""Called with the number of rounds that are done."""


def prove(
    key: ProvingKey,
    witness: Words | Sequence[int],
    *,
    randomness: Randomness | None = None,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> Proof:
    """Prove that a witness satisfies the circuit of `key`.

    `witness` holds the value of every wire of the circuit, wire 0 first, as integers below r or elements uint64[n, 4];
    the public inputs are its wires 1 to public_count. Run by the Prover. Refuses with `zero-knowledge/witness-count` a
    witness of another circuit, `zero-knowledge/unsatisfied` one that breaks a row or an equality of wires, and
    `zero-knowledge/cancelled` between rounds once `cancelled` is set.
    """
    return _Proving(key, randomness, progress, cancelled).run(witness)


def public_values(key: ProvingKey, witness: Words | Sequence[int]) -> list[int]:
    """The public inputs of a witness, in order."""
    count = key.verifying_key.public_count
    values = witness[1 : count + 1]
    return SCALAR.decode(values) if isinstance(values, np.ndarray) else list(values)


class _Proving:
    """One proof while it is made."""

    def __init__(
        self,
        key: ProvingKey,
        randomness: Randomness | None,
        progress: Progress | None,
        cancelled: threading.Event | None,
    ) -> None:
        self.key = key
        self.verifying_key = key.verifying_key
        self.size = key.verifying_key.size
        self.domain = Domain(key.verifying_key.size_log2)
        self.shifts = (key.verifying_key.right_shift, key.verifying_key.output_shift)
        self.blinders = SCALAR.random(_BLINDERS, randomness)
        self._progress = progress
        self._cancelled = cancelled
        self._round = 0

    def run(self, witness: Words | Sequence[int]) -> Proof:
        """The five rounds."""
        self._checkpoint()
        columns = column_values(self.key, witness)
        publics = public_values(self.key, witness)

        # Round 1: the wires. Blinders are taken as snarkjs numbers them, two for each column.
        *unblinded, public_polynomial = self.domain.inverse_many([*columns, self._public_rows(publics)])
        wires = [
            blinded(coefficients, self.blinders[2 * number : 2 * number + 2])
            for number, coefficients in enumerate(unblinded)
        ]
        wire_points = self._commit(*wires)
        self._checkpoint()

        # Round 2: the permutation. Its product runs on one core; another begins what round 3 needs of the wires.
        on_coset = on_cosets_later(self.domain.size_log2, [*wires, public_polynomial])
        beta, gamma = permutation_challenges(self.verifying_key.commitments, publics, wire_points)
        products = accumulated_products(
            columns, self.key.sigma_values, self.key.row_powers, beta=beta, gamma=gamma, shifts=self.shifts
        )
        permutation = blinded(self.domain.inverse(products), self.blinders[6:9])
        (permutation_point,) = self._commit(permutation)
        self._checkpoint()

        # Round 3: the quotient, in three parts that blinders hide from one another.
        alpha = combination_challenge(beta, gamma, permutation_point)
        quotients = self._quotients(wires, on_coset, permutation, beta=beta, gamma=gamma, alpha=alpha)
        quotient_points = self._commit(*quotients)
        self._checkpoint()

        # Round 4: values at a point.
        xi = evaluation_challenge(alpha, quotient_points)
        shifted_xi = xi * self.verifying_key.root % SCALAR_MODULUS
        at_xi = [(polynomial, xi) for polynomial in (*wires, *self.key.sigmas[:2])]
        *evaluations, public = evaluated_many([*at_xi, (permutation, shifted_xi), (public_polynomial, xi)])
        self._checkpoint()

        # Round 5: proofs that the values are right.
        v = opening_challenge(xi, evaluations)
        combined, expected = self._combined(
            wires,
            permutation,
            quotients,
            evaluations,
            public,
            beta=beta,
            gamma=gamma,
            alpha=alpha,
            xi=xi,
            v=v,
        )
        opened = [divided_by_linear(combined, xi), divided_by_linear(permutation, shifted_xi)]
        value, first = SCALAR.decode(np.stack([combined[0], opened[0][0]]))
        if (value + xi * first - expected) % SCALAR_MODULUS:
            raise Refused("zero-knowledge/unsatisfied", "a row of the table does not hold")
        openings = self._commit(*opened)
        self._checkpoint()
        points = [*wire_points, permutation_point, *quotient_points, *openings]
        return Proof.of(points, evaluations)

    def _public_rows(self, publics: list[int]) -> Words:
        """-p_i on row i for each public input p_i, and zero on the rows after."""
        rows = SCALAR.zero(self.size)
        if publics:
            rows[: len(publics)] = SCALAR.negate(SCALAR.encode(publics))
        return rows

    def _quotients(
        self,
        wires: list[Words],
        on_coset: list[Future[Words]],
        permutation: Words,
        *,
        beta: int,
        gamma: int,
        alpha: int,
    ) -> tuple[Words, Words, Words]:
        """The quotient's parts, from the wires and then the public inputs on the cosets too."""
        low, middle, high = quotient_parts(
            size_log2=self.domain.size_log2,
            wires=wires,
            on_coset=on_coset,
            permutation=permutation,
            sigmas=self.key.sigmas,
            selectors_there=self.key.selectors_on_cosets,
            sigmas_there=self.key.sigmas_on_cosets,
            beta=beta,
            gamma=gamma,
            alpha=alpha,
            shifts=self.shifts,
        )
        first, second = self.blinders[9:10], self.blinders[10:11]
        middle[:1] = SCALAR.subtract(middle[:1], first)
        high[:1] = SCALAR.subtract(high[:1], second)
        return np.concatenate([low, first]), np.concatenate([middle, second]), high

    def _combined(
        self,
        wires: list[Words],
        permutation: Words,
        quotients: tuple[Words, Words, Words],
        evaluations: list[int],
        public: int,
        *,
        beta: int,
        gamma: int,
        alpha: int,
        xi: int,
        v: int,
    ) -> tuple[Words, int]:
        """The polynomial that is divided by X - xi, up to its constant, which the division drops, and its value at xi.

        It has this value if, at xi, all constraints together are the quotient times X^n - 1. `public` is the value of
        the public inputs there.
        """
        a, b, c, first_sigma, second_sigma, shifted = evaluations
        right_shift, output_shift = self.shifts
        power = pow(xi, self.size, SCALAR_MODULUS)
        vanishing = power - 1
        first_row = vanishing * pow(self.size * (xi - 1), -1, SCALAR_MODULUS)
        moved = (a + beta * xi + gamma) * (b + beta * right_shift * xi + gamma)
        moved *= c + beta * output_shift * xi + gamma
        kept = (a + beta * first_sigma + gamma) * (b + beta * second_sigma + gamma) * shifted
        factors = [a * b, a, b, c, 1]
        sigma_factors = [pow(v, 4, SCALAR_MODULUS), pow(v, 5, SCALAR_MODULUS), -alpha * beta * kept]
        expected = alpha * kept * (c + gamma) + alpha * alpha * first_row - public
        opened = (a, b, c, first_sigma, second_sigma)
        expected += sum(v**number * value for number, value in enumerate(opened, 1))
        polynomial = weighted_sum(
            [
                *zip(self.key.selectors, factors, strict=True),
                (permutation, alpha * moved + alpha * alpha * first_row),
                *zip(self.key.sigmas, sigma_factors, strict=True),
                *((part, -vanishing * power**degree) for degree, part in enumerate(quotients)),
                *((wire, v ** (1 + number)) for number, wire in enumerate(wires)),
            ],
            self.size + HIGHEST,
        )
        return polynomial, expected

    def _commit(self, *polynomials: Words) -> list[AffinePoint]:
        points = G1.decode(np.stack(self.key.bases.commit_many(list(polynomials))))
        # Blinded, so infinity only by chance: such a proof would not be one.
        return [point for point in points if point is not None]

    def _checkpoint(self) -> None:
        """Report the rounds that are done; go on unless the caller has had enough."""
        if self._round and self._progress is not None:
            self._progress(self._round)
        self._round += 1
        if self._cancelled is not None and self._cancelled.is_set():
            raise Refused("zero-knowledge/cancelled", f"before round {min(self._round, ROUNDS)} of {ROUNDS}")
