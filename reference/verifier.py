"""The Verifier: believes Notaries, and reads presentations offline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography import x509

from .foundation.artifacts import PRESENTATION, PRESENTATION_FILE, Presentation
from .presentation.trust import TrustStore
from .presentation.verification import Policy, VerifiedPresentation, verify_presentation
from .settings import Clock, system_clock

if TYPE_CHECKING:
    from .presentation.predicates import PredicatePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSettings:
    """Whom a Verifier believes (Notaries, authorities, setups of predicate proofs), what it asks for, and its clock."""

    roots: tuple[x509.Certificate, ...]
    trust_store: TrustStore = field(default=TrustStore(notaries=()))
    policy: Policy = field(default=Policy())
    predicates: PredicatePolicy | None = None
    clock: Clock = system_clock


class Verifier:
    """Reads presentations; offline, without secrets."""

    def __init__(self, settings: VerifierSettings) -> None:
        self._settings = settings

    def verify(self, presentation: Presentation | bytes) -> VerifiedPresentation:
        """Return what a presentation says, or refuse with the first reason of the formats page, section 9.2.

        Octets are a stored presentation (with magic) or the canonical value alone.
        """
        if isinstance(presentation, bytes):
            stored = presentation.startswith(PRESENTATION_FILE.MAGIC)
            presentation = (PRESENTATION_FILE if stored else PRESENTATION).decode(presentation)
        return verify_presentation(
            presentation,
            trust_store=self._settings.trust_store,
            roots=self._settings.roots,
            now=self._settings.clock(),
            policy=self._settings.policy,
            predicates=self._settings.predicates,
        )
