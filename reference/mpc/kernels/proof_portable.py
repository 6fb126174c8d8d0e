"""The portable twins of `proof`: all instances side by side, gate by gate."""

from __future__ import annotations

import numpy as np

from ..circuits.circuit import AND, XOR
from .binary_field import horner_rows, multiply_rows
from .blocks import Bits, Words
from .program import Program, gates, spread

_ZERO = np.uint64(0)


def evaluate_bits_portable(
    columns: Program,
    input_bits: Bits,
    slots: Bits,
    output_bits: Bits,
    and_bits: Bits,
) -> None:
    wires = np.empty((len(slots), len(input_bits)), np.uint8)
    wires[: input_bits.shape[1]] = input_bits.T
    row = 0
    for operation, a, b, c in gates(columns):
        if operation == XOR:
            wires[c] = wires[a] ^ wires[b]
        elif operation == AND:
            wires[c] = and_bits[:, row] = wires[a] & wires[b]
            row += 1
        else:
            wires[c] = wires[a] ^ 1
    output_bits[:] = wires[columns[4]].T


def prove_gates_portable(
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
    instances, inputs = input_bits.shape
    macs = spread(input_macs, len(mac_slots))
    bits = np.empty((len(bit_slots), instances, 1), np.uint64)
    bits[:inputs, :, 0] = input_bits.T
    products_left, products_right, linear = np.empty((3, *and_macs.shape), np.uint64)
    row = 0
    for operation, a, b, c in gates(columns):
        if operation == XOR:
            macs[c], bits[c] = macs[a] ^ macs[b], bits[a] ^ bits[b]
        elif operation == AND:
            products_left[:, row], products_right[:, row] = macs[a], macs[b]
            linear[:, row] = ((_ZERO - bits[a]) & macs[b]) ^ ((_ZERO - bits[b]) & macs[a]) ^ and_macs[:, row]
            macs[c], bits[c] = and_macs[:, row], bits[a] & bits[b]
            row += 1
        else:
            macs[c], bits[c] = macs[a], bits[a] ^ np.uint64(1)
    products = multiply_rows(products_left.reshape(-1, 2), products_right.reshape(-1, 2))
    horner_rows(products, challenge, state[:2])
    horner_rows(linear.reshape(-1, 2), challenge, state[2:])
    output_bits[:] = bits[columns[4], :, 0].T
    output_macs[:] = macs[columns[4]].transpose(1, 0, 2)


def verify_gates_portable(
    columns: Program,
    input_keys: Words,
    and_keys: Words,
    delta: Words,
    challenge: Words,
    state: Words,
    slots: Words,
    output_keys: Words,
) -> None:
    keys = spread(input_keys, len(slots))
    products_left, products_right = np.empty((2, *and_keys.shape), np.uint64)
    row = 0
    for operation, a, b, c in gates(columns):
        if operation == XOR:
            keys[c] = keys[a] ^ keys[b]
        elif operation == AND:
            products_left[:, row], products_right[:, row] = keys[a], keys[b]
            keys[c] = and_keys[:, row]
            row += 1
        else:
            keys[c] = keys[a] ^ delta
    products = multiply_rows(products_left.reshape(-1, 2), products_right.reshape(-1, 2))
    horner_rows(products ^ multiply_rows(and_keys.reshape(-1, 2), delta), challenge, state)
    output_keys[:] = keys[columns[4]].transpose(1, 0, 2)
