"""The curve P-256: affine points on Python integers, and the one encoding of them that the protocol accepts.

y² = x³ - 3x + b over GF(p), of prime order n. Source: NIST SP 800-186, section 3.2.1.3; the encoding is
section 2.3.3 of SEC 1 (uncompressed). Slow and not constant-time: this is a specification.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

FIELD_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
COEFFICIENT_A = FIELD_PRIME - 3
COEFFICIENT_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

COORDINATE_LENGTH = 32
POINT_LENGTH = 1 + 2 * COORDINATE_LENGTH
_UNCOMPRESSED = 0x04


class PointEncodingError(Exception):
    """Octets are not the uncompressed encoding of a point of P-256."""


class Infinity(Enum):
    """The neutral element, which has no coordinates and no encoding here."""

    INFINITY = "the point at infinity"


INFINITY: Literal[Infinity.INFINITY] = Infinity.INFINITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point with coordinates in [0, p) that satisfies the curve's equation when it came from
    `decode_point`.
    """

    x: int
    y: int


CurveElement: TypeAlias = Point | Literal[Infinity.INFINITY]

GENERATOR = Point(
    x=0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    y=0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def is_on_curve(point: Point) -> bool:
    """Whether y² = x³ - 3x + b."""
    p = FIELD_PRIME
    return (point.y**2 - (point.x**3 + COEFFICIENT_A * point.x + COEFFICIENT_B)) % p == 0


def add(left: CurveElement, right: CurveElement) -> CurveElement:
    """The group law: the chord through two points, the tangent at one."""
    if left is INFINITY:
        return right
    if right is INFINITY:
        return left
    p = FIELD_PRIME
    if left.x == right.x:
        if (left.y + right.y) % p == 0:
            return INFINITY
        slope = (3 * left.x**2 + COEFFICIENT_A) * pow(2 * left.y, -1, p) % p
    else:
        slope = (right.y - left.y) * pow(right.x - left.x, -1, p) % p
    x = (slope**2 - left.x - right.x) % p
    return Point(x=x, y=(slope * (left.x - x) - left.y) % p)


def multiply(scalar: int, element: CurveElement) -> CurveElement:
    """scalar·element by doubling and adding, for a scalar that is not negative."""
    result: CurveElement = INFINITY
    for bit in bin(scalar)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, element)
    return result


def encode_point(point: Point) -> bytes:
    """0x04 ‖ x ‖ y, coordinates big-endian: 65 octets."""
    return (
        bytes([_UNCOMPRESSED])
        + point.x.to_bytes(COORDINATE_LENGTH, "big")
        + point.y.to_bytes(COORDINATE_LENGTH, "big")
    )


def decode_point(octets: bytes) -> Point:
    """Return the point that 65 octets encode.

    Whoever receives a point runs it. Refuses, in this order: another length; another first octet than 0x04
    (compressed, hybrid, infinity); a coordinate of at least p; a point off the curve. The curve has cofactor
    one, so nothing more is needed for the point to lie in the group of order n.
    """
    if len(octets) != POINT_LENGTH:
        raise PointEncodingError(f"a point has {POINT_LENGTH} octets, not {len(octets)}")
    if octets[0] != _UNCOMPRESSED:
        raise PointEncodingError(f"a point begins with 0x04, not {octets[0]:#04x}")
    x = int.from_bytes(octets[1 : 1 + COORDINATE_LENGTH], "big")
    y = int.from_bytes(octets[1 + COORDINATE_LENGTH :], "big")
    if x >= FIELD_PRIME or y >= FIELD_PRIME:
        raise PointEncodingError("a coordinate is not below the field's prime")
    point = Point(x=x, y=y)
    if not is_on_curve(point):
        raise PointEncodingError("the point is not on the curve")
    return point
