"""AES-128 (FIPS 197) with the processor's instructions: key expansion, a fixed-key permutation, a generator.

Blocks, keys and seeds are rows of two uint64 (see `blocks`). The kernels run in constant time. Their portable
twins encrypt with OpenSSL, which does where the processor lets it; the portable key expansion looks key
octets up in a table and does not, it serves keys known to both parties.
"""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ...foundation.compiled import Block, compiled, inlined, vector_instruction
from .blocks import Words, aligned, block_from_octets, load, store, xor

_LOW_HALF = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_OCTET = np.uint64(8)
_THREE_OCTETS = np.uint64(24)
_ZERO = np.uint64(0)
_ROUND_CONSTANTS = (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1B, 0x36)

encrypt_round = vector_instruction("llvm.x86.aesni.aesenc")
encrypt_last_round = vector_instruction("llvm.x86.aesni.aesenclast")


def expand_key(key: bytes) -> Words:
    """Expand a key of 16 octets into round keys.

    Returns uint64[11, 2]. Source: FIPS 197, section 5.2.
    """
    round_keys = np.empty((11, 2), np.uint64)
    _expand_key(block_from_octets(key), round_keys)
    return round_keys


def encrypt(round_keys: Words, blocks: Words) -> Words:
    """Encrypt independent blocks under one expanded key.

    `round_keys` is uint64[11, 2] of `expand_key`, `blocks` uint64[n, 2]; returns uint64[n, 2]. Source: FIPS
    197.
    """
    if round_keys.shape != (11, 2) or blocks.ndim != 2 or blocks.shape[1] != 2:
        raise ValueError("round keys are uint64[11, 2], blocks uint64[n, 2]")
    encrypted = np.empty(blocks.shape, np.uint64)
    _encrypt(aligned(round_keys), aligned(blocks), encrypted)
    return encrypted


def expand(seeds: Words, blocks: int) -> Words:
    """Expand each seed into `blocks` pseudorandom blocks: 0, 1, 2, ... encrypted under the seed as key.

    `seeds` is uint64[n, 2]; returns uint64[n, blocks, 2]. A seed must not serve any other purpose, and a
    longer expansion begins with the shorter one.
    """
    if seeds.ndim != 2 or seeds.shape[1] != 2 or blocks < 0:
        raise ValueError("seeds are uint64[n, 2] and the number of blocks is not negative")
    expanded = np.empty((seeds.shape[0], blocks, 2), np.uint64)
    _expand(aligned(seeds), expanded)
    return expanded


@inlined
def encrypt_one(round_keys: Words, a: Block) -> Block:
    """Encrypt one block."""
    a = xor(a, load(round_keys, 0))
    for index in range(1, 10):
        a = encrypt_round(a, load(round_keys, index))
    return encrypt_last_round(a, load(round_keys, 10))


@inlined
def encrypt_two(round_keys: Words, a: Block, b: Block) -> tuple[Block, Block]:
    """Encrypt two independent blocks, round by round side by side."""
    key = load(round_keys, 0)
    a, b = xor(a, key), xor(b, key)
    for index in range(1, 10):
        key = load(round_keys, index)
        a, b = encrypt_round(a, key), encrypt_round(b, key)
    key = load(round_keys, 10)
    return encrypt_last_round(a, key), encrypt_last_round(b, key)


@inlined
def encrypt_three(round_keys: Words, a: Block, b: Block, c: Block) -> tuple[Block, Block, Block]:
    """Encrypt three independent blocks, round by round side by side."""
    key = load(round_keys, 0)
    a, b, c = xor(a, key), xor(b, key), xor(c, key)
    for index in range(1, 10):
        key = load(round_keys, index)
        a, b, c = encrypt_round(a, key), encrypt_round(b, key), encrypt_round(c, key)
    key = load(round_keys, 10)
    return encrypt_last_round(a, key), encrypt_last_round(b, key), encrypt_last_round(c, key)


@inlined
def encrypt_four(
    round_keys: Words, a: Block, b: Block, c: Block, d: Block
) -> tuple[Block, Block, Block, Block]:
    """Encrypt four independent blocks, round by round side by side."""
    key = load(round_keys, 0)
    a, b, c, d = xor(a, key), xor(b, key), xor(c, key), xor(d, key)
    for index in range(1, 10):
        key = load(round_keys, index)
        a, b = encrypt_round(a, key), encrypt_round(b, key)
        c, d = encrypt_round(c, key), encrypt_round(d, key)
    key = load(round_keys, 10)
    a, b = encrypt_last_round(a, key), encrypt_last_round(b, key)
    return a, b, encrypt_last_round(c, key), encrypt_last_round(d, key)


