"""Trees and code of silent transfers against plain definitions, compiled and portable."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.mpc.kernels import correlated_tree, local_code
from mpctls.reference.mpc.kernels.aes import expand_key
from mpctls.reference.mpc.kernels.binary_field import multiply

Words = NDArray[np.uint64]
KEY = bytes(range(16))
portable = pytest.mark.parametrize("portable", [False, True])


def use_twins(patch: pytest.MonkeyPatch, portable: bool) -> None:
    if portable:
        for module in (correlated_tree, local_code):
            for name, value in vars(module).copy().items():
                if isinstance(value, Kernel):
                    patch.setattr(module, name, value.portable)


def permuted(block: int) -> int:
    encryptor = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor()
    return int.from_bytes(encryptor.update(block.to_bytes(16, "little")), "little")


def number(words: Words) -> int:
    return int(words[0]) | int(words[1]) << 64


def children(node: int) -> list[int]:
    low, high = node & (2**64 - 1), node >> 64
    mixed = (low ^ high) | low << 64
    left = permuted(mixed) ^ mixed
    return [left, node ^ left]


@portable
def test_tree_is_that_of_the_definition(portable: bool) -> None:
    roots, difference = np.array([[3, 4], [2**63, 9]], np.uint64), np.array([7, 2**64 - 1], np.uint64)
    with pytest.MonkeyPatch.context() as patch:
        use_twins(patch, portable)
        leaves, sums = correlated_tree.grow(expand_key(KEY), roots, difference, 4)
    for tree in range(2):
        nodes = [number(roots[tree]), number(roots[tree]) ^ number(difference)]
        for level in range(4):
            nodes = [child for node in nodes for child in children(node)] if level else nodes
            assert number(sums[tree, level]) == number(np.bitwise_xor.reduce([halves(n) for n in nodes[::2]]))
        assert [number(leaf) for leaf in leaves[tree]] == nodes


def halves(value: int) -> Words:
    return np.array([value & (2**64 - 1), value >> 64], np.uint64)


@portable
@settings(max_examples=12, deadline=None)
@given(levels=st.integers(1, 7), trees=st.integers(0, 5), seed=st.integers(0, 2**32))
def test_other_party_has_every_leaf_and_the_missing_one_with_the_difference(
    portable: bool, levels: int, trees: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    roots = generator.integers(0, 2**64, (trees, 2), np.uint64)
    difference = generator.integers(0, 2**64, 2, np.uint64)
    sides = generator.integers(0, 2, (trees, levels), np.uint64)
    round_keys = expand_key(KEY)
    with pytest.MonkeyPatch.context() as patch:
        use_twins(patch, portable)
        leaves, sums = correlated_tree.grow(round_keys, roots, difference, levels)
        found = correlated_tree.regrow(round_keys, sums ^ sides[..., None] * difference, sides)
    for tree in range(trees):
        place = int("".join(str(1 - side) for side in sides[tree].tolist()), 2)
        leaves[tree, place] ^= difference
    np.testing.assert_array_equal(found, leaves)


@portable
@pytest.mark.parametrize("count", [3, 4096 + 8, 5001])
def test_leaves_are_weighed_by_their_encrypted_numbers(portable: bool, count: int) -> None:
    leaves = np.random.default_rng(1).integers(0, 2**64, (count, 2), np.uint64)
    weights = np.stack([halves(permuted(leaf)) for leaf in range(count)])
    expected = np.bitwise_xor.reduce(multiply(weights, leaves), axis=0)
    with pytest.MonkeyPatch.context() as patch:
        use_twins(patch, portable)
        np.testing.assert_array_equal(correlated_tree.weigh(expand_key(KEY), leaves), expected)


def positions(row: int, batch: int, width: int) -> list[int]:
    """The ten positions of one output, from the words of two blocks."""
    blocks = [permuted((2 * row + block) | batch << 64) for block in range(2)]
    words = [block >> shift & (2**64 - 1) for block in blocks for shift in (0, 64)]
    return [word >> (third * width) & (2**width - 1) for word in words for third in range(3)][:10]


@portable
@settings(max_examples=12, deadline=None)
@given(width=st.integers(1, 12), pairs=st.integers(0, 40), batch=st.integers(0, 2**40))
def test_code_adds_ten_inputs_for_bits_and_blocks_alike(
    portable: bool, width: int, pairs: int, batch: int
) -> None:
    generator = np.random.default_rng(width)
    secret = generator.integers(0, 2**64, (1 << width, 2), np.uint64)
    secret_bits = generator.integers(0, 2, 1 << width, np.uint8)
    before = generator.integers(0, 2**64, (2 * pairs, 2), np.uint64)
    before_bits = generator.integers(0, 2, 2 * pairs, np.uint8)
    alone, together, bits = before.copy(), before.copy(), before_bits.copy()
    with pytest.MonkeyPatch.context() as patch:
        use_twins(patch, portable)
        local_code.add_encoded(expand_key(KEY), batch, secret, alone)
        local_code.add_encoded_bits(expand_key(KEY), batch, secret, secret_bits, together, bits)
    for row in range(2 * pairs):
        chosen = positions(row, batch, width)
        before[row] ^= np.bitwise_xor.reduce(secret[chosen], axis=0)
        before_bits[row] ^= np.bitwise_xor.reduce(secret_bits[chosen])
    np.testing.assert_array_equal(alone, before)
    np.testing.assert_array_equal(together, before)
    np.testing.assert_array_equal(bits, before_bits)


def test_sizes_that_are_no_power_of_two_or_odd_are_rejected() -> None:
    rows = np.zeros((4, 2), np.uint64)
    for secret, output in ((3, 4), (1, 4), (4, 3)):
        with pytest.raises(ValueError, match="secret"):
            local_code.add_encoded(expand_key(KEY), 0, np.zeros((secret, 2), np.uint64), rows[:output].copy())
    with pytest.raises(ValueError, match="one bit"):
        local_code.add_encoded_bits(
            expand_key(KEY), 0, rows, np.zeros(4, np.uint8), rows.copy(), np.zeros(3, np.uint8)
        )
