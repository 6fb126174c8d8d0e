"""The pseudorandom function split between public and shared: what is computed in the two-party computation.

With C the SHA-256 compression function and K the key padded to a block,

    inner state = C(IV, K ⊕ ipad)        opened to both parties
    outer state = C(IV, K ⊕ opad)        never opened
    HMAC(K, m)  = C(outer state, pad(inner digest)),   inner digest = SHA-256 from the inner state on

so each party computes every inner digest *itself*, from the inner state and public seeds; only compressions
under the outer state are shared. All A(i) are opened to both, because they are inputs of inner digests. An
inner digest that one party alone supplied would let it ask for other outputs of the function, key octets for
instance.

Sixteen compressions in all: master secret 2 + 4 (two A, two outputs), key expansion 2 + 4, each Finished 2.
The assumption: given the inner state of a key, its outer state is still pseudorandom. Source: the split is
that of TLSNotary's "reduced" mode; HMAC is RFC 2104.
"""

from __future__ import annotations

from dataclasses import dataclass

from .sha256 import BLOCK_LENGTH, DIGEST_LENGTH, INITIAL_STATE, State, compress, finish

_INNER_PAD = 0x36
_OUTER_PAD = 0x5C


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedStates:
    """Both states of one HMAC key: the inner one becomes public, the outer one stays shared."""

    inner: State
    outer: State


def keyed_states(key: bytes) -> KeyedStates:
    """Two compressions in the two-party computation: both pads of a key of at most 64 octets."""
    if len(key) > BLOCK_LENGTH:
        raise ValueError(f"a key has at most {BLOCK_LENGTH} octets here")
    block = key.ljust(BLOCK_LENGTH, b"\0")
    return KeyedStates(
        inner=compress(INITIAL_STATE, bytes(octet ^ _INNER_PAD for octet in block)),
        outer=compress(INITIAL_STATE, bytes(octet ^ _OUTER_PAD for octet in block)),
    )


def inner_digest(inner: State, message: bytes) -> bytes:
    """The inner hash of HMAC, computed by each party itself from public values: 32 octets."""
    return finish(inner, BLOCK_LENGTH, message)


def outer_hash(outer: State, digest: bytes) -> bytes:
    """One compression in the two-party computation: the outer hash of HMAC over a public inner digest."""
    if len(digest) != DIGEST_LENGTH:
        raise ValueError(f"an inner digest has {DIGEST_LENGTH} octets, not {len(digest)}")
    return finish(outer, BLOCK_LENGTH, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOutput:
    """What one use of the function gives: the A(i), opened to both; the octets, and the compressions
    shared.
    """

    chain: tuple[bytes, ...]
    octets: bytes
    compressions: int


def split_pseudorandom_function(states: KeyedStates, label: bytes, seed: bytes, length: int) -> SplitOutput:
    """PRF(secret, label, seed) from the states of the secret.

    The chain holds A(1) … A(n), n = ⌈length/32⌉. When the output takes part of one block only (Finished), the
    one A(1) and the one output are the two compressions.
    """
    labelled_seed = label + seed
    chain: list[bytes] = []
    blocks: list[bytes] = []
    for _ in range(-(-length // DIGEST_LENGTH)):
        previous = chain[-1] if chain else labelled_seed
        chain.append(outer_hash(states.outer, inner_digest(states.inner, previous)))
        blocks.append(outer_hash(states.outer, inner_digest(states.inner, chain[-1] + labelled_seed)))
    return SplitOutput(
        chain=tuple(chain), octets=b"".join(blocks)[:length], compressions=len(chain) + len(blocks)
    )
