"""What was evaluated in a session, in order: the statement that the final proof repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..zero_knowledge.bits import Bits
from .plan import Application


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """Instances `rows` of an application with public input bits uint8[k, n] and what the Notary decoded,
    uint8[k, decoded].

    `decoded` is the value itself or the value under the Prover's mask; None where this party does not know it
    (the Prover, of shared outputs) or where nothing is decoded.
    """

    application: Application
    rows: slice
    public: Bits
    decoded: Bits | None

    @property
    def count(self) -> int:
        return len(self.public)


def no_public_bits(count: int) -> Bits:
    """Public input bits of instances that have none."""
    return np.zeros((count, 0), np.uint8)
