"""QuickSilver over several instances of a circuit at once: the gates of `proof`, each for all lanes in turn.

A slot holds the blocks of all lanes side by side, and their bits as octets of one word. A gate is read once for all
lanes. Every lane has sums of its own, from zero; as Horner's rule is linear, the sums of a group are those before it
times the challenge to the number of its gates, plus those of its lanes, each weighed so. The result is that of one
instance after the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ...foundation.compiled import Block, compiled, inlined
from ..circuits.circuit import AND, XOR
from .binary_field import field_multiply
from .blocks import Bits, Words, load, store, xor
from .program import PROGRAM, Program
from .proof_portable import prove_gates_portable, verify_gates_portable
from .proof_steps import FEATURES, prove_and, verify_and, xor_blocks

BIT_LANES: Final = 8
BLOCK_LANES: Final = 4
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_LANES = np.uint64(BLOCK_LANES)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_OCTET = np.uint64(8)
_TWO_OCTETS = np.uint64(16)
_THREE_OCTETS = np.uint64(24)
_ALL_ONES = np.uint64(0x0101010101010101)


def _evaluate_lanes_portable(
    columns: Program, inputs: Words, slots: Words, outputs: Words, and_words: Words
) -> None:
    operations, left, right, target, output_slots = columns
    wires = np.empty((len(slots), len(inputs)), np.uint64)
    wires[: inputs.shape[1]] = inputs.T
    row = 0
    for operation, a, b, c in zip(
        operations.tolist(), left.tolist(), right.tolist(), target.tolist(), strict=True
    ):
        if operation == XOR:
            wires[c] = wires[a] ^ wires[b]
        elif operation == AND:
            wires[c] = and_words[:, row] = wires[a] & wires[b]
            row += 1
        else:
            wires[c] = wires[a] ^ _ALL_ONES
    outputs[:] = wires[output_slots].T


@compiled(
    f"{PROGRAM}, const uint64[:,:], uint64[:], uint64[:,:], uint64[:,:]", portable=_evaluate_lanes_portable
)
def evaluate_lanes(columns: Program, inputs: Words, slots: Words, outputs: Words, and_words: Words) -> None:
    """Evaluate groups of eight instances, whose bits are octets of words uint64[groups, …]."""
    operations, left, right, target, output_slots = columns
    for group in range(inputs.shape[0]):
        for wire in range(inputs.shape[1]):
            slots[wire] = inputs[group, wire]
        row = 0
        for gate in range(operations.shape[0]):
            if operations[gate] == XOR:
                slots[target[gate]] = slots[left[gate]] ^ slots[right[gate]]
            elif operations[gate] == AND:
                word = slots[left[gate]] & slots[right[gate]]
                slots[target[gate]] = word
                and_words[group, row] = word
                row += 1
            else:
                slots[target[gate]] = slots[left[gate]] ^ _ALL_ONES
        for output in range(output_slots.shape[0]):
            outputs[group, output] = slots[output_slots[output]]


def _prove_lanes_portable(
    columns: Program,
    input_bits: Bits,
    input_macs: Words,
    and_macs: Words,
    challenge: Words,
    state: Words,
    bit_slots: Words,
    mac_slots: Words,
    output_bits: Bits,
    output_macs: Words,
) -> None:
    slots = mac_slots[::BLOCK_LANES]
    prove_gates_portable(
        columns,
        input_bits,
        input_macs,
        and_macs,
        challenge,
        state,
        np.empty(len(slots), np.uint8),
        slots,
        output_bits,
        output_macs,
    )


def _verify_lanes_portable(
    columns: Program,
    input_keys: Words,
    and_keys: Words,
    delta: Words,
    challenge: Words,
    state: Words,
    slots: Words,
    output_keys: Words,
) -> None:
    verify_gates_portable(
        columns, input_keys, and_keys, delta, challenge, state, slots[::BLOCK_LANES], output_keys
    )


@inlined
def _leap(challenge: Words, gates: int) -> Block:
    """The challenge to the number of gates of an instance."""
    result = (_ONE, _ZERO)
    for position in range(63, -1, -1):
        result = field_multiply(result, result)
        if (gates >> position) & 1:
            result = field_multiply(result, (challenge[0], challenge[1]))
    return result


@inlined
def _join(total: Words, sums: Words, row: int, leap: Block) -> None:
    """Append the sums of one lane to those before it."""
    store(total, row, xor(field_multiply(load(total, row), leap), load(sums, row)))


@compiled(
    f"{PROGRAM}, const uint8[:,:], const uint64[:,:,:], const uint64[:,:,:], const uint64[:], uint64[:], "
    "uint64[:], uint64[:,:], uint8[:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=_prove_lanes_portable,
)
def prove_lanes(
    columns: Program,
    input_bits: Bits,
    input_macs: Words,
    and_macs: Words,
    challenge: Words,
    state: Words,
    bit_slots: Words,
    mac_slots: Words,
    output_bits: Bits,
    output_macs: Words,
) -> None:
    """Prove groups of four instances, as `proof.prove_gates` does; a slot has four rows and a word of bits."""
    operations, left, right, target, outputs = columns
    and_count = and_macs.shape[1]
    leap = _leap(challenge, and_count)
    total = np.empty((2, 2), np.uint64)
    total[0, 0], total[0, 1], total[1, 0], total[1, 1] = state[0], state[1], state[2], state[3]
    sums = np.empty((BLOCK_LANES, 2, 2), np.uint64)
    first, second, third, fourth = sums[0], sums[1], sums[2], sums[3]
    for start in range(0, input_bits.shape[0], BLOCK_LANES):
        sums[:] = _ZERO
        for wire in range(input_bits.shape[1]):
            word = _ZERO
            for lane in range(BLOCK_LANES):
                word |= np.uint64(input_bits[start + lane, wire]) << (_OCTET * np.uint64(lane))
                store(mac_slots, BLOCK_LANES * wire + lane, load(input_macs[start + lane], wire))
            bit_slots[wire] = word
        row = np.uint64(start * and_count)
        rows = np.uint64(and_count)
        for gate in range(operations.shape[0]):
            a, b = _LANES * np.uint64(left[gate]), _LANES * np.uint64(right[gate])
            c = _LANES * np.uint64(target[gate])
            a_bits, b_bits = bit_slots[left[gate]], bit_slots[right[gate]]
            if operations[gate] == XOR:
                bit_slots[target[gate]] = a_bits ^ b_bits
                xor_blocks(mac_slots, a, b, c)
                xor_blocks(mac_slots, a + _ONE, b + _ONE, c + _ONE)
                xor_blocks(mac_slots, a + _TWO, b + _TWO, c + _TWO)
                xor_blocks(mac_slots, a + _THREE, b + _THREE, c + _THREE)
            elif operations[gate] == AND:
                bit_slots[target[gate]] = a_bits & b_bits
                p, q = a_bits & _ONE, b_bits & _ONE
                prove_and(mac_slots, a, b, c, p, q, and_macs, row, challenge, first)
                p, q = (a_bits >> _OCTET) & _ONE, (b_bits >> _OCTET) & _ONE
                at = row + rows
                prove_and(mac_slots, a + _ONE, b + _ONE, c + _ONE, p, q, and_macs, at, challenge, second)
                p, q = (a_bits >> _TWO_OCTETS) & _ONE, (b_bits >> _TWO_OCTETS) & _ONE
                at += rows
                prove_and(mac_slots, a + _TWO, b + _TWO, c + _TWO, p, q, and_macs, at, challenge, third)
                p, q = (a_bits >> _THREE_OCTETS) & _ONE, (b_bits >> _THREE_OCTETS) & _ONE
                at += rows
                prove_and(mac_slots, a + _THREE, b + _THREE, c + _THREE, p, q, and_macs, at, challenge, fourth)
                row += _ONE
            else:
                bit_slots[target[gate]] = a_bits ^ _ALL_ONES
                for lane in range(BLOCK_LANES):
                    store(
                        mac_slots,
                        BLOCK_LANES * target[gate] + lane,
                        load(mac_slots, BLOCK_LANES * left[gate] + lane),
                    )
        for output in range(outputs.shape[0]):
            for lane in range(BLOCK_LANES):
                bit = (bit_slots[outputs[output]] >> (_OCTET * np.uint64(lane))) & _ONE
                output_bits[start + lane, output] = bit
                source = load(mac_slots, BLOCK_LANES * outputs[output] + lane)
                store(output_macs[start + lane], output, source)
        for lane in range(BLOCK_LANES):
            for row_of_sums in range(2):
                _join(total, sums[lane], row_of_sums, leap)
    state[0], state[1], state[2], state[3] = total[0, 0], total[0, 1], total[1, 0], total[1, 1]


@compiled(
    f"{PROGRAM}, const uint64[:,:,:], const uint64[:,:,:], const uint64[:], const uint64[:], uint64[:], "
    "uint64[:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=_verify_lanes_portable,
)
def verify_lanes(
    columns: Program,
    input_keys: Words,
    and_keys: Words,
    delta: Words,
    challenge: Words,
    state: Words,
    slots: Words,
    output_keys: Words,
) -> None:
    """Verify groups of four instances, as `proof.verify_gates` does; a slot has four rows."""
    operations, left, right, target, outputs = columns
    and_count = and_keys.shape[1]
    leap = _leap(challenge, and_count)
    difference = (delta[0], delta[1])
    total = np.empty((1, 2), np.uint64)
    total[0, 0], total[0, 1] = state[0], state[1]
    sums = np.empty((BLOCK_LANES, 1, 2), np.uint64)
    first, second, third, fourth = sums[0], sums[1], sums[2], sums[3]
    for start in range(0, input_keys.shape[0], BLOCK_LANES):
        sums[:] = _ZERO
        for wire in range(input_keys.shape[1]):
            for lane in range(BLOCK_LANES):
                store(slots, BLOCK_LANES * wire + lane, load(input_keys[start + lane], wire))
        row = np.uint64(start * and_count)
        rows = np.uint64(and_count)
        for gate in range(operations.shape[0]):
            a, b = _LANES * np.uint64(left[gate]), _LANES * np.uint64(right[gate])
            c = _LANES * np.uint64(target[gate])
            if operations[gate] == XOR:
                xor_blocks(slots, a, b, c)
                xor_blocks(slots, a + _ONE, b + _ONE, c + _ONE)
                xor_blocks(slots, a + _TWO, b + _TWO, c + _TWO)
                xor_blocks(slots, a + _THREE, b + _THREE, c + _THREE)
            elif operations[gate] == AND:
                verify_and(slots, a, b, c, and_keys, row, delta, challenge, first)
                at = row + rows
                verify_and(slots, a + _ONE, b + _ONE, c + _ONE, and_keys, at, delta, challenge, second)
                at += rows
                verify_and(slots, a + _TWO, b + _TWO, c + _TWO, and_keys, at, delta, challenge, third)
                at += rows
                verify_and(slots, a + _THREE, b + _THREE, c + _THREE, and_keys, at, delta, challenge, fourth)
                row += _ONE
            else:
                for lane in range(BLOCK_LANES):
                    negated = xor(load(slots, BLOCK_LANES * left[gate] + lane), difference)
                    store(slots, BLOCK_LANES * target[gate] + lane, negated)
        for output in range(outputs.shape[0]):
            for lane in range(BLOCK_LANES):
                source = load(slots, BLOCK_LANES * outputs[output] + lane)
                store(output_keys[start + lane], output, source)
        for lane in range(BLOCK_LANES):
            _join(total, sums[lane], 0, leap)
    state[0], state[1] = total[0, 0], total[0, 1]
