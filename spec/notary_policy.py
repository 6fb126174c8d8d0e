"""What a Notary takes part in: its own choice, fixed before any Prover comes."""

from __future__ import annotations

from dataclasses import dataclass

from .extensions import HOLDER_KEY, PURPOSE, Extension
from .identifiers import (
    CIPHER_SUITES,
    PROTOCOL_VERSION,
    TLS_1_2,
    USUAL_ENGINE_PROFILES,
    HashAlgorithm,
    SessionKind,
)
from .mpc_tls.messages import Budget

LARGEST_BUDGET = Budget(sent_octets=2**16, sent_records=64, received_octets=2**20, received_records=1024)
"""What one session may carry unless a Notary chooses otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryPolicy:
    """What is supported, the limits of a session, and the extensions of either party.

    `largest_committed_octets` bounds the ranges of all commitments of a session together: ranges may overlap, and
    every octet of every range costs both parties work in the proof.
    """

    protocol_versions: frozenset[int] = frozenset({PROTOCOL_VERSION})
    engine_profiles: frozenset[str] = frozenset(USUAL_ENGINE_PROFILES)
    tls_versions: frozenset[int] = frozenset({TLS_1_2})
    cipher_suites: frozenset[int] = frozenset(CIPHER_SUITES)
    session_kinds: frozenset[SessionKind] = frozenset(SessionKind)
    largest_budget: Budget = LARGEST_BUDGET
    largest_commitment_count: int = 1024
    largest_committed_octets: int = 2**20
    hash_algorithms: frozenset[HashAlgorithm] = frozenset(HashAlgorithm)
    encoding_commitments: bool = True
    admitted_extensions: frozenset[str] = frozenset({HOLDER_KEY, PURPOSE})
    notary_extensions: tuple[Extension, ...] = ()
