"""Blocks of 128 bits inside kernels: pairs of uint64, low word first; rows of two uint64 outside.

The low word holds octets 0 to 7 of the block, the high word octets 8 to 15, both little-endian.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.compiled import Block, inlined

Words: TypeAlias = NDArray[np.uint64]
Bits: TypeAlias = NDArray[np.uint8]

_ZERO = np.uint64(0)


@inlined
def load(rows: Words, row: int) -> Block:
    """Read one row."""
    return rows[row, 0], rows[row, 1]


@inlined
def store(rows: Words, row: int, block: Block) -> None:
    """Write one row."""
    rows[row, 0] = block[0]
    rows[row, 1] = block[1]


@inlined
def xor(left: Block, right: Block) -> Block:
    """Add two blocks bit by bit."""
    return left[0] ^ right[0], left[1] ^ right[1]


@inlined
def select(bit: np.uint64, block: Block) -> Block:
    """Return `block` if `bit` is 1, zero if it is 0, without a branch."""
    mask = _ZERO - bit
    return block[0] & mask, block[1] & mask


def aligned(words: Words) -> Words:
    """Return the words as kernels read them: contiguous, aligned uint64; copied only if they are not."""
    return np.require(words, np.uint64, ["C", "A"])


def check_words(what: str, words: Words, shape: tuple[int, ...]) -> None:
    """Refuse anything but uint64 of this shape with ValueError."""
    if words.dtype != np.uint64 or words.shape != shape:
        raise ValueError(f"{what}: expected uint64{list(shape)}, got {words.dtype}{list(words.shape)}")


def block_from_octets(octets: bytes) -> Words:
    """Return 16 octets as uint64[2]."""
    if len(octets) != 16:
        raise ValueError("a block has 16 octets")
    return np.frombuffer(octets, "<u8").astype(np.uint64)
