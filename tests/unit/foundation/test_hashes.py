"""Hash functions and contexts: published answers, and inputs that serve one purpose only."""

from __future__ import annotations

import hashlib

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation import contexts
from mpctls.reference.foundation.hashes import commitment_value, digest, keccak256, sha256
from mpctls.reference.foundation.identifiers import HashAlgorithm
from mpctls.reference.foundation.reasons import LOCAL, NORMATIVE

# FIPS 180-4 examples ("" and "abc"), the Ethereum yellow paper's KEC(()), BLAKE3's test_vectors.json (length 0).
EMPTY = {
    HashAlgorithm.SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    HashAlgorithm.KECCAK256: "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    HashAlgorithm.BLAKE3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
}
ABC = {
    HashAlgorithm.SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    HashAlgorithm.KECCAK256: "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    HashAlgorithm.BLAKE3: "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
}


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_known_answers(algorithm: HashAlgorithm) -> None:
    assert digest(algorithm).hex() == EMPTY[algorithm]
    assert digest(algorithm, b"abc").hex() == ABC[algorithm]
    assert digest(algorithm, b"a", b"", b"bc").hex() == ABC[algorithm]


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_parts_are_concatenated(parts: list[bytes]) -> None:
    assert sha256(*parts) == hashlib.sha256(b"".join(parts)).digest()
    assert keccak256(*parts) == keccak256(b"".join(parts))


def test_commitments_stand_on_whole_context_blocks() -> None:
    octets, blinder = b"value", bytes(range(16))
    message = b"\x05\0\0\0" + octets + blinder
    sha = b"mpctls/1/hash-commitment/sha256".ljust(64, b"\0")
    keccak = b"mpctls/1/hash-commitment/keccak256".ljust(136, b"\0")
    derived = blake3(message, derive_key_context="mpctls/1/hash-commitment/blake3")
    assert commitment_value(HashAlgorithm.SHA256, octets, blinder) == hashlib.sha256(sha + message).digest()
    assert commitment_value(HashAlgorithm.KECCAK256, octets, blinder) == keccak256(keccak + message)
    assert commitment_value(HashAlgorithm.BLAKE3, octets, blinder) == derived.digest()


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_no_octet_moves_between_value_and_blinder(algorithm: HashAlgorithm) -> None:
    whole = b"value" + bytes(range(16))
    values = {commitment_value(algorithm, whole[:cut], whole[cut:]) for cut in range(len(whole) + 1)}
    assert len(values) == len(whole) + 1


def test_no_context_begins_another_input() -> None:
    assert len(set(contexts.REGISTRY)) == len(contexts.REGISTRY) == 21
    for one in contexts.REGISTRY:
        assert one.endswith(b"\0") and one[:-1].isascii() and one[:-1].decode().isprintable()
        assert one[0] not in (0, 1)
        assert not any(other != one and other.startswith(one) for other in contexts.REGISTRY)


def test_reasons_are_stage_and_reason() -> None:
    stages = {each.partition("/")[0] for each in NORMATIVE}
    assert not stages & LOCAL
    assert all(len(each) <= 64 and each.replace("/", "-").replace("-", "").isalnum() for each in NORMATIVE)
