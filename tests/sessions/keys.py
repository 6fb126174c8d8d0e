"""What a TLS 1.2 server knows of a session, from its key log: derived with the standard library and OpenSSL alone."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from mpctls.reference.mpc.kernels.aes import expand_key

P256_PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1


def pseudorandom(secret: bytes, seed: bytes, length: int) -> bytes:
    """P_SHA256 of RFC 5246, section 5."""
    output, link = b"", seed
    while len(output) < length:
        link = hmac.digest(secret, link, "sha256")
        output += hmac.digest(secret, link + seed, "sha256")
    return output[:length]


def master_secret(pre_master_secret: bytes, client_random: bytes, server_random: bytes) -> bytes:
    """RFC 5246, section 8.1."""
    return pseudorandom(pre_master_secret, b"master secret" + client_random + server_random, 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficKeys:
    """Keys of both directions (RFC 5246, section 6.3; AES-128-GCM), and the GHASH keys H = AES(key, 0)."""

    client: bytes = field(repr=False)
    server: bytes = field(repr=False)
    client_hash: bytes = field(repr=False)
    server_hash: bytes = field(repr=False)


def traffic_keys(master: bytes, client_random: bytes, server_random: bytes) -> TrafficKeys:
    block = pseudorandom(master, b"key expansion" + server_random + client_random, 32)
    client, server = block[:16], block[16:]
    return TrafficKeys(
        client=client, server=server, client_hash=_zero_block(client), server_hash=_zero_block(server)
    )


def round_keys(key: bytes) -> bytes:
    """The 176 octets of the AES key schedule."""
    return np.ascontiguousarray(expand_key(key)).astype("<u8").tobytes()


def logged_master_secret(key_log: Path, client_random: bytes) -> bytes:
    """The master secret that a server logged (the NSS key log format) for this client random."""
    for line in key_log.read_text().splitlines():
        match line.split():
            case ["CLIENT_RANDOM", random, secret] if random == client_random.hex():
                return bytes.fromhex(secret)
    raise LookupError("the server logged no session with this client random")


def _zero_block(key: bytes) -> bytes:
    return Cipher(AES(key), ECB()).encryptor().update(bytes(16))
