"""What a circuit checks about itself, and its evaluation in the clear."""

from typing import Any

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.circuit import AND, INV, XOR, Circuit, evaluate_lanes, run


def columns(**changed: Any) -> dict[str, Any]:
    """¬((a ∧ b) ⊕ a) on four slots, as arguments of a circuit."""
    arguments: dict[str, Any] = {
        "name": "example",
        "input_sizes": (1, 1),
        "output_sizes": (1,),
        "operations": np.array([AND, XOR, INV], dtype=np.uint8),
        "left": np.array([0, 2, 0], dtype=np.int32),
        "right": np.array([1, 0, 0], dtype=np.int32),
        "target": np.array([2, 0, 3], dtype=np.int32),
        "outputs": np.array([3], dtype=np.int32),
        "slot_count": 4,
    }
    return arguments | changed


def slots(*numbers: int) -> Any:
    return np.array(numbers, dtype=np.int32)


def test_runs_gates_in_order_over_reused_slots() -> None:
    circuit = Circuit(**columns())
    assert [run(circuit, a, b)[0] for a in (0, 1) for b in (0, 1)] == [1, 1, 0, 1]
    assert (circuit.and_count, circuit.gate_count, circuit.input_count, circuit.output_count) == (1, 3, 2, 1)


def test_lanes_are_independent_instances() -> None:
    assert evaluate_lanes(Circuit(**columns()), [0b1100, 0b1010], lanes=4) == [0b1011]


@pytest.mark.parametrize(
    "changed",
    [
        {"operations": np.array([AND, XOR, 3], dtype=np.uint8)},
        {"operations": np.array([AND, XOR, INV], dtype=np.int64)},
        {"operations": np.array([AND, XOR], dtype=np.uint8)},
        {"left": slots(0, 4, 0)},
        {"left": slots(0, -1, 0)},
        {"left": np.array([0, 2, 0], dtype=np.int64)},
        {"left": slots(3, 2, 0)},
        {"right": slots(2, 0, 0)},
        {"right": slots(1, 0, 2)},
        {"target": slots(2, 0, 4)},
        {"outputs": slots(2, 3)},
        {"outputs": slots(4), "slot_count": 5},
        {"input_sizes": (1, 4)},
        {"input_sizes": (-1, 3)},
    ],
)
def test_refuses_malformed_columns(changed: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        Circuit(**columns(**changed))
    assert refusal.value.reason == "circuit/malformed"


def test_gates_cannot_be_changed_afterwards() -> None:
    circuit = Circuit(**columns())
    with pytest.raises(ValueError, match="read-only"):
        circuit.target[0] = 1


@pytest.mark.parametrize("inputs", [(), (1,), (1, 1, 1), (2, 0), (-1, 0)])
def test_refuses_inputs_that_do_not_fit(inputs: tuple[int, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        run(Circuit(**columns()), *inputs)
    assert refusal.value.reason == "circuit/wrong-input"


@pytest.mark.parametrize("inputs", [[1], [4, 0], [-1, 0]])
def test_refuses_lanes_that_do_not_fit(inputs: list[int]) -> None:
    with pytest.raises(Refused) as refusal:
        evaluate_lanes(Circuit(**columns()), inputs, lanes=2)
    assert refusal.value.reason == "circuit/wrong-input"
