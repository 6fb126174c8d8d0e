"""What each role holds between two steps. The type of a state says which step comes next.

A step takes exactly one type of state, so that calling it out of order does not type-check. At run time it is
refused: with link/unexpected-message when a peer's message would have caused the call, with
attestation-generation/out-of-order where the Notary builds the attestation, and otherwise, when only a
party's own code can be at fault, with OutOfOrderError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509

from .attestation import Attestation, AttestationBody, TranscriptCommitments
from .commitments import TranscriptCommitment
from .extensions import Extension
from .files import AttestationSecrets, CommittedSecret
from .identifiers import Closure, HashAlgorithm, SessionKind
from .messages import (
    SessionRequest,
    SessionTerms,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
    unexpected,
)
from .notary_policy import NotaryPolicy
from .presentation import CommitmentOpening, IdentityProof, Presentation, TranscriptProof
from .ranges import RangeSet
from .reasons import OutOfOrderError, Reason, Rejection
from .signatures import SigningKey, VerifyingKey
from .tls.handshake_messages import HandshakeData
from .transcript import Transcript
from .trust_store import TrustStore
from .verifier_policy import VerifierPolicy

# --- Prover ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverReady:
    """Nothing has happened; the Prover knows which Notary it wants to reach."""

    trusted_key: VerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverRequested:
    """The request is sent."""

    trusted_key: VerifyingKey
    request: SessionRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverAgreed:
    """The Notary's answer is accepted; the key exchange follows."""

    kind: SessionKind
    terms: SessionTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsHandshake:
    """What the Prover knows of the TLS handshake up to ServerHelloDone, and the name it asked for."""

    server_name: str
    tls_version: int
    cipher_suite: int
    client_random: bytes
    server_random: bytes
    extended_master_secret: bool
    session_hash: bytes | None
    server_ephemeral_key: bytes
    handshake_data: HandshakeData


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverGreeted:
    """Client and Server have exchanged hellos; the Server's key exchange has arrived."""

    agreed: ProverAgreed
    handshake: TlsHandshake


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverParametersSent:
    """The handshake data are sent to the Notary."""

    agreed: ProverAgreed
    handshake: TlsHandshake
    handshake_blinder: bytes = field(repr=False)
    parameters: TlsHandshakeData


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverParametersRecorded:
    """Both parties hold the same session parameters; the two-party computation may start."""

    agreed: ProverAgreed
    handshake: TlsHandshake
    handshake_blinder: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverFinalised:
    """The connection is closed and everything about it is proved; the transcript is authenticated."""

    connection: ProverParametersRecorded
    transcript: Transcript
    closure: Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverConfigSubmitted:
    """The config is sent."""

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverCommitted:
    """The commitments are sent and proved."""

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig
    committed: tuple[CommittedSecret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverRooted:
    """The Notary's root is that of the Prover's own tree."""

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig
    committed: tuple[CommittedSecret, ...] = field(repr=False)
    transcript_commitments: TranscriptCommitments


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverAttested:
    """The attestation has arrived and every field of it is what the Prover saw."""

    attestation: Attestation
    secrets: AttestationSecrets = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureSelection:
    """What the Prover wants to show: positions of each direction, and whether to say which Server it was."""

    sent: RangeSet | None = None
    received: RangeSet | None = None
    identity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverSelected:
    """The leaves to open are chosen."""

    attested: ProverAttested
    selection: DisclosureSelection
    opened: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverTranscriptProved:
    """The transcript proof is made."""

    attested: ProverAttested
    selection: DisclosureSelection
    transcript: TranscriptProof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverIdentityCombined:
    """All parts of the presentation but the binding are there."""

    attested: ProverAttested
    identity: IdentityProof | None
    transcript: TranscriptProof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverPresented:
    """The presentation is sent."""

    attested: ProverAttested
    presentation: Presentation


# --- Notary ------------------------------------------------------------------------------------------------


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
class NotaryCommitted:
    """The commitments are those requested and proved to hold what the registered records decrypt to."""

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


# --- Verifier ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierReady:
    """The Verifier waits for a presentation."""

    trust_store: TrustStore
    roots: tuple[x509.Certificate, ...]
    policy: VerifierPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierPresented:
    """A presentation is decoded. Nothing in it is believed."""

    ready: VerifierReady
    presentation: Presentation


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSignatureValid:
    """A trusted Notary signed the attestation."""

    ready: VerifierReady
    presentation: Presentation
    notary_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierConsistent:
    """The openings open what the Notary signed. Binding and policy are still unchecked."""

    ready: VerifierReady
    presentation: Presentation
    notary_name: str
    openings: tuple[CommitmentOpening, ...]


# --- Refusals of steps out of order ------------------------------------------------------------------------

State = TypeVar("State")
Message = TypeVar("Message")


def require_state(state: State, expected: type[State]) -> None:
    """Require the state that a step of a role's own starts from. Raises OutOfOrderError."""
    if type(state) is not expected:
        raise OutOfOrderError(f"this step needs {expected.__name__}, not {type(state).__name__}")


def require_attesting(state: State, expected: type[State]) -> None:
    """Require the state that a step of building the attestation starts from.

    Rejects with attestation-generation/out-of-order.
    """
    if type(state) is not expected:
        raise Rejection(
            Reason.ATTESTATION_GENERATION_OUT_OF_ORDER,
            f"this step needs {expected.__name__}, not {type(state).__name__}",
        )


def require_message(message: object, kind: type[Message], state: State, expected: type[State]) -> Message:
    """Return the message if it is of the kind that may arrive and the state is the one it may arrive in.

    Rejects with link/unexpected-message, or with the peer's reason when the message is a refusal.
    """
    if type(state) is not expected or not isinstance(message, kind):
        raise unexpected(message, state)
    return message
