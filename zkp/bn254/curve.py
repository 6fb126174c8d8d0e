"""The groups G1 and G2 of BN254 on arrays of points.

A point of G1 is uint64[2, 4], the elements x, y of `BASE`; a point of G2 is uint64[4, 4]: x.c0, x.c1, y.c0, y.c1.
Points are affine, infinity is all zeros. Scalars are elements of `SCALAR`. Nothing runs in constant time: a prover
computes on its own machine.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import Kernel
from mpctls.reference.foundation.errors import Refused

from .constants import CURVE_B, G1_GENERATOR, G2_GENERATOR, PARAMETER, SCALAR_MODULUS, TWIST_B
from .field import BASE, SCALAR
from .groups_kernels import base_sum, quadratic_sum
from .limbs import Words
from .tower import INTEGERS, frobenius_constant

T = TypeVar("T", int, tuple[int, int])

SumKernel: TypeAlias = Kernel[[Words, NDArray[np.int32], NDArray[np.int64], Words, int, int, int, int, Words]]

_LIMBS = 4
_TOGETHER = 64  # from so many points on, one batch in step beats one point after the other
_DIGIT_BITS = 4


class Group(Generic[T]):
    """One group; T is a coordinate as integers: an int in G1, a pair in G2."""

    __slots__ = ("_constant", "_kernel", "generator", "rows", "words")

    def __init__(self, generator: tuple[T, T], constant: T, rows: int, kernel: SumKernel) -> None:
        self.rows = rows
        self.words = rows * _LIMBS
        self._kernel = kernel
        self._constant = self.encode([(constant, constant)])[0, : rows // 2]
        self.generator = self.encode([generator])[0]
        self.generator.flags.writeable = False

    def infinity(self, count: int) -> Words:
        """Return uint64[count, rows, 4] of the neutral element."""
        return np.zeros((count, self.rows, _LIMBS), np.uint64)

    def encode(self, points: Sequence[tuple[T, T] | None]) -> Words:
        """Return points given by integers (None is infinity) as uint64[n, rows, 4]; they are not checked."""
        numbers: list[int] = []
        for point in points:
            if point is None:
                numbers += [0] * self.rows
            else:
                for value in point:
                    numbers += value if isinstance(value, tuple) else (value,)
        return BASE.encode(numbers).reshape(-1, self.rows, _LIMBS)

    def decode(self, points: Words) -> list[tuple[T, T] | None]:
        """Return points uint64[n, rows, 4] as integers, infinity as None."""
        numbers = BASE.decode(points)
        decoded: list[tuple[T, T] | None] = []
        for start in range(0, len(numbers), self.rows):
            values = numbers[start : start + self.rows]
            pair = (values[0], values[1]) if self.rows == 2 else (tuple(values[:2]), tuple(values[2:]))
            decoded.append(pair if any(values) else None)  # type: ignore[arg-type]
        return decoded

    def check(self, points: Words) -> None:
        """Require that every point lies on the curve and has order r (or is infinity).

        Rejects with `zero-knowledge/point-not-on-curve`, `zero-knowledge/point-not-in-subgroup`, naming the first.
        """
        stacked = points.reshape(-1, self.rows, _LIMBS)
        half = self.rows // 2
        x, y = stacked[:, :half], stacked[:, half:]
        finite = stacked.any(axis=(1, 2))
        right_side = _add(_multiply(_multiply(x, x), x), np.broadcast_to(self._constant, x.shape))
        outside = finite & (_multiply(y, y) != right_side).any(axis=(1, 2))
        if outside.any():
            raise Refused("zero-knowledge/point-not-on-curve", f"point {int(np.flatnonzero(outside)[0])}")
        if half == 2 and len(stacked):
            outside = finite & (_mapped(stacked) != self._parameter_multiples(stacked)).any(axis=(1, 2))
            if outside.any():
                raise Refused(
                    "zero-knowledge/point-not-in-subgroup", f"point {int(np.flatnonzero(outside)[0])}"
                )

    def _parameter_multiples(self, points: Words) -> Words:
        """Return 6x²·P for points on the curve, of whatever order: no step reduces the factor modulo r."""
        if len(points) < _TOGETHER:
            factor = SCALAR.encode([6 * PARAMETER * PARAMETER])
            return np.stack([self.multiply_element(point, factor) for point in points])
        total = points
        for bit in bin(6 * PARAMETER * PARAMETER)[3:]:
            total = self.add(total, total)
            if bit == "1":
                total = self.add(total, points)
        return total

    def to_octets(self, points: Words) -> bytes:
        """Write points, big-endian, 32 octets a coefficient, in the order of the rows; infinity as zeros."""
        return BASE.to_octets(points, order="big")

    def from_octets(self, octets: bytes | bytearray | memoryview) -> Words:
        """Read and check what `to_octets` writes.

        Rejects with `zero-knowledge/point-not-canonical` and as `check` does.
        """
        self._check_length(octets)
        try:
            elements = BASE.from_octets(octets, order="big")
        except Refused as refusal:
            raise Refused("zero-knowledge/point-not-canonical", refusal.detail) from None
        points = elements.reshape(-1, self.rows, _LIMBS)
        self.check(points)
        return points

    def to_montgomery_octets(self, points: Words) -> bytes:
        """Write points as files of circom do: little-endian limbs of the Montgomery form."""
        return points.astype("<u8").tobytes()

    def from_montgomery_octets(self, octets: bytes | bytearray | memoryview) -> Words:
        """Read and check what `to_montgomery_octets` writes, as in files of circom (.ptau, .zkey).

        Rejects with `zero-knowledge/point-not-canonical` and as `check` does.
        """
        self._check_length(octets)
        limbs = np.frombuffer(octets, "<u8").astype(np.uint64).reshape(-1, _LIMBS)
        try:
            BASE.from_canonical(limbs)  # the limbs of the Montgomery form, too, are those of a number below p
        except Refused as refusal:
            raise Refused("zero-knowledge/point-not-canonical", refusal.detail) from None
        points = limbs.reshape(-1, self.rows, _LIMBS)
        self.check(points)
        return points

    def add(self, left: Words, right: Words) -> Words:
        """Add points one by one, uint64[n, rows, 4]; a single point, uint64[rows, 4], meets each of the others."""
        shape = np.broadcast_shapes(left.shape, right.shape)
        pairs = np.stack([np.broadcast_to(left, shape), np.broadcast_to(right, shape)], axis=-3)
        return self.sum_segments(pairs.reshape(-1, self.rows, _LIMBS), 2).reshape(shape)

    def negate(self, points: Words) -> Words:
        """Return the opposite points, in the same shape."""
        half = self.rows // 2
        negated = np.array(points)
        negated[..., half:, :] = BASE.negate(points[..., half:, :])
        return negated

    def sum(self, points: Words) -> Words:
        """Return the sum of uint64[n, rows, 4], as uint64[rows, 4]."""
        segments = self.sum_segments(points, len(points)) if len(points) else self.infinity(1)
        return segments.reshape(self.rows, _LIMBS)

    def sum_segments(self, points: Words, length: int) -> Words:
        """Return the sum of each `length` points in a row, uint64[n / length, rows, 4]."""
        flat = self.flat(points)
        count = len(flat) // self.words
        out = np.empty(len(flat) // length, np.uint64)
        entries = np.arange(0, 2 * count, 2, dtype=np.int32)
        self._kernel(flat, entries, np.arange(0, count + 1, length), SCALAR.zero(0), 0, 0, 0, 0, out)
        result: Words = out.reshape(-1, self.rows, _LIMBS)
        return result

    def multiply(self, point: Words, scalar: int) -> Words:
        """Return scalar·P of one point of order r; the scalar is reduced modulo r."""
        return self.multiply_element(point, SCALAR.encode([scalar % SCALAR_MODULUS]))

    def multiply_element(self, point: Words, scalar: Words) -> Words:
        """Return scalar·P of one point of order r, for a scalar uint64[1, 4]."""
        flat = self.flat(point)
        return self.sum_windows(flat, scalar, width=_DIGIT_BITS, first=0, last=-(-255 // _DIGIT_BITS))

    def sum_windows(
        self, flat: Words, scalars: Words, *, width: int, first: int, last: int, table_rows: int = 0
    ) -> Words:
        """Return one point: see `multi_scalar_buckets.sum_multiples`, of which this is the one caller."""
        out = np.empty(self.words, np.uint64)
        nothing = np.empty(0, np.int32), np.empty(0, np.int64)
        self._kernel(flat, *nothing, scalars, width, first, last, table_rows, out)
        return out.reshape(self.rows, _LIMBS)

    def multiply_many(self, points: Words, scalars: Words) -> Words:
        """Multiply each of the points uint64[n, rows, 4] by its scalar, uint64[n, 4]."""
        count = len(scalars)
        spread = np.broadcast_to(points, (count, self.rows, _LIMBS))
        if count < _TOGETHER:
            products = [self.multiply_element(point, scalars[k : k + 1]) for k, point in enumerate(spread)]
            return np.stack(products) if products else self.infinity(0)
        multiples = [self.infinity(count), spread]
        for _ in range(2, 1 << _DIGIT_BITS):
            multiples.append(self.add(multiples[-1], spread))
        table = np.stack(multiples)
        octets = np.frombuffer(SCALAR.to_octets(scalars, order="big"), np.uint8).reshape(count, -1)
        nibbles = np.stack([octets >> 4, octets & 15], axis=-1).reshape(count, -1)
        total = self.infinity(count)
        for digits in nibbles.T:
            for _ in range(_DIGIT_BITS):
                total = self.add(total, total)
            total = self.add(total, table[digits, np.arange(count)])
        return total

    def flat(self, points: Words) -> Words:
        """Return points as kernels take them, one after the other, uint64[n·words]."""
        return np.ascontiguousarray(points).reshape(-1)

    def _check_length(self, octets: bytes | bytearray | memoryview) -> None:
        if len(octets) % (self.words * 8):
            raise Refused("zero-knowledge/point-not-canonical", "the octets are not whole points")


G1: Group[int] = Group(G1_GENERATOR, CURVE_B, 2, base_sum)
G2: Group[tuple[int, int]] = Group(G2_GENERATOR, TWIST_B, 4, quadratic_sum)


def _add(left: Words, right: Words) -> Words:
    return BASE.add(np.ascontiguousarray(left), np.ascontiguousarray(right))


def _multiply(left: Words, right: Words) -> Words:
    """Multiply elements of F_p, uint64[n, 1, 4], or of F_p2, uint64[n, 2, 4]."""
    if left.shape[1] == 1:
        return BASE.multiply(np.ascontiguousarray(left), np.ascontiguousarray(right))
    low, high = (BASE.multiply(_part(left, k), _part(right, k)) for k in (0, 1))
    crossed = BASE.add(
        BASE.multiply(_part(left, 0), _part(right, 1)), BASE.multiply(_part(left, 1), _part(right, 0))
    )
    return np.stack([BASE.subtract(low, high), crossed], axis=1)


def _part(elements: Words, number: int) -> Words:
    return np.ascontiguousarray(elements[:, number])


@functools.cache
def _map_factors() -> tuple[Words, Words]:
    first, second = (frobenius_constant(INTEGERS, power) for power in (2, 3))
    return (
        BASE.encode([first.low.value, first.high.value])[None],
        BASE.encode([second.low.value, second.high.value])[None],
    )


def _mapped(points: Words) -> Words:
    """Return ψ(P) of points of the twist: the Frobenius map of the curve, carried over.

    On the twist ψ² - t·ψ + p = 0 with t = 6x² + 1, so ψ(P) = 6x²·P gives (p + 1 - t)·P = r·P = 0; and on the only
    subgroup of order r, ψ is multiplication by p = 6x² modulo r (Galbraith and Scott, 2008). So that equation
    is membership of the subgroup.
    """
    conjugated = points.copy()
    conjugated[:, 1::2] = BASE.negate(np.ascontiguousarray(points[:, 1::2]))
    factors = _map_factors()
    count = len(points)
    images = [
        _multiply(conjugated[:, 2 * k : 2 * k + 2], np.broadcast_to(factors[k], (count, 2, _LIMBS)))
        for k in (0, 1)
    ]
    return np.concatenate(images, axis=1)


def group_of(points: Words) -> Group[int] | Group[tuple[int, int]]:
    """Return the group whose points have the shape of these."""
    if points.ndim >= 2 and points.shape[-1] == _LIMBS:
        for group in (G1, G2):
            if points.shape[-2] == group.rows:
                return group
    raise ValueError("points are uint64[..., 2, 4] or uint64[..., 4, 4]")
