"""Adding a difference to the blocks that bits name, without a branch."""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import compiled
from .blocks import Bits, Words, aligned, check_words

_ZERO = np.uint64(0)


def add_selected(blocks: Words, bits: Bits, difference: Words) -> Words:
    """Return each block, plus `difference` where its bit is 1.

    `blocks` is uint64[n, 2], `bits` uint8[n] of zeros and ones, `difference` uint64[2]; returns uint64[n, 2].
    """
    check_words("blocks", blocks, (bits.size, 2))
    check_words("the difference", difference, (2,))
    if bits.dtype != np.uint8 or bits.ndim != 1:
        raise ValueError("bits are uint8[n]")
    sums = np.empty(blocks.shape, np.uint64)
    _add_selected(aligned(blocks), np.ascontiguousarray(bits), aligned(difference), sums)
    return sums


def _add_selected_portable(blocks: Words, bits: Bits, difference: Words, sums: Words) -> None:
    sums[:] = blocks ^ ((_ZERO - bits.astype(np.uint64))[:, None] & difference)


@compiled(
    "const uint64[:,:], const uint8[:], const uint64[:], uint64[:,:]", portable=_add_selected_portable
)
def _add_selected(blocks: Words, bits: Bits, difference: Words, sums: Words) -> None:
    for row in range(blocks.shape[0]):
        mask = _ZERO - np.uint64(bits[row])
        sums[row, 0] = blocks[row, 0] ^ (mask & difference[0])
        sums[row, 1] = blocks[row, 1] ^ (mask & difference[1])
