"""AES-128 (FIPS 197) with the processor's instructions: key expansion, a fixed-key permutation, a generator.

Blocks, keys and seeds are rows of two little-endian uint64: the low word holds octets 0 to 7, the high one 8
to 15. The kernels run in constant time. Their portable twins look secrets up in tables and do not.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.compiled import HalfBlocks, compiled, inlined, vector_instruction

Words: TypeAlias = NDArray[np.uint64]
Octets: TypeAlias = NDArray[np.uint8]
FourBlocks: TypeAlias = tuple[
    np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64
]

ROUNDS = 10
_LOW_HALF = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_ROTATION = np.uint64(8)
_ROTATION_BACK = np.uint64(24)
_ZERO = np.uint64(0)
_ROUND_CONSTANTS = (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1B, 0x36)

encrypt_round = vector_instruction("llvm.x86.aesni.aesenc")
encrypt_last_round = vector_instruction("llvm.x86.aesni.aesenclast")


def expand_key(key: bytes) -> Words:
    """Expand a key of 16 octets into round keys.

    Returns uint64[11, 2]. Source: FIPS 197, section 5.2.
    """
    if len(key) != 16:
        raise ValueError("an AES-128 key has 16 octets")
    round_keys = np.empty((ROUNDS + 1, 2), np.uint64)
    _expand_key(np.frombuffer(key, "<u8").astype(np.uint64), round_keys)
    return round_keys


def encrypt(round_keys: Words, blocks: Words) -> Words:
    """Encrypt independent blocks under one expanded key.

    `round_keys` is uint64[11, 2] of `expand_key`, `blocks` uint64[n, 2]; returns uint64[n, 2]. Source: FIPS
    197.
    """
    if round_keys.shape != (ROUNDS + 1, 2) or blocks.ndim != 2 or blocks.shape[1] != 2:
        raise ValueError("round keys are uint64[11, 2], blocks uint64[n, 2]")
    encrypted = np.empty(blocks.shape, np.uint64)
    _encrypt(_rows(round_keys), _rows(blocks), encrypted)
    return encrypted


def expand(seeds: Words, blocks: int) -> Words:
    """Expand each seed into `blocks` pseudorandom blocks: 0, 1, 2, ... encrypted under the seed as key.

    `seeds` is uint64[n, 2]; returns uint64[n, blocks, 2]. A seed must not serve any other purpose, and a
    longer expansion begins with the shorter one.
    """
    if seeds.ndim != 2 or seeds.shape[1] != 2 or blocks < 0:
        raise ValueError("seeds are uint64[n, 2] and the number of blocks is not negative")
    expanded = np.empty((seeds.shape[0], blocks, 2), np.uint64)
    _expand(_rows(seeds), expanded)
    return expanded


def _rows(words: Words) -> Words:
    return np.require(words, np.uint64, ["C", "A"])


@inlined
def encrypt_block(round_keys: Words, low: np.uint64, high: np.uint64) -> HalfBlocks:
    """Encrypt one block inside a kernel."""
    low ^= round_keys[0, 0]
    high ^= round_keys[0, 1]
    for index in range(1, 10):
        low, high = encrypt_round(low, high, round_keys[index, 0], round_keys[index, 1])
    return encrypt_last_round(low, high, round_keys[10, 0], round_keys[10, 1])


@inlined
def encrypt_two(
    round_keys: Words, a_low: np.uint64, a_high: np.uint64, b_low: np.uint64, b_high: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Encrypt two independent blocks inside a kernel, round by round side by side."""
    low, high = round_keys[0, 0], round_keys[0, 1]
    a_low, a_high, b_low, b_high = a_low ^ low, a_high ^ high, b_low ^ low, b_high ^ high
    for index in range(1, 10):
        low, high = round_keys[index, 0], round_keys[index, 1]
        a_low, a_high = encrypt_round(a_low, a_high, low, high)
        b_low, b_high = encrypt_round(b_low, b_high, low, high)
    low, high = round_keys[10, 0], round_keys[10, 1]
    a_low, a_high = encrypt_last_round(a_low, a_high, low, high)
    b_low, b_high = encrypt_last_round(b_low, b_high, low, high)
    return a_low, a_high, b_low, b_high


