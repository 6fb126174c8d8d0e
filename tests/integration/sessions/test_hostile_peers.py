"""Peers that break the rules of the link: refused with the reason, and nobody else's session is harmed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from mpctls.reference.channel.admission import Admission
from mpctls.reference.channel.establishment import session_request
from mpctls.reference.channel.link import ENGINE_CHANNEL, FIRST_LIMIT, SESSION_CHANNEL, Link, PeerRefused
from mpctls.reference.channel.messages import (
    SESSION_MESSAGE,
    CloseSession,
    FinishedHash,
    IncludeCommitments,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    Refusal,
    SentRecord,
    SentRecordCiphertext,
    SessionAnswer,
    SessionClosed,
    SessionMessage,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, SessionKind, SignatureAlgorithm
from mpctls.reference.notary import Notary, NotarySession, NotarySettings
from mpctls.reference.settings import Deadlines, NotaryLimits
from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority
from tests.sessions.hostile import (
    HostileLink,
    Mutation,
    before,
    longer,
    never,
    on_engine_channel,
    shorter,
    twice,
)
from tests.sessions.running import (
    PATIENCE,
    Page,
    connect,
    listening,
    notarize,
    present_and_verify,
    prover_settings,
    request,
    signing_key,
)

KEY = signing_key()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    authority = Authority.create()
    certificate = authority.issue("ecdsa", ["localhost"])
    context = server_context(*certificate.write(tmp_path_factory.mktemp("server")))
    with account_server(context) as port:
        yield Page(port=port, roots=(authority.root,), pieces=(request("/large?size=40"),))


class WatchedAdmission(Admission):
    """Keeps the reason for which each connection ended before a session began."""

    def __init__(self, places: int, reasons: list[str]) -> None:
        super().__init__(places)
        self._reasons = reasons

    async def _refuse(self, link: Link, refused: Refused) -> None:
        self._reasons.append(refused.reason)
        await super()._refuse(link, refused)


class WatchedNotary(Notary):
    """Keeps the reason for which each session ended, or the connection before one began."""

    def __init__(self, settings: NotarySettings) -> None:
        super().__init__(settings)
        reasons: list[str] = []

        class WatchedSession(NotarySession):
            async def refuse(self, refused: Refused) -> None:
                reasons.append(refused.reason)
                await super().refuse(refused)

        self.reasons = reasons
        self._admission = WatchedAdmission(settings.limits.sessions, reasons)
        self.session_type = WatchedSession  # type: ignore[misc]


def frame(channel: int, body: bytes) -> bytes:
    return (len(body) + 1).to_bytes(4, "little") + bytes([channel]) + body


def first_message(page: Page) -> SessionMessage:
    return session_request(
        kind=SessionKind.NOTARIZE,
        signature_algorithms=(SignatureAlgorithm.ED25519,),
        budget=page.budget,
        nonce=bytes(32),
    )


def opening(page: Page) -> bytes:
    return SESSION_MESSAGE.encode(first_message(page))


FIRST_FRAMES: dict[str, tuple[Callable[[Page], bytes], str]] = {
    "nothing": (lambda page: b"", "link/closed"),
    "cut off in the length": (lambda page: b"\x05\x00", "link/closed"),
    "cut off in the body": (lambda page: frame(SESSION_CHANNEL, opening(page))[:-1], "link/closed"),
    "empty frame": (lambda page: bytes(4), "link/frame-empty"),
    "unknown channel": (lambda page: frame(2, opening(page)), "link/unknown-channel"),
    "too long before agreement": (
        lambda page: (FIRST_LIMIT + 1).to_bytes(4, "little") + bytes(1),
        "link/frame-too-long",
    ),
    "four gigabytes": (lambda page: b"\xff\xff\xff\xff\x01", "link/frame-too-long"),
    "engine message": (
        lambda page: frame(ENGINE_CHANNEL, b"\x00\x06" + bytes(12)),
        "link/unexpected-message",
    ),
    "no message": (lambda page: frame(SESSION_CHANNEL, b""), "encoding/truncated"),
    "unknown message": (lambda page: frame(SESSION_CHANNEL, b"\x7f" + bytes(40)), "encoding/unknown-variant"),
    "trailing octet": (
        lambda page: frame(SESSION_CHANNEL, opening(page) + b"\x00"),
        "encoding/trailing-octets",
    ),
    "truncated message": (lambda page: frame(SESSION_CHANNEL, opening(page)[:-1]), "encoding/truncated"),
    "another message": (
        lambda page: frame(SESSION_CHANNEL, SESSION_MESSAGE.encode(CloseSession())),
        "link/unexpected-message",
    ),
    "the Notary's message": (
        lambda page: frame(SESSION_CHANNEL, SESSION_MESSAGE.encode(SessionClosed())),
        "link/unexpected-message",
    ),
    "message twice": (lambda page: 2 * frame(SESSION_CHANNEL, opening(page)), "link/unexpected-message"),
    "refusal": (
        lambda page: frame(SESSION_CHANNEL, SESSION_MESSAGE.encode(Refusal(reason="link/timeout"))),
        "link/timeout",
    ),
    "refusal for a reason of its own": (
        lambda page: frame(SESSION_CHANNEL, SESSION_MESSAGE.encode(Refusal(reason="tls/timeout"))),
        "link/unexpected-message",
    ),
    "refusal that imitates": (
        lambda page: frame(SESSION_CHANNEL, SESSION_MESSAGE.encode(Refusal(reason="\x1b[2J signed"))),
        "link/unexpected-message",
    ),
}


async def say(port: int, octets: bytes) -> None:
    """Send these octets and no more, and wait until the Notary has hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(octets)
    writer.write_eof()
    async with asyncio.timeout(PATIENCE):
        await reader.read()
    writer.close()


