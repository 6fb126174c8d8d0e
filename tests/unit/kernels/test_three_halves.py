"""Three-halves against the paper's equations, against evaluation in the clear, and against what goes wrong."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block, aes_key_schedule
from mpctls.reference.mpc.circuits.circuit import AND, XOR, Circuit
from mpctls.reference.mpc.circuits.sha256 import INITIAL_STATE, sha256_compression
from mpctls.reference.mpc.garbling.three_halves import Garbled, check_tables, evaluate, garble, table_octets
from mpctls.reference.mpc.kernels import three_halves, three_halves_lanes
from mpctls.reference.mpc.kernels.aes import expand, expand_key
from mpctls.reference.mpc.kernels.blocks import block_from_octets
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
SEED = bytes(range(16, 32))
AND_GATE = from_gates(2, [(AND, 0, 1, 0)], [0], 2)
EIGHT_GATES = from_gates(2, [(AND, 0, 1, 0)] * 8, [0], 2)
BITS = np.array(list(itertools.product([0, 1], repeat=2)), np.uint8)


def difference(seed: int) -> Words:
    return random_words(seed, 2) | np.array([1, 0], np.uint64)


def active(zero_labels: Words, bits: NDArray[np.uint8], delta: Words) -> Words:
    labels: Words = zero_labels ^ (bits[..., None].astype(np.uint64) * delta)
    return labels


def garbled_of(
    circuit: Circuit, zeros: Words, delta: Words, first_gate: int = 0, seed: bytes = SEED
) -> Garbled:
    return garble(
        circuit, input_labels=zeros, delta=delta, hash_key=KEY, first_gate=first_gate, dice_seed=seed
    )


def evaluated(circuit: Circuit, labels: Words, tables: NDArray[np.uint8], first_gate: int = 0) -> Words:
    return evaluate(circuit, input_labels=labels, tables=tables, hash_key=KEY, first_gate=first_gate)


def run(
    circuit: Circuit, bits: NDArray[np.uint8], zeros: Words, delta: Words, first_gate: int = 0
) -> Garbled:
    """Garble, evaluate, and compare the active output labels with the circuit in the clear."""
    garbled = garbled_of(circuit, zeros, delta, first_gate)
    check_tables(circuit, garbled.tables)
    outputs = evaluated(circuit, active(zeros, bits, delta), garbled.tables, first_gate)
    expected = active(garbled.output_labels, run_in_the_clear(circuit, bits), delta)
    assert np.array_equal(outputs, expected)
    return garbled


@pytest.mark.usefixtures("twin")
def test_full_adder() -> None:
    bits = np.array(list(itertools.product([0, 1], repeat=3)), np.uint8)
    run(FULL_ADDER, bits, random_words(1, 8, 3, 2), difference(2), 77)


@given(
    circuit=circuits(), instances=st.integers(0, 9), seed=st.integers(0, 2**32), first=st.integers(0, 2**61)
)
def test_any_circuit(circuit: Circuit, instances: int, seed: int, first: int) -> None:
    zeros, delta = random_words(seed, instances, circuit.input_count, 2), difference(seed + 1)
    run(circuit, random_bits(seed, instances, circuit.input_count), zeros, delta, first)


def test_more_instances_than_a_word_has_dice() -> None:
    run(FULL_ADDER, random_bits(1, 71, 3), random_words(1, 71, 3, 2), difference(2))


def garbled_octets(circuit: Circuit, instances: int, *inputs: bytes) -> bytes:
    """Run a circuit garbled in several instances on the same octets, and decode the last one."""
    bits = np.unpackbits(np.frombuffer(b"".join(inputs), np.uint8), bitorder="little")
    zeros, delta = random_words(4, instances, circuit.input_count, 2), difference(5)
    garbled = garbled_of(circuit, zeros, delta)
    labels = evaluated(circuit, active(zeros, np.tile(bits, (instances, 1)), delta), garbled.tables)
    decoded = (labels ^ garbled.output_labels) == delta
    assert np.array_equal(labels, active(garbled.output_labels, decoded.all(axis=2).astype(np.uint8), delta))
    return np.packbits(decoded.all(axis=2)[-1], bitorder="little").tobytes()


@pytest.mark.parametrize("instances", [1, 5])
def test_aes_of_fips_197(instances: int) -> None:
    round_keys = garbled_octets(aes_key_schedule(), instances, bytes(range(16)))
    block = garbled_octets(
        aes_encrypt_block(), instances, round_keys, bytes.fromhex("00112233445566778899aabbccddeeff")
    )
    assert block.hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


@pytest.mark.parametrize("instances", [1, 5])
def test_sha256_of_fips_180(instances: int) -> None:
    padded = b"abc\x80" + bytes(52) + (24).to_bytes(8, "big")
    digest = garbled_octets(sha256_compression(), instances, INITIAL_STATE, padded)
    assert digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(circuit=circuits(), fill=st.sampled_from([0, 1, 2**64 - 1]), first=st.sampled_from([0, 2**40, 2**61]))
def test_portable_twins_agree_at_the_edges(circuit: Circuit, fill: int, first: int) -> None:
    zeros, delta = np.full((2, circuit.input_count, 2), fill, np.uint64), np.full(2, 2**64 - 1, np.uint64)
    one_by_one = three_halves.garble_gates, three_halves.evaluate_gates, 1, 1
    portable = three_halves.garble_gates.portable, three_halves.evaluate_gates.portable, 1, 1
    assert raw(circuit, zeros, delta, first, one_by_one) == raw(circuit, zeros, delta, first, portable)


@given(
    circuit=circuits(), instances=st.integers(1, 40), seed=st.integers(0, 2**32), first=st.integers(0, 2**61)
)
def test_lanes_give_what_instances_give_one_by_one(
    circuit: Circuit, instances: int, seed: int, first: int
) -> None:
    zeros, delta = random_words(seed, instances, circuit.input_count, 2), difference(seed + 1)
    together = three_halves_lanes.garble_in_lanes, three_halves_lanes.evaluate_in_lanes, *ROOMS
    portable = three_halves.garble_gates.portable, three_halves.evaluate_gates.portable, 1, 1
    assert raw(circuit, zeros, delta, first, together) == raw(circuit, zeros, delta, first, portable)


def raw(circuit: Circuit, zeros: Words, delta: Words, first: int, kernels: Any) -> list[bytes]:
    """Rows, zero labels and active labels of all-zero inputs, from a pair of kernels."""
    garbling, evaluation, garbling_lanes, evaluation_lanes = kernels
    instances = len(zeros)
    tables = np.empty((instances, circuit.and_count, 4), np.uint64)
    labels, outputs = np.empty((2, instances, circuit.output_count, 2), np.uint64)
    dice = random_words(first, circuit.and_count, -(-instances // 32))
    setting = program(circuit), expand_key(KEY)
    room = np.empty((circuit.slot_count, 2 * garbling_lanes), np.uint64)
    garbling(*setting, delta, np.uint64(first), dice, zeros, room, tables, labels)
    room = np.empty((circuit.slot_count, 2 * evaluation_lanes), np.uint64)
    evaluation(*setting, np.uint64(first), zeros, tables, room, outputs)
    return [tables.tobytes(), labels.tobytes(), outputs.tobytes()]


ROOMS = (GARBLING_LANES, EVALUATION_LANES)

# The evaluator's matrices by colours (i, j): of G_1, G_2 and G_3, and of A_L, A_R, B_L and B_R for each value of
# the control bits: a fixed part and a combination of two, the solution that the kernels are written for.
SLICES = {(0, 0): ("000", "000"), (0, 1): ("001", "011"), (1, 0): ("101", "001"), (1, 1): ("100", "010")}
FIXED = {
    (0, 0): ("1001", "1001"),
    (0, 1): ("0000", "1001"),
    (1, 0): ("1001", "0000"),
    (1, 1): ("0000", "0000"),
}
FIRST = ("1110", "1001")
SECOND = ("1001", "0111")


def product(row: str, words: list[int]) -> int:
    total = 0
    for digit, word in zip(row, words, strict=True):
        total ^= int(digit) * word
    return total


@pytest.mark.usefixtures("twin")
def test_tables_follow_the_matrices() -> None:
    """The evaluator's step in integers and matrices, with H(x, i) = π(π(x) ⊕ i) ⊕ π(x) by another library's AES."""
    cipher = AES.new(KEY, AES.MODE_ECB)

    def permute(block: int) -> int:
        return int.from_bytes(cipher.encrypt(block.to_bytes(16, "little")), "little")

    def hashed(words: list[int], tweak: int) -> tuple[int, int]:
        permuted = permute(words[0] | words[1] << 64)
        found = permute(permuted ^ tweak ^ 2 << 64) ^ permuted
        return found % 2**64, found >> 64 & 1

    gate = 5
    for seed in range(16):
        zeros, delta = random_words(seed, 4, 2, 2), difference(seed + 10)
        garbled = garbled_of(AND_GATE, zeros, delta, gate, bytes([seed]) * 16)
        for instance, (labels, bits) in enumerate(zip(active(zeros, BITS, delta), BITS, strict=True)):
            a, b = labels.tolist()
            first = 3 * (gate + instance)
            h_a, h_b = hashed(a, first), hashed(b, first + 1)
            h_ab = hashed([a[0] ^ b[0], a[1] ^ b[1]], first + 2)
            octets = garbled.tables[instance].tobytes()
            slices = [int.from_bytes(octets[8 * each : 8 * each + 8], "little") for each in range(3)]
            z = [octets[24] >> each & 1 for each in range(8)]
            assert z[5:] == [0, 0, 0]
            colours = a[0] & 1, b[0] & 1
            controls = [
                z[side] ^ product(SLICES[colours][side], z[2:5]) ^ known[1] ^ h_ab[1]
                for side, known in enumerate((h_a, h_b))
            ]
            for side, known in enumerate((h_a, h_b)):
                word = known[0] ^ h_ab[0] ^ product(SLICES[colours][side], slices)
                word ^= product(FIXED[colours][side], [*a, *b])
                word ^= controls[0] * product(FIRST[side], [*a, *b])
                word ^= controls[1] * product(SECOND[side], [*a, *b])
                zero = int(garbled.output_labels[instance, 0, side])
                assert word == zero ^ int(bits.all()) * int(delta[side])


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize(("slice_number", "users"), [(0, (1, 0)), (1, (0, 1)), (2, (1, 1))])
def test_a_changed_slice_changes_the_output_of_whoever_uses_it(
    slice_number: int, users: tuple[int, int]
) -> None:
    """G_1 is used by colour 1 on the left, G_2 by colour 1 on the right, G_3 where the colours differ."""
    delta = difference(3)
    zeros = random_words(4, 4, 2, 2)
    zeros[:, :, 0] &= np.uint64(2**64 - 2)  # so that the colours are the bits
    garbled = run(AND_GATE, BITS, zeros, delta)
    labels = active(zeros, BITS, delta)
    honest = evaluated(AND_GATE, labels, garbled.tables)
    garbled.tables[:, 8 * slice_number + 2] ^= 1
    changed = evaluated(AND_GATE, labels, garbled.tables)
    used = (BITS @ np.array(users)) % 2 == 1
    assert np.array_equal((honest != changed).any(axis=(1, 2)), used)


@pytest.mark.parametrize("bit", range(5))
def test_a_changed_control_bit_gives_no_label(bit: int) -> None:
    """Where it is used, which the colours say as they do for slices, another part of the labels is added."""
    delta = difference(3)
    zeros = random_words(4, 4, 2, 2)
    zeros[:, :, 0] &= np.uint64(2**64 - 2)
    garbled = run(AND_GATE, BITS, zeros, delta)
    garbled.tables[:, 24] ^= 1 << bit
    changed = evaluated(AND_GATE, active(zeros, BITS, delta), garbled.tables)[:, 0]
    users = ((0, 0), (0, 0), (1, 0), (0, 1), (1, 1))[bit]
    used = (BITS @ np.array(users)) % 2 == 1 if bit > 1 else np.ones(4, bool)
    for zero in (garbled.output_labels[:, 0], garbled.output_labels[:, 0] ^ delta):
        assert not (changed[used] == zero[used]).all(axis=1).any()
    honest = active(garbled.output_labels[:, 0], BITS[:, 0] & BITS[:, 1], delta)
    assert np.array_equal(changed[~used], honest[~used])


@given(octets=st.binary(min_size=99, max_size=99))
def test_any_octets_evaluate_to_some_label(octets: bytes) -> None:
    circuit = from_gates(2, [(AND, 0, 1, 0), (XOR, 0, 1, 1)] * 4, [0], 2)
    tables = np.frombuffer(octets, np.uint8)[None]
    labels = evaluated(circuit, random_words(1, 1, 2, 2), tables)
    assert labels.shape == (1, 1, 2)


def test_tables_have_24_octets_and_five_bits_a_gate() -> None:
    assert [table_octets(each) for each in (AND_GATE, EIGHT_GATES, from_gates(2, [], [0], 2))] == [25, 197, 0]


@pytest.mark.parametrize("bit", range(5, 8))
def test_filling_bits_are_zero(bit: int) -> None:
    garbled = garbled_of(AND_GATE, random_words(1, 2, 2, 2), difference(2))
    check_tables(AND_GATE, garbled.tables)
    garbled.tables[1, 24] |= 1 << bit
    with pytest.raises(Refused) as refusal:
        check_tables(AND_GATE, garbled.tables)
    assert refusal.value.reason == "engine/not-canonical"


def test_eight_gates_fill_their_octets() -> None:
    tables = np.full((1, 197), 255, np.uint8)
    check_tables(EIGHT_GATES, tables)


@pytest.mark.usefixtures("twin")
def test_gate_numbers_run_on_and_never_repeat() -> None:
    """Equal labels and dice three times: numbers keep the tables apart and run on from instance to instance."""
    zeros, delta = np.repeat(random_words(5, 1, 3, 2), 3, axis=0), difference(6)
    together = garbled_of(FULL_ADDER, zeros, delta, 9)
    assert len({table.tobytes() for table in together.tables}) == 3
    for instance in range(3):
        labels = active(zeros[:1], np.ones((1, 3), np.uint8), delta)
        first = 9 + instance * FULL_ADDER.and_count
        alone = evaluated(FULL_ADDER, labels, together.tables[instance : instance + 1], first)
        expected = active(together.output_labels[instance], np.array([1, 1, 0], np.uint8), delta)
        assert np.array_equal(alone[0], expected)


def test_dice_come_of_the_seed_alone_and_no_gate_has_those_of_another() -> None:
    zeros, delta = random_words(5, 1, 2, 2), difference(6)
    assert (
        garbled_of(AND_GATE, zeros, delta).tables.tobytes()
        == garbled_of(AND_GATE, zeros, delta).tables.tobytes()
    )
    several = {
        garbled_of(AND_GATE, zeros, delta, seed=bytes([each]) * 16).tables.tobytes() for each in range(20)
    }
    assert len(several) == 4
    words = expand(block_from_octets(SEED)[None], 4).reshape(-1)
    given_dice = [(int(word) >> 2 * instance) & 3 for word in words for instance in range(3)]
    zeros = np.repeat(zeros, 3, axis=0)
    assert used_dice(EIGHT_GATES, zeros, delta) == given_dice


def used_dice(circuit: Circuit, zeros: Words, delta: Words) -> list[int]:
    """The dice of each gate and instance, found by garbling gate after gate with all four throws."""
    wanted = garbled_of(circuit, zeros, delta).tables
    found = []
    thrown = np.zeros((circuit.and_count, 1), np.uint64)
    for gate, instance in itertools.product(range(circuit.and_count), range(len(zeros))):
        for throw in range(4):
            place = np.uint64(2 * instance)
            thrown[gate, 0] = (thrown[gate, 0] & ~(np.uint64(3) << place)) | np.uint64(throw) << place
            tables = np.empty((len(zeros), circuit.and_count, 4), np.uint64)
            three_halves.garble_gates(
                program(circuit),
                expand_key(KEY),
                delta,
                np.uint64(0),
                thrown,
                zeros,
                np.empty((circuit.slot_count, 2), np.uint64),
                tables,
                np.empty((len(zeros), circuit.output_count, 2), np.uint64),
            )
            slices = tables[instance, gate, :3].astype("<u8").tobytes()
            if slices == wanted[instance, 24 * gate : 24 * gate + 24].tobytes():
                found.append(throw)
                break
    return found


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("change", [{"first_gate": 1}, {"hash_key": bytes(16)}])
def test_another_tweak_or_key_gives_no_label(change: dict[str, Any]) -> None:
    zeros, delta = random_words(7, 1, 2, 2), difference(8)
    garbled = garbled_of(AND_GATE, zeros, delta)
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
        ({"first_gate": -1}, "gate numbers"),
        ({"first_gate": 2**62}, "gate numbers"),
        ({"hash_key": bytes(15)}, "16 octets"),
        ({"dice_seed": bytes(15)}, "16 octets"),
    ],
)
def test_wrong_arguments_are_refused(change: dict[str, Any], complaint: str) -> None:
    arguments: dict[str, Any] = {
        "input_labels": random_words(1, 1, 2, 2),
        "delta": difference(2),
        "hash_key": KEY,
        "first_gate": 0,
        "dice_seed": SEED,
    }
    with pytest.raises(ValueError, match=complaint):
        garble(AND_GATE, **arguments | change)


@pytest.mark.parametrize("shape", [(1, 24), (1, 26), (2, 25)])
def test_tables_of_another_length_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="tables"):
        evaluated(AND_GATE, random_words(1, 1, 2, 2), np.zeros(shape, np.uint8))
