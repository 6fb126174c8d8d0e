"""The Prover's side of the garbled computation: it garbles the plan, supplies labels and checks what comes
back.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import numpy as np

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..garbling.schemes import GarblingScheme
from ..kernels.aes import expand_key
from ..zero_knowledge.bits import (
    Bits,
    Blocks,
    blocks_from_octets,
    blocks_to_octets,
    lowest_bits,
    octets_of,
    packed_length,
    select,
    unpack,
)
from ..zero_knowledge.messages import send_octets
from .labels import (
    DIGEST_OCTETS,
    Numbering,
    instance_chunks,
    opened_inputs_digest,
    returned_digest,
)
from .messages import CHOICES, CHOSEN_LABELS, DECODING, LABELS, OUTPUT_LABEL_HASHES, RETURNED_BITS, TABLES
from .plan import Application, Party, Plan


class Garbler:
    """Garbles a plan once, in order, and serves its evaluation. Its labels and its difference are secrets of
    the Prover.

    `delta` is uint64[2] with lowest bit 1. Tables need nothing else; `accept_setup` takes what set-up makes while they
    are garbled.
    """

    def __init__(
        self,
        duplex: Duplex,
        randomness: Randomness,
        *,
        session_id: bytes,
        plan: Plan,
        scheme: GarblingScheme,
        hash_key: bytes,
        delta: Blocks,
    ) -> None:
        self._duplex = duplex
        self._randomness = randomness
        self._session_id = session_id
        self._plan = plan
        self._scheme = scheme
        self._hash_key = hash_key
        self._round_keys = expand_key(hash_key)
        self._delta = delta
        self._notary_keys: Blocks = np.empty((0, 2), np.uint64)
        self._masks: dict[str, Bits] = {}
        self._numbering = Numbering(plan)
        self._input_labels: dict[str, dict[Party, Blocks]] = {}
        self._output_labels: dict[str, Blocks] = {}
        self._wire_labels: dict[str, Blocks] = {}
        self._lowest_bits: dict[str, list[Bits]] = {}

    def garble_plan(self) -> Iterator[int]:
        """Garble all applications and stream them, a chunk of instances at each step, which says how many octets its
        tables have; keeps zero labels of fresh inputs and of outputs, no tables.
        """
        for application in self._plan.applications:
            self._input_labels[application.name] = self._fresh_labels(application)
            outputs: list[Blocks] = []
            for rows in instance_chunks(application):
                outputs.append(self._garble_chunk(application, rows))
                yield (rows.stop - rows.start) * self._scheme.table_octets(application.circuit)
            self._wire_labels[application.name] = outputs[0][0]
            if application.returned:
                decoded = [labels[:, : application.decoded] for labels in outputs]
                self._output_labels[application.name] = np.concatenate(decoded)

    def accept_setup(self, *, notary_keys: Blocks, masks: dict[str, Bits]) -> None:
        """Take the Prover's keys of the correlated transfers for the Notary's inputs, uint64[n, 2], and its mask bits
        uint8[instances, decoded] of each application with masked outputs.
        """
        self._notary_keys = notary_keys
        self._masks = masks

    def send_decoding(self) -> None:
        """Send what decodes the outputs of all applications, once they are garbled and the masks are committed."""
        for application in self._plan.applications:
            if application.decoded:
                lowest = np.concatenate(self._lowest_bits.pop(application.name))
                mask = self._mask(application, slice(None), slice(0, application.decoded))
                send_octets(self._duplex, DECODING, octets_of(lowest ^ mask))

    def send_chosen_labels(self, application: Application) -> None:
        """Give the Notary the labels of its inputs: it says where they differ from its random choices, and
        gets one block a bit that turns the MAC of the choice into the label of the input, whichever it is.
        """
        count = application.fresh_count(Party.NOTARY)
        corrections = unpack(self._duplex.receive(CHOICES, packed_length(count)), count)
        zero_labels = self._input_labels[application.name][Party.NOTARY][0]
        blocks = zero_labels ^ self._notary_keys ^ select(corrections, self._delta)
        send_octets(self._duplex, CHOSEN_LABELS, blocks_to_octets(blocks))

    def supply(self, application: Application, rows: slice, party: Party, bits: Bits) -> None:
        """Send the active labels of public or own input bits, uint8[k, n], of the instances `rows`."""
        zero_labels = self._input_labels[application.name][party][rows]
        send_octets(self._duplex, LABELS, blocks_to_octets(zero_labels ^ select(bits, self._delta)))

    def receive_returned(self, application: Application, rows: slice, columns: slice) -> Bits:
        """Receive decoded bits of `rows` and `columns` and check them against their labels; uint8[k, n].

        Rejects with `engine/returned-value-not-authentic` bits that the evaluation did not give.
        """
        zero_labels = self._output_labels[application.name][rows, columns]
        count = zero_labels.shape[0] * zero_labels.shape[1]
        octets = self._duplex.receive(RETURNED_BITS, packed_length(count) + DIGEST_OCTETS)
        decoded = unpack(octets[:-DIGEST_OCTETS], count).reshape(zero_labels.shape[:2])
        values = decoded ^ self._mask(application, rows, columns)
        expected = returned_digest(
            self._session_id, application, rows.start, zero_labels ^ select(values, self._delta)
        )
        if not hmac.compare_digest(expected, octets[-DIGEST_OCTETS:]):
            raise Refused("engine/returned-value-not-authentic", application.name)
        return decoded

    def check_opened_inputs(self, application: Application, bits: Bits, digest: bytes) -> None:
        """Accept the Notary's opening of its inputs only by their active labels:
        `mpc-tls/notary-opening-invalid`.
        """
        labels = self._input_labels[application.name][Party.NOTARY][0] ^ select(bits, self._delta)
        if not hmac.compare_digest(opened_inputs_digest(self._session_id, labels), digest):
            raise Refused("mpc-tls/notary-opening-invalid", "the Notary opened other inputs than it used")

    def erase(self) -> None:
        """Forget all labels."""
        self._input_labels.clear()
        self._output_labels.clear()
        self._wire_labels.clear()
        self._lowest_bits.clear()

    def _mask(self, application: Application, rows: slice, columns: slice) -> Bits:
        if application.masked:
            return self._masks[application.name][rows, columns]
        return np.zeros(1, np.uint8)

    def _fresh_labels(self, application: Application) -> dict[Party, Blocks]:
        labels: dict[Party, Blocks] = {}
        for party in Party:
            count = application.fresh_count(party)
            octets = self._randomness.octets(16 * application.instances * count)
            labels[party] = blocks_from_octets(octets).reshape(application.instances, count, 2)
        return labels

    def _garble_chunk(self, application: Application, rows: slice) -> Blocks:
        fresh = {party: labels[rows] for party, labels in self._input_labels[application.name].items()}
        garbled = self._scheme.garble(
            application.circuit,
            input_labels=application.inputs(rows.stop - rows.start, fresh=fresh, earlier=self._wire_labels),
            delta=self._delta,
            hash_key=self._hash_key,
            first_gate=self._numbering.first_gate(application, rows.start),
            randomness=self._randomness,
        )
        send_octets(self._duplex, TABLES, garbled.tables.tobytes())
        decoded = garbled.output_labels[:, : application.decoded]
        if application.returned:
            self._send_output_hashes(application, rows, decoded)
        if application.decoded:
            self._lowest_bits.setdefault(application.name, []).append(lowest_bits(decoded))
        return garbled.output_labels

    def _send_output_hashes(self, application: Application, rows: slice, labels: Blocks) -> None:
        """For each returned bit the hashes of both labels, each at the place its lowest bit names."""
        ordered = np.stack([labels, labels ^ self._delta], axis=0)
        ordered = np.where(lowest_bits(labels)[None, :, :, None] == 0, ordered, ordered[::-1])
        hashes = [
            self._numbering.output_hashes(self._round_keys, application, rows.start, part) for part in ordered
        ]
        send_octets(self._duplex, OUTPUT_LABEL_HASHES, blocks_to_octets(np.stack(hashes, axis=2)))
