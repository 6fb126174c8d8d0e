"""Known answers of the hash functions, and agreement with independent implementations at every tree shape."""

from __future__ import annotations

import blake3 as independent_blake3
import pytest
from Crypto.Hash import keccak as independent_keccak
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.hashes.blake3 import blake3, blake3_derive_key
from mpctls.spec.hashes.keccak import RATE, keccak_256

# The BLAKE3 team's test_vectors.json: input octets 0, 1, … 250, 0, …; first 32 octets of each output.
CONTEXT = "BLAKE3 2019-12-27 16:29:52 test vectors context"
OFFICIAL = [
    (
        0,
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d",
    ),
    (
        1023,
        "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
        "74a16c1c3d44368a86e1ca6df64be6a2f64cce8f09220787450722d85725dea5",
    ),
    (
        1025,
        "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
        "effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb",
    ),
    (
        3073,
        "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3",
        "72613c9ec9ff7e40f8f5c173784c532ad852e827dba2bf85b2ab4b76f7079081",
    ),
    (
        7169,
        "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817",
        "554b0a5efea9ef183f2f9b931b7497995d9eb26f5c5c6dad2b97d62fc5ac31d9",
    ),
]


def _input(length: int) -> bytes:
    return bytes(i % 251 for i in range(length))


@pytest.mark.parametrize(("length", "digest", "derived"), OFFICIAL)
def test_blake3_gives_the_official_answers(length: int, digest: str, derived: str) -> None:
    assert blake3(_input(length)).hex() == digest
    assert blake3_derive_key(CONTEXT, _input(length)).hex() == derived


def test_blake3_extends_its_output_over_several_blocks() -> None:
    expected = independent_blake3.blake3(b"long").digest(length=200)
    assert blake3(b"long", 200) == expected


@given(st.integers(0, 5000), st.binary(max_size=8))
def test_blake3_agrees_with_another_implementation(length: int, suffix: bytes) -> None:
    message = _input(length) + suffix
    assert blake3(message) == independent_blake3.blake3(message).digest()


# Ethereum's digest of the empty string (Yellow Paper, appendix: KEC(()) ), and of its first ABI example.
@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (
            b"Transfer(address,address,uint256)",
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        ),
    ],
)
def test_keccak_gives_the_values_ethereum_uses(message: bytes, digest: str) -> None:
    assert keccak_256(message).hex() == digest


@given(st.sampled_from([0, 1, RATE - 1, RATE, RATE + 1, 3 * RATE - 1]), st.binary(max_size=3))
def test_keccak_agrees_with_another_implementation_around_block_borders(length: int, suffix: bytes) -> None:
    message = _input(length) + suffix
    assert keccak_256(message) == independent_keccak.new(digest_bits=256, data=message).digest()
