"""What the Verifier holds between two steps. The type of a state says which step comes next."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from .presentation import CommitmentOpening, Presentation
from .trust_store import TrustStore
from .verifier_policy import VerifierPolicy
from .zero_knowledge.presented_predicates import Compiler, VerifiedPredicate


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierReady:
    """The Verifier waits for a presentation. Without a compiler it understands no predicates."""

    trust_store: TrustStore
    roots: tuple[x509.Certificate, ...]
    policy: VerifierPolicy
    compiler: Compiler | None = None


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
    """The openings open what the Notary signed, and the predicates are proved of it. Binding and policy are
    still unchecked.
    """

    ready: VerifierReady
    presentation: Presentation
    notary_name: str
    openings: tuple[CommitmentOpening, ...]
    predicates: tuple[VerifiedPredicate, ...] = ()
