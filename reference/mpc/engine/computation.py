"""The order of a session's computation, alike at both parties: key schedule, Finished, blocks of records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np

from ...foundation.errors import Refused
from ...foundation.sha256 import inner_digest
from ..zero_knowledge.bits import Bits, bits_of, octets_of
from .ledger import Evaluation, no_public_bits
from .plan import (
    BLOCK_OCTETS,
    CLIENT_FINISHED_KEY_STREAM,
    CLIENT_FINISHED_TAG_MASK,
    CLIENT_HASH_KEY,
    CLIENT_ROUND_KEYS,
    FINISHED_OCTETS,
    KEY_STREAM,
    MASTER_SECRET_STATES,
    SERVER_FINISHED_KEY_STREAM,
    SERVER_ROUND_KEYS,
    TAG_MASKS,
    Plan,
    digest_name,
)

VERIFY_DATA_OCTETS: Final = 12
NONCE_OCTETS: Final = 8
HASH_OCTETS: Final = 32
_TAG_MASK_COUNTER: Final = 1
_FIRST_COUNTER: Final = 2
_LABELS: Final = {
    "client-finished": b"client finished",
    "server-finished": b"server finished",
    "key-expansion": b"key expansion",
}


def counter_block(initial_vector: bytes, explicit_nonce: bytes, counter: int) -> bytes:
    """The block that AES-GCM encrypts for a TLS 1.2 record (RFC 5288 section 3, SP 800-38D section 7.1)."""
    return initial_vector + explicit_nonce + counter.to_bytes(4, "big")


def key_stream_blocks(initial_vector: bytes, explicit_nonce: bytes, first: int, count: int) -> bytes:
    """Counter blocks `first` to `first + count - 1` of a record's key stream, the first block of data being
    0.
    """
    start = _FIRST_COUNTER + first
    return b"".join(counter_block(initial_vector, explicit_nonce, start + block) for block in range(count))


def tag_mask_block(initial_vector: bytes, explicit_nonce: bytes) -> bytes:
    """The counter block whose encryption masks a record's tag (J0)."""
    return counter_block(initial_vector, explicit_nonce, _TAG_MASK_COUNTER)


