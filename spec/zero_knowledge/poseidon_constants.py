"""Poseidon's round constants and matrices, generated as its authors prescribe, so that nobody chose them.

A linear feedback shift register of 80 bits is filled with a description of the instance and clocked 160
times. From then on its bits come in pairs, and a pair counts only when its first bit is 1: then its second
bit is output. Round constants are integers of 254 such bits, the first bit the highest, those not below r
skipped; the matrix is made of the 2t integers that follow, reduced modulo r.

Source: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon", eprint 2019/458, appendix E (the
"Grain LFSR"); the numbers of partial rounds are those of its table for 128 bits as circomlib uses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from typing import Final

from .scalar_field import ORDER

FULL_ROUNDS: Final = 8
PARTIAL_ROUNDS: Final = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
"""For widths 2 to 17."""

LARGEST_WIDTH: Final = 17

_FIELD_BITS: Final = 254
_REGISTER_LENGTH: Final = 80
_REGISTER: Final = (1 << _REGISTER_LENGTH) - 1
_TAPS: Final = sum(1 << (_REGISTER_LENGTH - 1 - tap) for tap in (62, 51, 38, 23, 13, 0))
_DISCARDED_CLOCKS: Final = 160
_PRIME_FIELD: Final = 1
_POWER_MAP: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What one width of Poseidon computes with: a row of constants for each round, and a square matrix."""

    round_constants: tuple[tuple[int, ...], ...]
    matrix: tuple[tuple[int, ...], ...]


def partial_rounds(width: int) -> int:
    """The number of rounds in which only the first element goes through the S-box."""
    return PARTIAL_ROUNDS[width - 2]


@cache
def instance(width: int) -> Instance:
    """Return constants and matrix of a width from 2 to 17."""
    bits = _output_bits(width)
    rounds = FULL_ROUNDS + partial_rounds(width)
    constants = tuple(tuple(_below_order(bits) for _ in range(width)) for _ in range(rounds))
    numbers = [_integer(bits) % ORDER for _ in range(2 * width)]
    rows, columns = numbers[:width], numbers[width:]
    # A Cauchy matrix: every square part of it is invertible, so every input reaches every output.
    matrix = tuple(tuple(pow(row + column, -1, ORDER) for column in columns) for row in rows)
    return Instance(round_constants=constants, matrix=matrix)


def _output_bits(width: int) -> Iterator[int]:
    """The bits that the shift register outputs, without end."""
    raw = _raw_bits(width)
    for counts in raw:
        bit = next(raw)
        if counts:
            yield bit


def _raw_bits(width: int) -> Iterator[int]:
    """The bits that are fed back; the oldest bit of the register is the highest of the integer."""
    description = (
        (_PRIME_FIELD, 2),
        (_POWER_MAP, 4),
        (_FIELD_BITS, 12),
        (width, 12),
        (FULL_ROUNDS, 10),
        (partial_rounds(width), 10),
        (2**30 - 1, 30),
    )
    register = int("".join(f"{number:0{length}b}" for number, length in description), 2)
    for clock in count():
        bit = (register & _TAPS).bit_count() & 1
        register = (register << 1 | bit) & _REGISTER
        if clock >= _DISCARDED_CLOCKS:
            yield bit


def _integer(bits: Iterator[int]) -> int:
    return int("".join(map(str, islice(bits, _FIELD_BITS))), 2)


def _below_order(bits: Iterator[int]) -> int:
    while True:
        number = _integer(bits)
        if number < ORDER:
            return number
