"""Half-gates with free XOR over the slots of a circuit: one kernel garbles, one evaluates.

For a gate c = a AND b with zero labels A, B, global difference Δ (lowest bit 1), tweaks j and j + 1, and the
colours p = lowest bit of A, q = lowest bit of B:

    T_G = H(A, j) ⊕ H(A ⊕ Δ, j) ⊕ qΔ                    T_E = H(B, j + 1) ⊕ H(B ⊕ Δ, j + 1) ⊕ A
    C = H(A, j) ⊕ pT_G ⊕ H(B, j + 1) ⊕ q(T_E ⊕ A)       active: H(A', j) ⊕ p'T_G ⊕ H(B', j + 1) ⊕ q'(T_E ⊕ A')

Source: eprint 2014/756, figure 2, with the hash of `circular_hash`. Colours select by masks, not by branches;
the only branches are on the public circuit.
"""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import compiled
from ..circuits.circuit import AND, XOR
from .blocks import Words, load, select, store, xor
from .circular_hash import hash_pairs, hash_two, hash_with_openssl
from .program import PROGRAM, Program, gates, spread

_ONE = np.uint64(1)
_ZERO = np.uint64(0)


def _garble_portable(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    wires = spread(input_labels, len(slots))
    tweaks, gate = _tweaks(tables.shape[0], tables.shape[1], first_gate), 0
    for operation, a, b, c in gates(columns):
        if operation == XOR:
            wires[c] = wires[a] ^ wires[b]
        elif operation == AND:
            labels = np.stack([wires[a], wires[a] ^ delta, wires[b], wires[b] ^ delta])
            hashes = hash_with_openssl(round_keys[0], labels, tweaks[gate][[0, 0, 1, 1]])
            a_colour, b_colour = _mask(wires[a]), _mask(wires[b])
            generator = hashes[0] ^ hashes[1] ^ (b_colour & delta)
            evaluator = hashes[2] ^ hashes[3] ^ wires[a]
            tables[:, gate, :2], tables[:, gate, 2:] = generator, evaluator
            wires[c] = hashes[0] ^ (a_colour & generator) ^ hashes[2] ^ (b_colour & (evaluator ^ wires[a]))
            gate += 1
        else:
            wires[c] = wires[a] ^ delta
    output_labels[:] = wires[columns[4]].transpose(1, 0, 2)


def _evaluate_portable(
    columns: Program,
    round_keys: Words,
    first_gate: np.uint64,
    input_labels: Words,
    tables: Words,
    slots: Words,
    output_labels: Words,
) -> None:
    wires = spread(input_labels, len(slots))
    tweaks, gate = _tweaks(tables.shape[0], tables.shape[1], first_gate), 0
    for operation, a, b, c in gates(columns):
        if operation == XOR:
            wires[c] = wires[a] ^ wires[b]
        elif operation == AND:
            hashes = hash_with_openssl(round_keys[0], np.stack([wires[a], wires[b]]), tweaks[gate])
            generator, evaluator = tables[:, gate, :2], tables[:, gate, 2:]
            selected = (_mask(wires[a]) & generator) ^ (_mask(wires[b]) & (evaluator ^ wires[a]))
            wires[c] = hashes[0] ^ hashes[1] ^ selected
            gate += 1
        else:
            wires[c] = wires[a]
    output_labels[:] = wires[columns[4]].transpose(1, 0, 2)


def _tweaks(instances: int, gate_count: int, first_gate: np.uint64) -> Words:
    """Return both tweaks of every gate in every instance, uint64[gate_count, 2, instances, 2]."""
    tweaks = np.zeros((gate_count, 2, instances, 2), np.uint64)
    numbers = first_gate + np.arange(instances * gate_count, dtype=np.uint64).reshape(instances, gate_count).T
    tweaks[:, 0, :, 0] = numbers * np.uint64(2)
    tweaks[:, 1, :, 0] = tweaks[:, 0, :, 0] + _ONE
    return tweaks


def _mask(labels: Words) -> Words:
    """Return all ones where the colour of a label is 1, for labels uint64[instances, 2]."""
    colours: Words = labels[:, :1] & _ONE
    return _ZERO - colours


@compiled(
    f"{PROGRAM}, const uint64[:,:], "
    "const uint64[:], uint64, const uint64[:,:,:], uint64[:,:], uint64[:,:,:], uint64[:,:,:]",
    features=("aes",),
    portable=_garble_portable,
)
def garble_gates(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    """Garble every instance of a circuit; `slots` is room to work in, uint64[slot_count, 2]."""
    operations, left, right, target, outputs = columns
    difference = (delta[0], delta[1])
    tweak = first_gate << _ONE
    for instance in range(input_labels.shape[0]):
        for wire in range(input_labels.shape[1]):
            store(slots, wire, load(input_labels[instance], wire))
        row = 0
        for gate in range(operations.shape[0]):
            a = load(slots, left[gate])
            if operations[gate] == XOR:
                store(slots, target[gate], xor(a, load(slots, right[gate])))
            elif operations[gate] == AND:
                b = load(slots, right[gate])
                a_hash, a_other, b_hash, b_other = hash_pairs(
                    round_keys,
                    a,
                    xor(a, difference),
                    b,
                    xor(b, difference),
                    (tweak, _ZERO),
                    (tweak + _ONE, _ZERO),
                )
                generator = xor(xor(a_hash, a_other), select(b[0] & _ONE, difference))
                evaluator = xor(b_hash, b_other)  # before A is added: T_E ⊕ A
                tables[instance, row, 0] = generator[0]
                tables[instance, row, 1] = generator[1]
                tables[instance, row, 2] = evaluator[0] ^ a[0]
                tables[instance, row, 3] = evaluator[1] ^ a[1]
                a_half = xor(a_hash, select(a[0] & _ONE, generator))
                b_half = xor(b_hash, select(b[0] & _ONE, evaluator))
                store(slots, target[gate], xor(a_half, b_half))
                row += 1
                tweak += _ONE + _ONE
            else:
                store(slots, target[gate], xor(a, difference))
        for output in range(outputs.shape[0]):
            store(output_labels[instance], output, load(slots, outputs[output]))


@compiled(
    f"{PROGRAM}, const uint64[:,:], "
    "uint64, const uint64[:,:,:], const uint64[:,:,:], uint64[:,:], uint64[:,:,:]",
    features=("aes",),
    portable=_evaluate_portable,
)
def evaluate_gates(
    columns: Program,
    round_keys: Words,
    first_gate: np.uint64,
    input_labels: Words,
    tables: Words,
    slots: Words,
    output_labels: Words,
) -> None:
    """Evaluate every instance of a garbled circuit; `slots` is room to work in, uint64[slot_count, 2]."""
    operations, left, right, target, outputs = columns
    tweak = first_gate << _ONE
    for instance in range(input_labels.shape[0]):
        for wire in range(input_labels.shape[1]):
            store(slots, wire, load(input_labels[instance], wire))
        row = 0
        for gate in range(operations.shape[0]):
            a = load(slots, left[gate])
            if operations[gate] == XOR:
                store(slots, target[gate], xor(a, load(slots, right[gate])))
            elif operations[gate] == AND:
                b = load(slots, right[gate])
                a_hash, b_hash = hash_two(round_keys, a, b, (tweak, _ZERO), (tweak + _ONE, _ZERO))
                generator = (tables[instance, row, 0], tables[instance, row, 1])
                evaluator = (tables[instance, row, 2], tables[instance, row, 3])
                a_half = xor(a_hash, select(a[0] & _ONE, generator))
                b_half = xor(b_hash, select(b[0] & _ONE, xor(evaluator, a)))
                store(slots, target[gate], xor(a_half, b_half))
                row += 1
                tweak += _ONE + _ONE
            else:
                store(slots, target[gate], a)
        for output in range(outputs.shape[0]):
            store(output_labels[instance], output, load(slots, outputs[output]))
