"""Silent correlated transfers: many from few, for the cost of the places of some noise. Ferret, on half-trees.

Source: eprint 2020/924 (iterated extension, regular noise, consistency check of figure 7), with the trees of
eprint 2022/1431 (section 4). The relation is that of module `correlated`: keys = macs + bit * delta. A batch
consumes transfers of the batch before, the first those of an extension of module `correlated`:

- A tree for each block of the noise. The sender grows it; the receiver misses the leaf at the place that its
  random choices name, and has there the leaf plus delta: transfers whose choices are the noise e.
- k transfers with choices u, stretched by a public code A to u A, its keys and macs likewise.

Their sum has choices u A + e, random to the sender as learning parity with regular noise is hard; keys and macs
are right for any code and any noise, so the receiver, whom alone the assumption protects, draws the code.
The receiver checks the trees of a batch before it uses them. What a sender that plants false trees can still
do is guess where the noise is and be caught if wrong: the leakage that the paper's assumption includes.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..kernels.aes import expand, expand_key
from ..kernels.binary_field import inner, multiply, powers
from ..kernels.correlated_tree import grow, regrow, weigh, weights
from ..kernels.local_code import add_encoded, add_encoded_bits
from ..stock import Stock
from . import messages
from .correlated import CorrelatedReceiver, CorrelatedSender
from .silent_parameters import CHECK_TRANSFERS, SilentParameters

Words: TypeAlias = NDArray[np.uint64]
Bits: TypeAlias = NDArray[np.uint8]
_T = TypeVar("_T", np.uint64, np.uint8)

_PUBLIC_KEYS: Final = b"mpctls/silent-transfers/public-keys\x00"
_CHECK: Final = b"mpctls/silent-transfers/check\x00"
_BLOCK_OCTETS: Final = 16
_SEED_OCTETS: Final = 32
_DIGEST_OCTETS: Final = 32
_X: Final = np.array([2, 0], np.uint64)


class SilentSender:
    """The party that holds delta; used as a `CorrelatedSender`."""

    __slots__ = ("_base", "_batches", "_context", "_duplex", "_erased", "_parameters", "_pool", "_randomness",
                 "_reserve", "extended")  # fmt: skip

    def __init__(
        self, *, base: CorrelatedSender, duplex: Duplex, randomness: Randomness, parameters: SilentParameters
    ) -> None:
        self._base = base
        self._duplex = duplex
        self._randomness = randomness
        self._parameters = parameters
        self._reserve = np.empty((0, 2), np.uint64)
        self._pool: Stock[np.uint64] = Stock(np.empty((0, 2), np.uint64))
        self._context: _Context | None = None
        self._batches = 0
        self._erased = False
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
        parameters: SilentParameters,
    ) -> Self:
        """Set up the extension that the first batch is made from; see `CorrelatedSender.setup`."""
        base = CorrelatedSender.setup(
            duplex, randomness, session_id, direction, delta_low_bit_one, log2_leaves
        )
        return cls(base=base, duplex=duplex, randomness=randomness, parameters=parameters)

    @property
    def delta(self) -> Words:
        """The secret difference, uint64[2]."""
        return self._base.delta

    @property
    def session_id(self) -> bytes:
        """The session that every hash is bound to."""
        return self._base.session_id

    @property
    def direction(self) -> bytes:
        """Who sends to whom."""
        return self._base.direction

    def extend(self, count: int) -> Words:
        """Make `count` further transfers; return keys uint64[count, 2]. Makes batches while too few are left.

        Rejects with `engine/inconsistent-oblivious-transfer` when the extension before the first batch does.
        """
        _check_use(count, self._erased)
        while len(self._pool) < count:
            self._pool.add(self._batch())
        self.extended += count
        return self._pool.take(count)

    def erase(self) -> None:
        """Forget keys that were not given out and all that would make more."""
        self._reserve[:] = 0
        self._pool.erase()
        self._erased = True
        self._base.erase()

    def erase_difference(self) -> None:
        """Forget delta."""
        self._base.erase_difference()

    def _batch(self) -> Words:
        parameters, delta = self._parameters, self.delta
        if self._context is None:
            self._reserve = self._base.extend(parameters.consumed)
            self._context = _Context(self._base, self._duplex.receive(messages.SILENT_SEED, _SEED_OCTETS))
            self._base.erase()
        context = self._context
        secret, chosen, masks = _parts(self._reserve, parameters)
        seed = np.frombuffer(self._randomness.octets(_BLOCK_OCTETS), "<u8").astype(np.uint64)
        roots = expand(seed[None], parameters.blocks)[0]
        leaves, sums = grow(context.tree_keys, roots, delta, parameters.log2_block)
        corrections = sums ^ chosen.reshape(sums.shape)
        self._duplex.send(messages.TREE_CORRECTIONS, corrections.astype("<u8").tobytes())
        rows = leaves.reshape(-1, 2)
        answer = self._duplex.receive(messages.TREE_CHALLENGE, 2 * _BLOCK_OCTETS)
        total = weigh(expand_key(answer[:_BLOCK_OCTETS]), rows)
        masked = np.frombuffer(answer[_BLOCK_OCTETS:], "<u8").astype(np.uint64)
        total ^= _packed(masks) ^ multiply(masked, delta)
        self._duplex.send(messages.TREE_CHECK, context.digest(self._batches, total))
        add_encoded(context.code_keys, self._batches, secret, rows)
        self._batches += 1
        self._reserve[:] = 0
        self._reserve = rows[: parameters.consumed].copy()
        return rows[parameters.consumed :]


class SilentReceiver:
    """The party that holds choice bits; used as a `CorrelatedReceiver`."""

    __slots__ = ("_base", "_batches", "_bits", "_context", "_duplex", "_erased", "_macs", "_parameters",
                 "_randomness", "_reserve", "_reserve_bits", "extended")  # fmt: skip

    def __init__(
        self,
        *,
        base: CorrelatedReceiver,
        duplex: Duplex,
        randomness: Randomness,
        parameters: SilentParameters,
    ) -> None:
        self._base = base
        self._duplex = duplex
        self._randomness = randomness
        self._parameters = parameters
        self._reserve_bits = np.empty(0, np.uint8)
        self._reserve = np.empty((0, 2), np.uint64)
        self._bits: Stock[np.uint8] = Stock(np.empty(0, np.uint8))
        self._macs: Stock[np.uint64] = Stock(np.empty((0, 2), np.uint64))
        self._context: _Context | None = None
        self._batches = 0
        self._erased = False
        self.extended = 0

    @classmethod
    def setup(
        cls,
        duplex: Duplex,
        randomness: Randomness,
        session_id: bytes,
        direction: bytes,
        log2_leaves: int,
        parameters: SilentParameters,
    ) -> Self:
        """Set up the extension that the first batch is made from; see `CorrelatedReceiver.setup`."""
        base = CorrelatedReceiver.setup(duplex, randomness, session_id, direction, log2_leaves)
        return cls(base=base, duplex=duplex, randomness=randomness, parameters=parameters)

    @property
    def session_id(self) -> bytes:
        """The session that every hash is bound to."""
        return self._base.session_id

    @property
    def direction(self) -> bytes:
        """Who sends to whom."""
        return self._base.direction

    def extend(self, count: int) -> tuple[Bits, Words]:
        """Make `count` further transfers; return bits uint8[count] and macs uint64[count, 2].

        The trees of every batch have passed the check when it returns; rejects with
        `engine/inconsistent-oblivious-transfer`, and the object must not be used after that. Provisional, as
        the bits of `CorrelatedReceiver` are, until the sender has accepted the extension before the first
        batch, which it has when it sends that batch.
        """
        _check_use(count, self._erased)
        while len(self._bits) < count:
            bits, macs = self._batch()
            self._bits.add(bits)
            self._macs.add(macs)
        self.extended += count
        return self._bits.take(count), self._macs.take(count)

    def erase(self) -> None:
        """Forget bits and macs that were not given out and all that would make more."""
        self._reserve[:] = 0
        self._reserve_bits[:] = 0
        self._macs.erase()
        self._bits.erase()
        self._erased = True
        self._base.erase()

    def _batch(self) -> tuple[Bits, Words]:
        parameters = self._parameters
        if self._context is None:
            self._reserve_bits, self._reserve = self._base.extend(parameters.consumed)
            seed = self._randomness.octets(_SEED_OCTETS)
            self._duplex.send(messages.SILENT_SEED, seed)
            self._context = _Context(self._base, seed)
            self._base.erase()
        context = self._context
        secret, chosen, masks = _parts(self._reserve, parameters)
        secret_bits, sides, mask_bits = _parts(self._reserve_bits, parameters)
        shape = (parameters.blocks, parameters.log2_block)
        sides = sides.reshape(shape)
        octets = self._duplex.receive(messages.TREE_CORRECTIONS, _BLOCK_OCTETS * sides.size)
        corrections = np.frombuffer(octets, "<u8").astype(np.uint64).reshape(*shape, 2)
        sums = corrections ^ chosen.reshape(*shape, 2)
        rows = regrow(context.tree_keys, sums, sides.astype(np.uint64)).reshape(-1, 2)
        places = _places(sides)
        self._check(rows, places, masks, mask_bits)
        bits = _noise(parameters, places)
        add_encoded_bits(context.code_keys, self._batches, secret, secret_bits, rows, bits)
        self._batches += 1
        self._reserve[:] = 0
        self._reserve_bits[:] = 0
        consumed = parameters.consumed
        self._reserve, self._reserve_bits = rows[:consumed].copy(), bits[:consumed].copy()
        return bits[consumed:], rows[consumed:]

    def _check(self, rows: Words, places: Words, masks: Words, mask_bits: Bits) -> None:
        """Compare a random combination of all leaves with the sender's, which it draws after their corrections."""
        if self._context is None:
            raise Refused("engine/out-of-order", "no batch was begun")
        challenge = self._randomness.octets(_BLOCK_OCTETS)
        keys = expand_key(challenge)
        noise = np.bitwise_xor.reduce(weights(keys, places), axis=0)
        mask = np.packbits(mask_bits, bitorder="little").view("<u8").astype(np.uint64)
        self._duplex.send(messages.TREE_CHALLENGE, challenge + (noise ^ mask).astype("<u8").tobytes())
        expected = self._context.digest(self._batches, weigh(keys, rows) ^ _packed(masks))
        if not hmac.compare_digest(self._duplex.receive(messages.TREE_CHECK, _DIGEST_OCTETS), expected):
            raise Refused("engine/inconsistent-oblivious-transfer", "trees of a silent batch")


