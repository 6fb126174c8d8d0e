"""The TLS 1.2 key schedule in the clear (RFC 5246, sections 5, 6.3, 8.1, 7.4.9; RFC 7627, section 4).

For a party that holds the pre-master secret alone: the plain client, and the Prover after close, when the
Notary's inputs are open. During a session the same values exist only inside the two-party computation.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from .constants import HASH_SIZE, RANDOM_SIZE, VERIFY_DATA_SIZE

MASTER_SECRET_SIZE: Final = 48
KEY_SIZE: Final = 16
SALT_SIZE: Final = 4
_PREMASTER_SIZE: Final = 32


def prf(secret: bytes, label: bytes, seed: bytes, size: int) -> bytes:
    """Return `size` octets of P_SHA256(secret, label ‖ seed) (RFC 5246, section 5)."""
    labelled = label + seed
    output = b""
    chained = labelled
    while len(output) < size:
        chained = hmac.digest(secret, chained, hashlib.sha256)
        output += hmac.digest(secret, chained + labelled, hashlib.sha256)
    return output[:size]


def master_secret(premaster_secret: bytes, *, client_random: bytes, server_random: bytes) -> bytes:
    """Return the 48 octets without extended master secret (RFC 5246, section 8.1)."""
    _check_size(premaster_secret, _PREMASTER_SIZE)
    seed = _randoms(client_random, server_random)
    return prf(premaster_secret, b"master secret", seed, MASTER_SECRET_SIZE)


def extended_master_secret(premaster_secret: bytes, *, session_hash: bytes) -> bytes:
    """Return the 48 octets with extended master secret (RFC 7627, section 4)."""
    _check_size(premaster_secret, _PREMASTER_SIZE)
    _check_size(session_hash, HASH_SIZE)
    return prf(premaster_secret, b"extended master secret", session_hash, MASTER_SECRET_SIZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficKeys:
    """AES-128 keys (16 octets) and implicit nonce parts (4) of both directions (RFC 5246, section 6.3)."""

    client_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)
    client_salt: bytes = field(repr=False)
    server_salt: bytes = field(repr=False)


def traffic_keys(master: bytes, *, client_random: bytes, server_random: bytes) -> TrafficKeys:
    """Return the key block of an AES-128-GCM suite, 40 octets, cut up (RFC 5246, section 6.3; 5288)."""
    _check_size(master, MASTER_SECRET_SIZE)
    block = prf(master, b"key expansion", _randoms(server_random, client_random), 2 * (KEY_SIZE + SALT_SIZE))
    salts = block[2 * KEY_SIZE :]
    return TrafficKeys(
        client_key=block[:KEY_SIZE],
        server_key=block[KEY_SIZE : 2 * KEY_SIZE],
        client_salt=salts[:SALT_SIZE],
        server_salt=salts[SALT_SIZE:],
    )


def client_verify_data(master: bytes, transcript_hash: bytes) -> bytes:
    """Return the 12 octets in the client's Finished (RFC 5246, section 7.4.9)."""
    return _verify_data(master, b"client finished", transcript_hash)


def server_verify_data(master: bytes, transcript_hash: bytes) -> bytes:
    """Return the 12 octets in the server's Finished (RFC 5246, section 7.4.9)."""
    return _verify_data(master, b"server finished", transcript_hash)


def _verify_data(master: bytes, label: bytes, transcript_hash: bytes) -> bytes:
    _check_size(master, MASTER_SECRET_SIZE)
    _check_size(transcript_hash, HASH_SIZE)
    return prf(master, label, transcript_hash, VERIFY_DATA_SIZE)


def _randoms(first: bytes, second: bytes) -> bytes:
    _check_size(first, RANDOM_SIZE)
    _check_size(second, RANDOM_SIZE)
    return first + second


def _check_size(value: bytes, size: int) -> None:
    if len(value) != size:
        raise ValueError(f"{len(value)} octets in the place of {size}")