def test_first_frames_are_refused(page: Page) -> None:
    async def reasons() -> dict[str, str]:
        found: dict[str, str] = {}
        for name, (octets, _) in FIRST_FRAMES.items():
            notary = WatchedNotary(NotarySettings(signing_keys=(KEY,)))
            async with listening(notary.handle) as port:
                await say(port, octets(page))
            (found[name],) = notary.reasons
        return found

    assert asyncio.run(reasons()) == {name: reason for name, (_, reason) in FIRST_FRAMES.items()}


def test_a_silent_prover_is_ended_by_the_deadline(page: Page) -> None:
    async def reasons() -> list[str]:
        notary = WatchedNotary(NotarySettings(signing_keys=(KEY,), deadlines=Deadlines(peer=0.2)))
        async with listening(notary.handle) as port:
            for octets in (
                b"",
                frame(SESSION_CHANNEL, opening(page))[:-1],
                frame(SESSION_CHANNEL, opening(page)),
            ):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(octets)
                async with asyncio.timeout(PATIENCE):
                    while await reader.read(4096):
                        pass
                writer.close()
        return notary.reasons

    assert asyncio.run(reasons()) == ["link/timeout"] * 3


def test_one_session_too_many_is_refused_at_once(page: Page) -> None:
    async def reason() -> str:
        limits = NotaryLimits(sessions=1)
        notary = Notary(NotarySettings(signing_keys=(KEY,), limits=limits))
        async with listening(notary.handle) as port:
            occupying = await connect(port)
            await occupying.send(first_message(page))
            await occupying.receive(SessionAnswer)
            link = await connect(port, deadline=1)
            try:
                await link.receive(SessionAnswer)
            except PeerRefused as refused:
                return refused.reason
            finally:
                await link.close()
                await occupying.close()
        return "served"

    assert asyncio.run(reason()) == "tls-session/budget-exceeded"


def test_hostile_peers_harm_no_other_session(page: Page) -> None:
    """Two honest sessions at once in one Notary, while every hostile opening arrives and one session breaks off."""

    async def sessions() -> tuple[list[object], list[str]]:
        notary = WatchedNotary(NotarySettings(signing_keys=(KEY,)))
        await notary.prepare()
        settings = prover_settings(page, KEY.verifying_key)
        async with listening(notary.handle) as port:

            async def honest() -> object:
                notarized = await notarize(await connect(port), settings, page.pieces)
                return present_and_verify(notarized, KEY.verifying_key, page.roots).server_name

            async def hostile() -> object:
                for octets, _ in FIRST_FRAMES.values():
                    await say(port, octets(page))
                link = await connect(port)
                await link.send(first_message(page))
                await link.send_frame(ENGINE_CHANNEL, bytes(100))
                with pytest.raises(Refused):
                    while True:
                        await link.receive(SessionClosed)
                await link.close()
                return "hostile"

            ended = await asyncio.gather(honest(), hostile(), honest())
        return list(ended), notary.reasons

    ended, reasons = asyncio.run(sessions())
    assert ended == ["localhost", "hostile", "localhost"]
    assert len(reasons) == len(FIRST_FRAMES) + 1


# --- in the middle of a session ---------------------------------------------------------------------------


def of_other_direction(body: bytes) -> list[bytes]:
    message = SESSION_MESSAGE.decode(body)
    assert isinstance(message, FinishedHash)
    return [SESSION_MESSAGE.encode(replace(message, direction=Direction.RECEIVED))]


LATER: list[tuple[type[SessionMessage], Mutation, str]] = [
    (ProverKeyShareCommitment, twice, "link/unexpected-message"),
    (ProverKeyShare, on_engine_channel, "link/unexpected-message"),
    (TlsHandshakeData, longer, "encoding/trailing-octets"),
    (TlsHandshakeData, twice, "link/unexpected-message"),
    (FinishedHash, of_other_direction, "link/unexpected-message"),
    (FinishedHash, before(CloseSession()), "link/unexpected-message"),
    (SentRecordCiphertext, twice, "mpc-tls/sequence-number-mismatch"),
    (SentRecord, twice, "link/unexpected-message"),
    (SentRecord, never, "mpc-tls/unregistered-record"),
    (SentRecord, shorter, "encoding/truncated"),
    (ReceivedRecord, twice, "link/unexpected-message"),
    (CloseSession, twice, "link/unexpected-message"),
    (SubmitTranscriptCommitConfig, twice, "link/unexpected-message"),
    (IncludeCommitments, before(CloseSession()), "link/unexpected-message"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "mutation", "reason"),
    LATER,
    ids=[f"{kind.__name__}-{getattr(mutation, '__name__', '')}" for kind, mutation, _ in LATER],
)
def test_a_prover_that_leaves_the_order_is_refused(
    page: Page, kind: type[SessionMessage], mutation: Mutation, reason: str
) -> None:
    async def outcome() -> tuple[list[str], str]:
        notary = WatchedNotary(NotarySettings(signing_keys=(KEY,)))
        await notary.prepare()
        async with listening(notary.handle) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            link = HostileLink(reader, writer, deadline=PATIENCE)
            link.arm(kind, mutation)
            with pytest.raises(Refused) as refused:
                await notarize(link, prover_settings(page, KEY.verifying_key), page.pieces)
        return notary.reasons, refused.value.reason

    reasons, seen = asyncio.run(outcome())
    assert reasons == [reason]
    assert seen in (reason, "link/closed")
