"""SHA-256, HMAC, BLAKE3 and Keccak circuits against their standards and independent implementations."""

import hashlib
import hmac

import pytest
from blake3 import blake3
from Crypto.Hash import keccak
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.blake3 import INITIAL_WORDS, blake3_compression, blake3_parameters
from mpctls.reference.mpc.circuits.keccak import keccak_permutation
from mpctls.reference.mpc.circuits.sha256 import (
    INITIAL_STATE,
    hmac_key_states,
    hmac_outer,
    sha256_compression,
)

from .octets import run_octets


def compress(state: bytes, block: bytes) -> bytes:
    return run_octets(sha256_compression(), state, block)[0]


def test_sha256_of_two_blocks_of_fips_180() -> None:
    # NIST's example for SHA-256 with a message of 448 bits, which takes two blocks.
    message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    padded = message + b"\x80" + bytes(63) + (8 * len(message)).to_bytes(8, "big")
    digest = compress(compress(INITIAL_STATE, padded[:64]), padded[64:])
    assert digest.hex() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"


@given(message=st.binary(max_size=55))
def test_sha256_of_short_messages(message: bytes) -> None:
    padded = message + b"\x80" + bytes(55 - len(message)) + (8 * len(message)).to_bytes(8, "big")
    assert compress(INITIAL_STATE, padded) == hashlib.sha256(message).digest()


@pytest.mark.parametrize("size", [1, 48, 64])
def test_hmac_with_constants_folded_in(size: int) -> None:
    key = bytes(range(7, 7 + size))
    inner, outer = run_octets(hmac_key_states(size), key)
    message = b"inner hashes are public"
    padding = b"\x80" + bytes(55 - len(message)) + (8 * (64 + len(message))).to_bytes(8, "big")
    digest = compress(inner, message + padding)
    assert run_octets(hmac_outer(), outer, digest) == (hmac.digest(key, message, "sha256"),)


@pytest.mark.parametrize("size", [0, 65])
def test_refuses_hmac_keys_that_fill_no_single_block(size: int) -> None:
    with pytest.raises(Refused) as refusal:
        hmac_key_states(size)
    assert refusal.value.reason == "circuit/wrong-size"


INITIAL_CHAINING_VALUE = b"".join(word.to_bytes(4, "little") for word in INITIAL_WORDS)
CHUNK_START, CHUNK_END, ROOT = 1, 2, 8


def test_blake3_of_the_official_vectors() -> None:
    # test_vectors.json of the BLAKE3 team: no input; 65 octets counting modulo 251, which take two blocks.
    whole = blake3_parameters(0, 0, CHUNK_START | CHUNK_END | ROOT)
    assert run_octets(blake3_compression(), INITIAL_CHAINING_VALUE, bytes(64), whole)[0].hex() == (
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    )
    message = bytes(position % 251 for position in range(65))
    first, last = blake3_parameters(0, 64, CHUNK_START), blake3_parameters(0, 1, CHUNK_END | ROOT)
    (chained,) = run_octets(blake3_compression(), INITIAL_CHAINING_VALUE, message[:64], first)
    found = run_octets(blake3_compression(), chained, message[64:] + bytes(63), last)
    assert found == (blake3(message).digest(),)


def test_blake3_of_the_second_chunk_uses_the_counter() -> None:
    first, second = bytes(range(64)) * 16, b"second chunk"
    values = []
    for counter, chunk in ((0, first), (1, second)):
        value = INITIAL_CHAINING_VALUE
        blocks = [chunk[start : start + 64] for start in range(0, len(chunk), 64)]
        for position, block in enumerate(blocks):
            flags = CHUNK_START * (position == 0) | CHUNK_END * (position == len(blocks) - 1)
            parameters = blake3_parameters(counter, len(block), flags)
            (value,) = run_octets(blake3_compression(), value, block.ljust(64, b"\0"), parameters)
        values.append(value)
    parent = blake3_parameters(0, 64, 4 | ROOT)
    found = run_octets(blake3_compression(), INITIAL_CHAINING_VALUE, b"".join(values), parent)
    assert found == (blake3(first + second).digest(),)


@pytest.mark.parametrize("parameters", [(-1, 64, 0), (1 << 64, 64, 0), (0, 65, 0), (0, 64, 1 << 32)])
def test_refuses_blake3_parameters_out_of_range(parameters: tuple[int, int, int]) -> None:
    with pytest.raises(Refused) as refusal:
        blake3_parameters(*parameters)
    assert refusal.value.reason == "circuit/wrong-size"


def test_keccak_as_keccak_256_and_as_sha3_256() -> None:
    message = b"The permutation of FIPS 202"
    for suffix, expected in (
        (0x01, keccak.new(digest_bits=256, data=message).digest()),
        (0x06, hashlib.sha3_256(message).digest()),
    ):
        state = bytearray(message.ljust(200, b"\0"))
        state[len(message)] ^= suffix
        state[135] ^= 0x80
        assert run_octets(keccak_permutation(), bytes(state))[0][:32] == expected
