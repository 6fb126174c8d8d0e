"""Trees of seeds of which one party misses exactly one leaf: punctured functions from base transfers.

A tree has 2^k leaves. The planter knows them all; the other party knows all but the one at the place its k
choice bits name. Construction and its check against a cheating planter: Roy, eprint 2022/192 (base
transfers of the extension; the tree is that of Goldreich, Goldwasser and Micali). What a cheating planter can
still do is guess bits of the place and be caught if wrong; the extension's security includes that.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.errors import Refused
from ..duplex import Duplex
from ..kernels.aes import expand
from . import messages

Words: TypeAlias = NDArray[np.uint64]

_CHECK: Final = b"mpctls/half-gates-1/punctured-function/check\x00"
_BLOCK_OCTETS: Final = 16


def plant(duplex: Duplex, binding: bytes, seeds: Words, log2_leaves: int) -> Words:
    """Grow trees and send what the other party needs; return all leaves, uint64[trees, 2^k, 2].

    `seeds` is uint64[trees*k, 2 (choice), 2], both seeds of k base transfers for each tree, that of the
    place's lowest bit first; `binding` names session and direction. The party that received nothing in the
    base transfers runs it.
    """
    pairs = seeds.reshape(-1, log2_leaves, 2, 2)
    trees = pairs.shape[0]
    nodes = pairs[:, log2_leaves - 1, ::-1]  # choice c is to learn the node on side 1 - c
    sums = np.empty((trees, log2_leaves - 1, 2, 2), np.uint64)
    for level in range(1, log2_leaves):
        children = _children(nodes)
        sums[:, level - 1] = np.bitwise_xor.reduce(children, axis=1)
        sums[:, level - 1] ^= pairs[:, log2_leaves - 1 - level, ::-1]
        nodes = children.reshape(trees, -1, 2)
    leaves, tokens = _finish(nodes)
    duplex.send(messages.PUNCTURED_LEVEL_SUMS, _octets(sums))
    token_sums = np.bitwise_xor.reduce(tokens, axis=1)
    duplex.send(messages.PUNCTURED_CHECK, _octets(token_sums) + _digest(binding, tokens))
    return leaves


def receive_punctured(duplex: Duplex, binding: bytes, seeds: Words, places: NDArray[np.uint8]) -> Words:
    """Receive trees but for one leaf each; return uint64[trees, 2^k, 2], zero for the missing leaf.

    `places` is uint8[trees, k], the bits of each missing leaf's number, lowest first: the choices of the base
    transfers whose seeds, uint64[trees*k, 2], these are. Rejects with
    `engine/inconsistent-oblivious-transfer` when the leaves are not those of one well-formed tree whatever
    the place.
    """
    trees, log2_leaves = places.shape
    chosen = seeds.reshape(trees, log2_leaves, 2)
    sums_octets = duplex.receive(messages.PUNCTURED_LEVEL_SUMS, trees * (log2_leaves - 1) * 2 * _BLOCK_OCTETS)
    check = duplex.receive(messages.PUNCTURED_CHECK, trees * 2 * _BLOCK_OCTETS + hashlib.sha256().digest_size)
    sums = _words(sums_octets).reshape(trees, log2_leaves - 1, 2, 2)
    token_sums = _words(check[: trees * 2 * _BLOCK_OCTETS]).reshape(trees, 2, 2)
    every = np.arange(trees)
    top = places[:, log2_leaves - 1].astype(np.intp)
    nodes = np.zeros((trees, 2, 2), np.uint64)
    nodes[every, 1 - top] = chosen[:, log2_leaves - 1]
    path = top
    for level in range(1, log2_leaves):
        children = _children(nodes)
        children[every, path] = 0
        bit = places[:, log2_leaves - 1 - level].astype(np.intp)
        sibling = sums[every, level - 1, 1 - bit] ^ chosen[:, log2_leaves - 1 - level]
        sibling ^= np.bitwise_xor.reduce(children, axis=1)[every, 1 - bit]
        children[every, path, 1 - bit] = sibling
        nodes = children.reshape(trees, -1, 2)
        path = 2 * path + bit
    leaves, tokens = _finish(nodes)
    leaves[every, path] = 0
    tokens[every, path] = 0
    tokens[every, path] = token_sums ^ np.bitwise_xor.reduce(tokens, axis=1)
    if not hmac.compare_digest(_digest(binding, tokens), check[-hashlib.sha256().digest_size :]):
        raise Refused("engine/inconsistent-oblivious-transfer", "trees of seeds")
    return leaves


def _children(nodes: Words) -> Words:
    """Both children of each node: uint64[trees, nodes, 2 (side), 2]."""
    return expand(nodes.reshape(-1, 2), 2).reshape(*nodes.shape[:2], 2, 2)


def _finish(nodes: Words) -> tuple[Words, Words]:
    """Make leaves, uint64[trees, 2^k, 2], and check tokens, uint64[trees, 2^k, 2, 2], of the last nodes."""
    expanded = expand(nodes.reshape(-1, 2), 3).reshape(*nodes.shape[:2], 3, 2)
    return expanded[:, :, 0].copy(), expanded[:, :, 1:].copy()


def _digest(binding: bytes, tokens: Words) -> bytes:
    return hashlib.sha256(_CHECK + len(binding).to_bytes(4, "little") + binding + _octets(tokens)).digest()


def _octets(words: Words) -> bytes:
    return words.astype("<u8").tobytes()


def _words(octets: bytes) -> Words:
    return np.frombuffer(octets, dtype="<u8").astype(np.uint64)
