"""Bristol Fashion files: round trips, a file written by hand, and what the parser refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits import bristol
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block
from mpctls.reference.mpc.circuits.bristol import export_bristol, import_bristol
from mpctls.reference.mpc.circuits.builder import Builder
from mpctls.reference.mpc.circuits.circuit import Circuit, run
from mpctls.reference.mpc.circuits.lexical import lexical_step
from mpctls.reference.mpc.circuits.p256 import join_pre_master_secret

FULL_ADDER = """5 8
3 1 1 1
2 1 1

2 1 0 2 3 XOR
2 1 1 2 4 XOR
2 1 3 4 5 AND
2 1 3 1 6 XOR
2 1 5 2 7 XOR
"""


def outputs_twice() -> Circuit:
    builder = Builder("outputs-twice")
    x, y = builder.take_input(2)
    product = builder.and_(x, y)
    return builder.finish([product, x], [product, builder.invert(product), builder.xor(x, x)])


@pytest.mark.parametrize(
    "circuit",
    [
        aes_encrypt_block(),
        join_pre_master_secret(),
        lexical_step("json-string-interior"),
        outputs_twice(),
    ],
    ids=lambda circuit: circuit.name,
)
def test_round_trip_gives_the_same_gates_on_the_same_slots(circuit: Circuit) -> None:
    again = import_bristol(export_bristol(circuit), name=circuit.name)
    assert (again.input_sizes, again.output_sizes) == (circuit.input_sizes, circuit.output_sizes)
    assert again.slot_count == circuit.slot_count
    for column in ("operations", "left", "right", "target", "outputs"):
        assert np.array_equal(getattr(again, column), getattr(circuit, column))


def test_reads_a_file_written_by_hand() -> None:
    circuit = import_bristol(FULL_ADDER, name="full-adder")
    for a, b, c in np.ndindex(2, 2, 2):
        total, carry = run(circuit, a, b, c)
        assert total + 2 * carry == a + b + c
    assert circuit.and_count == 1


def test_writes_that_file_again() -> None:
    assert export_bristol(import_bristol(FULL_ADDER, name="full-adder")) == FULL_ADDER


def test_copies_need_no_gate() -> None:
    circuit = import_bristol("3 5\n1 2\n1 2\n\n2 1 0 1 2 AND\n1 1 2 3 EQW\n1 1 1 4 EQW\n", name="copies")
    assert circuit.gate_count == 1
    assert [run(circuit, value) for value in range(4)] == [(0,), (0,), (2,), (3,)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5 8", "6 9"),
        ("5 8", "5 9"),
        ("5 8", "4 7"),
        ("5 8", "+5 8"),
        ("5 8", "05 8"),
        ("5 8", "5"),
        ("3 1 1 1", "3 1 1"),
        ("3 1 1 1", "3 1 2 0"),
        ("3 1 1 1", ""),
        ("2 1 1\n", "1 9\n"),
        ("2 1 0 2 3 XOR", "2 1 0 2 3 OR"),
        ("2 1 0 2 3 XOR", "1 1 0 2 3 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 3 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 7 3 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 8 3 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 2 1 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 -2 3 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 ² 3 XOR"),
        ("2 1 0 2 3 XOR", "2 1 0 99999999999 3 XOR"),
        ("7 XOR\n", "7 XOR\n2 1 0 1 7 AND\n"),
        ("7 XOR\n", "6 XOR\n"),
        ("2 1 5 2 7 XOR\n", ""),
    ],
)
def test_refuses_what_is_not_such_a_file(old: str, new: str) -> None:
    assert old in FULL_ADDER
    with pytest.raises(Refused) as refusal:
        import_bristol(FULL_ADDER.replace(old, new, 1), name="altered")
    assert refusal.value.reason == "circuit/not-bristol"


@pytest.mark.parametrize(
    "text",
    [
        f"{bristol.GATE_LIMIT + 1} 9\n1 1\n1 1\n",
        "1 9999999999\n1 1\n1 1\n",
        f"1 9\n1 {bristol.BIT_LIMIT + 1}\n1 1\n",
        f"1 9\n{bristol.GROUP_LIMIT + 1} 1\n1 1\n",
    ],
    ids=["gates", "wires", "bits", "groups"],
)
def test_refuses_oversized_files_before_allocating(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        import_bristol(text, name="oversized")
    assert refusal.value.reason == "circuit/too-large"


def test_refuses_oversized_text() -> None:
    with pytest.raises(Refused) as refusal:
        import_bristol("\n" * (bristol.FILE_LIMIT + 1), name="oversized")
    assert refusal.value.reason == "circuit/too-large"


@given(
    position=st.integers(0, len(FULL_ADDER)),
    inserted=st.text("0123456789²٣-+ \r\nXORANDIVEQW", max_size=3),
    dropped=st.integers(0, 6),
)
def test_altered_files_are_read_or_refused(position: int, inserted: str, dropped: int) -> None:
    altered = FULL_ADDER[:position] + inserted + FULL_ADDER[position + dropped :]
    try:
        circuit = import_bristol(altered, name="altered")
    except Refused as refusal:
        assert refusal.reason in ("circuit/not-bristol", "circuit/too-large")
    else:
        assert circuit.gate_count <= 5