@inlined
def encrypt_four(
    round_keys: Words,
    a_low: np.uint64,
    a_high: np.uint64,
    b_low: np.uint64,
    b_high: np.uint64,
    c_low: np.uint64,
    c_high: np.uint64,
    d_low: np.uint64,
    d_high: np.uint64,
) -> FourBlocks:
    """Encrypt four independent blocks inside a kernel, round by round side by side."""
    low, high = round_keys[0, 0], round_keys[0, 1]
    a_low, a_high, b_low, b_high = a_low ^ low, a_high ^ high, b_low ^ low, b_high ^ high
    c_low, c_high, d_low, d_high = c_low ^ low, c_high ^ high, d_low ^ low, d_high ^ high
    for index in range(1, 10):
        low, high = round_keys[index, 0], round_keys[index, 1]
        a_low, a_high = encrypt_round(a_low, a_high, low, high)
        b_low, b_high = encrypt_round(b_low, b_high, low, high)
        c_low, c_high = encrypt_round(c_low, c_high, low, high)
        d_low, d_high = encrypt_round(d_low, d_high, low, high)
    low, high = round_keys[10, 0], round_keys[10, 1]
    a_low, a_high = encrypt_last_round(a_low, a_high, low, high)
    b_low, b_high = encrypt_last_round(b_low, b_high, low, high)
    c_low, c_high = encrypt_last_round(c_low, c_high, low, high)
    d_low, d_high = encrypt_last_round(d_low, d_high, low, high)
    return a_low, a_high, b_low, b_high, c_low, c_high, d_low, d_high


@inlined
def fill_round_keys(low: np.uint64, high: np.uint64, round_keys: Words) -> None:
    """Expand one key inside a kernel; the words of FIPS 197 are w0 and w1 in `low`, w2 and w3 in `high`."""
    round_keys[0, 0] = low
    round_keys[0, 1] = high
    for index in range(1, 11):
        last = high >> _HALF_WORD
        rotated = (last >> _ROTATION) | ((last << _ROTATION_BACK) & _LOW_HALF)
        # All four columns alike, so that the instruction's ShiftRows changes nothing and SubBytes remains.
        rotated |= rotated << _HALF_WORD
        substituted, _ = encrypt_last_round(rotated, rotated, np.uint64(_ROUND_CONSTANTS[index - 1]), _ZERO)
        first = (low ^ substituted) & _LOW_HALF
        second = first ^ (low >> _HALF_WORD)
        third = second ^ (high & _LOW_HALF)
        fourth = third ^ last
        low = first | (second << _HALF_WORD)
        high = third | (fourth << _HALF_WORD)
        round_keys[index, 0] = low
        round_keys[index, 1] = high


def _substitution_box() -> Octets:
    """Compute the S-box of FIPS 197, section 5.1.1: inversion in GF(2^8), then an affine map."""
    powers = [1]  # of the generator 3 = x + 1
    for _ in range(254):
        double = powers[-1] << 1
        powers.append((double ^ (0x11B if double & 0x100 else 0)) ^ powers[-1])
    inverses = {power: powers[-exponent % 255] for exponent, power in enumerate(powers)}
    box = np.empty(256, np.uint8)
    for octet in range(256):
        inverse = inverses.get(octet, 0)
        spread = inverse ^ (inverse << 1) ^ (inverse << 2) ^ (inverse << 3) ^ (inverse << 4)
        box[octet] = ((spread ^ (spread >> 8)) & 0xFF) ^ 0x63
    return box


_SUBSTITUTION = _substitution_box()
_DOUBLED = np.array([(octet << 1) ^ (0x11B if octet & 0x80 else 0) for octet in range(256)], np.uint8)
_SHIFTED_ROWS = np.array([(position * 5) % 16 for position in range(16)])


def _octets(words: Words) -> Octets:
    return words.astype("<u8").view(np.uint8)


