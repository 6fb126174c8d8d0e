"""Garbling and evaluating instances of one circuit, with three-halves and free XOR: 24 octets and 5 bits a gate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...foundation.errors import Refused
from ..circuits.circuit import Circuit
from ..kernels.aes import expand, expand_key
from ..kernels.blocks import Bits, Words, aligned, block_from_octets, check_words
from ..kernels.lanes import EVALUATION_LANES, GARBLING_LANES
from ..kernels.program import program
from ..kernels.three_halves import DICE_A_WORD, evaluate_gates, garble_gates
from ..kernels.three_halves_gate import CONTROL_BITS
from ..kernels.three_halves_lanes import evaluate_in_lanes, garble_in_lanes

_GATE_LIMIT = 2**62  # a gate takes three of the 2^64 tweaks
_SLICES = 3
_SLICE_OCTETS = 24
_WORDS_A_BLOCK = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Garbled:
    """What the garbler gets: tables for the evaluator and zero labels of the outputs, which stay secret.

    `tables` is uint8[m, table_octets(circuit)]: the three slices of every gate, low octets first, then the control
    bits of all gates, five each, packed lowest first and filled with zeros. `output_labels` is uint64[m, outputs, 2].
    """

    tables: Bits
    output_labels: Words = field(repr=False)


def table_octets(circuit: Circuit) -> int:
    """Octets of the tables of one instance."""
    return _SLICE_OCTETS * circuit.and_count + _control_octets(circuit)


def garble(
    circuit: Circuit,
    *,
    input_labels: Words,
    delta: Words,
    hash_key: bytes,
    first_gate: int,
    dice_seed: bytes,
) -> Garbled:
    """Garble m instances of a circuit; the garbler runs it.

    `input_labels` are the zero labels of the inputs, uint64[m, inputs, 2]; `delta` is the global difference,
    uint64[2]; `hash_key` are the 16 octets that both parties chose; `dice_seed` are 16 random octets that the
    garbler alone knows. AND gates are numbered from `first_gate` on, in order of the circuit, instance after
    instance. Requires uniformly random labels and difference, that no gate number is used twice in a session,
    and that a seed of dice serves once. Refuses a difference with lowest bit 0, wrong shapes and gate numbers
    from 2^62 on with ValueError. Source: eprint 2021/749.
    """
    instances = len(input_labels)
    check_words("input labels", input_labels, (instances, circuit.input_count, 2))
    check_words("the global difference", delta, (2,))
    if not int(delta[0]) & 1:
        raise ValueError("the lowest bit of the global difference is 1")
    _check_gate_numbers(circuit, instances, first_gate)
    rows = np.empty((instances, circuit.and_count, _SLICES + 1), np.uint64)
    output_labels = np.empty((instances, circuit.output_count, 2), np.uint64)
    run, lanes = (garble_gates, 1) if instances == 1 else (garble_in_lanes, GARBLING_LANES)
    run(
        program(circuit),
        expand_key(hash_key),
        aligned(delta),
        np.uint64(first_gate),
        _dice(dice_seed, circuit.and_count, instances),
        aligned(input_labels),
        np.empty((circuit.slot_count, 2 * lanes), np.uint64),
        rows,
        output_labels,
    )
    return Garbled(tables=_packed(rows), output_labels=output_labels)


def check_tables(circuit: Circuit, tables: Bits) -> None:
    """Check what was received as tables, uint8[m, table_octets(circuit)]; the evaluator runs it.

    Rejects with `engine/not-canonical` where filling bits are not zero; refuses a wrong shape with ValueError.
    """
    _check_shape(circuit, tables)
    used = CONTROL_BITS * circuit.and_count % 8
    if used and (tables[:, -1] >> used).any():
        raise Refused("engine/not-canonical", "the filling bits of control bits are zero")


def evaluate(
    circuit: Circuit, *, input_labels: Words, tables: Bits, hash_key: bytes, first_gate: int
) -> Words:
    """Evaluate m garbled instances of a circuit; the evaluator runs it.

    `input_labels` are the active labels of the inputs, uint64[m, inputs, 2]; `tables` is uint8[m,
    table_octets(circuit)]; returns the active labels of the outputs, uint64[m, outputs, 2]. Wrong tables give
    wrong labels, never an error. Refuses wrong shapes and gate numbers from 2^62 on with ValueError. Source:
    eprint 2021/749.
    """
    instances = len(input_labels)
    check_words("input labels", input_labels, (instances, circuit.input_count, 2))
    _check_shape(circuit, tables)
    if len(tables) != instances:
        raise ValueError("tables: expected as many instances as of input labels")
    _check_gate_numbers(circuit, instances, first_gate)
    output_labels = np.empty((instances, circuit.output_count, 2), np.uint64)
    run, lanes = (evaluate_gates, 1) if instances < 3 else (evaluate_in_lanes, EVALUATION_LANES)
    run(
        program(circuit),
        expand_key(hash_key),
        np.uint64(first_gate),
        aligned(input_labels),
        _unpacked(circuit, tables),
        np.empty((circuit.slot_count, 2 * lanes), np.uint64),
        output_labels,
    )
    return output_labels


def _control_octets(circuit: Circuit) -> int:
    return -(-CONTROL_BITS * circuit.and_count // 8)


def _dice(seed: bytes, gates: int, instances: int) -> Words:
    """Two bits for each gate and instance, uint64[gates, ⌈instances / 32⌉]."""
    words = -(-instances // DICE_A_WORD)
    blocks = -(-gates * words // _WORDS_A_BLOCK)
    expanded = expand(block_from_octets(seed)[np.newaxis], blocks).reshape(-1)
    return aligned(expanded[: gates * words].reshape(gates, words))


def _packed(rows: Words) -> Bits:
    """Tables as octets, of the rows of kernels, uint64[m, gates, 4]."""
    instances, gates, _ = rows.shape
    slices = np.ascontiguousarray(rows[:, :, :_SLICES], "<u8").view(np.uint8)
    bits = np.unpackbits(rows[:, :, _SLICES:].astype(np.uint8), axis=2, count=CONTROL_BITS, bitorder="little")
    controls = np.packbits(bits.reshape(instances, CONTROL_BITS * gates), axis=1, bitorder="little")
    return np.concatenate([slices.reshape(instances, _SLICE_OCTETS * gates), controls], axis=1)


def _unpacked(circuit: Circuit, tables: Bits) -> Words:
    """Rows as kernels take them, uint64[m, gates, 4], of tables as octets."""
    instances, gates = len(tables), circuit.and_count
    rows = np.empty((instances, gates, _SLICES + 1), np.uint64)
    slices = np.ascontiguousarray(tables[:, : _SLICE_OCTETS * gates])
    rows[:, :, :_SLICES] = slices.view("<u8").reshape(instances, gates, _SLICES)
    bits = np.unpackbits(
        tables[:, _SLICE_OCTETS * gates :], axis=1, count=CONTROL_BITS * gates, bitorder="little"
    )
    controls = np.packbits(bits.reshape(instances, gates, CONTROL_BITS), axis=2, bitorder="little")
    rows[:, :, _SLICES] = controls.reshape(instances, gates)
    return rows


def _check_shape(circuit: Circuit, tables: Bits) -> None:
    if tables.dtype != np.uint8 or tables.ndim != 2 or tables.shape[1] != table_octets(circuit):
        raise ValueError(f"tables: expected uint8[m, {table_octets(circuit)}]")


def _check_gate_numbers(circuit: Circuit, instances: int, first_gate: int) -> None:
    if first_gate < 0 or first_gate + instances * circuit.and_count > _GATE_LIMIT:
        raise ValueError("gate numbers run from 0 to 2^62 - 1")
