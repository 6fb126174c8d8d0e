"""From authenticated bits to one authenticated element: how an engine realises `spec/ideal`'s functionality.

After the connection both parties hold every bit b of the transcript authenticated: the Notary a key K and one
correlation Δ for all bits, the Prover b and M = K ⊕ b·Δ, all of 16 octets. For the commitment at leaf index j
the Notary draws Δ_j ≠ 0 in F_r and sends for every bit i of every element e

    d_{e,i} = H_F(K ⊕ Δ) - H_F(K) - 2^i · Δ_j^e

from which the Prover has, as H_F(M) - b·d is H_F(K) + b·2^i·Δ_j^e for either value of b,

    m_j = Σ ( H_F(M) - b·d ) = k_j + Σ_e Δ_j^e · x_e        k_j = Σ H_F(K)

A tweak (session, j, e, i) is used once: a bit that lay in two commitments under one tweak would give Δ_j away
as the difference of its two d. Once every commitment is registered the Notary releases Δ, its keys of 128
random correlated transfers that nothing else uses, and all Δ_j. The Prover checks the reserved transfers
first, because a false Δ would make every later check a question about its bits.

Bits stand in the order of their octets, lowest first. `docs/protocol/formats.md`, section 5.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ..contexts import Context
from ..reasons import Reason, Rejection
from .field_encoding import ELEMENT_LENGTH, elements_of, message_of
from .scalar_field import ORDER

LABEL_LENGTH: Final = 16
ELEMENT_BITS: Final = 8 * ELEMENT_LENGTH
RESERVED_COUNT: Final = 128
"""Correlated transfers that are kept for the release; a false Δ passes their check with 2^-128."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Which commitment of which session a conversion is for: the part of a tweak that it gives."""

    session_id: bytes
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedBits:
    """Bits as the Prover holds them: for each its value and M."""

    bits: tuple[int, ...] = field(repr=False)
    macs: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What the Notary reveals when every commitment is registered: Δ and its keys of the reserved transfers.

    The factors Δ_j travel beside it, one for each commitment.
    """

    correlation: bytes = field(repr=False)
    reserved_keys: tuple[bytes, ...] = field(repr=False)


def bits_of(octets: bytes) -> tuple[int, ...]:
    """Return the bits of octets, lowest first within each."""
    return tuple(octet >> position & 1 for octet in octets for position in range(8))


def hash_to_field(leaf: Leaf, position: int, label: bytes) -> int:
    """Return H_F of a label or key of 16 octets for the bit at `position` of a commitment's octets."""
    element, bit = position // ELEMENT_BITS + 1, position % ELEMENT_BITS
    digest = hashlib.sha512(
        Context.FIELD_ENCODING.octets
        + leaf.session_id
        + leaf.index.to_bytes(4, "little")
        + element.to_bytes(2, "little")
        + bit.to_bytes(1, "little")
        + label
    ).digest()
    return int.from_bytes(digest, "little") % ORDER


def differences(leaf: Leaf, keys: Sequence[bytes], correlation: bytes, factor: int) -> tuple[int, ...]:
    """Return d for every bit, from its keys. Run by the Notary; `factor` is Δ_j, fresh and not zero."""
    return tuple(
        (
            hash_to_field(leaf, position, _xor(key, correlation))
            - hash_to_field(leaf, position, key)
            - _step(position, factor)
        )
        % ORDER
        for position, key in enumerate(keys)
    )


def offset_of(leaf: Leaf, keys: Sequence[bytes]) -> int:
    """Return k_j. Run by the Notary, and by the Prover once it knows the keys."""
    return sum(hash_to_field(leaf, position, key) for position, key in enumerate(keys)) % ORDER


def convert(leaf: Leaf, held: AuthenticatedBits, differences_: Sequence[int]) -> int:
    """Return m_j. Run by the Prover, which learns nothing about Δ_j from it before the release."""
    return (
        sum(
            hash_to_field(leaf, position, mac) - bit * difference
            for position, (bit, mac, difference) in enumerate(
                zip(held.bits, held.macs, differences_, strict=True)
            )
        )
        % ORDER
    )


def check_correlation(reserved: AuthenticatedBits, release: Release) -> None:
    """Require that the released Δ is the one under which every bit of the session is authenticated.

    Run by the Prover, before it uses the released Δ for anything. Rejects with
    data-submission/conversion-check-failed, which it never tells its peer.
    """
    keys = _keys(reserved, release.correlation)
    if len(reserved.bits) != RESERVED_COUNT or keys != release.reserved_keys:
        raise Rejection(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED, "the reserved transfers")


def check_conversion(
    leaf: Leaf,
    held: AuthenticatedBits,
    octets: bytes,
    differences_: Sequence[int],
    *,
    message: int,
    correlation: bytes,
    factor: int,
) -> int:
    """Return k_j, having required that the Notary converted these bits with one Δ_j.

    Run by the Prover, after `check_correlation`. Every d is computed again, so that a wrong one is found
    whichever value its bit has. Rejects with data-submission/conversion-check-failed, which it never tells
    its peer.
    """
    keys = _keys(held, correlation)
    offset = offset_of(leaf, keys)
    if (
        factor == 0
        or tuple(differences_) != differences(leaf, keys, correlation, factor)
        or message != message_of(offset, factor, elements_of(octets))
    ):
        raise Rejection(
            Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED, f"the conversion of leaf {leaf.index}"
        )
    return offset


def _keys(held: AuthenticatedBits, correlation: bytes) -> tuple[bytes, ...]:
    return tuple(
        _xor(mac, correlation) if bit else mac for bit, mac in zip(held.bits, held.macs, strict=True)
    )


def _step(position: int, factor: int) -> int:
    """2^i · Δ_j^e: what a set bit adds to the message."""
    element, bit = position // ELEMENT_BITS + 1, position % ELEMENT_BITS
    return (pow(factor, element, ORDER) << bit) % ORDER


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
