"""The SHA-256 compression function (FIPS 180-4) and its uses in HMAC (RFC 2104), constants folded in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...foundation.errors import Refused
from .builder import FALSE, Builder, Wire
from .circuit import Circuit
from .gadgets import add_words, constant, octet_constant, reverse_octets, split, xor_words
from .store import kept

BLOCK_OCTETS: Final = 64


def _first_primes(count: int) -> list[int]:
    """Return the first prime numbers."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return primes


def _root_fraction(number: int, degree: int) -> int:
    """Return the first 32 bits of the fractional part of the root, exactly."""
    scaled = number << (32 * degree)
    low, high = 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= scaled else (low, middle)
    return low & 0xFFFFFFFF


# FIPS 180-4 sections 4.2.2 and 5.3.3: cube roots of the first 64 primes, square roots of the first 8.
ROUND_CONSTANTS: Final = tuple(_root_fraction(prime, 3) for prime in _first_primes(64))
INITIAL_STATE: Final = b"".join(_root_fraction(prime, 2).to_bytes(4, "big") for prime in _first_primes(8))


def _rotate(word: Sequence[Wire], distance: int) -> list[Wire]:
    """Rotate to the right."""
    return [*word[distance:], *word[:distance]]


def _shift(word: Sequence[Wire], distance: int) -> list[Wire]:
    """Shift to the right."""
    return [*word[distance:], *[FALSE] * distance]


def compress(builder: Builder, state: Sequence[Wire], block: Sequence[Wire]) -> list[Wire]:
    """Return the next state (256 bits, octets in digest order) from a state and a block of 512 bits.

    Source: FIPS 180-4 section 6.2.2. Ch and Maj cost one AND a bit, additions one AND a bit and operand,
    schedule words are built when their round needs them.
    """
    schedule = [reverse_octets(word) for word in split(block, 32)]
    initial = [reverse_octets(word) for word in split(state, 32)]
    a, b, c, d, e, f, g, h = initial
    for position, round_constant in enumerate(ROUND_CONSTANTS):
        if position >= 16:
            before, after = schedule[position - 15], schedule[position - 2]
            low = xor_words(builder, _rotate(before, 7), _rotate(before, 18), _shift(before, 3))
            high = xor_words(builder, _rotate(after, 17), _rotate(after, 19), _shift(after, 10))
            schedule.append(
                add_words(builder, high, schedule[position - 7], low, schedule[position - 16], size=32)
            )
        total_e = xor_words(builder, _rotate(e, 6), _rotate(e, 11), _rotate(e, 25))
        total_a = xor_words(builder, _rotate(a, 2), _rotate(a, 13), _rotate(a, 22))
        choice = [
            builder.xor(no, builder.and_(bit, builder.xor(yes, no)))
            for bit, yes, no in zip(e, f, g, strict=True)
        ]
        majority = [
            builder.xor(second, builder.and_(builder.xor(first, second), builder.xor(second, third)))
            for first, second, third in zip(a, b, c, strict=True)
        ]
        addend = constant(round_constant, 32)
        first_sum = add_words(builder, h, total_e, choice, schedule[position], addend, size=32)
        h, g, f, e = g, f, e, add_words(builder, d, first_sum, size=32)
        d, c, b, a = c, b, a, add_words(builder, first_sum, total_a, majority, size=32)
    final = (a, b, c, d, e, f, g, h)
    words = [add_words(builder, old, new, size=32) for old, new in zip(initial, final, strict=True)]
    return [bit for word in words for bit in reverse_octets(word)]


def key_states(builder: Builder, key: Sequence[Wire]) -> tuple[list[Wire], list[Wire]]:
    """Return the inner and the outer state of HMAC-SHA256 under a key of at most 64 octets."""
    padded = [*key, *[FALSE] * (8 * BLOCK_OCTETS - len(key))]
    initial = octet_constant(INITIAL_STATE)
    inner, outer = (
        compress(builder, initial, xor_words(builder, padded, octet_constant(bytes([octet]) * BLOCK_OCTETS)))
        for octet in (0x36, 0x5C)
    )
    return inner, outer


@kept
def sha256_compression() -> Circuit:
    """The compression function: state 256, block 512 → state 256; 22,271 AND.

    Source: FIPS 180-4 section 6.2.2; the published circuit has 22,573 AND.
    """
    builder = Builder("sha256-compression")
    state = builder.take_input(256)
    block = builder.take_input(8 * BLOCK_OCTETS)
    return builder.finish(compress(builder, state, block))


@kept
def hmac_key_states(key_octets: int) -> Circuit:
    """HMAC-SHA256 under a key of `key_octets` octets: key → inner state 256, outer state 256.

    Two compressions from the initial state, of key ⊕ 0x36… and key ⊕ 0x5c…; AND by key length: 32 octets
    42,629, 48 octets 43,193. Rejects keys of no or more than 64 octets with `circuit/wrong-size`.
    Source: RFC 2104 section 2.
    """
    if not 1 <= key_octets <= BLOCK_OCTETS:
        raise Refused("circuit/wrong-size", f"an HMAC key of {key_octets} octets")
    builder = Builder(f"hmac-key-states-{key_octets}")
    inner, outer = key_states(builder, builder.take_input(8 * key_octets))
    return builder.finish(inner, outer)


@kept
def hmac_outer() -> Circuit:
    """The outer hash of HMAC-SHA256: outer state 256, inner digest 256 → digest 256; 21,362 AND.

    One compression of digest ‖ 0x80 ‖ 0… ‖ length, where the length is that of two blocks less the padding:
    768 bits. Source: RFC 2104 section 2, FIPS 180-4 section 5.1.1.
    """
    builder = Builder("hmac-outer")
    state = builder.take_input(256)
    digest = builder.take_input(256)
    padding = b"\x80" + bytes(23) + (8 * (BLOCK_OCTETS + 32)).to_bytes(8, "big")
    return builder.finish(compress(builder, state, [*digest, *octet_constant(padding)]))
