"""Octets as wires, and the field elements that commitments hold: 31 octets to an element, little-endian."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from .bits import assert_width, decompose
from .builder import Builder, Value
from .expressions import Expression

OCTETS_OF_AN_ELEMENT: Final = 31


def octet_bits(builder: Builder, octet: Value) -> tuple[Expression, ...]:
    """The 8 bits of `octet`, least significant first; forces 0 <= octet < 256."""
    return decompose(builder, octet, 8)


def assert_octet(builder: Builder, octet: Value) -> None:
    """Forces 0 <= octet < 256, with fewer rows than the bits cost."""
    assert_width(builder, octet, 8)


def pack(builder: Builder, octets: Sequence[Value]) -> tuple[Expression, ...]:
    """The elements x_1 … x_n that hold `octets`: x_e = sum over p of 256^p * octet_(31(e-1)+p).

    Each element is one wire. Requires octets that are forced to be below 256, by `octet_bits`, `assert_octet` or a
    gadget that says so; then x_e < 2^(8 * octets of e) and the octets are determined by the elements.
    """
    return tuple(
        builder.wire(
            builder.weighted_sum(
                (octet, 256**position)
                for position, octet in enumerate(octets[start : start + OCTETS_OF_AN_ELEMENT])
            )
        )
        for start in range(0, len(octets), OCTETS_OF_AN_ELEMENT)
    )


def _octets_of(count: int, value: int) -> list[int]:
    return [value >> 8 * position & 255 for position in range(count)]


def split(builder: Builder, element: Value, count: int) -> tuple[Expression, ...]:
    """The `count` octets of `element`, at most 31, each forced below 256 and all together equal to the element.

    Exactly one choice exists when element < 2^(8 * count), and none otherwise.
    """
    if not 1 <= count <= OCTETS_OF_AN_ELEMENT or 8 * count >= builder.modulus.bit_length():
        raise ValueError(f"{count} octets are not unique in an element")
    octets = builder.hint(partial(_octets_of, count), [element], count)
    for octet in octets:
        assert_octet(builder, octet)
    builder.assert_equal(
        element, builder.weighted_sum((octet, 256**position) for position, octet in enumerate(octets))
    )
    return octets
