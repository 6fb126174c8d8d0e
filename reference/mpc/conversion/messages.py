"""Kinds and lengths of the conversion's messages, and what both parties call one commitment's part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..zero_knowledge.batch import Wires

DIFFERENCES: Final = 0x0510
RELEASE: Final = 0x0511

CHECK_TRANSFERS: Final = 128
"""Correlated transfers that serve only to check the released difference: a false one passes with 2^-128."""
BLOCK_OCTETS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """The commitment at leaf `index` of a session: wires int64[8·L] of the bits of its octets, in order."""

    index: int
    wires: Wires


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What the release gives of one commitment: the offset k and the factor Δ, scalars."""

    offset: int
    factor: int
