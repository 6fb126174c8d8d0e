"""Data submission by the real roles over engines that have finalised; what came before, and all randomness, is fixed.

Two games that differ in one deviation are therefore alike, octet for octet, in whatever does not depend on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final, cast

from mpctls.reference.channel.link import EngineChannel, Link, PeerRefused
from mpctls.reference.channel.messages import Budget, CommitRequest, EncodingRequest, TlsHandshakeData
from mpctls.reference.foundation import commitments as commit
from mpctls.reference.foundation.artifacts import Attestation, AttestationSecrets, HandshakeData
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Closure, Direction, LexicalClass
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.conversion.notary import NotaryConversion
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.notary import NotarySession, NotarySettings
from mpctls.reference.prover import Prover, ProverSettings
from mpctls.reference.tls.server_name import parse_server_name
from tests.cheaters.match import Match, play, prepared
from tests.cheaters.sessions import NOTARY_KEY, Change, DeviatingLink, unchanged
from tests.cheaters.table import Role
from tests.unit.engine.parties import PROFILE

RESPONSE: Final = b'HTTP/1.1 200 OK\r\n\r\n{"balance":2718,"name":"Ada"}'
BALANCE: Final = RESPONSE.index(b"2718")
NAME: Final = RESPONSE.index(b"Ada")
TIME: Final = 1_800_000_000
_HANDSHAKE_DATA: Final = HandshakeData(certificates=(b"leaf",), signature_algorithm=0x0403, signature=b"s")


def encoded(start: int, end: int, lexical_class: LexicalClass = LexicalClass.ANY) -> CommitRequest:
    """Asks for an encoding commitment to received octets."""
    return CommitRequest(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of([(start, end)]),
        kind=EncodingRequest(),
        lexical_class=lexical_class,
    )


CONFIG: Final = (
    encoded(BALANCE, BALANCE + 4, LexicalClass.JSON_NUMBER),
    encoded(BALANCE - 10, NAME + 3),
    encoded(NAME, NAME + 3, LexicalClass.JSON_STRING_INTERIOR),
)


@functools.cache
def _finalised(prover_type: type[ProverEngine], profile: str) -> Match:
    match = prepared(prover_type, profile=profile)
    match.response = RESPONSE
    if play(match).step is not None:
        raise RuntimeError("an honest session is finalised")
    return match


@dataclass(kw_only=True)
class SubmissionGame:
    """Data submission and attestation, in which one role deviates. `play` runs it.

    `frames` are those that the Prover sent, channel and body; `reasons` those of each role that refused by itself,
    `told` what a role heard of the other's.
    """

    prover_role: type[Prover] = Prover
    session_type: type[NotarySession] = NotarySession
    conversion_type: type[NotaryConversion] = NotaryConversion
    prover_engine: type[ProverEngine] = ProverEngine
    prover_sends: Change = unchanged
    notary_sends: Change = unchanged
    config: Sequence[CommitRequest] = CONFIG
    reasons: dict[Role, str] = field(default_factory=dict)
    told: dict[Role, str] = field(default_factory=dict)
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    signed: Attestation | None = None
    kept: tuple[Attestation, AttestationSecrets] | None = None

    def play(self) -> SubmissionGame:
        asyncio.run(self._play())
        return self

    async def _play(self) -> None:
        ends = []
        for each in socket.socketpair():
            reader, writer = await asyncio.open_connection(sock=each)
            ends.append(Link(reader, writer, deadline=20.0))
        match = _finalised(self.prover_engine, PROFILE.get()).copy()
        links = (DeviatingLink(ends[0], self.prover_sends), DeviatingLink(ends[1], self.notary_sends))
        for link, duplex in zip(links, (match.prover.duplex, match.notary.duplex), strict=True):
            link.agree()
            duplex._duplex = EngineChannel(link, asyncio.get_running_loop())
        match.notary.conversion.__class__ = self.conversion_type
        await asyncio.gather(self._notarize(links[1], match), self._prove(links[0], match))
        self.frames = links[0].frames

    async def _prove(self, link: Link, match: Match) -> None:
        settings = ProverSettings(
            server_name=parse_server_name("localhost"),
            host="localhost",
            port=0,
            notary_key=NOTARY_KEY.verifying_key,
            roots=(),
            budget=Budget(sent_octets=1, sent_records=1, received_octets=1, received_records=1),
            clock=lambda: TIME,
            randomness=SeededRandomness(b"role"),
        )
        with self._noted(Role.PROVER):
            async with self.prover_role(link, settings) as role:
                handshake = _handshake()
                role._engine = match.prover
                role._session_parameters = handshake
                role._client_random = handshake.client_random
                role._flight = cast(Any, handshake)
                role._handshake_data, role._handshake_blinder = _HANDSHAKE_DATA, bytes(32)
                role._transcript = Transcript(sent=b"".join(match.requests), received=match.response)
                role._closure = Closure.CLOSE_NOTIFY
                await role.submit_transcript_commit_config(self.config)
                await role.include_commitments()
                self.kept = await role.receive_signed_attestation()

    async def _notarize(self, link: Link, match: Match) -> None:
        settings = NotarySettings(
            signing_keys=(NOTARY_KEY,), randomness=SeededRandomness(b"session"), clock=lambda: TIME
        )
        session = self.session_type(link, settings)
        session._engine, session._signing_key = match.notary, NOTARY_KEY
        session._parameters = _handshake()
        lengths = {Direction.SENT: len(b"".join(match.requests)), Direction.RECEIVED: len(match.response)}
        session._register = cast(Any, SimpleNamespace(alert_received=True, application_length=lengths.get))
        try:
            with self._noted(Role.NOTARY):
                try:
                    await session.submit_transcript_commit_config()
                    await session.include_commitments()
                    await session.generate_merkle_tree_root()
                    self.signed = await session.return_signed_attestation()
                except Refused as refused:
                    await session.refuse(refused)
                    raise
        finally:
            await session.close()

    @contextlib.contextmanager
    def _noted(self, role: Role) -> Iterator[None]:
        try:
            yield
        except PeerRefused as refused:
            self.told[role] = refused.reason
        except Refused as refused:
            self.reasons[role] = refused.reason


def _handshake() -> TlsHandshakeData:
    return TlsHandshakeData(
        tls_version=0x0303,
        cipher_suite=0xC02B,
        client_random=bytes(32),
        server_random=bytes([1]) * 32,
        extended_master_secret=False,
        session_hash=None,
        server_ephemeral_key=bytes(65),
        handshake_commitment=commit.handshake_commitment(_HANDSHAKE_DATA, bytes(32)),
    )
