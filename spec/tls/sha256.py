"""SHA-256 down to its compression function, because the split of HMAC works on the states between
compressions.

Source: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. Whole messages are hashed with `hashlib`
elsewhere.
"""

from __future__ import annotations

from math import isqrt
from typing import TypeAlias

BLOCK_LENGTH = 64
DIGEST_LENGTH = 32

State: TypeAlias = bytes
"""Eight words of 32 bits, big-endian: 32 octets. The state after the last block is the digest."""

_WORD_MASK = 0xFFFFFFFF


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _cube_root(value: int) -> int:
    low, high = 0, 1 << (value.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**3 <= value:
            low = middle
        else:
            high = middle - 1
    return low


INITIAL_STATE: State = b"".join((isqrt(prime << 64) & _WORD_MASK).to_bytes(4, "big") for prime in _primes(8))
"""The first 32 bits of the fractional parts of the square roots of the first eight primes."""

_ROUND_CONSTANTS = [_cube_root(prime << 96) & _WORD_MASK for prime in _primes(64)]
"""The first 32 bits of the fractional parts of the cube roots of the first 64 primes."""


def _rotate_right(word: int, count: int) -> int:
    return ((word >> count) | (word << (32 - count))) & _WORD_MASK


def _schedule(block: bytes) -> list[int]:
    words = [int.from_bytes(block[i : i + 4], "big") for i in range(0, BLOCK_LENGTH, 4)]
    for t in range(16, 64):
        before, near = words[t - 15], words[t - 2]
        small_sigma_of_before = _rotate_right(before, 7) ^ _rotate_right(before, 18) ^ (before >> 3)
        small_sigma_of_near = _rotate_right(near, 17) ^ _rotate_right(near, 19) ^ (near >> 10)
        words.append(
            (small_sigma_of_near + words[t - 7] + small_sigma_of_before + words[t - 16]) & _WORD_MASK
        )
    return words


def compress(state: State, block: bytes) -> State:
    """C(state, block) of section 6.2.2: 32 octets of state and 64 of message give the next state."""
    start = [int.from_bytes(state[i : i + 4], "big") for i in range(0, DIGEST_LENGTH, 4)]
    a, b, c, d, e, f, g, h = start
    for constant, word in zip(_ROUND_CONSTANTS, _schedule(block), strict=True):
        sigma_of_e = _rotate_right(e, 6) ^ _rotate_right(e, 11) ^ _rotate_right(e, 25)
        choice = (e & f) ^ (~e & _WORD_MASK & g)
        first = (h + sigma_of_e + choice + constant + word) & _WORD_MASK
        sigma_of_a = _rotate_right(a, 2) ^ _rotate_right(a, 13) ^ _rotate_right(a, 22)
        majority = (a & b) ^ (a & c) ^ (b & c)
        a, b, c, d, e, f, g, h = (
            (first + sigma_of_a + majority) & _WORD_MASK, a, b, c, (d + first) & _WORD_MASK, e, f, g,
        )  # fmt: skip
    end = (a, b, c, d, e, f, g, h)
    return b"".join(
        ((old + new) & _WORD_MASK).to_bytes(4, "big") for old, new in zip(start, end, strict=True)
    )


def finish(state: State, octets_before: int, rest: bytes) -> State:
    """The digest of a message whose first `octets_before` octets, whole blocks, led to `state`.

    Appends the padding of section 5.1.1 to the rest, and compresses.
    """
    length = octets_before + len(rest)
    padded = rest + b"\x80" + bytes(-(length + 9) % BLOCK_LENGTH) + (8 * length).to_bytes(8, "big")
    for start in range(0, len(padded), BLOCK_LENGTH):
        state = compress(state, padded[start : start + BLOCK_LENGTH])
    return state
