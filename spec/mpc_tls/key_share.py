"""Key shares by commit-then-open, and the client random that both parties make.

The Prover commits to its public share and randomness (message 3), sees the Notary's (4), and opens (5). A
last mover could otherwise choose its share so that the sum is a point it knows the logarithm of; and a client
random that neither party chose makes the Server's signature fresh even when its ephemeral key is reused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from ..algebra.p256 import (
    GENERATOR,
    INFINITY,
    ORDER,
    Point,
    PointEncodingError,
    add,
    decode_point,
    encode_point,
    multiply,
)
from ..contexts import Context
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..states import require_message, require_state
from .messages import ProverKeyShare, ProverKeyShareCommitment

RANDOM_LENGTH = 32
BLINDER_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShare:
    """A party's scalar in [1, n) and its public point, 65 octets."""

    scalar: int = field(repr=False)
    public_key: bytes

    @classmethod
    def from_scalar(cls, scalar: int) -> KeyShare:
        """The share of a scalar. Refuses zero and anything outside [1, n)."""
        point = multiply(scalar, GENERATOR) if 0 < scalar < ORDER else INFINITY
        if point is INFINITY:
            raise ValueError("the scalar of a key share is in [1, n)")
        return cls(scalar=scalar, public_key=encode_point(point))

    @classmethod
    def draw(cls, randomness: Randomness) -> KeyShare:
        """A uniformly random share, under the label "key share"."""
        return cls.from_scalar(1 + randomness.below("key share", ORDER - 1))

    def multiply(self, point: Point) -> Point:
        """scalar·point: this party's addend of the shared secret, for a point of order n."""
        product = multiply(self.scalar, point)
        if product is INFINITY:
            raise Rejection(Reason.KEY_EXCHANGE_POINT_AT_INFINITY, "a scalar annihilates the Server's point")
        return product


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverCommitted:
    """The Prover after message 3."""

    session_id: bytes
    key_share: KeyShare
    random: bytes
    blinder: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryHoldsCommitment:
    """The Notary after message 3."""

    session_id: bytes
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryShareSent:
    """The Notary after message 4: the key-exchange diagram's first arrow."""

    session_id: bytes
    commitment: bytes
    key_share: KeyShare
    random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverHoldsNotaryShare:
    """The Prover after message 4: it can open its commitment, and knows the client's key and random."""

    opening: ProverKeyShare
    key_share: KeyShare
    combined_public_key: bytes
    client_random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryHoldsProverShare:
    """The Notary after message 5: it knows the client's key and random."""

    key_share: KeyShare
    combined_public_key: bytes
    client_random: bytes


def decode_public_key(octets: bytes) -> Point:
    """The point of a public key of any party. Rejects with key-exchange/invalid-point."""
    try:
        return decode_point(octets)
    except PointEncodingError as error:
        raise Rejection(Reason.KEY_EXCHANGE_INVALID_POINT, str(error)) from error


def combine_public_keys(first: bytes, second: bytes) -> bytes:
    """The client's ephemeral key: the *point sum* of both shares, 65 octets.

    Rejects with key-exchange/invalid-point and key-exchange/point-at-infinity.
    """
    total = add(decode_public_key(first), decode_public_key(second))
    if total is INFINITY:
        raise Rejection(Reason.KEY_EXCHANGE_POINT_AT_INFINITY, "the key shares cancel")
    return encode_point(total)


def key_share_commitment(session_id: bytes, opening: ProverKeyShare) -> bytes:
    """SHA-256(context ‖ session id ‖ public key ‖ random ‖ blinder)."""
    return hashlib.sha256(
        Context.KEY_SHARE_COMMITMENT.octets
        + session_id
        + opening.public_key
        + opening.random
        + opening.blinder
    ).digest()


def client_random(prover_random: bytes, notary_random: bytes) -> bytes:
    """SHA-256(context ‖ the Prover's random ‖ the Notary's random), all 32 octets."""
    return hashlib.sha256(Context.CLIENT_RANDOM.octets + prover_random + notary_random).digest()


def commit(session_id: bytes, randomness: Randomness) -> tuple[ProverCommitted, ProverKeyShareCommitment]:
    """Message 3, run by the Prover: draws "key share", "random" and "blinder"."""
    state = ProverCommitted(
        session_id=session_id,
        key_share=KeyShare.draw(randomness),
        random=randomness.octets("random", RANDOM_LENGTH),
        blinder=randomness.octets("blinder", BLINDER_LENGTH),
    )
    message = ProverKeyShareCommitment(commitment=key_share_commitment(session_id, opening_of(state)))
    return state, message


def opening_of(state: ProverCommitted) -> ProverKeyShare:
    """Message 5 for a commitment; sent only after message 4 came."""
    return ProverKeyShare(public_key=state.key_share.public_key, random=state.random, blinder=state.blinder)


def accept_commitment(session_id: bytes, message: ProverKeyShareCommitment) -> NotaryHoldsCommitment:
    """Message 3, run by the Notary, which keeps the commitment."""
    return NotaryHoldsCommitment(session_id=session_id, commitment=message.commitment)


def open_commitment(state: ProverHoldsNotaryShare) -> ProverKeyShare:
    """Message 5, run by the Prover after it has the Notary's share."""
    require_state(state, ProverHoldsNotaryShare)
    return state.opening


def accept_opening(state: NotaryShareSent, message: ProverKeyShare) -> NotaryHoldsProverShare:
    """Message 5, run by the Notary.

    Rejects, in this order, with link/unexpected-message, key-exchange/invalid-point,
    key-exchange/commitment-mismatch, key-exchange/point-at-infinity.
    """
    message = require_message(message, ProverKeyShare, state, NotaryShareSent)
    decode_public_key(message.public_key)
    if key_share_commitment(state.session_id, message) != state.commitment:
        raise Rejection(Reason.KEY_EXCHANGE_COMMITMENT_MISMATCH)
    return NotaryHoldsProverShare(
        key_share=state.key_share,
        combined_public_key=combine_public_keys(message.public_key, state.key_share.public_key),
        client_random=client_random(message.random, state.random),
    )
