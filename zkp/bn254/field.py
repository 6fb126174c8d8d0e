"""The fields F_p (`BASE`) and F_r (`SCALAR`) of BN254 on arrays of elements.

Elements are uint64[..., 4]: limbs of x·2^256 modulo the modulus, as `limbs` has them. Operations on two arrays
broadcast one element, uint64[4] or uint64[1, 4], against many. Nothing runs in constant time: a prover
computes on its own machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import Randomness, SystemRandomness

from .arithmetic import ADD, BASE_KERNELS, MULTIPLY, SCALAR_KERNELS, SUBTRACT, Kernels
from .constants import BASE_MODULUS, SCALAR_MODULUS
from .limbs import Words
from .portable import RADIX, integers, rows
from .products import chosen_products

Order: TypeAlias = Literal["little", "big"]

_OCTETS = 32
_FEW = 64  # numbers that are encoded without a kernel
_MANY = 32  # products from which eight lanes gain
_TOP_MASK = np.uint64((1 << 62) - 1)  # both moduli have 254 bits


class Field:
    """A prime field; its methods take and return elements as arrays unless they say integers."""

    __slots__ = ("_kernels", "_modulus_row", "_one", "_square_of_radix", "_unit", "modulus")

    def __init__(self, modulus: int, kernels: Kernels) -> None:
        self.modulus = modulus
        self._kernels = kernels
        self._modulus_row, self._one, self._square_of_radix, self._unit = (
            _frozen(rows([number])) for number in (modulus, RADIX % modulus, RADIX * RADIX % modulus, 1)
        )

    def zero(self, count: int) -> Words:
        """Return uint64[count, 4] of zeros."""
        return np.zeros((count, 4), np.uint64)

    def one(self, count: int) -> Words:
        """Return uint64[count, 4] of ones."""
        return np.repeat(self._one, count, axis=0)

    def random(self, count: int, randomness: Randomness | None = None) -> Words:
        """Draw uniform elements, uint64[count, 4], by rejection; from the system's randomness unless told."""
        source = SystemRandomness() if randomness is None else randomness
        drawn = np.empty((0, 4), np.uint64)
        while len(drawn) < count:
            more = np.frombuffer(source.octets((count - len(drawn)) * _OCTETS), "<u8").astype(np.uint64)
            candidates = more.reshape(-1, 4)
            candidates[:, 3] &= _TOP_MASK
            drawn = np.concatenate([drawn, candidates[self._canonical(candidates)]])
        return np.ascontiguousarray(drawn)

    def encode(self, numbers: Sequence[int]) -> Words:
        """Return integers, reduced modulo the modulus, as elements uint64[n, 4]; a few load no kernel."""
        if len(numbers) <= _FEW:  # as at import, where constants must not cost a verifier its first kernel
            return rows(number * RADIX % self.modulus for number in numbers)
        return self._to_elements(rows(number % self.modulus for number in numbers))

    def decode(self, elements: Words) -> list[int]:
        """Return elements of any shape, flattened, as integers in [0, modulus)."""
        return integers(self.to_canonical(elements))

    def to_canonical(self, elements: Words) -> Words:
        """Return the limbs of the integers in [0, modulus) themselves, in the same shape."""
        return self.multiply(elements, self._unit[0])

    def from_canonical(self, limbs: Words) -> Words:
        """Return the elements of integers given by their limbs, or refuse a number that is not below the modulus.

        Rejects with `zero-knowledge/element-not-canonical`.
        """
        words = _contiguous(limbs)
        if not self._canonical(words.reshape(-1, 4)).all():
            raise Refused("zero-knowledge/element-not-canonical", "a number is not below the modulus")
        return self._to_elements(words)

    def from_octets(self, octets: bytes | bytearray | memoryview, *, order: Order) -> Words:
        """Read numbers of 32 octets each as elements uint64[n, 4].

        Rejects with `zero-knowledge/element-not-canonical` what is not below the modulus or not whole.
        """
        if len(octets) % _OCTETS:
            raise Refused("zero-knowledge/element-not-canonical", "the octets are not whole numbers")
        if order == "little":
            return self.from_canonical(np.frombuffer(octets, "<u8").reshape(-1, 4))
        return self.from_canonical(np.frombuffer(octets, ">u8").reshape(-1, 4)[:, ::-1])

    def to_octets(self, elements: Words, *, order: Order) -> bytes:
        """Write elements, flattened, as numbers of 32 octets each."""
        limbs = self.to_canonical(elements).reshape(-1, 4)
        return limbs.astype("<u8").tobytes() if order == "little" else limbs[:, ::-1].astype(">u8").tobytes()

    def add(self, left: Words, right: Words) -> Words:
        """Add element by element."""
        return self._combine(ADD, left, right)

    def subtract(self, left: Words, right: Words) -> Words:
        """Subtract element by element."""
        return self._combine(SUBTRACT, left, right)

    def multiply(self, left: Words, right: Words) -> Words:
        """Multiply element by element."""
        return self._combine(MULTIPLY, left, right)

    def negate(self, elements: Words) -> Words:
        """Return additive inverses."""
        return self._combine(SUBTRACT, self.zero(1), elements)

    def square(self, elements: Words) -> Words:
        """Multiply elements by themselves."""
        return self._combine(MULTIPLY, elements, elements)

    def invert(self, elements: Words) -> Words:
        """Return multiplicative inverses, and zero for zero; one inversion in all, three products each."""
        contiguous = _contiguous(elements)
        out = np.empty_like(contiguous)
        self._kernels.invert(contiguous.reshape(-1, 4), out.reshape(-1, 4))
        return out

    def power(self, elements: Words, exponent: int) -> Words:
        """Raise elements to a public exponent; a negative one inverts, and zero^0 is one."""
        contiguous = _contiguous(elements if exponent >= 0 else self.invert(elements))
        reduced = abs(exponent)
        if reduced >= self.modulus:  # x^modulus = x for every x, zero too
            reduced = (reduced - 1) % (self.modulus - 1) + 1
        out = np.empty_like(contiguous)
        self._kernels.power(contiguous.reshape(-1, 4), rows([reduced]), out.reshape(-1, 4))
        return out

    def powers(self, base: Words, count: int) -> Words:
        """Return 1, x, x^2, ..., uint64[count, 4], of one element x."""
        step = _single(base)
        sequence = np.empty((count, 4), np.uint64)
        sequence[:1] = self._one
        known = 1  # `step` is the power of the base with exponent `known`
        while known < count:
            more = min(known, count - known)
            sequence[known : known + more] = self.multiply(sequence[:more], step)
            known, step = 2 * known, self.square(step)
        return sequence

    def inner_product(self, left: Words, right: Words) -> Words:
        """Return the sum of the products of corresponding elements of two uint64[n, 4], as uint64[4]."""
        if left.shape != right.shape or left.ndim != 2 or left.shape[1] != 4:
            raise ValueError("both sequences of elements are uint64[n, 4]")
        out = self.zero(1)
        self._kernels.inner_product(_contiguous(left), _contiguous(right), out)
        return out.reshape(4)

    def evaluate(self, coefficients: Words, point: Words) -> Words:
        """Return c_0 + c_1·x + ... + c_(n-1)·x^(n-1), uint64[4], for coefficients uint64[n, 4] and one x."""
        if coefficients.ndim != 2 or coefficients.shape[1] != 4:
            raise ValueError("coefficients are uint64[n, 4]")
        out = self.zero(1)
        self._kernels.horner(_contiguous(coefficients), _single(point), out)
        return out.reshape(4)

    def _to_elements(self, limbs: Words) -> Words:
        return self.multiply(limbs, self._square_of_radix[0])

    def _combine(self, operation: np.uint64, left: Words, right: Words) -> Words:
        if left.shape[-1:] != (4,) or right.shape[-1:] != (4,):
            raise ValueError("elements are uint64[..., 4]")
        shape = np.broadcast_shapes(left.shape, right.shape)
        out = np.empty(shape, np.uint64)
        (first, first_step), (second, second_step) = (_stepped(factor, shape) for factor in (left, right))
        rows_out, done = out.reshape(-1, 4), 0
        products = chosen_products(self.modulus) if operation == MULTIPLY and len(rows_out) >= _MANY else None
        if products is not None:
            done = products.multiply(first, first_step, second, second_step, rows_out)
        rest = [
            factor[done:] if step else factor for factor, step in ((first, first_step), (second, second_step))
        ]
        self._kernels.combine(operation, rest[0], first_step, rest[1], second_step, rows_out[done:])
        return out

    def _canonical(self, limbs: Words) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Say of each row of uint64[n, 4] whether it is below the modulus."""
        below = np.zeros(len(limbs), np.bool_)
        for position in range(4):  # from the least significant: the last that differs decides
            limb, bound = limbs[:, position], self._modulus_row[0, position]
            below = (limb < bound) | ((limb == bound) & below)
        return below


def _contiguous(words: Words) -> Words:
    return np.ascontiguousarray(words, np.uint64)


def _frozen(words: Words) -> Words:
    words.flags.writeable = False
    return words


def _single(element: Words) -> Words:
    if element.size != 4:
        raise ValueError("one element is uint64[4]")
    return _contiguous(element).reshape(1, 4)


def _stepped(factor: Words, shape: tuple[int, ...]) -> tuple[Words, np.uint64]:
    """Return rows of a factor and 1, or its one row and 0 if it stands for all."""
    if factor.size == 4:
        return _contiguous(factor).reshape(1, 4), np.uint64(0)
    return _contiguous(np.broadcast_to(factor, shape)).reshape(-1, 4), np.uint64(1)


BASE = Field(BASE_MODULUS, BASE_KERNELS)
SCALAR = Field(SCALAR_MODULUS, SCALAR_KERNELS)
