"""Attacks on what is hashed: moved octets, lengthened messages, leaves of another kind, guessed values."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.attestation import handshake_commitment
from mpctls.spec.commitments import EncodingCommitment, HashCommitment, encode_leaf, hash_commitment_value
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.merkle import leaf_hash, node_hash, root_from_proof, tree_root
from mpctls.spec.ranges import RangeSet
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.tls.sha256 import compress

BLINDER = bytes(range(16))


@given(st.binary(max_size=60), st.sampled_from(HashAlgorithm))
def test_no_octet_moves_between_value_and_blinder(octets: bytes, algorithm: HashAlgorithm) -> None:
    """Attack catalogue, B9: the same string cut elsewhere is another input, because the length stands before it."""
    values = {hash_commitment_value(algorithm, octets[:cut], octets[cut:]) for cut in range(len(octets) + 1)}
    assert len(values) == len(octets) + 1


def padding(length: int) -> bytes:
    """The padding of SHA-256 for a message of `length` octets: FIPS 180-4, section 5.1.1."""
    return b"\x80" + bytes(-(length + 9) % 64) + (8 * length).to_bytes(8, "big")


def test_a_value_that_is_lengthened_opens_to_nothing() -> None:
    """Attack catalogue, B10: from a digest alone, that of the message, its padding and more can be computed."""
    octets = b"balance 1000"
    value = hash_commitment_value(HashAlgorithm.SHA256, octets, BLINDER)
    hashed = (
        b"mpctls/1/hash-commitment/sha256".ljust(64, b"\0")
        + len(octets).to_bytes(4, "little")
        + octets
        + BLINDER
    )
    assert hashlib.sha256(hashed).digest() == value
    more = bytes(16)
    message = hashed + padding(len(hashed)) + more
    lengthened = compress(value, more + padding(len(message)))
    assert lengthened == hashlib.sha256(message).digest(), "the extension itself works"
    after_context = message[64 + 4 :]
    longer, blinder = after_context[:-16], after_context[-16:]
    assert hash_commitment_value(HashAlgorithm.SHA256, longer, blinder) != lengthened
    for cut in range(len(after_context) - 15):
        opened = hash_commitment_value(
            HashAlgorithm.SHA256, after_context[:cut], after_context[cut : cut + 16]
        )
        assert opened != lengthened


def test_leaves_of_two_kinds_are_never_the_same_octets() -> None:
    """Attack catalogue, B6: the kind is the leaf's first octet."""
    common = {
        "direction": Direction.SENT,
        "ranges": RangeSet.of((0, 1)),
        "lexical_class": LexicalClass.ANY,
    }
    hashed = encode_leaf(HashCommitment(**common, algorithm=HashAlgorithm.SHA256, value=bytes(32)))  # type: ignore[arg-type]
    encoded = encode_leaf(
        EncodingCommitment(**common, commitment=bytes(32), offset=bytes(32), factor=bytes(32))  # type: ignore[arg-type]
    )
    assert (hashed[0], encoded[0]) == (0, 1)
    assert hashed[1:12] == encoded[1:12]
    assert leaf_hash(HashAlgorithm.SHA256, hashed) != leaf_hash(HashAlgorithm.SHA256, encoded)


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_an_inner_node_is_no_leaf(algorithm: HashAlgorithm) -> None:
    """Attack catalogue, B1: a tree of two leaves passed off as one leaf of 64 octets."""
    left, right = leaf_hash(algorithm, b"left"), leaf_hash(algorithm, b"right")
    root = tree_root(algorithm, [b"left", b"right"])
    assert node_hash(algorithm, left, right) == root
    for leaf in (left + right, b"\x01" + left + right):
        assert root_from_proof(algorithm, 1, {0: leaf}, ()) != root


@pytest.mark.parametrize("count", [1, 3, 5, 6, 7])
def test_the_last_leaf_is_not_doubled(count: int) -> None:
    """Attack catalogue, B2, and CVE-2012-2459: trees that pair a left-over node with itself."""
    leaves = [bytes([number]) for number in range(count)]
    root = tree_root(HashAlgorithm.SHA256, leaves)
    for more in range(1, 4):
        assert tree_root(HashAlgorithm.SHA256, leaves + leaves[-more:]) != root
        assert tree_root(HashAlgorithm.SHA256, [*leaves, *[leaves[-1]] * more]) != root


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_a_guessed_value_is_not_confirmed_without_its_blinder(algorithm: HashAlgorithm) -> None:
    """Attack catalogue, C8 and H6: all two-digit values are tried against one commitment."""
    value = hash_commitment_value(algorithm, b"42", BLINDER)
    guesses = {hash_commitment_value(algorithm, b"%02d" % number, bytes(16)) for number in range(100)}
    assert len(guesses) == 100
    assert value not in guesses
    assert hash_commitment_value(algorithm, b"42", bytes(16)) in guesses


def test_a_known_server_is_not_confirmed_without_the_blinder() -> None:
    """Attack catalogue, H8: a Notary that knows every certificate and signature tries them on the commitment."""
    known = [
        HandshakeData(certificates=(bytes([server]),), signature_algorithm=0x0401, signature=bytes(256))
        for server in range(200)
    ]
    guesses = {handshake_commitment(data, bytes(32)) for data in known}
    assert len(guesses) == 200
    assert handshake_commitment(known[7], bytes(range(32))) not in guesses
