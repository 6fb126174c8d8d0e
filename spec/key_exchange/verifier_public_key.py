"""Notary → Prover, "Verifier Public Key": the Notary's key share and its randomness for the client random."""

from __future__ import annotations

from ..mpc_tls.key_share import (
    RANDOM_LENGTH,
    KeyShare,
    NotaryHoldsCommitment,
    NotaryShareSent,
    ProverCommitted,
    ProverHoldsNotaryShare,
    client_random,
    combine_public_keys,
    opening_of,
)
from ..mpc_tls.messages import NotaryKeyShare
from ..randomness import Randomness
from ..states import require_message, require_state


def send(state: NotaryHoldsCommitment, randomness: Randomness) -> tuple[NotaryShareSent, NotaryKeyShare]:
    """Run by the Notary once the Prover has committed: draws "key share" and "random"."""
    require_state(state, NotaryHoldsCommitment)
    key_share = KeyShare.draw(randomness)
    random = randomness.octets("random", RANDOM_LENGTH)
    after = NotaryShareSent(
        session_id=state.session_id, commitment=state.commitment, key_share=key_share, random=random
    )
    return after, NotaryKeyShare(public_key=key_share.public_key, random=random)


def receive(state: ProverCommitted, message: NotaryKeyShare) -> ProverHoldsNotaryShare:
    """Run by the Prover, which adds the shares and derives the client random.

    Rejects with link/unexpected-message, key-exchange/invalid-point, key-exchange/point-at-infinity.
    """
    message = require_message(message, NotaryKeyShare, state, ProverCommitted)
    return ProverHoldsNotaryShare(
        opening=opening_of(state),
        key_share=state.key_share,
        combined_public_key=combine_public_keys(state.key_share.public_key, message.public_key),
        client_random=client_random(state.random, message.random),
    )
