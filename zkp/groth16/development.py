"""Keys whose secret everyone knows: for tests, and refused by verifiers unless they are told to accept them.

alpha, beta, gamma and delta are the same for every circuit, so a verifier knows such a key by its alpha, in whatever
format it comes.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Final

import numpy as np

from mpctls.reference.foundation.contexts import SETUP

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.transform import Domain
from ..circuit.constraints import Circuit
from ..plonk.proof import AffinePoint, TwistPoint
from ..setup.generator_multiples import generator_multiples
from .keys import ProvingKey, WirePoints, domain_size_log2, matrices
from .proof import VerifyingKey

_DEVELOPMENT: Final = b"groth16 development "


def make_development_key(circuit: Circuit) -> ProvingKey:
    """Make the proving key of a circuit over F_r with the known secret; deterministic. For tests.

    Refuses with `zero-knowledge/malformed-key` a circuit that is larger than any domain.
    """
    tau, alpha, beta, delta = map(_secret, ("tau", "alpha", "beta", "delta"))
    size_log2 = domain_size_log2(circuit.constraint_count, circuit.public_count)
    domain, wider = Domain(size_log2), Domain(size_log2 + 1)
    powers = SCALAR.powers(SCALAR.encode([tau]), wider.size)
    lagrange = domain.inverse(powers[: domain.size])  # L_i(tau) = (1/n)·Σ tau^k·root^(-ik)
    on_coset = np.ascontiguousarray(wider.inverse(powers)[1::2])
    left, right, product = matrices(circuit)
    left_values, right_values, product_values = (
        matrix.transposed().apply(lagrange) for matrix in (left, right, product)
    )
    sums = SCALAR.add(
        SCALAR.add(_times(left_values, beta), _times(right_values, alpha)),
        product_values,
    )
    public = circuit.public_count + 1
    inverse_of_delta = pow(delta, -1, SCALAR_MODULUS)
    input_points = G1.decode(generator_multiples(sums[:public]))
    twist_points = WirePoints.of(generator_multiples(right_values, G2))
    return ProvingKey(
        verifying_key=VerifyingKey(
            alpha=development_alpha(),
            beta=_twist(beta),
            gamma=_twist(1),
            delta=_twist(delta),
            inputs=tuple(input_points),
        ),
        size_log2=size_log2,
        left=left,
        right=right,
        beta=G1.multiply(G1.generator, beta),
        delta=G1.multiply(G1.generator, delta),
        left_points=WirePoints.of(generator_multiples(left_values)),
        right_points=WirePoints.of(generator_multiples(right_values)),
        twist_points=twist_points,
        private_points=WirePoints.of(
            generator_multiples(_times(sums[public:], inverse_of_delta)), first=public
        ),
        quotient_points=generator_multiples(_times(on_coset, inverse_of_delta)),
    )


@functools.cache
def development_alpha() -> AffinePoint:
    """The point by which a development key is known."""
    (point,) = G1.decode(G1.multiply(G1.generator, _secret("alpha"))[None])
    return _finite(point)


def is_development_key(key: VerifyingKey) -> bool:
    """Say whether everyone knows the secret of a key."""
    return key.alpha == development_alpha()


def _secret(name: str) -> int:
    octets = hashlib.sha512(SETUP + _DEVELOPMENT + name.encode("ascii") + b"\0").digest()
    return 1 + int.from_bytes(octets, "little") % (SCALAR_MODULUS - 1)


def _times(elements: Words, factor: int) -> Words:
    return SCALAR.multiply(elements, SCALAR.encode([factor]))


def _twist(scalar: int) -> TwistPoint:
    (point,) = G2.decode(G2.multiply(G2.generator, scalar)[None])
    if point is None:
        raise ValueError("a secret is not zero")
    return point


def _finite(point: AffinePoint | None) -> AffinePoint:
    if point is None:
        raise ValueError("a secret is not zero")
    return point
