"""Merkle trees of RFC 9162 shape with canonical multiproofs."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import Refused
from .hashes import digest
from .identifiers import HashAlgorithm

LEAF_PREFIX = b"\0"
NODE_PREFIX = b"\1"


def leaf_hash(algorithm: HashAlgorithm, leaf: bytes) -> bytes:
    """H(0x00 ‖ canonical leaf)."""
    return digest(algorithm, LEAF_PREFIX, leaf)


def _node(algorithm: HashAlgorithm, left: bytes, right: bytes) -> bytes:
    return digest(algorithm, NODE_PREFIX, left, right)


def _split(count: int) -> int:
    """The largest power of two below `count` (RFC 9162 section 2.1.1)."""
    return 1 << (count - 1).bit_length() - 1


def root(algorithm: HashAlgorithm, leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over one or more leaf hashes."""
    if not leaf_hashes:
        raise Refused("data-submission/no-commitments", "a tree has at least one leaf")
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    middle = _split(len(leaf_hashes))
    return _node(algorithm, root(algorithm, leaf_hashes[:middle]), root(algorithm, leaf_hashes[middle:]))


def prove(algorithm: HashAlgorithm, leaf_hashes: Sequence[bytes], opened: Sequence[int]) -> tuple[bytes, ...]:
    """The multiproof for the strictly increasing leaf indices `opened`.

    One hash for each subtree that holds none of them, depth first, left to right.
    """
    wanted = frozenset(opened)
    hashes: list[bytes] = []

    def descend(start: int, end: int) -> None:
        if not any(index in wanted for index in range(start, end)):
            hashes.append(root(algorithm, leaf_hashes[start:end]))
        elif end - start > 1:
            middle = start + _split(end - start)
            descend(start, middle)
            descend(middle, end)

    descend(0, len(leaf_hashes))
    return tuple(hashes)


def root_from_proof(
    algorithm: HashAlgorithm, leaf_count: int, opened: Sequence[tuple[int, bytes]], proof: Sequence[bytes]
) -> bytes:
    """The root that `proof` and the opened (index, leaf hash) pairs lead to.

    Requires at least one pair, strictly increasing indices, all below `leaf_count`. Refuses with
    `verification/merkle-proof-invalid` when hashes are missing or left over. Work is bounded by the number of opened
    leaves times the depth, whatever `leaf_count` claims.
    """
    hashes = iter(proof)

    def ascend(start: int, end: int, leaves: Sequence[tuple[int, bytes]]) -> bytes:
        if not leaves:
            try:
                return next(hashes)
            except StopIteration:
                raise Refused("verification/merkle-proof-invalid", "the proof has too few hashes") from None
        if end - start == 1:
            return leaves[0][1]
        middle = start + _split(end - start)
        left = [leaf for leaf in leaves if leaf[0] < middle]
        right = [leaf for leaf in leaves if leaf[0] >= middle]
        left_hash = ascend(start, middle, left)
        return _node(algorithm, left_hash, ascend(middle, end, right))

    result = ascend(0, leaf_count, opened)
    if next(hashes, None) is not None:
        raise Refused("verification/merkle-proof-invalid", "the proof has hashes left over")
    return result
