"""The product of optimal ate pairings on BN254 as a program: a table of steps on one memory.

The Miller loop runs over 6x + 2 (Vercauteren, "Optimal pairings", 2010), all pairs with one accumulator. The last part
of the final exponentiation, (p⁴ - p² + 1)/r exactly, follows Scott, Benger, Charlemagne, Dominguez Perez and Kachisa,
"On the final exponentiation for calculating pairings on ordinary elliptic curves" (2009).

A kernel and its portable twin carry out the same program. A row holds the kind of a step, where its results go and
where its operands lie, in words.
"""

from __future__ import annotations

import functools
from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .constants import PARAMETER
from .tower_instructions import WORDS

Program: TypeAlias = NDArray[np.uint64]


class Kind(IntEnum):
    """The kinds of steps; INVERT is one inversion in F_p, the others are formulas of `pairing_formulas`."""

    MULTIPLY = 0
    SQUARE = 1
    CYCLOTOMIC_SQUARE = 2
    FROBENIUS = 3
    CONJUGATE = 4
    NORM = 5
    INVERSE = 6
    DOUBLE_LINE = 7
    ADD_LINE = 8
    ENDOMORPHISM = 9
    NEGATE_POINT = 10
    INVERT = 11


COLUMNS: Final = 7  # the kind, and at most two results and four operands
VALUE: Final = 0  # where the accumulator lies, and the result at the end
_REGISTER: Final = 12 * WORDS
_REGISTERS: Final = 12
_COORDINATE: Final = 2 * WORDS
_PAIRS: Final = (
    _REGISTERS + 1
) * _REGISTER  # what precedes them: the registers, and a place for one inversion
_PAIR: Final = 3 * _COORDINATE + 3 * 2 * _COORDINATE + _COORDINATE


def memory_size(pairs: int) -> int:
    """Return how many words a program over so many pairs works on."""
    return _PAIRS + pairs * _PAIR


def start_place(pair: int) -> int:
    """Return where a pair's T = Q begins: x, y, z in F_p2."""
    return _PAIRS + pair * _PAIR


def twist_place(pair: int) -> int:
    """Return where a pair's point Q of G2 begins."""
    return start_place(pair) + 3 * _COORDINATE


def curve_place(pair: int) -> int:
    """Return where a pair's point P of G1 begins."""
    return start_place(pair) + 9 * _COORDINATE


@functools.lru_cache(maxsize=64)
def pairing_program(pairs: int) -> Program:
    """Return the steps that turn a memory with one in VALUE, and the pairs in their places, into the product."""
    writer = _Writer(pairs)
    writer.miller_loop()
    writer.final_exponentiation()
    table = np.zeros((len(writer.rows), COLUMNS), np.uint64)
    for row, step in zip(table, writer.rows, strict=True):
        row[: len(step)] = step
    table.flags.writeable = False
    return table


def _signed_digits(number: int) -> list[int]:
    """Return the digits -1, 0, 1 of a number below its highest bit, highest first, no two in a row without a zero."""
    places = number.bit_length() - 1
    rest, digits = number - (1 << places), []
    for _ in range(places):
        digit = 2 - rest % 4 if rest & 1 else 0
        digits.append(digit)
        rest = (rest - digit) // 2
    if rest:
        raise ValueError("the digits would need one place more")
    return digits[::-1]


