"""Ed25519 signatures on which verifiers with and without the cofactor disagree.

The curve has 8·L points. Who adds one of order 8 to R or to the key gets signatures that satisfy the equation
multiplied by 8 and not the equation itself; formats.md, section 2, verifies without the cofactor.
Arithmetic: RFC 8032, section 5.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.signatures import SigningKey, VerifyingKey

from ..vector import Importance, Mutation, MutationKind, Vector

_PRIME = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ROOT_OF_MINUS_ONE = pow(2, (_PRIME - 1) // 4, _PRIME)
_VERIFY = "foundation/verify-signature"

Point = tuple[int, int]
_NEUTRAL: Point = (0, 1)


def _add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = _D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, _PRIME) % _PRIME,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, _PRIME) % _PRIME,
    )


def _multiply(factor: int, point: Point) -> Point:
    total = _NEUTRAL
    for bit in f"{factor:b}":
        total = _add(total, total)
        if bit == "1":
            total = _add(total, point)
    return total


def _encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _even_abscissa(y: int) -> int | None:
    """The even x of the point with this y, or None where there is none."""
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _PRIME) % _PRIME
    x = pow(square, (_PRIME + 3) // 8, _PRIME)
    if x * x % _PRIME != square:
        x = x * _ROOT_OF_MINUS_ONE % _PRIME
    if x * x % _PRIME != square:
        return None
    return _PRIME - x if x & 1 else x


def _base_point() -> Point:
    y = 4 * pow(5, -1, _PRIME) % _PRIME
    x = _even_abscissa(y)
    if x is None:
        raise ArithmeticError("4/5 is the ordinate of the base point")
    return x, y


def _point_of_order_eight() -> Point:
    for y in count(2):
        x = _even_abscissa(y)
        if x is not None and _multiply(4, point := _multiply(_ORDER, (x, y))) != _NEUTRAL:
            return point
    raise ArithmeticError("a count ends nowhere")


def _challenge(commitment: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + key + message).digest(), "little") % _ORDER


def _secret_scalar(secret: bytes) -> int:
    """The scalar of a seed, RFC 8032, section 5.1.5."""
    return int.from_bytes(hashlib.sha512(secret).digest()[:32], "little") & (2**254 - 8) | 2**254


def torsion(key: SigningKey, message: bytes) -> Iterator[Vector]:
    """The cases for an Ed25519 key; the negatives satisfy the equation that is multiplied by the cofactor."""
    scalar, base, eighth = _secret_scalar(key.secret), _base_point(), _point_of_order_eight()
    nonce = _secret_scalar(key.secret[::-1])
    plain, shifted = _multiply(nonce, base), _add(_multiply(nonce, base), eighth)

    def signature(commitment: Point, verifying: bytes, signed: bytes) -> bytes:
        first = _encode(commitment)
        second = (nonce + _challenge(first, verifying, signed) * scalar) % _ORDER
        return first + second.to_bytes(32, "little")

    honest = key.verifying_key
    yield Vector(
        name="first-with-torsion",
        operation=_VERIFY,
        comment="A point of order 8 is added to R: valid with the cofactor, which is not used here.",
        input={
            "key": honest.encode(),
            "message": message,
            "signature": signature(shifted, honest.key, message),
        },
        expects="verification/signature-invalid",
        base="honest",
        mutation=Mutation(kind=MutationKind.REPLACE, field="signature", detail="R plus a point of order 8"),
        importance=Importance.CRITICAL,
    )
    mixed = VerifyingKey(
        algorithm=SignatureAlgorithm.ED25519, key=_encode(_add(_multiply(scalar, base), eighth))
    )

    def message_of(remainder: int) -> bytes:
        """The first message with a number behind it whose challenge leaves this remainder when divided by 8."""
        return next(
            candidate
            for number in count()
            if _challenge(_encode(plain), mixed.key, candidate := message + bytes([number])) % 8 == remainder
        )

    accepted, refused = message_of(0), message_of(1)
    yield Vector(
        name="key-with-torsion",
        operation=_VERIFY,
        comment="The key has a part of order 8 and is no small-order point; the challenge is a multiple of 8.",
        input={
            "key": mixed.encode(),
            "message": accepted,
            "signature": signature(plain, mixed.key, accepted),
        },
        importance=Importance.HIGH,
    )
    yield Vector(
        name="key-with-torsion-remainder",
        operation=_VERIFY,
        comment="The same key and way to sign; the challenge is no multiple of 8, so only the cofactor makes it valid.",
        input={"key": mixed.encode(), "message": refused, "signature": signature(plain, mixed.key, refused)},
        expects="verification/signature-invalid",
        base="key-with-torsion",
        mutation=Mutation(kind=MutationKind.REPLACE, field="message", detail="a challenge of 1 modulo 8"),
        importance=Importance.CRITICAL,
    )
