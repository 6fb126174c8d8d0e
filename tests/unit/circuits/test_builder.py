"""What the builder folds, shares and drops, and that none of it changes the function."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.builder import FALSE, TRUE, Builder, Wire
from mpctls.reference.mpc.circuits.circuit import INV, evaluate_lanes, run

INPUTS = 3
# The truth tables of three input bits, one lane for each of the eight inputs.
TABLES = [0b10101010, 0b11001100, 0b11110000]
ONES = 0b11111111

steps = st.lists(
    st.tuples(st.sampled_from(["xor", "and", "or", "invert"]), st.integers(0, 40), st.integers(0, 40)),
    max_size=40,
)


@given(program=steps, chosen=st.lists(st.integers(0, 40), max_size=6))
def test_computes_what_was_asked_for(program: list[tuple[str, int, int]], chosen: list[int]) -> None:
    builder = Builder("random")
    wires = [*builder.take_input(1), *builder.take_input(INPUTS - 1), FALSE, TRUE]
    values = [*TABLES, 0, ONES]
    for operation, first, second in program:
        left, right = first % len(wires), second % len(wires)
        if operation == "xor":
            wires.append(builder.xor(wires[left], wires[right]))
            values.append(values[left] ^ values[right])
        elif operation == "and":
            wires.append(builder.and_(wires[left], wires[right]))
            values.append(values[left] & values[right])
        elif operation == "or":
            wires.append(builder.or_(wires[left], wires[right]))
            values.append(values[left] | values[right])
        else:
            wires.append(builder.invert(wires[left]))
            values.append(values[left] ^ ONES)
    outputs = [position % len(wires) for position in chosen]
    circuit = builder.finish([wires[position] for position in outputs])
    assert evaluate_lanes(circuit, TABLES, lanes=8) == [values[position] for position in outputs]


@pytest.mark.parametrize(
    "expression",
    [
        lambda b, x, y: b.and_(x, x),
        lambda b, x, y: b.and_(x, b.invert(x)),
        lambda b, x, y: b.xor(x, x),
        lambda b, x, y: b.and_(x, TRUE),
        lambda b, x, y: b.and_(FALSE, x),
        lambda b, x, y: b.xor(x, FALSE),
        lambda b, x, y: b.invert(b.invert(x)),
        lambda b, x, y: b.xor(b.xor(x, TRUE), TRUE),
        lambda b, x, y: b.xor(b.and_(x, y), b.and_(y, x)),
        lambda b, x, y: b.xor(b.xor(x, b.invert(y)), b.invert(b.xor(y, x))),
    ],
)
def test_folds_and_shares(expression: Callable[[Builder, Wire, Wire], Wire]) -> None:
    builder = Builder("folded")
    x, y = builder.take_input(2)
    folded = expression(builder, x, y)
    assert folded in (x, FALSE, TRUE)
    circuit = builder.finish([folded])
    assert circuit.and_count == 0


def test_drops_gates_that_no_output_needs() -> None:
    builder = Builder("dead")
    x, y = builder.take_input(2)
    unused = builder.and_(x, y)
    builder.xor(unused, y)
    assert builder.finish([builder.xor(x, y)]).gate_count == 1


def test_inverts_only_where_a_value_leaves() -> None:
    builder = Builder("inverted")
    x, y = builder.take_input(2)
    product = builder.and_(builder.invert(x), builder.invert(builder.xor(builder.invert(x), y)))
    circuit = builder.finish([builder.invert(product), builder.invert(product)])
    assert np.count_nonzero(circuit.operations == INV) == 1
    # The inputs are x = 0, 1, 0, 1 and y = 0, 0, 1, 1: ¬(¬x ∧ (x ⊕ y)).
    assert [run(circuit, value) for value in range(4)] == [(3,), (3,), (0,), (3,)]


def test_reuses_slots_of_values_no_longer_read() -> None:
    builder = Builder("chain")
    inputs = builder.take_input(8)
    total = inputs[7]
    for step in range(500):
        total = builder.xor(builder.and_(total, inputs[step % 7]), inputs[(step + 1) % 8])
    circuit = builder.finish([total])
    assert circuit.gate_count == 1000
    assert circuit.slot_count <= 10


def test_refuses_an_input_group_after_a_gate() -> None:
    builder = Builder("late")
    x, y = builder.take_input(2)
    builder.and_(x, y)
    with pytest.raises(Refused) as refusal:
        builder.take_input(1)
    assert refusal.value.reason == "circuit/malformed"


def test_refuses_a_constant_without_any_input() -> None:
    with pytest.raises(Refused) as refusal:
        Builder("empty").finish([TRUE])
    assert refusal.value.reason == "circuit/malformed"
