"""The registered numbers of the protocol (`docs/protocol/formats.md`, section 2)."""

from __future__ import annotations

from typing import Final

from .encoding import IdentifierEnum, IndexEnum

PROTOCOL_VERSION: Final = 1
"""The version of session messages, named in the first message."""

FORMAT_VERSION: Final = 1
"""The version of attestations, presentations and stored files."""

HALF_GATES: Final = "half-gates-1"
"""Half-gates garbling (eprint 2014/756), random transfers by SoftSpoken (eprint 2022/192)."""

HALF_GATES_SILENT: Final = "half-gates-silent-1"
"""Half-gates garbling; silent transfers, which rest on learning parity with noise (eprint 2020/924)."""

THREE_HALVES: Final = "three-halves-1"
"""Three-halves garbling (eprint 2021/749): its label hash hides linear functions of the difference of labels."""

THREE_HALVES_SILENT: Final = "three-halves-silent-1"
"""Three-halves garbling with silent transfers: the assumptions of both."""

ENGINE_PROFILES: Final = (HALF_GATES, HALF_GATES_SILENT, THREE_HALVES, THREE_HALVES_SILENT)
"""The registered ways to run the two-party computation. The specification runs the ideal functionality in its
place, which is the same for all."""

USUAL_ENGINE_PROFILES: Final = (THREE_HALVES, HALF_GATES)
"""What a Prover offers, in order of preference, and a Notary serves unless it is told otherwise."""

TLS_1_2: Final = 0x0303
ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: Final = 0xC02B
ECDHE_RSA_WITH_AES_128_GCM_SHA256: Final = 0xC02F

CIPHER_SUITES: Final = (ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDHE_RSA_WITH_AES_128_GCM_SHA256)
"""The TLS 1.2 cipher suites of the protocol (RFC 5289)."""

TWO_PARTY_DEFERRED: Final = 1
"""The connection mode that exists: two-party computation, decryption after close."""


class HashAlgorithm(IdentifierEnum):
    """A hash function of commitments, trees and bodies, each with 32 octets of output."""

    SHA256 = 1
    BLAKE3 = 2
    KECCAK256 = 3


class SignatureAlgorithm(IdentifierEnum):
    """A signature algorithm of attestations and bindings."""

    ED25519 = 1
    ECDSA_P256_SHA256 = 2
    ECDSA_SECP256K1_SHA256 = 3
    ECDSA_SECP256K1_KECCAK256 = 4

    @property
    def text(self) -> str:
        """The name in a trust store: lower case, words joined by hyphens."""
        return self.name.lower().replace("_", "-")


class Direction(IndexEnum):
    """Whose application data: SENT from Prover to Server, RECEIVED from Server to Prover."""

    SENT = 0
    RECEIVED = 1


class LexicalClass(IndexEnum):
    """The language that committed octets were proved to belong to."""

    ANY = 0
    JSON_STRING_INTERIOR = 1
    JSON_NUMBER = 2
    JSON_LITERAL = 3
    HEADER_VALUE = 4


class SessionKind(IndexEnum):
    """What the partner does at the end: sign an attestation, or verify a disclosure itself."""

    NOTARIZE = 0
    VERIFY = 1


class Closure(IndexEnum):
    """How the received direction ended: without, or with an authenticated close_notify."""

    CLOSE_NOTIFY_NOT_RECEIVED = 0
    CLOSE_NOTIFY_RECEIVED = 1
