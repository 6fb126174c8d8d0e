"""Proofs of one small circuit in both proof systems, and of another circuit with as many public inputs."""

from __future__ import annotations

import functools

from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.constraints import Circuit
from mpctls.zkp.circuit.gates import lower
from mpctls.zkp.groth16 import development
from mpctls.zkp.groth16 import keys as groth16_keys
from mpctls.zkp.groth16 import proof as groth16
from mpctls.zkp.groth16 import prover as groth16_prover
from mpctls.zkp.plonk import keys as plonk_keys
from mpctls.zkp.plonk import proof as plonk
from mpctls.zkp.plonk import prover as plonk_prover
from tests.unit.plonk.examples import example, setup

PUBLICS = example().publics


@functools.cache
def groth16_key() -> groth16_keys.ProvingKey:
    return development.make_development_key(example().circuit)


@functools.cache
def groth16_proof() -> groth16.Proof:
    return groth16_prover.prove(groth16_key(), example().witness)


def squares() -> tuple[Circuit, list[int]]:
    """x^2 = p and p^2 = q for the public inputs of the example's shape, and a witness."""
    builder = Builder()
    square, other = builder.publics("square", 1)[0], builder.publics("other", 1)[0]
    x = builder.private("x")
    builder.assert_equal(builder.multiply(x, x), square)
    builder.assert_equal(builder.multiply(square, square), other)
    circuit = builder.finish()
    return circuit, circuit.witness({"square": [9], "other": [81], "x": [3]})


@functools.cache
def plonk_proof_of_another_circuit() -> tuple[plonk.VerifyingKey, plonk.Proof, list[int]]:
    circuit, witness = squares()
    key = plonk_keys.make_keys(lower(circuit), setup())
    return key.verifying_key, plonk_prover.prove(key, witness), [9, 81]


@functools.cache
def groth16_proof_of_another_circuit() -> tuple[groth16.VerifyingKey, groth16.Proof, list[int]]:
    circuit, witness = squares()
    key = development.make_development_key(circuit)
    return key.verifying_key, groth16_prover.prove(key, witness), [9, 81]
