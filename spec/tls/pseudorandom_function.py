"""The TLS 1.2 pseudorandom function with SHA-256, and what is derived with it.

P_hash(secret, seed) = HMAC(secret, A(1) ‖ seed) ‖ HMAC(secret, A(2) ‖ seed) ‖ …, A(0) = seed, A(i) =
HMAC(secret, A(i-1)); PRF(secret, label, seed) = P_hash(secret, label ‖ seed). Source: RFC 5246, section 5.

This is the plain computation that the server makes; `split_pseudorandom_function` is the same in two parties.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from .constants import (
    EXTENDED_MASTER_SECRET_LABEL,
    IMPLICIT_NONCE_LENGTH,
    KEY_BLOCK_LENGTH,
    KEY_EXPANSION_LABEL,
    KEY_LENGTH,
    MASTER_SECRET_LABEL,
    MASTER_SECRET_LENGTH,
    VERIFY_DATA_LENGTH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterSecretSeed:
    """Label and seed from which the master secret is derived: they name the mode."""

    label: bytes
    seed: bytes


def master_secret_seed(
    *, client_random: bytes, server_random: bytes, session_hash: bytes | None
) -> MasterSecretSeed:
    """The public part of the master secret's derivation.

    With a session hash, the extended master secret of RFC 7627 section 4: the hash of all handshake messages
    up to and including ClientKeyExchange. Without one, the two randoms, client first: RFC 5246 section 8.1.
    """
    if session_hash is not None:
        return MasterSecretSeed(label=EXTENDED_MASTER_SECRET_LABEL, seed=session_hash)
    return MasterSecretSeed(label=MASTER_SECRET_LABEL, seed=client_random + server_random)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficKeys:
    """The key block of AES-128-GCM in its order, RFC 5246 section 6.3: keys of 16 octets, implicit nonces of
    4.
    """

    client_key: bytes
    server_key: bytes
    client_implicit_nonce: bytes
    server_implicit_nonce: bytes


def pseudorandom_function(secret: bytes, label: bytes, seed: bytes, length: int) -> bytes:
    """Return the first `length` octets of PRF(secret, label, seed)."""
    labelled_seed = label + seed
    output = b""
    a = labelled_seed
    while len(output) < length:
        a = hmac.digest(secret, a, "sha256")
        output += hmac.digest(secret, a + labelled_seed, "sha256")
    return output[:length]


def derive_master_secret(pre_master_secret: bytes, seed: MasterSecretSeed) -> bytes:
    """Return the 48 octets of the master secret."""
    return pseudorandom_function(pre_master_secret, seed.label, seed.seed, MASTER_SECRET_LENGTH)


def derive_traffic_keys(master_secret: bytes, *, client_random: bytes, server_random: bytes) -> TrafficKeys:
    """Return the traffic keys. The seed has the server's random first: RFC 5246 section 6.3."""
    seed = server_random + client_random
    return split_key_block(pseudorandom_function(master_secret, KEY_EXPANSION_LABEL, seed, KEY_BLOCK_LENGTH))


def split_key_block(key_block: bytes) -> TrafficKeys:
    """Cut the 40 octets of the key block; there are no MAC keys in an AEAD suite."""
    middle = 2 * KEY_LENGTH
    return TrafficKeys(
        client_key=key_block[:KEY_LENGTH],
        server_key=key_block[KEY_LENGTH:middle],
        client_implicit_nonce=key_block[middle : middle + IMPLICIT_NONCE_LENGTH],
        server_implicit_nonce=key_block[middle + IMPLICIT_NONCE_LENGTH : KEY_BLOCK_LENGTH],
    )


def derive_verify_data(master_secret: bytes, label: bytes, handshake_hash: bytes) -> bytes:
    """Return the 12 octets of verify_data: RFC 5246 section 7.4.9."""
    return pseudorandom_function(master_secret, label, handshake_hash, VERIFY_DATA_LENGTH)
