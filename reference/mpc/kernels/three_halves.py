"""Three-halves with free XOR over the slots of a circuit, instance after instance: one kernel garbles, one evaluates.

Gate n has the tweaks 3n for A, 3n + 1 for B and 3n + 2 for A ⊕ B, in a domain of its own. Formulas of a gate:
`three_halves_gate`. Rows of a gate are uint64[4]: three slices, then a word of control bits. Dice are
uint64[and_count, ⌈m / 32⌉], two bits for each instance, lowest first. Colours and dice select by masks; the only
branches are on the public circuit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...foundation.compiled import compiled
from ..circuits.circuit import AND, XOR
from .blocks import Words, load, select, store, xor
from .circular_hash import THREE_HALVES_DOMAIN, hash_three, hash_with_openssl
from .program import PROGRAM, Program, gates, spread
from .three_halves_gate import evaluate_gate, garble_gate

TWEAKS_A_GATE = np.uint64(3)
DICE_A_WORD = 32

_DOMAIN = np.uint64(THREE_HALVES_DOMAIN)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_DICE_SHIFT = np.uint64(5)  # of DICE_A_WORD
_DICE_REST = np.uint64(31)


def _garble_portable(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    dice: Words,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    wires = spread(input_labels, len(slots))
    instances = np.arange(len(input_labels), dtype=np.uint64)
    tweaks, gate = _tweaks(tables.shape[0], tables.shape[1], first_gate), 0
    difference: Any = (delta[0], delta[1])
    for operation, a, b, c in gates(columns):
        if operation == XOR:
            wires[c] = wires[a] ^ wires[b]
        elif operation == AND:
            colours: Any = (wires[a][:, 0] & _ONE, wires[b][:, 0] & _ONE)
            zeros = [_of_colour_zero(wires[each], delta) for each in (a, b)]
            labels = np.stack([*zeros, zeros[0] ^ zeros[1]])
            hashes = hash_with_openssl(round_keys[0], np.stack([labels, labels ^ delta]), tweaks[gate])
            thrown: Any = dice[gate][instances >> _DICE_SHIFT] >> (np.uint64(2) * (instances & _DICE_REST))
            rows, label = garble_gate(
                _pair(zeros[0]),
                _pair(zeros[1]),
                colours,
                thrown,
                difference,
                _three(hashes[0]),
                _three(hashes[1]),
            )
            tables[:, gate] = np.stack(rows, axis=1)
            wires[c] = np.stack(label, axis=1)
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
            labels = np.stack([wires[a], wires[b], wires[a] ^ wires[b]])
            hashes = hash_with_openssl(round_keys[0], labels, tweaks[gate])
            row: Any = tuple(tables[:, gate].T)
            label = evaluate_gate(_pair(wires[a]), _pair(wires[b]), _three(hashes), row)
            wires[c] = np.stack(label, axis=1)
            gate += 1
        else:
            wires[c] = wires[a]
    output_labels[:] = wires[columns[4]].transpose(1, 0, 2)


def _tweaks(instances: int, gate_count: int, first_gate: np.uint64) -> Words:
    """Return the three tweaks of every gate in every instance, uint64[gate_count, 3, instances, 2]."""
    tweaks = np.full((gate_count, 3, instances, 2), _DOMAIN, np.uint64)
    numbers = first_gate + np.arange(instances * gate_count, dtype=np.uint64).reshape(instances, gate_count).T
    tweaks[..., 0] = (TWEAKS_A_GATE * numbers)[:, None] + np.arange(3, dtype=np.uint64)[:, None]
    return tweaks


def _of_colour_zero(labels: Words, delta: Words) -> Words:
    return labels ^ (labels[:, :1] & _ONE) * delta


def _pair(labels: Words) -> Any:
    return labels[:, 0], labels[:, 1]


def _three(labels: Words) -> Any:
    return tuple(_pair(each) for each in labels)


@compiled(
    f"{PROGRAM}, const uint64[:,:], const uint64[:], uint64, const uint64[:,:], "
    "const uint64[:,:,:], uint64[:,:], uint64[:,:,:], uint64[:,:,:]",
    features=("aes",),
    portable=_garble_portable,
)
def garble_gates(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    dice: Words,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    """Garble every instance of a circuit; `slots` is room to work in, uint64[slot_count, 2]."""
    operations, left, right, target, outputs = columns
    difference = (delta[0], delta[1])
    tweak = TWEAKS_A_GATE * first_gate
    for instance in range(input_labels.shape[0]):
        for wire in range(input_labels.shape[1]):
            store(slots, wire, load(input_labels[instance], wire))
        row = 0
        shift = np.uint64(2) * (np.uint64(instance) & _DICE_REST)
        word = np.uint64(instance) >> _DICE_SHIFT
        for gate in range(operations.shape[0]):
            a = load(slots, left[gate])
            if operations[gate] == XOR:
                store(slots, target[gate], xor(a, load(slots, right[gate])))
            elif operations[gate] == AND:
                b = load(slots, right[gate])
                colours = (a[0] & _ONE, b[0] & _ONE)
                a = xor(a, select(colours[0], difference))
                b = xor(b, select(colours[1], difference))
                ab = xor(a, b)
                zeros = hash_three(round_keys, a, b, ab, (tweak, _DOMAIN))
                ones = hash_three(
                    round_keys,
                    xor(a, difference),
                    xor(b, difference),
                    xor(ab, difference),
                    (tweak, _DOMAIN),
                )
                found, label = garble_gate(a, b, colours, dice[row, word] >> shift, difference, zeros, ones)
                tables[instance, row, 0] = found[0]
                tables[instance, row, 1] = found[1]
                tables[instance, row, 2] = found[2]
                tables[instance, row, 3] = found[3]
                store(slots, target[gate], label)
                row += 1
                tweak += TWEAKS_A_GATE
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
    tweak = TWEAKS_A_GATE * first_gate
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
                hashes = hash_three(round_keys, a, b, xor(a, b), (tweak, _DOMAIN))
                found = (
                    tables[instance, row, 0],
                    tables[instance, row, 1],
                    tables[instance, row, 2],
                    tables[instance, row, 3],
                )
                store(slots, target[gate], evaluate_gate(a, b, hashes, found))
                row += 1
                tweak += TWEAKS_A_GATE
            else:
                store(slots, target[gate], a)
        for output in range(outputs.shape[0]):
            store(output_labels[instance], output, load(slots, outputs[output]))
