"""Poseidon over the scalar field of BN254 with the parameters of circomlib, regenerated and never stored.

Source: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, eprint 2019/458: section 2.3 and appendix E (the LFSR that
makes the constants), appendix B (the sparse form of partial rounds). x^5, 8 full rounds, width t = inputs + 1.
Plain Python integers: time depends on the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .bn254.constants import SCALAR_MODULUS

FULL_ROUNDS: Final = 8
PARTIAL_ROUNDS: Final = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
"""For the widths 2 to 17."""
MAXIMUM_INPUTS: Final = 16
ELEMENTS_OF_ONE_PERMUTATION: Final = 13
ELEMENTS_OF_ONE_LINK: Final = 14
VERSION: Final = 1

KIND_ENCODING: Final = 1
KIND_BARE: Final = 2
KIND_SET_LEAF: Final = 3
KIND_SET_NODE: Final = 4
KIND_NULLIFIER: Final = 5
KIND_VALUE: Final = 6

Vector = tuple[int, ...]
Matrix = tuple[Vector, ...]

_FIELD_BITS: Final = 254
_REGISTER_BITS: Final = 80
_DISCARDED_BITS: Final = 160
_LAGS: Final = (18, 29, 42, 57, 67, 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialRound:
    """One partial round in sparse form: s_0 becomes x = (s_0 + constant)^5, then
    s_0 becomes corner * x + row · (s_1 …) and s_j becomes s_j + column_j * x."""

    constant: int
    corner: int
    row: Vector
    column: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Everything one width needs; the state before and after the partial rounds is the paper's.

    `first` and `last` hold the constants of the full rounds; after each full round follows `matrix`, but `entry` after
    the last of `first`.
    """

    modulus: int
    width: int
    matrix: Matrix
    entry: Matrix
    first: tuple[Vector, ...]
    partial: tuple[PartialRound, ...]
    last: tuple[Vector, ...]


