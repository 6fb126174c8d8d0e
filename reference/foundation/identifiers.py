"""Identifiers of the formats page: algorithms, directions, lexical classes, modes."""

from __future__ import annotations

from enum import Enum

from .encoding import Enumeration, Unsigned

PROTOCOL_VERSION = 1
FORMAT_VERSION = 1
ENGINE_PROFILE = "half-gates-1"
SILENT_ENGINE_PROFILE = "half-gates-silent-1"
"""Not asked for unless settings say so: docs/engine/silent-transfers.md."""
THREE_HALVES_ENGINE_PROFILE = "three-halves-1"
"""docs/engine/three-halves.md."""
THREE_HALVES_SILENT_ENGINE_PROFILE = "three-halves-silent-1"
"""Not asked for unless settings say so."""
ENGINE_PROFILES = (
    ENGINE_PROFILE,
    SILENT_ENGINE_PROFILE,
    THREE_HALVES_ENGINE_PROFILE,
    THREE_HALVES_SILENT_ENGINE_PROFILE,
)
DEFAULT_ENGINE_PROFILES = (THREE_HALVES_ENGINE_PROFILE, ENGINE_PROFILE)
"""What settings offer, first choice first, and accept unless they say otherwise: decision 0028."""
TLS_VERSION = 0x0303
ECDSA_SUITE = 0xC02B
RSA_SUITE = 0xC02F
CIPHER_SUITES = (ECDSA_SUITE, RSA_SUITE)
CONNECTION_MODE = 1
"""Two-party computation with deferred decryption."""


class HashAlgorithm(Enum):
    """Hash functions for commitments, trees and bodies; the value is the identifier."""

    SHA256 = 1
    BLAKE3 = 2
    KECCAK256 = 3


class SignatureAlgorithm(Enum):
    """Signature algorithms of attestations and bindings; the value is the identifier."""

    ED25519 = 1
    ECDSA_P256_SHA256 = 2
    ECDSA_SECP256K1_SHA256 = 3
    ECDSA_SECP256K1_KECCAK256 = 4

    @property
    def label(self) -> str:
        """The name used on the command line and in trust stores."""
        return self.name.lower().replace("_", "-")


class Direction(Enum):
    """Which way application data went, seen from the Prover."""

    SENT = 0
    RECEIVED = 1


class LexicalClass(Enum):
    """What the committed octets are proved to look like."""

    ANY = 0
    JSON_STRING_INTERIOR = 1
    JSON_NUMBER = 2
    JSON_LITERAL = 3
    HEADER_VALUE = 4

    @property
    def label(self) -> str:
        return self.name.lower().replace("_", "-")


class SessionKind(Enum):
    """Whether the partner signs an attestation or checks the disclosure itself."""

    NOTARIZE = 0
    VERIFY = 1


class Closure(Enum):
    """Whether the Server's close_notify was received and authenticated."""

    NOT_RECEIVED = 0
    CLOSE_NOTIFY = 1


HASH_IDENTIFIER = Unsigned(1, frozenset(each.value for each in HashAlgorithm))
SIGNATURE_IDENTIFIER = Unsigned(1, frozenset(each.value for each in SignatureAlgorithm))
DIRECTION = Enumeration(tuple(Direction))
LEXICAL_CLASS = Enumeration(tuple(LexicalClass))
SESSION_KIND = Enumeration(tuple(SessionKind))
CLOSURE = Enumeration(tuple(Closure))
