"""The tree of RFC 9162 and proofs that open several leaves."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.merkle import leaf_hash, make_proof, node_hash, root_from_proof, split, tree_root
from mpctls.spec.reasons import Reason, Rejection

from ..session.stages import rejects

SHA256 = HashAlgorithm.SHA256

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Leaves and roots of the certificate-transparency project's test vectors, for one to eight leaves."""


@pytest.mark.parametrize("count", range(1, 9))
def test_known_roots(count: int) -> None:
    assert tree_root(SHA256, LEAVES[:count]).hex() == ROOTS[count - 1]


def test_an_empty_tree_does_not_exist() -> None:
    with pytest.raises(ValueError, match="at least one leaf"):
        tree_root(SHA256, [])


@pytest.mark.parametrize(
    ("count", "left"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8), (2**32 - 1, 2**31)]
)
def test_the_split_is_the_largest_power_of_two_below(count: int, left: int) -> None:
    assert split(count) == left


def test_leaves_and_nodes_have_different_prefixes() -> None:
    assert leaf_hash(SHA256, b"x") == hashlib.sha256(b"\x00x").digest()
    assert node_hash(SHA256, b"x", b"y") == hashlib.sha256(b"\x01xy").digest()


def test_a_proof_lists_closed_subtrees_depth_first_from_left_to_right() -> None:
    hashes = [leaf_hash(SHA256, leaf) for leaf in LEAVES[:7]]

    def node(*children: bytes) -> bytes:
        return node_hash(SHA256, *children)

    first_half = node(node(hashes[0], hashes[1]), node(hashes[2], hashes[3]))
    assert make_proof(SHA256, LEAVES[:7], [1, 6]) == (
        hashes[0],
        node(hashes[2], hashes[3]),
        node(hashes[4], hashes[5]),
    )
    assert make_proof(SHA256, LEAVES[:7], [4, 5, 6]) == (first_half,)
    assert make_proof(SHA256, LEAVES[:7], range(7)) == ()


TREES = st.lists(st.binary(max_size=3), min_size=1, max_size=20).flatmap(
    lambda leaves: st.tuples(
        st.just(leaves), st.sets(st.integers(0, len(leaves) - 1), min_size=1).map(sorted)
    )
)


@given(TREES, st.sampled_from(HashAlgorithm))
def test_every_proof_leads_to_the_root(tree: tuple[list[bytes], list[int]], algorithm: HashAlgorithm) -> None:
    leaves, opened = tree
    proof = make_proof(algorithm, leaves, opened)
    chosen = {index: leaves[index] for index in opened}
    assert root_from_proof(algorithm, len(leaves), chosen, proof) == tree_root(algorithm, leaves)


@given(TREES, st.data())
def test_no_other_proof_leads_to_the_root(tree: tuple[list[bytes], list[int]], data: st.DataObject) -> None:
    leaves, opened = tree
    proof = list(make_proof(SHA256, leaves, opened))
    chosen = {index: leaves[index] for index in opened}
    root = tree_root(SHA256, leaves)
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        root_from_proof(SHA256, len(leaves), chosen, [*proof, bytes(32)])
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        root_from_proof(SHA256, len(leaves), chosen, [root, *proof])
    index = data.draw(st.sampled_from(opened))
    assert root_from_proof(SHA256, len(leaves), {**chosen, index: b"four"}, proof) != root
    if proof:
        with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
            root_from_proof(SHA256, len(leaves), chosen, proof[:-1])
        position = data.draw(st.integers(0, len(proof) - 1))
        proof[position] = bytes(32)
        assert root_from_proof(SHA256, len(leaves), chosen, proof) != root


def test_a_tree_that_claims_to_be_huge_costs_its_depth_only() -> None:
    with pytest.raises(Rejection):
        root_from_proof(SHA256, 2**32 - 1, {0: b"", 2**32 - 2: b""}, [bytes(32)] * 40)
