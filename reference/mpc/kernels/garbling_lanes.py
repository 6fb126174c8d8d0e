"""Garbling and evaluation of several instances at a time, where the processor has VAES; else one after the other.

What comes out is the same as from `garbling`, octet for octet: gates, tweaks and tables are those of each instance.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ...foundation.compiled import compiled, inlined
from ..circuits.circuit import AND, XOR
from .blocks import Words
from .garbling import evaluate_gates, garble_gates
from .lanes import (
    EVALUATION_LANES,
    FEATURES,
    GARBLING_LANES,
    WORDS_A_LABEL,
    evaluate_and,
    garble_and,
    xor_evaluated,
    xor_garbled,
)
from .program import PROGRAM, Program, Slots

Places: TypeAlias = tuple[Words, Words, Words]  # slots; offsets of tweaks; first words of tables

_ZERO = np.uint64(0)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)


def _garble_one_by_one(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    room = np.empty((len(slots), WORDS_A_LABEL), np.uint64)
    garble_gates(columns, round_keys, delta, first_gate, input_labels, room, tables, output_labels)


def _evaluate_one_by_one(
    columns: Program,
    round_keys: Words,
    first_gate: np.uint64,
    input_labels: Words,
    tables: Words,
    slots: Words,
    output_labels: Words,
) -> None:
    room = np.empty((len(slots), WORDS_A_LABEL), np.uint64)
    evaluate_gates(columns, round_keys, first_gate, input_labels, tables, room, output_labels)


@inlined
def doubled(source: Words, target: Words) -> None:
    """Write each block of a row or of rows uint64[n, 2] twice side by side, uint64[n, 4]."""
    target[:, :2] = source
    target[:, 2:] = source


@inlined
def enter(
    group: int, lanes: int, labels: Words, gate_count: np.uint64, tweaks: np.uint64, places: Places
) -> None:
    """Put the instances from `group` on into the lanes: labels, offsets of tweaks, first words of tables."""
    slots, offsets, starts = places
    for lane in range(lanes):
        instance = min(group + lane, labels.shape[0] - 1)
        offsets[2 * lane] = tweaks * np.uint64(instance) * gate_count
        starts[lane] = _FOUR * np.uint64(instance) * gate_count
        for wire in range(labels.shape[1]):
            slots[wire, 2 * lane] = labels[instance, wire, 0]
            slots[wire, 2 * lane + 1] = labels[instance, wire, 1]


@inlined
def leave(group: int, lanes: int, slots: Words, outputs: Slots, labels: Words) -> None:
    """Read the output labels of the instances from `group` on out of the lanes."""
    for lane in range(lanes):
        instance = min(group + lane, labels.shape[0] - 1)
        for output in range(outputs.shape[0]):
            labels[instance, output, 0] = slots[outputs[output], 2 * lane]
            labels[instance, output, 1] = slots[outputs[output], 2 * lane + 1]


@compiled(
    f"{PROGRAM}, const uint64[:,:], "
    "const uint64[:], uint64, const uint64[:,:,:], uint64[:,:], uint64[:,:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=_garble_one_by_one,
)
def garble_in_lanes(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    """Garble every instance of a circuit, `GARBLING_LANES` at a time; `slots` is room, uint64[slot_count, lanes · 2].

    Where fewer instances are left, the last one fills the other lanes and writes the same once more.
    """
    operations, left, right, target, outputs = columns
    gate_count = np.uint64(tables.shape[1])
    keys = np.empty((11, 4), np.uint64)
    difference = np.empty((1, 4), np.uint64)
    doubled(round_keys, keys)
    doubled(delta.reshape((1, 2)), difference)
    offsets = np.zeros(2 * GARBLING_LANES, np.uint64)
    starts = np.zeros(GARBLING_LANES, np.uint64)
    for group in range(0, input_labels.shape[0], GARBLING_LANES):
        enter(group, GARBLING_LANES, input_labels, gate_count, _TWO, (slots, offsets, starts))
        tweak = _TWO * first_gate
        row = _ZERO
        for gate in range(operations.shape[0]):
            a, b, c = np.uint64(left[gate]), np.uint64(right[gate]), np.uint64(target[gate])
            if operations[gate] == XOR:
                xor_garbled(slots, a, b, c)
            elif operations[gate] == AND:
                garble_and(slots, a, b, c, keys, difference, offsets, tweak, tables, starts, row)
                row += np.uint64(1)
                tweak += _TWO
            else:
                for word in range(2 * GARBLING_LANES):
                    slots[target[gate], word] = slots[left[gate], word] ^ difference[0, word % 4]
        leave(group, GARBLING_LANES, slots, outputs, output_labels)


@compiled(
    f"{PROGRAM}, const uint64[:,:], "
    "uint64, const uint64[:,:,:], const uint64[:,:,:], uint64[:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=_evaluate_one_by_one,
)
def evaluate_in_lanes(
    columns: Program,
    round_keys: Words,
    first_gate: np.uint64,
    input_labels: Words,
    tables: Words,
    slots: Words,
    output_labels: Words,
) -> None:
    """Evaluate every instance of a garbled circuit, `EVALUATION_LANES` at a time; `slots` as in `garble_in_lanes`."""
    operations, left, right, target, outputs = columns
    gate_count = np.uint64(tables.shape[1])
    keys = np.empty((11, 4), np.uint64)
    doubled(round_keys, keys)
    offsets = np.zeros(2 * EVALUATION_LANES, np.uint64)
    starts = np.zeros(EVALUATION_LANES, np.uint64)
    for group in range(0, input_labels.shape[0], EVALUATION_LANES):
        enter(group, EVALUATION_LANES, input_labels, gate_count, _TWO, (slots, offsets, starts))
        tweak = _TWO * first_gate
        row = _ZERO
        for gate in range(operations.shape[0]):
            a, b, c = np.uint64(left[gate]), np.uint64(right[gate]), np.uint64(target[gate])
            if operations[gate] == XOR:
                xor_evaluated(slots, a, b, c)
            elif operations[gate] == AND:
                evaluate_and(slots, a, b, c, keys, offsets, tweak, tables, starts, row)
                row += np.uint64(1)
                tweak += _TWO
            else:
                for word in range(2 * EVALUATION_LANES):
                    slots[target[gate], word] = slots[left[gate], word]
        leave(group, EVALUATION_LANES, slots, outputs, output_labels)
