"""Which lengths a bridge of one and of two blocks is for (predicates page, section 8)."""

from __future__ import annotations

from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import SHA256_BLOCK

LENGTH_OCTETS: Final = 4
BLINDER_OCTETS: Final = 16
BIT_LENGTH_OCTETS: Final = 8
_PADDING: Final = 1 + BIT_LENGTH_OCTETS
MAXIMUM_BLOCKS: Final = 2


def longest(blocks: int) -> int:
    """The most octets that `blocks` blocks of SHA-256 hold beside their length, the blinder and the padding."""
    return blocks * SHA256_BLOCK - LENGTH_OCTETS - BLINDER_OCTETS - _PADDING


def shortest(blocks: int) -> int:
    """The fewest octets that need `blocks` blocks."""
    return 1 if blocks == 1 else longest(blocks - 1) + 1


def blocks_of(length: int) -> int:
    """How many blocks follow the context block: for 1 to 99 octets; refuses with `zero-knowledge/bridge-length`."""
    for blocks in range(1, MAXIMUM_BLOCKS + 1):
        if shortest(blocks) <= length <= longest(blocks):
            return blocks
    raise Refused("zero-knowledge/bridge-length", f"no bridge is for {length} octets")
