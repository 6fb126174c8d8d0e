"""The tweakable hash of labels, H(x, i) = π(π(x) ⊕ i) ⊕ π(x), with π AES-128 under a key both parties chose.

It is circular correlation robust: its values look random even for inputs that differ by a secret Δ and where
Δ is added to outputs, as long as no tweak repeats under one key. Source: eprint 2019/074, section 7.4.
"""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import Block, compiled, inlined
from .aes import encrypt_four, encrypt_one, encrypt_three, encrypt_two, encrypt_with_openssl
from .blocks import Words, aligned, load, store, xor

GARBLING_DOMAIN = 0
THREE_HALVES_DOMAIN = 2  # 1 is that of output labels
_MAXIMUM = 2**64
_ONE = np.uint64(1)


def counter_tweaks(*, first: int, count: int, domain: int) -> Words:
    """Return `count` consecutive tweaks, uint64[count, 2]: a counter from `first` on, then the domain.

    Domain 0 belongs to garbling; whoever hashes for another purpose uses a domain of its own, and a counter
    that never repeats in a session. Refuses a counter that would run over 64 bits with OverflowError.
    """
    if first < 0 or first + count > _MAXIMUM:
        raise OverflowError("the counter of tweaks has 64 bits")
    tweaks = np.empty((count, 2), np.uint64)
    tweaks[:, 0] = np.arange(count, dtype=np.uint64) + np.uint64(first)
    tweaks[:, 1] = domain
    return tweaks


def hash_labels(round_keys: Words, labels: Words, tweaks: Words) -> Words:
    """Hash each label with its tweak.

    `round_keys` is uint64[11, 2] of `aes.expand_key`; `labels` and `tweaks` are uint64[n, 2], a tweak read as
    the 128-bit number of its two words; returns uint64[n, 2]. Requires that no tweak repeats under one key,
    but for the labels of one wire.
    """
    if (
        round_keys.shape != (11, 2)
        or labels.ndim != 2
        or labels.shape[1] != 2
        or labels.shape != tweaks.shape
    ):
        raise ValueError("round keys are uint64[11, 2]; labels and tweaks are uint64[n, 2] alike")
    hashes = np.empty(labels.shape, np.uint64)
    _hash_labels(aligned(round_keys), aligned(labels), aligned(tweaks), hashes)
    return hashes


@inlined
def hash_two(round_keys: Words, a: Block, b: Block, a_tweak: Block, b_tweak: Block) -> tuple[Block, Block]:
    """Hash two labels side by side."""
    a, b = encrypt_two(round_keys, a, b)
    c, d = encrypt_two(round_keys, xor(a, a_tweak), xor(b, b_tweak))
    return xor(a, c), xor(b, d)


@inlined
def hash_pairs(
    round_keys: Words, a: Block, b: Block, c: Block, d: Block, ab_tweak: Block, cd_tweak: Block
) -> tuple[Block, Block, Block, Block]:
    """Hash four labels side by side, the first two with one tweak and the last two with another."""
    a, b, c, d = encrypt_four(round_keys, a, b, c, d)
    e, f, g, h = encrypt_four(
        round_keys, xor(a, ab_tweak), xor(b, ab_tweak), xor(c, cd_tweak), xor(d, cd_tweak)
    )
    return xor(a, e), xor(b, f), xor(c, g), xor(d, h)


@inlined
def hash_three(round_keys: Words, a: Block, b: Block, c: Block, tweak: Block) -> tuple[Block, Block, Block]:
    """Hash three labels side by side, with a tweak, the next one and the one after that."""
    second, third = (tweak[0] + _ONE, tweak[1]), (tweak[0] + _ONE + _ONE, tweak[1])
    a, b, c = encrypt_three(round_keys, a, b, c)
    d, e, f = encrypt_three(round_keys, xor(a, tweak), xor(b, second), xor(c, third))
    return xor(a, d), xor(b, e), xor(c, f)


def hash_with_openssl(key: Words, labels: Words, tweaks: Words) -> Words:
    """Hash labels uint64[..., 2] under a key uint64[2]; the portable way to do what `hash_labels` does."""
    permuted = encrypt_with_openssl(key, labels)
    return encrypt_with_openssl(key, permuted ^ tweaks) ^ permuted


def _hash_labels_portable(round_keys: Words, labels: Words, tweaks: Words, hashes: Words) -> None:
    hashes[:] = hash_with_openssl(round_keys[0], labels, tweaks)


@compiled(
    "const uint64[:,:], const uint64[:,:], const uint64[:,:], uint64[:,:]",
    features=("aes",),
    portable=_hash_labels_portable,
)
def _hash_labels(round_keys: Words, labels: Words, tweaks: Words, hashes: Words) -> None:
    count = labels.shape[0]
    pairs = count - count % 2
    for row in range(0, pairs, 2):
        a, b = hash_two(
            round_keys, load(labels, row), load(labels, row + 1), load(tweaks, row), load(tweaks, row + 1)
        )
        store(hashes, row, a)
        store(hashes, row + 1, b)
    if pairs < count:
        permuted = encrypt_one(round_keys, load(labels, pairs))
        store(hashes, pairs, xor(permuted, encrypt_one(round_keys, xor(permuted, load(tweaks, pairs)))))
