"""What the Notary holds between two steps. The type of a state says which step comes next."""

from __future__ import annotations

from dataclasses import dataclass, field

from .attestation import Attestation, AttestationBody, TranscriptCommitments
from .commitments import TranscriptCommitment
from .extensions import Extension
from .identifiers import Closure, HashAlgorithm, SessionKind
from .messages import SessionRequest, SessionTerms, SubmitTranscriptCommitConfig, TlsHandshakeData
from .notary_policy import NotaryPolicy
from .signatures import SigningKey, VerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryReady:
    """The Notary waits for a request. It has at most one key for each signature algorithm."""

    policy: NotaryPolicy
    signing_keys: tuple[SigningKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryRequested:
    """A request has arrived that the Notary can serve with this key."""

    policy: NotaryPolicy
    signing_key: SigningKey
    request: SessionRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryAgreed:
    """The answer is sent; the key exchange follows."""

    policy: NotaryPolicy
    signing_key: SigningKey
    kind: SessionKind
    terms: SessionTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryKeyed:
    """Both key shares are open, so the client random of this session is determined."""

    agreed: NotaryAgreed
    client_random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryParametersReceived:
    """The handshake data have passed every check."""

    agreed: NotaryAgreed
    parameters: TlsHandshakeData


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryParametersRecorded:
    """The session parameters are recorded for good."""

    agreed: NotaryAgreed
    parameters: TlsHandshakeData


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryFinalised:
    """The connection is closed, the computation is proved and every tag is recomputed."""

    connection: NotaryParametersRecorded
    sent_length: int
    received_length: int
    closure: Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryConfigReceived:
    """The config has passed every check."""

    finalised: NotaryFinalised
    submission: SubmitTranscriptCommitConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryIncluded:
    """The hash commitments and all classes are proved; the leaves of encoding commitments are still empty."""

    finalised: NotaryFinalised
    submission: SubmitTranscriptCommitConfig
    commitments: tuple[TranscriptCommitment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryCommitted:
    """The commitments are those requested and hold what the registered records decrypt to."""

    finalised: NotaryFinalised
    submission: SubmitTranscriptCommitConfig
    commitments: tuple[TranscriptCommitment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryRooted:
    """The tree is built and its root sent."""

    finalised: NotaryFinalised
    submission: SubmitTranscriptCommitConfig
    transcript_commitments: TranscriptCommitments


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryBodyStarted:
    """The body names who states it and carries the extensions of both."""

    rooted: NotaryRooted
    verifying_key: VerifyingKey
    prover_extensions: tuple[Extension, ...]
    notary_extensions: tuple[Extension, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryBodyComplete:
    """The body holds everything; the blinder of its key-exchange commitment is drawn."""

    signing_key: SigningKey
    body: AttestationBody
    body_hash_algorithm: HashAlgorithm
    key_exchange_blinder: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotarySigned:
    """The attestation is signed."""

    attestation: Attestation
    key_exchange_blinder: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryDone:
    """The attestation is returned; the Notary forgets the session."""
