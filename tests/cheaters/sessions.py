"""Whole sessions with an ordinary server, in one process, in which one role or its link deviates."""

from __future__ import annotations

import asyncio
import copy
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mpctls.reference.channel.link import Link, PeerRefused
from mpctls.reference.channel.messages import CommitRequest, SessionMessage
from mpctls.reference.foundation.artifacts import Attestation, Extension
from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.notary import Notary, NotarySession, NotarySettings
from mpctls.reference.prover import Prover
from mpctls.reference.settings import Deadlines
from tests.cheaters.table import Outcome, Role, Row
from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority
from tests.sessions.running import (
    Notarized,
    Page,
    commit_request_headers,
    connect,
    listening,
    prover_settings,
    request,
    signing_key,
)
from tests.unit.engine.parties import PROFILE

NOTARY_KEY: Final = signing_key()
OTHER_KEY: Final = signing_key()
PIECES: Final = (request("/account"),)
_DEADLINES: Final = Deadlines(peer=30.0, server=10.0, session=100.0)

Change = Callable[[SessionMessage], Sequence[SessionMessage | bytes]]
"""What is sent in place of a message: any number of messages, or of bodies on the engine's channel."""


def unchanged(message: SessionMessage) -> Sequence[SessionMessage | bytes]:
    """Send what was to be sent."""
    return (message,)


class DeviatingLink(Link):
    """A link whose owner sends something else than its honest code wants to; keeps the frames that it sent."""

    def __init__(self, link: Link, change: Change) -> None:
        super().__init__(link._reader, link._writer, deadline=link._deadline)
        self._change = copy.copy(change)  # what it has seen is of this link alone
        self.frames: list[tuple[int, bytes]] = []

    async def send_frame(self, channel: int, body: bytes) -> None:
        self.frames.append((channel, body))
        await super().send_frame(channel, body)

    async def send(self, message: SessionMessage) -> None:
        for each in self._change(message):
            if isinstance(each, bytes):
                await self.send_frame(1, each)
            else:
                await super().send(each)


@dataclass(kw_only=True)
class Game:
    """One session: who deviates and how. `play` runs it.

    `told` is what each role heard of the other's reason.
    """

    page: Page
    prover_type: type[Prover] = Prover
    session_type: type[NotarySession] = NotarySession
    prover_sends: Change = unchanged
    notary_sends: Change = unchanged
    trusted: SigningKey = NOTARY_KEY
    commit_config: Callable[[Transcript], Sequence[CommitRequest]] = commit_request_headers
    extensions: tuple[Extension, ...] = ()
    steps: dict[Role, str] = field(default_factory=dict)
    reasons: dict[Role, str] = field(default_factory=dict)
    told: dict[Role, str] = field(default_factory=dict)
    signed: Attestation | None = None
    notarized: Notarized | None = None
    octets: int = 0

    def play(self, cheating: Role) -> Outcome:
        """Run the session; the step is the method in which the cheated role refused."""
        warm_up()  # no party's deadline may run while kernels are compiled
        asyncio.run(self._play())
        step = self.steps.get(cheating.other)
        return Outcome(step=step, reasons=self.reasons, signed=self.signed is not None)

    async def _play(self) -> None:
        done = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = DeviatingLink(Link(reader, writer, deadline=_DEADLINES.peer), self.notary_sends)
            try:
                self.signed = await notary.serve(link)
            finally:
                done.set()

        notary = _WatchedNotary(self)
        async with listening(handle) as port:
            link = DeviatingLink(await connect(port, deadline=_DEADLINES.peer), self.prover_sends)
            try:
                await self._prove(link)
            except Refused as refused:
                self.note(Role.PROVER, refused)
            self.octets = link.octets_sent
            await asyncio.wait_for(done.wait(), 60)

    async def _prove(self, link: Link) -> None:
        settings = prover_settings(
            self.page,
            self.trusted.verifying_key,
            deadlines=_DEADLINES,
            engine_profiles=(PROFILE.get(),),
        )
        async with self.prover_type(link, settings) as prover:
            await prover.establish_mpc_tls_connection()
            await prover.send_tls_handshake_data()
            for piece in self.page.pieces:
                await prover.send_request(piece)
            await prover.receive_response()
            transcript = await prover.close()
            await prover.submit_transcript_commit_config(
                self.commit_config(transcript), prover_extensions=self.extensions
            )
            await prover.include_commitments()
            attestation, secrets = await prover.receive_signed_attestation()
            self.notarized = Notarized(attestation=attestation, secrets=secrets)

    def note(self, role: Role, refused: Refused) -> None:
        """Note a refusal of a role and in which of its methods it came, or what it heard of the other's."""
        if isinstance(refused, PeerRefused):
            self.told[role] = refused.reason
            return
        self.reasons[role] = refused.reason
        frames = traceback.extract_tb(refused.__traceback__)
        owner = Prover if role is Role.PROVER else NotarySession
        self.steps[role] = next(frame.name for frame in frames if hasattr(owner, frame.name))


class _WatchedNotary(Notary):
    """Notes why its session ended."""

    def __init__(self, game: Game) -> None:
        super().__init__(
            NotarySettings(
                signing_keys=(NOTARY_KEY,), deadlines=_DEADLINES, engine_profiles=frozenset({PROFILE.get()})
            )
        )
        self._game = game
        # An attribute of the class otherwise; here each game has its own.
        self.session_type = game.session_type  # type: ignore[misc]

    async def _run(self, session: NotarySession) -> Attestation:
        try:
            return await super()._run(session)
        except Refused as refused:
            self._game.note(Role.NOTARY, refused)
            raise


@contextmanager
def account_page(folder: Path, pieces: Sequence[bytes] = PIECES) -> Iterator[Page]:
    """An account server, and the page that the Prover asks it for."""
    authority = Authority.create()
    context = server_context(*authority.issue("ecdsa").write(folder))
    with account_server(context) as port:
        yield Page(port=port, roots=(authority.root,), pieces=tuple(pieces))


@dataclass
class _First:
    kind: type[Any]
    replacement: Callable[[Any], Sequence[SessionMessage | bytes]]
    skip: int
    seen: int = 0

    def __call__(self, message: SessionMessage) -> Sequence[SessionMessage | bytes]:
        if not isinstance(message, self.kind):
            return (message,)
        self.seen += 1
        return self.replacement(message) if self.seen == self.skip + 1 else (message,)


def first(
    kind: type[Any], replacement: Callable[[Any], Sequence[SessionMessage | bytes]], skip: int = 0
) -> Change:
    """Replace one message of a type, after `skip` of them, on each link that is given this change."""
    return _First(kind, replacement, skip)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCheater(Row):
    """A cheat in a whole session: how the `Game` differs from an honest one, and in which method it ends.

    Every tier plays those that are `quick`.
    """

    step: str
    changes: Callable[[], dict[str, Any]]
    pieces: Sequence[bytes] = PIECES
    quick: bool = False
