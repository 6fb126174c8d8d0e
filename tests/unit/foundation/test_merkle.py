"""Trees of RFC 9162 shape against known answers, and multiproofs against a direct recomputation."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import digest
from mpctls.reference.foundation.identifiers import HashAlgorithm
from mpctls.reference.foundation.merkle import leaf_hash, prove, root, root_from_proof

from .refusals import refused

SHA256 = HashAlgorithm.SHA256

# The reference tree of Certificate Transparency (RFC 9162 shape, SHA-256): leaves, and the root over the first n.
LEAVES = [
    bytes.fromhex(each)
    for each in (
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


def hashes_of(count: int, algorithm: HashAlgorithm = SHA256) -> list[bytes]:
    return [leaf_hash(algorithm, bytes([number % 256, number // 256])) for number in range(count)]


def naive_proof(
    algorithm: HashAlgorithm, hashes: list[bytes], opened: set[int], start: int = 0
) -> list[bytes]:
    """The multiproof written down straight from its definition."""
    if not opened & set(range(start, start + len(hashes))):
        return [root(algorithm, hashes)]
    if len(hashes) == 1:
        return []
    middle = 1
    while 2 * middle < len(hashes):
        middle *= 2
    left = naive_proof(algorithm, hashes[:middle], opened, start)
    return left + naive_proof(algorithm, hashes[middle:], opened, start + middle)


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_of_the_certificate_transparency_tree(count: int) -> None:
    assert root(SHA256, [leaf_hash(SHA256, each) for each in LEAVES[:count]]).hex() == ROOTS[count - 1]


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_each_hash_function_has_its_own_tree(algorithm: HashAlgorithm) -> None:
    left, right = leaf_hash(algorithm, b"left"), leaf_hash(algorithm, b"right")
    assert left == digest(algorithm, b"\0left")
    assert root(algorithm, [left, right]) == digest(algorithm, b"\1", left, right)


def test_an_empty_tree_does_not_exist() -> None:
    with refused("data-submission/no-commitments"):
        root(SHA256, [])


@given(st.data(), st.integers(1, 40), st.sampled_from(HashAlgorithm))
def test_proofs_are_the_defined_ones_and_lead_to_the_root(
    data: st.DataObject, count: int, algorithm: HashAlgorithm
) -> None:
    hashes = hashes_of(count, algorithm)
    opened = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))
    proof = prove(algorithm, hashes, opened)
    assert list(proof) == naive_proof(algorithm, hashes, set(opened))
    leaves = [(index, hashes[index]) for index in opened]
    assert root_from_proof(algorithm, count, leaves, proof) == root(algorithm, hashes)


@given(st.data(), st.integers(2, 24))
def test_any_change_of_a_proof_is_refused_or_leads_elsewhere(data: st.DataObject, count: int) -> None:
    hashes = hashes_of(count)
    opened = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))
    proof = list(prove(SHA256, hashes, opened))
    leaves = [(index, hashes[index]) for index in opened]
    with refused("verification/merkle-proof-invalid"):
        root_from_proof(SHA256, count, leaves, [*proof, bytes(32)])
    if proof:
        with refused("verification/merkle-proof-invalid"):
            root_from_proof(SHA256, count, leaves, proof[:-1])
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
        assert root_from_proof(SHA256, count, leaves, changed) != root(SHA256, hashes)
    exchanged = [(leaves[0][0], bytes(32)), *leaves[1:]]
    assert root_from_proof(SHA256, count, exchanged, proof) != root(SHA256, hashes)


@given(st.data(), st.integers(2, 24))
def test_a_leaf_at_another_place_leads_elsewhere(data: st.DataObject, count: int) -> None:
    hashes = hashes_of(count)
    place, other = data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
    proof = prove(SHA256, hashes, [place])
    try:
        found = root_from_proof(SHA256, count, [(other, hashes[place])], proof)
    except Refused as refusal:
        assert refusal.reason == "verification/merkle-proof-invalid"
    else:
        assert found != root(SHA256, hashes)


def test_an_inner_node_is_no_leaf() -> None:
    # CVE-2012-2459's relatives: without the prefixes a node's two hashes would hash like a leaf of 64 octets.
    left, right = hashes_of(2)
    node = root(SHA256, [left, right])
    assert leaf_hash(SHA256, left + right) != node
    assert hashlib.sha256(b"\1" + left + right).digest() == node


def test_the_last_leaf_is_not_doubled() -> None:
    # CVE-2012-2459.
    hashes = hashes_of(3)
    assert root(SHA256, hashes) != root(SHA256, [*hashes, hashes[-1]])


@pytest.mark.parametrize("count", [2**31, 2**32 - 1])
def test_a_claimed_count_costs_only_its_depth(count: int) -> None:
    started = time.monotonic()
    with refused("verification/merkle-proof-invalid"):
        root_from_proof(SHA256, count, [(count - 1, bytes(32))], [])
    found = root_from_proof(SHA256, count, [(0, bytes(32))], [bytes(32)] * (count - 1).bit_length())
    assert len(found) == 32
    opened = [(index * (count // 4096), bytes(32)) for index in range(4096)]
    with refused("verification/merkle-proof-invalid"):
        root_from_proof(SHA256, count, opened, [])
    assert time.monotonic() - started < 10


def test_the_largest_tree_is_proved_quickly() -> None:
    hashes = hashes_of(4096)
    started = time.monotonic()
    opened = list(range(0, 4096, 2))
    proof = prove(SHA256, hashes, opened)
    assert len(proof) == 2048
    leaves = [(index, hashes[index]) for index in opened]
    assert root_from_proof(SHA256, 4096, leaves, proof) == root(SHA256, hashes)
    assert time.monotonic() - started < 10
