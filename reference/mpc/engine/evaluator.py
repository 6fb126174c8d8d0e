"""The Notary's side of the garbled computation: it evaluates, checks output labels before it decodes, and
returns bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from ...foundation.errors import Refused
from ..duplex import Duplex
from ..garbling.schemes import GarblingScheme
from ..kernels.aes import expand_key
from ..zero_knowledge.bits import (
    Bits,
    Blocks,
    blocks_from_octets,
    lowest_bits,
    octets_of,
    packed_length,
    unpack,
)
from ..zero_knowledge.messages import receive_octets
from .labels import Numbering, instance_chunks, opened_inputs_digest, returned_digest
from .messages import CHOICES, CHOSEN_LABELS, DECODING, LABELS, OUTPUT_LABEL_HASHES, RETURNED_BITS, TABLES
from .plan import Application, Party, Plan

_ROWS_AT_ONCE: Final = 32


class Evaluator:
    """Receives a garbled plan, before or while set-up makes what `accept_setup` takes, and evaluates each instance
    once.
    """

    def __init__(
        self,
        duplex: Duplex,
        *,
        session_id: bytes,
        plan: Plan,
        scheme: GarblingScheme,
        hash_key: bytes,
    ) -> None:
        self._duplex = duplex
        self._session_id = session_id
        self._plan = plan
        self._scheme = scheme
        self._hash_key = hash_key
        self._round_keys = expand_key(hash_key)
        self._choices: Bits = np.empty(0, np.uint8)
        self._macs: Blocks = np.empty((0, 2), np.uint64)
        self._numbering = Numbering(plan)
        self._tables: dict[str, list[Bits | None]] = {}
        self._hashes: dict[str, Blocks] = {}
        self._decoding: dict[str, Bits] = {}
        self._wire_labels: dict[str, Blocks] = {}
        self._own_labels = np.empty((0, 2), np.uint64)

    def accept_setup(self, *, choices: Bits, macs: Blocks) -> None:
        """Take the Notary's ends of the correlated transfers for its inputs, uint8[n] and uint64[n, 2]."""
        self._choices = choices
        self._macs = macs

    def receive_plan(self) -> Iterator[int]:
        """Receive tables and hashes of output labels of all applications, a chunk of instances at each step,
        which says how many octets its tables have.
        """
        for application in self._plan.applications:
            tables: list[Bits | None] = []
            hashes: list[Blocks] = []
            for rows in instance_chunks(application):
                tables.extend(self._receive_tables(application, rows.stop - rows.start))
                if application.returned:
                    hashes.append(self._receive_hashes(application, rows.stop - rows.start))
                yield (rows.stop - rows.start) * self._scheme.table_octets(application.circuit)
            self._tables[application.name] = tables
            if hashes:
                self._hashes[application.name] = np.concatenate(hashes)

    def receive_decoding(self) -> None:
        """Receive what decodes the outputs of all applications."""
        for application in self._plan.applications:
            if application.decoded:
                count = application.instances * application.decoded
                octets = receive_octets(self._duplex, DECODING, packed_length(count))
                bits = unpack(octets, count).reshape(application.instances, application.decoded)
                self._decoding[application.name] = bits

    def choose_labels(self, application: Application, bits: Bits) -> None:
        """Get the labels of the Notary's own input bits, uint8[n], without showing the bits."""
        self._duplex.send(CHOICES, octets_of(bits ^ self._choices))
        octets = receive_octets(self._duplex, CHOSEN_LABELS, 16 * application.fresh_count(Party.NOTARY))
        self._own_labels = self._macs ^ blocks_from_octets(octets)

    def evaluate(self, application: Application, rows: slice) -> Blocks:
        """Evaluate the instances `rows` once their labels have arrived; the active output labels, uint64[k,
        n, 2].

        Rejects with `engine/evaluated-twice`, and with `engine/output-label-unknown` when an output label to
        be returned is none of the two the Prover committed to: nothing is decoded or returned then.
        """
        fresh = {
            party: self._receive_labels(application, rows, party) for party in (Party.PROVER, Party.PUBLIC)
        }
        fresh[Party.NOTARY] = self._own_labels[np.newaxis]
        inputs = application.inputs(rows.stop - rows.start, fresh=fresh, earlier=self._wire_labels)
        parts = [
            self._evaluate_rows(
                application, start, inputs[start - rows.start : start - rows.start + _ROWS_AT_ONCE]
            )
            for start in range(rows.start, rows.stop, _ROWS_AT_ONCE)
        ]
        labels = np.concatenate(parts)
        if application.returned:
            self._check_output_labels(application, rows, labels[:, : application.decoded])
        if application.instances == 1:
            self._wire_labels[application.name] = labels[0]
        return labels

    def decode(self, application: Application, rows: slice, labels: Blocks) -> Bits:
        """Decode active output labels of `rows`: the value, or the value under the Prover's mask; uint8[k,
        decoded].
        """
        return lowest_bits(labels[:, : application.decoded]) ^ self._decoding[application.name][rows]

    def give_back(
        self, application: Application, rows: slice, columns: slice, decoded: Bits, labels: Blocks
    ) -> None:
        """Return decoded bits of `rows` and `columns` to the Prover, with the digest of their labels."""
        digest = returned_digest(self._session_id, application, rows.start, labels[:, columns])
        self._duplex.send(RETURNED_BITS, octets_of(decoded[:, columns]) + digest)

    def open_inputs(self) -> bytes:
        """Digest of the active labels of the Notary's inputs: what opens them, after close."""
        return opened_inputs_digest(self._session_id, self._own_labels)

    def erase(self) -> None:
        """Forget tables and labels; nothing can be evaluated any more."""
        self._tables.clear()
        self._hashes.clear()
        self._wire_labels.clear()

    def _receive_tables(self, application: Application, count: int) -> list[Bits | None]:
        size = self._scheme.table_octets(application.circuit)
        octets = receive_octets(self._duplex, TABLES, count * size)
        tables = np.frombuffer(octets, np.uint8).reshape(count, size)
        self._scheme.check_tables(application.circuit, tables)
        return list(tables)

    def _receive_hashes(self, application: Application, count: int) -> Blocks:
        octets = receive_octets(self._duplex, OUTPUT_LABEL_HASHES, 32 * count * application.decoded)
        return blocks_from_octets(octets).reshape(count, application.decoded, 2, 2)

    def _take_tables(self, application: Application, rows: slice) -> Bits:
        taken: list[Bits] = []
        for row in range(rows.start, rows.stop):
            tables = self._tables[application.name][row]
            if tables is None:
                raise Refused("engine/evaluated-twice", application.name)
            taken.append(tables)
            self._tables[application.name][row] = None
        return np.stack(taken)

    def _receive_labels(self, application: Application, rows: slice, party: Party) -> Blocks:
        count, supplied = rows.stop - rows.start, application.fresh_count(party)
        octets = receive_octets(self._duplex, LABELS, 16 * count * supplied)
        return blocks_from_octets(octets).reshape(count, supplied, 2)

    def _evaluate_rows(self, application: Application, start: int, inputs: Blocks) -> Blocks:
        return self._scheme.evaluate(
            application.circuit,
            input_labels=inputs,
            tables=self._take_tables(application, slice(start, start + len(inputs))),
            hash_key=self._hash_key,
            first_gate=self._numbering.first_gate(application, start),
        )

    def _check_output_labels(self, application: Application, rows: slice, labels: Blocks) -> None:
        hashes = self._numbering.output_hashes(self._round_keys, application, rows.start, labels)
        committed = np.take_along_axis(
            self._hashes[application.name][rows],
            lowest_bits(labels)[:, :, None, None].astype(np.intp),
            axis=2,
        )[:, :, 0]
        if not np.array_equal(hashes, committed):
            raise Refused("engine/output-label-unknown", application.name)
