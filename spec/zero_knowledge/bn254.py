"""The groups and the pairing of BN254: points that are checked, and sums of them.

G1 is the curve y² = x³ + 3 over GF(p), which has prime order r. G2 is the subgroup of order r of a twist over
GF(p²); the twist has more points than that, so a point of it must be shown to be in the group. The pairing is
`py_ecc`'s. Its points are triples that it neither checks nor compares safely (a triple of zeros equals
everything), so points are affine pairs here, or None for infinity, and become triples once they are checked.

Source: EIP-196 and EIP-197 for the curves and encodings. Slow and not constant-time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..reasons import Reason, Rejection
from .curve_library import FQ, FQ2, FQ12, curve, final_exponentiate, pairing
from .scalar_field import ORDER

FIELD_PRIME: Final = 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47
COORDINATE_LENGTH: Final = 32

Triple: TypeAlias = Any
"""A point as `py_ecc` computes with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class G1Point:
    """Two integers that are said to be a point of the curve."""

    x: int
    y: int

    def octets(self) -> bytes:
        """Return x ‖ y, big-endian. Requires coordinates that are canonical."""
        return self.x.to_bytes(COORDINATE_LENGTH, "big") + self.y.to_bytes(COORDINATE_LENGTH, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class G2Point:
    """Four integers that are said to be a point of the twist: coordinates c_0 + c_1·i with i² = -1."""

    x: tuple[int, int]
    y: tuple[int, int]


G1_GENERATOR: Final = G1Point(x=1, y=2)
G2_GENERATOR: Final = G2Point(
    x=(
        0x1800DEEF121F1E76426A00665E5C4479674322D4F75EDADD46DEBD5CD992F6ED,
        0x198E9393920D483A7260BFB731FB5D25F1AA493335A9E71297E485B7AEF312C2,
    ),
    y=(
        0x12C85EA5DB8C6DEB4AAB71808DCB408FE3D1E7690C43D37B4CE6CC0166FA7DAA,
        0x090689D0585FF075EC9E99AD690C3395BC4B313370B38EF355ACDADCD122975B,
    ),
)

INFINITY: Final[Triple] = curve.Z1


def require_canonical(*points: G1Point | G2Point) -> None:
    """Require that every coordinate is below p. Rejects with zero-knowledge/point-not-canonical."""
    for point in points:
        coordinates = (point.x, point.y) if isinstance(point, G1Point) else (*point.x, *point.y)
        if not all(0 <= coordinate < FIELD_PRIME for coordinate in coordinates):
            raise Rejection(Reason.ZERO_KNOWLEDGE_POINT_NOT_CANONICAL)


def require_on_curve(*points: G1Point | G2Point) -> None:
    """Require that points satisfy their equation; (0, 0) does not. Requires canonical coordinates.

    Rejects with zero-knowledge/point-not-on-curve.
    """
    for point in points:
        equation = curve.b if isinstance(point, G1Point) else curve.b2
        if not curve.is_on_curve(triple(point), equation):
            raise Rejection(Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE)


def require_in_subgroup(*points: G2Point) -> None:
    """Require that points of the twist have order r. Requires points on the twist.

    Rejects with zero-knowledge/point-not-in-subgroup.
    """
    for point in points:
        if not curve.is_inf(curve.multiply(triple(point), ORDER)):
            raise Rejection(Reason.ZERO_KNOWLEDGE_POINT_NOT_IN_SUBGROUP)


def triple(point: G1Point | G2Point | None) -> Triple:
    """Return a checked point, or infinity of G1, as one to compute with."""
    match point:
        case None:
            return INFINITY
        case G1Point(x=x, y=y):
            return FQ(x), FQ(y), FQ.one()
        case G2Point(x=(x0, x1), y=(y0, y1)):
            return FQ2([x0, x1]), FQ2([y0, y1]), FQ2.one()


def linear_combination(terms: Sequence[tuple[Any, G1Point | None]]) -> Triple:
    """Return the sum of points of G1 times scalars."""
    total = INFINITY
    for scalar, point in terms:
        total = curve.add(total, curve.multiply(triple(point), int(scalar) % ORDER))
    return total


def pairing_product_is_one(pairs: Sequence[tuple[Triple, Triple]]) -> bool:
    """Whether Π e(P, Q) = 1, over pairs of a point of G1 and one of G2."""
    product = FQ12.one()
    for left, right in pairs:
        product *= pairing(right, left, final_exponentiate=False)
    return bool(final_exponentiate(product) == FQ12.one())
