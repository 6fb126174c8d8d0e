"""The registry of contexts: what every hash and signature input begins with, so that no input serves two purposes."""

from __future__ import annotations

from typing import Final


def _context(name: str) -> bytes:
    return b"mpctls/1/" + name.encode("ascii") + b"\0"


SESSION_ANSWER: Final = _context("session-answer")
KEY_SHARE_COMMITMENT: Final = _context("key-share-commitment")
CLIENT_RANDOM: Final = _context("client-random")
HANDSHAKE_COMMITMENT: Final = _context("handshake-commitment")
KEY_EXCHANGE_COMMITMENT: Final = _context("key-exchange-commitment")
HASH_COMMITMENT_SHA256: Final = _context("hash-commitment/sha256")
HASH_COMMITMENT_BLAKE3: Final = _context("hash-commitment/blake3")
HASH_COMMITMENT_KECCAK256: Final = _context("hash-commitment/keccak256")
ATTESTATION_BODY: Final = _context("attestation-body")
ATTESTATION_HEADER: Final = _context("attestation-header")
HEADER_DIGEST: Final = _context("header-digest")
PRESENTATION_DIGEST: Final = _context("presentation-digest")
BINDING: Final = _context("binding")
SESSION_PARAMETERS: Final = _context("session-parameters")
FIELD_ENCODING: Final = _context("field-encoding")
PREDICATE: Final = _context("predicate")
STATEMENT: Final = _context("statement")
HASH_BRIDGE: Final = _context("hash-bridge")
PSEUDONYM_SCOPE: Final = _context("pseudonym-scope")
SETUP: Final = _context("setup")
PROOF_BATCH: Final = _context("proof-batch")

REGISTRY: Final = (
    SESSION_ANSWER,
    KEY_SHARE_COMMITMENT,
    CLIENT_RANDOM,
    HANDSHAKE_COMMITMENT,
    KEY_EXCHANGE_COMMITMENT,
    HASH_COMMITMENT_SHA256,
    HASH_COMMITMENT_BLAKE3,
    HASH_COMMITMENT_KECCAK256,
    ATTESTATION_BODY,
    ATTESTATION_HEADER,
    HEADER_DIGEST,
    PRESENTATION_DIGEST,
    BINDING,
    SESSION_PARAMETERS,
    FIELD_ENCODING,
    PREDICATE,
    STATEMENT,
    HASH_BRIDGE,
    PSEUDONYM_SCOPE,
    SETUP,
    PROOF_BATCH,
)
