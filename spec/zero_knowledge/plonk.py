"""The verifier of PLONK with KZG commitments, in the dialect of snarkjs: one page of algebra.

A circuit has n = 2^power gates and three wires a, b, c. With ω a root of unity of order n, polynomials over
its powers say what gates do (Qm, Ql, Qr, Qo, Qc) and which wires are one (S1, S2, S3):

    Qm·a·b + Ql·a + Qr·b + Qo·c + Qc + PI = 0        on every power of ω
    Z grows by Π (wire + β·place + γ) / Π (wire + β·S + γ) and ends at 1

The prover commits to A, B, C, then Z, then the quotient T of all this by X^n - 1 in three parts, and opens
everything at one random point ξ, and Z at ξ·ω. A challenge is the Keccak-256 of all that precedes it, so that
nothing can be chosen after it; u is the hash of the two last points alone, as in snarkjs.

Source: Gabizon, Williamson, Ciobotaru, "PLONK", eprint 2019/953, section 8.3, with the names of the paper;
transcript, k_1 = 2, k_2 = 3 and the order of points are those of snarkjs 0.7. The verifier is stricter than
snarkjs: the number of public inputs is exact, every scalar is below r and every coordinate below p.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from ..hashes.keccak import keccak_256
from ..reasons import Reason, Rejection
from .bn254 import (
    COORDINATE_LENGTH,
    G1_GENERATOR,
    G2_GENERATOR,
    G1Point,
    G2Point,
    linear_combination,
    pairing_product_is_one,
    require_canonical,
    require_on_curve,
    triple,
)
from .scalar_field import GENERATOR, ORDER, SCALAR_LENGTH, FieldElement, scalar_field

PROOF_LENGTH: Final = 9 * 2 * COORDINATE_LENGTH + 6 * SCALAR_LENGTH
SECOND_COSET: Final = 2
THIRD_COSET: Final = 3
"""k_1 and k_2: the wires b and c have their places on other cosets than a."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlonkKey:
    """What the verifier knows of a circuit: it computes the key itself, or has it pinned.

    A polynomial that is zero has no point (None). `tau_in_g2` is [τ]_2 of the setup.
    """

    power: int
    public_count: int
    q_m: G1Point | None
    q_l: G1Point | None
    q_r: G1Point | None
    q_o: G1Point | None
    q_c: G1Point | None
    s_1: G1Point | None
    s_2: G1Point | None
    s_3: G1Point | None
    tau_in_g2: G2Point

    @property
    def polynomials(self) -> tuple[G1Point | None, ...]:
        """The commitments to the circuit, in the order of the transcript."""
        return (self.q_m, self.q_l, self.q_r, self.q_o, self.q_c, self.s_1, self.s_2, self.s_3)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlonkProof:
    """Nine points and six evaluations, in the order of their octets. Nothing is checked yet."""

    a: G1Point
    b: G1Point
    c: G1Point
    z: G1Point
    t_1: G1Point
    t_2: G1Point
    t_3: G1Point
    w_xi: G1Point
    w_xi_omega: G1Point
    eval_a: int
    eval_b: int
    eval_c: int
    eval_s_1: int
    eval_s_2: int
    eval_z_omega: int

    @property
    def points(self) -> tuple[G1Point, ...]:
        """The points, in order."""
        return tuple(getattr(self, each.name) for each in fields(self)[:9])

    @property
    def evaluations(self) -> tuple[int, ...]:
        """The evaluations, in order."""
        return tuple(getattr(self, each.name) for each in fields(self)[9:])


def encode_proof(proof: PlonkProof) -> bytes:
    """Return the 768 octets of a proof."""
    points = b"".join(point.octets() for point in proof.points)
    return points + b"".join(value.to_bytes(SCALAR_LENGTH, "big") for value in proof.evaluations)