class _Context:
    """What both parties derive from the receiver's public seed, the session and the direction."""

    __slots__ = ("_binding", "code_keys", "tree_keys")

    def __init__(self, base: CorrelatedSender | CorrelatedReceiver, seed: bytes) -> None:
        parts = (base.session_id, base.direction, seed)
        self._binding = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
        keys = hashlib.sha256(_PUBLIC_KEYS + self._binding).digest()
        self.tree_keys = expand_key(keys[:_BLOCK_OCTETS])
        self.code_keys = expand_key(keys[_BLOCK_OCTETS:])

    def digest(self, batch: int, total: Words) -> bytes:
        """The sender's answer: a hash of its combination, so that a false challenge shows nothing of delta."""
        number = batch.to_bytes(8, "little")
        return hashlib.sha256(_CHECK + self._binding + number + total.astype("<u8").tobytes()).digest()


def _check_use(count: int, erased: bool) -> None:
    if count < 0:
        raise ValueError("the number of transfers is not negative")
    if erased:
        raise Refused("engine/out-of-order", "the extension was erased")


def _parts(
    consumed: NDArray[_T], parameters: SilentParameters
) -> tuple[NDArray[_T], NDArray[_T], NDArray[_T]]:
    """What a batch consumes: the secret of the code, the sides of the trees, the mask of the check."""
    first = parameters.secret
    last = len(consumed) - CHECK_TRANSFERS
    return consumed[:first], consumed[first:last], consumed[last:]


def _packed(blocks: Words) -> Words:
    """128 keys or macs as those of the field element whose bits their choices are, uint64[2] (figure 7)."""
    return inner(blocks, powers(_X, CHECK_TRANSFERS))


def _places(sides: Bits) -> Words:
    """The number of each tree's missing leaf among all leaves, uint64[blocks]: the path opposite to the sides."""
    trees, levels = sides.shape
    values = np.uint64(1) << np.arange(levels, dtype=np.uint64)[::-1]
    numbers: Words = ((1 - sides).astype(np.uint64) * values).sum(axis=1, dtype=np.uint64)
    return numbers + (np.arange(trees, dtype=np.uint64) << np.uint64(levels))


def _noise(parameters: SilentParameters, places: Words) -> Bits:
    """The noise as bits, uint8[n]: one at each place, written where it is not as well."""
    block = 1 << parameters.log2_block
    inside = places & np.uint64(block - 1)  # places are secret, and division takes its time by its operands
    noise: Bits = np.equal(np.arange(block, dtype=np.uint64), inside[:, None]).view(np.uint8)
    return noise.reshape(-1)
