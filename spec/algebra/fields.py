"""The two fields in which shares are converted: GF(p) of P-256, and GF(2^128) of GCM with its bit order.

The fields are built with their primitive elements given: finding one would factor the group order, which
takes minutes. A test checks both against the known factorisations.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import galois

from .p256 import FIELD_PRIME

FieldElement: TypeAlias = Any
"""An element of one of the fields: a `galois` array without axes. The library's operators are the field's."""

Field: TypeAlias = Any
"""One of the two classes below: called with an integer it gives an element."""

PRIMITIVE_ELEMENT_OF_PRIME_FIELD = 6
PRIMITIVE_ELEMENT_OF_BINARY_FIELD = 2

BINARY_MODULUS = (1 << 128) | (1 << 7) | (1 << 2) | (1 << 1) | 1
"""x^128 + x^7 + x^2 + x + 1, NIST SP 800-38D section 6.3; bit i is the coefficient of x^i."""

BLOCK_LENGTH = 16


@cache
def prime_field() -> Field:
    """GF(p) for the prime of P-256: coordinates of points, shares of the pre-master secret."""
    return galois.GF(FIELD_PRIME, primitive_element=PRIMITIVE_ELEMENT_OF_PRIME_FIELD, verify=False)


@cache
def binary_field() -> Field:
    """GF(2^128) in GCM's representation: the hash key, its powers, the tag before encryption."""
    return galois.GF(
        2**128,
        irreducible_poly=galois.Poly.Int(BINARY_MODULUS),
        primitive_element=PRIMITIVE_ELEMENT_OF_BINARY_FIELD,
        verify=False,
    )


def _reverse_bits(octet: int) -> int:
    return int(f"{octet:08b}"[::-1], 2)


def block_to_element(block: bytes) -> FieldElement:
    """The element of a block of 16 octets in GCM's bit order.

    The leftmost bit of the first octet is the coefficient of x^0: within each octet the order is reversed,
    octets stand from low to high. Source: NIST SP 800-38D, section 6.3.
    """
    if len(block) != BLOCK_LENGTH:
        raise ValueError(f"a block has {BLOCK_LENGTH} octets, not {len(block)}")
    return binary_field()(int.from_bytes(bytes(map(_reverse_bits, block)), "little"))


def element_to_block(element: FieldElement) -> bytes:
    """The 16 octets of an element of GF(2^128): the inverse of `block_to_element`."""
    return bytes(map(_reverse_bits, int(element).to_bytes(BLOCK_LENGTH, "little")))
