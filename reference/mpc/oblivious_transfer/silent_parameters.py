"""Sizes of silent transfers: how many a batch makes, and the instance of learning parity with noise behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

CHECK_TRANSFERS: Final = 128
"""Transfers that hide the receiver's noise in the check of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentParameters:
    """Regular noise: one in each of `blocks` blocks of 2^`log2_block`; a secret of 2^`log2_secret` bits."""

    log2_block: int
    blocks: int
    log2_secret: int

    @property
    def length(self) -> int:
        """Transfers a batch makes, n."""
        return self.blocks << self.log2_block

    @property
    def secret(self) -> int:
        """Transfers the code stretches, k."""
        return 1 << self.log2_secret

    @property
    def consumed(self) -> int:
        """Transfers a batch consumes: the secret, the places of the noise, those of the check."""
        return self.secret + self.blocks * self.log2_block + CHECK_TRANSFERS

    @property
    def gained(self) -> int:
        """Transfers a batch gives out; the others it made are what the next one consumes."""
        return self.length - self.consumed


PARAMETERS: Final[Mapping[int, SilentParameters]] = MappingProxyType(
    {
        20: SilentParameters(log2_block=11, blocks=512, log2_secret=17),
        23: SilentParameters(log2_block=13, blocks=1024, log2_secret=19),
    }
)
"""For batches of 2^20 and of 2^23 transfers; docs/engine/silent-transfers.md says what attacks on them cost."""
