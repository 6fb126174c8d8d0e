"""Authenticated wires of the transcript's octets, for data submission: registered ciphertext ⊕ AES of the
session's keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ...foundation.errors import Refused
from ...foundation.identifiers import Direction
from ..zero_knowledge.batch import Proof, Wires
from ..zero_knowledge.bits import bits_of
from .closing import encrypt_in_proof
from .computation import key_stream_blocks
from .plan import BLOCK_OCTETS, KEY_STREAM, SERVER_ROUND_KEYS
from .records import ProtectedRecord

_APPLICATION_DATA = 23
_BLOCK_BITS = 8 * BLOCK_OCTETS
_Place: TypeAlias = tuple[int, int]  # a record's sequence number, and of a block in it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Octets `start` to `stop` of one record."""

    sequence: int
    start: int
    stop: int


class AuthenticatedPlaintext:
    """Makes wires of transcript octets at both parties alike. Octets of a direction are those of its
    application data.

    Wires of the sent direction are in the proof already; a block of the received direction costs one AES
    block when it is first asked for.
    """

    def __init__(
        self,
        proof: Proof,
        wires: Mapping[str, Wires],
        sent: Sequence[ProtectedRecord],
        received: Sequence[ProtectedRecord],
        *,
        first_pool_rows: Sequence[int],
        server_initial_vector: bytes,
    ) -> None:
        self._proof = proof
        self._first_pool_rows = tuple(first_pool_rows)
        self._server_initial_vector = server_initial_vector
        self._sent_key_stream = (
            wires[KEY_STREAM] if KEY_STREAM in wires else np.empty((0, _BLOCK_BITS), np.int64)
        )
        self._server_round_keys = wires[SERVER_ROUND_KEYS][0]
        self._sent = tuple(sent)
        self._received = tuple(received)
        self._received_key_stream: dict[_Place, Wires] = {}

    def sent(self, start: int, stop: int) -> Wires:
        """Wires of octets `start` to `stop` of what was sent, int64[8·(stop − start)].

        Rejects with `data-submission/range-out-of-bounds`.
        """
        parts = list(_parts(self._sent, start, stop))
        wires = [self._sent_part(part) for part in parts]
        return self._plaintext(self._sent, parts, wires)

    def received(self, start: int, stop: int) -> Wires:
        """Wires of octets `start` to `stop` of what was received, int64[8·(stop − start)]."""
        parts = list(_parts(self._received, start, stop))
        self._encrypt_missing(parts)
        wires = [_cut(part, self._received_key_stream) for part in parts]
        return self._plaintext(self._received, parts, wires)

    def pieces(self, direction: Direction, start: int, stop: int, octets: int) -> Iterator[Wires]:
        """Wires of a long range in pieces of at most `octets`, nothing of which is kept here.

        A caller may forget a piece's wires (`Proof.retain`) before it takes the next one. Rejects with
        `data-submission/range-out-of-bounds`.
        """
        records = self._sent if direction is Direction.SENT else self._received
        for first in range(start, stop, octets):
            parts = list(_parts(records, first, min(stop, first + octets)))
            if direction is Direction.SENT:
                key_stream = [self._sent_part(part) for part in parts]
            else:
                blocks = self._encrypt(
                    [(part.sequence, number) for part in parts for number in _blocks(part)]
                )
                key_stream = [_cut(part, blocks) for part in parts]
            yield self._plaintext(records, parts, key_stream)

    def _plaintext(
        self, records: Sequence[ProtectedRecord], parts: Sequence[_Part], key_stream: Sequence[Wires]
    ) -> Wires:
        ciphertext = b"".join(records[part.sequence].ciphertext[part.start : part.stop] for part in parts)
        return self._proof.exclusive_or(np.concatenate(key_stream), self._proof.constant(bits_of(ciphertext)))

    def _sent_part(self, part: _Part) -> Wires:
        first = self._first_pool_rows[part.sequence]
        rows = self._sent_key_stream[first : first + -(-part.stop // BLOCK_OCTETS)]
        return rows.ravel()[8 * part.start : 8 * part.stop]

    def _encrypt_missing(self, parts: Sequence[_Part]) -> None:
        wanted = [(part.sequence, number) for part in parts for number in _blocks(part)]
        missing = [place for place in wanted if place not in self._received_key_stream]
        if missing:
            self._received_key_stream.update(self._encrypt(missing))

    def _encrypt(self, places: Sequence[_Place]) -> dict[_Place, Wires]:
        vector = self._server_initial_vector
        counters = [
            key_stream_blocks(vector, self._received[sequence].explicit_nonce, number, 1)
            for sequence, number in places
        ]
        wires = encrypt_in_proof(self._proof, self._server_round_keys, b"".join(counters))
        return dict(zip(places, wires, strict=True))


def _cut(part: _Part, key_stream: Mapping[_Place, Wires]) -> Wires:
    """The wires of a part out of those of its blocks."""
    numbers = _blocks(part)
    wires = np.concatenate([key_stream[part.sequence, number] for number in numbers])
    skipped = part.start - numbers.start * BLOCK_OCTETS
    return wires[8 * skipped : 8 * (skipped + part.stop - part.start)]


def _blocks(part: _Part) -> range:
    return range(part.start // BLOCK_OCTETS, -(-part.stop // BLOCK_OCTETS))


def _parts(records: Sequence[ProtectedRecord], start: int, stop: int) -> Iterator[_Part]:
    """Cut a range of the transcript into ranges of records of application data."""
    offset = 0
    for sequence, record in enumerate(records):
        if record.content_type != _APPLICATION_DATA:
            continue
        end = offset + len(record.ciphertext)
        if start < end and stop > offset:
            yield _Part(sequence=sequence, start=max(start, offset) - offset, stop=min(stop, end) - offset)
        offset = end
    if not 0 <= start < stop <= offset:
        raise Refused("data-submission/range-out-of-bounds", f"octets {start} to {stop} of {offset}")