def decode_proof(octets: bytes) -> PlonkProof:
    """Return the proof that 768 octets are said to be. Rejects with zero-knowledge/malformed-proof."""
    if len(octets) != PROOF_LENGTH:
        raise Rejection(Reason.ZERO_KNOWLEDGE_MALFORMED_PROOF, f"{len(octets)} octets, not {PROOF_LENGTH}")
    numbers = [
        int.from_bytes(octets[start : start + SCALAR_LENGTH], "big")
        for start in range(0, PROOF_LENGTH, SCALAR_LENGTH)
    ]
    points = [G1Point(x=x, y=y) for x, y in zip(numbers[:18:2], numbers[1:18:2], strict=True)]
    values: dict[str, Any] = dict(
        zip((each.name for each in fields(PlonkProof)), [*points, *numbers[18:]], strict=True)
    )
    return PlonkProof(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenges:
    """The verifier's random elements of F_r, each a hash of everything before it (u: of the last two points)."""

    beta: FieldElement
    gamma: FieldElement
    alpha: FieldElement
    xi: FieldElement
    v: FieldElement
    u: FieldElement


def challenges(key: PlonkKey, publics: Sequence[int], proof: PlonkProof) -> Challenges:
    """Return the challenges of a proof."""
    beta = _challenge(*key.polynomials, *publics, proof.a, proof.b, proof.c)
    gamma = _challenge(beta)
    alpha = _challenge(beta, gamma, proof.z)
    xi = _challenge(alpha, proof.t_1, proof.t_2, proof.t_3)
    v = _challenge(xi, *proof.evaluations)
    u = _challenge(proof.w_xi, proof.w_xi_omega)
    field = scalar_field()
    return Challenges(
        beta=field(beta), gamma=field(gamma), alpha=field(alpha), xi=field(xi), v=field(v), u=field(u)
    )


def _challenge(*items: G1Point | int | None) -> int:
    """Keccak-256 of points (infinity is 64 zeros) and scalars, big-endian, modulo r."""
    octets = b""
    for item in items:
        match item:
            case None:
                octets += bytes(2 * COORDINATE_LENGTH)
            case G1Point():
                octets += item.octets()
            case _:
                octets += item.to_bytes(SCALAR_LENGTH, "big")
    return int.from_bytes(keccak_256(octets), "big") % ORDER


def root_of_unity(power: int) -> FieldElement:
    """Return ω, of order 2^power."""
    field = scalar_field()
    return field(pow(GENERATOR, (ORDER - 1) >> power, ORDER))


def verify_plonk(key: PlonkKey, publics: Sequence[int], proof: PlonkProof) -> None:
    """Require that a proof proves the circuit of `key` for these public inputs.

    Run by the Verifier. Requires a key of its own. Rejects, the first that fails, with
    zero-knowledge/public-input-count, zero-knowledge/public-input-not-canonical,
    zero-knowledge/evaluation-not-canonical, zero-knowledge/point-not-canonical,
    zero-knowledge/point-not-on-curve, zero-knowledge/proof-invalid.
    """
    require_publics(publics, key.public_count)
    if not all(value < ORDER for value in proof.evaluations):
        raise Rejection(Reason.ZERO_KNOWLEDGE_EVALUATION_NOT_CANONICAL)
    require_canonical(*proof.points)
    require_on_curve(*proof.points)
    if not _holds(key, publics, proof):
        raise Rejection(Reason.ZERO_KNOWLEDGE_PROOF_INVALID)


def require_publics(publics: Sequence[int], count: int) -> None:
    """Require that there are exactly `count` public inputs, all below r.

    Rejects with zero-knowledge/public-input-count, zero-knowledge/public-input-not-canonical.
    """
    if len(publics) != count:
        raise Rejection(Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT, f"{len(publics)}, not {count}")
    if not all(0 <= value < ORDER for value in publics):
        raise Rejection(Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_NOT_CANONICAL)


def _holds(key: PlonkKey, publics: Sequence[int], proof: PlonkProof) -> bool:
    """The equation of the proof, step by step as in the paper's verifier algorithm."""
    field = scalar_field()
    challenge = challenges(key, publics, proof)
    beta, gamma, alpha = challenge.beta, challenge.gamma, challenge.alpha
    xi, v, u = challenge.xi, challenge.v, challenge.u
    a, b, c, s_1, s_2, z_omega = (field(value) for value in proof.evaluations)
    omega = root_of_unity(key.power)
    n = 1 << key.power

    # Steps 5 to 7: X^n - 1, the first Lagrange polynomial and the public inputs, at ξ.
    xi_to_n = xi**n
    vanishing = xi_to_n - field(1)
    if vanishing == 0:
        return False  # ξ is a power of ω, which a hash is with probability n/r

    def lagrange(index: int) -> FieldElement:
        place = omega**index
        return place * vanishing / (field(n) * (xi - place))

    first = lagrange(0)
    public = -sum((field(value) * lagrange(index) for index, value in enumerate(publics)), field(0))

    # Step 8: the part of the linearisation that is a number.
    permuted_a, permuted_b = a + beta * s_1 + gamma, b + beta * s_2 + gamma
    constant = public - first * alpha**2 - alpha * permuted_a * permuted_b * (c + gamma) * z_omega

    # Steps 9 and 10: the linearisation, with Z at ξ·ω under u, and everything opened at ξ under powers of v.
    placed_a = a + beta * xi + gamma
    placed_b = b + beta * xi * field(SECOND_COSET) + gamma
    placed_c = c + beta * xi * field(THIRD_COSET) + gamma
    opened = linear_combination(
        [
            (a * b, key.q_m),
            (a, key.q_l),
            (b, key.q_r),
            (c, key.q_o),
            (1, key.q_c),
            (placed_a * placed_b * placed_c * alpha + first * alpha**2 + u, proof.z),
            (-(permuted_a * permuted_b * alpha * beta * z_omega), key.s_3),
            (-vanishing, proof.t_1),
            (-vanishing * xi_to_n, proof.t_2),
            (-vanishing * xi_to_n**2, proof.t_3),
            (v, proof.a),
            (v**2, proof.b),
            (v**3, proof.c),
            (v**4, key.s_1),
            (v**5, key.s_2),
            # Step 11: what it should open to.
            (constant - v * a - v**2 * b - v**3 * c - v**4 * s_1 - v**5 * s_2 - u * z_omega, G1_GENERATOR),
            # Step 12: both quotients, the second at ξ·ω.
            (xi, proof.w_xi),
            (u * xi * omega, proof.w_xi_omega),
        ]
    )
    quotients = linear_combination([(-field(1), proof.w_xi), (-u, proof.w_xi_omega)])
    return pairing_product_is_one([(quotients, triple(key.tau_in_g2)), (opened, triple(G2_GENERATOR))])
