"""Correlated oblivious transfer by extension against malicious parties: SoftSpokenOT.

Source: Roy, eprint 2022/192. One transfer is keys = macs + bit * delta over GF(2)^128: the sender knows keys
and delta, one delta for all transfers of a session and direction; the receiver knows bit and macs. The 128
bits of delta are cut into 128/k places in trees of 2^k leaves (module `puncturable`). The streams of a tree's
leaves fold into subfield vector oblivious linear evaluation w = v + u * place (the paper's protocol for small
fields); the receiver sends how the u of each further tree differs from that of the first: 128/k - 1 bits for
a transfer. A random linear hash, drawn by the sender after that, checks that no u was changed for some
columns only (the paper's consistency check of subspaces): what a cheating receiver gains is to guess bits of
delta and be caught if wrong.

Larger k sends less and computes more: k = 8 where the receiver's uplink is slow, k = 2 or 4 otherwise.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..kernels.aes import expand
from ..kernels.binary_field import inner, multiply, powers
from ..kernels.transpose import rows_of_columns
from ..kernels.vole import fold
from . import messages, puncturable
from .base import receive_base, send_base

Words: TypeAlias = NDArray[np.uint64]
Bits: TypeAlias = NDArray[np.uint8]

SECURITY_BITS: Final = 128
LOG2_LEAVES_ALLOWED: Final = (1, 2, 4, 8)
_BLOCK_OCTETS: Final = 16
_MASK_BLOCKS: Final = 1  # 128 transfers that hide the others in the consistency check and are thrown away
_BATCH_BLOCKS: Final = 8192  # transfers are made and checked 2^20 at a time: 16 MiB of columns
_SHORT_COLUMN: Final = 64  # blocks; up to here one call for all columns costs less than a call for each
_TILE_BLOCKS: Final = 2**16  # blocks of all streams of a tree that are in memory at once: 1 MiB


def random_difference(randomness: Randomness, *, lowest_bit_one: bool) -> Words:
    """A fresh delta, uint64[2]; its bit 0 is 1 where garbling will use it."""
    octets = bytearray(randomness.octets(_BLOCK_OCTETS))
    if lowest_bit_one:
        octets[0] |= 1
    return np.frombuffer(bytes(octets), dtype="<u8").astype(np.uint64)


class CorrelatedSender:
    """The party that holds delta; made by `setup`, gives keys by `extend`."""

    __slots__ = ("_duplex", "_randomness", "_trees", "delta", "direction", "extended", "session_id")

    def __init__(
        self,
        *,
        duplex: Duplex,
        randomness: Randomness,
        session_id: bytes,
        direction: bytes,
        delta: Words,
        trees: Trees,
    ) -> None:
        self._duplex = duplex
        self._randomness = randomness
        self._trees = trees
        self.session_id = session_id
        self.direction = direction
        self.delta = delta
        self.extended = 0

    @classmethod
    def setup(
        cls,
        duplex: Duplex,
        randomness: Randomness,
        session_id: bytes,
        direction: bytes,
        delta_low_bit_one: bool,
        log2_leaves: int,
        *,
        delta: Words | None = None,
    ) -> Self:
        """Run the base transfers, as their receiver, for a delta that is drawn unless it is given.

        `direction` names who sends to whom and must differ between the two directions of a session; with
        `delta_low_bit_one` bit 0 of a drawn delta is 1, as garbling needs. `delta` is uint64[2], of this session
        alone. Rejects with `engine/invalid-point` and `engine/inconsistent-oblivious-transfer`.
        """
        _check_log2_leaves(log2_leaves)
        if delta is None:
            delta = random_difference(randomness, lowest_bit_one=delta_low_bit_one)
        choices = np.unpackbits(delta.astype("<u8").view(np.uint8), bitorder="little")
        seeds = receive_base(duplex, randomness, session_id, choices, direction=direction)
        places = choices.reshape(-1, log2_leaves)
        leaves = puncturable.receive_punctured(duplex, _binding(session_id, direction), seeds, places)
        return cls(
            duplex=duplex,
            randomness=randomness,
            session_id=session_id,
            direction=direction,
            delta=delta,
            trees=Trees.punctured(leaves, places),
        )

    def extend(self, count: int) -> Words:
        """Make `count` further transfers; return keys uint64[count, 2].

        Returns only what the consistency check of this call has passed. Rejects with
        `engine/inconsistent-oblivious-transfer`; the object must not be used after that.
        """
        keys = [self._batch(part) for part in _batches(count)]
        self.extended += count
        return np.concatenate(keys) if keys else np.empty((0, 2), np.uint64)

    def erase(self) -> None:
        """Forget the state of the extension; no further transfers are made."""
        self._trees.erase()

    def erase_difference(self) -> None:
        """Forget delta."""
        self.delta = np.zeros(2, np.uint64)

    def _batch(self, count: int) -> Words:
        blocks = _blocks(count)
        columns = np.empty((SECURITY_BITS, blocks, 2), np.uint64)
        delta_masks = np.zeros(1, np.uint64) - self._delta_bits().astype(np.uint64)
        for tree, (first, last) in enumerate(self._trees.columns()):
            _, columns[first:last] = self._trees.fold(tree, blocks)
            if tree > 0:
                correction = _words(self._duplex.receive(messages.CHOICE_CORRECTION, _BLOCK_OCTETS * blocks))
                columns[first:last] ^= correction & delta_masks[first:last, None, None]
        challenge = self._randomness.octets(_BLOCK_OCTETS)
        self._duplex.send(messages.CONSISTENCY_CHALLENGE, challenge)
        response = self._duplex.receive(messages.CONSISTENCY_RESPONSE, _BLOCK_OCTETS * (1 + SECURITY_BITS))
        claimed = _words(response)
        expected = _hash_columns(challenge, columns)
        expected ^= claimed[0] & delta_masks[:, None]
        if not hmac.compare_digest(expected.astype("<u8").tobytes(), response[_BLOCK_OCTETS:]):
            raise Refused("engine/inconsistent-oblivious-transfer", "extension")
        return rows_of_columns(columns)[:count]

    def _delta_bits(self) -> Bits:
        return np.unpackbits(self.delta.astype("<u8").view(np.uint8), bitorder="little")


class CorrelatedReceiver:
    """The party that holds choice bits; made by `setup`, gives bits and macs by `extend`."""

    __slots__ = ("_duplex", "_trees", "direction", "extended", "session_id")

    def __init__(self, *, duplex: Duplex, session_id: bytes, direction: bytes, trees: Trees) -> None:
        self._duplex = duplex
        self._trees = trees
        self.session_id = session_id
        self.direction = direction
        self.extended = 0

    @classmethod
    def setup(
        cls, duplex: Duplex, randomness: Randomness, session_id: bytes, direction: bytes, log2_leaves: int
    ) -> Self:
        """Run the base transfers, as their sender; the other party gives the same parameters.

        Rejects with `engine/invalid-point`.
        """
        _check_log2_leaves(log2_leaves)
        seeds = send_base(duplex, randomness, session_id, SECURITY_BITS, direction=direction)
        leaves = puncturable.plant(duplex, _binding(session_id, direction), seeds, log2_leaves)
        return cls(duplex=duplex, session_id=session_id, direction=direction, trees=Trees(leaves))

    def extend(self, count: int) -> tuple[Bits, Words]:
        """Make `count` further transfers; return random bits uint8[count] and macs uint64[count, 2].

        Provisional until the sender has accepted the check; the sender ends the session otherwise.
        """
        parts = [self._batch(part) for part in _batches(count)]
        self.extended += count
        if not parts:
            return np.empty(0, np.uint8), np.empty((0, 2), np.uint64)
        return np.concatenate([bits for bits, _ in parts]), np.concatenate([macs for _, macs in parts])

    def erase(self) -> None:
        """Forget the state of the extension; no further transfers are made."""
        self._trees.erase()

    def _batch(self, count: int) -> tuple[Bits, Words]:
        blocks = _blocks(count)
        columns = np.empty((1 + SECURITY_BITS, blocks, 2), np.uint64)  # the choices, then the macs
        for tree, (first, last) in enumerate(self._trees.columns()):
            choices, columns[1 + first : 1 + last] = self._trees.fold(tree, blocks)
            if tree == 0:
                columns[0] = choices
            else:
                self._duplex.send(messages.CHOICE_CORRECTION, (choices ^ columns[0]).astype("<u8").tobytes())
        challenge = self._duplex.receive(messages.CONSISTENCY_CHALLENGE, _BLOCK_OCTETS)
        hashes = _hash_columns(challenge, columns)
        self._duplex.send(messages.CONSISTENCY_RESPONSE, hashes.astype("<u8").tobytes())
        bits = np.unpackbits(columns[0].astype("<u8").view(np.uint8).reshape(-1), bitorder="little")
        return bits[:count], rows_of_columns(columns[1:])[:count]


class Trees:
    """The leaves of all trees as generators: each use replaces every leaf by one out of its own stream."""

    __slots__ = ("_erased", "_leaves", "_log2_leaves", "_missing_first")

    def __init__(self, leaves: Words, *, missing_first: bool = False) -> None:
        self._leaves = leaves
        self._log2_leaves = leaves.shape[1].bit_length() - 1
        self._missing_first = missing_first
        self._erased = False

    @classmethod
    def punctured(cls, leaves: Words, places: Bits) -> Trees:
        """Renumber leaves by their difference from the missing one, by which folding then weighs them."""
        numbers = np.packbits(places, axis=1, bitorder="little")[:, 0].astype(np.intp)
        order = np.arange(leaves.shape[1])[None] ^ numbers[:, None]
        return cls(np.take_along_axis(leaves, order[:, :, None], axis=1), missing_first=True)

    def erase(self) -> None:
        """Overwrite and forget all leaves; folding is refused from here on with `engine/out-of-order`."""
        self._leaves[:] = 0
        self._erased = True

    def columns(self) -> Iterator[tuple[int, int]]:
        """The range of columns that each tree makes."""
        for tree in range(self._leaves.shape[0]):
            yield tree * self._log2_leaves, (tree + 1) * self._log2_leaves

    def fold(self, tree: int, blocks: int) -> tuple[Words, Words]:
        """Fold `blocks` fresh blocks of one tree's streams: uint64[blocks, 2] and uint64[k, blocks, 2]."""
        if self._erased:
            raise Refused("engine/out-of-order", "the extension was erased")
        total = np.empty((blocks, 2), np.uint64)
        weighted = np.empty((self._log2_leaves, blocks, 2), np.uint64)
        tile = _TILE_BLOCKS >> self._log2_leaves
        for start in range(0, blocks, tile):
            end = min(start + tile, blocks)
            streams = expand(self._leaves[tree], 1 + end - start)
            self._leaves[tree] = streams[:, 0]
            if self._missing_first:
                streams[0] = 0
            tile_total, tile_weighted = fold(streams)
            total[start:end] = tile_total[1:]
            weighted[:, start:end] = tile_weighted[:, 1:]
        return total, weighted


