"""Folding the leaves of a tree into subfield vector oblivious linear evaluation."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.compiled import compiled

Words: TypeAlias = NDArray[np.uint64]


def fold(expanded: Words) -> tuple[Words, Words]:
    """Fold the streams of one tree's leaves into their sum and their sum weighted by leaf number.

    `expanded` is uint64[2^k, n, 2], the stream r_x of leaf x in row x; it is overwritten. Returns the sum of
    all r_x, uint64[n, 2], and uint64[k, n, 2] whose row b is the sum of the r_x with bit b of x set: the
    coordinate vectors of the sum of x * r_x over GF(2^k). Source: eprint 2022/192 (vector
    oblivious linear evaluation over small fields); the order of additions is that of a binary tree, two
    additions for each leaf.
    """
    leaves, blocks = expanded.shape[:2]
    levels = leaves.bit_length() - 1
    if expanded.shape != (1 << levels, blocks, 2) or levels < 1:
        raise ValueError("the streams are uint64[2^k, n, 2] with k > 0")
    streams = np.require(expanded, np.uint64, ["C", "A", "W"]).reshape(leaves, 2 * blocks)
    weighted = np.empty((levels, 2 * blocks), np.uint64)
    _fold(streams, weighted)
    return streams[0].reshape(blocks, 2), weighted.reshape(levels, blocks, 2)


def _fold_portable(streams: Words, weighted: Words) -> None:
    for level in reversed(range(weighted.shape[0])):
        half = 1 << level
        upper = streams[half : 2 * half]
        np.bitwise_xor.reduce(upper, axis=0, out=weighted[level])
        streams[:half] ^= upper


@compiled("uint64[:,:], uint64[:,:]", portable=_fold_portable)
def _fold(streams: Words, weighted: Words) -> None:
    levels, words = weighted.shape
    for step in range(levels):
        level = levels - 1 - step
        half = 1 << level
        for word in range(words):
            weighted[level, word] = streams[half, word]
            streams[0, word] ^= streams[half, word]
        for leaf in range(1, half):
            for word in range(words):
                weighted[level, word] ^= streams[half + leaf, word]
                streams[leaf, word] ^= streams[half + leaf, word]
