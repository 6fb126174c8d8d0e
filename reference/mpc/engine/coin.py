"""A coin toss by commitment and opening: 16 octets that neither party could choose."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from .messages import COIN_COMMITMENT, COIN_OPENING, COIN_SHARE

_COMMITMENT: Final = b"mpctls/half-gates-1/coin-commitment\x00"
_RESULT: Final = b"mpctls/half-gates-1/coin\x00"
_SHARE: Final = 32


def toss_as_prover(duplex: Duplex, randomness: Randomness, session_id: bytes) -> bytes:
    """Run by the Prover, which commits first. Returns 16 octets, uniform if one party is honest."""
    share = randomness.octets(_SHARE)
    blinder = randomness.octets(_SHARE)
    duplex.send(COIN_COMMITMENT, _commitment(session_id, share, blinder))
    other = duplex.receive(COIN_SHARE, _SHARE)
    duplex.send(COIN_OPENING, share + blinder)
    return _result(session_id, share, other)


def toss_as_notary(duplex: Duplex, randomness: Randomness, session_id: bytes) -> bytes:
    """Run by the Notary. Rejects an opening that does not fit the commitment with
    `engine/coin-opening-invalid`.
    """
    commitment = duplex.receive(COIN_COMMITMENT, 32)
    own = randomness.octets(_SHARE)
    duplex.send(COIN_SHARE, own)
    opening = duplex.receive(COIN_OPENING, 2 * _SHARE)
    share, blinder = opening[:_SHARE], opening[_SHARE:]
    if not hmac.compare_digest(commitment, _commitment(session_id, share, blinder)):
        raise Refused("engine/coin-opening-invalid", "the Prover opened another share of the coin")
    return _result(session_id, share, own)


def _commitment(session_id: bytes, share: bytes, blinder: bytes) -> bytes:
    return hashlib.sha256(_COMMITMENT + session_id + share + blinder).digest()


def _result(session_id: bytes, prover_share: bytes, notary_share: bytes) -> bytes:
    return hashlib.sha256(_RESULT + session_id + prover_share + notary_share).digest()[:16]