class _GrainBits:
    """The output of the self-shrinking LFSR of the paper, as many bits as are asked for."""

    def __init__(self, width: int, partial_rounds: int) -> None:
        fields = ((1, 2), (0, 4), (_FIELD_BITS, 12), (width, 12), (FULL_ROUNDS, 10), (partial_rounds, 10))
        text = "".join(f"{value:0{size}b}" for value, size in fields) + "1" * 30
        self._register = int(text[::-1], 2)  # bit i is the i-th bit of the sequence
        self._length = _REGISTER_BITS
        self._bits: NDArray[np.uint8] = np.zeros(0, dtype=np.uint8)
        self._position = 0

    def number(self) -> int:
        """The next 254 bits, most significant first."""
        while self._position + _FIELD_BITS > len(self._bits):
            self._extend(max(4 * self._length, 1 << 14))
        chunk = self._bits[self._position : self._position + _FIELD_BITS]
        self._position += _FIELD_BITS
        # 254 bits are two short of 32 octets.
        return int.from_bytes(np.packbits(chunk).tobytes(), "big") >> 2

    def _extend(self, length: int) -> None:
        # The recurrence holds as well with all lags times 2^k (f(x)^2 = f(x^2)), which gives 18 * 2^k bits at a time.
        while self._length < length:
            scale = 1 << (self._length // _REGISTER_BITS).bit_length() - 1
            mask = (1 << _LAGS[0] * scale) - 1
            new = 0
            for lag in _LAGS:
                new ^= self._register >> (self._length - lag * scale) & mask
            self._register |= new << self._length
            self._length += _LAGS[0] * scale
        octets = self._register.to_bytes((self._length + 7) // 8, "little")
        sequence = np.unpackbits(np.frombuffer(octets, dtype=np.uint8), bitorder="little")
        usable = sequence[_REGISTER_BITS + _DISCARDED_BITS : self._length]
        pairs = usable[: len(usable) // 2 * 2].reshape(-1, 2)
        self._bits = pairs[pairs[:, 0] == 1, 1]


def _times(left: Matrix, right: Matrix) -> Matrix:
    columns = tuple(zip(*right, strict=True))
    return tuple(tuple(_inner(row, column) for column in columns) for row in left)


def _inner(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True)) % SCALAR_MODULUS


def _apply(matrix: Matrix, vector: Sequence[int]) -> Vector:
    return tuple(_inner(row, vector) for row in matrix)


def _identity(size: int) -> Matrix:
    return tuple(tuple(int(row == column) for column in range(size)) for row in range(size))


def _power(matrix: Matrix, exponent: int) -> Matrix:
    result = _identity(len(matrix))
    while exponent:
        if exponent & 1:
            result = _times(result, matrix)
        matrix = _times(matrix, matrix)
        exponent >>= 1
    return result


def _inverse(matrix: Matrix) -> Matrix:
    size = len(matrix)
    rows = [[*row, *unit] for row, unit in zip(matrix, _identity(size), strict=True)]
    for column in range(size):
        pivot = next(row for row in range(column, size) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = pow(rows[column][column], -1, SCALAR_MODULUS)
        rows[column] = [value * scale % SCALAR_MODULUS for value in rows[column]]
        for row in range(size):
            factor = rows[row][column]
            if row != column and factor:
                rows[row] = [
                    (a - factor * b) % SCALAR_MODULUS for a, b in zip(rows[row], rows[column], strict=True)
                ]
    return tuple(tuple(row[size:]) for row in rows)


@cache
def parameters(width: int) -> Parameters:
    """The parameters of width `width` (2 to 17), computed at the first call and kept in memory."""
    partial_rounds = PARTIAL_ROUNDS[width - 2]
    grain = _GrainBits(width, partial_rounds)
    constants: list[int] = []
    while len(constants) < width * (FULL_ROUNDS + partial_rounds):
        if (number := grain.number()) < SCALAR_MODULUS:
            constants.append(number)
    points = [grain.number() % SCALAR_MODULUS for _ in range(2 * width)]
    matrix: Matrix = tuple(
        tuple(pow(x + y, -1, SCALAR_MODULUS) for y in points[width:]) for x in points[:width]
    )
    rounds = tuple(tuple(constants[start : start + width]) for start in range(0, len(constants), width))
    return _sparse_form(width, matrix, rounds)


def _sparse_form(width: int, matrix: Matrix, rounds: tuple[Vector, ...]) -> Parameters:
    """Rewrite the partial rounds in coordinates where mixing is the identity but for one row and one column.

    Before partial round i of R the state is D_i times the coordinates, D_i = diag(1, L^(i-R)), with L the matrix
    without its first row and column; D_i leaves s_0 alone, so it commutes with the S-box. Constants on s_1 … are
    carried through the mixing into the next round's.
    """
    half = FULL_ROUNDS // 2
    lower: Matrix = tuple(row[1:] for row in matrix[1:])
    raised, step = _inverse(lower), lower
    partial_constants = rounds[half:-half]
    count = len(partial_constants)
    rows: list[Vector] = []
    row = matrix[0][1:]
    transposed: Matrix = tuple(zip(*raised, strict=True))
    for _ in range(count):
        row = _apply(transposed, row)
        rows.append(row)
    columns: list[Vector] = [tuple(line[0] for line in matrix[1:])]
    for _ in range(count - 1):
        columns.append(_apply(step, columns[-1]))
    carried: Vector = (0,) * width
    partial = []
    for constants, sparse_row, column in zip(
        partial_constants, reversed(rows), reversed(columns), strict=True
    ):
        total = tuple((a + b) % SCALAR_MODULUS for a, b in zip(carried, constants, strict=True))
        partial.append(PartialRound(constant=total[0], corner=matrix[0][0], row=sparse_row, column=column))
        carried = _apply(matrix, (0, *total[1:]))
    last = list(rounds[-half:])
    last[0] = tuple((a + b) % SCALAR_MODULUS for a, b in zip(carried, last[0], strict=True))
    change = _power(lower, count)
    entry: Matrix = (matrix[0], *_times(change, matrix[1:]))
    return Parameters(
        modulus=SCALAR_MODULUS,
        width=width,
        matrix=matrix,
        entry=entry,
        first=rounds[:half],
        partial=tuple(partial),
        last=tuple(last),
    )


def poseidon(inputs: Sequence[int]) -> int:
    """The hash of 1 to 16 field elements, circomlib's `Poseidon(n)`: state (0, inputs …), output state[0].

    Requires elements below the modulus. There is no padding and no separation of uses: the first input is a `header`.
    """
    if not 1 <= len(inputs) <= MAXIMUM_INPUTS:
        raise ValueError(f"Poseidon takes 1 to {MAXIMUM_INPUTS} elements, not {len(inputs)}")
    if not all(0 <= value < SCALAR_MODULUS for value in inputs):
        raise ValueError("an input of Poseidon is not a canonical field element")
    chosen = parameters(len(inputs) + 1)
    modulus = SCALAR_MODULUS
    state: list[int] = [0, *inputs]
    for number, constants in enumerate(chosen.first):
        powers = [pow(value + constant, 5, modulus) for value, constant in zip(state, constants, strict=True)]
        mixing = chosen.entry if number == len(chosen.first) - 1 else chosen.matrix
        state = list(_apply(mixing, powers))
    head, rest = state[0], state[1:]
    for step in chosen.partial:
        power = pow(head + step.constant, 5, modulus)
        head = (step.corner * power + sum(a * b for a, b in zip(step.row, rest, strict=True))) % modulus
        rest = [(value + factor * power) % modulus for value, factor in zip(rest, step.column, strict=True)]
    state = [head, *rest]
    for constants in chosen.last:
        powers = [pow(value + constant, 5, modulus) for value, constant in zip(state, constants, strict=True)]
        state = list(_apply(chosen.matrix, powers))
    return state[0]


def header(kind: int, direction: int = 0, length: int = 0) -> int:
    """hdr of formats.md section 5.1: version + 2^8 * kind + 2^16 * direction + 2^32 * length in octets."""
    return VERSION + (kind << 8) + (direction << 16) + (length << 32)


def pack(octets: bytes) -> list[int]:
    """The elements x_1 … x_n of `octets`: 31 to an element, little-endian."""
    return [int.from_bytes(octets[start : start + 31], "little") for start in range(0, len(octets), 31)]


def commit(head: int, check: int, blinder: int, elements: Sequence[int]) -> int:
    """Commit(hdr, m, β, x) of formats.md section 5.1; chained when there are more than 13 elements."""
    if len(elements) <= ELEMENTS_OF_ONE_PERMUTATION:
        return poseidon([head, check, blinder, *elements])
    state = blinder
    links = range(0, len(elements), ELEMENTS_OF_ONE_LINK)
    for number, start in enumerate(links, 1):
        chunk = [*elements[start : start + ELEMENTS_OF_ONE_LINK]]
        chunk += [0] * (ELEMENTS_OF_ONE_LINK - len(chunk))
        state = poseidon([head + (number << 64), state, *chunk])
    return poseidon([head + (len(links) + 1 << 64), state, check])
