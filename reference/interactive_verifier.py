"""The Verifier in the Notary's place (the seed's first flowchart): takes part, checks the disclosure, signs nothing."""

from __future__ import annotations

from dataclasses import replace

from .foundation.identifiers import SessionKind
from .notary_connection import NotarySettings
from .notary_session import NotarySession
from .partner import Partner
from .presentation.verification import (
    VerifiedPresentation,
    check_policy,
    shown_leaves,
    verify_commitments,
    verify_identity,
)
from .verifier import VerifierSettings


class InteractiveVerifier(Partner[VerifiedPresentation]):
    """The partner of a Prover in a session of kind `verify`; `serve` returns what was disclosed and verified.

    It takes part in the computation, checks the disclosure against its own record, and signs nothing.
    """

    def __init__(self, settings: VerifierSettings, partner: NotarySettings) -> None:
        super().__init__(replace(partner, kinds=frozenset({SessionKind.VERIFY})))
        self._verifier_settings = settings

    async def _conclude(self, session: NotarySession) -> VerifiedPresentation:
        return await self.verify_disclosure(session)

    async def verify_disclosure(self, session: NotarySession) -> VerifiedPresentation:
        """Verify what the Prover shows against this session's own record; refuses with the `verification/…` reasons."""
        body, disclosure = await session.receive_disclosure()
        server_name = None
        if disclosure.identity is not None:
            server_name = verify_identity(
                disclosure.identity, body, roots=self._verifier_settings.roots, blinded=False
            )
        transcript = verify_commitments(disclosure.transcript, body)
        check_policy(self._verifier_settings.policy, body, server_name=server_name, now=None)
        await session.accept_disclosure()
        return VerifiedPresentation(
            notary=None,
            time=body.connection_info.time,
            server_name=server_name,
            closure=body.connection_info.closure,
            transcript=transcript,
            leaves=shown_leaves(disclosure.transcript),
            prover_extensions=body.prover_extensions,
            notary_extensions=body.notary_extensions,
        )
