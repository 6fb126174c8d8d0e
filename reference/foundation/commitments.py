"""Commitments of the session: to key shares, handshake data, key exchange and transcript ranges."""

from __future__ import annotations

from collections.abc import Sequence

from . import contexts
from .artifacts import (
    HANDSHAKE_DATA,
    TRANSCRIPT_COMMITMENT,
    HandshakeData,
    HashCommitment,
    KeyExchangeOpening,
    TranscriptCommitment,
)
from .hashes import commitment_value, sha256
from .identifiers import HashAlgorithm
from .merkle import leaf_hash, root
from .transcript import Transcript


def key_share_commitment(session_id: bytes, public_key: bytes, random: bytes, blinder: bytes) -> bytes:
    """The Prover's commitment to its key share (65 octets) and client-random share, bound to the session."""
    return sha256(contexts.KEY_SHARE_COMMITMENT, session_id, public_key, random, blinder)


def client_random(prover_random: bytes, notary_random: bytes) -> bytes:
    """The client random both parties contributed to; fresh as long as one of them is honest."""
    return sha256(contexts.CLIENT_RANDOM, prover_random, notary_random)


def handshake_commitment(handshake_data: HandshakeData, blinder: bytes) -> bytes:
    """Hiding commitment to certificate chain and signature, so that the Notary need not learn the server."""
    return sha256(contexts.HANDSHAKE_COMMITMENT, blinder, HANDSHAKE_DATA.encode(handshake_data))


def key_exchange_commitment(opening: KeyExchangeOpening) -> bytes:
    """Hiding commitment to randoms and server ephemeral key, so that presentations are not linkable to captures."""
    return sha256(
        contexts.KEY_EXCHANGE_COMMITMENT,
        opening.client_random,
        opening.server_random,
        opening.server_ephemeral_key,
        opening.blinder,
    )


def hash_commitment_value(commitment: HashCommitment, transcript: Transcript, blinder: bytes) -> bytes:
    """What `commitment.value` has to be for these octets and this blinder."""
    octets = commitment.ranges.select(transcript.octets(commitment.direction))
    return commitment_value(HashAlgorithm(commitment.algorithm), octets, blinder)


def leaf_hashes(algorithm: HashAlgorithm, commitments: Sequence[TranscriptCommitment]) -> list[bytes]:
    """The leaf hashes of the tree, in the order of the commitments."""
    return [leaf_hash(algorithm, TRANSCRIPT_COMMITMENT.encode(each)) for each in commitments]


def tree_root(algorithm: HashAlgorithm, commitments: Sequence[TranscriptCommitment]) -> bytes:
    """The Merkle tree root over the commitments; refuses none with `data-submission/no-commitments`."""
    return root(algorithm, leaf_hashes(algorithm, commitments))
