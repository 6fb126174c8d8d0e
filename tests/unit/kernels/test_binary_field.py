"""GF(2^128) against plain integers, and against GCM's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.mpc.kernels import binary_field
from mpctls.reference.mpc.kernels.binary_field import from_gcm, horner, inner, multiply, power, powers, to_gcm
from tests.unit.kernels.circuits import random_words

MODULUS = (1 << 128) | 0x87
ELEMENTS = st.one_of(
    st.sampled_from([0, 1, 2, 1 << 63, 1 << 64, 1 << 127, (1 << 128) - 1, (1 << 64) - 1]),
    st.integers(0, (1 << 128) - 1),
)


def product(left: int, right: int) -> int:
    """Multiply polynomials over GF(2) bit by bit and take the remainder."""
    total = 0
    for position in range(128):
        if (right >> position) & 1:
            total ^= left << position
    for position in reversed(range(128, 256)):
        if (total >> position) & 1:
            total ^= MODULUS << (position - 128)
    return total


def element(value: int) -> NDArray[np.uint64]:
    return np.array([value & (2**64 - 1), value >> 64], np.uint64)


def number(row: NDArray[np.uint64]) -> int:
    return int(row[0]) | int(row[1]) << 64


@given(left=ELEMENTS, right=ELEMENTS)
def test_products_of_integers(left: int, right: int) -> None:
    operands = element(left)[None], element(right)[None]
    assert number(multiply(*operands)[0]) == product(left, right)
    assert number(binary_field.multiply_rows(*operands)[0]) == product(left, right)


@pytest.mark.usefixtures("twin")
def test_sums_of_products() -> None:
    left, right, point = random_words(1, 7, 2), random_words(2, 7, 2), random_words(3, 2)
    expected = 0
    for a, b in zip(left, right, strict=True):
        expected ^= product(number(a), number(b))
    assert number(inner(left, right)) == expected
    expected = 0
    for coefficient in left:
        expected = product(expected, number(point)) ^ number(coefficient)
    assert number(horner(left, point)) == expected
    assert number(horner(left[:0], point)) == number(inner(left[:0], right[:0])) == 0


@pytest.mark.usefixtures("twin")
def test_powers_and_shapes() -> None:
    base = random_words(4, 2)
    sequence = powers(base, 9)
    assert [number(row) for row in sequence[:2]] == [1, number(base)]
    for exponent in range(1, 9):
        assert number(sequence[exponent]) == product(number(sequence[exponent - 1]), number(base))
        assert np.array_equal(power(base, exponent), sequence[exponent])
    assert number(power(base, 0)) == 1
    assert number(power(base, 2**128 - 1)) == 1  # the order of the multiplicative group
    assert powers(base, 0).shape == (0, 2)
    grid = random_words(5, 2, 3, 2)
    assert np.array_equal(multiply(grid, base)[1, 2], multiply(grid[1, 2], base))


@pytest.mark.usefixtures("twin")
def test_hash_of_gcm() -> None:
    """The GCM submission (McGrew, Viega), test case 2: X1 = C·H and GHASH(H, {}, C)."""
    subkey = from_gcm(bytes.fromhex("66e94bd4ef8a2c3b884cfa59ca342b2e"))
    ciphertext = from_gcm(bytes.fromhex("0388dace60b6a392f328c2b971b2fe78"))
    lengths = from_gcm((128).to_bytes(16, "big"))
    assert to_gcm(multiply(ciphertext, subkey)).hex() == "5e2ec746917062882c85b0685353deb7"
    blocks = np.stack([ciphertext, lengths, np.zeros(2, np.uint64)])
    assert to_gcm(horner(blocks, subkey)).hex() == "f38cbb1ad69223dcc3457ae5b6b0f885"


def test_gcm_writes_the_lowest_power_first() -> None:
    """SP 800-38D, section 6.3: the polynomial 1 is the block 10...0."""
    assert number(from_gcm(b"\x80" + bytes(15))) == 1
    assert to_gcm(element(1 << 127)) == bytes(15) + b"\x01"


def test_wrong_shapes_are_refused() -> None:
    words = random_words(6, 3, 2)
    for call in (
        lambda: inner(words, words[:2]),
        lambda: horner(words, words),
        lambda: multiply(words[:, :1], words[:, :1]),
        lambda: powers(words, 2),
        lambda: power(words[0], -1),
        lambda: from_gcm(bytes(15)),
        lambda: to_gcm(words),
    ):
        with pytest.raises(ValueError, match=r"uint64|octets"):
            call()
