"""The attestation: what the Notary states about one session, and its signature over that.

The body holds no octet of the transcript and nothing that links it to a packet capture: every value that an
observer of the connection could know is inside a commitment that a presentation may or may not open.
"""

from __future__ import annotations

from dataclasses import dataclass

from .contexts import Context
from .digests import digest, sha256
from .encoding import U8, U16, U32, U64, Octets16, Octets32, Octets64, Structure
from .extensions import Extensions, require_canonical_order
from .identifiers import Closure, HashAlgorithm, SignatureAlgorithm
from .signatures import VerifyingKey
from .tls.handshake_messages import HandshakeData


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo(Structure):
    """What the Notary saw. Time is in Unix seconds, lengths are octets of application data."""

    time: U64
    mode: U8
    tls_version: U16
    cipher_suite: U16
    extended_master_secret: bool
    sent_length: U32
    received_length: U32
    closure: Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptCommitments(Structure):
    """The Merkle tree over all commitments of the session."""

    algorithm: HashAlgorithm
    leaf_count: U32
    root: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationBody(Structure):
    """Everything the Notary states. Rejects unordered extensions with encoding/not-canonical."""

    verifying_key: VerifyingKey
    connection_info: ConnectionInfo
    key_exchange_commitment: Octets32
    handshake_commitment: Octets32
    transcript_commitments: TranscriptCommitments
    prover_extensions: Extensions
    notary_extensions: Extensions

    def __post_init__(self) -> None:
        require_canonical_order(self.prover_extensions)
        require_canonical_order(self.notary_extensions)

    def digest(self, algorithm: HashAlgorithm) -> bytes:
        """Return the digest that stands in the header."""
        return digest(algorithm, Context.ATTESTATION_BODY.octets + self.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Structure):
    """What is signed: formats, algorithms, a random id, and the digest of the body."""

    format_version: U16
    signature_algorithm: SignatureAlgorithm
    body_hash_algorithm: HashAlgorithm
    attestation_id: Octets16
    body_digest: Octets32

    def signature_input(self) -> bytes:
        """Return the octets that the Notary signs."""
        return Context.ATTESTATION_HEADER.octets + self.encode()

    def digest(self) -> bytes:
        """Return the digest that stands for the attestation in a binding."""
        return sha256(Context.HEADER_DIGEST.octets + self.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Structure):
    """A signed statement about one session."""

    header: Header
    body: AttestationBody
    signature: Octets64


def key_exchange_commitment(
    *, client_random: bytes, server_random: bytes, server_ephemeral_key: bytes, blinder: bytes
) -> bytes:
    """Return the commitment to randoms[32] and ephemeral key[65], under a blinder[32] that the Notary draws."""
    return sha256(
        Context.KEY_EXCHANGE_COMMITMENT.octets
        + client_random
        + server_random
        + server_ephemeral_key
        + blinder
    )


def handshake_commitment(handshake_data: HandshakeData, blinder: bytes) -> bytes:
    """Return the commitment to certificates and signature, under a blinder[32] that the Prover draws."""
    return sha256(Context.HANDSHAKE_COMMITMENT.octets + blinder + handshake_data.encode())
