"""A small circuit, its keys and proofs, made once for all tests of this folder."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.constraints import Circuit
from mpctls.zkp.circuit.gates import GateTable, lower
from mpctls.zkp.plonk.keys import ProvingKey, make_keys
from mpctls.zkp.plonk.proof import Proof, VerifyingKey
from mpctls.zkp.plonk.prover import prove, public_values
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Setup

LABEL = "tests of plonk"
ROOT = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """A circuit with its table, keys, one witness and its public inputs."""

    circuit: Circuit
    table: GateTable
    setup: Setup
    key: ProvingKey
    witness: list[int]
    publics: list[int]

    @property
    def verifying_key(self) -> VerifyingKey:
        return self.key.verifying_key


def cubic() -> Circuit:
    """x^3 + 3x + 5 = p and x·p + 2 = q for public p, q; y = x^5 and z = x^7 + 2y + 11x + 7x^3."""
    builder = Builder()
    image, other = builder.publics("image", 1)[0], builder.publics("other", 1)[0]
    x = builder.private("x")
    y, z = builder.privates("powers", 2)
    square = builder.multiply(x, x)
    cube = builder.multiply(square, x)
    builder.assert_equal(cube + x * 3 + 5, image)
    builder.assert_equal(builder.multiply(x, image) + 2, other)
    builder.assert_equal(builder.multiply(cube, square), y)
    builder.assert_equal(builder.multiply(y, square) + y * 2 + x * 11 + cube * 7, z)
    return builder.finish()


@functools.cache
def setup(size_log2: int = 4) -> Setup:
    return make_development_setup(size_log2, LABEL)


@functools.cache
def example() -> Example:
    circuit = cubic()
    table = lower(circuit)
    image = ROOT**3 + 3 * ROOT + 5
    inputs = {
        "image": [image],
        "other": [ROOT * image + 2],
        "x": [ROOT],
        "powers": [ROOT**5, ROOT**7 + 2 * ROOT**5 + 11 * ROOT + 7 * ROOT**3],
    }
    witness = circuit.witness(inputs)
    key = make_keys(table, setup())
    return Example(
        circuit=circuit,
        table=table,
        setup=setup(),
        key=key,
        witness=witness,
        publics=public_values(key, witness),
    )


@functools.cache
def proofs() -> tuple[Proof, ...]:
    """Three proofs of one witness."""
    case = example()
    return tuple(prove(case.key, case.witness) for _ in range(3))
