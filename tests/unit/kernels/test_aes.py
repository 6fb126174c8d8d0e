"""AES-128 against FIPS 197 and SP 800-38A, the generator against OpenSSL's counter mode."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from mpctls.reference.mpc.kernels.aes import _encrypt, _expand, _expand_key, encrypt, expand, expand_key
from tests.unit.kernels.circuits import random_words


def rows(hexadecimal: str) -> NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex(hexadecimal), "<u8").astype(np.uint64).reshape(-1, 2)


@pytest.mark.usefixtures("twin")
def test_key_expansion_of_the_standard() -> None:
    """FIPS 197, appendix A.1: w4 to w7 and w40 to w43."""
    round_keys = expand_key(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    assert round_keys[1].tobytes().hex() == "a0fafe1788542cb123a339392a6c7605"
    assert round_keys[10].tobytes().hex() == "d014f9a8c9ee2589e13f0cc8b6630ca6"


@pytest.mark.usefixtures("twin")
def test_cipher_of_the_standard() -> None:
    """FIPS 197, appendix C.1."""
    round_keys = expand_key(bytes(range(16)))
    encrypted = encrypt(round_keys, rows("00112233445566778899aabbccddeeff"))
    assert encrypted.tobytes().hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


@pytest.mark.usefixtures("twin")
def test_independent_blocks() -> None:
    """SP 800-38A, F.1.1, five rows so that both the loop over four and its remainder run."""
    round_keys = expand_key(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    plain = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    plain += "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
    secret = "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
    secret += "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
    encrypted = encrypt(round_keys, rows(plain + plain[:32]))
    assert encrypted.tobytes().hex() == secret + secret[:32]


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("blocks", [0, 1, 2, 5])
def test_generator_is_counter_mode(blocks: int) -> None:
    seeds = random_words(1, 3, 2)
    for seed, expanded in zip(seeds, expand(seeds, blocks), strict=True):
        for number, block in enumerate(expanded):
            encryptor = Cipher(algorithms.AES(seed.tobytes()), modes.ECB()).encryptor()
            assert block.tobytes() == encryptor.update(number.to_bytes(16, "little"))


@pytest.mark.parametrize("value", [0, 2**64 - 1, 1 << 63])
def test_twins_agree_at_the_edges(value: int) -> None:
    blocks = np.vstack([np.full((2, 2), value, np.uint64), random_words(2, 5, 2)])
    for block in blocks:
        ours, theirs = np.zeros((2, 11, 2), np.uint64)
        _expand_key(block, ours)
        _expand_key.portable(block, theirs)
        assert np.array_equal(ours, theirs)
    encrypted, portable = np.zeros((2, 7, 2), np.uint64)
    _encrypt(ours, blocks, encrypted)
    _encrypt.portable(ours, blocks, portable)
    assert np.array_equal(encrypted, portable)
    expanded, unrolled = np.zeros((2, 7, 3, 2), np.uint64)
    _expand(blocks, expanded)
    _expand.portable(blocks, unrolled)
    assert np.array_equal(expanded, unrolled)


def test_wrong_shapes_are_refused() -> None:
    round_keys = expand_key(bytes(16))
    with pytest.raises(ValueError, match="16 octets"):
        expand_key(bytes(15))
    with pytest.raises(ValueError, match="round keys"):
        encrypt(round_keys[:10], random_words(3, 1, 2))
    with pytest.raises(ValueError, match="blocks"):
        encrypt(round_keys, random_words(3, 2))
    with pytest.raises(ValueError, match="seeds"):
        expand(random_words(3, 1, 2), -1)
