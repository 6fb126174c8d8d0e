"""Provers that know the secret of the setup: commitments are one multiplication, and false proofs can be made.

The PLONK prover follows eprint 2019/953, section 8.3, on coefficient lists; it is for circuits of a few rows. That of
Groth16 needs no circuit: whoever knows the secret solves the equation for C. They give cases to verifiers, whose own
keys are of setups that nobody knows the secret of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest

from mpctls.spec.randomness import Randomness
from mpctls.spec.zero_knowledge.bn254 import (
    G1_GENERATOR,
    G2_GENERATOR,
    G1Point,
    G2Point,
    linear_combination,
    triple,
)
from mpctls.spec.zero_knowledge.curve_library import curve
from mpctls.spec.zero_knowledge.groth16 import Groth16Key, Groth16Proof
from mpctls.spec.zero_knowledge.plonk import (
    SECOND_COSET,
    THIRD_COSET,
    PlonkKey,
    PlonkProof,
    challenges,
    root_of_unity,
)
from mpctls.spec.zero_knowledge.scalar_field import ORDER

TAU = 0x1234567890ABCDEF1234567890ABCDEF
ALPHA, BETA, GAMMA, DELTA, INPUTS = 3, 5, 7, 11, (13, 17, 0)
"""The secret of `groth16_key`, and IC_0, IC_1, … as multiples: its last public input has no point."""

OUTSIDE_SUBGROUP = G2Point(
    x=(1, 0),
    y=(
        0x2869111D5381F072F8E2728FDB825A51AADD70E52C9830E9AB4B871C0531F1BB,
        0x0D1271953ED9EA0836846E70A1934187998C7F790CB4D7511B7F8DA82DE048A4,
    ),
)
"""A point of the twist with x = 1, of another order than r: what ffjavascript's check lets pass."""

Polynomial = list[int]


def g1_multiple(scalar: int) -> G1Point | None:
    """scalar · [1]_1."""
    total = linear_combination([(scalar, G1_GENERATOR)])
    if curve.is_inf(total):
        return None
    x, y = curve.normalize(total)
    return G1Point(x=int(x), y=int(y))


def g1_point(scalar: int) -> G1Point:
    """scalar · [1]_1, for a scalar that is not zero."""
    point = g1_multiple(scalar)
    if point is None:
        raise ValueError("infinity has no coordinates")
    return point


def g2_point(scalar: int) -> G2Point:
    """scalar · [1]_2."""
    x, y = curve.normalize(curve.multiply(triple(G2_GENERATOR), scalar % ORDER))
    return G2Point(x=(int(x.coeffs[0]), int(x.coeffs[1])), y=(int(y.coeffs[0]), int(y.coeffs[1])))


def evaluate(polynomial: Polynomial, point: int) -> int:
    """The value of a polynomial at a point."""
    value = 0
    for coefficient in reversed(polynomial):
        value = (value * point + coefficient) % ORDER
    return value


def add(*polynomials: Polynomial) -> Polynomial:
    """The sum."""
    return [sum(column) % ORDER for column in zip_longest(*polynomials, fillvalue=0)]


def scale(factor: int, polynomial: Polynomial) -> Polynomial:
    """The polynomial times a number."""
    return [factor * coefficient % ORDER for coefficient in polynomial]


def multiply(*polynomials: Polynomial) -> Polynomial:
    """The product."""
    product = [1]
    for polynomial in polynomials:
        longer = [0] * (len(product) + len(polynomial) - 1)
        for i, left in enumerate(product):
            for j, right in enumerate(polynomial):
                longer[i + j] = (longer[i + j] + left * right) % ORDER
        product = longer
    return product


