"""Garbling against the paper's formulas, against evaluation in the clear, and against what goes wrong."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.mpc.circuits.circuit import AND, Circuit
from mpctls.reference.mpc.garbling.half_gates import Garbled, evaluate, garble
from mpctls.reference.mpc.kernels.aes import expand_key
from mpctls.reference.mpc.kernels.garbling import evaluate_gates, garble_gates
from mpctls.reference.mpc.kernels.garbling_lanes import evaluate_in_lanes, garble_in_lanes
from mpctls.reference.mpc.kernels.lanes import EVALUATION_LANES, GARBLING_LANES
from mpctls.reference.mpc.kernels.program import program
from tests.unit.kernels.circuits import (
    FULL_ADDER,
    circuits,
    from_gates,
    random_bits,
    random_words,
    run_in_the_clear,
)

Words = NDArray[np.uint64]

KEY = bytes(range(16))
ALL_ONES = np.full(2, 2**64 - 1, np.uint64)
AND_GATE = from_gates(2, [(AND, 0, 1, 0)], [0], 2)


def difference(seed: int) -> Words:
    return random_words(seed, 2) | np.array([1, 0], np.uint64)


def active(zero_labels: Words, bits: NDArray[np.uint8], delta: Words) -> Words:
    labels: Words = zero_labels ^ (bits[..., None].astype(np.uint64) * delta)
    return labels


def run(
    circuit: Circuit, bits: NDArray[np.uint8], zeros: Words, delta: Words, first_gate: int = 0
) -> Garbled:
    """Garble, evaluate, and compare the active output labels with the circuit in the clear."""
    garbled = garble(circuit, input_labels=zeros, delta=delta, hash_key=KEY, first_gate=first_gate)
    outputs = evaluate(
        circuit,
        input_labels=active(zeros, bits, delta),
        tables=garbled.tables,
        hash_key=KEY,
        first_gate=first_gate,
    )
    expected = active(garbled.output_labels, run_in_the_clear(circuit, bits), delta)
    assert np.array_equal(outputs, expected)
    return garbled


@pytest.mark.usefixtures("twin")
def test_full_adder() -> None:
    bits = np.array(list(itertools.product([0, 1], repeat=3)), np.uint8)
    assert run_in_the_clear(FULL_ADDER, bits)[:, :2].tolist() == [
        [int(row.sum()) & 1, int(row.sum()) >> 1] for row in bits
    ]
    run(FULL_ADDER, bits, random_words(1, 8, 3, 2), difference(2), 77)


@given(
    circuit=circuits(), instances=st.integers(0, 9), seed=st.integers(0, 2**32), first=st.integers(0, 2**62)
)
def test_any_circuit(circuit: Circuit, instances: int, seed: int, first: int) -> None:
    zeros, delta = random_words(seed, instances, circuit.input_count, 2), difference(seed + 1)
    run(circuit, random_bits(seed, instances, circuit.input_count), zeros, delta, first)


@given(circuit=circuits(), fill=st.sampled_from([0, 1, 2**64 - 1]), first=st.sampled_from([0, 2**40, 2**62]))
def test_portable_twins_agree_at_the_edges(circuit: Circuit, fill: int, first: int) -> None:
    zeros = np.full((2, circuit.input_count, 2), fill, np.uint64)
    room = np.empty((circuit.slot_count, 2), np.uint64)
    results = []
    for garbling, evaluation in (
        (garble_gates, evaluate_gates),
        (garble_gates.portable, evaluate_gates.portable),
    ):
        tables = np.empty((2, circuit.and_count, 4), np.uint64)
        labels, outputs = np.empty((2, 2, circuit.output_count, 2), np.uint64)
        setting = program(circuit), expand_key(KEY)
        garbling(*setting, ALL_ONES, np.uint64(first), zeros, room, tables, labels)
        evaluation(*setting, np.uint64(first), zeros, tables, room, outputs)
        results.append((tables, labels, outputs))
    for compiled, portable in zip(*results, strict=True):
        assert np.array_equal(compiled, portable)


@given(
    circuit=circuits(), instances=st.integers(1, 9), seed=st.integers(0, 2**32), first=st.integers(0, 2**62)
)
def test_lanes_give_what_instances_give_one_by_one(
    circuit: Circuit, instances: int, seed: int, first: int
) -> None:
    zeros, delta = random_words(seed, instances, circuit.input_count, 2), difference(seed + 1)
    setting = program(circuit), expand_key(KEY)
    results = []
    for garbling, evaluation in (
        (garble_in_lanes, evaluate_in_lanes),
        (garble_in_lanes.portable, evaluate_in_lanes.portable),
    ):
        tables = np.empty((instances, circuit.and_count, 4), np.uint64)
        labels, outputs = np.empty((2, instances, circuit.output_count, 2), np.uint64)
        garbling(*setting, delta, np.uint64(first), zeros, room(circuit, GARBLING_LANES), tables, labels)
        evaluation(*setting, np.uint64(first), zeros, tables, room(circuit, EVALUATION_LANES), outputs)
        results.append((tables, labels, outputs))
    for together, alone in zip(*results, strict=True):
        assert np.array_equal(together, alone)


def room(circuit: Circuit, lanes: int) -> Words:
    return np.empty((circuit.slot_count, 2 * lanes), np.uint64)


@pytest.mark.usefixtures("twin")
def test_tables_follow_the_paper() -> None:
    """eprint 2014/756, figure 2, with H(x, i) = π(π(x) ⊕ i) ⊕ π(x), in integers and another library's AES."""
    cipher = AES.new(KEY, AES.MODE_ECB)

    def permute(block: int) -> int:
        return int.from_bytes(cipher.encrypt(block.to_bytes(16, "little")), "little")

    def hashed(label: int, tweak: int) -> int:
        return permute(permute(label) ^ tweak) ^ permute(label)

    def number(words: Words) -> int:
        return int(words[0]) | int(words[1]) << 64

    gate = 5
    for seed in range(4):
        zeros, delta = random_words(seed, 1, 2, 2), difference(seed + 10)
        garbled = garble(AND_GATE, input_labels=zeros, delta=delta, hash_key=KEY, first_gate=gate)
        a, b, r = number(zeros[0, 0]), number(zeros[0, 1]), number(delta)
        generator = hashed(a, 2 * gate) ^ hashed(a ^ r, 2 * gate) ^ (b & 1) * r
        evaluator = hashed(b, 2 * gate + 1) ^ hashed(b ^ r, 2 * gate + 1) ^ a
        output = hashed(a, 2 * gate) ^ (a & 1) * generator
        output ^= hashed(b, 2 * gate + 1) ^ (b & 1) * (evaluator ^ a)
        assert [number(garbled.tables[0, 0, :2]), number(garbled.tables[0, 0, 2:])] == [generator, evaluator]
        assert number(garbled.output_labels[0, 0]) == output


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("word", range(4))
def test_a_changed_table_changes_the_output_of_whoever_uses_it(word: int) -> None:
    """The row of a half gate is used exactly by an active label of colour 1."""
    delta = difference(3)
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.uint8)
    zeros = random_words(4, 4, 2, 2)
    garbled = run(AND_GATE, bits, zeros, delta)
    labels = active(zeros, bits, delta)
    honest = evaluate(AND_GATE, input_labels=labels, tables=garbled.tables, hash_key=KEY, first_gate=0)
    garbled.tables[:, 0, word] ^= np.uint64(1 << 17)
    changed = evaluate(AND_GATE, input_labels=labels, tables=garbled.tables, hash_key=KEY, first_gate=0)
    colours = labels[:, word // 2, 0] & np.uint64(1)
    assert 0 < colours.sum() < 4
    assert np.array_equal((honest != changed).any(axis=(1, 2)), colours == 1)


@pytest.mark.usefixtures("twin")
def test_gate_numbers_run_on_and_never_repeat() -> None:
    """Equal labels three times: numbers keep the tables apart and run on from instance to instance."""
    zeros, delta = np.repeat(random_words(5, 1, 3, 2), 3, axis=0), difference(6)
    together = garble(FULL_ADDER, input_labels=zeros, delta=delta, hash_key=KEY, first_gate=9)
    assert len({table.tobytes() for table in together.tables}) == 3
    for instance in range(3):
        first = 9 + instance * FULL_ADDER.and_count
        alone = garble(FULL_ADDER, input_labels=zeros[:1], delta=delta, hash_key=KEY, first_gate=first)
        assert np.array_equal(alone.tables[0], together.tables[instance])
        assert np.array_equal(alone.output_labels[0], together.output_labels[instance])


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("change", [{"first_gate": 1}, {"hash_key": bytes(16)}])
def test_another_tweak_or_key_gives_no_label(change: dict[str, Any]) -> None:
    zeros, delta = random_words(7, 1, 2, 2), difference(8)
    garbled = garble(AND_GATE, input_labels=zeros, delta=delta, hash_key=KEY, first_gate=0)
    arguments: dict[str, Any] = {"hash_key": KEY, "first_gate": 0}
    arguments.update(change)
    output = evaluate(AND_GATE, input_labels=zeros, tables=garbled.tables, **arguments)
    for label in (garbled.output_labels, garbled.output_labels ^ delta):
        assert not np.array_equal(output, label)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"delta": np.array([2, 1], np.uint64)}, "lowest bit"),
        ({"delta": np.array([1], np.uint64)}, "global difference"),
        ({"input_labels": random_words(1, 1, 3, 2)}, "input labels"),
        ({"input_labels": np.zeros((1, 2, 2), np.int64)}, "input labels"),
        ({"first_gate": -1}, "gate numbers"),
        ({"first_gate": 2**63}, "gate numbers"),
        ({"hash_key": bytes(15)}, "16 octets"),
    ],
)
def test_wrong_arguments_are_refused(change: dict[str, Any], complaint: str) -> None:
    arguments: dict[str, Any] = {
        "input_labels": random_words(1, 1, 2, 2),
        "delta": difference(2),
        "hash_key": KEY,
        "first_gate": 0,
    }
    with pytest.raises(ValueError, match=complaint):
        garble(AND_GATE, **arguments | change)


def test_tables_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="tables"):
        evaluate(
            AND_GATE,
            input_labels=random_words(1, 1, 2, 2),
            tables=random_words(2, 1, 2, 4),
            hash_key=KEY,
            first_gate=0,
        )
