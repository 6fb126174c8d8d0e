"""The garbling schemes an engine profile chooses from, alike to whoever calls them: tables are octets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from ...foundation.randomness import Randomness
from ..circuits.circuit import Circuit
from ..kernels.blocks import Bits, Words
from . import half_gates, three_halves

_SEED_OCTETS: Final = 16
_HALF_GATES_WORDS: Final = 4
_WORD_OCTETS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GarbledInstances:
    """Tables for the evaluator, uint8[m, table_octets], and zero labels of the outputs, uint64[m, outputs, 2]."""

    tables: Bits
    output_labels: Words = field(repr=False)


class GarblingScheme(Protocol):
    """Garbles and evaluates instances of a circuit, with free XOR and a difference whose lowest bit is 1.

    Gates are numbered from `first_gate` on, instance after instance; no number may serve twice under one hash key.
    """

    def table_octets(self, circuit: Circuit) -> int:
        """Octets of the tables of one instance."""

    def garble(
        self,
        circuit: Circuit,
        *,
        input_labels: Words,
        delta: Words,
        hash_key: bytes,
        first_gate: int,
        randomness: Randomness,
    ) -> GarbledInstances:
        """Garble m instances, of the zero labels of their inputs uint64[m, inputs, 2]; the garbler runs it."""

    def check_tables(self, circuit: Circuit, tables: Bits) -> None:
        """Reject received tables uint8[m, table_octets] that no garbler writes: `engine/not-canonical`."""

    def evaluate(
        self, circuit: Circuit, *, input_labels: Words, tables: Bits, hash_key: bytes, first_gate: int
    ) -> Words:
        """Return the active output labels uint64[m, outputs, 2]; wrong tables give wrong labels, never an error."""


class HalfGates:
    """Two blocks a gate; any octets are tables."""

    def table_octets(self, circuit: Circuit) -> int:
        """See `GarblingScheme`."""
        return _HALF_GATES_WORDS * _WORD_OCTETS * circuit.and_count

    def garble(
        self,
        circuit: Circuit,
        *,
        input_labels: Words,
        delta: Words,
        hash_key: bytes,
        first_gate: int,
        randomness: Randomness,
    ) -> GarbledInstances:
        """See `GarblingScheme`; nothing is drawn."""
        garbled = half_gates.garble(
            circuit, input_labels=input_labels, delta=delta, hash_key=hash_key, first_gate=first_gate
        )
        rows = garbled.tables.astype("<u8", copy=False).reshape(len(input_labels), -1)
        return GarbledInstances(tables=rows.view(np.uint8), output_labels=garbled.output_labels)

    def check_tables(self, circuit: Circuit, tables: Bits) -> None:
        """See `GarblingScheme`; there is nothing to reject."""

    def evaluate(
        self, circuit: Circuit, *, input_labels: Words, tables: Bits, hash_key: bytes, first_gate: int
    ) -> Words:
        """See `GarblingScheme`."""
        words = np.ascontiguousarray(tables).view("<u8").astype(np.uint64, copy=False)
        return half_gates.evaluate(
            circuit,
            input_labels=input_labels,
            tables=words.reshape(len(tables), circuit.and_count, _HALF_GATES_WORDS),
            hash_key=hash_key,
            first_gate=first_gate,
        )


class ThreeHalves:
    """Three half blocks and five bits a gate; filling bits are zero."""

    def table_octets(self, circuit: Circuit) -> int:
        """See `GarblingScheme`."""
        return three_halves.table_octets(circuit)

    def garble(
        self,
        circuit: Circuit,
        *,
        input_labels: Words,
        delta: Words,
        hash_key: bytes,
        first_gate: int,
        randomness: Randomness,
    ) -> GarbledInstances:
        """See `GarblingScheme`; draws a seed of dice, which serves this call alone."""
        garbled = three_halves.garble(
            circuit,
            input_labels=input_labels,
            delta=delta,
            hash_key=hash_key,
            first_gate=first_gate,
            dice_seed=randomness.octets(_SEED_OCTETS),
        )
        return GarbledInstances(tables=garbled.tables, output_labels=garbled.output_labels)

    def check_tables(self, circuit: Circuit, tables: Bits) -> None:
        """See `GarblingScheme`."""
        three_halves.check_tables(circuit, tables)

    def evaluate(
        self, circuit: Circuit, *, input_labels: Words, tables: Bits, hash_key: bytes, first_gate: int
    ) -> Words:
        """See `GarblingScheme`."""
        return three_halves.evaluate(
            circuit, input_labels=input_labels, tables=tables, hash_key=hash_key, first_gate=first_gate
        )


HALF_GATES: Final[GarblingScheme] = HalfGates()
THREE_HALVES: Final[GarblingScheme] = ThreeHalves()
