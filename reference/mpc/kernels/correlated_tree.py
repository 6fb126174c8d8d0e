"""Trees of blocks whose every level sums to one difference: one party grows them whole, the other but for a leaf.

A node x has the children H(x) and x + H(x), with H(x) = π(σ(x)) ⊕ σ(x), σ(a, b) = (a ⊕ b, a) and π AES-128
under a public key: a circular correlation robust hash (eprint 2019/074, section 7.3). The tree is the
correlated one of "Half-Tree" (eprint 2022/1431, section 4). Place and path of the missing leaf are secret: the
kernel touches the same memory whatever they are.
"""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import Block, compiled, inlined
from .aes import encrypt, encrypt_four, encrypt_one, encrypt_with_openssl
from .binary_field import field_multiply, inner
from .blocks import Words, aligned, check_words, load, store, xor

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_SIGN = np.uint64(63)
_TILE = 4096  # leaves that the portable twin weighs at a time


def grow(round_keys: Words, roots: Words, difference: Words, levels: int) -> tuple[Words, Words]:
    """Grow whole trees; return their leaves, uint64[trees, 2^levels, 2], and uint64[trees, levels, 2].

    `roots` is uint64[trees, 2], the left node of each first level; the right one differs from it by
    `difference`, uint64[2]. The second result holds the sum of the left nodes of each level.
    """
    trees = roots.shape[0]
    check_words("roots", roots, (trees, 2))
    check_words("difference", difference, (2,))
    leaves = np.empty((trees, 1 << levels, 2), np.uint64)
    leaves[:, 0] = roots
    leaves[:, 1] = roots ^ difference
    sums = np.empty((trees, levels, 2), np.uint64)
    sums[:, 0] = roots
    _grow(aligned(round_keys), leaves, sums)
    return leaves, sums


def regrow(round_keys: Words, sums: Words, sides: Words) -> Words:
    """Grow trees but for one leaf each; return leaves uint64[trees, 2^levels, 2].

    `sides` is uint64[trees, levels], 0 or 1: the missing leaf lies on the other side at each level. `sums`,
    uint64[trees, levels, 2], holds the sum of the nodes on that side. In place of the missing leaf stands the
    sum of all others, which is that leaf plus the difference.
    """
    trees, levels = sides.shape
    check_words("sides", sides, (trees, levels))
    check_words("sums", sums, (trees, levels, 2))
    leaves = np.zeros((trees, 1 << levels, 2), np.uint64)
    _regrow(aligned(round_keys), aligned(sums), aligned(sides), leaves)
    return leaves


def weigh(round_keys: Words, leaves: Words) -> Words:
    """Return the sum of all leaves, uint64[n, 2], weighed in GF(2^128) by `weights` of their numbers: uint64[2]."""
    check_words("leaves", leaves, (leaves.shape[0], 2))
    total = np.zeros(2, np.uint64)
    _weigh(aligned(round_keys), aligned(leaves), total)
    return total


def weights(round_keys: Words, numbers: Words) -> Words:
    """Return the weights of leaves by their numbers, uint64[n]: the numbers encrypted, uint64[n, 2]."""
    blocks = np.zeros((len(numbers), 2), np.uint64)
    blocks[:, 0] = numbers
    return encrypt(round_keys, blocks)


@inlined
def _sigma(x: Block) -> Block:
    return x[0] ^ x[1], x[0]


@inlined
def _equal_mask(a: np.uint64, b: np.uint64) -> np.uint64:
    """All ones if equal, zero if not, without a branch."""
    difference = a ^ b
    return ((difference | (_ZERO - difference)) >> _SIGN) - _ONE


@inlined
def _double(round_keys: Words, nodes: Words, count: int) -> None:
    """Replace the first `count` nodes by their children, from the last to the first."""
    row = count
    while row >= 4:
        row -= 4
        a, b, c, d = load(nodes, row), load(nodes, row + 1), load(nodes, row + 2), load(nodes, row + 3)
        e, f, g, h = _sigma(a), _sigma(b), _sigma(c), _sigma(d)
        p, q, r, s = encrypt_four(round_keys, e, f, g, h)
        p, q, r, s = xor(p, e), xor(q, f), xor(r, g), xor(s, h)
        store(nodes, 2 * row, p)
        store(nodes, 2 * row + 1, xor(a, p))
        store(nodes, 2 * row + 2, q)
        store(nodes, 2 * row + 3, xor(b, q))
        store(nodes, 2 * row + 4, r)
        store(nodes, 2 * row + 5, xor(c, r))
        store(nodes, 2 * row + 6, s)
        store(nodes, 2 * row + 7, xor(d, s))
    while row > 0:
        row -= 1
        a = load(nodes, row)
        e = _sigma(a)
        p = xor(encrypt_one(round_keys, e), e)
        store(nodes, 2 * row, p)
        store(nodes, 2 * row + 1, xor(a, p))


def _double_portable(key: Words, nodes: Words) -> Words:
    mixed = np.stack([nodes[..., 0] ^ nodes[..., 1], nodes[..., 0]], axis=-1)
    left = encrypt_with_openssl(key, mixed) ^ mixed
    return np.stack([left, left ^ nodes], axis=2).reshape(nodes.shape[0], 2 * nodes.shape[1], 2)


def _grow_portable(round_keys: Words, leaves: Words, sums: Words) -> None:
    nodes = leaves[:, :2]
    for level in range(1, sums.shape[1]):
        nodes = _double_portable(round_keys[0], nodes)
        sums[:, level] = np.bitwise_xor.reduce(nodes[:, ::2], axis=1)
    leaves[:] = nodes


