"""Octets of a transcript as scalars of BN254: elements, their MAC, canonical scalars (formats page, section 5.1)."""

from __future__ import annotations

from typing import Final

from .errors import Refused

SCALAR_ORDER: Final = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
"""How many scalars BN254 has (EIP-197)."""
SCALAR_OCTETS: Final = 32
ELEMENT_OCTETS: Final = 31
ELEMENT_BITS: Final = 8 * ELEMENT_OCTETS
MAXIMUM_ENCODED: Final = 65_535
"""Octets that one encoding commitment holds at most."""


def elements(octets: bytes) -> tuple[int, ...]:
    """The elements x_1 … x_n of octets: 31 octets each, little-endian, the last what is left."""
    starts = range(0, len(octets), ELEMENT_OCTETS)
    return tuple(int.from_bytes(octets[start : start + ELEMENT_OCTETS], "little") for start in starts)


def authenticator(offset: int, factor: int, encoded: tuple[int, ...]) -> int:
    """m = k + Σ Δ^e · x_e, for the offset k, the factor Δ and the elements x_e, e from 1."""
    total, power = offset, 1
    for element in encoded:
        power = power * factor % SCALAR_ORDER
        total += power * element
    return total % SCALAR_ORDER


def scalar_octets(scalar: int) -> bytes:
    """The 32 octets of a scalar, little-endian."""
    return scalar.to_bytes(SCALAR_OCTETS, "little")


def require_scalars(*scalars: bytes) -> None:
    """Refuse with `encoding/not-canonical` octets that are no integer below the order."""
    for number, octets in enumerate(scalars):
        if int.from_bytes(octets, "little") >= SCALAR_ORDER:
            raise Refused("encoding/not-canonical", f"scalar {number} is not below the order of BN254")
