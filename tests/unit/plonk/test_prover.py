"""Proofs: what is proved is accepted, what is not satisfied is not proved, and nothing repeats."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
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
from mpctls.zkp.circuit.gates import lower
from mpctls.zkp.plonk import polynomials, quotient
from mpctls.zkp.plonk.keys import make_keys, table_size_log2
from mpctls.zkp.plonk.prover import ROUNDS, prove, public_values
from mpctls.zkp.plonk.verifier import verify

from .examples import example, proofs, setup


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.reason


def test_a_proof_of_a_witness_is_accepted() -> None:
    case = example()
    for proof in proofs():
        verify(case.verifying_key, case.publics, proof)


def test_two_proofs_of_one_witness_have_no_element_in_common() -> None:
    points = [point for proof in proofs() for point in proof.points]
    evaluations = [number for proof in proofs() for number in proof.evaluations]
    assert len(set(points)) == 9 * len(proofs())
    assert len(set(evaluations)) == 6 * len(proofs())


def test_a_proof_depends_on_each_of_its_eleven_blinders() -> None:
    case = example()

    class Changed(SeededRandomness):
        """The same octets each time, except for one blinder."""

        position = -1

        def octets(self, count: int) -> bytes:
            drawn = bytearray(SeededRandomness(b"blinders").octets(count))
            if self.position >= 0:
                drawn[32 * self.position] ^= 1
            return bytes(drawn)

    seen = set()
    for position in range(-1, 11):
        source = Changed(b"")
        source.position = position
        # Only draws in which every candidate is below r keep the positions; this seed's are.
        seen.add(prove(case.key, case.witness, randomness=source))
    assert len(seen) == 12


def test_sharing_each_step_between_cores_changes_no_octet(monkeypatch: pytest.MonkeyPatch) -> None:
    case = example()
    alone = prove(case.key, case.witness, randomness=SeededRandomness(b"shared"))
    monkeypatch.setattr(quotient, "_WORTH_SHARING", 0)
    monkeypatch.setattr(polynomials, "_LONG", 0)
    assert prove(case.key, case.witness, randomness=SeededRandomness(b"shared")) == alone
    verify(case.verifying_key, case.publics, alone)


def test_a_witness_may_be_integers_or_elements() -> None:
    case = example()
    elements = SCALAR.encode(case.witness)
    proof = prove(case.key, elements)
    assert public_values(case.key, elements) == case.publics
    verify(case.verifying_key, case.publics, proof)


@pytest.mark.parametrize("wire", range(1, 5))
def test_a_witness_that_breaks_a_row_is_not_proved(wire: int) -> None:
    case = example()
    witness = list(case.witness)
    witness[wire] = (witness[wire] + 1) % SCALAR_MODULUS
    assert reason(lambda: prove(case.key, witness)) == "zero-knowledge/unsatisfied"


def test_a_witness_of_another_circuit_is_refused() -> None:
    case = example()
    assert reason(lambda: prove(case.key, case.witness[:-1])) == "zero-knowledge/witness-count"


def test_the_caller_hears_of_rounds_and_can_stop_between_them() -> None:
    case = example()
    for last in range(ROUNDS):
        heard, cancelled = list[int](), threading.Event()

        def listen(done: int, last: int = last, heard: list[int] = heard) -> None:
            heard.append(done)
            if done == last:
                cancelled.set()  # noqa: B023

        if last == 0:
            cancelled.set()
        with pytest.raises(Refused) as refusal:
            prove(case.key, case.witness, progress=listen, cancelled=cancelled)
        assert refusal.value.reason == "zero-knowledge/cancelled"
        assert heard == list(range(1, last + 1))
    heard = []
    prove(case.key, case.witness, progress=heard.append, cancelled=threading.Event())
    assert heard == [1, 2, 3, 4, 5]


def test_a_table_without_public_inputs_and_one_that_fills_its_rows() -> None:
    builder = Builder()
    x = builder.private("x")
    for step in range(8):
        x = builder.multiply(x, x + step)
    circuit = builder.finish()
    table = lower(circuit)
    assert table.public_count == 0
    key = make_keys(table, setup())
    proof = prove(key, circuit.witness({"x": [5]}))
    verify(key.verifying_key, [], proof)


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
    witness = circuit.witness({"results": expected, "values": values})
    key = make_keys(lower(circuit), setup())
    proof = prove(key, witness)
    verify(key.verifying_key, expected, proof)
    wrong = [(expected[0] + 1) % SCALAR_MODULUS, *expected[1:]]
    assert reason(lambda: verify(key.verifying_key, wrong, proof)) == "zero-knowledge/proof-invalid"


def test_a_table_larger_than_the_setup_is_refused_with_the_size_it_needs() -> None:
    case = example()
    with pytest.raises(Refused) as refusal:
        make_keys(case.table, setup(3))
    assert (refusal.value.reason, refusal.value.detail) == (
        "zero-knowledge/setup-too-small",
        f"2^{table_size_log2(case.table.row_count)} needed, 2^3 there",
    )


def test_keys_are_a_function_of_the_table_and_the_setup() -> None:
    case = example()
    again = make_keys(case.table, setup())
    assert again.verifying_key == case.verifying_key
    assert again.verifying_key.digest() == case.verifying_key.digest()
    assert np.array_equal(again.selectors, case.key.selectors)


@pytest.mark.parametrize(
    ("rows", "size_log2"), [(0, 3), (1, 3), (8, 3), (9, 4), (16, 4), (17, 5), (1 << 20, 20)]
)
def test_tables_are_as_small_as_their_rows_allow(rows: int, size_log2: int) -> None:
    assert table_size_log2(rows) == size_log2


@pytest.mark.slow
def test_a_proof_is_made_and_verified_where_nothing_can_be_compiled() -> None:
    program = (
        "from tests.unit.plonk.examples import example, proofs\n"
        "from mpctls.zkp.plonk.verifier import verify\n"
        "verify(example().verifying_key, example().publics, proofs()[0])\n"
        "import sys\n"
        "print('numba' in sys.modules)\n"
    )
    environment = {**os.environ, "MPCTLS_PORTABLE": "1"}
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (0, "False\n"), finished.stderr
