"""Points of P-256 for the split key exchange (SEC 1, version 2.0; FIPS 186-5).

Every multiplication by a secret scalar is OpenSSL's. Its Diffie-Hellman returns the x coordinate alone, and
the conversion of point shares needs y as well: `multiply_full` finds the sign of y by a second
multiplication. The field arithmetic around it runs on Python integers, whose time depends on their values: it
is spent once a session, on an ephemeral point, next to seconds of two-party computation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from ..foundation.errors import Refused
from ..foundation.randomness import Randomness
from .constants import POINT_SIZE

PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_A: Final = PRIME - 3
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_CURVE: Final = ec.SECP256R1()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An affine point; coordinates stay out of repr because a share of the pre-master secret is one."""

    x: int = field(repr=False)
    y: int = field(repr=False)

    def encode(self) -> bytes:
        """Return the 65 octets of the uncompressed form (SEC 1, section 2.3.3)."""
        return b"\x04" + self.x.to_bytes(32, "big") + self.y.to_bytes(32, "big")


def decode_point(octets: bytes) -> Point:
    """Return the point in 65 octets 4 ‖ x ‖ y.

    Refuses `key-exchange/invalid-point` for another length or form, a coordinate not below the prime, and a
    point off the curve. The curve has prime order, so nothing on it but infinity, which has no such form,
    lies in a small subgroup.
    """
    if len(octets) != POINT_SIZE or octets[0] != 4:
        raise Refused("key-exchange/invalid-point", f"{len(octets)} octets are no uncompressed point")
    x, y = int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big")
    if x >= PRIME or y >= PRIME or (y * y - _right_side(x)) % PRIME:
        raise Refused("key-exchange/invalid-point", "not on the curve")
    return Point(x=x, y=y)


def random_scalar(randomness: Randomness) -> int:
    """Return a uniform secret scalar in [1, ORDER)."""
    return 1 + randomness.below(ORDER - 1)


def public_point(scalar: int) -> Point:
    """Return scalar·G for a scalar in [1, ORDER)."""
    numbers = _private_key(scalar).public_key().public_numbers()
    return Point(x=numbers.x, y=numbers.y)


def multiply_x(scalar: int, point: Point) -> int:
    """Return the x coordinate of scalar·point for a scalar in [1, ORDER) and a point on the curve."""
    public_key = ec.EllipticCurvePublicNumbers(point.x, point.y, _CURVE).public_key()
    return int.from_bytes(_private_key(scalar).exchange(ec.ECDH(), public_key), "big")


def multiply_full(scalar: int, point: Point) -> Point:
    """Return scalar·point for a scalar in [1, ORDER) and a point on the curve.

    Of the two candidates ±R with the x coordinate of scalar·point, the right one satisfies x(R + point) =
    x((scalar+1)·point); the wrong one never does, since x(R + P) = x(-R + P) would need 2R or 2P at infinity.
    For scalar = ORDER - 1 the product is -point.
    """
    if scalar == ORDER - 1:
        return _negate(point)
    x = multiply_x(scalar, point)
    candidate = Point(x=x, y=pow(_right_side(x), (PRIME + 1) // 4, PRIME))
    following = multiply_x(scalar + 1, point)
    if candidate != _negate(point) and add_points(candidate, point).x == following:
        return candidate
    return _negate(candidate)


def add_points(first: Point, second: Point) -> Point:
    """Return the sum of two points on the curve; refuses `key-exchange/point-at-infinity`."""
    if first.x == second.x:
        if (first.y + second.y) % PRIME == 0:
            raise Refused("key-exchange/point-at-infinity", "the sum of two points")
        slope = (3 * first.x * first.x + _A) * pow(2 * first.y, -1, PRIME) % PRIME
    else:
        slope = (second.y - first.y) * pow(second.x - first.x, -1, PRIME) % PRIME
    x = (slope * slope - first.x - second.x) % PRIME
    return Point(x=x, y=(slope * (first.x - x) - first.y) % PRIME)


def _right_side(x: int) -> int:
    return (x * x * x + _A * x + _B) % PRIME


def _negate(point: Point) -> Point:
    return Point(x=point.x, y=PRIME - point.y)


def _private_key(scalar: int) -> ec.EllipticCurvePrivateKey:
    if not 0 < scalar < ORDER:
        raise ValueError("a scalar lies in [1, ORDER)")
    return ec.derive_private_key(scalar, _CURVE)
