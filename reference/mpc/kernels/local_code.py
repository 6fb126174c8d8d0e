"""A random linear code of which each output bit or block is the sum of ten inputs.

Ten: the locality of Ferret (eprint 2020/924, section 6) and of Zakarias' analysis it rests on. Inputs are 2^b in
number; the positions for output i of a batch are the low b bits, then the next two times b, of the four words of
the blocks 2i and 2i + 1 of AES-128 in counter mode under a public key, three positions to a word, the last
two words giving three and one. The batch is the high word of the counter: each batch has a code of its own.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ...foundation.compiled import Block, compiled, inlined
from .aes import encrypt_four, encrypt_with_openssl
from .blocks import Bits, Words, aligned, check_words

LOCALITY = 10
Places: TypeAlias = tuple[np.uint64, ...]
_ZERO = np.uint64(0)
_TWO = np.uint64(2)
_ONE = np.uint64(1)
_LARGEST = 21  # three positions in a word of 64 bits
_TILE = 4096


def add_encoded(round_keys: Words, batch: int, secret: Words, rows: Words) -> None:
    """Add the codeword of `secret`, uint64[2^b, 2], to `rows`, uint64[n, 2], n even."""
    _check(secret, rows)
    _add_encoded(aligned(round_keys), np.uint64(batch), np.uint64(_bits(secret)), aligned(secret), rows)


def add_encoded_bits(
    round_keys: Words, batch: int, secret: Words, secret_bits: Bits, rows: Words, bits: Bits
) -> None:
    """Do as `add_encoded`, and the same with `secret_bits`, uint8[2^b], and `bits`, uint8[n]."""
    _check(secret, rows)
    if secret_bits.shape != (len(secret),) or bits.shape != (len(rows),):
        raise ValueError("there is one bit for each row")
    number = np.uint64(_bits(secret))
    _add_encoded_bits(aligned(round_keys), np.uint64(batch), number, aligned(secret), secret_bits, rows, bits)


def _bits(secret: Words) -> int:
    return len(secret).bit_length() - 1


def _check(secret: Words, rows: Words) -> None:
    check_words("secret", secret, (1 << _bits(secret), 2))
    check_words("rows", rows, (len(rows), 2))
    if not 1 <= _bits(secret) <= _LARGEST or len(rows) % 2:
        raise ValueError("the secret has 2^1 to 2^21 blocks, the number of rows is even")


@inlined
def _places(a: Block, b: Block, width: np.uint64) -> Places:
    """The ten positions that two blocks hold."""
    mask = (_ONE << width) - _ONE
    twice = width + width
    return (
        a[0] & mask,
        (a[0] >> width) & mask,
        (a[0] >> twice) & mask,
        a[1] & mask,
        (a[1] >> width) & mask,
        (a[1] >> twice) & mask,
        b[0] & mask,
        (b[0] >> width) & mask,
        (b[0] >> twice) & mask,
        b[1] & mask,
    )


@inlined
def _gather(secret: Words, places: Places) -> Block:
    low, high = _ZERO, _ZERO
    for place in places:
        low ^= secret[place, 0]
        high ^= secret[place, 1]
    return low, high


@inlined
def _gather_bits(secret: Bits, places: Places) -> np.uint8:
    bit = np.uint8(0)
    for place in places:
        bit ^= secret[place]
    return bit


@inlined
def _position_blocks(round_keys: Words, batch: np.uint64, row: int) -> tuple[Block, Block, Block, Block]:
    """The blocks from which the positions of outputs `row` and `row` + 1 are read."""
    first = _TWO * np.uint64(row)
    return encrypt_four(
        round_keys,
        (first, batch),
        (first + _ONE, batch),
        (first + _TWO, batch),
        (first + _TWO + _ONE, batch),
    )


def _positions(key: Words, batch: np.uint64, width: np.uint64, start: int, end: int) -> Words:
    counters = np.empty((2 * (end - start), 2), np.uint64)
    counters[:, 0] = np.arange(2 * start, 2 * end, dtype=np.uint64)
    counters[:, 1] = batch
    words = encrypt_with_openssl(key, counters).reshape(-1, 4)
    mask = (_ONE << width) - _ONE
    parts = [(words >> (np.uint64(third) * width)) & mask for third in range(3)]
    return np.stack(parts, axis=2).reshape(-1, 12)[:, :LOCALITY]


def _add_encoded_portable(
    round_keys: Words, batch: np.uint64, width: np.uint64, secret: Words, rows: Words
) -> None:
    for start in range(0, len(rows), _TILE):
        end = min(start + _TILE, len(rows))
        positions = _positions(round_keys[0], batch, width, start, end)
        rows[start:end] ^= np.bitwise_xor.reduce(secret[positions], axis=1)


def _add_encoded_bits_portable(
    round_keys: Words,
    batch: np.uint64,
    width: np.uint64,
    secret: Words,
    secret_bits: Bits,
    rows: Words,
    bits: Bits,
) -> None:
    _add_encoded_portable(round_keys, batch, width, secret, rows)
    for start in range(0, len(rows), _TILE):
        end = min(start + _TILE, len(rows))
        positions = _positions(round_keys[0], batch, width, start, end)
        bits[start:end] ^= np.bitwise_xor.reduce(secret_bits[positions], axis=1)


@compiled(
    "const uint64[:,:], uint64, uint64, const uint64[:,:], uint64[:,:]",
    features=("aes",),
    portable=_add_encoded_portable,
)
def _add_encoded(round_keys: Words, batch: np.uint64, width: np.uint64, secret: Words, rows: Words) -> None:
    for row in range(0, rows.shape[0], 2):
        a, b, c, d = _position_blocks(round_keys, batch, row)
        low, high = _gather(secret, _places(a, b, width))
        rows[row, 0] ^= low
        rows[row, 1] ^= high
        low, high = _gather(secret, _places(c, d, width))
        rows[row + 1, 0] ^= low
        rows[row + 1, 1] ^= high


@compiled(
    "const uint64[:,:], uint64, uint64, const uint64[:,:], const uint8[:], uint64[:,:], uint8[:]",
    features=("aes",),
    portable=_add_encoded_bits_portable,
)
def _add_encoded_bits(
    round_keys: Words,
    batch: np.uint64,
    width: np.uint64,
    secret: Words,
    secret_bits: Bits,
    rows: Words,
    bits: Bits,
) -> None:
    for row in range(0, rows.shape[0], 2):
        a, b, c, d = _position_blocks(round_keys, batch, row)
        low, high = _gather(secret, _places(a, b, width))
        rows[row, 0] ^= low
        rows[row, 1] ^= high
        bits[row] ^= _gather_bits(secret_bits, _places(a, b, width))
        low, high = _gather(secret, _places(c, d, width))
        rows[row + 1, 0] ^= low
        rows[row + 1, 1] ^= high
        bits[row + 1] ^= _gather_bits(secret_bits, _places(c, d, width))
