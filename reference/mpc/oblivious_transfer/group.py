"""The group of base oblivious transfer: the subgroup of edwards25519 of prime order L, over libsodium."""

from __future__ import annotations

import hashlib
from typing import Final

import nacl.bindings
import nacl.exceptions

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness

POINT_OCTETS: Final = 32
_COFACTOR: Final = 8
_HALF_SCALARS: Final = 2**252  # the order is 2^252 + 2.8 * 10^37 (RFC 8032, section 5.1)


def random_scalar(randomness: Randomness) -> bytes:
    """Return a fresh secret scalar: 32 octets, little-endian, never zero, always a multiple of the cofactor.

    Modulo the group's order it is uniform but for a distance of 2^-126. Being a multiple of 8 it sends every
    component of small order to the identity, so that a point with such a component teaches its sender nothing
    about the scalar even where a library's subgroup check has a gap (CVE-2025-69277).
    """
    return (_COFACTOR * (1 + randomness.below(_HALF_SCALARS - 1))).to_bytes(32, "little")


def valid_point(encoding: bytes) -> bytes:
    """Return `encoding` if it is the canonical encoding of a point of order L.

    Rejects with `engine/invalid-point`: a wrong length, a non-canonical encoding, a point off the curve, the
    identity, and every point with a component of small order.
    """
    if len(encoding) != POINT_OCTETS or not nacl.bindings.crypto_core_ed25519_is_valid_point(encoding):
        raise Refused("engine/invalid-point", "base oblivious transfer")
    return encoding


def multiply_base(scalar: bytes) -> bytes:
    """Return scalar * G for a scalar of `random_scalar`."""
    return nacl.bindings.crypto_scalarmult_ed25519_base_noclamp(scalar)


def multiply(scalar: bytes, point: bytes) -> bytes:
    """Return scalar * point for a scalar of `random_scalar`.

    Rejects with `engine/invalid-point` when the result is the identity.
    """
    try:
        return nacl.bindings.crypto_scalarmult_ed25519_noclamp(scalar, point)
    except nacl.exceptions.RuntimeError:
        raise Refused("engine/invalid-point", "base oblivious transfer") from None


def add(left: bytes, right: bytes) -> bytes:
    """Return the sum of two points."""
    return nacl.bindings.crypto_core_ed25519_add(left, right)


def subtract(left: bytes, right: bytes) -> bytes:
    """Return the difference of two points."""
    return nacl.bindings.crypto_core_ed25519_sub(left, right)


def hash_to_point(message: bytes) -> bytes:
    """Hash to a point of order L whose discrete logarithm nobody knows.

    The sum of two Elligator maps of independent halves of SHA-512, cofactor cleared by the library:
    indifferentiable from a random oracle into the group (Brier et al., eprint 2009/340; RFC 9380, section
    10.1).
    """
    digest = hashlib.sha512(message).digest()
    halves = (digest[:32], digest[32:])
    return add(*(nacl.bindings.crypto_core_ed25519_from_uniform(half) for half in halves))
