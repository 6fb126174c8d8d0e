"""The hash functions of commitments, trees and bodies, by their identifiers."""

from __future__ import annotations

import hashlib

from .hashes.blake3 import blake3
from .hashes.keccak import keccak_256
from .identifiers import HashAlgorithm

DIGEST_LENGTH = 32
"""Octets of every digest."""


def sha256(octets: bytes) -> bytes:
    """SHA-256, FIPS 180-4."""
    return hashlib.sha256(octets).digest()


def digest(algorithm: HashAlgorithm, octets: bytes) -> bytes:
    """Return the 32 octets that the hash function `algorithm` gives for `octets`."""
    match algorithm:
        case HashAlgorithm.SHA256:
            return sha256(octets)
        case HashAlgorithm.BLAKE3:
            return blake3(octets)
        case HashAlgorithm.KECCAK256:
            return keccak_256(octets)
