"""The hash of labels against its formula, computed with another library's AES."""

from __future__ import annotations

import numpy as np
import pytest
from Crypto.Cipher import AES

from mpctls.reference.mpc.kernels.aes import expand_key
from mpctls.reference.mpc.kernels.circular_hash import counter_tweaks, hash_labels
from tests.unit.kernels.circuits import random_words

KEY = bytes(range(16))


def exclusive_or(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def by_formula(label: bytes, tweak: bytes) -> bytes:
    """H(x, i) = π(π(x) ⊕ i) ⊕ π(x); eprint 2019/074, section 7.4."""
    permute = AES.new(KEY, AES.MODE_ECB).encrypt
    permuted = permute(label)
    return exclusive_or(permute(exclusive_or(permuted, tweak)), permuted)


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_formula(count: int) -> None:
    labels, tweaks = random_words(1, count, 2), random_words(2, count, 2)
    labels[:1], tweaks[:1] = 0, 2**64 - 1
    hashes = hash_labels(expand_key(KEY), labels, tweaks)
    assert hashes.shape == labels.shape
    for label, tweak, value in zip(labels, tweaks, hashes, strict=True):
        assert value.tobytes() == by_formula(label.tobytes(), tweak.tobytes())


def test_hash_is_not_homomorphic_in_the_tweak() -> None:
    """π(σ(x) ⊕ i) ⊕ σ(x) ⊕ i gives H(x, i) = H(x ⊕ σ⁻¹(d), i ⊕ d); this hash must not."""
    label, difference = random_words(3, 1, 2), random_words(4, 1, 2)
    tweak = counter_tweaks(first=5, count=1, domain=1)
    hashed = hash_labels(expand_key(KEY), label, tweak)
    rotated = np.stack([difference[:, 0] ^ difference[:, 1], difference[:, 0]], axis=1)
    for shift in (difference, rotated):
        assert not np.array_equal(hashed, hash_labels(expand_key(KEY), label ^ shift, tweak ^ difference))


def test_tweaks_count_and_name_their_domain() -> None:
    tweaks = counter_tweaks(first=2**64 - 2, count=2, domain=3)
    assert tweaks.tolist() == [[2**64 - 2, 3], [2**64 - 1, 3]]
    assert counter_tweaks(first=0, count=0, domain=0).shape == (0, 2)
    with pytest.raises(OverflowError):
        counter_tweaks(first=2**64 - 1, count=2, domain=3)


def test_labels_and_tweaks_must_correspond() -> None:
    with pytest.raises(ValueError, match="alike"):
        hash_labels(expand_key(KEY), random_words(1, 3, 2), random_words(1, 2, 2))
