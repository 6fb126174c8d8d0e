"""Shares of tags against the library's AES-GCM, and what a party that shifts a power does to a tag."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex
from mpctls.reference.mpc.kernels.binary_field import from_gcm, power
from mpctls.reference.mpc.share_conversion import messages
from mpctls.reference.mpc.share_conversion.ghash import HashKeyPowers, tag_share

from ..oblivious_transfer.parties import CheatingDuplex, flipping, refusal_of, run_both
from .pools import ROUND_KEYS, Parties

Words = NDArray[np.uint64]
KEY = bytes(range(16))
NONCE = bytes(12)


@pytest.fixture(scope="module")
def parties() -> Parties:
    return Parties.make()


def encrypt_block(block: bytes) -> bytes:
    return Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update(block)


HASH_KEY = encrypt_block(bytes(16))
MASK = encrypt_block(NONCE + (1).to_bytes(4, "big"))


def added(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def prepare(
    parties: Parties, count: int, prover_end: Duplex | None = None
) -> tuple[HashKeyPowers, HashKeyPowers]:
    prover, notary = parties.prover, parties.notary
    return run_both(
        lambda: HashKeyPowers.prepare_as_sender(
            prover_end or prover.end, SeededRandomness(b"inputs"), prover.sender, ROUND_KEYS, count
        ),
        lambda: HashKeyPowers.prepare_as_receiver(notary.end, notary.receiver, ROUND_KEYS, count),
    )


def shares_of_powers(
    parties: Parties, count: int, prover_end: Duplex | None = None, hash_key: bytes = HASH_KEY
) -> tuple[Words, Words]:
    share = SeededRandomness(b"share").octets(16)
    prover, notary = prepare(parties, count, prover_end)
    return run_both(lambda: prover.convert(share), lambda: notary.convert(added(share, hash_key)))


def joint_tag(shares: tuple[Words, Words], associated_data: bytes, ciphertext: bytes) -> bytes:
    mask = SeededRandomness(b"mask").octets(16)
    return added(
        tag_share(shares[0], associated_data, ciphertext, mask),
        tag_share(shares[1], associated_data, ciphertext, added(mask, MASK)),
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9, 64])
def test_shares_sum_to_the_powers(parties: Parties, count: int) -> None:
    shares = shares_of_powers(parties, count)
    assert shares[0].shape == shares[1].shape == (count, 2)
    expected = [power(from_gcm(HASH_KEY), exponent) for exponent in range(1, count + 1)]
    np.testing.assert_array_equal(shares[0] ^ shares[1], np.stack(expected))


def test_tag_shares_sum_to_the_tag_of_the_library(parties: Parties) -> None:
    shares = shares_of_powers(parties, 9)

    @settings(max_examples=40, deadline=None)
    @given(plaintext=st.binary(max_size=112), associated_data=st.binary(max_size=16))
    def check(plaintext: bytes, associated_data: bytes) -> None:
        sealed = AESGCM(KEY).encrypt(NONCE, plaintext, associated_data)
        assert joint_tag(shares, associated_data, sealed[:-16]) == sealed[-16:]

    check()


def test_tag_of_a_record_of_full_size(parties: Parties) -> None:
    """13 octets of associated data and 2^14 of plaintext, as TLS 1.2 has them, take 1026 powers."""
    plaintext = SeededRandomness(b"record").octets(2**14)
    sealed = AESGCM(KEY).encrypt(NONCE, plaintext, bytes(13))
    assert joint_tag(shares_of_powers(parties, 1026), bytes(13), sealed[:-16]) == sealed[-16:]


def shift_first_evaluation(kind: int, _number: int, payload: bytes) -> bytes:
    """Change every correction of the first evaluation alike: its sender's input is not the one it uses."""
    if kind != messages.LINEAR_EVALUATION_CORRECTIONS:
        return payload
    return added(payload[:2048], (b"\x01" + bytes(15)) * 128) + payload[2048:]


@pytest.mark.parametrize(
    "change",
    [
        shift_first_evaluation,
        flipping(messages.HASH_KEY_BLINDED, 0, 0),  # the conversion of H itself
        flipping(messages.HASH_KEY_BLINDED, 0, 128),  # the conversion of H^3
    ],
)
def test_a_shifted_evaluation_makes_the_tag_wrong(
    parties: Parties, change: Callable[[int, int, bytes], bytes]
) -> None:
    shares = shares_of_powers(parties, 5, CheatingDuplex(parties.prover.end, change))
    sealed = AESGCM(KEY).encrypt(NONCE, b"forty octets of a request, all of them..", b"header")
    assert joint_tag(shares, b"header", sealed[:-16]) != sealed[-16:]


def test_a_shifted_third_power_leaves_tags_of_shorter_records_right(parties: Parties) -> None:
    """Why the share of a received record's tag may never be released: errors show only in chosen powers."""
    change = flipping(messages.HASH_KEY_BLINDED, 0, 128)
    shares = shares_of_powers(parties, 5, CheatingDuplex(parties.prover.end, change))
    sealed = AESGCM(KEY).encrypt(NONCE, b"a short one", None)
    assert joint_tag(shares, b"", sealed[:-16]) == sealed[-16:]


def test_key_of_zero_is_refused() -> None:
    parties = Parties.make()
    prover, notary = prepare(parties, 3)
    share = bytes(range(16))
    refusal_of(
        lambda: notary.convert(share),
        parties.notary.end,
        lambda: prover.convert(share),
        "engine/degenerate-key-share",
    )


def test_record_with_more_blocks_than_powers_is_refused(parties: Parties) -> None:
    shares, _ = shares_of_powers(parties, 3)
    tag_share(shares, bytes(13), bytes(16), bytes(16))
    with pytest.raises(Refused, match="engine/preprocessing-exhausted"):
        tag_share(shares, bytes(13), bytes(17), bytes(16))


def test_conversion_is_used_once(parties: Parties) -> None:
    conversions = prepare(parties, 1)
    run_both(lambda: conversions[0].convert(bytes(16)), lambda: conversions[1].convert(HASH_KEY))
    for conversion in conversions:
        with pytest.raises(Refused, match="engine/preprocessing-exhausted"):
            conversion.convert(bytes(16))


def test_no_power_at_all_is_rejected(parties: Parties) -> None:
    with pytest.raises(ValueError, match="power"):
        prepare(parties, 0)
