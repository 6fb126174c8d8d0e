"""The scalar field of BN254, in which octets are committed and statements about them are proved.

F_r is the field of integers modulo the prime r, the order of the groups of BN254 (EIP-197). Its elements are
Python integers from 0 to r - 1 here; an octet form is 32 octets, little-endian, of an integer below r.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeAlias

import galois

from ..commitments import BN254_ORDER
from ..reasons import Reason, Rejection

ORDER: Final = BN254_ORDER
SCALAR_LENGTH: Final = 32

GENERATOR: Final = 5
"""The smallest generator of the multiplicative group; a test holds it against the factors of r - 1."""

FieldElement: TypeAlias = Any
"""A `galois` array without axes: its operators are the field's."""


@cache
def scalar_field() -> Any:
    """F_r with the field's own operators, for formulas that are read beside a paper.

    The generator is given, because finding one would factor r - 1, which takes minutes.
    """
    return galois.GF(ORDER, primitive_element=GENERATOR, verify=False)


def encode_scalar(scalar: int) -> bytes:
    """Return the 32 octets of an element."""
    return scalar.to_bytes(SCALAR_LENGTH, "little")


def decode_scalar(octets: bytes) -> int:
    """Return the element of 32 octets. Rejects with encoding/not-canonical when it is not below r."""
    scalar = int.from_bytes(octets, "little")
    if len(octets) != SCALAR_LENGTH or scalar >= ORDER:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a scalar is not below the order of BN254")
    return scalar
