"""Session messages that Prover and Notary exchange while the TLS connection is open, and their parts.

Formats: `docs/protocol/formats.md`, section 9; the number is the message's index there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..encoding import U8, U16, U32, U64, Limit, Octets8, Octets16, Octets32, Octets65, Structure
from ..identifiers import TLS_1_2, Direction
from ..tls.constants import MAXIMUM_PLAINTEXT_LENGTH
from ..tls.record_protection import ProtectedRecord

Ciphertext = Annotated[bytes, Limit(MAXIMUM_PLAINTEXT_LENGTH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Structure):
    """How much application data a session may carry: octets and records of each direction."""

    sent_octets: U32
    sent_records: U16
    received_octets: U32
    received_records: U16


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Structure):
    """A protected TLS record, complete: what was or will be on the wire."""

    content_type: U8
    version: U16 = TLS_1_2
    explicit_nonce: Octets8
    ciphertext: Ciphertext
    tag: Octets16

    def protected(self) -> ProtectedRecord:
        """The record as the facts of TLS treat it."""
        return ProtectedRecord(
            content_type=self.content_type,
            version=self.version,
            explicit_nonce=self.explicit_nonce,
            ciphertext=self.ciphertext,
            tag=self.tag,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverKeyShareCommitment(Structure):
    """3, P to N: a commitment to the Prover's key share and randomness, before it sees the Notary's."""

    commitment: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryKeyShare(Structure):
    """4, N to P: the Notary's public key share and randomness; the key-exchange diagram's first arrow."""

    public_key: Octets65
    random: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverKeyShare(Structure):
    """5, P to N: the opening of the Prover's commitment."""

    public_key: Octets65
    random: Octets32
    blinder: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedHash(Structure):
    """8, P to N: the handshake hash that the Finished of a direction covers, a public input of the
    computation.
    """

    direction: Direction
    hash: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecordCiphertext(Structure):
    """9, P to N: the ciphertext for which the Prover asks the one tag share of its sequence number."""

    sequence_number: U64
    content_type: U8
    ciphertext: Ciphertext


@dataclass(frozen=True, slots=True, kw_only=True)
class TagShare(Structure):
    """10, N to P: the Notary's share of the tag."""

    sequence_number: U64
    share: Octets16


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecord(Structure):
    """11, P to N: the complete record, registered as sent before anything else happens."""

    sequence_number: U64
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRecord(Structure):
    """12, P to N: a record of the Server, registered in the order of arrival."""

    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession(Structure):
    """13, P to N: no further record will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(Structure):
    """14, N to P: the Notary helps with nothing more."""