class Computation(ABC):
    """The session's applications in their only order. Both parties call the same methods with the same public
    values.

    Inner states and all links of the pseudorandom function are opened to both; every inner digest is computed
    here, from seeds both parties know. Each method may be called once, in this order: `master_secret`,
    `key_expansion`, `client_finished`, `key_stream` from sequence number 0 on, `server_finished` and
    `server_finished_key_stream` after record 0. Rejects with `engine/out-of-order`.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ledger: list[Evaluation] = []
        self.client_initial_vector = b""
        self.server_initial_vector = b""
        self.verify_data: dict[str, bytes] = {}
        self.server_finished_nonce = b""
        self._pre_master_state = b""
        self._master_state = b""
        self._next_sequence = 0
        self.record_lengths: list[int] = []
        self.first_pool_rows: list[int] = []
        self._pool_used = 0
        self._octets_used = 0
        self._prepared = False
        self._closed = False
        self._failed = False
        self._tag_masks: dict[int, bytes] = {}
        self._hash_key_share = b""

    @abstractmethod
    def run(self, name: str, public: Bits, rows: slice = slice(0, 1)) -> Bits | None:
        """Evaluate instances `rows` of an application on public bits uint8[k, n].

        Returns this party's part of the outputs, uint8[k, decoded]: the value where it is opened to it, its
        share where it is shared; None otherwise.
        """

    def master_secret(self, *, seed: bytes, extended: bool) -> None:
        """Derive the master secret's HMAC states: RFC 5246 section 8.1 from client and server random, RFC
        7627 from the session hash.
        """
        self._require(bool(self._pre_master_state) and not self._master_state)
        label = b"extended master secret" if extended else b"master secret"
        self._digests("master-secret", self._pre_master_state, label + seed)
        self._master_state = self._opened(MASTER_SECRET_STATES, b"")

    def key_expansion(self, *, seed: bytes) -> None:
        """Derive keys and initial vectors (RFC 5246 section 6.3) from server random then client random; share
        H.
        """
        self._require(bool(self._master_state) and not self.client_initial_vector)
        vectors = self._digests("key-expansion", self._master_state, _LABELS["key-expansion"] + seed)
        self.client_initial_vector, self.server_initial_vector = vectors[:4], vectors[4:8]
        self.run(CLIENT_ROUND_KEYS, no_public_bits(1))
        self.run(SERVER_ROUND_KEYS, no_public_bits(1))
        self._hash_key_share = self._share(CLIENT_HASH_KEY, bytes(BLOCK_OCTETS))

    def client_finished(self, handshake_hash: bytes) -> bytes:
        """Open the client's verify_data (RFC 5246 section 7.4.9) to both parties; 12 octets."""
        self._require(bool(self.client_initial_vector))
        return self._finished("client-finished", handshake_hash)

    def server_finished(self, handshake_hash: bytes) -> bytes:
        """Open the server's verify_data to both parties; 12 octets."""
        self._require(self._next_sequence > 0)
        return self._finished("server-finished", handshake_hash)

    def key_stream(self, sequence: int, length: int) -> bytes | None:
        """Open the key stream of the next sent record to the Prover and share its tag mask; `length` octets
        of data.

        Sequence number 0 is the client's Finished, 16 octets; the explicit nonce is the sequence number.
        Rejects with `engine/repeated-counter` a sequence number that is not the next, with
        `engine/budget-exceeded` what was not agreed.
        """
        self._require("client-finished" in self.verify_data)
        if sequence != self._next_sequence:
            raise Refused("engine/repeated-counter", f"sequence number {sequence}")
        blocks = -(-length // BLOCK_OCTETS)
        self._check_budget(sequence, length)
        nonce = sequence.to_bytes(NONCE_OCTETS, "big")
        self._next_sequence += 1
        self.record_lengths.append(length)
        self.first_pool_rows.append(self._pool_used)
        mask_name, mask_row = (TAG_MASKS, sequence - 1) if sequence else (CLIENT_FINISHED_TAG_MASK, 0)
        stream_name, first = (KEY_STREAM, self._pool_used) if sequence else (CLIENT_FINISHED_KEY_STREAM, 0)
        if sequence:
            self._pool_used += blocks
            self._octets_used += length
        mask_input = tag_mask_block(self.client_initial_vector, nonce)
        self._tag_masks[sequence] = self._share(mask_name, mask_input, mask_row)
        counters = key_stream_blocks(self.client_initial_vector, nonce, 0, blocks)
        return self._stream(stream_name, counters, slice(first, first + blocks), length)

    def server_finished_key_stream(self, explicit_nonce: bytes) -> bytes | None:
        """Open the key stream of the server's Finished, 16 octets, to the Prover: the only block of that
        direction.
        """
        self._require(self._next_sequence > 0 and not self.server_finished_nonce)
        if len(explicit_nonce) != NONCE_OCTETS:
            raise Refused("engine/wrong-length", "an explicit nonce has 8 octets")
        self.server_finished_nonce = explicit_nonce
        counters = key_stream_blocks(self.server_initial_vector, explicit_nonce, 0, 1)
        return self._stream(SERVER_FINISHED_KEY_STREAM, counters, slice(0, 1), FINISHED_OCTETS)

    def forbid_further_runs(self) -> None:
        """Evaluate nothing more, irrevocably."""
        self._closed = True

    def require_finalisable(self) -> None:
        """Refuse to finalise a session that is not closed, or that a refusal has ended:
        `engine/out-of-order`.
        """
        if not self._closed or self._failed:
            raise Refused("engine/out-of-order", "the session is not closed in good order")

    def _digests(self, phase: str, inner_state: bytes, seed: bytes) -> bytes:
        """Run P_SHA256 for two digests (RFC 5246 section 5); returns what is opened of the second."""
        first_link = self._opened(digest_name(phase, "first-link"), inner_digest(inner_state, seed))
        self.run(digest_name(phase, "first-digest"), _row(inner_digest(inner_state, first_link + seed)))
        second_link = self._opened(digest_name(phase, "second-link"), inner_digest(inner_state, first_link))
        opened = self.run(
            digest_name(phase, "second-digest"), _row(inner_digest(inner_state, second_link + seed))
        )
        return b"" if opened is None else octets_of(opened)

    def _finished(self, phase: str, handshake_hash: bytes) -> bytes:
        self._require(phase not in self.verify_data)
        if len(handshake_hash) != HASH_OCTETS:
            raise Refused("engine/wrong-length", "a handshake hash has 32 octets")
        seed = _LABELS[phase] + handshake_hash
        link = self._opened(digest_name(phase, "first-link"), inner_digest(self._master_state, seed))
        name = digest_name(phase, "first-digest")
        self.verify_data[phase] = self._opened(name, inner_digest(self._master_state, link + seed))
        return self.verify_data[phase]

    def _opened(self, name: str, public: bytes) -> bytes:
        """Run a single instance whose outputs are opened to both."""
        bits = self.run(name, _row(public))
        if bits is None:
            raise ValueError(f"{name} opens nothing to this party")
        return octets_of(bits)

    def _share(self, name: str, block: bytes, row: int = 0) -> bytes:
        bits = self.run(name, _row(block), slice(row, row + 1))
        if bits is None:
            raise ValueError(f"{name} shares nothing")
        return octets_of(bits)

    def _stream(self, name: str, counters: bytes, rows: slice, length: int) -> bytes | None:
        public = bits_of(counters).reshape(-1, 8 * BLOCK_OCTETS)
        bits = self.run(name, public, rows)
        return None if bits is None else octets_of(bits)[:length]

    def _check_budget(self, sequence: int, length: int) -> None:
        limits = self.plan.limits
        if sequence == 0:
            fits = length == FINISHED_OCTETS
        else:
            fits = (
                sequence <= limits.sent_records
                and 1 <= length <= limits.largest_sent_record
                and self._octets_used + length <= limits.sent_octets
            )
        if not fits:
            raise Refused("engine/budget-exceeded", f"record {sequence} of {length} octets")

    def _require(self, allowed: bool) -> None:
        """Refuse what is out of order, and all after close or after a refusal: `engine/out-of-order`."""
        if self._closed or self._failed:
            raise Refused("engine/out-of-order", "the session has ended")
        if not allowed:
            raise Refused("engine/out-of-order", "a step is missing or repeated")

    @contextmanager
    def _ending_on_refusal(self) -> Iterator[None]:
        """Let a refusal end the session: a peer that deviated gets no second try."""
        try:
            yield
        except Refused:
            self._failed = True
            raise


def _row(octets: bytes) -> Bits:
    return bits_of(octets)[np.newaxis]
