"""Garbling and evaluating instances of one circuit, with half-gates and free XOR."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..circuits.circuit import Circuit
from ..kernels.aes import expand_key
from ..kernels.blocks import Words, aligned, check_words
from ..kernels.garbling import evaluate_gates, garble_gates
from ..kernels.garbling_lanes import evaluate_in_lanes, garble_in_lanes
from ..kernels.lanes import EVALUATION_LANES, GARBLING_LANES
from ..kernels.program import program

_GATE_LIMIT = 2**63  # a gate takes two of the 2^64 tweaks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Garbled:
    """What the garbler gets: tables for the evaluator and zero labels of the outputs, which stay secret.

    `tables` is uint64[m, and_count, 4], a row holding T_G and T_E, low words first; `output_labels` is
    uint64[m, outputs, 2].
    """

    tables: Words
    output_labels: Words = field(repr=False)


def garble(
    circuit: Circuit, *, input_labels: Words, delta: Words, hash_key: bytes, first_gate: int
) -> Garbled:
    """Garble m instances of a circuit; the garbler runs it.

    `input_labels` are the zero labels of the inputs, uint64[m, inputs, 2]; `delta` is the global difference,
    uint64[2]; `hash_key` are the 16 octets that both parties chose. AND gates are numbered from `first_gate`
    on, in order of the circuit, instance after instance. Requires uniformly random labels and difference, and
    that no gate number is used twice in a session. Refuses a difference with lowest bit 0, wrong shapes and
    gate numbers from 2^63 on with ValueError. Source: eprint 2014/756.
    """
    instances = len(input_labels)
    check_words("input labels", input_labels, (instances, circuit.input_count, 2))
    check_words("the global difference", delta, (2,))
    if not int(delta[0]) & 1:
        raise ValueError("the lowest bit of the global difference is 1")
    _check_gate_numbers(circuit, instances, first_gate)
    tables = np.empty((instances, circuit.and_count, 4), np.uint64)
    output_labels = np.empty((instances, circuit.output_count, 2), np.uint64)
    run, lanes = (garble_gates, 1) if instances == 1 else (garble_in_lanes, GARBLING_LANES)
    run(
        program(circuit),
        expand_key(hash_key),
        aligned(delta),
        np.uint64(first_gate),
        aligned(input_labels),
        np.empty((circuit.slot_count, 2 * lanes), np.uint64),
        tables,
        output_labels,
    )
    return Garbled(tables=tables, output_labels=output_labels)


def evaluate(
    circuit: Circuit, *, input_labels: Words, tables: Words, hash_key: bytes, first_gate: int
) -> Words:
    """Evaluate m garbled instances of a circuit; the evaluator runs it.

    `input_labels` are the active labels of the inputs, uint64[m, inputs, 2]; `tables` is uint64[m, and_count,
    4]; returns the active labels of the outputs, uint64[m, outputs, 2]. Wrong tables give wrong labels, never
    an error. Refuses wrong shapes and gate numbers from 2^63 on with ValueError. Source: eprint 2014/756.
    """
    instances = len(input_labels)
    check_words("input labels", input_labels, (instances, circuit.input_count, 2))
    check_words("tables", tables, (instances, circuit.and_count, 4))
    _check_gate_numbers(circuit, instances, first_gate)
    output_labels = np.empty((instances, circuit.output_count, 2), np.uint64)
    run, lanes = (evaluate_gates, 1) if instances < 3 else (evaluate_in_lanes, EVALUATION_LANES)
    run(
        program(circuit),
        expand_key(hash_key),
        np.uint64(first_gate),
        aligned(input_labels),
        aligned(tables),
        np.empty((circuit.slot_count, 2 * lanes), np.uint64),
        output_labels,
    )
    return output_labels


def _check_gate_numbers(circuit: Circuit, instances: int, first_gate: int) -> None:
    if first_gate < 0 or first_gate + instances * circuit.and_count > _GATE_LIMIT:
        raise ValueError("gate numbers run from 0 to 2^63 - 1")
