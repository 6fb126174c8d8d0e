"""Serving many sessions at once, each on its own link: what a Notary and a Verifier in its place have in common."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from .channel.admission import Admission
from .channel.link import Link, PeerRefused
from .foundation.compiled import warm_up
from .foundation.errors import Refused
from .notary_connection import NotarySettings
from .notary_session import NotarySession

Outcome = TypeVar("Outcome")
_log = logging.getLogger(__name__)


class Partner(ABC, Generic[Outcome]):
    """The Prover's partner in the two-party computation; none of its sessions is harmed by another's end."""

    session_type: ClassVar[type[NotarySession]] = NotarySession

    def __init__(self, settings: NotarySettings) -> None:
        self._settings = settings
        self._admission = Admission(settings.limits.sessions)

    @property
    def sessions(self) -> int:
        """Sessions of `handle` that run now."""
        return self._admission.taken

    async def prepare(self) -> None:
        """Compile what sessions compute with, off the loop; called by whoever serves, before the first session."""
        await asyncio.to_thread(warm_up)

    async def serve(self, link: Link) -> Outcome | None:
        """Run one session to its end; returns what it came to, or None when it was refused."""
        session = self.session_type(link, self._settings)
        try:
            async with asyncio.timeout(self._settings.deadlines.session):
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

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connection handler for `asyncio.start_server`: refuses early and cheaply when too many sessions run."""
        deadlines = self._settings.deadlines
        link = Link(reader, writer, deadline=deadlines.peer)
        await self._admission.run(link, self.serve, deadline=min(deadlines.request, deadlines.peer))

    async def _run(self, session: NotarySession) -> Outcome:
        await session.establish_mpc_tls_connection()
        await session.verify_and_record_session_parameters()
        await session.serve_records()
        await session.submit_transcript_commit_config()
        await session.include_commitments()
        await session.generate_merkle_tree_root()
        return await self._conclude(session)

    @abstractmethod
    async def _conclude(self, session: NotarySession) -> Outcome:
        """Come to what the session is for, once its commitments are verified."""
