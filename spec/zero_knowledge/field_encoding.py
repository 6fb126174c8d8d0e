"""Octets as elements of F_r, the commitment to them, and the relation that opens it.

Octets y of length L become n = ⌈L/31⌉ elements of 31 octets each, little-endian, the last one of the octets
that are left:

    x_e = Σ_p y_{31(e-1)+p} · 256^p        e = 1 … n

A leaf of the tree holds C, k and Δ. It is opened by octets y and a blinder β with

    C = Commit(hdr, m, β, x)      m = k + Σ_e Δ^e · x_e      x_e < 2^(8 · octets of e)

C fixes m and x before Δ is known to whoever computes it, so an opening to other octets would make Δ a root of
a polynomial of degree n that is not zero: probability n/(r - 1). Neither k nor Δ depends on y, and β is
uniform, so the leaf says nothing about y. `docs/protocol/formats.md`, section 5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from ..commitments import EncodingCommitment
from ..identifiers import Direction
from .poseidon import poseidon
from .scalar_field import ORDER, decode_scalar

ELEMENT_LENGTH: Final = 31
"""Octets of an element: the most that are below r whatever their values."""

HEADER_VERSION: Final = 1

LARGEST_SINGLE_COUNT: Final = 13
"""Elements that one permutation of sixteen inputs takes beside header, message and blinder."""

CHAINED_COUNT: Final = 14
"""Elements that each permutation of a chain takes beside header and state."""


class HeaderKind(IntEnum):
    """What a hash of elements is for; no two kinds ever have equal inputs."""

    ENCODING = 1
    BARE = 2
    SET_LEAF = 3
    SET_NODE = 4
    NULLIFIER = 5
    VALUE = 6


def header(kind: HeaderKind, direction: Direction, length: int) -> int:
    """Return hdr, the first input of every hash: version, kind, direction and length in octets, < 2^64."""
    return HEADER_VERSION + (kind << 8) + (direction << 16) + (length << 32)


def element_lengths(length: int) -> tuple[int, ...]:
    """Return how many octets each element of `length` octets holds."""
    return tuple(min(ELEMENT_LENGTH, length - start) for start in range(0, length, ELEMENT_LENGTH))


def elements_of(octets: bytes) -> tuple[int, ...]:
    """Return x_1 … x_n."""
    return tuple(
        int.from_bytes(octets[start : start + ELEMENT_LENGTH], "little")
        for start in range(0, len(octets), ELEMENT_LENGTH)
    )


def commit(header_: int, message: int, blinder: int, elements: Sequence[int]) -> int:
    """Return C, the commitment to message and elements under a blinder that is used once.

    Up to thirteen elements are one permutation. More are a chain, in which the number of the link stands
    above the header's 64 bits, so that no link is the input of another use.
    """
    if len(elements) <= LARGEST_SINGLE_COUNT:
        return poseidon([header_, message, blinder, *elements])
    parts = [elements[start : start + CHAINED_COUNT] for start in range(0, len(elements), CHAINED_COUNT)]
    state = blinder
    for link, part in enumerate(parts, start=1):
        filling = [0] * (CHAINED_COUNT - len(part))
        state = poseidon([header_ + (link << 64), state, *part, *filling])
    return poseidon([header_ + ((len(parts) + 1) << 64), state, message])


def message_of(offset: int, factor: int, elements: Sequence[int]) -> int:
    """Return m = k + Σ_e Δ^e · x_e."""
    return (
        offset + sum(pow(factor, power, ORDER) * element for power, element in enumerate(elements, start=1))
    ) % ORDER


def satisfies_opening_relation(
    leaf: EncodingCommitment, message: int, blinder: int, elements: Sequence[int]
) -> bool:
    """Whether message, blinder and elements open a leaf: the statement of every proof about it."""
    lengths = element_lengths(leaf.ranges.octet_count)
    return (
        len(elements) == len(lengths)
        and all(element < 1 << (8 * length) for element, length in zip(elements, lengths, strict=True))
        and message == message_of(decode_scalar(leaf.offset), decode_scalar(leaf.factor), elements)
        and decode_scalar(leaf.commitment)
        == commit(encoding_header(leaf.direction, leaf.ranges.octet_count), message, blinder, elements)
    )


def encoding_header(direction: Direction, length: int) -> int:
    """Return the header of an encoding commitment to `length` octets of a direction."""
    return header(HeaderKind.ENCODING, direction, length)


def opens(leaf: EncodingCommitment, octets: bytes, blinder: int) -> bool:
    """Whether octets and blinder open a leaf: the opening relation in plain. The message follows from
    them.
    """
    elements = elements_of(octets)
    message = message_of(decode_scalar(leaf.offset), decode_scalar(leaf.factor), elements)
    return len(octets) == leaf.ranges.octet_count and satisfies_opening_relation(
        leaf, message, blinder, elements
    )
