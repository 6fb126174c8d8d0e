"""Every limit of a session and of a Notary, exceeded once: a reason at both parties, in time, and nothing is held."""

from __future__ import annotations

import asyncio
import socket
import time
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from mpctls.reference.channel.establishment import session_request
from mpctls.reference.channel.link import (
    FIRST_LIMIT,
    LONG_LIMIT,
    SESSION_CHANNEL,
    SESSION_LIMIT,
    Link,
    PeerRefused,
)
from mpctls.reference.channel.messages import SessionAnswer, SignedAttestation
from mpctls.reference.foundation.artifacts import Attestation
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import SessionKind
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.settings import Deadlines, NotaryLimits
from tests.fuzz.arena import BUDGET, KEY, REQUEST, Arena, pair, serving, tls_context, tls_server
from tests.fuzz.test_sessions import alone
from tests.sessions.running import connect


def reasons(arena_changes: dict[str, Any]) -> tuple[str, str]:
    """Play a session that is to be refused; the reasons at Notary and Prover."""

    async def play() -> tuple[str, str]:
        async with tls_server() as port:
            ended = await Arena(port=port, **arena_changes).play()
        assert isinstance(ended.notary, Refused)
        assert isinstance(ended.prover, Refused)
        return ended.notary.reason, ended.prover.reason

    return alone(play())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"budget": replace(BUDGET, received_octets=20)}, "mpc-tls/budget-exceeded"),
        ({"request": REQUEST + REQUEST}, "engine/budget-exceeded"),
        ({"limits": NotaryLimits(budget=replace(BUDGET, sent_octets=47))}, "tls-session/budget-exceeded"),
        ({"limits": NotaryLimits(commitments=1)}, "data-submission/too-many-commitments"),
        ({"limits": NotaryLimits(committed_octets=80)}, "data-submission/too-many-commitments"),
    ],
    ids=["received", "sent", "asked for", "commitments", "committed octets"],
)
def test_limit_is_named_to_both(changes: dict[str, Any], reason: str) -> None:
    assert reasons(changes) == (reason, reason)


def test_committed_octets_at_the_limit_are_accepted() -> None:
    async def play() -> object:
        async with tls_server() as port:
            # Request and response, each octet committed once.
            arena = Arena(port=port, limits=NotaryLimits(committed_octets=len(REQUEST) + 40))
            return (await arena.play()).notary

    assert isinstance(alone(play()), Attestation)


def test_received_records_are_limited() -> None:
    async def many_records(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(BUDGET.received_records + 1):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)
        await reader.read()

    async def play() -> tuple[object, object]:
        async with serving(many_records, tls_context()) as port:
            ended = await Arena(port=port).play()
            return ended.notary, ended.prover

    for each in alone(play()):
        assert isinstance(each, Refused)
        assert each.reason == "mpc-tls/budget-exceeded"


def _notary(limits: NotaryLimits | None = None) -> Notary:
    return Notary(
        NotarySettings(
            signing_keys=(KEY,), limits=limits or NotaryLimits(), deadlines=Deadlines(peer=1.0, session=5.0)
        )
    )


def test_one_session_too_many_is_refused_at_once_and_the_place_comes_back() -> None:
    async def play() -> None:
        notary = _notary(NotaryLimits(sessions=1))
        ends = [await pair() for _ in range(3)]
        # With a request: without one, it would hold no place.
        asking = Link(*ends[0][0], deadline=1.0)
        await asking.send(
            session_request(
                kind=SessionKind.NOTARIZE,
                signature_algorithms=[KEY.algorithm],
                budget=BUDGET,
                nonce=bytes(32),
            )
        )
        first = asyncio.create_task(notary.handle(*ends[0][1]))
        assert await asking.receive(SessionAnswer)
        began = time.monotonic()
        second = asyncio.create_task(notary.handle(*ends[1][1]))
        refused = Link(*ends[1][0], deadline=1.0)
        # A client speaks before it listens: what it said must not cost it the reason.
        ends[1][0][1].write(b"\x10\x00\x00\x00\x00half a request")
        with pytest.raises(PeerRefused, match="tls-session/budget-exceeded"):
            await refused.receive(SessionAnswer)
        await refused.close()
        assert time.monotonic() - began < 0.9
        await second
        await asking.close()
        await first
        third = asyncio.create_task(notary.handle(*ends[2][1]))
        link = Link(*ends[2][0], deadline=5.0)
        # It waits for a request until its deadline: it is not refused.
        with pytest.raises(PeerRefused, match="link/timeout"):
            await link.receive(SessionAnswer)
        await link.close()
        await third

    alone(play())


