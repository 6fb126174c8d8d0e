"""From XOR shares of the GHASH key H to XOR shares of its powers, and from those to shares of GCM tags.

H is converted to multiplicative shares (A2M); each party raises its share locally; odd powers are converted
back (M2A), all in one flight; even powers need none, because squaring is linear in GF(2^128). Source: eprint
2023/964, figure 16; GHASH: NIST SP 800-38D, section 6.4.

A party can shift its contribution to any power. Only two rules of the session make that harmless: no share of
a received record's tag is ever released, and a sent record is registered with its tag before anything else
happens.
"""

from __future__ import annotations

import numpy as np

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..kernels.binary_field import from_gcm, inner, multiply, powers, to_gcm
from ..oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from . import messages
from .fields import GHASH_FIELD, Words
from .linear_evaluation import RandomEvaluations, prepare_receiver, prepare_sender

_BLOCK_OCTETS = 16


class HashKeyPowers:
    """One session and direction's conversion, prepared before H is known and used once.

    Made by `prepare_as_sender` at one party and `prepare_as_receiver` at the other.
    """

    __slots__ = ("_count", "_duplex", "_evaluations", "_sender")

    def __init__(
        self, *, duplex: Duplex, count: int, sender: bool, evaluations: RandomEvaluations[Words]
    ) -> None:
        self._duplex = duplex
        self._count = count
        self._sender = sender
        self._evaluations = evaluations

    @classmethod
    def prepare_as_sender(
        cls,
        duplex: Duplex,
        randomness: Randomness,
        correlated: CorrelatedSender,
        round_keys: Words,
        count: int,
    ) -> HashKeyPowers:
        """Prepare for the powers H to H^count, count > 0, as the sender of the linear evaluations.

        Takes 128 correlated transfers for each odd power. Rejects with
        `engine/inconsistent-oblivious-transfer`.
        """
        evaluations = prepare_sender(
            duplex, randomness, correlated, round_keys, GHASH_FIELD, 1 + _converted_back(count)
        )
        return cls(duplex=duplex, count=count, sender=True, evaluations=evaluations)

    @classmethod
    def prepare_as_receiver(
        cls, duplex: Duplex, correlated: CorrelatedReceiver, round_keys: Words, count: int
    ) -> HashKeyPowers:
        """Prepare as the receiver of the linear evaluations, with the other party's `round_keys`, `count`."""
        evaluations = prepare_receiver(
            duplex, correlated, round_keys, GHASH_FIELD, 1 + _converted_back(count)
        )
        return cls(duplex=duplex, count=count, sender=False, evaluations=evaluations)

    def convert(self, key_share: bytes) -> Words:
        """Convert this party's share of H to its shares of H to H^count, uint64[count, 2].

        The key's share is 16 octets as GCM writes them. Both parties call it; three flights. Rejects with
        `engine/degenerate-key-share` when H is zero, and when called twice with
        `engine/preprocessing-exhausted`.
        """
        own = from_gcm(key_share)[None]
        inputs, outputs = self._evaluations.take(1 + _converted_back(self._count))
        odd = self._send(own, inputs, outputs) if self._sender else self._receive(own, inputs, outputs)
        shares = np.empty((self._count, 2), np.uint64)
        shares[0] = own[0]
        shares[2::2] = odd
        for exponent in range(2, self._count + 1, 2):
            half = shares[exponent // 2 - 1]
            shares[exponent - 1] = multiply(half, half)
        return shares

    def _send(self, own: Words, inputs: Words, outputs: Words) -> Words:
        count, duplex = _converted_back(self._count), self._duplex
        shift = GHASH_FIELD.decode(duplex.receive(messages.HASH_KEY, _BLOCK_OCTETS))
        blinded = multiply(inputs[:1], own ^ shift) ^ outputs[:1]
        powers_of_share = _odd_powers(GHASH_FIELD.invert(inputs[:1])[0], count)
        shifts = powers_of_share ^ inputs[1:]
        duplex.send(messages.HASH_KEY_BLINDED, GHASH_FIELD.encode(np.concatenate([blinded, shifts])))
        peer_shifts = GHASH_FIELD.decode(duplex.receive(messages.HASH_KEY_POWERS, count * _BLOCK_OCTETS))
        return outputs[1:] ^ multiply(powers_of_share, peer_shifts)

    def _receive(self, own: Words, inputs: Words, outputs: Words) -> Words:
        count, duplex = _converted_back(self._count), self._duplex
        duplex.send(messages.HASH_KEY, GHASH_FIELD.encode(own ^ inputs[:1]))
        answer = GHASH_FIELD.decode(duplex.receive(messages.HASH_KEY_BLINDED, (1 + count) * _BLOCK_OCTETS))
        share = answer[:1] ^ outputs[:1]
        if GHASH_FIELD.has_zero(share):
            raise Refused("engine/degenerate-key-share", "the GHASH key is zero")
        duplex.send(messages.HASH_KEY_POWERS, GHASH_FIELD.encode(_odd_powers(share[0], count) ^ inputs[1:]))
        return outputs[1:] ^ multiply(answer[1:], inputs[1:])


def tag_share(shares: Words, associated_data: bytes, ciphertext: bytes, mask_share: bytes) -> bytes:
    """One party's share of the GCM tag; the two shares XOR to the tag.

    `shares` is uint64[n, 2] of `HashKeyPowers.convert`, `mask_share` the party's 16 octets of an XOR sharing
    of E(J0). Rejects with `engine/preprocessing-exhausted` when the record has more blocks than there are
    powers. Source: NIST SP 800-38D, section 6.4 and algorithm 4.
    """
    hashed = _padded(associated_data) + _padded(ciphertext)
    hashed += (8 * len(associated_data)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    blocks = np.stack(
        [from_gcm(hashed[start : start + _BLOCK_OCTETS]) for start in range(0, len(hashed), _BLOCK_OCTETS)]
    )
    if blocks.shape[0] > shares.shape[0]:
        raise Refused("engine/preprocessing-exhausted", "powers of the GHASH key")
    total = inner(blocks, np.ascontiguousarray(shares[: blocks.shape[0]][::-1]))
    return to_gcm(total ^ from_gcm(mask_share))


def _converted_back(count: int) -> int:
    """The number of odd powers from H^3 to H^count."""
    if count < 1:
        raise ValueError("there is at least one power")
    return (count - 1) // 2


def _odd_powers(base: Words, count: int) -> Words:
    """The powers 3, 5, 7, ... of `base` uint64[2]: uint64[count, 2]."""
    square = multiply(base, base)
    return multiply(powers(square, count + 1)[1:], base)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % _BLOCK_OCTETS)