def divide(polynomial: Polynomial, divisor: Polynomial) -> Polynomial:
    """The quotient; a remainder is dropped, which is what a cheating prover does."""
    rest, quotient = list(polynomial), [0] * max(len(polynomial) - len(divisor) + 1, 1)
    for start in range(len(polynomial) - len(divisor), -1, -1):
        factor = rest[start + len(divisor) - 1] * pow(divisor[-1], -1, ORDER) % ORDER
        quotient[start] = factor
        for offset, coefficient in enumerate(divisor):
            rest[start + offset] = (rest[start + offset] - factor * coefficient) % ORDER
    return quotient


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """q_m·a·b + q_l·a + q_r·b + q_o·c + q_c (+ a public input) = 0, on three wires by their numbers."""

    selectors: tuple[int, int, int, int, int]
    wires: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Rows of gates; the first `public_count` of them are public inputs on their first wire."""

    power: int
    public_count: int
    gates: tuple[Gate, ...]

    @classmethod
    def of(cls, power: int, public_count: int, *gates: Gate) -> Circuit:
        """The gates after one row for each public input, whose wires are 0, 1, …, filled with empty rows."""
        rows = [Gate(selectors=(0, 1, 0, 0, 0), wires=(wire, 0, 0)) for wire in range(public_count)]
        rows += gates
        empty = Gate(selectors=(0, 0, 0, 0, 0), wires=(0, 0, 0))
        rows += [empty] * ((1 << power) - len(rows))
        return cls(power=power, public_count=public_count, gates=tuple(rows))

    @property
    def omegas(self) -> list[int]:
        """The powers of ω, one for each row."""
        omega = int(root_of_unity(self.power))
        return [pow(omega, row, ORDER) for row in range(len(self.gates))]

    def interpolate(self, column: Sequence[int]) -> Polynomial:
        """The polynomial with these values on the rows."""
        omegas, n = self.omegas, len(self.gates)
        inverse = pow(n, -1, ORDER)
        return [
            sum(value * omegas[-row * k % n] for row, value in enumerate(column)) * inverse % ORDER
            for k in range(n)
        ]

    @property
    def places(self) -> list[list[int]]:
        """The place of each wire of each row, wires a, b, c."""
        return [[coset * omega % ORDER for omega in self.omegas] for coset in (1, SECOND_COSET, THIRD_COSET)]

    @property
    def permutation(self) -> list[list[int]]:
        """For each wire of each row the place of the next one that carries the same wire."""
        holders: dict[int, list[tuple[int, int]]] = {}
        for column in range(3):
            for row, gate in enumerate(self.gates):
                holders.setdefault(gate.wires[column], []).append((column, row))
        places, permuted = self.places, [list(each) for each in self.places]
        for cycle in holders.values():
            for (column, row), (next_column, next_row) in zip(cycle, cycle[1:] + cycle[:1], strict=True):
                permuted[column][row] = places[next_column][next_row]
        return permuted

    @property
    def polynomials(self) -> list[Polynomial]:
        """q_m, q_l, q_r, q_o, q_c, S_1, S_2, S_3."""
        selectors = [[gate.selectors[index] for gate in self.gates] for index in range(5)]
        return [self.interpolate(column) for column in [*selectors, *self.permutation]]

    def key(self) -> PlonkKey:
        """The verifier's key of the circuit."""
        names = ("q_m", "q_l", "q_r", "q_o", "q_c", "s_1", "s_2", "s_3")
        points = {
            name: g1_multiple(evaluate(polynomial, TAU))
            for name, polynomial in zip(names, self.polynomials, strict=True)
        }
        return PlonkKey(power=self.power, public_count=self.public_count, tau_in_g2=g2_point(TAU), **points)