def _round_keys_portable(keys: Words) -> Octets:
    """Expand keys uint64[n, 2] into uint8[n, 11, 16], for all keys at once."""
    columns = [_octets(keys)[:, 4 * index : 4 * index + 4] for index in range(4)]
    for constant in _ROUND_CONSTANTS:
        substituted = _SUBSTITUTION[np.roll(columns[-1], -1, axis=1)]
        substituted[:, 0] ^= constant
        columns.append(columns[-4] ^ substituted)
        for _ in range(3):
            columns.append(columns[-4] ^ columns[-1])
    return np.concatenate(columns, axis=1).reshape(-1, ROUNDS + 1, 16)


def _encrypt_octets(round_keys: Octets, blocks: Octets) -> Words:
    """Encrypt uint8[n, k, 16] under uint8[n, 11, 16], or under uint8[1, 11, 16] for all n."""
    state = blocks ^ round_keys[:, None, 0]
    for index in range(1, ROUNDS):
        columns = _SUBSTITUTION[state][..., _SHIFTED_ROWS].reshape(*state.shape[:2], 4, 4)
        parity = np.bitwise_xor.reduce(columns, axis=-1, keepdims=True)
        mixed = columns ^ parity ^ _DOUBLED[columns ^ np.roll(columns, -1, axis=-1)]
        state = mixed.reshape(state.shape) ^ round_keys[:, None, index]
    state = _SUBSTITUTION[state][..., _SHIFTED_ROWS] ^ round_keys[:, None, ROUNDS]
    return np.ascontiguousarray(state).view("<u8").astype(np.uint64)


def _expand_key_portable(key: Words, round_keys: Words) -> None:
    round_keys[:] = _round_keys_portable(key[None])[0].view("<u8")


def _encrypt_portable(round_keys: Words, blocks: Words, encrypted: Words) -> None:
    encrypted[:] = _encrypt_octets(_octets(round_keys)[None], _octets(blocks)[None])[0]


def _expand_portable(seeds: Words, expanded: Words) -> None:
    counters = np.zeros((1, expanded.shape[1], 2), np.uint64)
    counters[0, :, 0] = np.arange(expanded.shape[1])
    expanded[:] = _encrypt_octets(_round_keys_portable(seeds), _octets(counters))


@compiled("const uint64[:], uint64[:,:]", features=("aes",), portable=_expand_key_portable)
def _expand_key(key: Words, round_keys: Words) -> None:
    fill_round_keys(key[0], key[1], round_keys)


@compiled("const uint64[:,:], const uint64[:,:], uint64[:,:]", features=("aes",), portable=_encrypt_portable)
def _encrypt(round_keys: Words, blocks: Words, encrypted: Words) -> None:
    count = blocks.shape[0]
    fours = count - count % 4
    for row in range(0, fours, 4):
        (
            encrypted[row, 0],
            encrypted[row, 1],
            encrypted[row + 1, 0],
            encrypted[row + 1, 1],
            encrypted[row + 2, 0],
            encrypted[row + 2, 1],
            encrypted[row + 3, 0],
            encrypted[row + 3, 1],
        ) = encrypt_four(
            round_keys,
            blocks[row, 0],
            blocks[row, 1],
            blocks[row + 1, 0],
            blocks[row + 1, 1],
            blocks[row + 2, 0],
            blocks[row + 2, 1],
            blocks[row + 3, 0],
            blocks[row + 3, 1],
        )
    for row in range(fours, count):
        encrypted[row, 0], encrypted[row, 1] = encrypt_block(round_keys, blocks[row, 0], blocks[row, 1])


@compiled("const uint64[:,:], uint64[:,:,:]", features=("aes",), portable=_expand_portable)
def _expand(seeds: Words, expanded: Words) -> None:
    blocks = expanded.shape[1]
    pairs = blocks - blocks % 2
    round_keys = np.empty((11, 2), np.uint64)
    for row in range(seeds.shape[0]):
        fill_round_keys(seeds[row, 0], seeds[row, 1], round_keys)
        for block in range(0, pairs, 2):
            (
                expanded[row, block, 0],
                expanded[row, block, 1],
                expanded[row, block + 1, 0],
                expanded[row, block + 1, 1],
            ) = encrypt_two(round_keys, np.uint64(block), _ZERO, np.uint64(block + 1), _ZERO)
        if pairs < blocks:
            last = encrypt_block(round_keys, np.uint64(pairs), _ZERO)
            expanded[row, pairs, 0], expanded[row, pairs, 1] = last
