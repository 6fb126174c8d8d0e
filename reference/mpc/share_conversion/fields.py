"""The fields of share conversion, as vectors of elements: the coordinates of P-256, the field of GHASH."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..kernels.binary_field import multiply, powers

Words: TypeAlias = NDArray[np.uint64]
Bits: TypeAlias = NDArray[np.uint8]
Integers: TypeAlias = tuple[int, ...]
V = TypeVar("V")

P256_MODULUS: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1  # SEC 2, section 2.4.2
_HASH_TO_FIELD: Final = b"mpctls/half-gates-1/linear-evaluation/field\x00"


class Field(Protocol[V]):
    """A finite field; `V` is a vector of its elements.

    `octets` is the length of one encoded element, `gadget_length` the number of random bits that make one
    uniform element: bit i weighs 2^i, or x^i.
    """

    octets: int
    gadget_length: int

    def add(self, left: V, right: V) -> V: ...

    def subtract(self, left: V, right: V) -> V: ...

    def multiply(self, left: V, right: V) -> V: ...

    def invert(self, vector: V) -> V:
        """Invert each element; zero stays zero."""
        ...

    def has_zero(self, vector: V) -> bool: ...

    def random_units(self, randomness: Randomness, count: int) -> V:
        """Draw uniform elements other than zero."""
        ...

    def encode(self, vector: V) -> bytes: ...

    def decode(self, octets: bytes) -> V:
        """Decode canonical elements only; rejects others with `engine/not-canonical`."""
        ...

    def slice(self, vector: V, start: int, end: int) -> V: ...

    def repeat(self, vector: V) -> V:
        """Repeat each element `gadget_length` times."""
        ...

    def select(self, bits: Bits, vector: V) -> V:
        """Keep the elements whose bit is 1, put zero for the others."""
        ...

    def combine(self, vector: V) -> V:
        """Sum each run of `gadget_length` elements, weighted by the gadget."""
        ...

    def from_bits(self, bits: Bits) -> V:
        """Make one element of each run of `gadget_length` bits."""
        ...

    def from_messages(self, messages: Words, binding: bytes, first: int) -> V:
        """Hash the message of each random transfer, uint64[n, 2], to a uniform element."""
        ...


class PrimeField:
    """Integers modulo a prime; vectors are tuples of integers in [0, modulus)."""

    __slots__ = ("gadget_length", "modulus", "octets")

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus
        self.octets = (modulus.bit_length() + 7) // 8
        # 128 bits more than the modulus has: their weighted sum is within 2^-128 of uniform.
        self.gadget_length = modulus.bit_length() + 128

    def add(self, left: Integers, right: Integers) -> Integers:
        return tuple((a + b) % self.modulus for a, b in zip(left, right, strict=True))

    def subtract(self, left: Integers, right: Integers) -> Integers:
        return tuple((a - b) % self.modulus for a, b in zip(left, right, strict=True))

    def multiply(self, left: Integers, right: Integers) -> Integers:
        return tuple(a * b % self.modulus for a, b in zip(left, right, strict=True))

    def invert(self, vector: Integers) -> Integers:
        return tuple(pow(element, self.modulus - 2, self.modulus) for element in vector)

    def has_zero(self, vector: Integers) -> bool:
        return 0 in vector

    def random_units(self, randomness: Randomness, count: int) -> Integers:
        return tuple(1 + randomness.below(self.modulus - 1) for _ in range(count))

    def encode(self, vector: Integers) -> bytes:
        return b"".join(element.to_bytes(self.octets, "little") for element in vector)

    def decode(self, octets: bytes) -> Integers:
        starts = range(0, len(octets), self.octets)
        elements = tuple(int.from_bytes(octets[start : start + self.octets], "little") for start in starts)
        if any(element >= self.modulus for element in elements):
            raise Refused("engine/not-canonical", "element of a prime field")
        return elements

    def slice(self, vector: Integers, start: int, end: int) -> Integers:
        return vector[start:end]

    def repeat(self, vector: Integers) -> Integers:
        return tuple(element for element in vector for _ in range(self.gadget_length))

    def select(self, bits: Bits, vector: Integers) -> Integers:
        return tuple(int(bit) * element for bit, element in zip(bits, vector, strict=True))

    def combine(self, vector: Integers) -> Integers:
        return tuple(self._weighted_sum(run) for run in self._runs(vector))

    def from_bits(self, bits: Bits) -> Integers:
        return tuple(self._weighted_sum(run) for run in self._runs([int(bit) for bit in bits]))

    def from_messages(self, messages: Words, binding: bytes, first: int) -> Integers:
        """SHA-512 modulo the prime: 256 bits more than needed, so the bias is below 2^-255 for P-256."""
        prefix = hashlib.sha512(_HASH_TO_FIELD + len(binding).to_bytes(4, "little") + binding)
        elements = []
        for index, message in enumerate(messages.astype("<u8")):
            state = prefix.copy()
            state.update((first + index).to_bytes(8, "little") + message.tobytes())
            elements.append(int.from_bytes(state.digest(), "little") % self.modulus)
        return tuple(elements)

    def _runs(self, vector: Sequence[int]) -> list[Sequence[int]]:
        return [
            vector[start : start + self.gadget_length] for start in range(0, len(vector), self.gadget_length)
        ]

    def _weighted_sum(self, run: Sequence[int]) -> int:
        return sum(element << index for index, element in enumerate(run)) % self.modulus


class BinaryField:
    """GF(2^128) as in `kernels.binary_field`; vectors are uint64[n, 2]."""

    __slots__ = ("gadget_length", "octets")

    def __init__(self) -> None:
        self.octets = 16
        self.gadget_length = 128

    def add(self, left: Words, right: Words) -> Words:
        return left ^ right

    def subtract(self, left: Words, right: Words) -> Words:
        return left ^ right

    def multiply(self, left: Words, right: Words) -> Words:
        return multiply(left, right)

    def invert(self, vector: Words) -> Words:
        square = inverse = multiply(vector, vector)
        for _ in range(126):  # the exponent is 2^128 - 2 = 2 + 4 + ... + 2^127
            square = multiply(square, square)
            inverse = multiply(inverse, square)
        return inverse

    def has_zero(self, vector: Words) -> bool:
        return bool((vector == 0).all(axis=1).any())

    def random_units(self, randomness: Randomness, count: int) -> Words:
        drawn = [1 + randomness.below(2**128 - 1) for _ in range(count)]
        return self.decode(b"".join(element.to_bytes(16, "little") for element in drawn))

    def encode(self, vector: Words) -> bytes:
        return vector.astype("<u8").tobytes()

    def decode(self, octets: bytes) -> Words:
        return np.frombuffer(octets, dtype="<u8").astype(np.uint64).reshape(-1, 2)

    def slice(self, vector: Words, start: int, end: int) -> Words:
        return vector[start:end]

    def repeat(self, vector: Words) -> Words:
        return np.repeat(vector, self.gadget_length, axis=0)

    def select(self, bits: Bits, vector: Words) -> Words:
        return vector & (np.zeros(1, np.uint64) - bits.astype(np.uint64))[:, None]

    def combine(self, vector: Words) -> Words:
        runs = vector.reshape(-1, self.gadget_length, 2)
        weights = powers(np.array([2, 0], np.uint64), self.gadget_length)
        sums: Words = np.bitwise_xor.reduce(multiply(runs, weights), axis=1)
        return sums

    def from_bits(self, bits: Bits) -> Words:
        return self.decode(np.packbits(bits, bitorder="little").tobytes())

    def from_messages(self, messages: Words, binding: bytes, first: int) -> Words:
        """The messages are uniform blocks, bound to session and transfer by the hash that made them."""
        return messages


P256_FIELD: Final = PrimeField(P256_MODULUS)
GHASH_FIELD: Final = BinaryField()