def prove_plonk(
    circuit: Circuit, key: PlonkKey, values: Sequence[int], seed: bytes = b"", publics: Sequence[int] = ()
) -> PlonkProof:
    """A proof that the wires with these values satisfy the circuit; wires 0, 1, … are the public inputs.

    Other `publics` than those wires, or values that do not satisfy it, give what a cheat can do at best.
    """
    source = Randomness(seed)
    blinders = [source.below(f"blinder {index}", ORDER) for index in range(12)]
    publics = publics or values[: circuit.public_count]
    n, omegas = len(circuit.gates), circuit.omegas
    vanishing = [ORDER - 1, *[0] * (n - 1), 1]

    def commit(polynomial: Polynomial) -> G1Point:
        return g1_point(evaluate(polynomial, TAU))

    columns = [[values[gate.wires[column]] for gate in circuit.gates] for column in range(3)]
    a, b, c = (
        add(circuit.interpolate(column), multiply([blinders[2 * i + 2], blinders[2 * i + 1]], vanishing))
        for i, column in enumerate(columns)
    )
    q_m, q_l, q_r, q_o, q_c, s_1, s_2, s_3 = circuit.polynomials
    public = circuit.interpolate([-value % ORDER for value in publics] + [0] * (n - len(publics)))
    nothing = G1_GENERATOR
    proof = PlonkProof(
        a=commit(a), b=commit(b), c=commit(c), z=nothing, t_1=nothing, t_2=nothing, t_3=nothing,
        w_xi=nothing, w_xi_omega=nothing,
        eval_a=0, eval_b=0, eval_c=0, eval_s_1=0, eval_s_2=0, eval_z_omega=0,
    )  # fmt: skip
    challenge = challenges(key, publics, proof)
    beta, gamma = int(challenge.beta), int(challenge.gamma)

    product, column = 1, []
    for row in range(n):
        column.append(product)
        for wire, place, permuted in zip(columns, circuit.places, circuit.permutation, strict=True):
            above = wire[row] + beta * place[row] + gamma
            below = wire[row] + beta * permuted[row] + gamma
            product = product * above * pow(below, -1, ORDER) % ORDER
    z = add(circuit.interpolate(column), multiply([blinders[9], blinders[8], blinders[7]], vanishing))
    proof = replace(proof, z=commit(z))
    alpha = int(challenges(key, publics, proof).alpha)

    z_omega = [coefficient * pow(omegas[1], power, ORDER) % ORDER for power, coefficient in enumerate(z)]
    first = circuit.interpolate([1, *[0] * (n - 1)])
    gates = add(multiply(q_m, a, b), multiply(q_l, a), multiply(q_r, b), multiply(q_o, c), q_c, public)
    placed = [add(wire, [gamma, beta * coset]) for wire, coset in ((a, 1), (b, 2), (c, 3))]
    moved = [add(wire, scale(beta, s), [gamma]) for wire, s in ((a, s_1), (b, s_2), (c, s_3))]
    total = add(
        gates,
        scale(alpha, multiply(*placed, z)),
        scale(-alpha, multiply(*moved, z_omega)),
        scale(alpha**2, multiply(first, add(z, [ORDER - 1]))),
    )
    t = divide(total, vanishing)
    t_1 = add(t[:n], [*[0] * n, blinders[10]])
    t_2 = add(t[n : 2 * n], [-blinders[10]], [*[0] * n, blinders[11]])
    t_3 = add(t[2 * n :], [-blinders[11]])
    proof = replace(proof, t_1=commit(t_1), t_2=commit(t_2), t_3=commit(t_3))
    xi = int(challenges(key, publics, proof).xi)

    at_a, at_b, at_c, at_1, at_2 = (evaluate(each, xi) for each in (a, b, c, s_1, s_2))
    at_z = evaluate(z_omega, xi)
    proof = replace(
        proof, eval_a=at_a, eval_b=at_b, eval_c=at_c, eval_s_1=at_1, eval_s_2=at_2, eval_z_omega=at_z
    )
    v = int(challenges(key, publics, proof).v)
    at_placed = 1
    for each in placed:
        at_placed = at_placed * evaluate(each, xi) % ORDER
    at_moved = (at_a + beta * at_1 + gamma) * (at_b + beta * at_2 + gamma) % ORDER
    linear = add(
        scale(at_a * at_b, q_m), scale(at_a, q_l), scale(at_b, q_r), scale(at_c, q_o), q_c,
        [evaluate(public, xi)],
        scale(alpha * at_placed, z),
        scale(-alpha * at_moved * at_z, add(scale(beta, s_3), [at_c + gamma])),
        scale(alpha**2 * evaluate(first, xi), add(z, [ORDER - 1])),
        scale(-evaluate(vanishing, xi), add(t_1, scale(pow(xi, n, ORDER), t_2), scale(pow(xi, 2 * n, ORDER), t_3))),
    )  # fmt: skip
    opened = add(
        linear,
        *(
            scale(pow(v, power, ORDER), add(polynomial, [-value]))
            for power, (polynomial, value) in enumerate(
                ((a, at_a), (b, at_b), (c, at_c), (s_1, at_1), (s_2, at_2)), start=1
            )
        ),
    )
    w_xi = divide(opened, [-xi, 1])
    w_xi_omega = divide(add(z, [-at_z]), [-xi * omegas[1] % ORDER, 1])
    return replace(proof, w_xi=commit(w_xi), w_xi_omega=commit(w_xi_omega))


@cache
def groth16_key() -> Groth16Key:
    """A key of Groth16 with two public inputs."""
    return Groth16Key(
        alpha=g1_point(ALPHA),
        beta=g2_point(BETA),
        gamma=g2_point(GAMMA),
        delta=g2_point(DELTA),
        inputs=tuple(map(g1_multiple, INPUTS)),
    )


def prove_groth16(publics: Sequence[int], a: int = 19, b: int = 23) -> Groth16Proof:
    """The proof for any public inputs with A = a·[1]_1 and B = b·[1]_2."""
    inputs = INPUTS[0] + sum(factor * value for factor, value in zip(INPUTS[1:], publics, strict=True))
    c = (a * b - ALPHA * BETA - GAMMA * inputs) * pow(DELTA, -1, ORDER)
    return Groth16Proof(a=g1_point(a), b=g2_point(b), c=g1_point(c))