def _regrow_portable(round_keys: Words, sums: Words, sides: Words, leaves: Words) -> None:
    trees, levels = sides.shape
    nodes = np.zeros((trees, 1, 2), np.uint64)
    path = np.zeros(trees, np.uint64)
    for level in range(levels):
        missing = np.arange(nodes.shape[1], dtype=np.uint64) == path[:, None]
        nodes = _double_portable(round_keys[0], nodes) if level else np.zeros((trees, 2, 2), np.uint64)
        nodes = np.where(np.repeat(missing, 2, axis=1)[..., None], _ZERO, nodes)
        known = np.bitwise_xor.reduce(nodes.reshape(trees, nodes.shape[1] // 2, 2, 2), axis=1)
        side = sides[:, level, None]
        sibling = sums[:, level] ^ np.where(side == _ONE, known[:, 1], known[:, 0])
        path = path << _ONE
        numbers = np.arange(nodes.shape[1], dtype=np.uint64)
        places = (numbers == (path | side[:, 0])[:, None])[..., None]
        nodes = np.where(places, sibling[:, None], nodes)
        path = path | (side[:, 0] ^ _ONE)
    numbers = np.arange(nodes.shape[1], dtype=np.uint64)
    total = np.bitwise_xor.reduce(nodes, axis=1)
    leaves[:] = np.where((numbers == path[:, None])[..., None], total[:, None], nodes)


def _weigh_portable(round_keys: Words, leaves: Words, total: Words) -> None:
    for start in range(0, len(leaves), _TILE):
        part = leaves[start : start + _TILE]
        numbers = np.arange(start, start + len(part), dtype=np.uint64)
        total ^= inner(weights(round_keys, numbers), part)


@compiled("const uint64[:,:], uint64[:,:,:], uint64[:,:,:]", features=("aes",), portable=_grow_portable)
def _grow(round_keys: Words, leaves: Words, sums: Words) -> None:
    for tree in range(leaves.shape[0]):
        nodes = leaves[tree]
        for level in range(1, sums.shape[1]):
            count = 1 << level
            _double(round_keys, nodes, count)
            left = (_ZERO, _ZERO)
            for row in range(count):
                left = xor(left, load(nodes, 2 * row))
            store(sums[tree], level, left)


@compiled(
    "const uint64[:,:], const uint64[:,:,:], const uint64[:,:], uint64[:,:,:]",
    features=("aes",),
    portable=_regrow_portable,
)
def _regrow(round_keys: Words, sums: Words, sides: Words, leaves: Words) -> None:
    levels = sides.shape[1]
    for tree in range(leaves.shape[0]):
        nodes = leaves[tree]
        path = _ZERO
        for level in range(levels):
            count = 1 << level
            if level > 0:
                _double(round_keys, nodes, count)
            side = sides[tree, level]
            known = load(sums[tree], level)  # less the nodes on that side: the one beside the missing node
            on_left, on_right = side - _ONE, _ZERO - side
            for row in range(count):
                present = ~_equal_mask(np.uint64(row), path)
                low = (nodes[2 * row, 0] & on_left) | (nodes[2 * row + 1, 0] & on_right)
                high = (nodes[2 * row, 1] & on_left) | (nodes[2 * row + 1, 1] & on_right)
                known = (known[0] ^ (low & present), known[1] ^ (high & present))
            for row in range(count):
                missing = _equal_mask(np.uint64(row), path)
                for half in range(2):
                    fill = missing & (on_left if half == 0 else on_right)
                    for word in range(2):
                        kept = nodes[2 * row + half, word] & ~missing
                        nodes[2 * row + half, word] = kept | (known[word] & fill)
            path = (path << _ONE) | (side ^ _ONE)
        total = (_ZERO, _ZERO)
        for row in range(1 << levels):
            total = xor(total, load(nodes, row))  # the missing leaf is zero here
        for row in range(1 << levels):
            missing = _equal_mask(np.uint64(row), path)
            nodes[row, 0] |= total[0] & missing
            nodes[row, 1] |= total[1] & missing


@compiled(
    "const uint64[:,:], const uint64[:,:], uint64[:]", features=("aes", "pclmul"), portable=_weigh_portable
)
def _weigh(round_keys: Words, leaves: Words, total: Words) -> None:
    sum_low, sum_high = _ZERO, _ZERO
    fours = leaves.shape[0] - leaves.shape[0] % 4
    for row in range(0, fours, 4):
        number = np.uint64(row)
        a, b, c, d = encrypt_four(
            round_keys,
            (number, _ZERO),
            (number + _ONE, _ZERO),
            (number + _ONE + _ONE, _ZERO),
            (number + _ONE + _ONE + _ONE, _ZERO),
        )
        a = field_multiply(a, load(leaves, row))
        b = field_multiply(b, load(leaves, row + 1))
        c = field_multiply(c, load(leaves, row + 2))
        d = field_multiply(d, load(leaves, row + 3))
        sum_low ^= a[0] ^ b[0] ^ c[0] ^ d[0]
        sum_high ^= a[1] ^ b[1] ^ c[1] ^ d[1]
    for row in range(fours, leaves.shape[0]):
        a = field_multiply(encrypt_one(round_keys, (np.uint64(row), _ZERO)), load(leaves, row))
        sum_low ^= a[0]
        sum_high ^= a[1]
    total[0] ^= sum_low
    total[1] ^= sum_high
