"""Adding a difference to the blocks that bits name, without a branch."""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import compiled
from .blocks import Bits, Words, aligned, check_words

_ZERO = np.uint64(0)


def add_selected(blocks: Words, bits: Bits, difference: Words) -> None:
    """Add `difference` to each block whose bit is 1, in place.

    `blocks` is uint64[n, 2], contiguous, `bits` uint8[n] of zeros and ones, `difference` uint64[2].
    """
    check_words("blocks", blocks, (bits.size, 2))
    check_words("the difference", difference, (2,))
    if bits.dtype != np.uint8 or bits.ndim != 1:
        raise ValueError("bits are uint8[n]")
    _add_selected(blocks, np.ascontiguousarray(bits), aligned(difference))


def _add_selected_portable(blocks: Words, bits: Bits, difference: Words) -> None:
    blocks ^= (_ZERO - bits.astype(np.uint64))[:, None] & difference


@compiled("uint64[:,:], const uint8[:], const uint64[:]", portable=_add_selected_portable)
def _add_selected(blocks: Words, bits: Bits, difference: Words) -> None:
    for row in range(blocks.shape[0]):
        mask = _ZERO - np.uint64(bits[row])
        blocks[row, 0] ^= mask & difference[0]
        blocks[row, 1] ^= mask & difference[1]
