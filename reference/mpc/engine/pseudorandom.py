"""What both parties compute alone of the TLS 1.2 pseudorandom function: inner digests from an opened inner
state.
"""

from __future__ import annotations

import struct
from typing import Final

from ...foundation.errors import Refused

STATE_OCTETS: Final = 32
_WORD: Final = 0xFFFFFFFF
_BLOCK: Final = 64


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _cube_root_fraction(value: int) -> int:
    """First 32 bits of the fractional part of the cube root of `value` (FIPS 180-4 section 4.2.2)."""
    target = value << 96
    root = 0
    for bit in reversed(range(40)):
        if (root | 1 << bit) ** 3 <= target:
            root |= 1 << bit
    return root & _WORD


_ROUND_CONSTANTS: Final = tuple(_cube_root_fraction(prime) for prime in _primes(64))


def _rotate(value: int, distance: int) -> int:
    return (value >> distance | value << (32 - distance)) & _WORD


def compress(state: bytes, block: bytes) -> bytes:
    """SHA-256's compression function on a chaining value of 32 octets and a block of 64 (FIPS 180-4 section
    6.2.2).
    """
    if len(state) != STATE_OCTETS or len(block) != _BLOCK:
        raise Refused("engine/wrong-length", "a compression takes a state of 32 octets and a block of 64")
    schedule = list(struct.unpack(">16I", block))
    for index in range(16, 64):
        early, late = schedule[index - 15], schedule[index - 2]
        small = _rotate(early, 7) ^ _rotate(early, 18) ^ early >> 3
        large = _rotate(late, 17) ^ _rotate(late, 19) ^ late >> 10
        schedule.append((schedule[index - 16] + small + schedule[index - 7] + large) & _WORD)
    chaining = struct.unpack(">8I", state)
    a, b, c, d, e, f, g, h = chaining
    for constant, word in zip(_ROUND_CONSTANTS, schedule, strict=True):
        choice = (e & f) ^ (~e & g)
        first = h + (_rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)) + choice + constant + word
        majority = (a & b) ^ (a & c) ^ (b & c)
        second = (_rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)) + majority
        a, b, c, d, e, f, g, h = (first + second) & _WORD, a, b, c, (d + first) & _WORD, e, f, g
    return struct.pack(
        ">8I", *((old + new) & _WORD for old, new in zip(chaining, (a, b, c, d, e, f, g, h), strict=True))
    )


def inner_digest(inner_state: bytes, message: bytes) -> bytes:
    """Inner digest of an HMAC-SHA-256: the hash of key pad and `message`, continued from the state after the
    key pad.

    Run by both parties on opened values, so that neither can name an inner digest of its own choice (RFC
    2104).
    """
    length = struct.pack(">Q", 8 * (_BLOCK + len(message)))
    padded = message + b"\x80" + bytes((_BLOCK - 9 - len(message)) % _BLOCK) + length
    state = inner_state
    for start in range(0, len(padded), _BLOCK):
        state = compress(state, padded[start : start + _BLOCK])
    return state
