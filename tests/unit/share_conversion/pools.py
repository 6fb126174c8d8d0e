"""Correlated transfers in both directions, shared by the tests of one module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mpctls.reference.mpc.duplex import MemoryDuplex, memory_pair
from mpctls.reference.mpc.kernels.aes import expand_key
from mpctls.reference.mpc.oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender

from ..oblivious_transfer.parties import TIMEOUT, correlated_pair

ROUND_KEYS = expand_key(b"hash of session.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One end with its two roles."""

    end: MemoryDuplex
    sender: CorrelatedSender
    receiver: CorrelatedReceiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Prover and Notary after the base transfers of one session."""

    prover: Party
    notary: Party

    @classmethod
    def make(cls) -> Self:
        prover_end, notary_end = memory_pair(TIMEOUT)
        forward = correlated_pair(8, direction=b"prover to notary", ends=(prover_end, notary_end))
        back = correlated_pair(8, direction=b"notary to prover", ends=(notary_end, prover_end))
        return cls(
            prover=Party(end=prover_end, sender=forward[0], receiver=back[1]),
            notary=Party(end=notary_end, sender=back[0], receiver=forward[1]),
        )
