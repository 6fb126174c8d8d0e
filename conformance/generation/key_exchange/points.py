"""Octets that are no point of P-256, each for one reason."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.algebra.p256 import COEFFICIENT_B, FIELD_PRIME, Point, encode_point, is_on_curve
from mpctls.spec.mpc_tls.key_share import KeyShare

from ..labelled import Labelled
from ..tls_session.authoring import Change, flip
from ..vector import MutationKind

_REPLACE = MutationKind.REPLACE
_SMALL_ORDINATE = Point(x=0xD7325D7646CD60D80A92738CEB345F844CFFAF35841022CAB176F692DE8DE1D7, y=5)
"""The point of the smallest y, whose y plus p still fits 32 octets: a root of x³ - 3x + b - 25, found by dividing it
and x^p - x."""


def scalar(label: str) -> int:
    """A labelled scalar in [1, 2^255)."""
    return 1 + Labelled(label=label).below(2**255 - 1, "scalar")


def octets(number: int) -> bytes:
    """A scalar as 32 octets, big-endian."""
    return number.to_bytes(32, "big")


def public_key(number: int) -> bytes:
    """The point of a scalar, 65 octets."""
    return KeyShare.from_scalar(number).public_key


def _small_abscissa(least: int) -> Point:
    """The point of the smallest x from `least` on: x plus p still fits 32 octets."""
    x = least
    while True:
        y = pow(x**3 - 3 * x + COEFFICIENT_B, (FIELD_PRIME + 1) // 4, FIELD_PRIME)
        if is_on_curve(Point(x=x, y=y)):
            return Point(x=x, y=y)
        x += 1


def no_points(honest: bytes) -> Iterator[Change]:
    """65 octets that are no point, from those of one."""
    small, zero = _small_abscissa(1), _small_abscissa(0)
    for word, kind, detail, found in (
        ("y-flipped", MutationKind.FLIP, "lowest bit of y: off the curve", flip(honest, 64)),
        ("x-flipped", MutationKind.FLIP, "lowest bit of x: off the curve", flip(honest, 32)),
        ("coordinates-swapped", MutationKind.SWAP, "x and y", honest[:1] + honest[33:] + honest[1:33]),
        ("compressed-even", _REPLACE, "first octet 0x02", b"\2" + honest[1:]),
        ("compressed-odd", _REPLACE, "first octet 0x03", b"\3" + honest[1:]),
        ("hybrid-even", _REPLACE, "first octet 0x06", b"\6" + honest[1:]),
        ("hybrid-odd", _REPLACE, "first octet 0x07", b"\7" + honest[1:]),
        ("infinity", MutationKind.ZERO, "65 octets zero", bytes(65)),
        ("zero-coordinates", MutationKind.ZERO, "x = y = 0", b"\4" + bytes(64)),
        ("y-zero", MutationKind.ZERO, "y = 0", honest[:33] + bytes(32)),
        ("x-is-p", _REPLACE, "x is the prime", b"\4" + octets(FIELD_PRIME) + honest[33:]),
        ("y-is-p", _REPLACE, "y is the prime", honest[:33] + octets(FIELD_PRIME)),
        ("x-maximum", MutationKind.MAXIMUM, "x", b"\4" + b"\xff" * 32 + honest[33:]),
        ("y-maximum", MutationKind.MAXIMUM, "y", honest[:33] + b"\xff" * 32),
        (
            "x-not-reduced",
            _REPLACE,
            "x + p of a point: on the curve for those who reduce",
            encode_point(Point(x=small.x + FIELD_PRIME, y=small.y)),
        ),
        (
            "x-is-p-of-a-point",
            _REPLACE,
            "x is the prime, with the y of x = 0: on the curve for those who reduce",
            encode_point(Point(x=zero.x + FIELD_PRIME, y=zero.y)),
        ),
        (
            "y-not-reduced",
            _REPLACE,
            "y + p of a point: on the curve for those who reduce",
            encode_point(Point(x=_SMALL_ORDINATE.x, y=_SMALL_ORDINATE.y + FIELD_PRIME)),
        ),
        ("first-octet-maximum", MutationKind.MAXIMUM, "first octet 0xff", b"\xff" + honest[1:]),
    ):
        if found != honest:
            yield Change(word=word, kind=kind, detail=detail, octets=found)


def wrong_lengths(honest: bytes) -> Iterator[Change]:
    """Encodings of another length, where a field does not fix it."""
    for word, kind, detail, found in (
        ("none", MutationKind.REMOVE, "no octets", b""),
        ("infinity-octet", _REPLACE, "the one octet 0x00", b"\0"),
        ("compressed", _REPLACE, "33 octets", bytes([2 + honest[64] % 2]) + honest[1:33]),
        ("one-short", MutationKind.TRUNCATE, "64 octets", honest[:64]),
        ("one-long", MutationKind.EXTEND, "66 octets", honest + b"\0"),
        ("without-first-octet", MutationKind.TRUNCATE, "64 octets, x and y", honest[1:]),
    ):
        yield Change(word=word, kind=kind, detail=detail, octets=found)
