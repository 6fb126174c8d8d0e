"""Transposition of bit matrices: 128 long columns into rows of 128 bits."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.compiled import compiled

Words: TypeAlias = NDArray[np.uint64]

_SWAP_MASKS = (
    np.uint64(0x00000000FFFFFFFF),
    np.uint64(0x0000FFFF0000FFFF),
    np.uint64(0x00FF00FF00FF00FF),
    np.uint64(0x0F0F0F0F0F0F0F0F),
    np.uint64(0x3333333333333333),
    np.uint64(0x5555555555555555),
)
_WORDS_AT_ONCE = 64


def rows_of_columns(columns: Words) -> Words:
    """Transpose 128 columns of 128*n bits into 128*n rows of 128 bits.

    `columns` is uint64[128, n, 2]; bit t of column c is bit t % 128 of its block t // 128. Returns
    uint64[128*n, 2] in which bit c of row t is that bit. Low words hold bits 0 to 63, bit 0 is the least
    significant.
    """
    if columns.ndim != 3 or columns.shape[0] != 128 or columns.shape[2] != 2:
        raise ValueError("the columns are uint64[128, n, 2]")
    words = 2 * columns.shape[1]
    rows = np.empty((64 * words, 2), np.uint64)
    _transpose(np.require(columns, np.uint64, ["C", "A"]).reshape(128, words), rows)
    return rows


def _transpose_portable(columns: Words, rows: Words) -> None:
    for start in range(0, columns.shape[1], _WORDS_AT_ONCE):
        for side in range(2):
            squares = columns[64 * side : 64 * side + 64, start : start + _WORDS_AT_ONCE].copy()
            for stage, mask in enumerate(_SWAP_MASKS):
                distance = 32 >> stage
                pairs = squares.reshape(32 // distance, 2, distance, -1)
                low, high = pairs[:, 0], pairs[:, 1]
                difference = ((low >> np.uint64(distance)) ^ high) & mask
                high ^= difference
                low ^= difference << np.uint64(distance)
            rows[64 * start : 64 * (start + squares.shape[1]), side] = squares.T.reshape(-1)


@compiled("const uint64[:,:], uint64[:,:]", portable=_transpose_portable)
def _transpose(columns: Words, rows: Words) -> None:
    """Swap quarters of 64 by 64 squares, recursively, many side by side (Hacker's Delight, section 7-3)."""
    words = columns.shape[1]
    squares = np.zeros((64, _WORDS_AT_ONCE), np.uint64)
    for start in range(0, words, _WORDS_AT_ONCE):
        present = min(_WORDS_AT_ONCE, words - start)
        for side in range(2):
            for row in range(64):
                for square in range(present):
                    squares[row, square] = columns[64 * side + row, start + square]
            distance = 32
            for stage in range(6):
                mask, shift = _SWAP_MASKS[stage], np.uint64(distance)
                for group in range(0, 64, 2 * distance):
                    for row in range(group, group + distance):
                        for square in range(_WORDS_AT_ONCE):
                            low, high = squares[row, square], squares[row + distance, square]
                            difference = ((low >> shift) ^ high) & mask
                            squares[row + distance, square] = high ^ difference
                            squares[row, square] = low ^ (difference << shift)
                distance >>= 1
            for square in range(present):
                for row in range(64):
                    rows[64 * (start + square) + row, side] = squares[row, square]
