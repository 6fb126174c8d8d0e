"""The engine profiles: what two parties that agree on a name run. All are `half-gates-1` but for what they say here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from ...foundation.identifiers import (
    ENGINE_PROFILE,
    SILENT_ENGINE_PROFILE,
    THREE_HALVES_ENGINE_PROFILE,
    THREE_HALVES_SILENT_ENGINE_PROFILE,
)
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..garbling.schemes import HALF_GATES, THREE_HALVES, GarblingScheme
from ..oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from ..oblivious_transfer.silent import SilentReceiver, SilentSender
from ..oblivious_transfer.silent_parameters import PARAMETERS
from ..zero_knowledge.correlations import CorrelationReceiver, CorrelationSender

_LOG2_BATCH: Final = 20
# A batch of the proof has a challenge and an answer; it holds 16 octets for each AND gate at either party.
_PROOF_BATCH: Final = 1 << 20
_LONG_PROOF_BATCH: Final = 1 << 21


class Transfers(Enum):
    """How the correlations of the proof are extended."""

    SOFTSPOKEN = auto()
    SILENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineProfile:
    """One profile, by the name that the session's request and answer carry."""

    name: str
    garbling: GarblingScheme
    transfers: Transfers
    proof_batch: int

    def correlation_receiver(
        self, receiver: CorrelatedReceiver, *, duplex: Duplex, randomness: Randomness
    ) -> CorrelationReceiver:
        """What extends the Prover's correlations; `receiver` must not be used for anything else from here on."""
        if self.transfers is Transfers.SOFTSPOKEN:
            return receiver
        return SilentReceiver(base=receiver, duplex=duplex, randomness=randomness, parameters=PARAMETERS[_LOG2_BATCH])

    def correlation_sender(
        self, sender: CorrelatedSender, *, duplex: Duplex, randomness: Randomness
    ) -> CorrelationSender:
        """What extends the Notary's; see `correlation_receiver`."""
        if self.transfers is Transfers.SOFTSPOKEN:
            return sender
        return SilentSender(base=sender, duplex=duplex, randomness=randomness, parameters=PARAMETERS[_LOG2_BATCH])


def _profile(name: str, garbling: GarblingScheme, transfers: Transfers) -> EngineProfile:
    batch = _PROOF_BATCH if transfers is Transfers.SOFTSPOKEN else _LONG_PROOF_BATCH
    return EngineProfile(name=name, garbling=garbling, transfers=transfers, proof_batch=batch)


PROFILES: Final[Mapping[str, EngineProfile]] = MappingProxyType(
    {
        each.name: each
        for each in (
            _profile(ENGINE_PROFILE, HALF_GATES, Transfers.SOFTSPOKEN),
            _profile(SILENT_ENGINE_PROFILE, HALF_GATES, Transfers.SILENT),
            _profile(THREE_HALVES_ENGINE_PROFILE, THREE_HALVES, Transfers.SOFTSPOKEN),
            _profile(THREE_HALVES_SILENT_ENGINE_PROFILE, THREE_HALVES, Transfers.SILENT),
        )
    }
)