def test_refused_peer_that_is_still_talking_hears_why() -> None:
    async def play() -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = Link(reader, writer, deadline=5.0)
            with pytest.raises(Refused, match="link/frame-too-long") as refused:
                await link.receive(SessionAnswer)
            await link.refuse(refused.value)

        async with serving(refuse) as port:
            link = await connect(port, deadline=5.0)
            # More than the other side takes in before it refuses; TCP resets a connection closed with octets unread.
            await link.send_frame(1, bytes(2**20))
            await asyncio.sleep(0.3)
            with pytest.raises(PeerRefused, match="link/frame-too-long"):
                await link.receive(SessionAnswer)
            await link.close()

    alone(play())


def test_frame_sent_octet_by_octet_does_not_move_the_deadline() -> None:
    async def play() -> float:
        (_, writer), notary_end = await pair()
        began = time.monotonic()
        served = asyncio.create_task(_notary().handle(*notary_end))
        writer.write((1000).to_bytes(4, "little"))
        while not served.done() and time.monotonic() - began < 10:
            writer.write(b"\x00")
            await asyncio.sleep(0.05)
        await served
        writer.close()
        return time.monotonic() - began

    assert alone(play()) < 4


@pytest.mark.parametrize("length", [FIRST_LIMIT + 1, 2**31, 2**32 - 1])
def test_announced_length_costs_no_memory(length: int) -> None:
    async def play() -> int:
        (_, writer), notary_end = await pair()
        link = Link(*notary_end, deadline=2.0)
        tracemalloc.start()
        try:
            writer.write(length.to_bytes(4, "little") + b"\x00" + bytes(1000))
            with pytest.raises(Refused, match="link/frame-too-long"):
                await link.receive(SessionAnswer)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            await link.close()
            writer.close()

    assert alone(play()) < 2**19


def test_peer_that_does_not_read_does_not_keep_the_connection() -> None:
    async def play() -> tuple[float, bool]:
        left, right = socket.socketpair()
        link = Link(*await asyncio.open_connection(sock=left), deadline=1.0)
        with pytest.raises(Refused, match="link/timeout"):
            await link.send_frame(1, bytes(2**24))
        began = time.monotonic()
        await link.close()
        await asyncio.sleep(0)
        closed = left.fileno() == -1
        right.close()
        return time.monotonic() - began, closed

    seconds, closed = alone(play())
    assert closed
    assert seconds < 3


@pytest.mark.slow
def test_server_that_always_says_a_little_does_not_keep_the_prover() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while True:
            await asyncio.sleep(0.5)
            writer.write(b"x")
            await writer.drain()

    async def play() -> tuple[float, object]:
        budget = replace(BUDGET, received_records=1000)
        deadlines = Deadlines(peer=20.0, server=2.0, session=6.0)
        async with serving(trickle, tls_context()) as port:
            began = time.monotonic()
            ended = await Arena(port=port, budget=budget, deadlines=deadlines).play()
            return time.monotonic() - began, ended.prover

    seconds, prover = alone(play())
    assert isinstance(prover, Refused)
    assert prover.reason == "link/timeout"
    assert seconds < 12


@pytest.mark.slow
def test_prover_that_always_says_a_little_does_not_keep_the_notary() -> None:
    class Slow(Link):
        async def send_frame(self, channel: int, body: bytes) -> None:
            await asyncio.sleep(0.2)
            await super().send_frame(channel, body)

    async def play() -> tuple[float, object, object]:
        async with tls_server() as port:
            arena = Arena(port=port, prover_link=Slow, deadlines=Deadlines(peer=20.0, session=60.0))
            arena.notary_deadlines = Deadlines(peer=20.0, session=4.0)
            began = time.monotonic()
            ended = await arena.play()
            return time.monotonic() - began, ended.notary, ended.prover

    seconds, notary, prover = alone(play())
    for each in (notary, prover):
        assert isinstance(each, Refused)
        assert each.reason == "link/timeout"
    assert seconds < 10


@pytest.mark.parametrize("length", [SESSION_LIMIT + 1, LONG_LIMIT, LONG_LIMIT + 1])
def test_other_message_where_a_long_one_is_awaited_is_refused_from_its_header(length: int) -> None:
    async def play() -> int:
        (_, writer), notary_end = await pair()
        link = Link(*notary_end, deadline=2.0)
        link.agree()
        tracemalloc.start()
        try:
            # The variant of MerkleTreeRoot, and nothing behind it: the rest is not waited for.
            writer.write(length.to_bytes(4, "little") + bytes([SESSION_CHANNEL, 17]))
            with pytest.raises(Refused, match="link/frame-too-long"):
                await link.receive(SignedAttestation)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            await link.close()

    assert alone(play()) < 2**19
