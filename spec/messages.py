"""Every message of a session, by its index on the link, and the messages of all stages but the open
connection.

Formats: `docs/protocol/formats.md`, section 9. The messages of the open connection, 3 to 5 and 8 to 14, stand
in `mpc_tls/messages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from .attestation import Attestation
from .commitments import CommitRequest, TranscriptCommitment, require_scalars
from .contexts import Context
from .digests import sha256
from .encoding import (
    U8,
    U16,
    Choice,
    Limit,
    Octets32,
    Octets64,
    Octets65,
    Structure,
    decode_as,
    encode_as,
)
from .extensions import Extensions, require_canonical_order
from .identifiers import HashAlgorithm, SessionKind, SignatureAlgorithm
from .mpc_tls.messages import (
    Budget,
    CloseSession,
    FinishedHash,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    SentRecord,
    SentRecordCiphertext,
    SessionClosed,
    TagShare,
)
from .presentation import IdentityProof, TranscriptProof
from .reasons import Reason, Rejection
from .signatures import VerifyingKey

EngineProfile = Annotated[str, Limit(64)]
CipherSuites = Annotated[tuple[U16, ...], Limit(16)]

LARGEST_COMMITMENT_COUNT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Structure):
    """0, both ways: the sender ends the session for this reason."""

    reason: Annotated[str, Limit(64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest(Structure):
    """1, P to N: what the Prover can do, in its order of preference, and how much it wants to transfer."""

    protocol_versions: Annotated[tuple[U16, ...], Limit(16)]
    engine_profiles: Annotated[tuple[EngineProfile, ...], Limit(16)]
    tls_versions: Annotated[tuple[U16, ...], Limit(16)]
    cipher_suites: CipherSuites
    kind: SessionKind
    signature_algorithms: Annotated[tuple[U8, ...], Limit(8)]
    budget: Budget
    nonce: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms(Structure):
    """What the Notary chose for one session: the answer without its signature."""

    protocol_version: U16
    engine_profile: EngineProfile
    tls_version: U16
    cipher_suites: CipherSuites
    signature_algorithm: SignatureAlgorithm
    budget: Budget
    session_id: Octets32
    verifying_key: VerifyingKey

    def signature_input(self, request: SessionRequest) -> bytes:
        """Return the octets that the Notary signs: the request and these terms."""
        return Context.SESSION_ANSWER.octets + request.encode() + self.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer(Structure):
    """2, N to P: the terms, signed with the attestation key, so that a Prover knows whom it has reached."""

    terms: SessionTerms
    signature: Octets64


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsHandshakeData(Structure):
    """6, P to N: what the Notary checks and records, and commitments to the rest."""

    tls_version: U16
    cipher_suite: U16
    client_random: Octets32
    server_random: Octets32
    extended_master_secret: bool
    session_hash: Octets32 | None
    server_ephemeral_key: Octets65
    handshake_commitment: Octets32

    def digest(self, session_id: bytes) -> bytes:
        """Return the digest by which the Notary says what it recorded."""
        return sha256(Context.SESSION_PARAMETERS.octets + session_id + self.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSessionParameters(Structure):
    """7, N to P: the digest of what the Notary recorded."""

    digest: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTranscriptCommitConfig(Structure):
    """15, P to N: which octets will be committed and how, in the order of the leaves.

    Rejects with encoding/not-canonical when the extensions are unordered.
    """

    config: Annotated[tuple[CommitRequest, ...], Limit(LARGEST_COMMITMENT_COUNT)]
    tree_algorithm: HashAlgorithm
    body_hash_algorithm: HashAlgorithm
    prover_extensions: Extensions

    def __post_init__(self) -> None:
        require_canonical_order(self.prover_extensions)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludeCommitments(Structure):
    """16, P to N: the commitments, in the order of the config."""

    commitments: Annotated[tuple[TranscriptCommitment, ...], Limit(LARGEST_COMMITMENT_COUNT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MerkleTreeRoot(Structure):
    """17, N to P: the root of the tree over all commitments."""

    root: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAttestation(Structure):
    """18, N to P: the attestation, and the blinder with which its key-exchange commitment opens."""

    attestation: Attestation
    key_exchange_blinder: Octets32


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure(Structure):
    """19, P to N in a session of kind verify: what is shown to the partner directly, instead of an
    attestation.
    """

    identity: IdentityProof | None
    transcript: TranscriptProof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureAccepted(Structure):
    """20, N to P: every check of the disclosure has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingCommitments(Structure):
    """21, P to N: C of every encoding entry of the config, in order, as little-endian scalars.

    Rejects with encoding/not-canonical when one is not below the order of BN254.
    """

    commitments: Annotated[tuple[Octets32, ...], Limit(LARGEST_COMMITMENT_COUNT)]

    def __post_init__(self) -> None:
        require_scalars(*self.commitments)


SessionMessage = Annotated[
    Refusal
    | SessionRequest
    | SessionAnswer
    | ProverKeyShareCommitment
    | NotaryKeyShare
    | ProverKeyShare
    | TlsHandshakeData
    | RecordedSessionParameters
    | FinishedHash
    | SentRecordCiphertext
    | TagShare
    | SentRecord
    | ReceivedRecord
    | CloseSession
    | SessionClosed
    | SubmitTranscriptCommitConfig
    | IncludeCommitments
    | MerkleTreeRoot
    | SignedAttestation
    | Disclosure
    | DisclosureAccepted
    | EncodingCommitments,
    Choice(),
]
"""A message of channel 0; the index of a message is its place here."""


def encode_message(message: SessionMessage) -> bytes:
    """Return the body of a frame of channel 0."""
    return encode_as(SessionMessage, message)


def decode_message(octets: bytes) -> SessionMessage:
    """Return the message that a frame of channel 0 holds. Rejects as `Structure.decode` does."""
    message: SessionMessage = decode_as(SessionMessage, octets)
    return message


def refuse(reason: Reason) -> Refusal:
    """Return the message that tells a peer why the session ends."""
    return Refusal(reason=reason.value)


def unexpected(message: object, state: object) -> Rejection:
    """Return why this message is refused in this state.

    A refusal by the peer ends the session for the peer's reason, if that is a registered one; everything else
    is link/unexpected-message.
    """
    if isinstance(message, Refusal) and message.reason in set(Reason):
        return Rejection(Reason(message.reason), "the peer refused")
    return Rejection(
        Reason.LINK_UNEXPECTED_MESSAGE, f"{type(message).__name__} in the state {type(state).__name__}"
    )
