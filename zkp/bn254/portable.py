"""Arithmetic on rows of limbs in plain Python: what runs where kernels cannot be compiled. Slow.

The functions of `Portable` take the same arrays as the kernels of `arithmetic` and write the same results.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .limbs import Words

RADIX = 1 << 256


def integers(words: Words) -> list[int]:
    """Read rows of four little-endian limbs, uint64[..., 4], as non-negative integers."""
    octets = words.astype("<u8", copy=False).tobytes()
    return [int.from_bytes(octets[start : start + 32], "little") for start in range(0, len(octets), 32)]


def rows(numbers: Iterable[int]) -> Words:
    """Write integers below 2^256 as uint64[n, 4], least significant limb first."""
    octets = b"".join(number.to_bytes(32, "little") for number in numbers)
    return np.frombuffer(octets, "<u8").astype(np.uint64).reshape(-1, 4)


class Portable:
    """The kernels of one modulus, on Montgomery's representatives."""

    __slots__ = ("inverse_of_radix", "modulus")

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus
        self.inverse_of_radix = pow(RADIX, -1, modulus)

    def combine(
        self,
        operation: np.uint64,
        left: Words,
        left_step: np.uint64,
        right: Words,
        right_step: np.uint64,
        out: Words,
    ) -> None:
        count = len(out)
        first = integers(left) if left_step else integers(left[:1]) * count
        second = integers(right) if right_step else integers(right[:1]) * count
        pairs = zip(first, second, strict=True)
        if operation == 0:
            out[:] = rows(x * y * self.inverse_of_radix % self.modulus for x, y in pairs)
        elif operation == 1:
            out[:] = rows((x + y) % self.modulus for x, y in pairs)
        else:
            out[:] = rows((x - y) % self.modulus for x, y in pairs)

    def invert(self, elements: Words, out: Words) -> None:
        square = RADIX * RADIX % self.modulus
        out[:] = rows(
            pow(x, -1, self.modulus) * square % self.modulus if x else 0 for x in integers(elements)
        )

    def power(self, elements: Words, exponent: Words, out: Words) -> None:
        (times,) = integers(exponent)
        plain = (x * self.inverse_of_radix for x in integers(elements))
        out[:] = rows(pow(x, times, self.modulus) * RADIX % self.modulus for x in plain)

    def inner_product(self, left: Words, right: Words, out: Words) -> None:
        total = sum(x * y for x, y in zip(integers(left), integers(right), strict=True))
        out[:] = rows([total * self.inverse_of_radix % self.modulus])

    def horner(self, coefficients: Words, point: Words, out: Words) -> None:
        (x,) = integers(point)
        plain, value = x * self.inverse_of_radix % self.modulus, 0
        for coefficient in reversed(integers(coefficients)):
            value = (value * plain + coefficient) % self.modulus
        out[:] = rows([value])
