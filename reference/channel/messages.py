"""Session messages, formats page section 9: what Prover and Notary send each other on the diagrams' arrows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ..foundation.artifacts import (
    ATTESTATION,
    BLINDER,
    EXTENSIONS,
    MAXIMUM_COMMITMENTS,
    POINT,
    SIGNATURE,
    TRANSCRIPT_COMMITMENT,
    Attestation,
    Extension,
    IdentityProof,
    TranscriptCommitment,
    TranscriptProof,
    check_extension_order,
)
from ..foundation.encoding import (
    BOOLEAN,
    DIGEST,
    U8,
    U16,
    U32,
    U64,
    Codec,
    Fixed,
    Octets,
    Option,
    Struct,
    Text,
    Variant,
    Vector,
)
from ..foundation.field_encoding import require_scalars
from ..foundation.identifiers import (
    DIRECTION,
    HASH_IDENTIFIER,
    LEXICAL_CLASS,
    SESSION_KIND,
    SIGNATURE_IDENTIFIER,
    Direction,
    LexicalClass,
    SessionKind,
)
from ..foundation.ranges import RANGE_SET, RangeSet
from ..foundation.signatures import VERIFYING_KEY, VerifyingKey

MAXIMUM_RECORD: Final = 16384
_NAME = Text(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much application data a session may carry."""

    sent_octets: int = field(metadata=U32.wire)
    sent_records: int = field(metadata=U16.wire)
    received_octets: int = field(metadata=U32.wire)
    received_records: int = field(metadata=U16.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A protected TLS 1.2 record as it is on the wire to or from the Server."""

    content_type: int = field(metadata=U8.wire)
    version: int = field(metadata=U16.wire)
    explicit_nonce: bytes = field(metadata=Fixed(8).wire)
    ciphertext: bytes = field(metadata=Octets(MAXIMUM_RECORD).wire)
    tag: bytes = field(metadata=BLINDER.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashRequest:
    """Asks for a hash commitment with this algorithm."""

    algorithm: int = field(metadata=HASH_IDENTIFIER.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingRequest:
    """Asks for an encoding commitment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRequest:
    """One entry of a TranscriptCommitConfig."""

    direction: Direction = field(metadata=DIRECTION.wire)
    ranges: RangeSet = field(metadata=RANGE_SET.wire)
    kind: HashRequest | EncodingRequest = field(metadata=Variant[object]((HashRequest, EncodingRequest)).wire)
    lexical_class: LexicalClass = field(metadata=LEXICAL_CLASS.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Ends the session with a reason code."""

    reason: str = field(metadata=_NAME.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """Establish MPC-TLS Connection: what the Prover asks for."""

    protocol_versions: tuple[int, ...] = field(metadata=Vector(U16, 16).wire)
    engine_profiles: tuple[str, ...] = field(metadata=Vector(_NAME, 16).wire)
    tls_versions: tuple[int, ...] = field(metadata=Vector(U16, 16).wire)
    cipher_suites: tuple[int, ...] = field(metadata=Vector(U16, 16).wire)
    kind: SessionKind = field(metadata=SESSION_KIND.wire)
    signature_algorithms: tuple[int, ...] = field(metadata=Vector(U8, 8).wire)
    budget: Budget = field(metadata=Struct(Budget).wire)
    nonce: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer:
    """The Notary's choice, signed over both messages."""

    protocol_version: int = field(metadata=U16.wire)
    engine_profile: str = field(metadata=_NAME.wire)
    tls_version: int = field(metadata=U16.wire)
    cipher_suites: tuple[int, ...] = field(metadata=Vector(U16, 16).wire)
    signature_algorithm: int = field(metadata=SIGNATURE_IDENTIFIER.wire)
    budget: Budget = field(metadata=Struct(Budget).wire)
    session_id: bytes = field(metadata=DIGEST.wire)
    verifying_key: VerifyingKey = field(metadata=VERIFYING_KEY.wire)
    signature: bytes = field(metadata=SIGNATURE.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverKeyShareCommitment:
    """Binds the Prover to its key share and random before it sees the Notary's."""

    commitment: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryKeyShare:
    """The Notary's share of the client's ephemeral key and of the client random."""

    public_key: bytes = field(metadata=POINT.wire)
    random: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverKeyShare:
    """Opens the Prover's commitment."""

    public_key: bytes = field(metadata=POINT.wire)
    random: bytes = field(metadata=DIGEST.wire)
    blinder: bytes = field(metadata=DIGEST.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsHandshakeData:
    """Send TLS Handshake Data: what the Notary checks and records."""

    tls_version: int = field(metadata=U16.wire)
    cipher_suite: int = field(metadata=U16.wire)
    client_random: bytes = field(metadata=DIGEST.wire)
    server_random: bytes = field(metadata=DIGEST.wire)
    extended_master_secret: bool = field(metadata=BOOLEAN.wire)
    session_hash: bytes | None = field(metadata=Option(DIGEST).wire)
    server_ephemeral_key: bytes = field(metadata=POINT.wire)
    handshake_commitment: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSessionParameters:
    """Verify and Record Session Parameters: the Notary recorded what hashes to this."""

    digest: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedHash:
    """The transcript hash under a Finished message; a public input of the computation."""

    direction: Direction = field(metadata=DIRECTION.wire)
    hash: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecordCiphertext:
    """Asks for the tag share of one ciphertext under one sequence number."""

    sequence_number: int = field(metadata=U64.wire)
    content_type: int = field(metadata=U8.wire)
    ciphertext: bytes = field(metadata=Octets(MAXIMUM_RECORD).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagShare:
    """The Notary's additive share of the tag."""

    sequence_number: int = field(metadata=U64.wire)
    share: bytes = field(metadata=BLINDER.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecord:
    """Registers the complete record as it is sent to the Server."""

    sequence_number: int = field(metadata=U64.wire)
    record: Record = field(metadata=Struct(Record).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRecord:
    """Registers a record received from the Server; the Notary numbers it."""

    record: Record = field(metadata=Struct(Record).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession:
    """From here on nothing more is registered or computed for the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed:
    """The Notary has closed, irrevocably."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTranscriptCommitConfig:
    """What to commit to, with which algorithms, and the Prover's own statements."""

    config: tuple[CommitRequest, ...] = field(
        metadata=Vector(Struct(CommitRequest), MAXIMUM_COMMITMENTS).wire
    )
    tree_algorithm: int = field(metadata=HASH_IDENTIFIER.wire)
    body_hash_algorithm: int = field(metadata=HASH_IDENTIFIER.wire)
    prover_extensions: tuple[Extension, ...] = field(metadata=EXTENSIONS.wire)

    def __post_init__(self) -> None:
        check_extension_order(self.prover_extensions)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludeCommitments:
    """Include Encoded Commitment/Hash Range: the commitments, in the order of the config."""

    commitments: tuple[TranscriptCommitment, ...] = field(
        metadata=Vector(TRANSCRIPT_COMMITMENT, MAXIMUM_COMMITMENTS).wire
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MerkleTreeRoot:
    """The root over all commitments, as the Notary computed it."""

    root: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAttestation:
    """Return Signed Attestation, with the blinder that both sides share."""

    attestation: Attestation = field(metadata=ATTESTATION.wire)
    key_exchange_blinder: bytes = field(metadata=DIGEST.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """In a session of kind verify: what the Prover shows its partner."""

    identity: IdentityProof | None = field(metadata=Option(Struct(IdentityProof)).wire)
    transcript: TranscriptProof | None = field(metadata=Option(Struct(TranscriptProof)).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureAccepted:
    """The partner verified the disclosure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingCommitments:
    """The commitments of all encoding entries, in their order: scalars, sent between conversion and release."""

    commitments: tuple[bytes, ...] = field(metadata=Vector(DIGEST, MAXIMUM_COMMITMENTS).wire)

    def __post_init__(self) -> None:
        require_scalars(*self.commitments)


SessionMessage = (
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
    | EncodingCommitments
)

_MESSAGES: Final = (
    Refusal,
    SessionRequest,
    SessionAnswer,
    ProverKeyShareCommitment,
    NotaryKeyShare,
    ProverKeyShare,
    TlsHandshakeData,
    RecordedSessionParameters,
    FinishedHash,
    SentRecordCiphertext,
    TagShare,
    SentRecord,
    ReceivedRecord,
    CloseSession,
    SessionClosed,
    SubmitTranscriptCommitConfig,
    IncludeCommitments,
    MerkleTreeRoot,
    SignedAttestation,
    Disclosure,
    DisclosureAccepted,
    EncodingCommitments,
)
SESSION_MESSAGE: Codec[SessionMessage] = Variant(_MESSAGES)

LONG_MESSAGES: Final = (
    SubmitTranscriptCommitConfig,
    IncludeCommitments,
    SignedAttestation,
    Disclosure,
    EncodingCommitments,
)
"""Messages whose frames may be long (formats page, ⬥)."""

LONG_INDICES: Final = frozenset(_MESSAGES.index(message) for message in LONG_MESSAGES)
"""First octets of their frames' bodies: the variant's index is below 128, so it is one octet."""

SESSION_REQUEST = Struct(SessionRequest)
SESSION_ANSWER = Struct(SessionAnswer)
TLS_HANDSHAKE_DATA = Struct(TlsHandshakeData)
