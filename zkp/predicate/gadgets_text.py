"""The rules of text fields and of header values for octets, with the bits that other gadgets read."""

from __future__ import annotations

from collections.abc import Sequence

from ..circuit.bits import decompose
from ..circuit.builder import Builder, Value
from ..circuit.comparison import assert_nonzero
from ..circuit.expressions import Expression

QUOTE = 0x22
BACKSLASH = 0x5C
DELETE = 0x7F


def text_octet_bits(builder: Builder, octet: Value, *, ascii_only: bool) -> tuple[Expression, ...]:
    """The 8 bits of an octet of a text, least significant first.

    Forces: octet < 256, with `ascii_only` octet < 127; octet >= 0x20, since one of the bits 5, 6 and 7 is 1; octet is
    no quote and no backslash, since the product of the differences has an inverse. One choice of bits exists for such
    an octet and none for another.
    """
    value = builder.expression(octet)
    low = decompose(builder, value, 7 if ascii_only else 8)
    bits = (*low, builder.constant(0)) if ascii_only else low
    below_forty = builder.multiply(1 - bits[6], 1 - bits[7])
    builder.assert_product(below_forty, 1 - bits[5], 0)
    difference = builder.multiply(value - QUOTE, value - BACKSLASH)
    if ascii_only:
        difference = builder.multiply(difference, value - DELETE)
    assert_nonzero(builder, difference)
    return bits


def assert_ends(builder: Builder, octets: Sequence[Expression], forbidden: bytes) -> None:
    """Forces neither the first nor the last octet to be one of `forbidden`: the differences have an inverse."""
    for octet in (octets[0], octets[-1]):
        product: Value = 1
        for each in forbidden:
            product = builder.multiply(product, octet - each)
        assert_nonzero(builder, product)
