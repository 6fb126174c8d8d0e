"""The prover of Groth16 (2016), as snarkjs computes it.

Two random scalars make A and B uniform, and C follows from them by the equation; so a proof that holds shows nothing of
the witness, whoever made the key. Each proof is checked before it leaves. Variable time: whoever can time the prover
may learn of the witness.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import Randomness

from ..bn254.constants import SCALAR_GENERATOR, SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.multi_scalar import multiply_sum, pool
from ..bn254.transform import Domain
from .keys import ProvingKey
from .proof import Proof
from .verifier import check_proof

STEPS: Final = 4
_BLINDERS: Final = 2

Progress = Callable[[int], None]
"""Called with the number of steps that are done."""


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
    witness of another circuit, `zero-knowledge/unsatisfied` one that breaks a constraint (or a key whose points are
    not of this circuit), and `zero-knowledge/cancelled` between steps once `cancelled` is set.
    """

    def checkpoint(done: int) -> None:
        if done and progress is not None:
            progress(done)
        if cancelled is not None and cancelled.is_set():
            raise Refused("zero-knowledge/cancelled", f"after step {done} of {STEPS}")

    checkpoint(0)
    wires = witness if isinstance(witness, np.ndarray) else SCALAR.encode(witness)
    if wires.shape != (key.wire_count, 4) or SCALAR.decode(wires[:1]) != [1]:
        raise Refused(
            "zero-knowledge/witness-count",
            f"{len(wires)} values for {key.wire_count} wires, the first of which is one",
        )
    quotient = _quotient_values(key, wires)
    checkpoint(1)
    blinders = SCALAR.random(_BLINDERS, randomness)
    # In G1, with r and s the blinders: A = alpha + Σ w·A + r·delta, B' = beta + Σ w·B + s·delta.
    alpha = G1.encode([key.verifying_key.alpha])[0]
    left = _blinded(alpha, key.left_points.sum(wires), key.delta, blinders[:1])
    right = _blinded(key.beta, key.right_points.sum(wires), key.delta, blinders[1:])
    checkpoint(2)
    beta, _, delta = G2.encode(key.verifying_key.twists)
    twist = _blinded_twist(beta, key.twist_points.sum(wires), delta, blinders[1:])
    checkpoint(3)
    # C = Σ w·C + h + s·A + r·B' - r·s·delta.
    mixed = SCALAR.negate(SCALAR.multiply(blinders[:1], blinders[1:]))
    factors = np.concatenate([blinders[1:], blinders[:1], mixed])
    output = G1.sum(
        np.stack(
            [
                key.private_points.sum(wires),
                multiply_sum(key.quotient_points, quotient),
                multiply_sum(np.stack([left, right, key.delta]), factors),
            ]
        )
    )
    proof = _proof(left, twist, output)
    try:
        check_proof(key.verifying_key, public_values(key, witness), proof)
    except Refused as refusal:
        raise Refused("zero-knowledge/unsatisfied", f"the proof does not hold: {refusal.reason}") from None
    checkpoint(STEPS)
    return proof


def public_values(key: ProvingKey, witness: Words | Sequence[int]) -> list[int]:
    """The public inputs of a witness, in order."""
    values = witness[1 : key.verifying_key.public_count + 1]
    return SCALAR.decode(values) if isinstance(values, np.ndarray) else list(values)


def _quotient_values(key: ProvingKey, wires: Words) -> Words:
    """The values of A·B - C on the odd powers of the root of twice the order, uint64[n, 4].

    C is the polynomial with the values of A·B on the rows, so the difference vanishes there. Its degree is below 2n:
    its values on the other half of the larger domain, by that domain's Lagrange polynomials, make it whole.
    """
    domain = Domain(key.size_log2)
    shift = pow(SCALAR_GENERATOR, (SCALAR_MODULUS - 1) >> (key.size_log2 + 1), SCALAR_MODULUS)
    left, right = pool().map(lambda matrix: matrix.apply(wires), (key.left, key.right))

    def moved(values: Words) -> Words:
        return domain.forward_coset(domain.inverse(values), shift)

    product = SCALAR.multiply(left, right)
    left_there, right_there, product_there = pool().map(moved, (left, right, product))
    return SCALAR.subtract(SCALAR.multiply(left_there, right_there), product_there)


def _blinded(constant: Words, total: Words, delta: Words, blinder: Words) -> Words:
    return G1.sum(np.stack([constant, total, G1.multiply_element(delta, blinder)]))


def _blinded_twist(constant: Words, total: Words, delta: Words, blinder: Words) -> Words:
    return G2.sum(np.stack([constant, total, G2.multiply_element(delta, blinder)]))


def _proof(left: Words, twist: Words, output: Words) -> Proof:
    a, c = G1.decode(np.stack([left, output]))
    (b,) = G2.decode(twist[None])
    if a is None or b is None or c is None:  # by chance only: such a proof would be refused
        raise Refused("zero-knowledge/unsatisfied", "a point of the proof is infinity; prove again")
    return Proof(a=a, b=b, c=c)
