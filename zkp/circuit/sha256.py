"""SHA-256 inside a circuit (FIPS 180-4), for messages whose length is part of the circuit."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Final

from .builder import Builder
from .expressions import Expression
from .words import Word, choice, constant_word, majority, parity, reduced, remainder, rotated, shifted, word

Bits = tuple[Expression, ...]

_BLOCK: Final = 64
_WORD: Final = 32
_MASK: Final = (1 << _WORD) - 1


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
        low, high = (middle, high) if middle**3 <= value else (low, middle - 1)
    return low


INITIAL_STATE: Final = tuple(isqrt(prime << 64) & _MASK for prime in _primes(8))
ROUND_CONSTANTS: Final = tuple(_cube_root(prime << 96) & _MASK for prime in _primes(64))
"""The first 32 bits of the fractional parts of square and cube roots of primes (FIPS 180-4, 4.2.2 and 5.3.3)."""


def digest(builder: Builder, octets: Sequence[Sequence[Expression]]) -> tuple[Expression, ...]:
    """The SHA-256 of the octets as 8 words, each below 2^32, the first word first.

    `octets` are the bits of each octet, least significant first, as `octet_bits` gives them; bits that are constant
    cost nothing, whole constant blocks included. Forces: the words are the digest. Each wire is a product, a sum, or
    one of the bits of a sum that is smaller than 2^35, so all are determined.
    """
    return digest_of_blocks(builder, [*map(tuple, octets), *_padding(builder, len(octets))])


def digest_of_blocks(builder: Builder, octets: Sequence[Sequence[Expression]]) -> tuple[Expression, ...]:
    """The same words for a message with its padding, in whole blocks; the caller forces the padding to be right."""
    if not octets or len(octets) % _BLOCK:
        raise ValueError(f"{len(octets)} octets are not blocks of SHA-256")
    with builder.scope("sha256"):
        bits = [*map(tuple, octets)]
        words = [
            word(builder, [bit for octet in reversed(bits[start : start + 4]) for bit in octet])
            for start in range(0, len(bits), 4)
        ]
        state = [constant_word(builder, value, _WORD) for value in INITIAL_STATE]
        blocks = [words[start : start + 16] for start in range(0, len(words), 16)]
        for block in blocks[:-1]:
            sums = _compress(builder, state, block)
            state = [reduced(builder, total, terms, _WORD) for total, terms in sums]
        sums = _compress(builder, state, blocks[-1])
        return tuple(remainder(builder, total, terms, _WORD) for total, terms in sums)


def limbs(builder: Builder, words: Sequence[Expression]) -> tuple[Expression, Expression]:
    """A digest as two numbers below 2^128: of octets 0 … 15, then 16 … 31, big-endian."""
    first, second = (
        builder.weighted_sum((value, 1 << _WORD * (3 - place)) for place, value in enumerate(half))
        for half in (words[:4], words[4:])
    )
    return first, second


def _padding(builder: Builder, length: int) -> list[Bits]:
    zeros = -(length + 9) % 64
    octets = b"\x80" + bytes(zeros) + (8 * length).to_bytes(8, "big")
    return [tuple(builder.constant(octet >> place & 1) for place in range(8)) for octet in octets]


def _compress(builder: Builder, state: Sequence[Word], block: Sequence[Word]) -> list[tuple[Expression, int]]:
    """The eight sums whose remainders modulo 2^32 are the next state, each with the number of words in it."""
    schedule = list(block)
    for step in range(16, 64):
        total = builder.sum(
            (
                _small_sigma(builder, schedule[step - 2], 17, 19, 10),
                schedule[step - 7].value,
                _small_sigma(builder, schedule[step - 15], 7, 18, 3),
                schedule[step - 16].value,
            )
        )
        schedule.append(reduced(builder, total, 4, _WORD))
    registers = list(state)
    for scheduled, constant in zip(schedule[:-1], ROUND_CONSTANTS[:-1], strict=True):
        a, b, c, _, e, f, g, _ = registers
        to_a, to_e = _round(builder, registers, scheduled, constant)
        next_a, next_e = reduced(builder, to_a, 7, _WORD), reduced(builder, to_e, 6, _WORD)
        registers = [next_a, a, b, c, next_e, e, f, g]
    a, b, c, _, e, f, g, _ = registers
    to_a, to_e = _round(builder, registers, schedule[-1], ROUND_CONSTANTS[-1])
    sums = [(to_a, 7), (a.value, 1), (b.value, 1), (c.value, 1)]
    sums += [(to_e, 6), (e.value, 1), (f.value, 1), (g.value, 1)]
    return [(total + before.value, terms + 1) for (total, terms), before in zip(sums, state, strict=True)]


def _round(
    builder: Builder, registers: Sequence[Word], scheduled: Word, constant: int
) -> tuple[Expression, Expression]:
    """The sums of seven and of six words that become the registers a and e."""
    a, b, c, d, e, f, g, h = registers
    parts = (
        h.value,
        _big_sigma(builder, e, 6, 11, 25),
        choice(builder, e, f, g),
        scheduled.value,
        constant,
    )
    first = builder.wire(builder.sum(parts))
    second = builder.sum((_big_sigma(builder, a, 2, 13, 22), majority(builder, a, b, c)))
    return first + second, d.value + first


def _big_sigma(builder: Builder, of: Word, *distances: int) -> Expression:
    return parity(builder, [rotated(of, distance) for distance in distances])


def _small_sigma(builder: Builder, of: Word, first: int, second: int, shift: int) -> Expression:
    return parity(builder, [shifted(builder, of, shift), rotated(of, first), rotated(of, second)])
