"""The Notary: holds half of every key, sees no plaintext, and signs what it verified."""

from __future__ import annotations

from .foundation.artifacts import Attestation
from .foundation.identifiers import SessionKind
from .notary_connection import NotarySettings
from .notary_session import NotarySession
from .partner import Partner

__all__ = ["Notary", "NotarySession", "NotarySettings"]


class Notary(Partner[Attestation]):
    """A server that notarizes; `serve` returns what was signed."""

    def __init__(self, settings: NotarySettings) -> None:
        if SessionKind.VERIFY in settings.kinds:
            raise ValueError("a Notary signs; sessions of kind verify are a Verifier's")
        super().__init__(settings)

    async def _conclude(self, session: NotarySession) -> Attestation:
        return await session.return_signed_attestation()
