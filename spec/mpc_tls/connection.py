"""The state of an open MPC-TLS connection: the machine in the middle, and what each party keeps beside it.

A connection is passed from step to step; a step returns the next one. The Notary's part is its record state
machine; the Prover's part is what it needs to complete tags and to check everything after close.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..ideal.two_party_computation import TwoPartyComputation
from ..identifiers import Direction
from .messages import Record, SentRecordCiphertext
from .record_state_machine import NotaryRecords

CLIENT_KEY = "client key"
SERVER_KEY = "server key"
CLIENT_IMPLICIT_NONCE = "client implicit nonce"
SERVER_IMPLICIT_NONCE = "server implicit nonce"
MASTER_SECRET = "master secret"
"""Names of values inside the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyScheduleParameters:
    """The public inputs of the key schedule, which the Notary recorded.

    Randoms 32 octets; a session hash of 32 octets exactly when the extended master secret is used.
    """

    client_random: bytes
    server_random: bytes
    session_hash: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverRecords:
    """The Prover's side of the record layer: plaintext and complete records it sent, records it received."""

    plaintexts: tuple[bytes, ...] = field(default=(), repr=False)
    sent: tuple[Record, ...] = ()
    received: tuple[Record, ...] = ()
    pending: SentRecordCiphertext | None = None
    own_tag_share: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """An open connection.

    The shares of hash powers, and the Notary's share of the tag mask of the next record, are those of the
    *sent* direction: of the received direction there are none.
    """

    computation: TwoPartyComputation
    parameters: KeyScheduleParameters
    prover: ProverRecords
    notary: NotaryRecords
    finished_hashes: dict[Direction, bytes] = field(default_factory=dict)
    prover_hash_powers: tuple[bytes, ...] = field(default=(), repr=False)
    notary_hash_powers: tuple[bytes, ...] = field(default=(), repr=False)
    notary_tag_mask: bytes = field(default=b"", repr=False)
