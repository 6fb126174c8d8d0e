"""Proofs: what is proved is accepted, what is not satisfied is not proved, and nothing repeats."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.groth16 import matrix
from mpctls.zkp.groth16.development import make_development_key
from mpctls.zkp.groth16.keys import MAXIMUM_SIZE_LOG2, domain_size_log2
from mpctls.zkp.groth16.matrix import SparseMatrix
from mpctls.zkp.groth16.prover import STEPS, prove, public_values
from mpctls.zkp.groth16.verifier import verify
from tests.unit.plonk.examples import cubic

from .examples import PUBLICS, key, proofs, reason, verifying_key, witness

NUMBERS = st.one_of(st.sampled_from((0, 1, SCALAR_MODULUS - 1)), st.integers(0, SCALAR_MODULUS - 1))


def test_proofs_of_a_witness_are_accepted_and_have_no_element_in_common() -> None:
    for proof in proofs():
        verify(verifying_key(), PUBLICS, proof, accept_development=True)
    numbers = [number for proof in proofs() for number in (*proof.a, *proof.b[0], *proof.b[1], *proof.c)]
    assert len(set(numbers)) == 8 * len(proofs())


def test_a_proof_depends_on_both_blinders() -> None:
    class Changed(SeededRandomness):
        """The same octets each time, except for one blinder."""

        position = -1

        def octets(self, count: int) -> bytes:
            drawn = bytearray(SeededRandomness(b"blinders").octets(count))
            if self.position >= 0:
                drawn[32 * self.position] ^= 1
            return bytes(drawn)

    made = []
    for position in (-1, 0, 1):
        source = Changed(b"")
        source.position = position
        made.append(prove(key(), witness(), randomness=source))
    first, other_left, other_right = made
    assert first.a != other_left.a
    assert first.b == other_left.b
    assert first.a == other_right.a
    assert first.b != other_right.b
    assert len({proof.c for proof in made}) == 3


def test_a_witness_may_be_integers_or_elements() -> None:
    elements = SCALAR.encode(witness())
    assert public_values(key(), elements) == public_values(key(), witness()) == PUBLICS
    verify(verifying_key(), PUBLICS, prove(key(), elements), accept_development=True)


@pytest.mark.parametrize("wire", range(1, 5))
def test_a_witness_that_breaks_a_constraint_is_not_proved(wire: int) -> None:
    changed = list(witness())
    changed[wire] = (changed[wire] + 1) % SCALAR_MODULUS
    assert reason(lambda: prove(key(), changed)) == "zero-knowledge/unsatisfied"


@pytest.mark.parametrize("other", [witness()[:-1], [*witness(), 0], [2, *witness()[1:]]])
def test_a_witness_of_another_circuit_is_refused(other: list[int]) -> None:
    assert reason(lambda: prove(key(), other)) == "zero-knowledge/witness-count"


def test_a_key_whose_points_are_not_of_its_circuit_gives_no_proof() -> None:
    points = key().quotient_points.copy()
    points[0], points[1] = key().quotient_points[1], key().quotient_points[0]
    broken = replace(key(), quotient_points=points)
    assert reason(lambda: prove(broken, witness())) == "zero-knowledge/unsatisfied"


def test_the_caller_hears_of_steps_and_can_stop_between_them() -> None:
    for last in range(STEPS):
        heard, cancelled = list[int](), threading.Event()

        def listen(done: int, last: int = last, heard: list[int] = heard) -> None:
            heard.append(done)
            if done == last:
                cancelled.set()  # noqa: B023

        if last == 0:
            cancelled.set()
        with pytest.raises(Refused) as refusal:
            prove(key(), witness(), progress=listen, cancelled=cancelled)
        assert refusal.value.reason == "zero-knowledge/cancelled"
        assert heard == list(range(1, last + 1))
    heard = []
    prove(key(), witness(), progress=heard.append, cancelled=threading.Event())
    assert heard == [1, 2, 3, 4]


def test_a_circuit_without_public_inputs_and_one_whose_rows_fill_the_domain() -> None:
    builder = Builder()
    x = builder.private("x")
    for step in range(7):
        x = builder.multiply(x, x + step)
    circuit = builder.finish()
    made = make_development_key(circuit)
    assert (1 << made.size_log2) == circuit.constraint_count + 1
    verify(made.verifying_key, [], prove(made, circuit.witness({"x": [5]})), accept_development=True)


@settings(max_examples=6)
@given(
    values=st.lists(st.integers(0, SCALAR_MODULUS - 1), min_size=2, max_size=4),
    factors=st.lists(st.integers(0, SCALAR_MODULUS - 1), min_size=4, max_size=4),
)
def test_random_circuits_are_proved_and_verified(values: list[int], factors: list[int]) -> None:
    builder = Builder()
    results = builder.publics("results", len(values) - 1)
    privates = builder.privates("values", len(values))
    expected = []
    for index, result in enumerate(results):
        first, second = privates[index], privates[index + 1]
        product = builder.multiply(first * factors[0] + second * factors[1] + factors[2], second + factors[3])
        builder.assert_equal(product, result)
        x, y = values[index], values[index + 1]
        expected.append((x * factors[0] + y * factors[1] + factors[2]) * (y + factors[3]) % SCALAR_MODULUS)
    circuit = builder.finish()
    made = make_development_key(circuit)
    proof = prove(made, circuit.witness({"results": expected, "values": values}))
    verify(made.verifying_key, expected, proof, accept_development=True)
    wrong = [(expected[0] + 1) % SCALAR_MODULUS, *expected[1:]]
    assert (
        reason(lambda: verify(made.verifying_key, wrong, proof, accept_development=True))
        == "zero-knowledge/proof-invalid"
    )


def test_development_keys_are_a_function_of_the_circuit() -> None:
    again = make_development_key(cubic())
    assert again.verifying_key == verifying_key()
    assert again.verifying_key.digest() == verifying_key().digest()
    assert np.array_equal(again.quotient_points, key().quotient_points)


@pytest.mark.parametrize(
    ("constraints", "publics", "size_log2"), [(0, 0, 0), (1, 0, 1), (6, 1, 3), (7, 1, 4), (1 << 20, 2, 21)]
)
def test_domains_are_as_small_as_their_rows_allow(constraints: int, publics: int, size_log2: int) -> None:
    assert domain_size_log2(constraints, publics) == size_log2


def test_a_circuit_that_is_larger_than_any_domain() -> None:
    assert reason(lambda: domain_size_log2(1 << MAXIMUM_SIZE_LOG2, 0)) == "zero-knowledge/malformed-key"


# Sparse matrices

ENTRIES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), NUMBERS), max_size=12)


def made_of(entries: list[tuple[int, int, int]]) -> SparseMatrix:
    return SparseMatrix.of_entries(
        np.array([place for place, _, _ in entries], np.int64),
        np.array([column for _, column, _ in entries], np.int32),
        SCALAR.encode([factor for _, _, factor in entries]).reshape(-1, 4),
        (5, 3),
    )


@given(ENTRIES, st.lists(NUMBERS, min_size=5, max_size=5))
def test_a_matrix_and_its_transpose_times_a_vector(
    entries: list[tuple[int, int, int]], vector: list[int]
) -> None:
    product, transposed = [0] * 5, [0] * 3
    for place, column, factor in entries:
        product[place] = (product[place] + factor * vector[column]) % SCALAR_MODULUS
        transposed[column] = (transposed[column] + factor * vector[place]) % SCALAR_MODULUS
    sparse = made_of(entries)
    assert SCALAR.decode(sparse.apply(SCALAR.encode(vector[:3]))) == product
    assert SCALAR.decode(sparse.transposed().apply(SCALAR.encode(vector))) == transposed


def test_the_portable_twin_agrees() -> None:
    entries = [(k % 5, k % 3, SCALAR_MODULUS - 1 - k * k) for k in range(12)]
    sparse, vector = made_of(entries), SCALAR.encode([1, SCALAR_MODULUS - 1, 77])
    out = SCALAR.zero(5)
    matrix._apply_portable(sparse.offsets, sparse.columns, sparse.factors, vector, out)
    assert np.array_equal(out, sparse.apply(vector))


def test_a_vector_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="each column"):
        made_of([]).apply(SCALAR.zero(4))


@pytest.mark.slow
def test_a_proof_is_made_and_verified_where_nothing_can_be_compiled() -> None:
    program = (
        "from tests.unit.groth16.examples import PUBLICS, proofs, verifying_key\n"
        "from mpctls.zkp.groth16.verifier import verify\n"
        "verify(verifying_key(), PUBLICS, proofs()[0], accept_development=True)\n"
        "import sys\n"
        "print('numba' in sys.modules)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "MPCTLS_PORTABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (0, "False\n"), finished.stderr
