"""Bits, octets and blocks as arrays: bit i of an octet string is bit (i mod 8) of octet i // 8."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ...foundation.errors import Refused

Bits: TypeAlias = npt.NDArray[np.uint8]
Blocks: TypeAlias = npt.NDArray[np.uint64]


def bits_of(octets: bytes) -> Bits:
    """Return the bits of an octet string, uint8[8·length], each 0 or 1."""
    return np.unpackbits(np.frombuffer(octets, np.uint8), bitorder="little")


def octets_of(bits: Bits) -> bytes:
    """Return bits, in the order of a flattened array, as octets; the last octet is filled with zeros."""
    return np.packbits(bits, axis=None, bitorder="little").tobytes()


def unpack(octets: bytes, count: int) -> Bits:
    """Return the `count` bits of octets that a peer packed; rejects filling bits that are set:
    `engine/not-canonical`.
    """
    bits = bits_of(octets)
    if bits[count:].any():
        raise Refused("engine/not-canonical", "bits are set after the last one")
    return bits[:count]


def packed_length(count: int) -> int:
    """Octets that `count` bits fill."""
    return -(-count // 8)


def blocks_to_octets(blocks: Blocks) -> bytes:
    """Return blocks uint64[…, 2] as octets, 16 each, little-endian."""
    return np.ascontiguousarray(blocks, "<u8").tobytes()


def blocks_from_octets(octets: bytes) -> Blocks:
    """Return octets as blocks uint64[n, 2]."""
    return np.frombuffer(octets, "<u8").astype(np.uint64).reshape(-1, 2)


def select(bits: Bits, block: Blocks) -> Blocks:
    """Return bit · block for each bit: uint64[…, 2] from uint8[…] and one block uint64[2], without a branch
    on bits.
    """
    masks = np.uint64(0) - bits.astype(np.uint64)
    return masks[..., None] & block


def lowest_bits(blocks: Blocks) -> Bits:
    """Return the lowest bit of each block."""
    return (blocks[..., 0] & np.uint64(1)).astype(np.uint8)
