"""Lengths and names that both parties use to prepare a session."""

from __future__ import annotations

from typing import Final

from ...foundation.errors import Refused
from ..conversion.messages import CHECK_TRANSFERS
from ..share_conversion.curve import CoordinateShares
from ..zero_knowledge.batch import MASK_BITS
from ..zero_knowledge.bits import Bits, bits_of
from .plan import Plan

SESSION_ID_OCTETS: Final = 32
SHARE_BITS: Final = 512
PROVER_TO_NOTARY: Final = b"prover-to-notary"
NOTARY_TO_PROVER: Final = b"notary-to-prover"
# Trees of 2^4 leaves where the Prover receives 31 bits a transfer, of 2^8 where it sends 15.
GARBLING_TREES: Final = 4
PROOF_TREES: Final = 8


def reserved_bits(plan: Plan, proof_batch: int) -> int:
    """Authenticated bits made before the session: those that check a release, shares, masks and what the first batch
    of the proof, of at most `proof_batch` gates, consumes.
    """
    return CHECK_TRANSFERS + SHARE_BITS + plan.mask_count + MASK_BITS + min(plan.and_count, proof_batch)


def share_bits(shares: CoordinateShares) -> Bits:
    """A party's 512 input bits of the joining circuit: its shares of both runs, lowest bit first."""
    return bits_of(shares.leading.to_bytes(32, "little") + shares.following.to_bytes(32, "little"))


def check_session_id(session_id: bytes) -> None:
    """Refuse a session id that is not 32 octets: `engine/wrong-length`."""
    if len(session_id) != SESSION_ID_OCTETS:
        raise Refused("engine/wrong-length", "a session id has 32 octets")
