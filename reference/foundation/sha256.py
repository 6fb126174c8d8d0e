"""SHA-256 with its chaining value in the open (FIPS 180-4, section 6.2), for a shared key schedule.

In the split key schedule the HMAC key's padded block is compressed inside the two-party computation and the
chaining value after it is opened; both parties continue the inner hash from there themselves, over public
messages. A session needs a few dozen compressions, so plain Python is enough.
"""

from __future__ import annotations

import struct
from typing import Final

BLOCK_SIZE: Final = 64
STATE_SIZE: Final = 32
_WORD: Final = 0xFFFFFFFF


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


# The first 32 fraction bits of the cube roots of the first 64 primes (section 4.2.2).
_ROUND_CONSTANTS: Final = tuple(_cube_root(prime << 96) & _WORD for prime in _primes(64))


def compress(state: bytes, block: bytes) -> bytes:
    """Return the chaining value (32 octets) after one block (64 octets) from `state` (32 octets)."""
    if len(state) != STATE_SIZE or len(block) != BLOCK_SIZE:
        raise ValueError("a state is 32 octets, a block 64")
    schedule = list(struct.unpack(">16I", block))
    for index in range(16, 64):
        early, late = schedule[index - 15], schedule[index - 2]
        small_zero = _rotate(early, 7) ^ _rotate(early, 18) ^ early >> 3
        small_one = _rotate(late, 17) ^ _rotate(late, 19) ^ late >> 10
        schedule.append((schedule[index - 16] + small_zero + schedule[index - 7] + small_one) & _WORD)
    before = struct.unpack(">8I", state)
    a, b, c, d, e, f, g, h = before
    for constant, word in zip(_ROUND_CONSTANTS, schedule, strict=True):
        big_one = _rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)
        choice = e & f ^ ~e & g
        first = (h + big_one + choice + constant + word) & _WORD
        big_zero = _rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)
        majority = a & b ^ a & c ^ b & c
        a, b, c, d, e, f, g, h = (first + big_zero + majority) & _WORD, a, b, c, (d + first) & _WORD, e, f, g
    after = (a, b, c, d, e, f, g, h)
    return struct.pack(">8I", *((old + new) & _WORD for old, new in zip(before, after, strict=True)))


def padded(message: bytes, octets_before: int) -> bytes:
    """Return `message` padded as the end of an input that began with `octets_before` octets, whole blocks."""
    length = octets_before + len(message)
    zeros = -(len(message) + 9) % BLOCK_SIZE
    return message + b"\x80" + bytes(zeros) + (8 * length).to_bytes(8, "big")


def inner_digest(inner_state: bytes, message: bytes) -> bytes:
    """Return SHA-256 of one block followed by `message`, given the chaining value after that block.

    With the chaining value of an HMAC key's inner block this is HMAC's inner digest (RFC 2104): 32 octets.
    """
    state = inner_state
    content = padded(message, BLOCK_SIZE)
    for start in range(0, len(content), BLOCK_SIZE):
        state = compress(state, content[start : start + BLOCK_SIZE])
    return state


def _rotate(word: int, count: int) -> int:
    return (word >> count | word << (32 - count)) & _WORD
