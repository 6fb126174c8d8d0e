"""A proof and the key that verifies it, with their canonical octets."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..bn254.constants import BASE_MODULUS, SCALAR_GENERATOR, SCALAR_MODULUS, TWO_ADICITY
from ..bn254.curve import G1, G2
from .transcript import Point, point_octets, scalar_octets

AffinePoint: TypeAlias = tuple[int, int]
QuadraticNumber: TypeAlias = tuple[int, int]
TwistPoint: TypeAlias = tuple[QuadraticNumber, QuadraticNumber]
"""A point of G2 other than infinity: ((x.c0, x.c1), (y.c0, y.c1))."""

PROOF_OCTETS: Final = 768
MINIMUM_SIZE_LOG2: Final = 3  # the quotient of a smaller table does not fit four times its rows
MAXIMUM_SIZE_LOG2: Final = TWO_ADICITY - 2
_KEY_FORMAT: Final = b"mpctls plonk verifying key v1\0"
_NUMBER: Final = 32
_POINTS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Nine points of G1 and six scalars, as a Prover sent them: whether they are on the curve, `verify` says."""

    left: AffinePoint
    right: AffinePoint
    output: AffinePoint
    permutation: AffinePoint
    low_quotient: AffinePoint
    middle_quotient: AffinePoint
    high_quotient: AffinePoint
    opening: AffinePoint
    shifted_opening: AffinePoint
    left_value: int
    right_value: int
    output_value: int
    first_sigma_value: int
    second_sigma_value: int
    shifted_permutation_value: int

    @property
    def points(self) -> tuple[AffinePoint, ...]:
        """The nine points, in the order of the octets."""
        return (
            self.left,
            self.right,
            self.output,
            self.permutation,
            self.low_quotient,
            self.middle_quotient,
            self.high_quotient,
            self.opening,
            self.shifted_opening,
        )

    @property
    def evaluations(self) -> tuple[int, ...]:
        """The six scalars, in the order of the octets."""
        return (
            self.left_value,
            self.right_value,
            self.output_value,
            self.first_sigma_value,
            self.second_sigma_value,
            self.shifted_permutation_value,
        )

    def to_octets(self) -> bytes:
        """The 768 octets of a proof."""
        return b"".join((*map(point_octets, self.points), *map(scalar_octets, self.evaluations)))

    @classmethod
    def from_octets(cls, octets: bytes) -> Proof:
        """Read 768 octets; refuses with `zero-knowledge/malformed-proof` any other number of them.

        Numbers out of range are for `verify` to refuse, which knows the order of refusals.
        """
        if len(octets) != PROOF_OCTETS:
            raise Refused("zero-knowledge/malformed-proof", f"{len(octets)} octets instead of {PROOF_OCTETS}")
        numbers = [
            int.from_bytes(octets[start : start + _NUMBER], "big")
            for start in range(0, PROOF_OCTETS, _NUMBER)
        ]
        coordinates, evaluations = numbers[: 2 * _POINTS], numbers[2 * _POINTS :]
        return cls.of(list(zip(coordinates[::2], coordinates[1::2], strict=True)), evaluations)

    @classmethod
    def of(cls, points: list[AffinePoint], evaluations: list[int]) -> Proof:
        """A proof of its nine points and six scalars in the order of the octets."""
        left, right, output, permutation, low, middle, high, opening, shifted_opening = points
        a, b, c, first_sigma, second_sigma, shifted = evaluations
        return cls(
            left=left,
            right=right,
            output=output,
            permutation=permutation,
            low_quotient=low,
            middle_quotient=middle,
            high_quotient=high,
            opening=opening,
            shifted_opening=shifted_opening,
            left_value=a,
            right_value=b,
            output_value=c,
            first_sigma_value=first_sigma,
            second_sigma_value=second_sigma,
            shifted_permutation_value=shifted,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyingKey:
    """What a Verifier must know of a circuit and a setup.

    The table has 2^size_log2 rows. Columns b and c take their positions on the cosets of `right_shift` and
    `output_shift`. Selectors may commit to zero; sigmas commit to the three columns of the permutation; `tau` is the
    setup's secret in G2.
    """

    size_log2: int
    public_count: int
    right_shift: int
    output_shift: int
    multiply_selector: Point
    left_selector: Point
    right_selector: Point
    output_selector: Point
    constant_selector: Point
    first_sigma: Point
    second_sigma: Point
    third_sigma: Point
    tau: TwistPoint

    def __post_init__(self) -> None:
        """Refuse with `zero-knowledge/malformed-key` sizes that no key has."""
        if not MINIMUM_SIZE_LOG2 <= self.size_log2 <= MAXIMUM_SIZE_LOG2:
            raise Refused("zero-knowledge/malformed-key", f"2^{self.size_log2} rows")
        if not 0 <= self.public_count <= self.size:
            raise Refused("zero-knowledge/malformed-key", f"{self.public_count} public inputs")
        shifts = (self.right_shift, self.output_shift)
        size = self.size
        powers = [pow(shift, size, SCALAR_MODULUS) for shift in (1, *shifts)]
        if not all(0 < shift < SCALAR_MODULUS for shift in shifts) or len(set(powers)) != len(powers):
            raise Refused("zero-knowledge/malformed-key", "the cosets of the columns are not distinct")

    @property
    def size(self) -> int:
        """Rows of the table."""
        return 1 << self.size_log2

    @property
    def root(self) -> int:
        """The root of unity of order `size` whose powers number the rows."""
        return _root(self.size_log2)

    @property
    def commitments(self) -> tuple[Point, ...]:
        """The eight commitments, selectors first, in the order of the transcript."""
        return (
            self.multiply_selector,
            self.left_selector,
            self.right_selector,
            self.output_selector,
            self.constant_selector,
            self.first_sigma,
            self.second_sigma,
            self.third_sigma,
        )

    def to_octets(self) -> bytes:
        """Everything in the key: size, count, and numbers of 32 octets big-endian (shifts, tau, commitments)."""
        (x_real, x_imaginary), (y_real, y_imaginary) = self.tau
        numbers = (self.right_shift, self.output_shift, x_real, x_imaginary, y_real, y_imaginary)
        head = self.size_log2.to_bytes(1, "little") + self.public_count.to_bytes(4, "little")
        return b"".join((head, *map(scalar_octets, numbers), *map(point_octets, self.commitments)))

    @classmethod
    def of(
        cls,
        points: Sequence[Point],
        tau: TwistPoint,
        *,
        size_log2: int,
        public_count: int,
        shifts: tuple[int, int],
    ) -> VerifyingKey:
        """A key of its eight commitments, in the order of the transcript."""
        multiply, left, right, output, constant, first_sigma, second_sigma, third_sigma = points
        return cls(
            size_log2=size_log2,
            public_count=public_count,
            right_shift=shifts[0],
            output_shift=shifts[1],
            multiply_selector=multiply,
            left_selector=left,
            right_selector=right,
            output_selector=output,
            constant_selector=constant,
            first_sigma=first_sigma,
            second_sigma=second_sigma,
            third_sigma=third_sigma,
            tau=tau,
        )

    def digest(self) -> bytes:
        """SHA-256 of everything in the key."""
        return sha256(_KEY_FORMAT, self.to_octets())


@functools.cache
def _root(size_log2: int) -> int:
    return pow(SCALAR_GENERATOR, (SCALAR_MODULUS - 1) >> size_log2, SCALAR_MODULUS)


def check_points(key: VerifyingKey) -> None:
    """Check the points of a key from outside: canonical, on the curve, in the subgroup, and finite where they must be.

    Rejects with `zero-knowledge/point-not-canonical`, `zero-knowledge/point-at-infinity` for a sigma or tau,
    `zero-knowledge/point-not-on-curve` and `zero-knowledge/point-not-in-subgroup`.
    """
    coordinates = [number for point in key.commitments if point is not None for number in point]
    coordinates += [number for pair in key.tau for number in pair]
    if not all(0 <= number < BASE_MODULUS for number in coordinates):
        raise Refused("zero-knowledge/point-not-canonical", "a coordinate of the verifying key")
    if None in (key.first_sigma, key.second_sigma, key.third_sigma) or key.tau == ((0, 0), (0, 0)):
        raise Refused("zero-knowledge/point-at-infinity", "a sigma or X_2 of the verifying key")
    G1.check(G1.encode(list(key.commitments)))
    G2.check(G2.encode([key.tau]))