def _check_log2_leaves(log2_leaves: int) -> None:
    if log2_leaves not in LOG2_LEAVES_ALLOWED:
        raise ValueError(f"the trees have 2^k leaves, k one of {LOG2_LEAVES_ALLOWED}")


def _binding(session_id: bytes, direction: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "little") + part for part in (session_id, direction))


def _blocks(count: int) -> int:
    return (count + SECURITY_BITS - 1) // SECURITY_BITS + _MASK_BLOCKS


def _batches(count: int) -> Iterator[int]:
    if count < 0:
        raise ValueError("the number of transfers is not negative")
    whole = (_BATCH_BLOCKS - _MASK_BLOCKS) * SECURITY_BITS
    for start in range(0, count, whole):
        yield min(whole, count - start)


def _hash_columns(challenge: bytes, columns: Words) -> Words:
    """Hash columns uint64[c, n, 2] to uint64[c, 2]: each as a polynomial over GF(2^128) at the challenge.

    The last block is the constant term. Two different columns collide for fewer than n challenges of 2^128,
    and a uniform last block hides all others: a universal and hiding family as
    eprint 2022/192 asks for.
    """
    weights = np.ascontiguousarray(powers(_words(challenge)[0], columns.shape[1])[::-1])
    if columns.shape[1] <= _SHORT_COLUMN:
        sums: Words = np.bitwise_xor.reduce(multiply(columns, weights), axis=1)
        return sums
    return np.stack([inner(weights, column) for column in columns])


def _words(octets: bytes) -> Words:
    return np.frombuffer(octets, dtype="<u8").astype(np.uint64).reshape(-1, 2)
