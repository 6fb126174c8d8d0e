"""The Merkle tree over a session's commitments, and proofs that open several leaves at once.

leaf hash = H(0x00 ‖ leaf), node = H(0x01 ‖ left ‖ right); a tree of n > 1 leaves splits at the largest power
of two below n. Source: RFC 9162 section 2.1.1. Proofs are of this project: depth first, left to right, a
subtree without an opened leaf contributes its hash, one with an opened leaf is descended. That form is
unique, so proofs are canonical.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .digests import digest
from .identifiers import HashAlgorithm
from .reasons import Reason, Rejection


def leaf_hash(algorithm: HashAlgorithm, leaf: bytes) -> bytes:
    """H(0x00 ‖ leaf)."""
    return digest(algorithm, b"\x00" + leaf)


def node_hash(algorithm: HashAlgorithm, left: bytes, right: bytes) -> bytes:
    """H(0x01 ‖ left ‖ right)."""
    return digest(algorithm, b"\x01" + left + right)


def split(leaf_count: int) -> int:
    """The number of leaves on the left: the largest power of two below `leaf_count`, which is at least two."""
    return 1 << ((leaf_count - 1).bit_length() - 1)


def tree_root(algorithm: HashAlgorithm, leaves: Sequence[bytes]) -> bytes:
    """Return the root over at least one leaf."""
    if not leaves:
        raise ValueError("a tree has at least one leaf")
    if len(leaves) == 1:
        return leaf_hash(algorithm, leaves[0])
    left = split(len(leaves))
    return node_hash(algorithm, tree_root(algorithm, leaves[:left]), tree_root(algorithm, leaves[left:]))


def make_proof(algorithm: HashAlgorithm, leaves: Sequence[bytes], opened: Sequence[int]) -> tuple[bytes, ...]:
    """Return the hashes that lead from the leaves at the indices `opened`, at least one, to the root.

    Run by the Prover. Indices are relative to `leaves` and within them.
    """
    if not opened:
        return (tree_root(algorithm, leaves),)
    if len(leaves) == 1:
        return ()
    left = split(len(leaves))
    return make_proof(algorithm, leaves[:left], [index for index in opened if index < left]) + make_proof(
        algorithm, leaves[left:], [index - left for index in opened if index >= left]
    )


def root_from_proof(
    algorithm: HashAlgorithm, leaf_count: int, opened: Mapping[int, bytes], proof: Sequence[bytes]
) -> bytes:
    """Return the root to which a proof leads from the opened leaves, given as index to leaf, all below
    `leaf_count`.

    Run by the Verifier. Rejects with verification/merkle-proof-invalid when hashes are missing or left over.
    """
    hashes = iter(proof)
    root = _root_from_hashes(algorithm, leaf_count, opened, hashes)
    if next(hashes, None) is not None:
        raise Rejection(Reason.VERIFICATION_MERKLE_PROOF_INVALID, "hashes are left over")
    return root


def _root_from_hashes(
    algorithm: HashAlgorithm, leaf_count: int, opened: Mapping[int, bytes], hashes: Iterator[bytes]
) -> bytes:
    if not opened:
        subtree = next(hashes, None)
        if subtree is None:
            raise Rejection(Reason.VERIFICATION_MERKLE_PROOF_INVALID, "hashes are missing")
        return subtree
    if leaf_count == 1:
        return leaf_hash(algorithm, opened[0])
    left = split(leaf_count)
    opened_left = {index: leaf for index, leaf in opened.items() if index < left}
    opened_right = {index - left: leaf for index, leaf in opened.items() if index >= left}
    left_hash = _root_from_hashes(algorithm, left, opened_left, hashes)
    right_hash = _root_from_hashes(algorithm, leaf_count - left, opened_right, hashes)
    return node_hash(algorithm, left_hash, right_hash)
