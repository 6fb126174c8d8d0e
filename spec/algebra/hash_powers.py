"""Shares of the powers of the hash key: from shares of H to shares of H², H³ … in GF(2^128).

One A2M turns the exclusive-or shares of H into factors; powers of the factors are local; one M2A turns each
*odd* power back into addends. Even powers come from squaring, which is linear in characteristic two: the
shares of H^2k are the squares of the shares of H^k. For n powers that is 1 + ⌈n/2⌉ OLEs. Source: the
GHASH of TLSNotary's `mpz`. The Prover is the sender of all OLEs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..randomness import Randomness
from .fields import FieldElement, binary_field, block_to_element, element_to_block
from .share_conversion import additive_to_multiplicative, multiplicative_to_additive

_ELEMENT_BITS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class HashPowerShares:
    """Both parties' additive shares of H^1 … H^n as blocks of 16 octets, and A2M's one message in the
    clear.
    """

    sender: tuple[bytes, ...]
    receiver: tuple[bytes, ...]
    message: bytes


def share_hash_powers(
    *, sender_share: bytes, receiver_share: bytes, count: int, randomness: Randomness
) -> HashPowerShares:
    """Return shares of H^1 … H^count from shares of H that add up to it.

    The sender draws "factor", which is not zero, and a mask for every OLE. Refuses H = 0 with
    `ConversionError`.
    """
    factors = additive_to_multiplicative(
        field=binary_field(),
        sender_share=block_to_element(sender_share),
        receiver_share=block_to_element(receiver_share),
        sender_factor=binary_field()(1 + randomness.below("factor", (1 << _ELEMENT_BITS) - 1)),
        sender_mask=_mask("mask of the factor", randomness),
    )
    sender_powers: dict[int, FieldElement] = {}
    receiver_powers: dict[int, FieldElement] = {}
    sender_factor, receiver_factor = factors.sender, factors.receiver
    sender_square, receiver_square = sender_factor * sender_factor, receiver_factor * receiver_factor
    for power in range(1, count + 1):
        if power % 2 == 0:
            half_of_sender, half_of_receiver = sender_powers[power // 2], receiver_powers[power // 2]
            sender_powers[power] = half_of_sender * half_of_sender
            receiver_powers[power] = half_of_receiver * half_of_receiver
            continue
        addends = multiplicative_to_additive(
            sender_share=sender_factor,
            receiver_share=receiver_factor,
            sender_mask=_mask(f"mask of power {power}", randomness),
        )
        sender_powers[power], receiver_powers[power] = addends.sender, addends.receiver
        sender_factor = sender_factor * sender_square
        receiver_factor = receiver_factor * receiver_square
    return HashPowerShares(
        sender=tuple(map(element_to_block, sender_powers.values())),
        receiver=tuple(map(element_to_block, receiver_powers.values())),
        message=element_to_block(factors.message),
    )


def _mask(label: str, randomness: Randomness) -> FieldElement:
    return binary_field()(randomness.below(label, 1 << _ELEMENT_BITS))