@inlined
def fill_round_keys(key: Block, round_keys: Words) -> None:
    """Expand one key; the low word of row i holds words 4i and 4i + 1 of FIPS 197, the high the others."""
    store(round_keys, 0, key)
    low, high = key
    for index in range(1, 11):
        last = high >> _HALF_WORD
        rotated = (last >> _OCTET) | ((last << _THREE_OCTETS) & _LOW_HALF)
        # All four columns alike, so that the instruction's ShiftRows changes nothing and SubBytes remains.
        rotated |= rotated << _HALF_WORD
        substituted, _ = encrypt_last_round(
            (rotated, rotated), (np.uint64(_ROUND_CONSTANTS[index - 1]), _ZERO)
        )
        first = (low ^ substituted) & _LOW_HALF
        second = first ^ (low >> _HALF_WORD)
        third = second ^ (high & _LOW_HALF)
        low = first | (second << _HALF_WORD)
        high = third | ((third ^ last) << _HALF_WORD)
        store(round_keys, index, (low, high))


def _substitution_box() -> bytes:
    """Compute the S-box of FIPS 197, section 5.1.1: inversion in GF(2^8), then an affine map."""
    powers = [1]  # of the generator x + 1
    for _ in range(254):
        double = powers[-1] << 1
        powers.append(double ^ (0x11B if double & 0x100 else 0) ^ powers[-1])
    inverses = {power: powers[-exponent % 255] for exponent, power in enumerate(powers)}
    box = bytearray()
    for octet in range(256):
        inverse = inverses.get(octet, 0)
        spread = inverse ^ (inverse << 1) ^ (inverse << 2) ^ (inverse << 3) ^ (inverse << 4)
        box.append((spread ^ (spread >> 8)) & 0xFF ^ 0x63)
    return bytes(box)


_SUBSTITUTION = _substitution_box()


def _expand_key_portable(key: Words, round_keys: Words) -> None:
    octets = key.astype("<u8").tobytes()
    words = [octets[start : start + 4] for start in range(0, 16, 4)]
    for constant in _ROUND_CONSTANTS:
        word = (words[-1][1:] + words[-1][:1]).translate(_SUBSTITUTION)
        word = bytes([word[0] ^ constant]) + word[1:]
        for _ in range(4):
            word = bytes(a ^ b for a, b in zip(word, words[-4], strict=True))
            words.append(word)
    round_keys[:] = np.frombuffer(b"".join(words), "<u8").reshape(11, 2)


def encrypt_with_openssl(key: Words, blocks: Words) -> Words:
    """Encrypt blocks uint64[..., 2] under a key uint64[2]; the portable way to do what `encrypt` does."""
    encryptor = Cipher(algorithms.AES(key.astype("<u8").tobytes()), modes.ECB()).encryptor()
    encrypted = np.frombuffer(encryptor.update(blocks.astype("<u8").tobytes()), "<u8")
    return encrypted.astype(np.uint64).reshape(blocks.shape)


def _encrypt_portable(round_keys: Words, blocks: Words, encrypted: Words) -> None:
    encrypted[:] = encrypt_with_openssl(round_keys[0], blocks)


def _expand_portable(seeds: Words, expanded: Words) -> None:
    counters = np.zeros(expanded.shape[1:], np.uint64)
    counters[:, 0] = np.arange(expanded.shape[1])
    for row, seed in enumerate(seeds):
        expanded[row] = encrypt_with_openssl(seed, counters)


@compiled("const uint64[:], uint64[:,:]", features=("aes",), portable=_expand_key_portable)
def _expand_key(key: Words, round_keys: Words) -> None:
    fill_round_keys((key[0], key[1]), round_keys)


@compiled("const uint64[:,:], const uint64[:,:], uint64[:,:]", features=("aes",), portable=_encrypt_portable)
def _encrypt(round_keys: Words, blocks: Words, encrypted: Words) -> None:
    count = blocks.shape[0]
    fours = count - count % 4
    for row in range(0, fours, 4):
        a, b, c, d = encrypt_four(
            round_keys, load(blocks, row), load(blocks, row + 1), load(blocks, row + 2), load(blocks, row + 3)
        )
        store(encrypted, row, a)
        store(encrypted, row + 1, b)
        store(encrypted, row + 2, c)
        store(encrypted, row + 3, d)
    for row in range(fours, count):
        store(encrypted, row, encrypt_one(round_keys, load(blocks, row)))


@compiled("const uint64[:,:], uint64[:,:,:]", features=("aes",), portable=_expand_portable)
def _expand(seeds: Words, expanded: Words) -> None:
    blocks = expanded.shape[1]
    pairs = blocks - blocks % 2
    round_keys = np.empty((11, 2), np.uint64)
    for row in range(seeds.shape[0]):
        fill_round_keys(load(seeds, row), round_keys)
        for block in range(0, pairs, 2):
            a, b = encrypt_two(round_keys, (np.uint64(block), _ZERO), (np.uint64(block + 1), _ZERO))
            store(expanded[row], block, a)
            store(expanded[row], block + 1, b)
        if pairs < blocks:
            store(expanded[row], pairs, encrypt_one(round_keys, (np.uint64(pairs), _ZERO)))
