"""What the Prover holds between two steps. The type of a state says which step comes next."""

from __future__ import annotations

from dataclasses import dataclass, field

from .attestation import Attestation, TranscriptCommitments
from .files import AttestationSecrets, CommittedSecret
from .identifiers import Closure, SessionKind
from .messages import SessionRequest, SessionTerms, SubmitTranscriptCommitConfig, TlsHandshakeData
from .presentation import IdentityProof, Presentation, TranscriptProof
from .ranges import RangeSet
from .reasons import Reason
from .signatures import VerifyingKey
from .tls.handshake_messages import HandshakeData
from .transcript import Transcript


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
class ProverIncluded:
    """The hash commitments and all classes are proved; the leaves of encoding commitments are still empty."""

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig
    committed: tuple[CommittedSecret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverEncoded:
    """The encoding commitments are sent; their offsets and factors are not known yet."""

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig
    committed: tuple[CommittedSecret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverCommitted:
    """The commitments are sent, proved and complete.

    From a release on the Prover is silent: what it would refuse is its `objection`, of which the Notary hears
    nothing. Without encoding commitments there is no release and no such silence.
    """

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig
    committed: tuple[CommittedSecret, ...] = field(repr=False)
    objection: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverRooted:
    """The tree is built; the Notary's root is that of the Prover's own, or the Prover objects and is
    silent.
    """

    finalised: ProverFinalised
    submission: SubmitTranscriptCommitConfig
    committed: tuple[CommittedSecret, ...] = field(repr=False)
    transcript_commitments: TranscriptCommitments
    objection: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverAttested:
    """The attestation has arrived and every field of it is what the Prover saw."""

    attestation: Attestation
    secrets: AttestationSecrets = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureSelection:
    """What the Prover wants to show: positions of each direction, and whether to say which Server it was.

    `structured`: whether the Verifier shall be able to read the exchange as messages around what stays hidden.
    `proved`: the leaves that predicates are proved about.
    """

    sent: RangeSet | None = None
    received: RangeSet | None = None
    identity: bool = False
    structured: bool = False
    proved: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverSelected:
    """The leaves to open are chosen, and those to show without their octets."""

    attested: ProverAttested
    selection: DisclosureSelection
    opened: tuple[int, ...]
    withheld: tuple[int, ...] = ()


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
