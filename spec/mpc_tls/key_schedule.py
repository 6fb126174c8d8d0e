"""The key schedule in the two-party computation, by the split with sixteen compressions.

Opened to both: the inner states of the pre-master and the master secret, every A(i), and the implicit nonces
of both directions, so that counter blocks are public inputs (decision 0015). Each party computes every inner
digest itself from public seeds; the machine applies the outer state to that digest. Nothing else of the
secrets, and no key, leaves the machine.
"""

from __future__ import annotations

from functools import partial

from ..ideal.two_party_computation import TwoPartyComputation
from ..key_exchange.secure_two_party_computation import PRE_MASTER_SECRET, HoldsPreMasterSecret
from ..states import require_state
from ..tls.constants import KEY_BLOCK_LENGTH, KEY_EXPANSION_LABEL, MASTER_SECRET_LENGTH
from ..tls.pseudorandom_function import master_secret_seed, split_key_block
from ..tls.sha256 import DIGEST_LENGTH
from ..tls.split_pseudorandom_function import inner_digest, keyed_states, outer_hash
from .connection import (
    CLIENT_IMPLICIT_NONCE,
    CLIENT_KEY,
    MASTER_SECRET,
    SERVER_IMPLICIT_NONCE,
    SERVER_KEY,
    Connection,
    KeyScheduleParameters,
    ProverRecords,
)
from .messages import Budget
from .record_state_machine import NotaryRecords
from .views import Item, ViewStep

_KEY_BLOCK = "key block"


def perform(state: HoldsPreMasterSecret, parameters: KeyScheduleParameters, budget: Budget) -> Connection:
    """Run by both parties: master secret and key block, inside the machine.

    A session hash that the Prover made up makes the keys differ from the Server's, so that no record
    verifies.
    """
    require_state(state, HoldsPreMasterSecret)
    computation = state.computation
    seed = master_secret_seed(
        client_random=parameters.client_random,
        server_random=parameters.server_random,
        session_hash=parameters.session_hash,
    )
    open_inner_state(computation, PRE_MASTER_SECRET)
    shared_pseudorandom_function(
        computation,
        secret=PRE_MASTER_SECRET,
        label=seed.label,
        seed=seed.seed,
        length=MASTER_SECRET_LENGTH,
        output=MASTER_SECRET,
    )
    open_inner_state(computation, MASTER_SECRET)
    shared_pseudorandom_function(
        computation,
        secret=MASTER_SECRET,
        label=KEY_EXPANSION_LABEL,
        seed=parameters.server_random + parameters.client_random,
        length=KEY_BLOCK_LENGTH,
        output=_KEY_BLOCK,
    )
    for name, part in (
        (CLIENT_KEY, "client_key"),
        (SERVER_KEY, "server_key"),
        (CLIENT_IMPLICIT_NONCE, "client_implicit_nonce"),
        (SERVER_IMPLICIT_NONCE, "server_implicit_nonce"),
    ):
        computation.evaluate(name, partial(_part_of_key_block, part), _KEY_BLOCK)
    for name in (CLIENT_IMPLICIT_NONCE, SERVER_IMPLICIT_NONCE):
        computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.IMPLICIT_NONCE, name)
    return Connection(
        computation=computation,
        parameters=parameters,
        prover=ProverRecords(),
        notary=NotaryRecords(budget=budget),
    )


def open_inner_state(computation: TwoPartyComputation, secret: str) -> None:
    """Two compressions: both states of a key of HMAC; the inner one is opened to both parties."""
    computation.evaluate(_outer_state(secret), lambda key: keyed_states(key).outer, secret)
    computation.evaluate(_inner_state(secret), lambda key: keyed_states(key).inner, secret)
    computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.INNER_STATE, _inner_state(secret))


def shared_pseudorandom_function(
    computation: TwoPartyComputation, *, secret: str, label: bytes, seed: bytes, length: int, output: str
) -> None:
    """PRF(secret, label, seed) of `length` octets under the name `output`; A(1) … A(n) are opened to both.

    Two compressions for each of the n = ⌈length/32⌉ blocks.
    """
    inner = computation.opened(_inner_state(secret))
    labelled_seed = label + seed
    previous = labelled_seed
    blocks: list[str] = []
    for number in range(1, -(-length // DIGEST_LENGTH) + 1):
        chain = f"A({number}) of {output}"
        _apply_outer_state(computation, secret, inner_digest(inner, previous), chain)
        previous = computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.CHAIN_VALUE, chain)
        blocks.append(f"block {number} of {output}")
        _apply_outer_state(computation, secret, inner_digest(inner, previous + labelled_seed), blocks[-1])
    computation.evaluate(output, partial(_join, length), *blocks)


def _apply_outer_state(
    computation: TwoPartyComputation, secret: str, public_digest: bytes, output: str
) -> None:
    """One compression: the digest is public, computed by each party itself, and no party's private input."""
    computation.evaluate(output, lambda outer: outer_hash(outer, public_digest), _outer_state(secret))


def _outer_state(secret: str) -> str:
    return f"outer state of the {secret}"


def _inner_state(secret: str) -> str:
    return f"inner state of the {secret}"


def _join(length: int, *blocks: bytes) -> bytes:
    return b"".join(blocks)[:length]


def _part_of_key_block(part: str, key_block: bytes) -> bytes:
    octets: bytes = getattr(split_key_block(key_block), part)
    return octets