class _Writer:
    __slots__ = ("pairs", "rows")

    def __init__(self, pairs: int) -> None:
        self.pairs = pairs
        self.rows: list[tuple[int, ...]] = []

    def step(self, kind: Kind, *places: int) -> None:
        self.rows.append((kind, *places))

    def miller_loop(self) -> None:
        for pair in range(self.pairs):
            self.step(Kind.NEGATE_POINT, self._point(pair, 1), self._point(pair, 0))
        for digit in _signed_digits(6 * PARAMETER + 2):
            self.step(Kind.SQUARE, VALUE, VALUE)
            for pair in range(self.pairs):
                moving = start_place(pair)
                self.step(Kind.DOUBLE_LINE, VALUE, moving, VALUE, moving, curve_place(pair))
                if digit:
                    self._add_line(pair, self._point(pair, 0 if digit > 0 else 1))
        for pair in range(self.pairs):
            twist, image = self._point(pair, 0), self._point(pair, 2)
            self.step(Kind.ENDOMORPHISM, image, twist)
            self._add_line(pair, image)
            self.step(Kind.ENDOMORPHISM, image, image)
            self.step(Kind.NEGATE_POINT, image, image)
            self._add_line(pair, image)

    def final_exponentiation(self) -> None:
        """Raise VALUE to (p⁶ - 1)·(p² + 1)·(p⁴ - p² + 1)/r."""
        value, other, x1, x2, x3, y1, y3, y4, y5, y6, total, scratch = (
            number * _REGISTER for number in range(_REGISTERS)
        )
        inversion = _REGISTERS * _REGISTER
        self.step(Kind.NORM, inversion, value)
        self.step(Kind.INVERT, inversion, inversion)
        self.step(Kind.INVERSE, other, value, inversion)
        self.step(Kind.CONJUGATE, value, value)
        self.step(Kind.MULTIPLY, value, value, other)
        self._frobenius(other, value, 2)
        self.step(Kind.MULTIPLY, value, value, other)

        self._power(x1, value)
        self._power(x2, x1)
        self._power(x3, x2)
        self.step(Kind.CONJUGATE, y1, value)
        self._frobenius(y3, x1, 1)
        self.step(Kind.CONJUGATE, y3, y3)
        self._frobenius(y4, x2, 1)
        self.step(Kind.MULTIPLY, y4, y4, x1)
        self.step(Kind.CONJUGATE, y4, y4)
        self.step(Kind.CONJUGATE, y5, x2)
        self._frobenius(y6, x3, 1)
        self.step(Kind.MULTIPLY, y6, y6, x3)
        self.step(Kind.CONJUGATE, y6, y6)
        self._frobenius(x2, x2, 2)
        self._frobenius(x1, value, 1)
        self._frobenius(x3, value, 2)
        self.step(Kind.MULTIPLY, x1, x1, x3)
        self._frobenius(x3, value, 3)
        self.step(Kind.MULTIPLY, x1, x1, x3)
        # x1 · y1² · x2⁶ · y3¹² · y4¹⁸ · y5³⁰ · y6³⁶ by a vectorial addition chain
        self.step(Kind.CYCLOTOMIC_SQUARE, total, y6)
        self.step(Kind.MULTIPLY, total, total, y4)
        self.step(Kind.MULTIPLY, total, total, y5)
        self.step(Kind.MULTIPLY, scratch, y3, y5)
        self.step(Kind.MULTIPLY, scratch, scratch, total)
        self.step(Kind.MULTIPLY, total, total, x2)
        self.step(Kind.CYCLOTOMIC_SQUARE, scratch, scratch)
        self.step(Kind.MULTIPLY, scratch, scratch, total)
        self.step(Kind.CYCLOTOMIC_SQUARE, scratch, scratch)
        self.step(Kind.MULTIPLY, total, scratch, y1)
        self.step(Kind.MULTIPLY, scratch, scratch, x1)
        self.step(Kind.CYCLOTOMIC_SQUARE, total, total)
        self.step(Kind.MULTIPLY, value, total, scratch)

    def _add_line(self, pair: int, point: int) -> None:
        moving = start_place(pair)
        self.step(Kind.ADD_LINE, VALUE, moving, VALUE, moving, point, curve_place(pair))

    def _frobenius(self, target: int, source: int, times: int) -> None:
        self.step(Kind.FROBENIUS, target, source)
        for _ in range(times - 1):
            self.step(Kind.FROBENIUS, target, target)

    def _power(self, target: int, source: int) -> None:
        """Raise an element of the cyclotomic subgroup to x; the inverse is the conjugate, kept in the last register."""
        inverse = (_REGISTERS - 1) * _REGISTER
        self.step(Kind.CONJUGATE, inverse, source)
        previous = source
        for digit in _signed_digits(PARAMETER):
            self.step(Kind.CYCLOTOMIC_SQUARE, target, previous)
            previous = target
            if digit:
                self.step(Kind.MULTIPLY, target, target, source if digit > 0 else inverse)

    def _point(self, pair: int, number: int) -> int:
        """Return where Q (0), -Q (1) or an image of Q (2) lies."""
        return twist_place(pair) + number * 2 * _COORDINATE
