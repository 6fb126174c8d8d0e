"""QuickSilver gate by gate: authenticated bits through a circuit, and the sums that the check compares.

A bit w is authenticated by K = M ⊕ wΔ: the prover holds w and M, the verifier K and Δ. XOR and INV are local.
For an AND gate c = ab

    prover:  A0 = Ma·Mb,  A1 = wa·Mb + wb·Ma + Mc        verifier:  B = Ka·Kb + Kc·Δ = A0 + A1·Δ

and the running sums are U ← Uχ + A0, W ← Wχ + A1, V ← Vχ + B, gates in order of the circuit, instance after
instance. The check at the end is U + W·Δ = V. Source: eprint 2021/076, section 4.
"""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import compiled
from ..circuits.circuit import AND, XOR, Circuit
from .blocks import Bits, Words, aligned, check_words, load, store, xor
from .program import PROGRAM, Program, program
from .proof_lanes import BIT_LANES, BLOCK_LANES, evaluate_lanes, prove_lanes, verify_lanes
from .proof_portable import evaluate_bits_portable, prove_gates_portable, verify_gates_portable
from .proof_steps import FEATURES, prove_and, verify_and, xor_blocks

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


def evaluate_bits(circuit: Circuit, input_bits: Bits) -> tuple[Bits, Bits]:
    """Evaluate m instances in the clear.

    `input_bits` is uint8[m, inputs] of zeros and ones; returns the output bits uint8[m, outputs] and the
    output of every AND gate uint8[m, and_count], which is what the prover commits to.
    """
    instances = _check_bits(circuit, input_bits)
    output_bits = np.empty((instances, circuit.output_count), np.uint8)
    and_bits = np.empty((instances, circuit.and_count), np.uint8)
    whole = instances - instances % BIT_LANES
    if whole:
        words, and_words, output_words = (
            np.empty((whole // BIT_LANES, width), np.uint64)
            for width in (circuit.input_count, circuit.and_count, circuit.output_count)
        )
        _octets_of_lanes(words)[:] = _lanes(input_bits[:whole])
        room = np.empty(circuit.slot_count, np.uint64)
        evaluate_lanes(program(circuit), words, room, output_words, and_words)
        _lanes(output_bits[:whole])[:] = _octets_of_lanes(output_words)
        _lanes(and_bits[:whole])[:] = _octets_of_lanes(and_words)
    if whole < instances:
        _evaluate_bits(
            program(circuit),
            np.ascontiguousarray(input_bits[whole:]),
            np.empty(circuit.slot_count, np.uint8),
            output_bits[whole:],
            and_bits[whole:],
        )
    return output_bits, and_bits


def prove_gates(
    circuit: Circuit, *, input_bits: Bits, input_macs: Words, and_macs: Words, challenge: Words, state: Words
) -> tuple[Bits, Words]:
    """Run m instances over authenticated bits and add AND gates to the prover's sums; the prover runs it.

    `input_bits` is uint8[m, inputs], `input_macs` uint64[m, inputs, 2], `and_macs` uint64[m, and_count, 2],
    `challenge` uint64[2]; `state`, uint64[4], holds U and W and is updated. Returns bits and MACs of the
    outputs, uint8[m, outputs] and uint64[m, outputs, 2]. Requires a challenge drawn after the verifier has
    every correction.
    """
    instances = _check_bits(circuit, input_bits)
    check_words("input MACs", input_macs, (instances, circuit.input_count, 2))
    check_words("MACs of AND gates", and_macs, (instances, circuit.and_count, 2))
    check_words("the challenge", challenge, (2,))
    check_words("the prover's sums", state, (4,))
    output_bits = np.empty((instances, circuit.output_count), np.uint8)
    output_macs = np.empty((instances, circuit.output_count, 2), np.uint64)
    sums = state.copy()
    whole = instances - instances % BLOCK_LANES
    for run, part, lanes, bit_type in (
        (prove_lanes, slice(whole), BLOCK_LANES, np.uint64),
        (_prove_gates, slice(whole, instances), 1, np.uint8),
    ):
        if len(input_bits[part]):
            run(
                program(circuit),
                np.ascontiguousarray(input_bits[part]),
                aligned(input_macs[part]),
                aligned(and_macs[part]),
                aligned(challenge),
                sums,
                np.empty(circuit.slot_count, bit_type),
                np.empty((lanes * circuit.slot_count, 2), np.uint64),
                output_bits[part],
                output_macs[part],
            )
    state[:] = sums
    return output_bits, output_macs


def verify_gates(
    circuit: Circuit, *, input_keys: Words, and_keys: Words, delta: Words, challenge: Words, state: Words
) -> Words:
    """Run m instances over keys and add AND gates to the verifier's sum; the verifier runs it.

    `input_keys` is uint64[m, inputs, 2], `and_keys` uint64[m, and_count, 2] with the prover's corrections
    already added, `delta` and `challenge` are uint64[2]; `state`, uint64[2], holds V and is updated. Returns
    the keys of the outputs, uint64[m, outputs, 2]. Accepts nothing by itself: the caller compares the sums.
    """
    instances = len(input_keys)
    check_words("input keys", input_keys, (instances, circuit.input_count, 2))
    check_words("keys of AND gates", and_keys, (instances, circuit.and_count, 2))
    check_words("the global key", delta, (2,))
    check_words("the challenge", challenge, (2,))
    check_words("the verifier's sum", state, (2,))
    output_keys = np.empty((instances, circuit.output_count, 2), np.uint64)
    total = state.copy()
    whole = instances - instances % BLOCK_LANES
    for run, part, lanes in (
        (verify_lanes, slice(whole), BLOCK_LANES),
        (_verify_gates, slice(whole, instances), 1),
    ):
        if len(input_keys[part]):
            run(
                program(circuit),
                aligned(input_keys[part]),
                aligned(and_keys[part]),
                aligned(delta),
                aligned(challenge),
                total,
                np.empty((lanes * circuit.slot_count, 2), np.uint64),
                output_keys[part],
            )
    state[:] = total
    return output_keys


def _lanes(bits: Bits) -> Bits:
    """Bits uint8[8·g, n] as uint8[g, n, 8]: those of a group of instances side by side, a view."""
    return bits.reshape(len(bits) // BIT_LANES, BIT_LANES, bits.shape[1]).transpose(0, 2, 1)


def _octets_of_lanes(words: Words) -> Bits:
    """Words uint64[g, n] as their octets uint8[g, n, 8], a view."""
    return words.view(np.uint8).reshape(*words.shape, BIT_LANES)


def _check_bits(circuit: Circuit, bits: Bits) -> int:
    if bits.dtype != np.uint8 or bits.ndim != 2 or bits.shape[1] != circuit.input_count:
        raise ValueError(f"input bits are uint8[m, {circuit.input_count}]")
    if bits.size and int(bits.max()) > 1:
        raise ValueError("an input bit is neither 0 nor 1")
    return int(bits.shape[0])


@compiled(
    f"{PROGRAM}, const uint8[:,:], uint8[:], uint8[:,:], uint8[:,:]",
    portable=evaluate_bits_portable,
)
def _evaluate_bits(
    columns: Program,
    input_bits: Bits,
    slots: Bits,
    output_bits: Bits,
    and_bits: Bits,
) -> None:
    operations, left, right, target, outputs = columns
    for instance in range(input_bits.shape[0]):
        for wire in range(input_bits.shape[1]):
            slots[wire] = input_bits[instance, wire]
        row = 0
        for gate in range(operations.shape[0]):
            if operations[gate] == XOR:
                slots[target[gate]] = slots[left[gate]] ^ slots[right[gate]]
            elif operations[gate] == AND:
                bit = slots[left[gate]] & slots[right[gate]]
                slots[target[gate]] = bit
                and_bits[instance, row] = bit
                row += 1
            else:
                slots[target[gate]] = slots[left[gate]] ^ 1
        for output in range(outputs.shape[0]):
            output_bits[instance, output] = slots[outputs[output]]


@compiled(
    f"{PROGRAM}, const uint8[:,:], const uint64[:,:,:], const uint64[:,:,:], const uint64[:], uint64[:], "
    "uint8[:], uint64[:,:], uint8[:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=prove_gates_portable,
)
def _prove_gates(
    columns: Program,
    input_bits: Bits,
    input_macs: Words,
    and_macs: Words,
    challenge: Words,
    state: Words,
    bit_slots: Bits,
    mac_slots: Words,
    output_bits: Bits,
    output_macs: Words,
) -> None:
    operations, left, right, target, outputs = columns
    row = _ZERO
    for instance in range(input_bits.shape[0]):
        for wire in range(input_bits.shape[1]):
            bit_slots[wire] = input_bits[instance, wire]
            store(mac_slots, wire, load(input_macs[instance], wire))
        for gate in range(operations.shape[0]):
            a, b, c = np.uint64(left[gate]), np.uint64(right[gate]), np.uint64(target[gate])
            a_bit = bit_slots[left[gate]]
            if operations[gate] == XOR:
                bit_slots[target[gate]] = a_bit ^ bit_slots[right[gate]]
                xor_blocks(mac_slots, a, b, c)
            elif operations[gate] == AND:
                b_bit = bit_slots[right[gate]]
                bit_slots[target[gate]] = a_bit & b_bit
                left_bit, right_bit = np.uint64(a_bit), np.uint64(b_bit)
                prove_and(mac_slots, a, b, c, left_bit, right_bit, and_macs, row, challenge, state)
                row += _ONE
            else:
                bit_slots[target[gate]] = a_bit ^ 1
                store(mac_slots, target[gate], load(mac_slots, left[gate]))
        for output in range(outputs.shape[0]):
            output_bits[instance, output] = bit_slots[outputs[output]]
            store(output_macs[instance], output, load(mac_slots, outputs[output]))


@compiled(
    f"{PROGRAM}, const uint64[:,:,:], "
    "const uint64[:,:,:], const uint64[:], const uint64[:], uint64[:], uint64[:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=verify_gates_portable,
)
def _verify_gates(
    columns: Program,
    input_keys: Words,
    and_keys: Words,
    delta: Words,
    challenge: Words,
    state: Words,
    slots: Words,
    output_keys: Words,
) -> None:
    operations, left, right, target, outputs = columns
    difference = (delta[0], delta[1])
    row = _ZERO
    for instance in range(input_keys.shape[0]):
        for wire in range(input_keys.shape[1]):
            store(slots, wire, load(input_keys[instance], wire))
        for gate in range(operations.shape[0]):
            a, b, c = np.uint64(left[gate]), np.uint64(right[gate]), np.uint64(target[gate])
            if operations[gate] == XOR:
                xor_blocks(slots, a, b, c)
            elif operations[gate] == AND:
                verify_and(slots, a, b, c, and_keys, row, delta, challenge, state)
                row += _ONE
            else:
                store(slots, target[gate], xor(load(slots, left[gate]), difference))
        for output in range(outputs.shape[0]):
            store(output_keys[instance], output, load(slots, outputs[output]))
