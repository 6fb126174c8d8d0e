"""SHA-256 inside a circuit (FIPS 180-4), for messages whose length is part of the circuit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import isqrt
from typing import Final

from .bits import assert_width, recompose
from .builder import Builder, Value
from .expressions import Expression

Bits = tuple[Expression, ...]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """32 bits, least significant first, and the number they make."""

    bits: Bits
    value: Expression


def digest(builder: Builder, octets: Sequence[Sequence[Expression]]) -> tuple[Expression, ...]:
    """The SHA-256 of the octets as 8 words, each below 2^32, the first word first.

    `octets` are the bits of each octet, least significant first, as `octet_bits` gives them; bits that are constant
    cost nothing, whole constant blocks included. Forces: the words are the digest. Each wire is a product, a sum, or
    one of the bits of a sum that is smaller than 2^35, so all are determined.
    """
    with builder.scope("sha256"):
        bits = [*map(tuple, octets), *_padding(builder, len(octets))]
        words = [_word(builder, bits[start : start + 4]) for start in range(0, len(bits), 4)]
        state = [_constant(builder, value) for value in INITIAL_STATE]
        blocks = [words[start : start + 16] for start in range(0, len(words), 16)]
        for block in blocks[:-1]:
            sums = _compress(builder, state, block)
            state = [_reduced(builder, total, terms) for total, terms in sums]
        sums = _compress(builder, state, blocks[-1])
        return tuple(_remainder(builder, total, terms) for total, terms in sums)


def limbs(builder: Builder, words: Sequence[Expression]) -> tuple[Expression, Expression]:
    """A digest as two numbers below 2^128: of octets 0 … 15, then 16 … 31, big-endian."""
    first, second = (
        builder.weighted_sum((word, 1 << _WORD * (3 - place)) for place, word in enumerate(half))
        for half in (words[:4], words[4:])
    )
    return first, second


def _padding(builder: Builder, length: int) -> list[Bits]:
    zeros = -(length + 9) % 64
    octets = b"\x80" + bytes(zeros) + (8 * length).to_bytes(8, "big")
    return [tuple(builder.constant(octet >> place & 1) for place in range(8)) for octet in octets]


def _word(builder: Builder, octets: Sequence[Bits]) -> _Word:
    bits = tuple(bit for octet in reversed(octets) for bit in octet)
    return _Word(bits=bits, value=builder.wire(recompose(builder, bits)))


def _constant(builder: Builder, value: int) -> _Word:
    bits = tuple(builder.constant(value >> place & 1) for place in range(_WORD))
    return _Word(bits=bits, value=builder.constant(value))


def _compress(
    builder: Builder, state: Sequence[_Word], block: Sequence[_Word]
) -> list[tuple[Expression, int]]:
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
        schedule.append(_reduced(builder, total, 4))
    registers = list(state)
    for word, constant in zip(schedule[:-1], ROUND_CONSTANTS, strict=False):
        a, b, c, _, e, f, g, _ = registers
        to_a, to_e = _round(builder, registers, word, constant)
        registers = [_reduced(builder, to_a, 7), a, b, c, _reduced(builder, to_e, 6), e, f, g]
    a, b, c, _, e, f, g, _ = registers
    to_a, to_e = _round(builder, registers, schedule[-1], ROUND_CONSTANTS[-1])
    sums = [(to_a, 7), (a.value, 1), (b.value, 1), (c.value, 1)]
    sums += [(to_e, 6), (e.value, 1), (f.value, 1), (g.value, 1)]
    return [(total + before.value, terms + 1) for (total, terms), before in zip(sums, state, strict=True)]


def _round(
    builder: Builder, registers: Sequence[_Word], word: _Word, constant: int
) -> tuple[Expression, Expression]:
    """The sums that become the registers a and e."""
    a, b, c, d, e, f, g, h = registers
    first = builder.wire(
        builder.sum(
            (h.value, _big_sigma(builder, e, 6, 11, 25), _choice(builder, e, f, g), word.value, constant)
        )
    )
    second = builder.sum((_big_sigma(builder, a, 2, 13, 22), _majority(builder, a, b, c)))
    return first + second, d.value + first


def _sign(bit: Expression) -> Expression:
    """1 for 0 and -1 for 1: the exclusive or of bits is the product of signs."""
    return 1 - 2 * bit


def _parity(builder: Builder, rows: Sequence[Sequence[Expression]]) -> Expression:
    """The sum over i of 2^i * (exclusive or of the i-th bits)."""
    weighted: list[tuple[Value, int]] = []
    half = (builder.modulus + 1) // 2
    for place, bits in enumerate(zip(*rows, strict=True)):
        sign: Value = 1
        for bit in bits:
            sign = builder.multiply(sign, _sign(bit))
        weighted += [(1, half << place), (sign, -half << place)]
    return builder.weighted_sum(weighted)


def _rotated(word: _Word, distance: int) -> Bits:
    return word.bits[distance:] + word.bits[:distance]


def _big_sigma(builder: Builder, word: _Word, *distances: int) -> Expression:
    return _parity(builder, [_rotated(word, distance) for distance in distances])


def _small_sigma(builder: Builder, word: _Word, first: int, second: int, shift: int) -> Expression:
    shifted = (*word.bits[shift:], *(builder.constant(0) for _ in range(shift)))
    return _parity(builder, [shifted, _rotated(word, first), _rotated(word, second)])


def _choice(builder: Builder, e: _Word, f: _Word, g: _Word) -> Expression:
    """Each bit is g + e * (f - g)."""
    products = (
        builder.multiply(chosen, one - zero) for chosen, one, zero in zip(e.bits, f.bits, g.bits, strict=True)
    )
    return builder.sum((g.value, recompose(builder, tuple(products))))


def _majority(builder: Builder, a: _Word, b: _Word, c: _Word) -> Expression:
    """Three bits sum to twice their majority plus their parity; that of b and c was made in the round before."""
    parity = _parity(builder, [b.bits, c.bits, a.bits])
    return builder.sum((a.value, b.value, c.value, -parity)) * ((builder.modulus + 1) // 2)


def _parts(carry_width: int, total: int) -> list[int]:
    return [total >> place & 1 for place in range(_WORD + carry_width)]


def _reduced(builder: Builder, total: Expression, terms: int) -> _Word:
    """The word that a sum of `terms` words leaves modulo 2^32, with its bits."""
    carry_width = (terms - 1).bit_length()
    if total.is_constant:
        return _constant(builder, total.constant & _MASK)
    parts = builder.hint(partial(_parts, carry_width), [total], _WORD + carry_width)
    for bit in parts:
        builder.assert_boolean(bit)
    value = builder.wire(recompose(builder, parts[:_WORD]))
    builder.assert_equal(total, value + recompose(builder, parts[_WORD:]) * (1 << _WORD))
    return _Word(bits=parts[:_WORD], value=value)


def _split_word(total: int) -> list[int]:
    return [total & _MASK, total >> _WORD]


def _remainder(builder: Builder, total: Expression, terms: int) -> Expression:
    """The remainder modulo 2^32 alone, for words whose bits nobody needs."""
    if total.is_constant:
        return builder.constant(total.constant & _MASK)
    value, carry = builder.hint(_split_word, [total], 2)
    assert_width(builder, value, _WORD)
    assert_width(builder, carry, (terms - 1).bit_length())
    builder.assert_equal(total, value + carry * (1 << _WORD))
    return value
