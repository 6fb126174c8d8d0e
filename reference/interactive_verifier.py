"""The Verifier in the Notary's place (the seed's first flowchart): takes part, checks the disclosure, signs nothing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from .channel.link import Link, PeerRefused
from .foundation.compiled import warm_up
from .foundation.errors import Refused
from .foundation.identifiers import SessionKind
from .notary import NotarySession, NotarySettings
from .presentation.verification import VerifiedPresentation, check_policy, verify_commitments, verify_identity
from .verifier import VerifierSettings

_log = logging.getLogger(__name__)


class InteractiveVerifier:
    """The partner of a Prover in a session of kind `verify`.

    It takes part in the computation, checks the disclosure against its own record, and signs nothing.
    """

    def __init__(self, settings: VerifierSettings, partner: NotarySettings) -> None:
        self._settings = settings
        self._partner = replace(partner, kinds=frozenset({SessionKind.VERIFY}))
        self._sessions = asyncio.Semaphore(partner.limits.sessions)

    async def prepare(self) -> None:
        """Compile what sessions compute with, off the loop; called by whoever serves, before the first session."""
        await asyncio.to_thread(warm_up)

    async def serve(self, link: Link) -> VerifiedPresentation | None:
        """Run one session to its end; returns what was disclosed and verified, or None when it was refused."""
        session = NotarySession(link, self._partner)
        try:
            async with asyncio.timeout(self._partner.deadlines.session):
                return await self._run(session)
        except Refused as refused:
            level = logging.INFO if isinstance(refused, PeerRefused) else logging.WARNING
            _log.log(level, "session ended: %s", refused)
            await session.refuse(refused)
        except TimeoutError:
            await session.refuse(Refused("link/timeout", "the session took too long"))
        finally:
            await session.close()
        return None

    async def _run(self, session: NotarySession) -> VerifiedPresentation:
        await session.establish_mpc_tls_connection()
        await session.verify_and_record_session_parameters()
        await session.serve_records()
        await session.submit_transcript_commit_config()
        await session.include_commitments()
        await session.generate_merkle_tree_root()
        return await self.verify_disclosure(session)

    async def verify_disclosure(self, session: NotarySession) -> VerifiedPresentation:
        """Verify what the Prover shows against this session's own record; refuses with the `verification/…` reasons."""
        body, disclosure = await session.receive_disclosure()
        server_name = None
        if disclosure.identity is not None:
            server_name = verify_identity(
                disclosure.identity, body, roots=self._settings.roots, blinded=False
            )
        transcript = verify_commitments(disclosure.transcript, body)
        check_policy(self._settings.policy, body, server_name=server_name, now=None)
        await session.accept_disclosure()
        return VerifiedPresentation(
            notary=None,
            time=body.connection_info.time,
            server_name=server_name,
            closure=body.connection_info.closure,
            transcript=transcript,
            prover_extensions=body.prover_extensions,
            notary_extensions=body.notary_extensions,
        )

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connection handler for `asyncio.start_server`."""
        link = Link(reader, writer, deadline=self._partner.deadlines.peer)
        if self._sessions.locked():
            await link.refuse(Refused("tls-session/budget-exceeded", "too many sessions at once"))
            return
        async with self._sessions:
            await self.serve(link)
