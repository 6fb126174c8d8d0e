"""The pre-master secret and the TLS 1.2 key schedule through the circuits, and what they cost."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.mpc.circuits.catalogue import KEY_SCHEDULE, and_counts
from mpctls.reference.mpc.circuits.circuit import run
from mpctls.reference.mpc.circuits.p256 import (
    FIELD_PRIME,
    join_pre_master_secret,
    modular_addition_p256,
    pre_master_secret_states,
)
from mpctls.reference.mpc.circuits.sha256 import (
    INITIAL_STATE,
    hmac_key_states,
    hmac_outer,
    sha256_compression,
)

from .octets import run_octets

EDGES = [0, 1, FIELD_PRIME - 1, FIELD_PRIME, FIELD_PRIME + 1, 2**256 - 1, 2**255, 2**96]
integers = st.integers(0, 2**256 - 1) | st.sampled_from(EDGES)


@given(left=integers, right=integers)
def test_addition_reduces_whatever_it_is_given(left: int, right: int) -> None:
    assert run(modular_addition_p256(), left, right) == ((left + right) % FIELD_PRIME,)


@pytest.mark.parametrize("left", EDGES)
@pytest.mark.parametrize("right", EDGES)
def test_addition_at_the_edges(left: int, right: int) -> None:
    assert run(modular_addition_p256(), left, right) == ((left + right) % FIELD_PRIME,)


@given(shares=st.tuples(integers, integers, integers), offset=st.integers(1, FIELD_PRIME - 1))
def test_joining_reveals_only_whether_the_runs_agree(shares: tuple[int, int, int], offset: int) -> None:
    first, second, notary = shares
    secret = (first + notary) % FIELD_PRIME
    other = (secret - second) % FIELD_PRIME
    octets = int.from_bytes(secret.to_bytes(32, "big"), "little")
    # An unreduced share of the same value agrees as well; 2^256 - p values have one.
    representatives = [value for value in (other, other + FIELD_PRIME) if value < 2**256]
    for value in representatives:
        assert run(join_pre_master_secret(), first, second, notary, value) == (1, octets)
    shifted = (other + offset) % FIELD_PRIME
    assert run(join_pre_master_secret(), first, second, notary, shifted) == (0, octets)


def inner_digest(state: bytes, message: bytes) -> bytes:
    """The inner hash from an opened inner state, as each party computes it from public seeds."""
    padded = (
        message + b"\x80" + bytes(-(len(message) + 9) % 64) + (8 * (64 + len(message))).to_bytes(8, "big")
    )
    for start in range(0, len(padded), 64):
        (state,) = run_octets(sha256_compression(), state, padded[start : start + 64])
    return state


class Expansion:
    """P_SHA256 of RFC 5246 section 5 out of `hmac_outer`, counting its runs."""

    def __init__(self) -> None:
        self.runs = 0

    def mac(self, states: tuple[bytes, bytes], message: bytes) -> bytes:
        self.runs += 1
        return run_octets(hmac_outer(), states[1], inner_digest(states[0], message))[0]

    def expand(self, states: tuple[bytes, bytes], seed: bytes, size: int) -> bytes:
        chained, result = seed, b""
        while len(result) < size:
            chained = self.mac(states, chained)
            result += self.mac(states, chained + seed)
        return result[:size]


def expected_expansion(secret: bytes, seed: bytes, size: int) -> bytes:
    chained, result = seed, b""
    while len(result) < size:
        chained = hmac.digest(secret, chained, "sha256")
        result += hmac.digest(secret, chained + seed, "sha256")
    return result[:size]


def test_key_schedule_of_tls_in_sixteen_compressions() -> None:
    client_random, server_random = hashlib.sha256(b"client").digest(), hashlib.sha256(b"server").digest()
    transcript = hashlib.sha256(b"transcript").digest()
    prover, notary = (3, 5), (FIELD_PRIME - 7, FIELD_PRIME - 9)
    shares = (share.to_bytes(32, "little") for share in (*prover, *notary))
    secret = (FIELD_PRIME - 4).to_bytes(32, "big")
    agree, inner, outer = run(
        pre_master_secret_states(), *(int.from_bytes(share, "little") for share in shares)
    )
    assert agree == 1
    states = (inner.to_bytes(32, "little"), outer.to_bytes(32, "little"))
    expansion = Expansion()
    seed = b"master secret" + client_random + server_random
    master = expansion.expand(states, seed, 48)
    assert master == expected_expansion(secret, seed, 48)
    inner_state, outer_state = run_octets(hmac_key_states(48), master)
    assert inner_state == padded_key_state(master, 0x36)
    for seed, size in (
        (b"key expansion" + server_random + client_random, 40),
        (b"client finished" + transcript, 12),
        (b"server finished" + transcript, 12),
    ):
        result = expansion.expand((inner_state, outer_state), seed, size)
        assert result == expected_expansion(master, seed, size)
    counted = {"pre-master-secret-states": 1, "hmac-key-states-48": 1, "hmac-outer": expansion.runs}
    assert dict(KEY_SCHEDULE) == counted
    assert 2 + 2 + counted["hmac-outer"] == 16


def padded_key_state(key: bytes, pad: int) -> bytes:
    """The state after one block of key ⊕ pad, by the unfolded compression circuit."""
    block = bytes(octet ^ pad for octet in key.ljust(64, b"\0"))
    return run_octets(sha256_compression(), INITIAL_STATE, block)[0]


def test_and_counts_are_pinned() -> None:
    # Published: AES-128 6,400 in all, SHA-256 22,573, BLAKE3 10,416, Keccak-f[1600] 38,400.
    counts = and_counts()
    assert counts == {
        "aes-key-schedule": 1280,
        "aes-encrypt-block": 5120,
        "sha256-compression": 22271,
        "hmac-key-states-48": 43193,
        "hmac-outer": 21362,
        "modular-addition-p256": 1279,
        "join-pre-master-secret": 2813,
        "pre-master-secret-states": 45442,
        "blake3-compression": 10298,
        "keccak-permutation": 38400,
        "lexical-step-json-string-interior": 72,
        "lexical-step-json-number": 39,
        "lexical-step-json-literal": 29,
        "lexical-step-header-value": 12,
    }
    assert sum(counts[name] * runs for name, runs in KEY_SCHEDULE.items()) == 344_979
    assert hmac_key_states(32).and_count == 42_629
